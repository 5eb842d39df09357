"""What all workers of a run share: its budget and its pace, kept in the one place that all of them reach.

These are the objects that an inline run has, and whoever wants to send a request asks here first. It knows
nothing of Dask: it hears calls by name, with plain values, and gives plain values back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple

from pipeline.budget import Caps, Held
from pipeline.errors import BudgetReached
from pipeline.interruption import Interruption, StoppableBudget
from pipeline.pacing import Pace, Turn

Reply = dict[str, Any]


class Ticket(NamedTuple):
    """What one worker waits for or holds: a turn, or something put aside; ``number`` is the worker's own."""

    worker: str
    number: str


class Share:
    """The budget and the pace of one run."""

    def __init__(self, caps: Caps, requests_per_minute: float | None, concurrency: int) -> None:
        self._interruption = Interruption()
        self._budget = StoppableBudget(caps, None, self._interruption)  # what is spent comes with its cost
        self._pace = Pace(requests_per_minute, concurrency)
        self._turns: dict[Ticket, tuple[AbstractAsyncContextManager[Turn], Turn]] = {}
        self._held: dict[Ticket, Held] = {}
        self._waiting: dict[Ticket, asyncio.Task[None]] = {}
        self._given_back: set[Ticket] = set()  # before they were asked for: two messages may overtake
        self._calls: Mapping[str, Callable[..., Awaitable[None]]] = {
            "look": self._look,
            "end_early": self._end_early,
            "begin_story": self._begin_story,
            "leave_out": self._leave_out,
            "give_up": self._give_up,
            "turn": self._turn,
            "leave": self._leave,
            "hold": self._hold,
            "put_aside": self._put_aside,
            "replace": self._replace,
        }

    async def hear(self, what: str, worker: str, given: Mapping[str, Any]) -> Reply:
        """Do ``what`` a worker, or the driver, asks; return the state, and why it was refused, if it was."""
        refused: str | None = None
        given = dict(given)
        if "ticket" in given:
            given["ticket"] = Ticket(worker, given["ticket"])
        try:
            await self._calls[what](**given)
        except BudgetReached as error:
            refused = str(error)
        except asyncio.CancelledError:  # it was given back meanwhile
            refused = "given back"
        return {"refused": refused, **self._state()}

    async def lose(self, worker: str) -> None:
        """Free what ``worker`` held, which is gone; what it had put aside counts as spent: nobody knows."""
        for ticket in [ticket for ticket in self._waiting if ticket.worker == worker]:
            self._waiting[ticket].cancel()
        for ticket in [ticket for ticket in self._turns if ticket.worker == worker]:
            await self._leave(ticket)
        for ticket in [ticket for ticket in self._held if ticket.worker == worker]:
            held = self._held.pop(ticket, None)
            if held is not None:
                await self._budget.replace(held, held, is_told=False)

    def end(self) -> None:
        """Let nobody wait any more."""
        for task in self._waiting.values():
            task.cancel()

    def _state(self) -> Reply:
        budget = self._budget
        return {
            "reached": budget.reached,
            "unasked": budget.unasked,
            "given_up": budget.given_up,
            "unbegun": budget.unbegun,
            "untold": budget.untold,
            "left": budget.left,
            "told": budget.told(),
            "elapsed_s": budget.elapsed_s,
            "is_ending": self._interruption.is_asked,
        }

    async def _look(self) -> None:
        """Do nothing: the reply tells the state."""

    async def _end_early(self) -> None:
        self._interruption.ask()

    async def _leave_out(self, wait_s: float) -> None:
        """Count a question that a worker did not ask; raises as it did there."""
        self._budget.allow_wait(wait_s)

    async def _begin_story(self) -> None:
        """Count a story that is not begun as the time is up; raises where it is."""
        self._budget.begin_story()

    async def _give_up(self) -> None:
        """Count a question that a worker gave up; raises as it did there."""
        self._budget.give_up()

    async def _turn(self, ticket: Ticket, tokens: float, kind: int) -> None:
        async def enter() -> None:
            occupied = self._pace.turn(tokens, kind, self._budget.allow_wait)
            self._turns[ticket] = (occupied, await occupied.__aenter__())

        await self._wait_for(ticket, enter())

    async def _leave(
        self,
        ticket: Ticket,
        took: int | None = None,
        seconds: float | None = None,
        is_refused: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        entered = self._turns.pop(ticket, None)
        if entered is None:
            self._give_back(ticket)
            return
        occupied, turn = entered
        turn.took, turn.seconds, turn.is_refused, turn.headers = took, seconds, is_refused, headers or {}
        await occupied.__aexit__(None, None, None)

    async def _hold(self, seconds: float) -> None:
        self._pace.hold(seconds)

    async def _put_aside(self, ticket: Ticket, tokens: int, cost_usd: float) -> None:
        most = Held(tokens, cost_usd)

        async def put_aside() -> None:
            await self._budget.put_aside(most)
            self._held[ticket] = most

        await self._wait_for(ticket, put_aside())

    async def _replace(self, ticket: Ticket, tokens: int, cost_usd: float, is_told: bool) -> None:
        held = self._held.pop(ticket, None)
        if held is None:
            self._give_back(ticket)
        else:
            await self._budget.replace(held, Held(tokens, cost_usd), is_told=is_told)

    async def _wait_for(self, ticket: Ticket, job: Coroutine[Any, Any, None]) -> None:
        """Run ``job``, unless the ticket is given back before it is done: then raise CancelledError."""
        if ticket in self._given_back:
            self._given_back.discard(ticket)
            job.close()
            raise asyncio.CancelledError
        task = asyncio.ensure_future(job)
        self._waiting[ticket] = task
        try:
            await task
        finally:
            del self._waiting[ticket]

    def _give_back(self, ticket: Ticket) -> None:
        if ticket in self._waiting:
            self._waiting[ticket].cancel()
        else:
            self._given_back.add(ticket)
