"""Between which labels a set is decided, and how three scores decide it.

A judge gives three scores, whatever labels a set has. Where a set has fewer, scores are summed or left out,
so that one rule serves all sets: the label with the highest score wins.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InputError
from schemas.evaluation import DecisionWeights, GoldLabel, LabelClass, LabelledRow, Scores
from schemas.verdict import Label

OUTCOMES: Final = (Label.supported, Label.contradicted, Label.unsupported)
_S, _C, _U = OUTCOMES
_MEANT: Final = {
    "supported": (_S,),
    "contradicted": (_C,),
    "unsupported": (_U,),
    "not_supported": (_C, _U),
    "not_contradicted": (_S, _U),
}
_NAMES: Final = {frozenset(outcomes): name for name, outcomes in _MEANT.items()}
# Of two equal scores the less bold label wins: a wrong flag costs a reader more than a missed one.
_BOLDNESS: Final = (_U, _S, _C)
_DIGITS: Final = 12  # so that scores equal but for the last bits stay equal when they are ranked

LabelSpace = tuple[LabelClass, ...]


def space_of(labels: Iterable[GoldLabel]) -> LabelSpace:
    """Return between which labels a set is decided whose rows have ``labels``.

    Supported and contradicted rows alone are decided by these two scores, and ``unsupported`` is left out.
    Where one of the two is missing beside ``unsupported``, its score counts for ``unsupported``: what
    contradicts a claim does not support it either. A single label is decided among all three.
    Raises InputError for ``not_supported`` and ``not_contradicted`` in one set.
    """
    present = {label.value for label in labels}
    if {"not_supported", "not_contradicted"} <= present:
        raise InputError("not_supported and not_contradicted in one set: say which labels to decide between.")
    if "not_supported" in present or present == {"supported", "unsupported"}:
        return _space([(_S,), (_C, _U)])
    if "not_contradicted" in present or present == {"contradicted", "unsupported"}:
        return _space([(_C,), (_S, _U)])
    if present == {"supported", "contradicted"}:
        return _space([(_S,), (_C,)])
    return _space([(outcome,) for outcome in OUTCOMES])


def read_space(words: str) -> LabelSpace:
    """Return the labels that ``words`` names, say ``supported/not_supported``. Raises InputError."""
    names = [name.strip() for name in words.split("/")]
    unknown = [name for name in names if name not in _MEANT]
    if unknown or len(names) < 2:
        known = ", ".join(_MEANT)
        raise InputError(f"{words!r} names no labels to decide between: join two or three of {known} by '/'.")
    groups = [_MEANT[name] for name in names]
    taken = Counter(outcome for group in groups for outcome in group)
    if twice := [outcome.value for outcome, count in taken.items() if count > 1]:
        raise InputError(f"{words!r} has {', '.join(twice)} in two of its labels.")
    return _space(groups)


def _space(groups: Sequence[tuple[Label, ...]]) -> LabelSpace:
    return tuple(LabelClass(name=_NAMES[frozenset(group)], outcomes=group) for group in groups)


def gold_classes(rows: Sequence[LabelledRow], space: LabelSpace) -> NDArray[np.intp]:
    """Return the position in ``space`` of each row's label. Raises InputError where one has none."""
    places = {
        label: next((i for i, c in enumerate(space) if set(_MEANT[label.value]) <= set(c.outcomes)), None)
        for label in {row.label for row in rows}
    }
    if lost := sorted(label.value for label, place in places.items() if place is None):
        names = "/".join(c.name for c in space)
        count = sum(row.label.value in lost for row in rows)
        raise InputError(f"{count:,} rows are labelled {', '.join(lost)}, which has no place in {names}.")
    return np.array([places[row.label] for row in rows], dtype=np.intp)


def class_chances(scores: Sequence[Scores], space: LabelSpace) -> NDArray[np.float64]:
    """Return each label's chance, (scores, labels): its outcomes' scores summed, and scaled to sum to 1.

    Where every score of the labels is 0, their chances are equal.
    """
    sums = _sums(scores, space, DecisionWeights())
    total = sums.sum(axis=1, keepdims=True)
    equal = np.full_like(sums, 1 / len(space))
    chances: NDArray[np.float64] = np.divide(sums, total, out=equal, where=total > 0)
    return chances.round(_DIGITS)


def decide(scores: Sequence[Scores], space: LabelSpace, weights: DecisionWeights) -> NDArray[np.intp]:
    """Return the position in ``space`` of the label decided on: the one with the highest weighted sum."""
    order = sorted(
        range(len(space)), key=lambda i: min(_BOLDNESS.index(outcome) for outcome in space[i].outcomes)
    )
    sums = _sums(scores, space, weights).round(_DIGITS)
    decided: NDArray[np.intp] = np.array(order, dtype=np.intp)[sums[:, order].argmax(axis=1)]
    return decided


def _sums(scores: Sequence[Scores], space: LabelSpace, weights: DecisionWeights) -> NDArray[np.float64]:
    by_outcome = np.array([[getattr(s, o.value) for o in OUTCOMES] for s in scores], dtype=np.float64)
    by_outcome = by_outcome.reshape(len(scores), len(OUTCOMES))
    weight = np.array([getattr(weights, outcome.value) for outcome in OUTCOMES])
    belongs = np.array([[outcome in c.outcomes for c in space] for outcome in OUTCOMES], dtype=np.float64)
    summed: NDArray[np.float64] = (by_outcome * weight) @ belongs
    return summed
