"""The command line: reads arguments, prints, and sets the exit code; the work is done elsewhere.

Modules that load a model's client or engine are imported by the command that needs them, so that --help and
re-rendering a report stay instant.
"""

import asyncio
import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import __version__
from pipeline.config import Settings, read_environment
from pipeline.errors import StorycheckError
from schemas.contradiction import Relation
from schemas.report import Report
from schemas.verdict import Label

if TYPE_CHECKING:
    from rich.console import Console

DONE, FAILED_ON, USAGE, INCOMPLETE = 0, 1, 2, 3
INTERRUPTED = 130  # what typer makes of Ctrl-C

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Check what the outlets covering one story claim against each other.",
)


class FailOn(StrEnum):
    """What makes the command exit with 1."""

    contradicted = "contradicted"
    unsupported = "unsupported"
    error = "error"


def main() -> None:
    """Run the command; an error that a user can meet ends it with one line and its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a sign that the terminal cannot show is no reason to die
            stream.reconfigure(errors="replace")
    try:
        app()
    except StorycheckError as error:
        raise SystemExit(_told(str(error), error.exit_code)) from None
    except SystemExit as done:
        if done.code != INTERRUPTED:
            raise
        message = "interrupted; what was answered is kept, run the same command again to go on."
        raise SystemExit(_told(message, INCOMPLETE)) from None


def _told(message: str, code: int) -> int:
    typer.echo(f"storycheck: {message}", err=True)
    return code


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"storycheck {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Check what the outlets covering one story claim against each other."""


@app.command()
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
        threads=threads,
        calibration=calibration,
    )
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
        _fetch_bar(errors, quiet=quiet) as on_fetch,
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
        _told(str(outcome.stopped), INCOMPLETE)
    return _exit_code(
        [done.report for done in outcome.checked], fail_on, is_cut_short=outcome.stopped is not None
    )


@contextmanager
def _fetch_bar(console: "Console", *, quiet: bool) -> "Iterator[Callable[[int, int], None]]":
    """Show how the fetching of a model gets on; one line at its start where there is no terminal."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal)
    task = None

    def on_fetch(done: int, total: int) -> None:
        nonlocal task
        if task is None:
            task = bar.add_task("fetching the embedded model", total=total)
            if bar.disable and not quiet:
                typer.echo(f"fetching the embedded model ({total / 1e9:.2f} GB, once) ...", err=True)
        bar.update(task, completed=done)

    with bar:
        yield on_fetch


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


@app.command("eval")
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
        _fetch_bar(errors, quiet=False) as on_fetch,
        open_endpoint(settings, read_environment(), on_fetch) as endpoint,
        terminal.show_progress(errors, quiet=False) as progress,
    ):
        plan = Plan(judge=endpoint.model, seed=seed, limit=limit)
        done = asyncio.run(run_evaluation(files, plan, settings, endpoint, out, progress))
    paths = write(done, out)
    typer.echo(Path(paths["evaluation.md"]).read_text(encoding="utf-8"))


@app.command()
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
        _fetch_bar(errors, quiet=False) as on_fetch,
        open_endpoint(settings, read_environment(), on_fetch) as endpoint,
        terminal.show_progress(errors, quiet=False) as progress,
    ):
        plan = Plan(seed=seed, limit=limit)
        fitted = asyncio.run(run_calibration(files, plan, settings, endpoint, out, progress))
    typer.echo(f"{out}: fitted for {fitted.model} on {sum(fitted.fitted_on.values())} rows")


@app.command()
def report(
    out: Annotated[Path, typer.Argument(help="Folder of a run.")],
) -> None:
    """Write report.html and report.md again from a run's report.json, without any model."""
    from pipeline.publish import write_files
    from pipeline.store import read_report

    typer.echo(write_files(out, read_report(out))["report.html"])


@app.command()
def schema() -> None:
    """Print the JSON Schema of report.json."""
    typer.echo(json.dumps(Report.model_json_schema(), indent=2))


@app.command()
def models() -> None:
    """List the embedded models, their licences, and which are fetched."""
    from pipeline.embedded.fetch import is_fetched
    from pipeline.embedded.models import CATALOGUE

    folder = read_environment().models_dir
    for model in CATALOGUE.values():
        state = "fetched" if is_fetched(model, folder) else "not fetched"
        typer.echo(f"{model.name}  {model.size_bytes / 1e9:.2f} GB  {model.licence}  {state}")
        typer.echo(f"    {model.source_page}  (licence: {model.licence_url})")
    typer.echo(f"They are kept in {folder}; STORYCHECK_MODELS names another folder.")
