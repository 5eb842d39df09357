"""Runs a check, or says what one would take: what --out, the model and the engine come to."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline.cli.outcome import Heard, tell
from pipeline.cli.screen import DONE, fetch_bar
from pipeline.config import Settings, read_environment
from pipeline.logs import LoggedProgress, takes_screen

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from rich.console import Console

    from pipeline.batch import Outcome, Stories

    Checker = Callable[..., Coroutine[None, None, Outcome]]


def stories_of(
    paths: list[Path], against: list[Path], fields: Mapping[str, str], *, is_dask: bool
) -> "Stories":
    """Return what there is to check; where a cluster does it, each story is read when its turn comes."""
    from pipeline.ingest import ingest, open_stories

    if against:
        from pipeline.drafts import set_against

        return set_against(ingest(paths, fields), ingest(against, fields))
    return open_stories(paths, fields) if is_dask else ingest(paths, fields)


def run_check(stories: "Stories", out: str, settings: Settings, heard: Heard, *, is_dask: bool) -> int:
    """Check ``stories``, write the reports into ``out``, and return the exit code."""
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
            open_endpoint(
                settings, read_environment(settings.base_url), interruption.ending(on_fetch)
            ) as endpoint,
            terminal.show_progress(errors, quiet=heard.quiet or takes_screen()) as progress,
        ):
            logged_too = LoggedProgress(progress)
            where = out if is_url(out) else Path(out)
            job = _checker(settings, is_dask=is_dask)(
                stories, where, settings, endpoint, logged_too, interruption
            )
            outcome = asyncio.run(job)
    return tell(outcome, heard, by_batch=settings.batch)


def dry_run_of(stories: "Stories", out: Path, settings: Settings) -> int:
    """Print what a check would ask and take, and return the exit code."""
    from pipeline.foretell import plan_lines
    from pipeline.plan import plan
    from pipeline.prices import BATCH_SHARE
    from pipeline.session import open_endpoint

    with open_endpoint(settings, read_environment(settings.base_url), lambda _done, _all: None) as endpoint:
        asked = endpoint.at_share(BATCH_SHARE) if settings.batch else endpoint
        planned = asyncio.run(plan(stories, out, settings, asked))
    for line in plan_lines(planned):
        typer.echo(line)
    return DONE


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


def _checker(settings: Settings, *, is_dask: bool) -> "Checker":
    if is_dask:
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
