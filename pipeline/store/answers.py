"""The answers that were paid for: each is on disk, under a key of all that made it, before it is used."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pipeline.errors import InputError

ANSWERS: Final = "answers.sqlite"
APPLICATION_ID: Final = 0x53746F43  # "StoC" in the SQLite header marks the file as ours
_SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY,
    stage TEXT NOT NULL,
    response TEXT NOT NULL,
    created_at TEXT NOT NULL
) WITHOUT ROWID
"""


class Answers:
    """The content-addressed store of answers: a key is the hash of everything that made the request."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def get(self, key: str) -> str | None:
        """Return the stored response body, or None. Raises InputError when the store is damaged."""
        try:
            row = self._connection.execute("SELECT response FROM answer WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise InputError(
                f"Cannot read {self._path}: {error}. Remove that file, or give another --cache and run again."
            ) from error
        return None if row is None else str(row[0])

    def put(self, key: str, stage: str, response: str) -> None:
        """Store a response and return once it is on disk. Raises InputError when it cannot be stored."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            with self._connection:
                self._connection.execute(
                    "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)", (key, stage, response, now)
                )
        except sqlite3.Error as error:
            raise InputError(
                f"Cannot store an answer in {self._path}: {error}. Free the disk, run again."
            ) from error


@contextmanager
def open_answers(path: Path) -> Iterator[Answers]:
    """Open, or make, the store of answers at ``path``. Raises InputError when it is no store of ours."""
    try:
        connection = sqlite3.connect(path, timeout=30)
    except sqlite3.Error as error:
        raise InputError(
            f"Cannot open {path}: {error}. Give a folder that can be written with -o."
        ) from error
    try:
        _prepare(connection, path)
        yield Answers(connection, path)
    finally:
        connection.close()


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    try:
        is_new = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if not is_new and connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise InputError(f"{path} is no store of storycheck's: give another folder with -o or --cache.")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(_SCHEMA)
    except sqlite3.Error as error:
        raise InputError(
            f"{path} cannot be used ({error}): give another folder with -o, or remove that file."
        ) from error


def answers_path(out: Path, cache: Path | None) -> Path:
    """Return where answers are kept: in ``out``, or in ``cache``, a shared file or a folder to hold it.

    Raises InputError when the folder of ``cache`` cannot be made.
    """
    if cache is None:
        return out / ANSWERS
    is_file = cache.is_file() or (cache.suffix != "" and not cache.is_dir())
    path = cache if is_file else cache / ANSWERS
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"Cannot make {path.parent} ({error.strerror}): give another --cache.") from error
    return path
