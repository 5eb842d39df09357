"""Quantities in news prose, found with their units and bounds, and compared."""

import re
from collections.abc import Iterator
from math import inf
from typing import Final

from pipeline.remembered import remembered
from pipeline.values.comparison import Comparison
from pipeline.values.counted import counted_noun, is_label
from pipeline.values.datereading import Granularity
from pipeline.values.dates import find_dates
from pipeline.values.numerals import Numeral, find_numerals
from pipeline.values.units import MEASURES, currency_at, currency_before, unit_at
from schemas.claim import Bound, Quantity
from schemas.record import Span


class Rounded(Quantity):
    """A quantity that brings how it was rounded, as one in other words than English ones has to.

    ``slack`` and ``scale`` are those of its ``Numeral``.
    """

    slack: float = 0.0
    scale: float = 1.0


# Numbers that count nothing: links, telephone numbers, clock times, shares ("one in five") and labels.
_NO_COUNT: Final = re.compile(
    r"https?://\S{1,500}|@\S{1,80}|\+\d[\d ()-]{6,20}\d|\b\d{2,5}(?:-\d{2,5}){2,5}\b"
    r"|\b\d{1,2}(?:[:.]\d\d)? ?(?:[ap]\.m\.|[ap]m\b)|\b\d{1,2}:\d\d\b|\b\d{3,4} (?:GMT|UTC)\b"
    r"|\b(?:\d{1,3}|one|two|three|four|nine) in (?:\d{1,5}|two|three|four|five|six|seven|eight|nine|ten)\b"
    r"|\b(?:no\.|number|page|chapter|article|resolution|flight|room|section|paragraph|channel|route|phase|unit"
    r"|block|gate|highway|category|level|version|line|row|lot|bus|train|tram|pier|berth|ward|district|zone)"
    r" \d{1,5}\b"
    r"|[#№]\d{1,5}",
    re.IGNORECASE,
)
_DASH: Final = re.compile(r" ?[-–—] ?[$£€¥]?")
_TO: Final = re.compile(r" (?:to|or) [$£€¥]?")
_AND: Final = re.compile(r" and [$£€¥]?")
_MAGNITUDE: Final = re.compile(r"[ \u00a0]?([mb])(?!\w)")
_METRE: Final = re.compile(r"[ \u00a0]?m(?!\w)")
_BOUND_WORDS: Final[tuple[tuple[Bound, str], ...]] = (
    (Bound.at_least, r"at least|no (?:fewer|less) than|not (?:fewer|less) than|a minimum of"),
    (Bound.at_most, r"no more than|not more than|up to|at most|as many as|as much as|a maximum of"),
    (Bound.more_than, r"more than|over|above|upwards of|in excess of|exceeding|greater than"),
    (Bound.less_than, r"fewer than|less than|under|below"),
    (
        Bound.about,
        r"about|around|roughly|some|approximately|(?:an )?estimated|nearly|almost|close to|circa|virtually"
        r"|just (?:over|under)|well over|slightly (?:more|less) than|~",
    ),
)
_BOUND: Final = re.compile(
    r"(?<!\w)(?:"
    + "|".join(f"(?P<{bound}>{words})" for bound, words in reversed(_BOUND_WORDS))
    + r")[ \u00a0]?(?:the )?\Z",
    re.IGNORECASE,
)
_BOUND_AFTER: Final = re.compile(r" or (?:more|(?P<down>fewer|less))(?!\w)")
_OF: Final = re.compile(r" of (?:the )?")


@remembered(most=4096)  # a sentence is read for each claim and each comparison
def find_quantities(text: str, offset: int = 0) -> tuple[Quantity, ...]:
    """Return the quantities in ``text`` in order, their spans shifted by ``offset``; takes linear time.

    A span covers bound, number and unit ("at least 12 soldiers"). Left out are dates, years, clock times,
    ordinals, numbers in names, telephone numbers and the pronoun "one". "Hundreds" is ``at_least`` 100 and
    "tens of thousands" ``at_least`` 10,000: the least that the word can mean.
    """
    hidden = _hide(text)
    found: list[Quantity] = []
    reached = 0
    for low, high in _ranges(hidden, list(find_numerals(hidden))):
        quantity = _quantity(hidden, low, high, reached) if low.start >= reached else None
        if quantity is None:
            continue
        start, end = quantity.span.start, quantity.span.end
        reached = end
        span = Span(start=start + offset, end=end + offset)
        found.append(quantity.model_copy(update={"text": text[start:end], "span": span}))
    return tuple(found)


