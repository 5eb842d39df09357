"""What an endpoint lets one have of its requests or tokens, as far as its headers told."""

from pipeline.limits import Allowance

A_MINUTE_S = 60.0
LONGEST_WAIT_S = 90.0  # for all of a minute's share, told roughly


class Bucket:
    """A token bucket that learns its size and its rate; until something is told it holds without end.

    What a request takes is put aside when it is sent, and settled when it ends: whether what is under way is
    already in what an endpoint says remains, nobody knows. Times are in seconds on one clock.
    """

    def __init__(self) -> None:
        self._limit: float | None = None
        self._level = 0.0
        self._rate = 0.0  # a second
        self._at = 0.0
        self._aside = 0.0

    def wait_s(self, amount: float, now: float) -> float:
        """Return the seconds until ``amount`` is there, or as much as there can be.

        0 where that takes longer than ``LONGEST_WAIT_S``: so long a wait is the endpoint's to ask for, by
        refusing.
        """
        if self._limit is None:
            return 0.0
        self._fill(now)
        wait = (min(amount, self._limit) - self._level) / self._rate
        return wait if 0.0 < wait <= LONGEST_WAIT_S else 0.0

    def take(self, amount: float) -> None:
        """Put ``amount`` aside for a request."""
        self._aside += amount
        self._level = max(0.0, self._level - amount)

    def settle(self, amount: float, really: float) -> None:
        """End a request for which ``amount`` was put aside, and which took ``really``."""
        self._aside -= amount
        self._level = max(0.0, self._level + amount - really)

    def hear(self, told: Allowance, now: float) -> None:
        """Learn from what an answer told: our own count stands as far as it can agree with that."""
        is_new = self._limit is None
        self._fill(now)
        self._limit = float(told.limit or max(self._limit or 1.0, told.remaining))
        missing = self._limit - told.remaining
        if told.reset_s and missing > 0:  # whatever the span of time is that the limit is for
            self._rate = missing / told.reset_s
        elif is_new:
            self._rate = self._limit / A_MINUTE_S
        least = max(0.0, told.remaining - self._aside)
        self._level = least if is_new else min(max(self._level, least), told.remaining)
        self._at = now

    def _fill(self, now: float) -> None:
        if self._limit is not None:
            self._level = min(self._limit, self._level + self._rate * (now - self._at))
        self._at = now
