"""One batch under way: the command, to its end or to its middle, while it is watched."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.scale.processes import last_words, start
from benchmarks.scale.results import Batch
from benchmarks.scale.watching import Watch
from benchmarks.speed.command import DONE, check
from benchmarks.speed.mock import Mock

DRIVER: Final = "driver"
LOG: Final = "driver.log"


@dataclass
class Run:
    """One batch under way: the stories in ``folder``/in, checked into ``folder``/out."""

    batch: Batch
    folder: Path
    endpoint: Mock
    watch: Watch
    options: list[Any] = field(default_factory=list)

    def whole(self, then: Callable[[], None] | None = None) -> None:
        """Run the command to its end; ``then`` is called when half of the stories are done.

        Raises RuntimeError where the command fails.
        """
        with self._command() as process:
            code = self.watch.follow(process, until=self._middle if then else None)
            if code is None and then is not None:
                then()
                code = self.watch.follow(process)
            self.watch.look()
        if code != DONE:
            raise RuntimeError(f"the command ended with {code}: {last_words(self.folder / LOG)}")

    def half(self) -> None:
        """Run the command and kill it when half of the stories are done.

        Raises RuntimeError where it ends before that.
        """
        with self._command() as process:
            if self.watch.follow(process, until=self._middle) is not None:
                raise RuntimeError(f"the command ended too early: {last_words(self.folder / LOG)}")
            self.watch.kill(DRIVER, process)

    @property
    def _middle(self) -> int:
        return self.batch.stories // 2

    @contextmanager
    def _command(self) -> Iterator[subprocess.Popen[bytes]]:
        with (self.folder / LOG).open("ab") as log:
            self.watch.begin()
            process = start(self._arguments(), self.endpoint.base_url, log)
            try:
                self.watch.add(DRIVER, process.pid)
                yield process
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()

    def _arguments(self) -> list[Any]:
        in_flight = ("--concurrency", self.batch.in_flight)
        return check(self.folder / "in", self.folder / "out", *in_flight, *self.options)
