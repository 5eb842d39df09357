"""What every adapter is given, and how it tells what it found: one line of JSON each, written at once."""

import json
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn


class Stopped(BaseException):
    """The time limit has passed; what is left to do is to say what was found so far."""


@dataclass(frozen=True)
class Side:
    """What a contender says of one article: ``text``, its own words or the article's.

    ``passage`` is the part of the article that it was read from, verbatim, where the contender tells.
    """

    article: str
    text: str
    passage: str | None = None


@dataclass(frozen=True)
class Task:
    """One contender's job: the folder of articles, a folder of its own, and the model to ask.

    The endpoint is in OPENAI_BASE_URL and OPENAI_API_KEY, where every client of that kind looks for it.
    """

    story: str
    out: str
    model: str
    options: dict[str, str]

    @property
    def articles(self) -> list[Path]:
        """The articles, in the order of their names."""
        return sorted(Path(self.story).glob("*.txt"))

    @property
    def folder(self) -> Path:
        """The contender's own folder."""
        return Path(self.out)

    @property
    def told(self) -> Path:
        """The file of all that the contender told."""
        return self.folder / "told.jsonl"

    def flag(self, a: Side, b: Side, why: str = "") -> None:
        """Tell that ``a`` and ``b`` contradict each other."""
        self._tell({"flag": {"sides": [asdict(a), asdict(b)], "why": why}})

    def finding(self, side: Side, code: str) -> None:
        """Tell of a fault found in one article that names no second passage."""
        self._tell({"finding": {"side": asdict(side), "code": code}})

    def note(self, text: str) -> None:
        """Tell what a reader of the figures has to know."""
        self._tell({"note": text})

    def _tell(self, line: dict[str, object]) -> None:
        with self.told.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def run(main: Callable[[Task], None]) -> NoReturn:
    """Run ``main`` on the task that the last argument names; a request to stop raises Stopped in it."""

    def stop(_signal: int, _frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Stopped

    signal.signal(signal.SIGTERM, stop)
    task = Task(**json.loads(Path(sys.argv[-1]).read_text(encoding="utf-8")))
    try:
        main(task)
    except Stopped:
        sys.exit(128 + signal.SIGTERM)
    sys.exit(0)
