"""storycheck report and schema: from a stored run, without any model."""

import json
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.screen import INCOMPLETE, told
from schemas.report import Report

EXAMPLES = """
Examples:
  storycheck report out              # a run, or a batch of runs
  storycheck schema > schema.json    # the form of report.json
"""


def report(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder of a run, or of a batch of runs.")],
) -> None:
    """Write report.html and report.md again from a run's report.json, without any model.

    In the folder of a batch, those of every story, and the index.
    """
    from pipeline.rerender import rerender

    done = rerender(out)
    for page in done.pages:
        typer.echo(page)
    for problem in done.problems:
        told(problem, INCOMPLETE)
    if done.problems:
        raise typer.Exit(INCOMPLETE)


def schema() -> None:
    """Print the JSON Schema of report.json."""
    typer.echo(json.dumps(Report.model_json_schema(), indent=2))
