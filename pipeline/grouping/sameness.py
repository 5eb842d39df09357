"""How likely two articles tell of one event: a logistic map over what they have in common.

Fitted by ``python -m benchmarks.grouping.fit`` on invented events. What the words, names, numbers and days
leave open is decided with the vectors of the two leads, which cost more than all the rest.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.grouping.pile import FEATURES, Floats, Ints, Pile
from schemas.record import Record

MAP: Final = Path(__file__).with_name("sameness.json")
OPEN: Final = 1.0  # log-odds on either side of even within which the vectors are asked for

Vectors = Callable[[Ints], NDArray[np.float32]]


class Sameness(Record):
    """Weights, the bias last: ``plain`` of ``FEATURES``, ``full`` of those and the cosine of two leads."""

    features: tuple[str, ...] = FEATURES
    plain: tuple[float, ...]
    full: tuple[float, ...]

    def log_odds(self, pile: Pile, article: int, others: Ints, vectors: Vectors | None) -> Floats:
        """Return the log-odds that ``article`` and each of ``others`` tell of one event.

        ``vectors`` gives the vectors of articles by their places; without it words alone decide.
        """
        compared = pile.compare(article, others)
        odds = _mapped(self.plain, compared)
        unsure = np.flatnonzero(np.abs(odds) < OPEN)
        if vectors is not None and len(unsure):
            found = vectors(np.concatenate([[article], others[unsure]]))
            odds[unsure] = _mapped(self.full, with_cosines(compared[unsure], found[1:] @ found[0]))
        return odds


def with_cosines(compared: Floats, cosines: NDArray[np.float32]) -> Floats:
    """Return ``compared`` with one column more: how alike two leads are, as far as they name the same.

    Leads alike speak for one kind of event, the same names for one place or person; both, for one event.
    """
    return np.column_stack([compared, cosines * compared[:, FEATURES.index("names_most")]])


@cache
def shipped() -> Sameness:
    """Return the map that comes with the package."""
    return Sameness.model_validate_json(MAP.read_text(encoding="utf-8"))


def _mapped(weights: tuple[float, ...], rows: Floats) -> Floats:
    return np.asarray(rows @ np.array(weights[:-1]) + weights[-1], dtype=np.float64)
