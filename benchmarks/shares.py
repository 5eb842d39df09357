"""Shares with their 95 % intervals."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from benchmarks.injections.tally import wilson
from benchmarks.scoring.outcome import Share
from benchmarks.scoring.summarise import share
from pipeline.evaluation.bootstrap import interval, resample

RESAMPLES: Final = 2000
SEED: Final = 20261122


def independent(part: int, whole: int) -> Share:
    """Return ``part`` of ``whole`` with Wilson's interval, which takes each of them as independent."""
    low, high = wilson(part, whole) if whole else (None, None)
    return share(part, whole).model_copy(update={"low": low, "high": high})


def clustered(hits: Sequence[bool], groups: Sequence[int]) -> Share:
    """Return the share of hits with a bootstrap interval that draws whole groups; ``groups`` are from 0.

    Without an interval where all hits are alike or there is one group: nothing would vary.
    """
    plain = share(sum(hits), len(hits))
    numbers = {name: number for number, name in enumerate(dict.fromkeys(groups))}
    if len(set(hits)) < 2 or len(numbers) < 2:
        return plain
    hit = np.array(hits, dtype=np.float64)
    group = np.array([numbers[name] for name in groups], dtype=np.intp)
    parts = [weights @ hit / weights.sum(axis=1) for weights in resample(group, RESAMPLES, SEED)]
    ends = interval(np.concatenate(parts))
    return plain.model_copy(update=dict(zip(("low", "high"), ends, strict=True)) if ends else {})
