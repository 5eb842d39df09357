"""The run directory: made, told from a folder of somebody else's, its files written whole or not at all."""

import os
import tempfile
from pathlib import Path

from pipeline.errors import InputError
from pipeline.store.answers import ANSWERS, APPLICATION_ID

WRITTEN = ("report.json", "report.md", "report.html", "index.html")
# What the head of a file of ours holds; other tools write a report.json or an index.html too.
_OURS = {
    "report.json": b'"schema_version": 1,\n  "story":',
    "index.html": b'<meta name="generator" content="storycheck">',
}
_HEAD = 2000  # bytes in which a file shows whose it is


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
