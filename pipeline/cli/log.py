"""The log of a command: where it goes, how the command begins and ends in it."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

from pipeline import __version__
from pipeline.cli.screen import INCOMPLETE, told
from pipeline.config import read_environment
from pipeline.errors import InputError, StorycheckError
from pipeline.logs import WARNING, LogFormat, LogOptions, emit, open_log


def log_options(form: LogFormat | None, file: Path | None, *, with_text: bool) -> LogOptions | None:
    """Return how to log; None where no log was asked for. Raises InputError for words of no log."""
    if form is None and file is None:
        if with_text:
            raise InputError("--log-text is about a log: add --log-format, or --log-file.")
        return None
    key = read_environment().api_key
    return LogOptions(form or LogFormat.text, file, with_text, (key,) if key else ())


def logged(options: LogOptions | None, run: Callable[[], int]) -> int:
    """Return the exit code of ``run``, with its beginning and its end in the log."""
    with open_log(options) as log:
        begun = monotonic()
        emit("run_started", version=__version__)
        code: int | None = None
        try:
            code = run()
        except BaseException as error:
            text, line = str(error), None
            if isinstance(error, StorycheckError):  # with a line of ours; others may quote articles
                code, line = error.exit_code, text
            emit("run_failed", level=WARNING, error=type(error).__name__, message=line, text=lambda: text)
            raise
        finally:
            emit("run_finished", seconds=round(monotonic() - begun, 3), exit_code=code)
    if log.lost:
        told(f"{log.lost:,} events could not be written to the log.", INCOMPLETE)
    return code
