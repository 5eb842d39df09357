"""The command line: reads arguments, prints, and sets the exit code; the work is done elsewhere.

One module a command, or a few that belong together. Modules that load a model's client or engine are imported
by the command that needs them, so that --help and re-rendering a report stay instant.
"""

import gc
import io
import sys
from typing import Annotated

import typer

from pipeline import __version__
from pipeline.cli.check import check
from pipeline.cli.diff import diff
from pipeline.cli.doctor import doctor
from pipeline.cli.export import export
from pipeline.cli.group import group
from pipeline.cli.measure import calibrate, evaluate
from pipeline.cli.models import models
from pipeline.cli.report import report, schema
from pipeline.cli.review import review
from pipeline.cli.screen import INCOMPLETE, told
from pipeline.errors import StorycheckError

# New objects after which Python looks for garbage. A run is many objects that nearly all stay: at the usual
# 700, a tenth of its time goes into looking through them again.
GARBAGE_AFTER = 50_000
INTERRUPTED = 130  # what typer makes of Ctrl-C

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Check what the outlets covering one story claim against each other.",
)
app.command()(check)
app.command()(group)
app.command()(review)
app.command()(report)
app.command()(export)
app.command()(diff)
app.command("eval")(evaluate)
app.command()(calibrate)
app.command()(schema)
app.command()(models)
app.command()(doctor)


def main() -> None:
    """Run the command; an error that a user can meet ends it with one line and its exit code."""
    gc.set_threshold(GARBAGE_AFTER)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a sign that the terminal cannot show is no reason to die
            stream.reconfigure(errors="replace")
    try:
        app()
    except StorycheckError as error:
        raise SystemExit(told(str(error), error.exit_code)) from None
    except SystemExit as done:
        if done.code != INTERRUPTED:
            raise
        message = "interrupted; what was answered is kept, run the same command again to go on."
        raise SystemExit(told(message, INCOMPLETE)) from None


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
