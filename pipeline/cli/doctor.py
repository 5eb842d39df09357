"""storycheck doctor: whether everything a run needs is there, and whether what one left is sound."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.screen import DONE, FAILED_ON
from pipeline.cli.settings import PROBLEM, BaseUrl, Cache, ConfigFileIfSound, Model, known_settings
from pipeline.config import read_environment

EXAMPLES = """
Examples:
  storycheck doctor                          # the set-up
  storycheck doctor --online --model NAME    # the endpoint, too; a few tokens
  storycheck doctor out                      # and what a run left
"""


def doctor(
    context: typer.Context,
    out: Annotated[
        Path | None,
        typer.Argument(metavar="OUT", help="Folder of a run, or of a batch of runs, to look at, too."),
    ] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Ask the endpoint, with a few tokens, what it can do.")
    ] = False,
    model: Model = None,
    base_url: BaseUrl = None,
    cache: Cache = None,
    config: ConfigFileIfSound = None,
) -> None:
    """Look at the set-up, and at a run: one line a check, and how to mend what is broken."""
    import asyncio

    from pipeline.doctor import (
        Check,
        State,
        ask,
        check_cache,
        check_run_directory,
        check_settings,
        check_setup,
    )
    from pipeline.report.text import one_line
    from pipeline.settingsfile import find_settings

    is_broken = False

    def told(check: Check) -> None:
        nonlocal is_broken
        is_broken = is_broken or check.state is State.broken
        typer.echo(f"{check.state.value:<8} {one_line(check.name)}: {one_line(check.told)}")

    problem = context.meta.get(PROBLEM)
    found = find_settings(config, known_settings) if problem is None else {}
    told(check_settings(found.values(), problem))
    if cache is not None:
        told(check_cache(cache))
    environment = read_environment(base_url)
    for check in check_setup(environment):
        told(check)
    if out is not None:
        for check in check_run_directory(out):
            told(check)
    if online:
        for check in asyncio.run(ask(environment, model)):
            told(check)
    raise typer.Exit(FAILED_ON if is_broken else DONE)
