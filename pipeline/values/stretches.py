"""Stretches of days: months, weeks and years, and the latest such before a day."""

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Final, NamedTuple

MONTHS: Final = {
    name: n
    for n, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
WEEKDAYS: Final = {name: n for n, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}


class Stretch(NamedTuple):
    """The days ``start`` to ``end``, both included."""

    start: date
    end: date


def day_of(year: int, month: int, day: int) -> Stretch | None:
    """Return one day as a stretch, or None where the calendar has no such day."""
    if not (MINYEAR <= year <= MAXYEAR and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return Stretch(date(year, month, day), date(year, month, day))


def month_of(year: int, month: int, part: str | None) -> Stretch | None:
    """Return a month, or its generous ``part``: "early", "mid", "late", "beginning", "middle" or "end"."""
    if not MINYEAR <= year <= MAXYEAR:
        return None
    last = monthrange(year, month)[1]
    first_day, last_day = {"early": (1, 15), "mid": (8, 23), "late": (15, last)}.get(_third(part), (1, last))
    return Stretch(date(year, month, first_day), date(year, month, last_day))


def year_of(year: int, part: str | None) -> Stretch | None:
    """Return a year, or a generous ``part`` of it, as for a month."""
    if not MINYEAR <= year <= MAXYEAR:
        return None
    first, last = {"early": (1, 5), "mid": (4, 9), "late": (8, 12)}.get(_third(part), (1, 12))
    return Stretch(date(year, first, 1), date(year, last, monthrange(year, last)[1]))


def week_of(day: date, step: int) -> Stretch | None:
    """Return the week ``step`` weeks from that of ``day``, from its Sunday to its Sunday: outlets differ."""
    try:
        monday = day - timedelta(days=day.weekday()) + timedelta(weeks=step)
        return Stretch(monday - timedelta(days=1), monday + timedelta(days=6))
    except OverflowError:
        return None


def last_such(day: date, direction: int, month: int, month_day: int | None) -> Stretch | None:
    """Return the latest such month, or day of it, up to ``day``, or the next where ``direction`` is 1."""
    for step in range(9):  # February 29 comes round after eight years at most
        year = day.year + direction * step
        found = day_of(year, month, month_day) if month_day else month_of(year, month, None)
        if found and (found.start <= day if direction < 0 else found.end >= day):
            return found
    return None


def _third(part: str | None) -> str:
    """Return the word for a part of a period that stands for it and its synonyms."""
    words = {"beginning": "early", "start": "early", "middle": "mid", "end": "late"}
    part = (part or "").lower()
    return words.get(part, part)
