"""The answers that were paid for: each is on disk, under a key of all that made it, before it is used."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pipeline.errors import InputError

ANSWERS: Final = "answers.sqlite"
BUSY_S: Final = 30.0  # for another process that is writing
APPLICATION_ID: Final = 0x53746F43  # "StoC" in the SQLite header marks the file as ours
_SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY,
    stage TEXT NOT NULL,
    response TEXT NOT NULL,
    created_at TEXT NOT NULL
) WITHOUT ROWID
"""

Row = tuple[str, str, str, str]  # key, stage, response, when it came
Keep = Callable[[Sequence[Row]], None]


class Answers:
    """The content-addressed store of answers: a key is the hash of everything that made the request.

    Reading never waits for writing, which is done on a thread of its own by a connection of its own. Where
    there is a ``keep``, that keeps what is written before, and for longer, than the file.
    """

    def __init__(
        self, reading: sqlite3.Connection, writing: sqlite3.Connection, path: Path, keep: Keep | None = None
    ) -> None:
        self._reading = reading
        self._writing = writing
        self._path = path
        self._keep = keep
        self._lost: InputError | None = None
        self._writer = ThreadPoolExecutor(1, "answers")
        self._lock = threading.Lock()
        self._rows: list[Row] = []  # to be written next, all at once
        self._written: asyncio.Future[None] | None = None  # done when they are on disk

    def get(self, key: str) -> str | None:
        """Return the stored response body, or None. Raises InputError when the store is damaged."""
        return self._one("SELECT response FROM answer WHERE key = ?", (key,))

    def _one(self, question: str, given: tuple[str, ...]) -> str | None:
        try:
            row = self._reading.execute(question, given).fetchone()
        except sqlite3.Error as error:
            raise InputError(
                f"Cannot read {self._path} ({error}): remove it, or give another --cache, and run again."
            ) from error
        return None if row is None else str(row[0])

    def begun_by(self, prefix: str) -> str | None:
        """Return the response whose key begins with the hexadecimal ``prefix``. Raises as ``get`` does."""
        return self._one("SELECT response FROM answer WHERE key >= ? AND key < ?", (prefix, f"{prefix}g"))

    async def put(self, key: str, stage: str, response: str) -> None:
        """Store a response and return once it is on disk. Raises InputError when it cannot be stored.

        What comes while another is being written is written together, with one wait for the disk. It is
        written even if nobody waits for that any more: it was paid for.
        """
        row = (key, stage, response, datetime.now(UTC).isoformat(timespec="seconds"))
        with self._lock:
            self._rows.append(row)
            if len(self._rows) == 1:
                self._written = asyncio.get_running_loop().run_in_executor(self._writer, self._write)
            written = self._written
        if written is not None:
            await asyncio.shield(written)

    def refuse(self) -> None:
        """Raise InputError where an answer could not be stored: the next would be paid for and lost, too."""
        if self._lost is not None:
            raise self._lost

    def close(self) -> None:
        """Return once all is written that was to be."""
        self._writer.shutdown()

    def _write(self) -> None:
        with self._lock:
            rows, self._rows = self._rows, []
        try:
            if self._keep is not None:
                self._keep(rows)
            with self._writing:
                self._writing.executemany("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)", rows)
        except InputError as error:
            self._lost = error
            raise
        except sqlite3.Error as error:
            self._lost = InputError(
                f"Cannot store an answer in {self._path} ({error}): make room for it, then run the same "
                "command again; what was stored is kept."
            )
            raise self._lost from error


@contextmanager
def open_answers(path: Path, keep: Keep | None = None, kept: Sequence[Row] = ()) -> Iterator[Answers]:
    """Open, or make, the store of answers at ``path``. Raises InputError when it is no store of ours.

    ``keep`` is where answers are really kept, and ``kept`` what is there, where ``path`` is but for the time.
    It returns once they are safe, or raises InputError.
    """
    with ExitStack() as stack:
        try:
            # On the thread that writes it is only used once it is prepared.
            writing = stack.enter_context(
                closing(sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False))
            )
            _prepare(writing, path)
            if keep is not None:
                writing.execute("PRAGMA synchronous = OFF")
            if kept:
                with writing:
                    writing.executemany("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)", kept)
            reading = stack.enter_context(closing(sqlite3.connect(path, timeout=BUSY_S)))
        except sqlite3.Error as error:
            raise InputError(
                f"Cannot open {path} ({error}): give a folder that can be written with -o."
            ) from error
        answers = Answers(reading, writing, path, keep)
        stack.callback(answers.close)
        yield answers


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    try:
        is_new = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if not is_new and connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise InputError(f"{path} is no store of storycheck's: give another folder with -o or --cache.")
        connection.execute("PRAGMA synchronous = FULL")  # each answer is on disk when it is stored
        if is_new or connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            _set_up(connection)
    except sqlite3.Error as error:
        code = error.sqlite_errorcode & 0xFF
        mend = "give another folder with -o, or remove that file."
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            mend = "make room for it, then run the same command again."
        elif code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            mend = "make it and its folder writable, or give another folder with -o."
        elif code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            mend = "end the program that holds it, or wait for it, then run the same command again."
        raise InputError(f"{path} cannot be used ({error}): {mend}") from error


def _set_up(connection: sqlite3.Connection) -> None:
    """Make the table, in a file that several processes can read and write; another may be doing the same."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")  # first: a killed run's file is ours
    until = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")  # does not wait for others by itself
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
    connection.execute(_SCHEMA)


def answers_file(cache: Path) -> Path:
    """Return the store that ``cache`` names, a file or the folder that holds it."""
    is_file = cache.is_file() or (cache.suffix != "" and not cache.is_dir())
    return cache if is_file else cache / ANSWERS


def answers_path(out: Path, cache: Path | None) -> Path:
    """Return where answers are kept: in ``out``, or in ``cache``, a shared file or a folder to hold it.

    Raises InputError when the folder of ``cache`` cannot be made.
    """
    if cache is None:
        return out / ANSWERS
    path = answers_file(cache)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"Cannot make {path.parent} ({error.strerror}): give another --cache.") from error
    return path
