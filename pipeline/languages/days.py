"""Dates and hours in a text, found by the vocabulary of its language."""

import re
from datetime import date
from typing import Final

from pipeline.languages.vocabulary import Vocabulary
from pipeline.values.clock import ClockTime
from pipeline.values.datereading import Granularity
from pipeline.values.dates import DatedSpan
from pipeline.values.stretches import Stretch, day_of, year_of
from schemas.record import Span

_SENTENCE: Final = 120  # code points around a weekday in which a word may put it into the future


def dates_in(
    vocabulary: Vocabulary, text: str, near: date | None = None, offset: int = 0
) -> tuple[DatedSpan, ...]:
    """Return the dates in ``text`` in order, their spans shifted by ``offset``; takes linear time.

    With a day ``near`` the story, "3. Mai" is the third of May nearest to it, and "Dienstag" the last Tuesday
    up to it, unless a word nearby says that it may be one to come.
    """
    found: list[tuple[int, int, DatedSpan]] = []
    for pattern in vocabulary.dates:
        for match in pattern.finditer(text):
            dated = _dated(vocabulary, match, near)
            if dated is not None:
                found.append((match.start(), -match.end(), dated))
    kept: list[DatedSpan] = []
    reached = 0
    for start, end, dated in sorted(found, key=lambda item: item[:2]):
        if start >= reached:
            reached = -end
            span = Span(start=start + offset, end=-end + offset)
            kept.append(dated.model_copy(update={"span": span}))
    return tuple(kept)


def _dated(vocabulary: Vocabulary, match: re.Match[str], near: date | None) -> DatedSpan | None:
    groups = match.groupdict()
    year = int(groups["year"]) if groups.get("year") else None
    weekday = vocabulary.weekdays[groups["weekday"].lower()] if groups.get("weekday") else None
    written = groups.get("month")
    days: Stretch | None
    month = day = None
    if written:
        month = int(written) if written.isdigit() else vocabulary.months[written.lower().rstrip(".")]
        day = int(re.sub(r"\D", "", groups["day"]) or 1)
        if day_of(year or 2024, month, day) is None:  # a leap year: any day that exists at all
            return None
        granularity, days = Granularity.day, day_of(year, month, day) if year else _nearest(near, month, day)
    elif weekday is not None:
        around = match.string[max(0, match.start() - _SENTENCE) : match.end() + _SENTENCE]
        is_open = near is None or vocabulary.coming.search(around)
        granularity, days = Granularity.weekday, None if is_open or near is None else _last(near, weekday)
    else:
        granularity, days = Granularity.year, year_of(year, None) if year else None
    return DatedSpan(
        text=match[0],
        span=Span(start=match.start(), end=match.end()),
        granularity=granularity,
        start=days.start if days else None,
        end=days.end if days else None,
        year=year,
        month=month,
        day=day,
        weekday=weekday,
    )


def _nearest(near: date | None, month: int, day: int) -> Stretch | None:
    """Return the day of a month that lies nearest to ``near``."""
    if near is None:
        return None
    found = [day_of(year, month, day) for year in (near.year - 1, near.year, near.year + 1)]
    return min(filter(None, found), key=lambda days: abs((days.start - near).days), default=None)


def _last(near: date, weekday: int) -> Stretch | None:
    ordinal = near.toordinal() - (near.weekday() - weekday) % 7
    return Stretch(date.fromordinal(ordinal), date.fromordinal(ordinal)) if ordinal > 0 else None


def times_in(vocabulary: Vocabulary, text: str) -> tuple[ClockTime, ...]:
    """Return the times of day in ``text`` in order; an hour that may be one of two is left out."""
    found: dict[int, ClockTime] = {}
    for pattern in vocabulary.times:
        for match in pattern.finditer(text):
            time = _time(vocabulary, match)
            if time is not None and not any(
                t.span.start <= match.start() < t.span.end for t in found.values()
            ):
                found[match.start()] = time
    return tuple(found[start] for start in sorted(found))


def _time(vocabulary: Vocabulary, match: re.Match[str]) -> ClockTime | None:
    groups = match.groupdict()
    hour = int(groups["hour"])
    minutes = groups.get("minute") or groups.get("after")
    if half := groups.get("half"):
        hour = hour % 12 + vocabulary.halves[half.lower()] if hour <= 12 else hour
    return ClockTime(
        text=match[0],
        span=Span(start=match.start(), end=match.end()),
        minute=(hour * 60 + int(minutes or 0)) % 1440,
        is_full_hour=minutes is None,
    )
