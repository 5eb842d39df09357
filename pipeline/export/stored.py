"""The stories of a run directory: one, or those of a batch, each with what was decided about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import store
from pipeline.errors import InputError
from schemas.decision import Decision
from schemas.report import Report


@dataclass(frozen=True)
class Stored:
    """One story's report, and the decisions on its findings."""

    report: Report
    decisions: Sequence[Decision] = ()


@dataclass(frozen=True)
class Unread:
    """A story that could not be read, and why."""

    folder: Path
    reason: str


def read_stories(out: Path) -> tuple[tuple[Stored, ...], tuple[Unread, ...]]:
    """Read the run in ``out``, or the stories of a batch in the order of their folders.

    A story of a batch that cannot be read is told beside the others. Raises InputError when there is no run
    in ``out``, or its only one is damaged.
    """
    folders = store.story_folders(out)
    if not folders:
        return (_read(out),), ()
    read, unread = [], []
    for folder in folders:
        try:
            store.refuse_way_out(folder, out)
            read.append(_read(folder))
        except InputError as error:
            unread.append(Unread(folder, str(error)))
    return tuple(read), tuple(unread)


def _read(folder: Path) -> Stored:
    return Stored(store.read_report(folder), store.read_decisions(folder))
