"""What an endpoint with limits answers: requests and tokens a minute, so many at once, and headers that tell.

Served by ``fake_endpoint``. The limits are real: what goes over them is refused, or waits.
"""

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from tests.fake_endpoint import Body, Reply, refused, said

BYTES_A_TOKEN: Final = 4


@dataclass(frozen=True)
class Limits:
    """What the endpoint allows; None is no limit.

    ``left`` is the share of the limits a minute that is there at the start. ``most_at_once`` is what it works
    on side by side, ``latency_s`` each; what comes beyond that is refused, or waits where ``is_patient``.
    ``cached`` is the share of the tokens in that it has in its cache.
    """

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    left: float = 1.0
    most_at_once: int | None = None
    is_patient: bool = False
    latency_s: float = 0.0
    cached: float = 0.0


Headers = Callable[[str, int, float], Mapping[str, str]]


class Limited:
    """Answers within its limits; ``headers`` puts those into words, ``asked_for`` is a good answer's content.

    Tokens are charged when a request comes: those in and the most there may be out, as OpenAI does.
    """

    def __init__(self, limits: Limits, headers: Headers, content: str = '{"count": 3}') -> None:
        self.refused = 0
        self.answered = 0
        self.most_at_once = 0
        self._limits = limits
        self._headers = headers
        self._content = content
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(limits.most_at_once or 1_000_000)
        self._at_once = 0
        self._rates = {"requests": limits.requests_per_minute, "tokens": limits.tokens_per_minute}
        self._levels = {what: limits.left * (rate or 0) for what, rate in self._rates.items()}
        self._filled_at = time.monotonic()

    def __call__(self, body: Body) -> Reply:
        """Answer a request, or refuse it."""
        tokens_in, most_out = charge(body)
        wait_s, headers = self._admit({"requests": 1, "tokens": tokens_in + most_out})
        if wait_s > 0.0:
            return self._refusal(wait_s, headers)
        if not self._slots.acquire(blocking=self._limits.is_patient):
            return self._refusal(None, headers)
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        time.sleep(self._limits.latency_s)
        with self._lock:
            self._at_once -= 1
            self.answered += 1
        self._slots.release()
        usage = {
            "prompt_tokens": tokens_in,
            "completion_tokens": max(1, most_out // 4),
            "prompt_tokens_details": {"cached_tokens": int(tokens_in * self._limits.cached)},
        }
        reply = said(self._content)
        assert isinstance(reply.body, dict)
        return Reply({**reply.body, "usage": usage}, headers=headers)

    def _admit(self, wanted: Mapping[str, int]) -> tuple[float, dict[str, str]]:
        """Return the seconds until ``wanted`` is there, having taken it if that is now; and the headers."""
        with self._lock:
            now = time.monotonic()
            waits = [0.0]
            for what, rate in self._rates.items():
                if rate is not None:
                    filled = self._levels[what] + rate / 60.0 * (now - self._filled_at)
                    self._levels[what] = min(rate, filled)
                    waits.append((wanted[what] - self._levels[what]) * 60.0 / rate)
            self._filled_at = now
            headers: dict[str, str] = {}
            for what, rate in self._rates.items():
                if rate is not None:
                    self._levels[what] -= wanted[what] if max(waits) <= 0.0 else 0
                    headers |= self._headers(what, rate, self._levels[what])
            return max(waits), headers

    def _refusal(self, wait_s: float | None, headers: Mapping[str, str]) -> Reply:
        with self._lock:
            self.refused += 1
        reply = refused(429, "Too many requests")
        asked = {} if wait_s is None else {"retry-after": str(math.ceil(wait_s))}
        return Reply(reply.body, status=429, headers={**headers, **asked})


def charge(body: Body) -> tuple[int, int]:
    """Return the tokens in, and the most out, that a request is charged for."""
    size = sum(len(message["content"].encode()) for message in body["messages"])
    return max(1, size // BYTES_A_TOKEN), int(body.get("max_tokens") or body["max_completion_tokens"])


def openai_headers(what: str, limit: int, level: float) -> dict[str, str]:
    """Return a limit in OpenAI's words, with a reset such as 6m0s or 12ms."""
    return {
        f"x-ratelimit-limit-{what}": str(limit),
        f"x-ratelimit-remaining-{what}": str(int(level)),
        f"x-ratelimit-reset-{what}": _go_duration((limit - level) * 60.0 / limit),
    }


def azure_headers(what: str, limit: int, level: float) -> dict[str, str]:
    """Return a limit as Azure told it for long: what remains, and no more."""
    return {f"x-ratelimit-remaining-{what}": str(int(level))}


def anthropic_headers(what: str, limit: int, level: float) -> dict[str, str]:
    """Return a limit in Anthropic's words, with the date and time at which all of it is there again."""
    full_at = datetime.now(UTC) + timedelta(seconds=(limit - level) * 60.0 / limit)
    return {
        f"anthropic-ratelimit-{what}-limit": str(limit),
        f"anthropic-ratelimit-{what}-remaining": str(int(level)),
        f"anthropic-ratelimit-{what}-reset": full_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }


def no_headers(what: str, limit: int, level: float) -> dict[str, str]:
    """Return nothing, as servers of one's own do."""
    return {}


def _go_duration(seconds: float) -> str:
    if seconds < 1.0:
        return f"{math.ceil(seconds * 1000)}ms"
    minutes, rest = divmod(seconds, 60.0)
    return f"{int(minutes)}m{rest:.3g}s" if minutes else f"{rest:.3f}s"
