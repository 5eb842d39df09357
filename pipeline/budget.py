"""Keeps a run within its caps: what a request can cost at most is put aside before it is sent.

When the answer comes, what it did cost takes the place of what was put aside; where the endpoint does not
tell, that stays. So what is spent can pass a cap only if an endpoint bills more than it was asked for.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from pipeline.completion import Spent
from pipeline.errors import BudgetReached
from pipeline.prices import FREE, Price, cost_usd

A_MESSAGE: Final = 16  # tokens at most that a chat template puts around a message
A_REQUEST: Final = 64  # and around the whole


@dataclass(frozen=True)
class Caps:
    """The most that may be spent; None is no cap. Tokens are those in and out together."""

    cost_usd: float | None = None
    tokens: int | None = None
    calls: int | None = None
    time_s: float | None = None


NO_CAPS: Final = Caps()


@dataclass(frozen=True)
class Held:
    """What is put aside for a request under way."""

    tokens: int
    cost_usd: float


class Budget:
    """What may still be spent under ``caps``; ``price`` is that of the model, where it is known.

    ``reached`` is the option that ended it, with its value. For it, ``unasked`` questions were not sent,
    ``given_up`` were under way when the time was up, and ``unbegun`` stories got no turn. The clock for
    ``time_s`` begins at once.
    """

    def __init__(
        self, caps: Caps = NO_CAPS, price: Price | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.caps = caps
        self.price = price
        self.reached: str | None = None
        self.unasked = 0
        self.given_up = 0
        self.unbegun = 0
        self.untold = 0  # requests of which nobody told what they took
        self._clock = clock
        self._begun = clock()
        self._calls = 0
        self._spent = Held(0, 0.0)
        self._aside = Held(0, 0.0)
        self._settled = asyncio.Condition()

    @property
    def calls(self) -> int:
        """The requests sent so far."""
        return self._calls

    @property
    def elapsed_s(self) -> float:
        """The seconds since the run began."""
        return self._clock() - self._begun

    def begun_before(self, elapsed_s: float) -> None:
        """Take the run for one that began ``elapsed_s`` seconds ago."""
        self._begun = self._clock() - elapsed_s

    @property
    def tokens(self) -> int:
        """The tokens spent so far, in and out; at most, where an endpoint does not tell."""
        return self._spent.tokens

    @property
    def cost_usd(self) -> float:
        """What was spent so far, in USD; 0 where the price is not known."""
        return self._spent.cost_usd

    async def reserve(self, request: Mapping[str, Any]) -> Held:
        """Put aside what ``request`` can take at most, and return that once there is room for it.

        Raises BudgetReached where there never will be; from then on nothing more is sent.
        """
        return await self.put_aside(self._most(request))

    async def put_aside(self, most: Held) -> Held:
        """Put ``most`` aside, and return it once there is room for that; raises as ``reserve`` does."""
        async with self._settled:
            while True:
                self._refuse(most)
                if not self._over(_sum(self._spent, self._aside, most)):
                    break
                await self._settled.wait()  # what is under way may turn out to take less
            self._calls += 1
            self._aside = _sum(self._aside, most)
        return most

    async def commit(self, request: Mapping[str, Any]) -> None:
        """Count ``request`` as spent, with what it can take at most: it will be sent, but not now.

        Raises BudgetReached where there is no room for it.
        """
        most = self._most(request)
        async with self._settled:
            self._refuse(most)
            self._calls += 1
            self._spent = _sum(self._spent, most)

    async def settle(self, held: Held, spent: Spent | None, *, is_free: bool = False) -> float:
        """Replace ``held`` by what was really ``spent``, and return its cost in USD.

        Nobody knows what an answer took that never came, or told nothing: then ``held`` stands.
        """
        is_told = is_free or spent is not None
        final = held
        if is_free:
            final = Held(0, 0.0)
        elif spent is not None:
            final = Held(spent.tokens_in + spent.tokens_out, cost_usd(self.price, spent))
        await self.replace(held, final, is_told=is_told)
        return final.cost_usd

    async def replace(self, held: Held, final: Held, *, is_told: bool = True) -> None:
        """Count ``final`` as spent in place of ``held``; ``is_told`` unless nobody said what it took."""
        async with self._settled:
            self.untold += not is_told
            self._aside = Held(self._aside.tokens - held.tokens, self._aside.cost_usd - held.cost_usd)
            self._spent = _sum(self._spent, final)
            self._settled.notify_all()

    def allow_wait(self, seconds: float) -> None:
        """Raise BudgetReached where a wait of ``seconds`` would end after the time is up."""
        if self.caps.time_s is not None and self.elapsed_s + seconds >= self.caps.time_s:
            self._end(self._time)
        if self.reached is not None:
            self._end(self.reached)

    @asynccontextmanager
    async def in_time(self) -> AsyncIterator[asyncio.Timeout]:
        """Give up what the block waits for, with BudgetReached, once the time is up."""
        cap = self.caps.time_s
        try:
            async with asyncio.timeout(None if cap is None else cap - self.elapsed_s) as wait:
                yield wait
        except TimeoutError:
            if wait.expired():
                self.give_up()
            raise

    def give_up(self) -> NoReturn:
        """Raise BudgetReached about a question that was under way when the time was up."""
        self.reached = self.reached or self._time
        self.given_up += 1
        raise BudgetReached(f"{self._time} was reached before this was answered")

    def begin_story(self) -> None:
        """Raise BudgetReached about a story whose turn comes when the time is up."""
        if self.caps.time_s is not None and self.elapsed_s >= self.caps.time_s:
            self.reached = self.reached or self._time
            self.unbegun += 1
            raise BudgetReached(f"not begun: {self._time} was reached")

    def told(self) -> str | None:
        """Return, in one line, which cap ended the run and what it left; None where none did."""
        left = (
            (self.unasked, "question was not asked", "questions were not asked"),
            (self.given_up, "question was given up", "questions were given up"),
            (self.unbegun, "story was not begun", "stories were not begun"),
        )
        parts = [f"{count:,} {one if count == 1 else more}" for count, one, more in left if count]
        if not parts:
            return None
        return (
            f"{self.reached} reached: {', '.join(parts)}. The report says what is unchecked for it; run "
            "the same command again to go on from what was answered."
        )

    def notes(self) -> list[str]:
        """Return what a report should say of the spending."""
        found = [told] if (told := self.told()) else []
        is_counted = self.caps != NO_CAPS or (self.price is not None and self.price != FREE)
        if self.untold and is_counted:
            requests = "1 request" if self.untold == 1 else f"{self.untold:,} requests"
            found.append(f"the endpoint did not tell what {requests} took: caps and cost count the most")
        return found

    def _refuse(self, most: Held) -> None:
        """Raise BudgetReached where ``most`` does not fit even when all that is under way turns out free."""
        self.allow_wait(0.0)
        if self.caps.calls is not None and self._calls >= self.caps.calls:
            self._end(f"--max-calls {self.caps.calls}")
        over = self._over(_sum(self._spent, most))
        if over:
            self._end(over)

    def _over(self, wanted: Held) -> str | None:
        """Return the cap that ``wanted`` goes over, if it does."""
        if self.caps.tokens is not None and wanted.tokens > self.caps.tokens:
            return f"--max-tokens {self.caps.tokens}"
        if self.caps.cost_usd is not None and wanted.cost_usd > self.caps.cost_usd:
            return f"--max-cost {self.caps.cost_usd:g}"
        return None

    @property
    def _time(self) -> str:
        return f"--max-time {self.caps.time_s:g}"

    def _end(self, cap: str) -> NoReturn:
        self.reached = self.reached or cap
        self.unasked += 1
        raise BudgetReached(f"{self.reached} was reached before this was asked")

    def _most(self, request: Mapping[str, Any]) -> Held:
        tokens_in, tokens_out = most_tokens(request)
        return Held(tokens_in + tokens_out, self.price.most_usd(tokens_in, tokens_out) if self.price else 0.0)


def _sum(*parts: Held) -> Held:
    return Held(sum(part.tokens for part in parts), sum(part.cost_usd for part in parts))


def most_tokens(request: Mapping[str, Any]) -> tuple[int, int]:
    """Return the most tokens in and out that ``request`` can take.

    A token of any vocabulary in use covers at least one byte of UTF-8, so the bytes are the most there are.
    """
    texts = [str(message.get("content") or "") for message in request["messages"]]
    schema = str(request.get("response_format") or "")
    size = sum(len(text.encode("utf-8", "replace")) for text in (*texts, schema))
    asked = request.get("max_tokens") or request.get("max_completion_tokens") or 0
    return size + A_MESSAGE * len(texts) + A_REQUEST, int(asked)
