"""How often a request is sent before it is given up, and how long between two times."""

import random
from typing import Final

ATTEMPTS: Final = 6
FIRST_ATTEMPTS: Final = 3  # until an endpoint has answered once, it is more likely absent than busy
FIRST_SILENCES: Final = 2  # of those, where it takes the request and says nothing: each lasts --timeout
UNREADABLE_ATTEMPTS: Final = 3  # each of them may be paid for
LONGEST_WAIT_S: Final = 60.0
DEAD_AFTER: Final = 3  # calls in a row that failed after all their attempts


def wait_s(attempt: int, asked_s: float | None) -> float:
    """Return the seconds to wait after an attempt: what the endpoint asks, else full-jitter backoff.

    Jitter as in Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
    """
    if asked_s is not None:
        return min(asked_s, LONGEST_WAIT_S) + random.uniform(0.0, 0.5)  # noqa: S311
    return random.uniform(0.2, min(LONGEST_WAIT_S, 2.0**attempt))  # noqa: S311
