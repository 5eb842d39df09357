"""What the run directory looks like: the answers that were paid for, and the files a run writes.

``OUT/answers.sqlite``  every answer, stored before it is used, under a key of all that made it
``OUT/report.json``     the contract; report.html and report.md are made from it
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import InputError
from schemas.report import Report

ANSWERS = "answers.sqlite"
# What the head of a file of ours holds; other tools write a report.json or an index.html too.
_OURS = {
    "report.json": b'"schema_version": 1,\n  "story":',
    "index.html": b'<meta name="generator" content="storycheck">',
}
_HEAD = 2000  # bytes in which a file shows whose it is
APPLICATION_ID = 0x53746F43  # "StoC" in the SQLite header marks the file as ours
WRITTEN = ("report.json", "report.md", "report.html", "index.html")
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


def prepare_run_directory(out: Path) -> None:
    """Make the folder ``out`` if need be.

    Raises InputError when it cannot be written, or holds something that is no run of storycheck's.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        is_taken = any(not _is_half_written(entry) for entry in out.iterdir()) and not _is_ours(out)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise InputError(
            f"Cannot write to {out} ({error.strerror}): give a folder that can be written with -o."
        ) from error
    if is_taken:
        raise InputError(
            f"{out} holds something that is no run of storycheck's: give another folder with -o."
        )


def _is_ours(out: Path) -> bool:
    answers = out / ANSWERS
    if answers.is_file():
        head = _head(answers)  # empty when the very first run was killed at once
        return head[68:72] in (b"", APPLICATION_ID.to_bytes(4, "big"))
    return any(sign in _head(out / name) for name, sign in _OURS.items() if (out / name).is_file())


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _is_half_written(path: Path) -> bool:
    """Tell whether a killed run of ours left ``path`` behind; see ``write_text``."""
    return path.name.startswith(tuple(f".{name}." for name in WRITTEN))


def make_folder(path: Path) -> None:
    """Make the folder ``path`` if need be. Raises InputError when it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"Cannot make {path} ({error.strerror}): move away what is there.") from error


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


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8, all of it or nothing: a reader never meets half a file.

    Raises InputError when it cannot be written.
    """
    try:
        _write(path, text)
    except OSError as error:
        raise InputError(
            f"Cannot write {path} ({error.strerror}): make room for it, then run the same command again; "
            "what was answered is kept."
        ) from error


def _write(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_report(out: Path, report: Report) -> Path:
    """Write report.json into ``out`` and return its path."""
    path = out / "report.json"
    write_text(path, report.model_dump_json(indent=2) + "\n")
    return path


def read_report(out: Path) -> Report:
    """Read the report.json of a run directory. Raises InputError when there is none, or it is damaged."""
    path = out / "report.json"
    try:
        return Report.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"There is no run in {out} ({error.strerror} for report.json).") from error
    except ValueError as error:
        raise InputError(f"{path} is damaged, or of another version: run storycheck check again.") from error