def compare_quantities(a: Quantity, b: Quantity) -> Comparison:
    """Compare two quantities after converting units: ``differ`` only if no one number fits both as written.

    Rounding counts in their favour (345 against "nearly 350"), and so do bounds ("at least 12" against 13)
    and overlapping ranges. Different units that do not convert, currencies among them, are ``incomparable``.
    """
    first, second = MEASURES.get(a.unit), MEASURES.get(b.unit)
    if first and second:
        if first.dimension != second.dimension:
            return Comparison.incomparable
    elif a.unit != b.unit:
        return Comparison.incomparable
    low_a, high_a, slack_a = _interval(a)
    low_b, high_b, slack_b = _interval(b)
    if _close(a.value, b.value) and a.unit == b.unit and a.high == b.high:
        return Comparison.same  # "under 12" and "over 12" are two roundings of one figure
    gap = max(low_a - high_b, low_b - high_a, 0.0)
    return Comparison.same if gap <= max(slack_a, slack_b) * (1 + 1e-9) else Comparison.differ


def _close(x: float, y: float) -> bool:
    return abs(x - y) <= 1e-9 * max(abs(x), abs(y))


def _interval(q: Quantity) -> tuple[float, float, float]:
    """Return the lowest and highest value a quantity allows, and its slack, in its dimension's base unit."""
    top = q.value if q.high is None else q.high
    slack, scale = _rounding(q)
    if q.unit in MEASURES or q.unit in ("%", "percentage point") or q.unit.isupper():
        # What is measured is rounded to the last digit written; what is counted is not.
        slack = max(
            slack,
            0.5 * (scale if scale >= 1000 else 1.0) if q.value % 1 == 0 else 0,
        )
    if q.bound is Bound.about:
        slack = max(slack, 0.1 * abs(q.value))
    low, high = q.value, top
    if q.bound in (Bound.at_least, Bound.more_than):
        high, slack = inf, 0.0
    elif q.bound in (Bound.at_most, Bound.less_than):
        low, slack = -inf, 0.0
    measure = MEASURES.get(q.unit)
    if measure is None:
        return low, high, slack
    leeway = measure.leeway * abs(top)
    return (
        low * measure.factor + measure.offset,
        high * measure.factor + measure.offset,
        (slack + leeway) * measure.factor,
    )


def _rounding(q: Quantity) -> tuple[float, float]:
    """Return how far the true value may lie from the number as written, and its multiplier."""
    written = q if isinstance(q, Rounded) else _numeral(q.text)
    return (written.slack, written.scale) if written else (0.0, 1.0)


@remembered(most=4096)  # one quantity is compared with many
def _numeral(text: str) -> Numeral | None:
    return next(find_numerals(text), None)


def _hide(text: str) -> str:
    """Return ``text`` with dates, clock times and other numbers that count nothing blanked out."""
    spans = [match.span() for match in _NO_COUNT.finditer(text)]
    spans += [
        (d.span.start, d.span.end) for d in find_dates(text) if d.granularity is not Granularity.relative
    ]
    spans += [(d.span.start, d.span.end) for d in find_dates(text) if d.text.lower().endswith("ago")]
    pieces: list[str] = []
    reached = 0
    for start, end in sorted(spans):
        if end > reached:
            pieces += [text[reached : max(start, reached)], "\0" * (end - max(start, reached))]
            reached = end
    return "".join([*pieces, text[reached:]])


