"""The file that decisions are kept in: opened for reading or for one change, and what is wrong with it told.

The journal is a plain one, not a write-ahead log: no second file holds what was decided while nobody writes,
so that the file can be copied, and read from a folder that nobody can write to.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from pipeline.errors import InputError

DECISIONS: Final = "decisions.sqlite"
DECISIONS_ID: Final = 0x53746F44  # "StoD" in the SQLite header marks the file as ours
DECISIONS_FORMAT: Final = 1
WAIT_S: Final = 5.0  # for another process that is writing
DAMAGED_ADVICE: Final = "put a copy of it back, or move it away and import decisions that were exported."

_SCHEMA = (
    """
CREATE TABLE event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    change INTEGER NOT NULL,   -- events of one change are taken back together
    act TEXT NOT NULL CHECK (act IN ('decide', 'import', 'undo')),
    at TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    decision TEXT NOT NULL,    -- what holds from here on, as JSON
    undoes INTEGER             -- the change that an undo takes back
)
""",
    "CREATE INDEX by_finding ON event (finding_id, number)",
)


@contextmanager
def reading(folder: Path) -> Iterator[sqlite3.Connection]:
    """Give the store as it is at one moment. Raises InputError when it cannot be used, or is not there."""
    path = folder / DECISIONS
    try:
        with _connected(path, "rw") as connection:  # rw: may have to undo a write that was cut off
            connection.execute("BEGIN")
            yield connection
    except sqlite3.Error as error:
        raise _told(error, path) from error


@contextmanager
def writing(folder: Path) -> Iterator[sqlite3.Connection]:
    """Give the store alone to the caller, made if need be; all that is done in it is stored, or nothing.

    Raises InputError when it cannot be used or written.
    """
    path = folder / DECISIONS
    try:
        with _connected(path, "rwc") as connection:
            connection.execute("BEGIN IMMEDIATE")
            if not is_made(connection, path):
                for statement in _SCHEMA:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {DECISIONS_ID}")
                connection.execute(f"PRAGMA user_version = {DECISIONS_FORMAT}")
            yield connection
            connection.execute("COMMIT")  # else closing takes it back
    except sqlite3.Error as error:
        raise _told(error, path) from error


def is_made(connection: sqlite3.Connection, path: Path) -> bool:
    """Tell whether the store holds its table. Raises InputError when it is none that we can use."""
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
        return False
    if connection.execute("PRAGMA application_id").fetchone()[0] != DECISIONS_ID:
        raise InputError(f"{path} is no store of storycheck's: move it away.")
    made = connection.execute("PRAGMA user_version").fetchone()[0]
    if made > DECISIONS_FORMAT:
        raise InputError(
            f"{path} was written by a newer storycheck (format {made}, this one knows {DECISIONS_FORMAT}): "
            "update storycheck."
        )
    return True


def why_read_only(folder: Path) -> str | None:
    """Return the line that says why no decision can be stored in ``folder``, or None where one can."""
    path = folder / DECISIONS
    try:
        with tempfile.TemporaryFile(dir=folder):  # the journal needs as much
            pass
        if path.exists():
            with _connected(path, "rw", waits=False) as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
    except OSError as error:
        return _unwritable(path, error.strerror)
    except sqlite3.Error as error:
        return None if _is_busy(error) else str(_told(error, path))
    return None


@contextmanager
def _connected(path: Path, mode: str, *, waits: bool = True) -> Iterator[sqlite3.Connection]:
    """Open ``path``; mode ``rw`` makes no file, and opens one that cannot be written for reading."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    opened = sqlite3.connect(uri, uri=True, timeout=WAIT_S if waits else 0, isolation_level=None)
    with closing(opened) as connection:
        connection.execute("PRAGMA synchronous = EXTRA")  # on disk, and its folder, before it is answered
        yield connection


def _code(error: sqlite3.Error) -> int:
    # Python's own error has none: a text that is no UTF-8.
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF


def _is_busy(error: sqlite3.Error) -> bool:
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _told(error: sqlite3.Error, path: Path) -> InputError:
    """Return the line that says what ``error`` means to somebody who did not write this."""
    if _is_busy(error):
        return InputError(f"{path} is in use by another program: try again when it is done.")
    if _code(error) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR):
        return InputError(f"{path} is damaged ({error}): {DAMAGED_ADVICE}")
    return InputError(_unwritable(path, str(error)))


def _unwritable(path: Path, why: str | None) -> str:
    return f"Nothing can be stored in {path} ({why}): make room for it, and make it and its folder writable."
