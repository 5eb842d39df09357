"""storycheck diff: what two runs, or two batches of runs, find differently, without any model."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from pipeline.cli.screen import DONE, FAILED_ON, INCOMPLETE, told
from pipeline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.diffbatch import Pair
    from schemas.difference import BatchDifference, Difference
    from schemas.report import Report

EXAMPLES = """
Examples:
  storycheck diff out1 out2                  # two runs, or two batches
  storycheck diff out1 out2 --fail-on new    # for scripts: 1 if one is new
"""


class Format(StrEnum):
    """In which form the difference is told."""

    text = "text"
    json = "json"


class FailOn(StrEnum):
    """What makes the command exit with 1."""

    new = "new"


def diff(
    before: Annotated[Path, typer.Argument(metavar="OUT1", help="Folder of the earlier run, or batch.")],
    after: Annotated[Path, typer.Argument(metavar="OUT2", help="Folder of the later run, or batch.")],
    form: Annotated[
        Format, typer.Option("--format", "-f", metavar="FORMAT", help="text or json.")
    ] = Format.text,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(metavar="new", help="Exit with 1 when the later run has a new finding."),
    ] = None,
) -> None:
    """Tell what is new, gone or changed between two runs of one story, or two batches of stories.

    That is findings, claims and articles; of batches the total, and then story by story.
    """
    from pipeline.export.jsonlines import json_text
    from pipeline.store import story_folders

    are_batches = bool(story_folders(before)), bool(story_folders(after))
    if any(are_batches) and not all(are_batches):
        batch, run = (before, after) if are_batches[0] else (after, before)
        raise InputError(f"{batch} holds stories, {run} is one run: give the folder of one of the stories.")
    found = _batches(before, after) if all(are_batches) else _runs(before, after)
    if form is Format.json:
        typer.echo(json_text(found.difference.model_dump(mode="json"), indent=2))
    else:
        typer.echo(found.text, nl=False)
    for reason in found.unread:
        told(f"left out: {reason}", INCOMPLETE)
    if found.unread:
        raise typer.Exit(INCOMPLETE)
    raise typer.Exit(FAILED_ON if fail_on is FailOn.new and found.has_new else DONE)


class _Found(NamedTuple):
    """What differs, as a record and in words, and what could not be compared."""

    difference: "Difference | BatchDifference"
    text: str
    has_new: bool
    unread: tuple[str, ...] = ()


def _runs(before: Path, after: Path) -> _Found:
    from pipeline.diff import diff as difference_between
    from pipeline.report.difference import render_difference
    from pipeline.store import read_report

    difference = difference_between(read_report(before), read_report(after))
    return _Found(difference, render_difference(difference), bool(difference.findings_new))


def _batches(before: Path, after: Path) -> _Found:
    from pipeline.diffbatch import diff_batches
    from pipeline.report.difference import render_batch_difference
    from pipeline.report.text import one_line

    difference = diff_batches(_pairs(before, after))
    unread = tuple(one_line(unread.reason) for unread in difference.stories_unread)
    return _Found(
        difference, render_batch_difference(difference), bool(difference.total.findings_new), unread
    )


def _pairs(before: Path, after: Path) -> "Iterator[Pair]":
    """Yield the stories of both batches by the names of their folders, each read when it is its turn."""
    from pipeline.diffbatch import Pair
    from pipeline.store import story_folders

    olds, news = ({folder.name: folder for folder in story_folders(out)} for out in (before, after))
    for name in sorted(olds.keys() | news.keys()):
        try:
            yield Pair(name, _report(olds.get(name), before), _report(news.get(name), after))
        except InputError as error:
            yield Pair(name, problem=str(error))


def _report(folder: Path | None, out: Path) -> "Report | None":
    from pipeline.store import read_report, refuse_way_out

    if folder is None:
        return None
    refuse_way_out(folder, out)
    return read_report(folder)
