"""What code sees in a pair of evidence and claim: numbers, dates, names and negations that do not match."""

from datetime import date
from typing import Final

from pipeline.values.clock import compare_times
from pipeline.values.comparison import Comparison
from pipeline.values.dates import compare_dates
from pipeline.values.differences import Passage, differences
from pipeline.values.passage import Read, read_passage
from pipeline.values.polarity import negations
from pipeline.values.quantities import compare_quantities
from pipeline.values.samename import same_name
from pipeline.words import containment

NAMES: Final = (
    "numbers_missing",  # the share of the claim's numbers that the evidence has not
    "numbers_differ",  # 1 if one of those stands against another number of the same unit
    "dates_differ",  # 1 if a date or hour of the claim excludes one of the evidence, and fits none
    "names_missing",  # the share of the claim's names that the evidence has not
    "negations",  # by how many negations they differ, 1 at most
    "words_missing",  # the share of the claim's content words that the evidence has not
    "values_clash",  # 1 if values in the same role exclude each other
)


def features(evidence: str, claim: str, published: tuple[date | None, date | None]) -> tuple[float, ...]:
    """Return one value, 0 to 1, for each of ``NAMES``; ``published`` are the days of evidence and claim."""
    said = Passage(text=evidence, published=published[0])
    wanted = Passage(text=claim, published=published[1])
    there, here = read_passage(said), read_passage(wanted)
    missing, differ = _numbers(there, here)
    return (
        missing,
        differ,
        _dates_differ(there, here),
        _names_missing(there, here),
        float(min(1, abs(len(negations(evidence)) - len(negations(claim))))),
        1.0 - containment(claim, evidence),
        float(bool(differences(said, wanted))),
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


def _names_missing(there: Read, here: Read) -> float:
    lacking = [n for n in here.names if not any(same_name(n.text, t.text) for t in there.names)]
    lacking = [n for n in lacking if containment(n.text, there.text) < 1.0]
    return len(lacking) / max(1, len(here.names))
