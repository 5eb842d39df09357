"""What a run does, event by event, for machines and for people: off unless asked for.

An event says which story, stage, claim and call it is about, how long it took and how it ended. What
articles, prompts and answers say is in it only where that was asked for; the key never is.
"""

import json
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import Final, TextIO

from pipeline.errors import InputError
from pipeline.progress import Progress

INFO: Final = logging.INFO
WARNING: Final = logging.WARNING
SHORTEST_SECRET: Final = 8  # characters; cutting out a shorter one would garble words

_WORD: Final = re.compile(r"[!#-<>-\[\]-~]+")  # printable ASCII but blanks, =, " and the backslash

Value = str | int | float | bool | None
Text = Callable[[], str]

_LOGGER: Final = logging.getLogger("storycheck")
_LOGGER.addHandler(logging.NullHandler())
_LOGGER.propagate = False
_ABOUT: ContextVar[Mapping[str, Value]] = ContextVar("about", default=MappingProxyType({}))


class LogFormat(StrEnum):
    """How an event is written: one JSON object a line, or words for people."""

    json = "json"
    text = "text"


@dataclass(frozen=True)
class LogOptions:
    """How to log: to ``file``, else to standard error; ``secrets`` are cut out wherever they stand."""

    format: LogFormat = LogFormat.text
    file: Path | None = None
    with_text: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass
class Log:
    """An open log; ``lost`` counts the events that could not be written."""

    lost: int = 0


@contextmanager
def open_log(options: LogOptions | None) -> Iterator[Log]:
    """Log by ``options`` while the block runs, or not at all. Raises InputError for a file it cannot open."""
    log = Log()
    if options is None:
        yield log
        return
    with ExitStack() as stack:
        stream: TextIO = sys.stderr
        if options.file is not None:
            stream = _opened(options.file)
            stack.callback(_close, stream, log)
        handler = _Handler(stream, log)
        handler.setFormatter(_Formatter(options))
        _LOGGER.addHandler(handler)
        _LOGGER.setLevel(logging.INFO)
        try:
            yield log
        finally:
            _LOGGER.removeHandler(handler)
            _LOGGER.setLevel(logging.NOTSET)


@contextmanager
def about(**ids: Value) -> Iterator[None]:
    """Say of every event in the block, and in the tasks begun in it, that it is about ``ids``."""
    token = _ABOUT.set({**_ABOUT.get(), **ids})
    try:
        yield
    finally:
        _ABOUT.reset(token)


def emit(event: str, *, level: int = INFO, text: Text | None = None, **facts: Value) -> None:
    """Log ``event`` with ``facts``; ``text`` gives words of articles or answers, which only some want."""
    if _is_on():
        extra = {"facts": {**_ABOUT.get(), **facts}, "words": text}
        _LOGGER.log(level, event, extra=extra)


class LoggedProgress:
    """A progress that logs when stages begin and end, and passes everything on."""

    def __init__(self, heard: Progress) -> None:
        self._heard = heard
        self._begun: dict[str, float] = {}

    def start(self, stage: str, total: int) -> None:
        """Log that ``stage`` begins, with ``total`` steps."""
        self._begun[stage] = monotonic()
        emit("stage_started", stage=stage, total=total)
        self._heard.start(stage, total)

    def step(self, stage: str, n: int = 1) -> None:
        """Pass it on."""
        self._heard.step(stage, n)

    def finish(self, stage: str) -> None:
        """Log that ``stage`` is over, and its time."""
        emit(
            "stage_finished", stage=stage, seconds=round(monotonic() - self._begun.pop(stage, monotonic()), 3)
        )
        self._heard.finish(stage)


def takes_screen() -> bool:
    """Tell whether events go to standard error, where bars would be in their way."""
    return any(isinstance(one, _Handler) and one.stream is sys.stderr for one in _LOGGER.handlers)


def _is_on() -> bool:
    return _LOGGER.isEnabledFor(INFO) and any(isinstance(one, _Handler) for one in _LOGGER.handlers)


def _opened(path: Path) -> TextIO:
    try:
        # Others of this machine have no business with what somebody checks.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise InputError(f"Cannot write {path} ({error.strerror}): give another --log-file.") from error


def _close(stream: TextIO, log: Log) -> None:
    try:
        stream.close()
    except OSError:  # what was lost before is tried once more, in vain
        log.lost = max(log.lost, 1)


class _Handler(logging.StreamHandler[TextIO]):
    """Writes events, and only counts what cannot be written: no run ends for its log."""

    def __init__(self, stream: TextIO, log: Log) -> None:
        super().__init__(stream)
        self._log = log

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Count the event as lost."""
        self._log.lost += 1


class _Formatter(logging.Formatter):
    """Writes an event as one line, without secrets, and without words that were not asked for."""

    def __init__(self, options: LogOptions) -> None:
        super().__init__()
        self._options = options
        long = [secret for secret in options.secrets if len(secret) >= SHORTEST_SECRET]
        self._secrets = tuple(sorted({form for s in long for form in (s, json.dumps(s)[1:-1])}))

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of ``record``."""
        facts: dict[str, Value] = {k: v for k, v in getattr(record, "facts", {}).items() if v is not None}
        words: Text | None = getattr(record, "words", None)
        if words is not None and self._options.with_text:
            facts["text"] = words()
        now = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        head: dict[str, Value] = {"time": now.replace("+00:00", "Z"), "level": record.levelname.lower()}
        head["event"] = record.getMessage()
        if self._options.format is LogFormat.json:
            line = json.dumps({**head, **facts})
        else:
            line = " ".join([*map(str, head.values()), *(f"{k}={_plain(v)}" for k, v in facts.items())])
        for secret in self._secrets:
            line = line.replace(secret, "[key]")
        return line


def _plain(value: Value) -> str:
    """Return ``value`` as it is where it is one word of plain signs, else as JSON."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else json.dumps(value)
