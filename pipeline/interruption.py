"""Ends a run early and in order: what is under way is given its time, nothing else is sent, a report written.

Ctrl-C, SIGTERM and the end of a terminal (SIGHUP) ask for it. A second Ctrl-C or SIGTERM ends the process at
once, by the system's own hand: whatever native code is doing then, it need not come to its end first. The
questions that are left meet the same refusal as at a cap on what may be spent, so that the stages go on with
what was answered, and tell what was not.
"""

import asyncio
import os
import signal
import stat
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from types import FrameType
from typing import Any, Final, NoReturn

from pipeline.budget import Budget, Caps, Held
from pipeline.completion import Spent
from pipeline.errors import BudgetReached
from pipeline.prices import Price

HANGUP: Final = getattr(signal, "SIGHUP", None)  # not on Windows
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, *([HANGUP] if HANGUP is not None else []))
FINISH_S: Final = 20.0  # for answers under way; whoever stops a container often gives it 30 s for all
GRACE_S: Final = 1.0  # in which what was answered is stored, and what is not asked any more comes to its end
TOGETHER_S: Final = 0.5  # `timeout` signals the process and its group: that is one signal, not a second one
UNASKED: Final = "the run was interrupted before this was asked"
UNANSWERED: Final = "the run was interrupted before this was answered"
NOT_BEGUN: Final = "not begun: the run was interrupted"
TOLD: Final = (
    "interrupted: the report says what is unchecked for it; run the same command again to go on from what "
    "was answered."
)


class Interruption:
    """Whether a run was asked to end; ``heard`` is called once, in the loop of the run, when it is.

    ``settled`` is called there TOGETHER_S later.
    """

    def __init__(self, heard: Callable[[], None] = lambda: None) -> None:
        self.is_asked = False
        self.settled: Callable[[], None] = lambda: None
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
            asyncio.get_running_loop().call_later(TOGETHER_S, self.settled)


@contextmanager
def on_signals(interruption: Interruption) -> Iterator[None]:
    """Let a signal ask for the end while the block runs; a second Ctrl-C or SIGTERM ends the process.

    A signal that is ignored stays so: Ctrl-C in a shell's background jobs, the hangup under nohup.
    """

    first_at = 0.0

    def handle(number: int, _frame: FrameType | None) -> None:
        nonlocal first_at
        if number == HANGUP:
            _leave_terminal()
        if not interruption.is_asked:
            first_at = time.monotonic()
            interruption.ask()
        elif number != HANGUP and time.monotonic() - first_at > TOGETHER_S:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    def hand_over() -> None:
        """Leave the next signal to the system, which does not wait until Python has its turn."""
        for number in ours:
            if number != HANGUP:  # shell and system send it one after the other
                signal.signal(number, signal.SIG_DFL)

    if threading.current_thread() is not threading.main_thread():  # only that one hears signals
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    ours = [number for number, handler in before.items() if handler not in (signal.SIG_IGN, None)]
    for number in ours:
        signal.signal(number, handle)
    interruption.settled = hand_over
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])


def _leave_terminal() -> None:
    """Write to no terminal from now on: on one that is gone, that fails."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        with suppress(OSError):  # closed
            if stat.S_ISCHR(os.fstat(stream).st_mode):
                os.dup2(nowhere, stream)
    os.close(nowhere)


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
        self._waits: set[asyncio.Timeout] = set()
        self._last_s: float | None = None  # until when answers are waited for, by the clock of the loop

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

    @asynccontextmanager
    async def in_time(self) -> AsyncIterator[asyncio.Timeout]:
        """Give up what the block waits for as a budget does, and some time after an interruption."""
        async with super().in_time() as wait:
            self._waits.add(wait)
            self._shorten(wait)
            try:
                yield wait
            finally:
                self._waits.discard(wait)

    def give_up(self) -> NoReturn:
        """Raise BudgetReached about a question under way."""
        if self._interruption.is_asked:
            self.left = True
            raise BudgetReached(UNANSWERED)
        super().give_up()

    def notes(self) -> list[str]:
        """Return what a report should say of the spending, and that the run was interrupted."""
        return [*([TOLD] if self.left else []), *super().notes()]

    async def see_through(self, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run ``job`` to its end, which comes soon after an interruption.

        What is under way then is waited for, up to FINISH_S. What waits to be sent, for its turn or once
        more, is not: the job is begun again, and finds what was answered stored, and the rest refused.
        """
        work = asyncio.ensure_future(job())
        asked = asyncio.ensure_future(self._interruption.wait())
        try:
            await asyncio.wait((work, asked), return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                self._finish_soon()
                await self._idle.wait()
                await asyncio.wait((work,), timeout=GRACE_S)
        finally:
            asked.cancel()
            if not work.done():
                work.cancel()
                await asyncio.wait((work,))
        await (job() if work.cancelled() else work)

    def _finish_soon(self) -> None:
        """Wait for answers no longer than FINISH_S from now, or from when this was first said."""
        if self._last_s is None:
            self._last_s = asyncio.get_running_loop().time() + FINISH_S
            for wait in self._waits:
                self._shorten(wait)

    def _shorten(self, wait: asyncio.Timeout) -> None:
        until = wait.when()
        if self._last_s is not None and not wait.expired() and (until is None or until > self._last_s):
            wait.reschedule(self._last_s)
