"""Whose turn it is at a host: one request at a time, and a pause between two pages."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """The turns of one command; hosts do not wait for each other."""

    def __init__(self, pause_s: float) -> None:
        self._pause_s = pause_s
        self._hosts: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._free_at: dict[str, float] = {}  # in the time of the event loop

    @asynccontextmanager
    async def alone(self, host: str) -> AsyncIterator[None]:
        """Keep ``host`` to one request while the block runs."""
        async with self._hosts[host]:
            yield

    @asynccontextmanager
    async def page(self, host: str, *, is_new: bool) -> AsyncIterator[None]:
        """Keep ``host`` to one page; a new one, unlike what a redirect leads to, comes after a pause."""
        now = asyncio.get_running_loop().time
        async with self._hosts[host]:
            if is_new:
                await asyncio.sleep(self._free_at.get(host, 0.0) - now())
            try:
                yield
            finally:
                self._free_at[host] = now() + self._pause_s
