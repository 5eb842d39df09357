"""storycheck report and schema: from a stored run, without any model."""

import json
from pathlib import Path
from typing import Annotated

import typer

from schemas.report import Report


def report(
    out: Annotated[Path, typer.Argument(help="Folder of a run.")],
) -> None:
    """Write report.html and report.md again from a run's report.json, without any model."""
    from pipeline.publish import write_files
    from pipeline.store import read_report

    typer.echo(write_files(out, read_report(out))["report.html"])


def schema() -> None:
    """Print the JSON Schema of report.json."""
    typer.echo(json.dumps(Report.model_json_schema(), indent=2))
