"""storycheck check: the main job."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.log import log_options, logged
from pipeline.cli.replay import replay_run
from pipeline.cli.screen import DONE, FAILED_ON, INCOMPLETE, fetch_bar, told
from pipeline.config import Settings, read_environment
from pipeline.logs import LogFormat, LoggedProgress, takes_screen
from schemas.contradiction import Relation
from schemas.report import Report
from schemas.verdict import Label

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from rich.console import Console

    from pipeline.batch import Outcome

    Checker = Callable[..., Coroutine[None, None, Outcome]]


class FailOn(StrEnum):
    """What makes the command exit with 1."""

    contradicted = "contradicted"
    unsupported = "unsupported"
    error = "error"


def _needed(context: typer.Context, paths: list[Path] | None) -> list[Path]:
    """Return ``paths``; a replay, and nothing else, goes without."""
    is_replay = context.params.get("replay") is not None
    if not paths and not is_replay:
        raise typer.BadParameter("Missing parameter: name articles, or a folder of them.")
    if paths and is_replay:
        raise typer.BadParameter("--replay takes the articles from the run: name none.")
    return paths or []


def check(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Articles (.txt, .md), a folder of them, or a folder of such folders.", callback=_needed
        ),
    ] = None,
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
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=256, help="Requests in flight at most.")
    ] = None,
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
    again: Annotated[
        bool, typer.Option("--again", help="Ask once more where a stored answer was of no use.")
    ] = False,
    batch: Annotated[
        bool,
        typer.Option("--batch", help="Ask by the endpoint's Batch API, at half the price, within a day."),
    ] = False,
    wait: Annotated[
        float | None, typer.Option(min=1, help="With --batch: look every so many seconds, and go on.")
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
    replay: Annotated[
        Path | None,
        typer.Option(
            is_eager=True, help="Make the run in this folder again from its stored answers, offline."
        ),
    ] = None,
    log_format: Annotated[
        LogFormat | None, typer.Option(help="Log what is done, on standard error: for machines or people.")
    ] = None,
    log_file: Annotated[Path | None, typer.Option(help="Log into this file instead.")] = None,
    log_text: Annotated[
        bool, typer.Option("--log-text", help="Log what articles and answers say, too.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print the report's path alone.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Print how each stage went.")] = False,
) -> None:
    """Check a story: what its articles contradict each other in, and what only one of them says."""
    if wait is not None and not batch:
        raise typer.BadParameter("--wait goes with --batch.")
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
        again=again,
        batch=batch,
        wait_s=wait,
    )
    if dry_run:
        raise typer.Exit(_dry_run(paths or [], out, settings))

    def run() -> int:
        if replay is not None:
            return replay_run(replay, out if _is_given(context, "out") else None, settings, quiet=quiet)
        return _check(paths or [], out, settings, set(fail_on or ()), quiet=quiet, verbose=verbose)

    raise typer.Exit(logged(log_options(log_format, log_file, with_text=log_text), run))


def _is_given(context: typer.Context, option: str) -> bool:
    source = context.get_parameter_source(option)
    return source is not None and source.name == "COMMANDLINE"


def _check(
    paths: list[Path], out: Path, settings: Settings, fail_on: set[FailOn], *, quiet: bool, verbose: bool
) -> int:
    from rich.console import Console

    from pipeline import terminal
    from pipeline.ingest import ingest
    from pipeline.store import prepare_run_directory
    from pipeline.store.lock import alone

    stories = ingest(paths)
    prepare_run_directory(out)
    # The heavy part comes last: bad input is told at once.
    from pipeline.interruption import Interruption, on_signals
    from pipeline.session import open_endpoint

    screen, errors = Console(), Console(stderr=True)
    interruption = Interruption(lambda: _promise_to_end(errors, quiet=quiet))
    with (
        alone(out),
        on_signals(interruption),
        fetch_bar(errors, quiet=quiet) as on_fetch,
        open_endpoint(settings, read_environment(), interruption.ending(on_fetch)) as endpoint,
        terminal.show_progress(errors, quiet=quiet or takes_screen()) as progress,
    ):
        heard = LoggedProgress(progress)
        outcome = asyncio.run(_checker(settings)(stories, out, settings, endpoint, heard, interruption))
    labels: set[Label] = set()
    has_failed = has_asked = False
    why = str(outcome.stopped) if outcome.stopped is not None else outcome.interrupted or outcome.awaited
    is_incomplete = why is not None
    for done in outcome.checked:
        report = done.report
        if quiet:
            typer.echo(done.paths["report.html"])
        else:
            terminal.print_summary(screen, report, done.paths, is_unchanged=done.is_unchanged)
        if verbose:
            _print_stages(report)
        labels |= _labels(report)
        has_failed = has_failed or bool(report.run.failures)
        has_asked = has_asked or (report.run.calls > 0 and not done.is_unchanged)
        is_incomplete = is_incomplete or not report.run.complete
    if outcome.index is not None:
        typer.echo(outcome.index)
    if why is not None or outcome.capped is not None:
        told(" ".join(str(line) for line in (why, outcome.capped) if line), INCOMPLETE)
    elif has_failed and settings.batch:
        told("what could not be answered by batch is asked at once without --batch.", INCOMPLETE)
    elif has_failed and not has_asked:
        told("stored answers are of no use for some of it: --again asks for them once more.", INCOMPLETE)
    return _exit_code(labels, fail_on, is_incomplete=is_incomplete)


def _checker(settings: Settings) -> "Checker":
    if settings.batch:
        from pipeline.passes import check_by_batches

        return check_by_batches
    from pipeline.batch import check_stories

    return check_stories


def _promise_to_end(errors: "Console", *, quiet: bool) -> None:
    if errors.is_terminal and not quiet:
        errors.print("ending: what is under way is finished first; Ctrl-C again stops at once")


def _dry_run(paths: list[Path], out: Path, settings: Settings) -> int:
    from pipeline.ingest import ingest

    stories = ingest(paths)
    from pipeline.foretell import plan_lines
    from pipeline.plan import plan
    from pipeline.prices import BATCH_SHARE
    from pipeline.session import open_endpoint

    with open_endpoint(settings, read_environment(), lambda _done, _all: None) as endpoint:
        asked = endpoint.at_share(BATCH_SHARE) if settings.batch else endpoint
        planned = asyncio.run(plan(stories, out, settings, asked))
    for line in plan_lines(planned):
        typer.echo(line)
    return DONE


def _print_stages(report: Report) -> None:
    for stage in report.run.stages:
        typer.echo(
            f"{stage.stage:<11} {stage.seconds:8.1f} s  {stage.calls:5} calls  "
            f"{stage.tokens_in:7} tokens in  {stage.tokens_out:6} out"
        )


def _labels(report: Report) -> set[Label]:
    labels = {claim.verdict.label for claim in report.claims}
    if any(c.relation is Relation.contradiction for c in report.contradictions):
        labels.add(Label.contradicted)  # also where no claim was drawn from either sentence
    return labels


def _exit_code(labels: set[Label], fail_on: set[FailOn], *, is_incomplete: bool) -> int:
    if is_incomplete:
        return FAILED_ON if FailOn.error in fail_on else INCOMPLETE
    return FAILED_ON if any(Label(wanted.value) in labels for wanted in fail_on) else DONE
