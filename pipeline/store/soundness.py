"""Whether the stores of a run directory are sound, read without changing anything in them."""

import sqlite3
from contextlib import closing
from pathlib import Path

from pipeline.store.answers import APPLICATION_ID
from pipeline.store.decisionfile import DECISIONS_ID
from pipeline.store.vectors import VECTORS_ID

_MARKS = {"answer": APPLICATION_ID, "event": DECISIONS_ID, "vector": VECTORS_ID}


def count_sound(path: Path, table: str) -> int:
    """Return how many rows the ``table`` of the store at ``path`` holds, which is read whole for that.

    The table is ``answer``, ``event`` or ``vector``. Raises ValueError, with the reason, where the store is
    not sound.
    """
    try:
        with closing(_opened(path)) as connection:
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
                return 0  # killed before its first answer
            if connection.execute("PRAGMA application_id").fetchone()[0] != _MARKS[table]:
                raise ValueError("it is no store of storycheck's")
            [said] = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if said != "ok":
                raise ValueError(" ".join(str(said).split()))
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - ours
    except sqlite3.Error as error:
        raise ValueError(str(error)) from error


def count_waiting(path: Path) -> int:
    """Return how many questions are in open batches, by the store of answers at ``path``, which is sound."""
    with closing(_opened(path)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM batch_question").fetchone()[0])
        except sqlite3.OperationalError:  # there never was one
            return 0


def _opened(path: Path) -> sqlite3.Connection:
    is_at_rest = not path.with_name(f"{path.name}-wal").exists()  # then nothing need be made beside it
    uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if is_at_rest else ''}"
    return sqlite3.connect(uri, uri=True, timeout=5)
