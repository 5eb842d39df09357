"""The line from a worker to what its run shares: a budget and a pace like any other, that ask there."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from pipeline.budget import Caps, Held
from pipeline.engines import Unreported
from pipeline.engines.share import Reply
from pipeline.errors import BudgetReached
from pipeline.interruption import Interruption, StoppableBudget
from pipeline.pacing import Turn
from pipeline.prices import Price

Send = Callable[[str, dict[str, Any]], Awaitable[Reply | None]]


class Line:
    """Asks what the run shares; ``send`` brings a call there, and returns None once the run is over."""

    def __init__(self, send: Send) -> None:
        self.heard: Callable[[Reply], None] = lambda _reply: None
        self._send = send
        self._under_way: set[asyncio.Task[Reply]] = set()

    async def ask(self, what: str, **given: Any) -> Reply:  # noqa: ANN401 - plain values of any kind
        """Return the reply to ``what``, whatever becomes of who waits for it. Raises Unreported."""
        return await asyncio.shield(self.tell(what, **given))

    def tell(self, what: str, **given: Any) -> "asyncio.Task[Reply]":  # noqa: ANN401
        """Say ``what`` without waiting for the reply."""
        task = asyncio.ensure_future(self._asked(what, given))
        self._under_way.add(task)
        task.add_done_callback(self._over)
        return task

    async def all_told(self) -> None:
        """Return once nothing is under way any more."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _asked(self, what: str, given: dict[str, Any]) -> Reply:
        reply = await self._send(what, given)
        if reply is None:
            raise Unreported("the run that it belongs to is over")
        self.heard(reply)
        return reply

    def _over(self, task: "asyncio.Task[Reply]") -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # who waited has it; nobody has to


@dataclass(frozen=True)
class _HeldThere(Held):
    """What is put aside for all, under a ticket."""

    ticket: str


class SharedBudget(StoppableBudget):
    """A budget that many workers share over ``line``."""

    def __init__(
        self,
        caps: Caps,
        price: Price | None,
        interruption: Interruption,
        refuse: Callable[[], None],
        line: Line,
    ) -> None:
        super().__init__(caps, price, interruption, refuse)
        self._line = line
        line.heard = self._hear

    def allow_wait(self, seconds: float) -> None:
        """Raise BudgetReached as a budget does, and have all others know."""
        try:
            super().allow_wait(seconds)
        except BudgetReached:
            self._line.tell("leave_out", wait_s=seconds)
            raise

    def give_up(self) -> NoReturn:
        """Raise BudgetReached as a budget does, and have all others know."""
        self._line.tell("give_up")
        super().give_up()

    async def put_aside(self, most: Held) -> Held:
        """Put ``most`` aside once there is room for it. Raises BudgetReached where there never will be."""
        ticket = uuid.uuid4().hex
        try:
            reply = await self._line.ask(
                "put_aside", ticket=ticket, tokens=most.tokens, cost_usd=most.cost_usd
            )
        except asyncio.CancelledError:
            self._line.tell("replace", ticket=ticket, tokens=0, cost_usd=0.0, is_told=True)
            raise
        if reply["refused"] is not None:
            raise BudgetReached(reply["refused"])
        return _HeldThere(most.tokens, most.cost_usd, ticket)

    async def replace(self, held: Held, final: Held, *, is_told: bool = True) -> None:
        """Count ``final`` as spent in place of ``held``."""
        assert isinstance(held, _HeldThere)  # noqa: S101 - what put_aside gave
        with suppress(Unreported):  # the run is over: what was answered is stored all the same
            await self._line.ask(
                "replace", ticket=held.ticket, tokens=final.tokens, cost_usd=final.cost_usd, is_told=is_told
            )

    def _hear(self, reply: Reply) -> None:
        for count in ("reached", "unasked", "given_up", "unbegun", "untold"):
            setattr(self, count, reply[count])
        self.left = self.left or reply["left"]
        self.begun_before(reply["elapsed_s"])
        if reply["is_ending"] and not self._interruption.is_asked:
            self._interruption.ask()


class SharedPace:
    """A pace that many workers share over ``line``."""

    def __init__(self, line: Line) -> None:
        self._line = line

    @asynccontextmanager
    async def turn(self, tokens: float, kind: int, allow: Callable[[float], None]) -> AsyncIterator[Turn]:
        """Begin when a request of ``tokens`` may be sent by anybody; see ``Pace.turn``."""
        allow(0.0)
        ticket = uuid.uuid4().hex
        turn = Turn(tokens, kind, 0)
        try:
            reply = await self._line.ask("turn", ticket=ticket, tokens=tokens, kind=kind)
        except asyncio.CancelledError:
            self._line.tell("leave", ticket=ticket)
            raise
        if reply["refused"] is not None:
            raise BudgetReached(reply["refused"])
        try:
            yield turn
        finally:
            self._line.tell(
                "leave",
                ticket=ticket,
                took=turn.took,
                seconds=turn.seconds,
                is_refused=turn.is_refused,
                headers=_about_limits(turn),
            )

    def hold(self, seconds: float) -> None:
        """Let nobody send anything for ``seconds``."""
        self._line.tell("hold", seconds=seconds)


def _about_limits(turn: Turn) -> dict[str, str]:
    """Return the headers that can be about limits: no others are anybody's business."""
    return {name: value for name, value in turn.headers.items() if "ratelimit" in name.lower()}
