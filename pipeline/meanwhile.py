"""Work that needs no answers, done in slices while answers are waited for.

A thread would not do: whatever it computes in Python holds up each packet sent and received.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

SLICE_S: Final = 0.002  # short beside the time an answer takes

Result = TypeVar("Result")


class Meanwhile:
    """What was begun and may not be over."""

    def __init__(self) -> None:
        self._begun: list[asyncio.Task[object]] = []

    def begin(self, parts: Iterable[Iterable[Result]]) -> "asyncio.Task[list[Result]]":
        """Begin to work through ``parts``, and return what will be all that they hold, in their order."""
        task = asyncio.ensure_future(_worked_through(parts))
        self._begun.append(task)
        return task

    def end(self) -> None:
        """Drop what is not over."""
        for task in self._begun:
            task.cancel()


@contextmanager
def meanwhile() -> Iterator[Meanwhile]:
    """Let work be begun that is dropped at the end of the block."""
    work = Meanwhile()
    try:
        yield work
    finally:
        work.end()


async def _worked_through(parts: Iterable[Iterable[Result]]) -> list[Result]:
    found: list[Result] = []
    begun = time.monotonic()
    for part in parts:
        found += part
        if time.monotonic() - begun >= SLICE_S:
            await asyncio.sleep(0)  # whatever is ready goes first
            begun = time.monotonic()
    return found
