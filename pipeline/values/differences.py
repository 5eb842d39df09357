"""Where two close passages part: values in the same role that exclude each other, found without a model."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from pipeline.values.attribution import speaker_of
from pipeline.values.clock import ClockTime, compare_times
from pipeline.values.comparison import Comparison
from pipeline.values.datereading import Granularity
from pipeline.values.dates import DatedSpan, compare_dates
from pipeline.values.exclusive import excluding
from pipeline.values.happenings import may_be_one_event
from pipeline.values.inplace import lone_names, name_kind, names_in_place, placed_apart
from pipeline.values.matching import Ease, are_two_roles, in_one_role
from pipeline.values.names import NameKind, compare_names
from pipeline.values.opposed import opposed
from pipeline.values.passage import Passage, Read, read_passage
from pipeline.values.polarity import compare_polarity, negations
from pipeline.values.quantities import compare_quantities
from pipeline.values.quotations import compare_quotations, find_quotations
from pipeline.values.samename import same_name
from schemas.claim import Quantity
from schemas.contradiction import ConflictKind
from schemas.record import Record, Span

__all__ = ["Difference", "Passage", "counts_two_things", "differences", "has_conflicting_values"]

MIN_QUOTED: Final = 6  # words two quotations share before their speakers are compared
MOST_PAIRS: Final = (
    2500  # of values of a kind in two passages; two tables of numbers are not set side by side
)

_MORE: Final = re.compile(r"\b(?:another|further|additional|other|extra)\s\Z", re.IGNORECASE)
_SAYING: Final = (
    "said|says|told|announced|revealed|reported|added|claimed|stated|wrote|accused|warned|suggested|confirmed"
)
_SPEECH: Final = re.compile(
    rf"\b(?:{_SAYING}|reporters|briefing|statement|interview|remarks|comments|published|updated"
    r"|(?<!was )(?<!were )posted)\b[^,;]{0,20}\Z",
    re.IGNORECASE,
)
_SPEECH_AFTER: Final = re.compile(rf",? [^,.;]{{0,50}}\b(?:{_SAYING})\b", re.IGNORECASE)
# Within what a count holds; a count of a valley and one of its country are no conflict.
_AREA: Final = re.compile(
    r"\b(?:in|across|throughout|of) (?:the|all of the|the whole) (?:whole |entire )?"
    r"(?P<area>valley|country|nation|world|region|county|province|district|city|town|village|island|parish|state"
    r"|continent|north|south|east|west|capital|suburbs?|building|street|ward)\b|\b(?P<wide>nationwide|worldwide)\b",
    re.IGNORECASE,
)
_Value = TypeVar("_Value", Quantity, DatedSpan, ClockTime)


class Difference(Record):
    """One value of ``a`` and one of ``b`` that exclude each other; spans index each passage's own text."""

    kind: ConflictKind
    a_span: Span
    b_span: Span
    what: str  # for people: "12 people against 15 people"


def differences(a: Passage, b: Passage) -> tuple[Difference, ...]:
    """Return where two passages part in quantities, dates and hours, names, quotations or polarity.

    A value counts only where its surroundings say that it has the same role in both (``MIN_SHARED``,
    ``MIN_OVERLAP``), and where neither passage has a value that fits the other's. Dates and hours must
    also go with what may be one event. Where a quantity and a date both differ, the passages tell of two
    occasions, and neither is returned; nor are places, and dates at them, where all that is counted differs.
    Two languages are never compared, and where only the values of one are read, quantities and dates are all
    that is.
    """
    read_a, read_b = read_passage(a), read_passage(b)
    if read_a.reader is not read_b.reader:
        return ()
    quantities = list(_quantities(read_a, read_b))
    dates = list(_dates(read_a, read_b, of_one_event=not quantities))
    if quantities and dates:
        quantities, dates = [], []  # 12 in April and 9 in March are two figures, not one in conflict
    if not read_a.reader.has_all_rules:
        return (*quantities, *dates)
    names = list(_names(read_a, read_b))
    if _counts_apart(read_a, read_b):
        # 12 barrels at Arvel and 9 tents at Brenn are two events. A number in one role stays, as one event is
        # often placed in the town by one and in the country by another.
        names = [d for d in names if d.kind is not ConflictKind.place]
        dates = [] if placed_apart(read_a, read_b) else dates
    found = (
        *quantities,
        *dates,
        *_quoted(read_a, read_b),
        *names,
        *_polarity(read_a, read_b),
        *_outcomes(read_a, read_b),
    )
    return tuple(d for i, d in enumerate(found) if not any(_overlap(d, e) for e in found[:i]))


