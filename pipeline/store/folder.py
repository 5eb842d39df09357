"""The run directory: made, told from a folder of somebody else's, its files written whole or not at all."""

import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from pipeline.errors import InputError
from pipeline.reading.sources import FETCHES, PAGES
from pipeline.store.answers import ANSWERS, APPLICATION_ID
from pipeline.store.decisionfile import DECISIONS, DECISIONS_ID
from pipeline.store.decisions import read_decisions
from pipeline.store.lock import LOCK
from pipeline.store.vectors import VECTORS, VECTORS_ID

REPORT = "report.json"
WRITTEN = ("report.json", "report.md", "report.html", "index.html", "run.json")
# What the head of a file of ours holds; other tools write a report.json or an index.html too.
_OURS = {
    "report.json": b'"schema_version": 1,\n  "story":',
    "index.html": b'<meta name="generator" content="storycheck">',
}
_FETCHES_MARK = b'{"schema_version":1,"url":"http'
LONGEST_WRITE_S = 60.0  # a file that is half written for longer will never be whole
_HEAD = 2000  # bytes in which a file shows whose it is


def prepare_run_directory(out: Path) -> None:
    """Make the folder ``out`` if need be.

    Raises InputError when it cannot be written, holds something that is no run of storycheck's, or decisions
    that cannot be read: better now than when a report is there to show them.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        is_taken = any(not _is_left_behind(entry) for entry in out.iterdir()) and not _is_ours(out)
        with tempfile.TemporaryFile(dir=out):
            pass
        decided = sorted(path.parent for path in out.glob(f"*/{DECISIONS}"))
    except OSError as error:
        raise InputError(
            f"Cannot write to {out} ({error.strerror}): give a folder that can be written with -o."
        ) from error
    if is_taken:
        raise InputError(
            f"{out} holds something that is no run of storycheck's: give another folder with -o."
        )
    for folder in (out, *decided):
        read_decisions(folder)


def _is_ours(out: Path) -> bool:
    answers = out / ANSWERS
    if answers.is_file():
        return _mark(answers) in (b"", APPLICATION_ID.to_bytes(4, "big"))  # empty: killed at once
    for name, mark in ((DECISIONS, DECISIONS_ID), (VECTORS, VECTORS_ID)):
        if (out / name).is_file() and _mark(out / name) == mark.to_bytes(4, "big"):
            return True
    fetches = out / PAGES / FETCHES  # of a run that never got further than its pages
    if fetches.is_file() and _head(fetches).startswith(_FETCHES_MARK):
        return True
    return any(sign in _head(out / name) for name, sign in _OURS.items() if (out / name).is_file())


def _mark(path: Path) -> bytes:
    """Return what says whose an SQLite file is: its application id."""
    return _head(path)[68:72]


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _is_left_behind(path: Path) -> bool:
    return path.name == LOCK or _is_half_written(path)


def _is_half_written(path: Path) -> bool:
    """Tell whether a killed run of ours left ``path`` behind; see ``write_text``."""
    return path.name.startswith(tuple(f".{name}." for name in WRITTEN))


def half_written(folder: Path) -> list[Path]:
    """Return the files that a killed run left half written in ``folder``; a running one's are younger."""
    now = time.time()
    return sorted(
        entry
        for entry in folder.iterdir()
        if _is_half_written(entry) and now - entry.lstat().st_mtime > LONGEST_WRITE_S
    )


def clear_half_written(folder: Path) -> None:
    """Remove what a killed run left half written in ``folder``, where that can be done."""
    with suppress(OSError):
        for path in half_written(folder):
            path.unlink()


def story_folders(out: Path) -> list[Path]:
    """Return the folders of the batch in ``out`` that hold a report, by name; none where ``out`` is one run.

    Those that cannot be looked into are among them: reading their report says why. Raises InputError when
    ``out`` itself cannot be read.
    """
    if os.path.lexists(out / REPORT):
        return []
    try:
        return sorted(
            entry for entry in out.iterdir() if not entry.name.startswith(".") and _may_hold_report(entry)
        )
    except OSError as error:
        raise InputError(f"There is no run in {out} ({error.strerror}): give the folder of one.") from error


def _may_hold_report(folder: Path) -> bool:
    try:
        (folder / REPORT).lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def refuse_way_out(folder: Path, out: Path) -> None:
    """Raise InputError where the report of ``folder``, a story of ``out``, lies elsewhere, by a link."""
    real = os.path.realpath(folder / REPORT)
    if not Path(real).is_relative_to(os.path.realpath(out)):
        raise InputError(
            f"{folder} is reached by a link that leads out of {out}, which is not followed: "
            "give the folder it leads to, or copy it."
        )


def make_folder(path: Path) -> None:
    """Make the folder ``path`` if need be. Raises InputError when it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"Cannot make {path} ({error.strerror}): move away what is there.") from error


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8, all of it or nothing: a reader never meets half a file.

    Raises InputError when it cannot be written.
    """
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    """Write ``data`` as ``write_text`` writes text."""
    try:
        _write(path, data)
    except OSError as error:
        raise InputError(
            f"Cannot write {path} ({error.strerror}): make room for it, then run the same command again; "
            "what was answered is kept."
        ) from error


def _write(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
