"""storycheck check: the main job."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.screen import DONE, FAILED_ON, INCOMPLETE, fetch_bar, told
from pipeline.config import Settings, read_environment
from schemas.contradiction import Relation
from schemas.report import Report
from schemas.verdict import Label


class FailOn(StrEnum):
    """What makes the command exit with 1."""

    contradicted = "contradicted"
    unsupported = "unsupported"
    error = "error"


def check(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Articles (.txt, .md), a folder of them, or a folder of such folders."),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the report.")] = Path("out"),
    model: Annotated[
        str | None,
        typer.Option(
            help="Model at OPENAI_BASE_URL, embedded model (see 'models'), or a path to a .gguf file."
        ),
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Shared store of answers, instead of the one in OUT.")
    ] = None,
    concurrency: Annotated[int | None, typer.Option(min=1, max=256, help="Requests in flight.")] = None,
    rpm: Annotated[float | None, typer.Option(min=0.1, help="Requests per minute at most.")] = None,
    timeout: Annotated[float | None, typer.Option(min=1, help="Seconds to wait for one answer.")] = None,
    max_cost: Annotated[
        float | None, typer.Option(min=0, help="USD to spend at most, by the table of prices.")
    ] = None,
    max_tokens: Annotated[
        int | None, typer.Option(min=0, help="Tokens to spend at most, in and out.")
    ] = None,
    max_calls: Annotated[
        int | None, typer.Option(min=0, help="Requests to send at most; 0 goes by stored answers alone.")
    ] = None,
    max_time: Annotated[
        float | None, typer.Option(min=0, help="Seconds after which nothing more is sent.")
    ] = None,
    prices: Annotated[
        Path | None, typer.Option(help="Table of prices (.toml), instead of STORYCHECK_PRICES.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what there is to ask, and what it takes; ask nothing.")
    ] = False,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads of the embedded model.")] = None,
    calibration: Annotated[
        Path | None, typer.Option(help="How far the model's odds are to be trusted, made by 'calibrate'.")
    ] = None,
    fail_on: Annotated[
        list[FailOn] | None, typer.Option(help="Exit with 1 when there is one; may be repeated.")
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print the report's path alone.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Print how each stage went.")] = False,
) -> None:
    """Check a story: what its articles contradict each other in, and what only one of them says."""
    settings = Settings(
        model=model,
        cache=cache,
        concurrency=concurrency,
        requests_per_minute=rpm,
        timeout_s=timeout,
        max_cost_usd=max_cost,
        max_tokens=max_tokens,
        max_calls=max_calls,
        max_time_s=max_time,
        prices=prices,
        threads=threads,
        calibration=calibration,
    )
    if dry_run:
        raise typer.Exit(_dry_run(paths, out, settings))
    raise typer.Exit(_check(paths, out, settings, set(fail_on or ()), quiet=quiet, verbose=verbose))


def _check(
    paths: list[Path], out: Path, settings: Settings, fail_on: set[FailOn], *, quiet: bool, verbose: bool
) -> int:
    from rich.console import Console

    from pipeline import terminal
    from pipeline.ingest import ingest
    from pipeline.store import prepare_run_directory

    stories = ingest(paths)
    prepare_run_directory(out)
    # The heavy part comes last: bad input is told at once.
    from pipeline.batch import check_stories
    from pipeline.session import open_endpoint

    screen, errors = Console(), Console(stderr=True)
    with (
        fetch_bar(errors, quiet=quiet) as on_fetch,
        open_endpoint(settings, read_environment(), on_fetch) as endpoint,
        terminal.show_progress(errors, quiet=quiet) as progress,
    ):
        outcome = asyncio.run(check_stories(stories, out, settings, endpoint, progress))
    for done in outcome.checked:
        if quiet:
            typer.echo(done.paths["report.html"])
        else:
            terminal.print_summary(screen, done.report, done.paths)
        if verbose:
            _print_stages(done.report)
    if outcome.index is not None:
        typer.echo(outcome.index)
    if outcome.stopped is not None:
        told(str(outcome.stopped), INCOMPLETE)
    elif outcome.capped is not None:
        told(outcome.capped, INCOMPLETE)
    return _exit_code(
        [done.report for done in outcome.checked], fail_on, is_cut_short=outcome.stopped is not None
    )


def _dry_run(paths: list[Path], out: Path, settings: Settings) -> int:
    from pipeline.ingest import ingest

    stories = ingest(paths)
    from pipeline.foretell import plan_lines
    from pipeline.plan import plan
    from pipeline.session import open_endpoint

    with open_endpoint(settings, read_environment(), lambda _done, _all: None) as endpoint:
        planned = asyncio.run(plan(stories, out, settings, endpoint))
    for line in plan_lines(planned):
        typer.echo(line)
    return DONE


def _print_stages(report: Report) -> None:
    for stage in report.run.stages:
        typer.echo(
            f"{stage.stage:<11} {stage.seconds:8.1f} s  {stage.calls:5} calls  "
            f"{stage.tokens_in:7} tokens in  {stage.tokens_out:6} out"
        )


def _exit_code(reports: list[Report], fail_on: set[FailOn], *, is_cut_short: bool) -> int:
    labels = {claim.verdict.label for report in reports for claim in report.claims}
    if any(c.relation is Relation.contradiction for report in reports for c in report.contradictions):
        labels.add(Label.contradicted)  # also where no claim was drawn from either sentence
    if is_cut_short or not all(report.run.complete for report in reports):
        return FAILED_ON if FailOn.error in fail_on else INCOMPLETE
    return FAILED_ON if any(Label(wanted.value) in labels for wanted in fail_on) else DONE
