"""Fits the map from what was measured to the three stances, and tells how it does on rows it has not seen."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from pipeline.verifier.fit import Array, balanced_weights, fit_logistic, folds
from pipeline.verifier.stance import STANCES, StanceMap, as_scores
from schemas.evaluation import LabelledRow, Scores

FOLDS: Final = 5
LEAST_ROWS: Final = 60  # below that a map fits chance
LEAST_OF_A_LABEL: Final = 10


def fit_map(
    features: Sequence[str], rows: Sequence[LabelledRow], sets: Sequence[str], measured: Array, model: str
) -> StanceMap:
    """Return the map fitted on all rows with one of the three labels; each label weighs the same.

    ``measured`` is rows × ``features``, ``sets`` names the set of each row. Raises ValueError for fewer than
    ``LEAST_ROWS`` usable rows, or fewer than ``LEAST_OF_A_LABEL`` of any stance.
    """
    usable = usable_rows(rows)
    labels = [STANCES.index(rows[i].label.value) for i in usable]
    weights = balanced_weights(labels)  # a label that few sets have weighs as much as the others
    theta = fit_logistic(measured[usable], labels, len(STANCES), weights)
    counts: dict[str, int] = {}
    for i in usable:
        counts[sets[i]] = counts.get(sets[i], 0) + 1
    return StanceMap(
        model=model,
        features=tuple(features),
        weights=tuple(tuple(round(float(w), 5) for w in row[:-1]) for row in theta),
        bias=tuple(round(float(row[-1]), 5) for row in theta),
        fitted_on=counts,
    )


def usable_rows(rows: Sequence[LabelledRow]) -> list[int]:
    """Return the positions of the rows a map can be fitted on; raises ValueError where they are too few."""
    usable = [i for i, row in enumerate(rows) if row.label.value in STANCES]
    counts = Counter(rows[i].label.value for i in usable)
    fewest = min(counts[stance] for stance in STANCES)
    if len(usable) < LEAST_ROWS or fewest < LEAST_OF_A_LABEL:
        raise ValueError(
            f"{len(usable)} usable rows, {fewest} of the rarest label: at least {LEAST_ROWS}, and "
            f"{LEAST_OF_A_LABEL} of each of {', '.join(STANCES)}, are needed"
        )
    return usable


def cross_validated(
    features: Sequence[str], rows: Sequence[LabelledRow], sets: Sequence[str], measured: Array
) -> list[Scores]:
    """Return for each row the scores of a map that was fitted without any row of its claim, in any set."""
    number = np.array(folds([row.claim.casefold() for row in rows], FOLDS))
    scores: list[Scores | None] = [None] * len(rows)
    for fold in range(FOLDS):
        inside = [int(i) for i in np.flatnonzero(number != fold)]
        outside = [int(i) for i in np.flatnonzero(number == fold)]
        fitted = fit_map(features, [rows[i] for i in inside], [sets[i] for i in inside], measured[inside], "")
        for i, likely in zip(outside, fitted.apply(measured[outside]), strict=True):
            scores[i] = as_scores(likely)
    return [score for score in scores if score is not None]
