"""storycheck eval and calibrate: how well claims are judged, and how far a model's odds can be trusted."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.screen import fetch_bar, going_on
from pipeline.cli.settings import BaseUrl, Cache, Calibration, ConfigFile, Model
from pipeline.config import Settings, read_environment

EXAMPLES = """
Examples:
  storycheck eval rows.jsonl -o out/eval --limit 100
  storycheck calibrate rows.jsonl -o map.json --model NAME
  storycheck check story/ --model NAME --calibration map.json
"""


def evaluate(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="Labelled rows (.jsonl, .csv): claim, evidence, label."),
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FOLDER", help="Folder for the figures.")
    ] = Path("out/eval"),
    model: Model = None,
    base_url: BaseUrl = None,
    calibration: Calibration = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Rows drawn from each file.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the draw and of the intervals.")] = 0,
    cache: Cache = None,
    config: ConfigFile = None,
) -> None:
    """Measure how well claims are judged, on labelled rows of your own."""
    from pipeline import terminal
    from pipeline.evaluation.publish import write
    from pipeline.evaluation.run import run_evaluation
    from pipeline.session import open_endpoint
    from schemas.evaluation import Plan

    settings = Settings(model=model, base_url=base_url, cache=cache, calibration=calibration)
    errors = terminal.open_console(stderr=True)
    with (
        going_on(),
        fetch_bar(errors, quiet=False) as on_fetch,
        open_endpoint(settings, read_environment(base_url), on_fetch, is_last=True) as endpoint,
        terminal.show_progress(errors, quiet=False) as progress,
    ):
        plan = Plan(judge=endpoint.model, seed=seed, limit=limit)
        done = asyncio.run(run_evaluation(files, plan, settings, endpoint, out, progress))
    paths = write(done, out)
    typer.echo(Path(paths["evaluation.md"]).read_text(encoding="utf-8"))


def calibrate(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="Labelled rows (.jsonl, .csv): claim, evidence, label."),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The map's file.")] = Path(
        "calibration.json"
    ),
    model: Model = None,
    base_url: BaseUrl = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Rows drawn from each file.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the draw.")] = 0,
    cache: Cache = None,
    config: ConfigFile = None,
) -> None:
    """Fit how far a model's odds are to be trusted, for 'check --calibration FILE'."""
    from pipeline import terminal
    from pipeline.evaluation.run import run_calibration
    from pipeline.session import open_endpoint
    from schemas.evaluation import Plan

    settings = Settings(model=model, base_url=base_url, cache=cache)
    errors = terminal.open_console(stderr=True)
    with (
        going_on(),
        fetch_bar(errors, quiet=False) as on_fetch,
        open_endpoint(settings, read_environment(base_url), on_fetch, is_last=True) as endpoint,
        terminal.show_progress(errors, quiet=False) as progress,
    ):
        plan = Plan(seed=seed, limit=limit)
        fitted = asyncio.run(run_calibration(files, plan, settings, endpoint, out, progress))
    typer.echo(f"{out}: fitted for {fitted.model} on {sum(fitted.fitted_on.values())} rows")
