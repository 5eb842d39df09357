"""When the next request may be sent: by a limit of requests a minute, and pauses an endpoint asks for."""

import asyncio
import time
from collections.abc import Callable


class Pace:
    """Spaces requests; one pace is shared by all that ask the same endpoint."""

    def __init__(self, requests_per_minute: float | None) -> None:
        self._gap_s = 60.0 / requests_per_minute if requests_per_minute else 0.0
        self._next_at = 0.0

    async def wait(self, allow: Callable[[float], None]) -> None:
        """Return when the next request may be sent; ``allow`` hears the seconds before, and may raise."""
        now = time.monotonic()
        due = max(now, self._next_at)
        allow(due - now)
        self._next_at = due + self._gap_s
        if due > now:
            await asyncio.sleep(due - now)

    def hold(self, seconds: float) -> None:
        """Let nothing be sent for ``seconds``: who asks for a pause means every request."""
        self._next_at = max(self._next_at, time.monotonic() + seconds)
