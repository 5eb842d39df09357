"""storycheck doctor: whether everything a run needs is there, and whether what one left is sound."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.screen import DONE, FAILED_ON
from pipeline.config import read_environment


def doctor(
    out: Annotated[
        Path | None, typer.Argument(help="Folder of a run, or of a batch of runs, to look at, too.")
    ] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Ask the endpoint, with a few tokens, what it can do.")
    ] = False,
    model: Annotated[str | None, typer.Option(help="Model to ask for with --online.")] = None,
) -> None:
    """Look at the set-up, and at a run: one line a check, and how to mend what is broken."""
    import asyncio

    from pipeline.doctor import State, ask, check_run_directory, check_setup
    from pipeline.report.text import one_line

    environment = read_environment()
    is_broken = False

    def told(state: State, name: str, line: str) -> None:
        nonlocal is_broken
        is_broken = is_broken or state is State.broken
        typer.echo(f"{state.value:<8} {one_line(name)}: {one_line(line)}")

    for check in check_setup(environment):
        told(check.state, check.name, check.told)
    if out is not None:
        for check in check_run_directory(out):
            told(check.state, check.name, check.told)
    if online:
        for check in asyncio.run(ask(environment, model)):
            told(check.state, check.name, check.told)
    raise typer.Exit(FAILED_ON if is_broken else DONE)
