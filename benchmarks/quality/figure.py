"""A measured share with its interval, and how it is written in a table."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from benchmarks.claims.measure import Share as Count
from benchmarks.injections.tally import Share as Tried
from benchmarks.scoring.outcome import Share
from benchmarks.shares import independent
from pipeline.report.text import escape
from schemas.evaluation import Estimate

NO_VALUE = "–"


class Written(str):
    """Text of a cell that is ours and may have brackets: it is not escaped."""

    __slots__ = ()


class Figure(NamedTuple):
    """A share, 0 to 1, with the ends of its 95 % interval, and what it counts ("3 of 4"), where it does."""

    value: float | None
    low: float | None = None
    high: float | None = None
    counts: str = ""

    def __str__(self) -> str:
        """Return it as ``3 of 4: 75.0 % [30.1–95.4]``; a dash for no value."""
        if self.value is None:
            return self.counts or NO_VALUE
        told = f"{100 * self.value:.1f} %"
        if self.low is not None and self.high is not None:
            told += f" [{100 * self.low:.1f}–{100 * self.high:.1f}]"
        return f"{self.counts}: {told}" if self.counts else told


def of_estimate(estimate: Estimate) -> Figure:
    """Return an estimate as it is."""
    return Figure(estimate.value, estimate.low, estimate.high)


def of_share(share: Share) -> Figure:
    """Return a share with its interval; with Wilson's where its own bootstrap found nothing to vary."""
    if share.low is None or share.high is None:
        return of_counts(share.part, share.whole)
    return Figure(share.value, share.low, share.high, f"{share.part} of {share.whole}")


def of_tried(tried: Tried) -> Figure:
    """Return the share of texts that succeeded."""
    return Figure(tried.share, tried.low, tried.high, f"{tried.succeeded} of {tried.tried}")


def of_count(count: Count) -> Figure:
    """Return a count with Wilson's interval."""
    return of_counts(count.part, count.whole)


def of_counts(part: int, whole: int) -> Figure:
    """Return ``part`` of ``whole`` with Wilson's interval."""
    found = independent(part, whole)
    return Figure(found.value, found.low, found.high, f"{part} of {whole}")


def total(counts: Iterable[Count]) -> Count:
    """Return all counts added up."""
    listed = list(counts)
    return Count(part=sum(c.part for c in listed), whole=sum(c.whole for c in listed))


def table(header: Sequence[str], lines: Iterable[Sequence[object]], texts: int = 1) -> str:
    """Return a Markdown table; all columns but the first ``texts`` hold numbers.

    Cells may be foreign text, but for figures and what is ``Written``.
    """
    rule = ["---"] * texts + ["---:"] * (len(header) - texts)
    rows = [[_cell(cell) for cell in line] for line in (header, *lines)]
    rows.insert(1, rule)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def plain(estimate: Estimate) -> str:
    """Return a measure that is no share, ``0.312 [0.284–0.339]``."""
    if estimate.value is None:
        return NO_VALUE
    value = f"{estimate.value:.3f}"
    if estimate.low is None or estimate.high is None:
        return value
    return Written(f"{value} [{estimate.low:.3f}–{estimate.high:.3f}]")


def _cell(cell: object) -> str:
    return str(cell) if isinstance(cell, Figure | Written) else escape(str(cell))
