"""storycheck diff: what two runs over one story find differently, without any model."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.screen import DONE, FAILED_ON
from pipeline.errors import InputError

if TYPE_CHECKING:
    from schemas.report import Report


EXAMPLES = """
Examples:
  storycheck diff out1 out2                  # two runs over one story
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
    before: Annotated[Path, typer.Argument(metavar="OUT1", help="Folder of the earlier run.")],
    after: Annotated[Path, typer.Argument(metavar="OUT2", help="Folder of the later run.")],
    form: Annotated[
        Format, typer.Option("--format", "-f", metavar="FORMAT", help="text or json.")
    ] = Format.text,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(metavar="new", help="Exit with 1 when the later run has a new finding."),
    ] = None,
) -> None:
    """Tell which findings, claims and articles are new, gone or changed between two runs of one story."""
    from pipeline.diff import diff as difference_between
    from pipeline.export.jsonlines import json_text
    from pipeline.report.difference import render_difference

    difference = difference_between(_read(before), _read(after))
    if form is Format.json:
        typer.echo(json_text(difference.model_dump(mode="json"), indent=2))
    else:
        typer.echo(render_difference(difference), nl=False)
    raise typer.Exit(FAILED_ON if fail_on is FailOn.new and difference.findings_new else DONE)


def _read(out: Path) -> "Report":
    from pipeline.store import read_report, story_folders

    folders = story_folders(out)
    if folders:
        raise InputError(f"{out} holds {len(folders)} stories: give the folder of one, say {folders[0]}.")
    return read_report(out)
