"""The file that ``storycheck group`` keeps its state in: its tables, and how ours is told from others."""

import sqlite3
from pathlib import Path
from typing import Final

from pipeline.errors import InputError

GROUPING: Final = "grouping.sqlite"
GROUPING_ID: Final = 0x53746F47  # "StoG" in the SQLite header marks the file as ours
GROUPING_FORMAT: Final = 1

_SCHEMA: Final = (
    """
CREATE TABLE article (
    number INTEGER PRIMARY KEY,  -- in the order they came, from 1
    id TEXT NOT NULL UNIQUE,     -- of outlet and text
    place TEXT NOT NULL,
    given_id TEXT, title TEXT, outlet TEXT, url TEXT, name TEXT NOT NULL,
    published TEXT,
    text BLOB,                   -- zlib; NULL once it is in a story's folder
    lead TEXT NOT NULL,
    marked BLOB NOT NULL, signature BLOB NOT NULL, days BLOB NOT NULL,
    vector BLOB,                 -- NULL until it is asked for
    story INTEGER NOT NULL DEFAULT 0,
    copy_of INTEGER NOT NULL DEFAULT 0,
    is_seen INTEGER NOT NULL DEFAULT 0  -- it has been held against the others
)
""",
    "CREATE TABLE story (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, has_folder INTEGER NOT NULL)",
    "CREATE TABLE related (one INTEGER NOT NULL, other INTEGER NOT NULL, PRIMARY KEY (one, other))",
    "CREATE INDEX by_story ON article (story)",
)


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables in a new file. Raises InputError for one that is not ours, or is newer."""
    connection.execute("PRAGMA journal_mode = WAL")
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
        with connection:
            connection.execute("BEGIN")
            for statement in _SCHEMA:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {GROUPING_ID}")
            connection.execute(f"PRAGMA user_version = {GROUPING_FORMAT}")
    if connection.execute("PRAGMA application_id").fetchone()[0] != GROUPING_ID:
        raise InputError(f"{path} is no store of storycheck's: give another folder with -o.")
    if connection.execute("PRAGMA user_version").fetchone()[0] > GROUPING_FORMAT:
        raise InputError(f"{path} was written by a newer storycheck: update storycheck.")
