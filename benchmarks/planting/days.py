"""Another day, month, year or time of day in the format of the one that is written."""

import re
from random import Random
from typing import Final

from pipeline.values.clock import ClockTime
from pipeline.values.datereading import Granularity
from pipeline.values.dates import DatedSpan

_WEEKDAYS: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS: Final = (
    "January February March April May June July August September October November December".split()
)
_SHORT: Final = "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec".split()
_WEEKDAY: Final = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_MONTH: Final = re.compile(rf"\b(?:{'|'.join(_MONTHS)}|Sept?|{'|'.join(_SHORT)})\b")
_DAY: Final = re.compile(r"(?<![\w:])(\d{1,2})(st|nd|rd|th)?(?!\w)")
_YEAR: Final = re.compile(r"\b\d{4}\b")
_RANGE: Final = re.compile(r"\d(?:st|nd|rd|th)?(?:[-–]| to | and )\d|\d{4}-\d\d-\d\d")
_CLOCK: Final = re.compile(r"(\d{1,2})(?:([:.]?)(\d\d))?(?!\d)")
LAST_SAFE_DAY: Final = 28  # every month has it


def other_date(dated: DatedSpan, rng: Random) -> str | None:
    """Return ``dated`` as written, but for another day, month or year; None for "last week" and the like.

    A weekday that stands beside a day of the month still fits it: the day moves by whole weeks.
    """
    text = dated.text
    if _RANGE.search(text):
        return None
    if dated.granularity is Granularity.weekday:
        return _other_weekday(text, rng)
    if dated.granularity is Granularity.day:
        if _WEEKDAY.search(text):
            return _other_day(text, rng, steps=(7, 14, -7, -14))
        if rng.random() < 0.5:
            return _other_day(text, rng) or _other_month(text, rng)
        return _other_month(text, rng) or _other_day(text, rng)
    if dated.granularity is Granularity.month:
        return _other_month(text, rng)
    return _other_year(text, rng) if dated.granularity is Granularity.year else None


def other_time(time: ClockTime, rng: Random) -> str | None:
    """Return ``time`` as written, but two to four hours earlier or later on the same half of the day."""
    match = _CLOCK.match(time.text)
    if match is None:
        return None
    hour = int(match[1])
    is_half = re.search(r"[ap]\.?m\b", time.text, re.IGNORECASE) is not None
    hours = range(1, 12) if is_half else range(24)
    options = [h for h in hours if 2 <= abs(h - hour % 12 if is_half else h - hour) <= 4]
    if not options:
        return None
    written = str(rng.choice(options)).zfill(len(match[1]) if match[1].startswith("0") or not is_half else 1)
    return written + (match[2] or "") + (match[3] or "") + time.text[match.end() :]


def _other_weekday(text: str, rng: Random) -> str | None:
    match = _WEEKDAY.search(text)
    if match is None:
        return None
    at = _WEEKDAYS.index(match[0])
    return _put(text, match, _WEEKDAYS[(at + rng.randint(2, 5)) % 7])


def _other_day(text: str, rng: Random, steps: tuple[int, ...] = ()) -> str | None:
    match = _DAY.search(text)
    if match is None:
        return None
    day = int(match[1])
    days = [day + step for step in steps] or [d for d in range(1, LAST_SAFE_DAY + 1) if abs(d - day) >= 3]
    options = [d for d in days if 1 <= d <= LAST_SAFE_DAY]
    if not options:
        return None
    other = rng.choice(options)
    return _put(text, match, f"{other}{_suffix(other) if match[2] else ''}")


def _suffix(day: int) -> str:
    return "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _other_month(text: str, rng: Random) -> str | None:
    match = _MONTH.search(text)
    if match is None:
        return None
    day = _DAY.search(text)
    if day and int(day[1]) > LAST_SAFE_DAY:
        return None
    names = _MONTHS if match[0] in _MONTHS else _SHORT
    at = next(i for i, name in enumerate(_SHORT) if name[:3] == match[0][:3])
    other = names[(at + rng.randint(2, 10)) % 12]
    stop = match.end()
    if names is _SHORT and other == "May" and text[stop : stop + 1] == ".":
        return text[: match.start()] + other + text[stop + 1 :]
    return _put(text, match, other)


def _other_year(text: str, rng: Random) -> str | None:
    match = _YEAR.search(text)
    if match is None:
        return None
    step = rng.choice((-5, -4, -3, -2)) if int(match[0]) >= 2000 else rng.choice((-8, -6, -5, -3, 3, 4, 7))
    return _put(text, match, str(int(match[0]) + step))


def _put(text: str, match: re.Match[str], other: str) -> str:
    return text[: match.start()] + other + text[match.end() :]
