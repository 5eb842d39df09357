"""Runs a check, or says what one would take: what --out, the model and the engine come to."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from pipeline.cli.outcome import Heard, tell
from pipeline.cli.screen import DONE, fetch_bar
from pipeline.config import Settings, read_environment
from pipeline.logs import takes_screen

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.batch import Stories
    from schemas.article import Story

MANY: Final = 200  # articles of a story: compared two by two, more take minutes
FEWEST: Final = 4  # articles that can tell of two events, each as two outlets have it


def run_check(stories: "Stories", out: str, settings: Settings, heard: Heard, *, is_dask: bool) -> int:
    """Check ``stories``, write the reports into ``out``, and return the exit code."""
    from pipeline import terminal
    from pipeline.interruption import Interruption, on_signals
    from pipeline.launch import Watch, launch

    _tell_of_piles(stories, quiet=heard.quiet)
    errors = terminal.open_console(stderr=True)
    interruption = Interruption(lambda: _promise_to_end(errors, quiet=heard.quiet))
    with (
        on_signals(interruption),
        fetch_bar(errors, quiet=heard.quiet) as on_fetch,
        terminal.show_progress(errors, quiet=heard.quiet or takes_screen()) as progress,
    ):
        watch = Watch(progress, on_fetch, interruption, is_last=True)
        environment = read_environment(settings.base_url)
        outcome = asyncio.run(launch(stories, out, settings, environment, watch, is_dask=is_dask))
    return tell(outcome, heard, by_batch=settings.batch)


def dry_run_of(stories: "Stories", out: Path, settings: Settings) -> int:
    """Print what a check would ask and take, and return the exit code."""
    from pipeline.foretell import plan_lines
    from pipeline.plan import plan
    from pipeline.prices import BATCH_SHARE
    from pipeline.session import open_endpoint

    _tell_of_piles(stories, quiet=False)
    with open_endpoint(settings, read_environment(settings.base_url), lambda _done, _all: None) as endpoint:
        if endpoint.by_rules:
            typer.echo(f"--model {endpoint.model} asks nothing: it takes no calls, no tokens and no key.")
            return DONE
        asked = endpoint.at_share(BATCH_SHARE) if settings.batch else endpoint
        planned = asyncio.run(plan(stories, out, settings, asked))
    for line in plan_lines(planned):
        typer.echo(line)
    return DONE


def _tell_of_piles(stories: "Stories", *, quiet: bool) -> None:
    """Say where a pile was given as one story, of those that are held."""
    if quiet or not isinstance(stories, list):
        return
    most = max((len(story.articles) for story in stories), default=0)
    if most > MANY:
        typer.echo(
            f"{most:,} articles as one story take long to compare; where they tell of several events, "
            "'storycheck group' makes stories of them first",
            err=True,
        )
    elif len(stories) == 1 and most >= FEWEST and not stories[0].sources:
        _tell_of_events(stories[0])


def _tell_of_events(story: "Story") -> None:
    """Say where the articles of the only story plainly tell of several events."""
    from pipeline.grouping.events import events_apart
    from pipeline.report.words import listed

    events = events_apart(story.articles)
    if events:
        told = listed([str(articles) for articles in events])
        typer.echo(
            f"these {len(story.articles)} articles seem to tell of {len(events)} events ({told} of them); "
            "'storycheck group' makes a story of each",
            err=True,
        )


def _promise_to_end(errors: "Console", *, quiet: bool) -> None:
    from pipeline.interruption import FINISH_S
    from pipeline.terminal import is_live

    if is_live(errors) and not quiet:
        errors.print(
            f"ending: what is under way has {FINISH_S:g} s to finish; Ctrl-C again stops at once, and keeps "
            "what was answered"
        )
