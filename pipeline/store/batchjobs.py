"""The batches handed in to an endpoint and not yet fetched, beside the answers that will come of them.

A batch is written down before it is handed in, under a token that goes with it: a run that is killed in
between finds it again. A question is in one open batch of an endpoint at most, whichever run asks it.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pipeline.errors import InputError
from pipeline.store.answers import BUSY_S
from schemas.batchjob import BatchJob
from schemas.run import Unanswered

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS batch_job (token TEXT PRIMARY KEY, id TEXT, endpoint TEXT NOT NULL,"
    " model TEXT NOT NULL, handed_in_at TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS batch_question (endpoint TEXT NOT NULL, key TEXT NOT NULL,"
    " token TEXT NOT NULL, stage TEXT NOT NULL, PRIMARY KEY (endpoint, key)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS batch_failure (endpoint TEXT NOT NULL, key TEXT NOT NULL,"
    " error TEXT NOT NULL, said TEXT NOT NULL, times INTEGER NOT NULL,"
    " PRIMARY KEY (endpoint, key)) WITHOUT ROWID",
)


class BatchJobs:
    """The open batches of ``model`` at ``endpoint``, and the questions that failed there in earlier ones."""

    def __init__(self, connection: sqlite3.Connection, endpoint: str, model: str) -> None:
        self._connection = connection
        self._endpoint = endpoint
        self._model = model

    def begin(self, token: str, stages: Mapping[str, str]) -> set[str]:
        """Write a batch down before it is handed in; return those keys of ``stages`` that are in it.

        The others are in an open batch already.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._connection as connection:
            job = (token, self._endpoint, self._model, now)
            connection.execute("INSERT INTO batch_job VALUES (?, NULL, ?, ?, ?)", job)
            rows = ((self._endpoint, key, token, stage) for key, stage in stages.items())
            connection.executemany("INSERT OR IGNORE INTO batch_question VALUES (?, ?, ?, ?)", rows)
        return set(self.stages(token))

    def handed_in(self, token: str, batch_id: str) -> None:
        """Note the endpoint's id of a batch."""
        with self._connection as connection:
            connection.execute("UPDATE batch_job SET id = ? WHERE token = ?", (batch_id, token))

    def close(self, token: str) -> None:
        """Strike out a batch: what it answered is stored, and the rest can be asked again."""
        with self._connection as connection:
            connection.execute("DELETE FROM batch_question WHERE token = ?", (token,))
            connection.execute("DELETE FROM batch_job WHERE token = ?", (token,))

    def open(self) -> list[BatchJob]:
        """Return the open batches, the oldest first."""
        found = self._connection.execute(
            "SELECT token, id, handed_in_at FROM batch_job WHERE endpoint = ? AND model = ?"
            " ORDER BY handed_in_at, token",
            (self._endpoint, self._model),
        )
        return [BatchJob(token=token, id=batch_id, handed_in_at=at) for token, batch_id, at in found]

    def stages(self, token: str) -> dict[str, str]:
        """Return the stage of each question of a batch, by its key."""
        found = self._connection.execute("SELECT key, stage FROM batch_question WHERE token = ?", (token,))
        return dict(found.fetchall())

    def waiting(self) -> set[str]:
        """Return the keys of all questions in open batches."""
        found = self._connection.execute(
            "SELECT key FROM batch_question WHERE endpoint = ?", (self._endpoint,)
        )
        return {key for (key,) in found}

    def fail(self, met: Mapping[str, Exception]) -> None:
        """Note what questions ``met``, by their keys, perhaps after others."""
        rows = [(self._endpoint, key, type(error).__name__, str(error)) for key, error in met.items()]
        with self._connection as connection:
            connection.executemany(
                "INSERT INTO batch_failure VALUES (?, ?, ?, ?, 1) ON CONFLICT (endpoint, key) DO UPDATE SET"
                " error = excluded.error, said = excluded.said, times = times + 1",
                rows,
            )

    def failed(self) -> dict[str, Unanswered]:
        """Return what became of the questions that failed, by their keys."""
        rows = self._connection.execute(
            "SELECT key, error, said, times FROM batch_failure WHERE endpoint = ?", (self._endpoint,)
        )
        return {key: Unanswered(error=error, said=said, times=times) for key, error, said, times in rows}


@contextmanager
def open_batch_jobs(path: Path, endpoint: str, model: str) -> Iterator[BatchJobs]:
    """Open the batches of the store of answers at ``path``, which is there. Raises InputError if it fails."""
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_S)) as connection:
            for table in _TABLES:
                connection.execute(table)
            yield BatchJobs(connection, endpoint, model)
    except sqlite3.Error as error:
        raise InputError(
            f"Cannot keep the batches in {path} ({error}): make it writable and make room for it, then run "
            "the same command again."
        ) from error
