"""storycheck check: the main job."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.log import log_options, logged
from pipeline.cli.outcome import FailOn, Heard, tell
from pipeline.cli.replay import replay_run
from pipeline.cli.screen import DONE, fetch_bar
from pipeline.config import Settings, read_environment
from pipeline.logs import LogFormat, LoggedProgress, takes_screen

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from rich.console import Console

    from pipeline.batch import Outcome, Stories

    Checker = Callable[..., Coroutine[None, None, Outcome]]


class EngineName(StrEnum):
    """Where stories are checked."""

    inline = "inline"
    dask = "dask"


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
    against: Annotated[
        list[Path] | None,
        typer.Option(help="Check the articles as drafts against these sources alone; may be repeated."),
    ] = None,
    out: Annotated[str, typer.Option("-o", "--out", help="Folder for the report.")] = "out",
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
    engine: Annotated[
        EngineName, typer.Option(help="Where stories are checked: in this process, or on a Dask cluster.")
    ] = EngineName.inline,
    scheduler: Annotated[
        str | None, typer.Option(help="With --engine dask: address of the scheduler, else one of its own.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="With --engine dask, without --scheduler: processes to start.")
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
    _refuse_mixed(context, out)
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
        scheduler=scheduler,
        workers=workers,
    )
    if dry_run:
        raise typer.Exit(_dry_run(paths or [], against or [], Path(out), settings))

    def run() -> int:
        if replay is not None:
            return replay_run(replay, Path(out) if _is_given(context, "out") else None, settings, quiet=quiet)
        heard = Heard(frozenset(fail_on or ()), quiet=quiet, verbose=verbose)
        return _check(_stories(paths or [], against or [], engine), out, settings, engine, heard)

    raise typer.Exit(logged(log_options(log_format, log_file, with_text=log_text), run))


def _is_given(context: typer.Context, option: str) -> bool:
    source = context.get_parameter_source(option)
    return source is not None and source.name == "COMMANDLINE"


def _refuse_mixed(context: typer.Context, out: str) -> None:
    """Raise BadParameter for options that do not go together."""
    from pipeline.store import is_url

    given = context.params
    is_dask = given["engine"] is EngineName.dask
    if given["against"] and given["replay"] is not None:
        raise typer.BadParameter("--replay takes the sources from the run: give it without --against.")
    if given["wait"] is not None and not given["batch"]:
        raise typer.BadParameter("--wait goes with --batch.")
    if not is_dask and (given["scheduler"] is not None or given["workers"] is not None):
        raise typer.BadParameter("--scheduler and --workers go with --engine dask.")
    if given["scheduler"] is not None and given["workers"] is not None:
        raise typer.BadParameter("--scheduler has its workers already: give it without --workers.")
    if is_dask and (given["batch"] or given["replay"] is not None):
        raise typer.BadParameter(
            "--batch and --replay work in this process: give them without --engine dask."
        )
    if is_url(out):
        if not is_dask or given["dry_run"]:
            raise typer.BadParameter("-o takes a URL with --engine dask alone, and not with --dry-run.")
        if given["cache"] is not None:
            raise typer.BadParameter("with a URL for -o answers are kept there: give it without --cache.")


def _stories(paths: list[Path], against: list[Path], engine: EngineName) -> "Stories":
    """Return what there is to check; where a cluster does it, each story is read when its turn comes."""
    from pipeline.ingest import ingest, open_stories

    if against:
        from pipeline.drafts import set_against

        return set_against(ingest(paths), ingest(against))
    return ingest(paths) if engine is EngineName.inline else open_stories(paths)


def _check(stories: "Stories", out: str, settings: Settings, engine: EngineName, heard: Heard) -> int:
    from rich.console import Console

    from pipeline import terminal
    from pipeline.store import is_url

    with _alone(out):
        # The heavy part comes last: bad input is told at once.
        from pipeline.interruption import Interruption, on_signals
        from pipeline.session import open_endpoint

        errors = Console(stderr=True)
        interruption = Interruption(lambda: _promise_to_end(errors, quiet=heard.quiet))
        with (
            on_signals(interruption),
            fetch_bar(errors, quiet=heard.quiet) as on_fetch,
            open_endpoint(settings, read_environment(), interruption.ending(on_fetch)) as endpoint,
            terminal.show_progress(errors, quiet=heard.quiet or takes_screen()) as progress,
        ):
            logged_too = LoggedProgress(progress)
            where = out if is_url(out) else Path(out)
            job = _checker(settings, engine)(stories, where, settings, endpoint, logged_too, interruption)
            outcome = asyncio.run(job)
    return tell(outcome, heard, by_batch=settings.batch)


@contextmanager
def _alone(out: str) -> Iterator[None]:
    """Prepare the place of the run, and keep it to this process where it is a folder."""
    from pipeline.store import is_url, prepare_run_directory

    if is_url(out):
        from pipeline.store.objects import prepare_place

        prepare_place(out)
        yield
        return
    from pipeline.store.lock import alone

    prepare_run_directory(Path(out))
    with alone(Path(out)):
        yield


def _checker(settings: Settings, engine: EngineName) -> "Checker":
    if engine is EngineName.dask:
        from pipeline.engines.driver import check_on_cluster

        return check_on_cluster
    if settings.batch:
        from pipeline.passes import check_by_batches

        return check_by_batches
    from pipeline.batch import check_stories

    return check_stories


def _promise_to_end(errors: "Console", *, quiet: bool) -> None:
    if errors.is_terminal and not quiet:
        errors.print("ending: what is under way is finished first; Ctrl-C again stops at once")


def _dry_run(paths: list[Path], against: list[Path], out: Path, settings: Settings) -> int:
    stories = _stories(paths, against, EngineName.inline)
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
