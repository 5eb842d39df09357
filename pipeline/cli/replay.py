"""storycheck check --replay: a stored run made again, offline, and held against what it was."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline.cli.screen import DONE, FAILED_ON, INCOMPLETE, told
from pipeline.config import Settings
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.replay import Replayed


def replay_run(run: Path, to: Path | None, settings: Settings, *, quiet: bool) -> int:
    """Make the report of the run, or the batch of runs, in ``run`` again; write it into ``to``, if given.

    Says what has changed since, a line each on standard error, and returns the exit code.
    """
    from contextlib import ExitStack

    from pipeline import terminal
    from pipeline.store import prepare_run_directory
    from pipeline.store.lock import alone

    with ExitStack() as stack:
        if to is not None:
            if to.resolve() == run.resolve():
                raise InputError(f"{to} is the run itself: give another folder with -o, or none.")
            prepare_run_directory(to)
            stack.enter_context(alone(to))
        from pipeline.replay import replay_all

        progress = stack.enter_context(
            terminal.show_progress(terminal.open_console(stderr=True), quiet=quiet)
        )
        done = asyncio.run(replay_all(run, to, settings, progress))
    for name, replayed in done.items():
        _say(f"{name}: " if len(done) > 1 else "", replayed, quiet=quiet)
    if any(replayed.missing for replayed in done.values()):
        return INCOMPLETE
    return FAILED_ON if any(replayed.differing for replayed in done.values()) else DONE


def _say(name: str, replayed: "Replayed", *, quiet: bool) -> None:
    for line in replayed.changed:
        told(f"{name}{line}", INCOMPLETE)
    if replayed.differing:
        typer.echo(f"{name}not the same: {', '.join(replayed.differing)}")
    elif not quiet:
        typer.echo(f"{name}the same, bit for bit")
