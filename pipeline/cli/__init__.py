"""The command line: reads arguments, prints, and sets the exit code; the work is done elsewhere.

One module a command, or a few that belong together. Modules that load a model's client or engine are imported
by the command that needs them, so that --help and re-rendering a report stay instant.
"""

import gc
import io
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

import typer

from pipeline import __version__
from pipeline.cli.check import check
from pipeline.cli.config import config
from pipeline.cli.diff import diff
from pipeline.cli.doctor import doctor
from pipeline.cli.export import export
from pipeline.cli.group import group
from pipeline.cli.help import Command, Commands
from pipeline.cli.init import init
from pipeline.cli.measure import calibrate, evaluate
from pipeline.cli.models import models
from pipeline.cli.options import WITH_SETTINGS, prefix_of
from pipeline.cli.report import report, schema
from pipeline.cli.review import review
from pipeline.cli.screen import INCOMPLETE, USAGE, told
from pipeline.cli.settings import warn_of_variables
from pipeline.cli.usage import told_usage
from pipeline.errors import StorycheckError

# New objects after which Python looks for garbage. A run is many objects that nearly all stay: at the usual
# 700, a tenth of its time goes into looking through them again.
GARBAGE_AFTER = 50_000
INTERRUPTED = 130  # what typer makes of Ctrl-C
PIPE_CLOSED = 141  # as a shell has it where the reader of an output is gone
DEFECT = 70  # of ours (EX_SOFTWARE): never to be taken for what --fail-on means
STORIES, RUNS, SETUP, MEASURE = "Stories", "A run", "Set-up", "Measuring and formats"
EXAMPLES = """
Examples:
  storycheck check story/ -o out    # a folder of articles about one story
  storycheck review out             # what was found, in the browser
  storycheck check --help           # the options of a command
"""

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Check what the outlets covering one story claim against each other.",
    epilog=EXAMPLES,
)


def _add(
    command: Callable[..., None], line: str, section: str, *, name: str | None = None, **more: bool
) -> None:
    """Add ``command``, told in one ``line`` of the list; its examples stand in its module."""
    own = name or command.__name__
    prefix = {"auto_envvar_prefix": prefix_of(own)} if own in WITH_SETTINGS else {}
    app.command(
        name,
        cls=Command,
        short_help=line,
        rich_help_panel=section,
        epilog=getattr(sys.modules[command.__module__], "EXAMPLES", None),
        context_settings={**prefix, **more},
    )(command)


_add(check, "Check stories, and write a report of each.", STORIES)
_add(group, "Put a mixed pile of articles into stories.", STORIES)
_add(review, "Accept or dismiss what was found, in the browser.", RUNS)
_add(report, "Make the pages of a run again.", RUNS)
_add(export, "Print a run as JSON, CSV, Markdown, ClaimReview.", RUNS)
_add(diff, "Tell what two runs find differently.", RUNS)
_add(init, "Write a file of settings to fill in.", SETUP)
_add(config, "Show every setting, and where its value is from.", SETUP, ignore_unknown_options=True)
_add(doctor, "Look whether set-up and run are sound.", SETUP)
_add(models, "List the embedded models.", SETUP)
_add(evaluate, "Measure how well claims are judged, on your rows.", MEASURE, name="eval")
_add(calibrate, "Fit how far a model's odds are to be trusted.", MEASURE)
_add(schema, "Print the JSON Schema of report.json.", MEASURE)


def main() -> None:
    """Run the command; an error that a user can meet ends it with one line and its exit code."""
    try:
        _run()
    except SystemExit as ended:
        from pipeline.embedded.server import is_left

        # A model that still computes would be waited for, and no signal be heard meanwhile.
        if is_left() and isinstance(ended.code, int):
            for stream in filter(None, (sys.stdout, sys.stderr)):
                with suppress(OSError):
                    stream.flush()
            os._exit(ended.code)
        raise


def _run() -> None:
    gc.set_threshold(GARBAGE_AFTER)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a sign that the terminal cannot show is no reason to die
            stream.reconfigure(errors="replace")
    try:
        code = app(prog_name="storycheck", standalone_mode=False)
    except StorycheckError as error:
        raise SystemExit(told(str(error), error.exit_code)) from None
    except typer.TyperException as error:
        raise SystemExit(told_usage(error)) from None
    except SystemExit as ended:  # typer's own
        if isinstance(ended.__context__, BrokenPipeError):
            raise SystemExit(PIPE_CLOSED) from None
        raise
    except OSError as error:
        place = error.filename or "standard output"
        message = f"{place} cannot be used ({error.strerror}): make room there, or name another place."
        raise SystemExit(told(message, USAGE)) from None
    except Exception:
        traceback.print_exc()
        raise SystemExit(DEFECT) from None
    if code == INTERRUPTED:
        code = told("interrupted", INCOMPLETE)
    raise SystemExit(code)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"storycheck {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, allow_from_autoenv=False, help="Print the version."
        ),
    ] = False,
) -> None:
    """Check what the outlets covering one story claim against each other."""
    warn_of_variables()
