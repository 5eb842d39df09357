"""storycheck eval and calibrate: how well claims are judged, and how far a model's odds can be trusted."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.screen import fetch_bar
from pipeline.config import Settings, read_environment


def evaluate(
    files: Annotated[
        list[Path], typer.Argument(help="Labelled rows (.jsonl, .csv): claim, evidence, label.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the figures.")] = Path("out/eval"),
    model: Annotated[str | None, typer.Option(help="Which model to ask, as in 'check'.")] = None,
    calibration: Annotated[Path | None, typer.Option(help="That model's map, made by 'calibrate'.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Rows drawn from each file.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the draw and of the intervals.")] = 0,
    cache: Annotated[
        Path | None, typer.Option(help="Shared store of answers, instead of the one in OUT.")
    ] = None,
) -> None:
    """Measure how well claims are judged, on labelled rows of your own."""
    from rich.console import Console

    from pipeline import terminal
    from pipeline.evaluation.publish import write
    from pipeline.evaluation.run import run_evaluation
    from pipeline.session import open_endpoint
    from schemas.evaluation import Plan

    settings = Settings(model=model, cache=cache, calibration=calibration)
    errors = Console(stderr=True)
    with (
        fetch_bar(errors, quiet=False) as on_fetch,
        open_endpoint(settings, read_environment(), on_fetch) as endpoint,
        terminal.show_progress(errors, quiet=False) as progress,
    ):
        plan = Plan(judge=endpoint.model, seed=seed, limit=limit)
        done = asyncio.run(run_evaluation(files, plan, settings, endpoint, out, progress))
    paths = write(done, out)
    typer.echo(Path(paths["evaluation.md"]).read_text(encoding="utf-8"))


def calibrate(
    files: Annotated[
        list[Path], typer.Argument(help="Labelled rows (.jsonl, .csv): claim, evidence, label.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="The map's file.")] = Path("calibration.json"),
    model: Annotated[str | None, typer.Option(help="Which model to ask, as in 'check'.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Rows drawn from each file.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the draw.")] = 0,
    cache: Annotated[Path | None, typer.Option(help="Shared store of answers.")] = None,
) -> None:
    """Fit how far a model's odds are to be trusted, for 'check --calibration FILE'."""
    from rich.console import Console

    from pipeline import terminal
    from pipeline.evaluation.run import run_calibration
    from pipeline.session import open_endpoint
    from schemas.evaluation import Plan

    settings = Settings(model=model, cache=cache)
    errors = Console(stderr=True)
    with (
        fetch_bar(errors, quiet=False) as on_fetch,
        open_endpoint(settings, read_environment(), on_fetch) as endpoint,
        terminal.show_progress(errors, quiet=False) as progress,
    ):
        plan = Plan(seed=seed, limit=limit)
        fitted = asyncio.run(run_calibration(files, plan, settings, endpoint, out, progress))
    typer.echo(f"{out}: fitted for {fitted.model} on {sum(fitted.fitted_on.values())} rows")