def has_conflicting_values(kind: ConflictKind, a: Passage, b: Passage) -> bool:
    """Tell whether two passages hold values that a conflict of ``kind`` could rest on, whatever their roles.

    This is the gate behind a model that says they contradict: a quantity or a date that differs from its
    counterpart, a name that the other passage lacks. Other kinds rest on no values and always pass.
    """
    read_a, read_b = read_passage(a), read_passage(b)
    if read_a.reader is not read_b.reader:
        return False
    if kind is ConflictKind.quantity:
        return bool(_unmatched(read_a.quantities, read_b.quantities, compare_quantities))
    if kind is ConflictKind.date:
        times = _unmatched(read_a.times, read_b.times, compare_times)
        return bool(times or _unmatched(read_a.dates, read_b.dates, compare_dates))
    if kind in (ConflictKind.entity, ConflictKind.place):
        names_a, names_b = lone_names(read_a, read_b), lone_names(read_b, read_a)
        return any(compare_names(x, y) is not Comparison.same for x in names_a for y in names_b)
    return True


def counts_two_things(a: Passage, b: Passage) -> bool:
    """Tell whether all numbers in which two passages differ count two things: seven dead, three missing."""
    read_a, read_b = read_passage(a), read_passage(b)
    pairs = _unmatched(read_a.quantities, read_b.quantities, compare_quantities)
    return bool(pairs) and all(are_two_roles(read_a, x.span, read_b, y.span) for x, y in pairs)


def _unmatched(
    values_a: Sequence[_Value], values_b: Sequence[_Value], compare: Callable[[_Value, _Value], Comparison]
) -> list[tuple[_Value, _Value]]:
    """Return the pairs that differ, of values that no value of the other passage fits; none of two tables."""
    if len(values_a) * len(values_b) > MOST_PAIRS:
        return []
    fits_a = {x.span for x in values_a for y in values_b if compare(x, y) is Comparison.same}
    fits_b = {y.span for x in values_a for y in values_b if compare(x, y) is Comparison.same}
    return [
        (x, y)
        for x in values_a
        for y in values_b
        if x.span not in fits_a and y.span not in fits_b and compare(x, y) is Comparison.differ
    ]


def _has_one_day(a: Read, b: Read) -> bool:
    """Tell whether both passages name one and the same day."""
    days = [[d for d in r.dates if d.granularity in (Granularity.day, Granularity.weekday)] for r in (a, b)]
    return any(compare_dates(x, y) is Comparison.same for x in days[0] for y in days[1])


def _counts_apart(a: Read, b: Read) -> bool:
    """Tell whether both passages count something, and nothing alike."""
    if not a.quantities or not b.quantities or len(a.quantities) * len(b.quantities) > MOST_PAIRS:
        return False
    return all(compare_quantities(x, y) is not Comparison.same for x in a.quantities for y in b.quantities)


def _areas(text: str) -> set[str]:
    return {(match["area"] or match["wide"]).lower() for match in _AREA.finditer(text)}


def _quantities(a: Read, b: Read) -> Iterator[Difference]:
    areas_a, areas_b = _areas(a.text), _areas(b.text)
    if areas_a and areas_b and areas_a.isdisjoint(areas_b):
        return
    pairs = [
        (x, y)
        for x, y in (
            *_unmatched(a.quantities, b.quantities, compare_quantities),
            *_unmatched(a.reader.sums(a.text), b.quantities, compare_quantities),
            *_unmatched(a.quantities, b.reader.sums(b.text), compare_quantities),
        )
        if not _MORE.search(a.text[: x.span.start][-16:]) and not _MORE.search(b.text[: y.span.start][-16:])
    ]
    for x, y in in_one_role(a, b, pairs, Ease(by_name=True, by_day=_has_one_day(a, b))):
        yield _difference(ConflictKind.quantity, a, b, x.span, y.span)


def _dates(a: Read, b: Read, *, of_one_event: bool) -> Iterator[Difference]:
    """Yield days, or else hours, that differ in one role; where ``of_one_event``, none of two events."""

    def of_events(pairs: list[tuple[_Value, _Value]]) -> list[tuple[_Value, _Value]]:
        if not of_one_event:
            return pairs
        return [(x, y) for x, y in pairs if may_be_one_event(a, x.span, b, y.span)]

    pairs = [
        (x, y)
        for x, y in _unmatched(a.dates, b.dates, compare_dates)
        # Two briefings are two days: when something was said is no value of what was said.
        if not _is_of_speech(a, x)
        and not _is_of_speech(b, y)
        and x.granularity is not Granularity.relative
        and not (x.is_anchor or y.is_anchor)
    ]
    for x, y in in_one_role(a, b, of_events(pairs), Ease()):
        yield _difference(ConflictKind.date, a, b, x.span, y.span)
    if pairs:
        return  # an hour of another day is no conflict of its own
    times = [
        (v, w)
        for v, w in _unmatched(a.times, b.times, compare_times)
        if not _is_of_speech(a, v) and not _is_of_speech(b, w)
    ]
    for v, w in in_one_role(a, b, of_events(times), Ease(by_day=_has_one_day(a, b))):
        yield _difference(ConflictKind.date, a, b, v.span, w.span)


