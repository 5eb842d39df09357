"""Work that needs no answers, done while answers are waited for.

What computes in Python is done in slices: on a thread it would hold up each packet sent and received. What
computes outside of it has a thread of its own, that all stories share.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Final, Generic, TypeVar

SLICE_S: Final = 0.002  # short beside the time an answer takes
QUIET_S: Final = 0.0002  # a round of the loop that takes less had nothing else to do

Result = TypeVar("Result")


class Ahead(Generic[Result]):
    """Work that was begun, and gives way to all else until its result is asked for."""

    def __init__(self, parts: Iterable[Iterable[Result]], thread: Executor | None) -> None:
        self._parts = iter(parts)
        self._is_wanted = False
        self._task = asyncio.ensure_future(
            self._worked_through() if thread is None else self._worked_through_on(thread)
        )

    async def result(self) -> list[Result]:
        """Return all that the parts hold, in their order, as soon as can be."""
        self._is_wanted = True
        return await self._task

    def drop(self) -> None:
        """End the work where it is."""
        self._task.cancel()

    async def _worked_through(self) -> list[Result]:
        found: list[Result] = []
        await self._give_way()
        begun = time.monotonic()
        for part in self._parts:
            found += part
            if time.monotonic() - begun >= SLICE_S:
                await self._give_way()
                begun = time.monotonic()
        return found

    async def _worked_through_on(self, thread: Executor) -> list[Result]:
        loop = asyncio.get_running_loop()
        found: list[Result] = []
        while (part := await loop.run_in_executor(thread, next, self._parts, None)) is not None:
            found += part
        return found

    async def _give_way(self) -> None:
        """Let go first whatever is ready, until nothing is, or the result is wanted."""
        while True:
            begun = time.monotonic()
            await asyncio.sleep(0)
            if self._is_wanted or time.monotonic() - begun < QUIET_S:
                return


class Meanwhile:
    """What was begun and may not be over."""

    def __init__(self) -> None:
        self._begun: list[Ahead[object]] = []

    def begin(self, parts: Iterable[Iterable[Result]], *, on_thread: bool = False) -> Ahead[Result]:
        """Begin to work through ``parts``; ``on_thread`` where that is hardly done in Python."""
        work = Ahead(parts, _thread() if on_thread else None)
        self._begun.append(work)  # type: ignore[arg-type] # only ever dropped
        return work

    def end(self) -> None:
        """Drop what is not over."""
        for work in self._begun:
            work.drop()


@cache
def _thread() -> Executor:
    return ThreadPoolExecutor(1, "meanwhile")


@contextmanager
def meanwhile() -> Iterator[Meanwhile]:
    """Let work be begun that is dropped at the end of the block."""
    work = Meanwhile()
    try:
        yield work
    finally:
        work.end()
