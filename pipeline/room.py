"""How many requests an endpoint takes side by side: found by trying, as TCP finds the rate of a line."""

import asyncio
from collections import defaultdict
from statistics import fmean
from typing import Final

FIRST: Final = 8  # requests side by side before anything is known of an endpoint
WORTH: Final = 1.25  # times the answers a second that twice the requests must bring
PATIENCE: Final = 100  # answers until a step that was refused is tried again


class Room:
    """Room for up to ``most`` requests, ``level`` of them for now.

    While nothing is refused the level doubles, as long as that brings more answers a second. A refusal brings
    it back to the last one that was borne, or halves it where there is none such; then it closes in on the
    refused one by halves, as in Xu, Harfoush and Rhee, "Binary Increase Congestion Control" (2004). Only what
    was sent at the present level counts: what was under way at a change says nothing of the new one, and many
    refusals at once are one.
    """

    def __init__(self, most: int) -> None:
        self.level = min(FIRST, most)
        self._most = most
        self._under_way = 0
        self._round = 0
        self._borne = 0  # the highest level below this one at which nothing was refused
        self._refused_at: int | None = None
        self._is_doubling = True
        self._before: dict[int, float] = {}  # mean seconds of an answer at half the level, by kind
        self._seconds: defaultdict[int, list[float]] = defaultdict(list)
        self._freed = asyncio.Event()

    async def wait(self) -> None:
        """Return once there is room; for one task at a time."""
        while self._under_way >= self.level:
            self._freed.clear()
            await self._freed.wait()

    def enter(self) -> int:
        """Count a request as under way, and return the round in which it is sent."""
        self._under_way += 1
        return self._round

    def leave(self) -> None:
        """Count a request as no longer under way."""
        self._under_way -= 1
        self._freed.set()

    def answered(self, sent_in: int, kind: int, seconds: float) -> None:
        """Learn from an answer; one is compared with those of its ``kind``, which take about as long.

        To be told before the request leaves: where there was room left, nothing is learnt of the level.
        """
        if sent_in != self._round or self._under_way < self.level:
            return
        self._seconds[kind].append(seconds)
        enough = max(self.level, PATIENCE if self.level + 1 == self._refused_at else 0)
        if sum(map(len, self._seconds.values())) < enough:
            return
        if self._is_doubling and not self._was_worth_it():
            self._is_doubling = False
            self._most = self._borne
            self._go_on_at(self._most)
        elif self.level < self._most:
            self._before = {kind: fmean(seconds) for kind, seconds in self._seconds.items()}
            self._borne = self.level
            self._go_on_at(min(self._next(), self._most))
        else:
            self._is_doubling = False
            self._seconds.clear()

    def refused(self, sent_in: int) -> None:
        """Learn from an answer that says the endpoint has too much to do, or from none in time."""
        if sent_in == self._round:
            self._is_doubling = False
            self._refused_at = self.level
            self._go_on_at(self._borne if self._borne else max(1, self.level // 2))
            self._borne = 0

    def _next(self) -> int:
        if self._refused_at is not None and self._refused_at > self.level:
            return max(self.level + 1, (self.level + self._refused_at) // 2)
        return self.level * 2 if self._is_doubling else self.level + 1

    def _was_worth_it(self) -> bool:
        stretched = [
            s / self._before[kind]
            for kind, seconds in self._seconds.items()
            if self._before.get(kind)
            for s in seconds
        ]
        return not stretched or self.level / self._borne / fmean(stretched) >= WORTH

    def _go_on_at(self, level: int) -> None:
        self.level = level
        self._round += 1
        self._seconds.clear()
        self._freed.set()
