"""B³ (Bagga and Baldwin 1998): how well groups agree with their key, article by article, with an interval."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.bootstrap import interval, resample
from schemas.record import Record

SAMPLES: Final = 2_000
SEED: Final = 20261122

Floats = NDArray[np.float64]


class Scored(NamedTuple):
    """Precision and recall of each article, and the number of its event."""

    precision: Floats
    recall: Floats
    events: NDArray[np.intp]


class Agreement(Record):
    """Means over articles, 0 to 1; the intervals, of 95 %, are over events."""

    articles: int
    events: int
    precision: float
    recall: float
    f1: float
    f1_low: float | None
    f1_high: float | None


def scored(key: Sequence[Hashable], groups: Sequence[Hashable]) -> Scored:
    """Return how well each article's group fits its event: two sequences, in one order."""
    both, of_key, of_group = Counter(zip(key, groups, strict=True)), Counter(key), Counter(groups)
    pairs = list(zip(key, groups, strict=True))
    numbers = {event: number for number, event in enumerate(dict.fromkeys(key))}
    return Scored(
        np.array([both[pair] / of_group[pair[1]] for pair in pairs]),
        np.array([both[pair] / of_key[pair[0]] for pair in pairs]),
        np.array([numbers[event] for event in key], dtype=np.intp),
    )


def agreement(found: Scored) -> Agreement:
    """Return the means over all articles, with the interval of F1 by resampling events."""
    weights = np.concatenate(list(resample(found.events, SAMPLES, SEED)))
    ends = interval(_f1(weights @ found.precision, weights @ found.recall) / weights.sum(axis=1))
    precision, recall = float(found.precision.mean()), float(found.recall.mean())
    return Agreement(
        articles=len(found.events),
        events=int(found.events.max()) + 1,
        precision=round(precision, 4),
        recall=round(recall, 4),
        f1=round(2 * precision * recall / (precision + recall), 4),
        f1_low=round(ends[0], 4) if ends else None,
        f1_high=round(ends[1], 4) if ends else None,
    )


def _f1(precision: Floats, recall: Floats) -> Floats:
    return np.asarray(2 * precision * recall / (precision + recall), dtype=np.float64)
