"""Intervals by resampling whole groups of rows that are not independent of each other."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from pipeline.evaluation.measures import Floats, Ints
from schemas.evaluation import LabelledRow

_LOW, _HIGH = 2.5, 97.5  # the ends of a 95 % interval, in percent
_CHUNK: Final = 2_000_000  # weights held at a time
LEAST_DEFINED: Final = 0.5  # of the samples must have a value for an interval to say anything


def group_of(rows: Sequence[LabelledRow]) -> Ints:
    """Return the number of each row's group, from 0.

    Rows go together that have one ``group``. Without any, those do that share the claim, or that share the
    evidence where there are fewer of those than claims: many claims about one article.
    """
    claims, evidence = [row.claim for row in rows], [row.evidence for row in rows]
    if any(row.group is not None for row in rows):
        names = [f"group {row.group}" if row.group is not None else f"claim {row.claim}" for row in rows]
    else:
        names = evidence if len(set(evidence)) < len(set(claims)) else claims
    numbers = {name: number for number, name in enumerate(sorted(set(names)))}
    return np.array([numbers[name] for name in names], dtype=np.intp)


def resample(groups: Ints, samples: int, seed: int) -> Iterator[Floats]:
    """Yield how often each row counts in each of ``samples`` bootstrap samples, (samples, rows), in parts.

    As many groups as there are are drawn with replacement: Efron 1979, Bootstrap methods, over clusters.
    """
    random = np.random.default_rng(seed)
    count = int(groups.max()) + 1
    step = max(1, _CHUNK // len(groups))
    for start in range(0, samples, step):
        size = min(step, samples - start)
        drawn = random.integers(count, size=(size, count)) + count * np.arange(size)[:, None]
        times = np.bincount(drawn.ravel(), minlength=size * count).reshape(size, count)
        yield times[:, groups].astype(np.float64)


def interval(values: Floats) -> tuple[float, float] | None:
    """Return the percentile interval at 95 % of a measure's ``values``, one a sample.

    Samples without a value are left out; None where they are too many, or there are none at all.
    """
    defined = values[~np.isnan(values)]
    if len(defined) == 0 or len(defined) < LEAST_DEFINED * len(values):
        return None
    low, high = np.percentile(defined, [_LOW, _HIGH])
    return float(low), float(high)
