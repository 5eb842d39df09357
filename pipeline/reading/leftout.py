"""What ``storycheck group`` put into none of the stories in a folder, as lists beside them say it."""

import json
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import InputError
from pipeline.reading.sources import ALONE, SKIPPED, is_regular, printable, shown
from schemas.article import Skipped


def read_left_out(folder: Path) -> Iterator[Skipped]:
    """Yield what is in none of the stories in ``folder``; those that stand alone are one entry, counted.

    A line that cannot be read says so itself. Raises InputError where a list cannot be read at all.
    """
    alone = list(_lines(folder / ALONE))
    if alone:
        articles = "1 article" if len(alone) == 1 else f"{len(alone):,} articles"
        yield Skipped(path=shown(folder / ALONE), reason=f"{articles} that too few outlets tell of")
    yield from read_skipped(folder)


def read_skipped(folder: Path) -> Iterator[Skipped]:
    """Yield what was not taken as an article when the stories in ``folder`` were made."""
    path = folder / SKIPPED
    for number, line in enumerate(_lines(path), start=1):
        try:
            found = json.loads(line)
            yield Skipped(path=printable(found["from"]), reason=printable(found["reason"]))
        except (ValueError, TypeError, KeyError, RecursionError):  # of JSON, and of JSON of another form
            yield Skipped(path=f"{shown(path)}:{number}", reason="a line that names no input with a reason")


def skipped_line(skipped: Skipped) -> str:
    """Return the line of skipped.jsonl that ``read_skipped`` reads as ``skipped``."""
    return json.dumps({"from": skipped.path, "reason": skipped.reason}, ensure_ascii=False) + "\n"


def _lines(path: Path) -> Iterator[str]:
    if not is_regular(path):
        return
    try:
        with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
            yield from file
    except OSError as error:
        raise InputError(
            f"{shown(path)} cannot be read: {error.strerror}; mend it or move it away"
        ) from error
