"""Ends a run early and in order: what is under way is finished, nothing else is sent, the report is written.

Ctrl-C and SIGTERM ask for it; a second one stops at once. The questions that are left meet the same refusal
as at a cap on what may be spent, so that the stages go on with what was answered, and tell what was not.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Final

from pipeline.budget import Budget, Caps, Held
from pipeline.completion import Spent
from pipeline.errors import BudgetReached
from pipeline.prices import Price

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
GRACE_S: Final = 1.0  # in which what was answered is stored, and what is not asked any more comes to its end
UNASKED: Final = "the run was interrupted before this was asked"
NOT_BEGUN: Final = "not begun: the run was interrupted"
TOLD: Final = (
    "interrupted: the report says what is unchecked for it; run the same command again to go on from what "
    "was answered."
)


class Interruption:
    """Whether a run was asked to end; ``heard`` is called once, in the loop of the run, when it is."""

    def __init__(self, heard: Callable[[], None] = lambda: None) -> None:
        self.is_asked = False
        self._heard = heard
        self._event = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def ask(self) -> None:
        """Ask the run to end; may be called from a signal's handler, or another thread."""
        self.is_asked = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: the run is over
                self._loop.call_soon_threadsafe(self._spread)

    async def wait(self) -> None:
        """Return when the run is asked to end."""
        self._loop = asyncio.get_running_loop()
        if self.is_asked:
            self._spread()
        await self._event.wait()

    def ending(self, hear: Callable[[int, int], None]) -> Callable[[int, int], None]:
        """Return ``hear``, which hears how a fetch gets on, with an end to the fetch once that is asked for.

        A fetch holds up everything else, and goes on where it was: there is nothing to be finished first. It
        ends with KeyboardInterrupt.
        """

        def heard(done: int, total: int) -> None:
            if self.is_asked:
                raise KeyboardInterrupt
            hear(done, total)

        return heard

    def _spread(self) -> None:
        if not self._event.is_set():
            self._event.set()
            self._heard()


@contextmanager
def on_signals(interruption: Interruption) -> Iterator[None]:
    """Let a Ctrl-C or SIGTERM ask for the end while the block runs; a second one raises KeyboardInterrupt.

    A signal that is ignored, as a shell's background jobs ignore Ctrl-C, stays ignored.
    """

    def handle(_number: int, _frame: FrameType | None) -> None:
        if interruption.is_asked:
            raise KeyboardInterrupt
        interruption.ask()

    if threading.current_thread() is not threading.main_thread():  # only that one hears signals
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    ours = [number for number, handler in before.items() if handler not in (signal.SIG_IGN, None)]
    for number in ours:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])


class StoppableBudget(Budget):
    """A budget that an interruption ends as a cap would; ``refuse``, too, may raise before anything is sent.

    ``left`` tells whether anything went unasked for the interruption.
    """

    def __init__(
        self,
        caps: Caps,
        price: Price | None,
        interruption: Interruption,
        refuse: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(caps, price)
        self.left = False
        self._interruption = interruption
        self._refuse_otherwise = refuse
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def allow_wait(self, seconds: float) -> None:
        """Raise BudgetReached once interrupted, and as a budget does."""
        self._refuse_otherwise()
        if self._interruption.is_asked:
            self.left = True
            raise BudgetReached(UNASKED)
        super().allow_wait(seconds)

    async def reserve(self, request: Mapping[str, Any]) -> Held:
        """Put aside what ``request`` can take; it is under way until that is settled."""
        held = await super().reserve(request)
        self._under_way += 1
        self._idle.clear()
        return held

    async def settle(self, held: Held, spent: Spent | None, *, is_free: bool = False) -> float:
        """Replace ``held`` by what was ``spent``: the request is over."""
        self._under_way -= 1
        if not self._under_way:
            self._idle.set()
        return await super().settle(held, spent, is_free=is_free)

    def notes(self) -> list[str]:
        """Return what a report should say of the spending, and that the run was interrupted."""
        return [*([TOLD] if self.left else []), *super().notes()]

    async def see_through(self, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run ``job`` to its end, which comes soon after an interruption.

        What is under way then is waited for. What waits to be sent, for its turn or once more, is not: the
        job is begun again, and finds what was answered stored, and the rest refused.
        """
        work = asyncio.ensure_future(job())
        asked = asyncio.ensure_future(self._interruption.wait())
        try:
            await asyncio.wait((work, asked), return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                await self._idle.wait()
                await asyncio.wait((work,), timeout=GRACE_S)
        finally:
            asked.cancel()
            if not work.done():
                work.cancel()
                await asyncio.wait((work,))
        await (job() if work.cancelled() else work)