def _is_of_speech(read: Read, dated: DatedSpan | ClockTime) -> bool:
    before = read.text[max(0, dated.span.start - 40) : dated.span.start]
    if _SPEECH.search(before) or _SPEECH_AFTER.match(read.text, dated.span.end):
        return True
    return read.reader.is_of_saying(read.text, dated.span.start, dated.span.end)


def _names(a: Read, b: Read) -> Iterator[Difference]:
    for name_a, name_b in names_in_place(a, b):
        yield _difference(name_kind(a, b, name_a, name_b), a, b, name_a.span, name_b.span)


def _quoted(a: Read, b: Read) -> Iterator[Difference]:
    """Yield misquotes, and one quotation given to two people."""
    quoted_a, quoted_b = find_quotations(a.text), find_quotations(b.text)
    if len(quoted_a) * len(quoted_b) > MOST_PAIRS:
        return
    compared = ((x, y, compare_quotations(x.text, y.text)) for x in quoted_a for y in quoted_b)
    wordings = [(x, y, wording) for x, y, wording in compared if wording.is_same]
    matched_a = {x.span for x, _, wording in wordings if not wording.differs}
    matched_b = {y.span for _, y, wording in wordings if not wording.differs}
    for x, y, wording in wordings:
        speaker_a, speaker_b = speaker_of(a.text, x), speaker_of(b.text, y)
        names = [_person_in(read, s.span) for read, s in ((a, speaker_a), (b, speaker_b)) if s]
        differ = len(names) == 2 and bool(names[0] and names[1]) and not same_name(names[0], names[1])
        if differ and speaker_a and speaker_b and wording.shared >= MIN_QUOTED:
            yield _difference(ConflictKind.attribution, a, b, speaker_a.span, speaker_b.span)
        if differ or x.span in matched_a or y.span in matched_b:
            continue
        for part_a, part_b in wording.differs:
            span_a, span_b = _shifted(part_a, x.span.start), _shifted(part_b, y.span.start)
            yield _difference(ConflictKind.attribution, a, b, span_a, span_b, " in one quotation")


def _person_in(read: Read, span: Span) -> str:
    """Return the person named within ``span``, or an empty text."""
    inside = (n for n in read.names if span.start <= n.span.start < span.end and n.kind is NameKind.person)
    return next((name.text for name in inside), "")


def _polarity(a: Read, b: Read) -> Iterator[Difference]:
    if any(compare_dates(x, y) is Comparison.differ for x in a.dates for y in b.dates):
        return
    if compare_polarity(a.text, b.text) is not Comparison.differ:
        for span_a, span_b in opposed(a, b):
            yield _difference(ConflictKind.polarity, a, b, span_a, span_b)
        return
    is_in_a = bool(negations(a.text))
    negated, plain = (a, b) if is_in_a else (b, a)
    cue = negations(negated.text)[0]
    word = next((w for w in negated.tokens if w.start >= cue.span.end and w.is_content), None)
    twin = next((w for w in plain.tokens if word and w.key == word.key), None)
    if word is None or twin is None:
        return  # the negated word is a part of a name
    spans = (Span(start=cue.span.start, end=word.end), Span(start=twin.start, end=twin.end))
    yield _difference(ConflictKind.polarity, a, b, *(spans if is_in_a else spans[::-1]))


def _outcomes(a: Read, b: Read) -> Iterator[Difference]:
    for span_a, span_b in excluding(a, b):
        yield _difference(ConflictKind.event, a, b, span_a, span_b)


def _difference(
    kind: ConflictKind, a: Read, b: Read, a_span: Span, b_span: Span, where: str = ""
) -> Difference:
    what = f"{a_span.cut(a.text)} against {b_span.cut(b.text)}{where}"
    return Difference(kind=kind, a_span=a_span, b_span=b_span, what=what)


def _overlap(one: Difference, other: Difference) -> bool:
    pairs = ((one.a_span, other.a_span), (one.b_span, other.b_span))
    return any(x.start < y.end and y.start < x.end for x, y in pairs)


def _shifted(span: Span, by: int) -> Span:
    return Span(start=span.start + by, end=span.end + by)
