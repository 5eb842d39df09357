"""How a measure is written in tables and diagrams."""

from typing import Final

from schemas.evaluation import Estimate

NO_VALUE: Final = "–"


def percent(estimate: Estimate) -> str:
    """Return a measure in percent with its interval, ``78.3 (75.1–81.2)``."""
    return _written(estimate, 100, 1)


def plain(estimate: Estimate) -> str:
    """Return a measure as it is, with its interval, ``0.312 (0.284–0.339)``."""
    return _written(estimate, 1, 3)


def _written(estimate: Estimate, scale: int, digits: int) -> str:
    if estimate.value is None:
        return NO_VALUE
    value = f"{scale * estimate.value:.{digits}f}"
    if estimate.low is None or estimate.high is None:
        return value
    return f"{value} ({scale * estimate.low:.{digits}f}–{scale * estimate.high:.{digits}f})"
