"""Reads what an endpoint's headers tell of its limits, and of the pauses it asks for.

OpenAI and those like it send ``x-ratelimit-limit-requests`` and so on, with a reset such as ``6m0s``. Azure
may leave out the limit, and gives the reset in seconds. Anthropic sends
``anthropic-ratelimit-requests-limit`` and so on, with a reset as a date with time (RFC 3339). What makes no
sense is as if it were not there.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_FORMS: Final = ("x-ratelimit-{part}-{what}", "anthropic-ratelimit-{what}-{part}")
_COUNT: Final = re.compile(r"[0-9]{1,12}")
_DURATION: Final = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,9})?(?:ms|s|m|h|d)){1,5}")
_STEP: Final = re.compile(r"([0-9.]+)(ms|s|m|h|d)")
_UNIT_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True)
class Allowance:
    """What is left of a limit, how much it is in all, and the seconds until all of it is there again."""

    remaining: int
    limit: int | None = None
    reset_s: float | None = None


def allowance(headers: Mapping[str, str], what: str) -> Allowance | None:
    """Return what ``headers`` tell of the limit on ``what``, "requests" or "tokens"; None where nothing."""
    for form in _FORMS:
        limit, remaining = (
            _count(headers.get(form.format(part=p, what=what), "")) for p in ("limit", "remaining")
        )
        if remaining is None or limit == 0 or (limit is not None and remaining > limit):
            continue
        return Allowance(remaining, limit, _reset_s(headers.get(form.format(part="reset", what=what), "")))
    return None


def pause_s(headers: Mapping[str, str]) -> float | None:
    """Return the pause that ``headers`` ask for, in seconds, where they name one."""
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            asked = float(headers.get(name, ""))
        except ValueError:
            continue
        if not math.isnan(asked):
            return max(0.0, asked * unit_s)
    try:
        return _seconds_until(parsedate_to_datetime(headers.get("retry-after", "")))
    except (TypeError, ValueError):  # no date, or one without a time zone
        return None


def _count(text: str) -> int | None:
    return int(text) if _COUNT.fullmatch(text) else None


def _reset_s(text: str) -> float | None:
    if _COUNT.fullmatch(text):
        return float(text)
    if _DURATION.fullmatch(text):
        return sum(float(number) * _UNIT_S[unit] for number, unit in _STEP.findall(text))
    try:
        return _seconds_until(datetime.fromisoformat(text))
    except (TypeError, ValueError):
        return None


def _seconds_until(moment: datetime) -> float:
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
