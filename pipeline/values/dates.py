"""Dates in news prose, found, resolved against the publication date, and compared."""

from datetime import date, timedelta
from functools import lru_cache

from pipeline.values.comparison import Comparison
from pipeline.values.datereading import PATTERNS, Granularity, Reading
from schemas.claim import When
from schemas.record import Record, Span


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
        apart = a.start > b.end + leeway or b.start > a.end + leeway
        return Comparison.differ if apart else Comparison.same
    shares_weekday = a.weekday is not None and a.weekday == b.weekday
    is_same_text = a.text.casefold() == b.text.casefold()
    return Comparison.same if named or shares_weekday or is_same_text else Comparison.incomparable


@lru_cache(maxsize=4096)  # as for quantities
def find_dates(text: str, published: date | None = None, offset: int = 0) -> tuple[DatedSpan, ...]:
    """Return the dates in ``text`` in order, their spans shifted by ``offset``; takes linear time.

    With the day of publication, "Wednesday", "in November" and the like are taken as the latest such day or
    month before it, or as the next one after "will", "next" or "by"; a cue that leaves both open ("would")
    leaves the date unresolved.
    """
    found: list[tuple[int, int, Reading]] = []
    for pattern, read in PATTERNS:
        for match in pattern.finditer(text):
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
    return tuple(dates)
