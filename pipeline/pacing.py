"""When the next request may be sent: the user's limit, the endpoint's own, and the pauses it asks for."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pipeline.bucket import Bucket
from pipeline.limits import allowance
from pipeline.room import Room


@dataclass
class Turn:
    """A request under way; who sends it notes here what became of it.

    ``tokens`` is what it is expected to take, and ``took`` what the endpoint counted; ``seconds`` is what an
    answer took. ``is_refused`` where the endpoint had too much to do.
    """

    tokens: float
    kind: int
    sent_in: int
    took: int | None = None
    seconds: float | None = None
    is_refused: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


class Pace:
    """Spaces requests; one pace is shared by all that ask the same endpoint.

    ``most`` is how many may be under way at the same time.
    """

    def __init__(self, requests_per_minute: float | None, most: int) -> None:
        self._gap_s = 60.0 / requests_per_minute if requests_per_minute else 0.0
        self._next_at = 0.0
        self._requests = Bucket()
        self._tokens = Bucket()
        self._room = Room(most)
        self._queue = asyncio.Lock()  # who came first is sent first, however much it takes

    @asynccontextmanager
    async def turn(self, tokens: float, kind: int, allow: Callable[[float], None]) -> AsyncIterator[Turn]:
        """Begin when a request of ``tokens`` may be sent, and learn at the end from what became of it.

        ``kind`` is the same for requests that take about as long. ``allow`` hears the seconds before each
        wait, and may raise.
        """
        async with self._queue:
            await self._room.wait()
            while (wait_s := self._wait_s(tokens)) > 0.0:
                allow(wait_s)
                await asyncio.sleep(wait_s)
            allow(0.0)
            self._next_at = self._due_s() + self._gap_s
            self._requests.take(1)
            self._tokens.take(tokens)
            turn = Turn(tokens, kind, self._room.enter())
        try:
            yield turn
        finally:
            self._learn(turn)

    def hold(self, seconds: float) -> None:
        """Let nothing be sent for ``seconds``: who asks for a pause means every request."""
        self._next_at = max(self._next_at, time.monotonic() + seconds)

    def _due_s(self) -> float:
        """Return when a request sent now was due: what a sleep takes longer does not add up."""
        now = time.monotonic()
        return self._next_at if now - self._next_at < self._gap_s else now

    def _wait_s(self, tokens: float) -> float:
        now = time.monotonic()
        return max(self._next_at - now, self._requests.wait_s(1, now), self._tokens.wait_s(tokens, now))

    def _learn(self, turn: Turn) -> None:
        self._requests.settle(1, 1)
        self._tokens.settle(turn.tokens, turn.tokens if turn.took is None else turn.took)
        for bucket, what in ((self._requests, "requests"), (self._tokens, "tokens")):
            told = allowance(turn.headers, what)
            if told is not None:
                bucket.hear(told, time.monotonic())
        if turn.is_refused:
            self._room.refused(turn.sent_in)
        elif turn.seconds is not None:
            self._room.answered(turn.sent_in, turn.kind, turn.seconds)
        self._room.leave()
