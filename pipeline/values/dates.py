"""Dates in news prose, found, resolved against the publication date, and compared."""

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from pipeline.remembered import remembered
from pipeline.values.comparison import Comparison
from pipeline.values.datereading import PATTERNS, Granularity, Reading, anchored
from pipeline.values.letters import plain_letters
from pipeline.values.stretches import Stretch, day_of
from schemas.claim import When
from schemas.record import Record, Span

ANCHOR_REACH: Final = 60  # characters from "two days before" to the day that it is counted from
SEASON_DAYS: Final = 100  # how far from the story's day a date without a year is taken to lie at most
_COUNTED: Final = re.compile(r" (?:before|after)\Z", re.IGNORECASE)
_APART: Final = re.compile(r"[.;:!?—“”]|, ")


class DatedSpan(Record):
    """A date as written at ``span``, resolved where it can be to the days ``start`` to ``end``, inclusive.

    ``year``, ``month``, ``day`` and ``weekday`` (0 is Monday) are the parts that the text itself names, so
    that dates known in part can be compared; what publication dates add is in ``start`` and ``end`` alone.
    """

    text: str
    span: Span
    granularity: Granularity
    start: date | None = None
    end: date | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    is_anchor: bool = False  # another date is counted from it: "two days before the vote of 3 May"


def to_when(dated: DatedSpan) -> When:
    """Return the record that a claim keeps of a date."""
    return When(text=dated.text, start=dated.start, end=dated.end)


def compare_dates(a: DatedSpan, b: DatedSpan) -> Comparison:
    """Compare two dates: by the parts both name, then by the days both resolve to.

    Dates that share a day are ``same``. Weekdays that are not resolved may be of different weeks, and a
    ``relative`` date may be a day off (an article is dated after it was written), so neither makes a conflict
    easily.
    """
    named = [
        (x, y)
        for x, y in ((a.year, b.year), (a.month, b.month), (a.day, b.day))
        if x is not None and y is not None
    ]
    if any(x != y for x, y in named):
        return Comparison.differ
    if a.start and a.end and b.start and b.end:
        leeway = timedelta(days=1 if Granularity.relative in (a.granularity, b.granularity) else 0)
        gap = max(a.start - b.end, b.start - a.end)  # a difference: the calendar may end on either day
        return Comparison.differ if gap > leeway else Comparison.same
    shares_weekday = a.weekday is not None and a.weekday == b.weekday
    is_same_text = a.text.casefold() == b.text.casefold()
    return Comparison.same if named or shares_weekday or is_same_text else Comparison.incomparable


@remembered(most=4096)  # as for quantities
def find_dates(
    text: str, published: date | None = None, offset: int = 0, around: date | None = None
) -> tuple[DatedSpan, ...]:
    """Return the dates in ``text`` in order, their spans shifted by ``offset``; takes linear time.

    With the day of publication, "Wednesday", "in November" and the like are taken as the latest such day or
    month before it, or as the next one after "will", "next" or "by"; a cue that leaves both open ("would")
    leaves the date unresolved. "Two days before the vote of 3 May" is counted from there. Where only the day
    of the story is known, ``around``, it gives "3 May" its year, and nothing else.
    """
    found: list[tuple[int, int, Reading]] = []
    plain = plain_letters(text)
    for pattern, read in PATTERNS:
        for match in pattern.finditer(plain):
            try:
                reading = read(match, published)
            except OverflowError:  # a publication date at the very end of the calendar
                reading = None
            if reading is not None:
                found.append((match.start(), match.end(), reading))
    found.sort(key=lambda item: (item[0], -item[1]))
    dates: list[DatedSpan] = []
    reached = 0
    for start, end, reading in found:
        if start < reached:
            continue
        reached = end
        dates.append(
            DatedSpan(
                text=text[start:end],
                span=Span(start=start + offset, end=end + offset),
                granularity=reading.granularity,
                start=reading.days.start if reading.days else None,
                end=reading.days.end if reading.days else None,
                year=reading.year,
                month=reading.month,
                day=reading.day,
                weekday=reading.weekday,
            )
        )
    return tuple(_settled(text, dates, around, offset))


def _settled(text: str, dates: list[DatedSpan], around: date | None, offset: int) -> list[DatedSpan]:
    """Return the dates, those resolved that lack a year, or count from another date in the same clause."""
    settled = [_in_year(dated, around) for dated in dates]
    for i, (dated, later) in enumerate(pairwise(settled)):
        between = text[dated.span.end - offset : later.span.start - offset]
        is_duration = text[: dated.span.start - offset].endswith("for ")  # "open for two years before it …"
        if (
            is_duration
            or not _COUNTED.search(dated.text)
            or len(between) > ANCHOR_REACH
            or _APART.search(between)
        ):
            continue
        settled[i + 1] = later.model_copy(update={"is_anchor": True})
        reading = anchored(dated.text, Stretch(later.start, later.end)) if later.start and later.end else None
        if reading and reading.days:
            start, end = reading.days
            found = {"granularity": reading.granularity, "start": start, "end": end}
            settled[i] = dated.model_copy(update=found)
    return settled


def _in_year(dated: DatedSpan, around: date | None) -> DatedSpan:
    """Return "3 May" with the year in which it is nearest to ``around``, within a season of it."""
    if around is None or dated.start or dated.month is None or dated.day is None or dated.year:
        return dated
    near = [day_of(year, dated.month, dated.day) for year in (around.year - 1, around.year, around.year + 1)]
    found = next((d for d in near if d and abs((d.start - around).days) <= SEASON_DAYS), None)
    return dated.model_copy(update={"start": found.start, "end": found.end}) if found else dated