def _ranges(text: str, numerals: list[Numeral]) -> Iterator[tuple[Numeral, Numeral | None]]:
    """Yield each number, or both ends of a range; a falling "range" is a score or a label and is left out."""
    i = 0
    while i < len(numerals):
        chain = 1
        while i + chain < len(numerals) and _joins(text, numerals[i + chain - 1], numerals[i + chain]):
            chain += 1
        low = numerals[i]
        if chain == 1:
            yield low, None
        elif chain == 2:
            high = numerals[i + 1]
            if low.scale == 1 and low.value * high.scale < high.value:  # "10 to 12 million"
                low = low._replace(value=low.value * high.scale, scale=high.scale)
            if low.value < high.value:
                yield low, high
        i += chain  # a chain of three or more is no range


def _joins(text: str, low: Numeral, high: Numeral) -> bool:
    """Tell whether two numbers are written as one range; "from 10 to 12" may be a change, so it is none."""
    if high.start - low.end > 8:
        return False
    between = text[low.end : high.start]
    before = text[max(0, low.start - 12) : low.start].lower()
    if _DASH.fullmatch(between):
        return True
    if _TO.fullmatch(between):
        return low.value < high.value * max(1.0, high.scale / low.scale) and "from " not in before
    return bool(_AND.fullmatch(between) and "between " in before)


def _quantity(text: str, low: Numeral, high: Numeral | None, reached: int) -> Quantity | None:
    """Return the quantity a number makes with the words around it, or None where it counts nothing."""
    start, end = low.start, (high or low).end
    is_open = text[end : end + 1] == "+"  # "50+ countries"
    end += is_open
    factor = 1.0
    unit = ""
    if before := currency_before(text, start):
        unit, start = before
        if magnitude := _MAGNITUDE.match(text, end):
            factor, end = (1e6 if magnitude[1] == "m" else 1e9), magnitude.end()
    elif after := currency_at(text, end) or unit_at(text, end) or _metres_at(text, end):
        unit, end = after
    else:
        counted = _counted(text, low, start, end)
        if counted is None:
            return None
        unit, end, factor = counted
    if text[max(0, start - 1) : start] in ("-", "−") and unit.startswith("°"):
        start, factor = start - 1, -factor
    bound, start, end = _bound(text, max(reached, start - 40), start, end)
    if low.is_vague or is_open:
        bound = Bound.at_least
    return Quantity(
        text="",
        span=Span(start=start, end=end),
        value=low.value * factor,
        high=high.value * factor if high else None,
        unit=unit,
        bound=bound,
    )


def _counted(text: str, low: Numeral, start: int, end: int) -> tuple[str, int, float] | None:
    """Return the noun counted, where it ends and a factor ("5m people"), or None for names and "one"."""
    factor = 1.0
    if text[end : end + 1] == "m" and not text[end + 1 : end + 2].isalnum():
        end, factor = end + 1, 1e6
    elif text[end : end + 1].isalpha():
        return None
    is_definite = text[max(0, start - 4) : start].lower() == "the "
    of = _OF.match(text, end) if low.is_vague else None
    noun = counted_noun(text, of.end() - 1 if of else end, is_definite=is_definite)
    unit, end = noun or ("", end)
    is_written_plain = low.is_digits and low.scale == 1 and "," not in text[low.start : low.end]
    could_be_year = is_written_plain and 1900 <= low.value < 2100 and low.end - low.start == 4
    is_pronoun = not low.is_digits and low.value == 1
    if (could_be_year or is_pronoun) and unit != "person":
        return None
    if is_written_plain and unit != "person" and is_label(text, start):
        return None
    return unit, end, factor


def _metres_at(text: str, end: int) -> tuple[str, int] | None:
    """Return metres for "5 m" and for "5m", unless a plural noun makes it five million of something."""
    match = _METRE.match(text, end)
    if match is None or counted_noun(text, match.end()):
        return None
    return "m", match.end()


def _bound(text: str, from_: int, start: int, end: int) -> tuple[Bound, int, int]:
    """Return the bound that the words around a quantity set, and its span widened over them."""
    if before := _BOUND.search(text[from_:start]):
        return Bound(before.lastgroup or "exact"), from_ + before.start(), end
    if after := _BOUND_AFTER.match(text, end):
        return (Bound.at_most if after["down"] else Bound.at_least), start, after.end()
    return Bound.exact, start, end
