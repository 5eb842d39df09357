"""What code sees in a pair of evidence and claim: numbers, dates and negations that do not match."""

from datetime import date
from typing import Final

from pipeline.languages.table import reader_of
from pipeline.values.clock import compare_times
from pipeline.values.comparison import Comparison
from pipeline.values.dates import compare_dates
from pipeline.values.passage import Passage, Read, read_passage
from pipeline.values.quantities import compare_quantities

NAMES: Final = (
    "numbers_missing",  # the share of the claim's numbers that the evidence has not
    "numbers_differ",  # 1 if one of those stands against another number of the same unit
    "dates_differ",  # 1 if a date or hour of the claim excludes one of the evidence, and fits none
    "negations",  # by how many negations they differ, 1 at most
)


def features(
    evidence: str, claim: str, published: tuple[date | None, date | None], language: str | None = None
) -> tuple[float, ...]:
    """Return one value, 0 to 1, for each of ``NAMES``; ``published`` are the days of evidence and claim."""
    there = read_passage(Passage(text=evidence, published=published[0], language=language))
    here = read_passage(Passage(text=claim, published=published[1], language=language))
    negations = reader_of(language).negations
    missing, differ = _numbers(there, here)
    return (
        missing,
        differ,
        _dates_differ(there, here),
        float(min(1, abs(len(negations(evidence)) - len(negations(claim))))),
    )


def _numbers(there: Read, here: Read) -> tuple[float, float]:
    lacking = [
        q
        for q in here.quantities
        if not any(
            compare_quantities(q, t) is Comparison.same or q.value == t.value for t in there.quantities
        )
    ]
    clash = any(compare_quantities(q, t) is Comparison.differ for q in lacking for t in there.quantities)
    return len(lacking) / max(1, len(here.quantities)), float(clash)


def _dates_differ(there: Read, here: Read) -> float:
    days = [[compare_dates(d, t) for t in there.dates] for d in here.dates]
    hours = [[compare_times(d, t) for t in there.times] for d in here.times]
    return float(any(Comparison.differ in row and Comparison.same not in row for row in (*days, *hours)))
