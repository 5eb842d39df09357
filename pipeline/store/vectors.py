"""Vectors of texts, kept from one run to the next: losing them costs time, and nothing else.

So no run ends for this file. One that cannot be used is set aside for the rest of the run, and the log says
why; each row carries a checksum, so that a damaged one is no more than one that is missing.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar
from zlib import crc32

from pipeline.logs import WARNING, emit

VECTORS: Final = "vectors.sqlite"
VECTORS_ID: Final = 0x53746F56  # "StoV" in the SQLite header marks the file as ours
WAIT_S: Final = 2.0  # for another process that is writing; longer than that, computing is quicker
_TABLE: Final = "CREATE TABLE vector (key BLOB PRIMARY KEY, vector BLOB NOT NULL, crc INTEGER NOT NULL)"

Result = TypeVar("Result")


class Vectors:
    """The open file; where it is None, or once it failed, it holds nothing and takes nothing."""

    def __init__(self, path: Path, connection: sqlite3.Connection | None) -> None:
        self._path = path
        self._connection = connection

    def get(self, keys: Iterable[bytes], size: int) -> dict[bytes, bytes]:
        """Return what is stored under ``keys``, by key; what is not of ``size`` bytes is left out."""

        def read(connection: sqlite3.Connection) -> dict[bytes, bytes]:
            question = "SELECT vector, crc FROM vector WHERE key = ? AND length(vector) = ?"
            found = {}
            for key in keys:
                row = connection.execute(question, (key, size)).fetchone()
                if row is not None and isinstance(row[0], bytes) and row[1] == crc32(row[0], crc32(key)):
                    found[key] = row[0]
            return found

        return self._tried(read) or {}

    def put(self, found: Mapping[bytes, bytes]) -> None:
        """Store what was ``found``, by key: all of it or nothing."""
        rows = [(key, vector, crc32(vector, crc32(key))) for key, vector in found.items()]

        def write(connection: sqlite3.Connection) -> None:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", rows)

        self._tried(write)

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()

    def _tried(self, use: Callable[[sqlite3.Connection], Result]) -> Result | None:
        """Return what ``use`` makes of the file, or None, now and from now on, where it cannot be used."""
        if self._connection is None:
            return None
        try:
            return use(self._connection)
        except sqlite3.Error as error:
            self.close()
            self._connection = None
            _log_set_aside(self._path, str(error))
            return None


@contextmanager
def open_vectors(path: Path) -> Iterator[Vectors]:
    """Open, or make, the file of vectors at ``path``, which several processes may share; it never fails."""
    vectors = Vectors(path, _opened(path))
    try:
        yield vectors
    finally:
        vectors.close()


def _opened(path: Path) -> sqlite3.Connection | None:
    try:
        # The embedder asks from several threads, from one at a time.
        connection = sqlite3.connect(path, timeout=WAIT_S, check_same_thread=False)
    except sqlite3.Error as error:
        _log_set_aside(path, str(error))
        return None
    try:
        _prepare(connection)
    except (sqlite3.Error, ValueError) as error:
        connection.close()
        _log_set_aside(path, str(error))
        return None
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the table in a new file. Raises ValueError for a file that holds anything but that table."""
    # What decides about the file is read alone: a view or a trigger of somebody's would run at each question.
    held = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    is_ours = connection.execute("PRAGMA application_id").fetchone() == (VECTORS_ID,)
    if held and (not is_ours or held != [(_TABLE,)]):
        raise ValueError("it is no store of storycheck's, or of another version")
    connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may cost the last rows, not the file
    if not held:
        connection.execute(f"PRAGMA application_id = {VECTORS_ID}")
    with suppress(sqlite3.OperationalError):  # another process is about to do the same: this waits for none
        connection.execute("PRAGMA journal_mode = WAL")
    if not held:
        connection.execute(_TABLE.replace("TABLE", "TABLE IF NOT EXISTS", 1))


def _log_set_aside(path: Path, reason: str) -> None:
    emit("vectors_set_aside", level=WARNING, path=str(path), reason=reason)
