"""Lets questions through a few at a time, those that begin alike one after the other.

A model that keeps what it read last need not read a common beginning again. In the order in which they come
up, two questions with one report in them are far apart.
"""

import asyncio
from bisect import bisect_left, insort
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count


class AlikeFirst:
    """Room for ``most`` questions at a time; who waits goes in alphabetical order, round and round."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._last = ""
        self._numbers = count()  # of two that are the same, the first goes first; futures cannot be compared
        self._waiting: list[tuple[str, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def turn(self, text: str) -> AsyncIterator[None]:
        """Wait for room, and hold it while the block runs; ``text`` is what the question asks."""
        await self._enter(text)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, text: str) -> None:
        if self._free:
            self._free -= 1
            self._last = text
            return
        let_in: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        insort(self._waiting, (text, next(self._numbers), let_in))
        try:
            await let_in
        except asyncio.CancelledError:
            if not let_in.cancelled():  # let in at the same moment
                self._leave()
            raise

    def _leave(self) -> None:
        while self._waiting:
            following = bisect_left(self._waiting, self._last, key=lambda entry: entry[0])
            text, _, let_in = self._waiting.pop(following % len(self._waiting))
            if not let_in.cancelled():  # those who gave up stay until it is their turn
                self._last = text
                let_in.set_result(None)
                return
        self._free += 1
