"""Whether another sentence states the very fact that an edit changes, told without the tool's own comparison.

The test is on purpose another one than that of ``pipeline.values.differences``: a benchmark that planted only
what the tool compares would find that the tool finds it all.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeVar

from benchmarks.planting.clauses import holds_clause, states_clause, touches_clause
from benchmarks.planting.edits import IN_PLACE, Edit
from benchmarks.planting.readings import Reading, keys_around, read
from pipeline.values.clock import ClockTime
from pipeline.values.comparison import Comparison
from pipeline.values.dates import DatedSpan, compare_dates
from pipeline.values.names import NameSpan
from pipeline.values.quantities import compare_quantities
from pipeline.values.samename import same_name
from pipeline.values.titles import LOWER_ROLES
from schemas.claim import Bound, Quantity
from schemas.contradiction import ConflictKind

_Place = tuple[int, int]  # where something starts and ends in a sentence
_Value = TypeVar("_Value", Quantity, DatedSpan, ClockTime, NameSpan)


class Likeness(NamedTuple):
    """What two sentences share around one value: content words near it, in all, and as a share (0 to 1)."""

    near: int
    shared: int
    share: float

    def reaches(self, near: int, shared: int, share: float) -> bool:
        """Tell whether each of the three is at least as large."""
        return self.near >= near and self.shared >= shared and self.share >= share


# How alike two sentences must be for an equal value in both to be one fact. A value that hardly occurs twice
# by chance (214, 6.15pm, 14 January) needs less than "two" or "Tuesday"; a name occurs all the time.
_OTHER_WORDS: Final = (2, 4, 0.4)
_EXACT: Final = (Bound.exact, Bound.about)
_RARE: Final = (2, 3, 0.3)
_NAME: Final = (3, 4, 0.6)
_ROLE: Final = (2, 3, 0.25)
_SPOKEN: Final = re.compile(
    r"\b(?:said|says|told|announced|revealed|reported|added|claimed|stated|wrote|suggested|confirmed|reporters|"
    r"briefing|statement|interview|remarks|comments|published|posted)\b[^,;]{0,25}\Z",
    re.IGNORECASE,
)
_SPOKEN_AFTER: Final = re.compile(
    r",? [^,.;]{0,40}\b(?:said|told|announced|revealed|claimed)\b", re.IGNORECASE
)


def states(edit: Edit, one: Reading, other: Reading, *, is_sure: bool = True) -> bool:
    """Tell whether ``other`` states the fact of ``one`` that ``edit`` changes: they conflict then.

    Without ``is_sure`` it is enough that it seems to.
    """
    if edit.kind is ConflictKind.polarity:
        return states_clause(edit, one, other, is_sure=is_sure)
    near, shared, share = _needed(edit, one)
    if not is_sure:
        is_name = edit.kind in (ConflictKind.entity, ConflictKind.place)
        near, shared, share = max(1, near - 1), max(1, shared - (not is_name)), 0.7 * share
    is_one = False
    for mine, its in same_values(edit, one, other, is_sure=is_sure):
        alike = likeness(one, mine, other, its)
        is_one = is_one or alike.reaches(near, shared, share)
        if edit.kind is ConflictKind.entity and _is_same_role(one, mine, other, its):
            is_one = is_one or alike.reaches(*_ROLE)
    return is_one and not _fits_anyway(edit, other)


def holds(edit: Edit, one: Reading, other: Reading) -> bool:
    """Tell whether ``other``, known to say what ``one`` says, has the value that ``edit`` changes."""
    if edit.kind is ConflictKind.polarity:
        return holds_clause(edit, one, other)
    return any(True for _ in same_values(edit, one, other)) and not _fits_anyway(edit, other)


def touches(edit: Edit, one: Reading, other: Reading) -> bool:
    """Tell whether ``other``, of the edited article, may speak of the fact: then the edit would belie it."""
    if edit.kind is ConflictKind.polarity:
        return touches_clause(edit, one, other)
    pairs = list(same_values(edit, one, other, is_sure=False))
    if edit.kind in (ConflictKind.entity, ConflictKind.place):
        names = one.name_keys | other.name_keys
        nears = (keys_around(one, mine)[1] & keys_around(other, its)[1] for mine, its in pairs)
        return any(len(near - names) >= 2 for near in nears)
    return any(likeness(one, mine, other, its).near >= 1 for mine, its in pairs)


def likeness(one: Reading, mine: _Place, other: Reading, its: _Place) -> Likeness:
    """Return what two sentences share around a value at ``mine`` in one and ``its`` in other."""
    wide, near = keys_around(one, mine)
    its_wide, its_near = keys_around(other, its)
    shared = len(wide & its_wide)
    return Likeness(len(near & its_near), shared, shared / max(1, min(len(wide), len(its_wide))))


def same_values(
    edit: Edit, one: Reading, other: Reading, *, is_sure: bool = True
) -> Iterator[tuple[_Place, _Place]]:
    """Yield the places, in ``one`` and in ``other``, of the value that ``edit`` changes in ``one``.

    Without ``is_sure`` it may be rounded, in another unit, or another name of the same day.
    """
    start, end, _ = edit.changes[0]
    if edit.kind is ConflictKind.quantity:
        yield from _same_quantities(start, end, one, other, is_sure=is_sure)
    elif edit.kind is ConflictKind.date:
        for mine in _at(one.dates, start):
            for its in other.dates:
                if _is_same_date(mine, its, is_sure=is_sure):
                    yield _place(mine), _place(its)
        for time in _at(one.times, start):
            for its_time in other.times:
                if (time.minute, time.zone) == (its_time.minute, its_time.zone):
                    yield _place(time), _place(its_time)
    else:
        for name in other.names:
            is_there = edit.kind is not ConflictKind.place or _is_in(other, name)
            if is_there and same_name(name.text, edit.before):
                yield (start, end), _place(name)


def _is_in(reading: Reading, name: NameSpan) -> bool:
    start = name.span.start
    return IN_PLACE.search(reading.text, max(0, start - 12), start) is not None


def is_of_speech(text: str, start: int, end: int) -> bool:
    """Tell whether a date says when something was said: two briefings may be two days."""
    return bool(_SPOKEN.search(text, max(0, start - 60), start) or _SPOKEN_AFTER.match(text, end))


def _at(values: Sequence[_Value], start: int) -> list[_Value]:
    """Return the value that ``start`` lies in, if any."""
    return [value for value in values if value.span.start <= start < value.span.end]


def _place(value: _Value) -> _Place:
    return value.span.start, value.span.end


def _needed(edit: Edit, one: Reading) -> tuple[int, int, float]:
    start = edit.changes[0].start
    if edit.kind is ConflictKind.quantity:
        found = next(iter(_at(one.quantities, start)), None)
        if found is None or (found.value >= 100 and found.unit):
            return 1, 1, 0.3
        return _RARE
    if edit.kind is ConflictKind.date:
        parts = [
            part
            for dated in _at(one.dates, start)
            for part in (dated.year, dated.month, dated.day)
            if part is not None
        ]
        return _RARE if len(parts) > 1 or list(_at(one.times, start)) else _OTHER_WORDS
    return _NAME


def _is_same_role(one: Reading, mine: _Place, other: Reading, its: _Place) -> bool:
    """Tell whether the word before a name is one office in both: "its leader, Ana Lind"."""
    offices = [
        {word.key for word in r.words if 0 <= at[0] - word.end <= 3 and word.text.lower() in LOWER_ROLES}
        for r, at in ((one, mine), (other, its))
    ]
    return bool(offices[0] & offices[1])


def _same_quantities(
    start: int, end: int, one: Reading, other: Reading, *, is_sure: bool
) -> Iterator[tuple[_Place, _Place]]:
    mine = list(_at(one.quantities, start))
    for x in mine:
        for y in other.quantities:
            is_same = (x.value, x.unit, y.high) == (y.value, y.unit, None) and y.bound in _EXACT
            if is_same or (not is_sure and compare_quantities(x, y) is Comparison.same):
                yield _place(x), _place(y)
    if not mine:  # an ordinal: the same with the same word after it
        following = re.match(r"\S+", one.text[end + 1 :])
        ordinal = re.escape(one.text[start:end]) + (f" {re.escape(following[0])}" if following else "")
        for match in re.finditer(rf"\b{ordinal}", other.text):
            yield (start, end), match.span()


def _is_same_date(a: DatedSpan, b: DatedSpan, *, is_sure: bool) -> bool:
    parts = ((a.weekday, b.weekday), (a.day, b.day), (a.month, b.month), (a.year, b.year))
    is_named = any(x is not None and x == y for x, y in parts)
    is_one_day = a.start is not None and (a.end, b.start, b.end) == (a.start, a.start, a.start)
    return (is_named or (is_one_day and not is_sure)) and compare_dates(a, b) is Comparison.same


def _fits_anyway(edit: Edit, other: Reading) -> bool:
    """Tell whether ``other`` holds the new value, or one that goes with it, too."""
    new = read(edit.text)
    start = edit.changes[0].start
    if edit.kind is ConflictKind.quantity:
        values = list(_at(new.quantities, start))
        return any(compare_quantities(x, y) is Comparison.same for x in values for y in other.quantities)
    if edit.kind is ConflictKind.date:
        dates = list(_at(new.dates, start))
        return any(compare_dates(x, y) is Comparison.same for x in dates for y in other.dates)
    return edit.after in other.text or any(same_name(edit.after, name.text) for name in other.names)
