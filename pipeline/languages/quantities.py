"""Quantities in a text, found by the vocabulary of its language.

Strict rather than complete: a number counts only with what it counts, and what is open is left out, since a
false difference costs a reader more than one that is missed.
"""

import re
from itertools import pairwise
from typing import Final

from pipeline.languages.days import dates_in, times_in
from pipeline.languages.vocabulary import Vocabulary
from pipeline.remembered import remembered
from pipeline.values.numerals import Numeral
from pipeline.values.quantities import Rounded
from schemas.claim import Bound
from schemas.record import Span

_REACH: Final = 24  # code points before a number in which a word that bounds it stands
_SIGN_BEFORE: Final = re.compile(r"(?P<sign>€|EUR|US\$|\$|£|CHF|₩)[ \u00a0]?\Z")
_SIGNS: Final = {"€": "EUR", "EUR": "EUR", "US$": "USD", "$": "USD", "£": "GBP", "CHF": "CHF", "₩": "KRW"}
_LINKS: Final = (" de ", " d’", " d'")  # "3 millones de euros"
_RANGE: Final = re.compile(r" ?[-–] ?| (?:bis|a|à|o|ou|oder) |~|∼")


@remembered(most=4096)  # a sentence is read for each claim and each comparison
def quantities_in(vocabulary: Vocabulary, text: str, offset: int = 0) -> tuple[Rounded, ...]:
    """Return the quantities in ``text`` in order, their spans shifted by ``offset``; takes linear time.

    A span covers bound, number and unit. Left out are numbers that count nothing known, ranges, dates, hours
    and what is added to others ("weitere 12").
    """
    hidden = _hide(vocabulary, text)
    numerals = list(vocabulary.numerals(hidden))
    in_range = {
        numeral.start
        for one, other in pairwise(numerals)
        if _RANGE.fullmatch(hidden[one.end : other.start])
        for numeral in (one, other)
    }
    found: list[Rounded] = []
    reached = 0
    for numeral in numerals:
        if numeral.start < reached or numeral.start in in_range:
            continue
        quantity = _quantity(vocabulary, hidden, numeral, reached)
        if quantity is not None:
            start, end = quantity.span.start, quantity.span.end
            reached = end
            span = Span(start=start + offset, end=end + offset)
            found.append(quantity.model_copy(update={"text": text[start:end], "span": span}))
    return tuple(found)


def _quantity(vocabulary: Vocabulary, text: str, numeral: Numeral, reached: int) -> Rounded | None:
    start = numeral.start
    if sign := _SIGN_BEFORE.search(text[max(reached, start - 4) : start]):
        unit, end = _SIGNS[sign["sign"]], numeral.end
        start -= len(sign[0])
    else:
        named = _unit(vocabulary, text, numeral)
        if named is None:
            return None
        unit, end = named
    bound = Bound.at_least if numeral.is_vague else Bound.exact
    lead = text[max(reached, start - _REACH) : start]
    for known, pattern in vocabulary.bounds:
        if said := pattern.search(lead):
            bound, start = known, start - len(lead) + said.start()
            break
    for known, pattern in vocabulary.bounds_after:
        if said := pattern.match(text, end):
            bound, end = known, said.end()
            break
    span = Span(start=start, end=end)
    return Rounded(
        text="",
        span=span,
        value=numeral.value,
        unit=unit,
        bound=bound,
        slack=numeral.slack,
        scale=numeral.scale,
    )


def _unit(vocabulary: Vocabulary, text: str, numeral: Numeral) -> tuple[str, int] | None:
    """Return what a number counts, and where that ends, or None where it is not told."""
    at = numeral.end
    link = next((link for link in _LINKS if text.startswith(link, at)), "")
    if link and (numeral.scale >= 1e6 or numeral.is_vague):
        at += len(link) - (link == " de ")
    for unit, pattern in vocabulary.units:
        if match := pattern.match(text, at):
            return unit, match.end()
    is_year = numeral.is_digits and 1900 <= numeral.value < 2100 and numeral.end - numeral.start == 4
    match = None if is_year else vocabulary.noun.match(text, at)
    if match is None or match["noun"].lower() in vocabulary.empty:
        return None
    return vocabulary.stem(match["noun"].lower()), match.end()


def _hide(vocabulary: Vocabulary, text: str) -> str:
    """Return ``text`` with dates, hours and other numbers that count nothing blanked out."""
    spans = [match.span() for match in vocabulary.no_count.finditer(text)]
    spans += [(d.span.start, d.span.end) for d in dates_in(vocabulary, text)]
    spans += [(t.span.start, t.span.end) for t in times_in(vocabulary, text)]
    for start, end in spans:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text
