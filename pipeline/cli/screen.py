"""What every command says in the same way: exit codes, the one line of an error, the bar of a download."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import typer

if TYPE_CHECKING:
    from rich.console import Console

DONE: Final = 0
FAILED_ON: Final = 1
USAGE: Final = 2
INCOMPLETE: Final = 3


def told(message: str, code: int) -> int:
    """Say ``message`` on standard error, as a sentence on one line, and return ``code``."""
    typer.echo(f"storycheck: {message}{'' if message.endswith(('.', '?')) else '.'}", err=True)
    return code


@contextmanager
def going_on() -> "Iterator[None]":
    """Say, where Ctrl-C ends the block, that the same command goes on with what was kept."""
    try:
        yield
    except KeyboardInterrupt:
        message = "interrupted; what was answered is kept, run the same command again to go on."
        raise typer.Exit(told(message, INCOMPLETE)) from None


@contextmanager
def fetch_bar(console: "Console", *, quiet: bool) -> "Iterator[Callable[[int, int], None]]":
    """Show how the fetching of a model gets on; one line at its start where there is no terminal."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from pipeline.terminal import is_live

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True, disable=quiet or not is_live(console))
    task = None

    def on_fetch(done: int, total: int) -> None:
        nonlocal task
        if task is None:
            task = bar.add_task("fetching the embedded model", total=total)
            if bar.disable and not quiet:
                typer.echo(f"fetching the embedded model ({total / 1e9:.2f} GB, once) ...", err=True)
        bar.update(task, completed=done)

    with bar:
        console.show_cursor(True)  # who is killed cannot bring it back
        yield on_fetch
