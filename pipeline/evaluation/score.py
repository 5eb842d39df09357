"""Measures what a judge made of one set: every rate with its interval."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.evaluation import measures
from pipeline.evaluation.bootstrap import group_of, interval, resample
from pipeline.evaluation.labels import LabelSpace, class_chances, decide, gold_classes
from pipeline.evaluation.measures import Floats, Ints, Judged
from schemas.evaluation import (
    Bin,
    Estimate,
    LabelledRow,
    LabelResult,
    NotJudged,
    Plan,
    Scores,
    SetResult,
    Usage,
)

Answer = Scores | NotJudged | None

NO_REASON: Final = "no answer"
_DIGITS: Final = 6
_ROWS_PER_BIN: Final = 10  # fewer say nothing about a share
_NOT_DEFINED: Final = Estimate(value=None)
_OVERALL: Final = ("balanced_accuracy", "accuracy", "macro_f1", "macro_auc", "calibration_error", "brier")
_PER_LABEL: Final = ("precision", "recall", "f1", "auc")


@dataclass(frozen=True)
class Draw:
    """The rows of one set that were put to the judge: its name, its size, its labels, and what it took."""

    name: str
    rows_in_set: int
    space: LabelSpace
    rows: Sequence[LabelledRow]
    time_s: float
    usage: Usage


def score_set(draw: Draw, answers: Sequence[Answer], plan: Plan) -> SetResult:
    """Return the measures of a set's judged rows; the others are counted by the reason they are missing."""
    pairs = [(row, a) for row, a in zip(draw.rows, answers, strict=True) if isinstance(a, Scores)]
    rows, scores = [row for row, _ in pairs], [answer for _, answer in pairs]
    gold = gold_classes(rows, draw.space)
    judged = Judged(gold, decide(scores, draw.space, plan.weights), class_chances(scores, draw.space))
    groups = group_of(rows)
    bins = max(1, min(plan.bins, len(rows) // _ROWS_PER_BIN))
    estimates = _estimates(judged, groups, plan, bins) if rows else {}
    ones = np.ones((1, len(rows)))
    cells = measures.confusion(judged, ones)[0]
    return SetResult(
        name=draw.name,
        rows=draw.rows_in_set,
        drawn=len(draw.rows),
        judged=len(rows),
        not_judged=_missing(answers),
        clusters=len(set(groups.tolist())),
        labels=_labels(draw.space, cells, estimates),
        confusion=tuple(tuple(int(count) for count in line) for line in cells),
        **{name: estimates.get(name, _NOT_DEFINED) for name in _OVERALL},
        bins=_bins(judged, bins) if rows else (),
        time_s=round(draw.time_s, 3),
        usage=draw.usage,
    )


def _missing(answers: Sequence[Answer]) -> dict[str, int]:
    reasons = Counter(
        answer.reason if isinstance(answer, NotJudged) else NO_REASON
        for answer in answers
        if not isinstance(answer, Scores)
    )
    return dict(sorted(reasons.items()))


def _estimates(judged: Judged, groups: Ints, plan: Plan, bins: int) -> dict[str, Estimate]:
    values = _measured(judged, np.ones((1, len(groups))), bins)
    parts: list[dict[str, Floats]] = []
    if groups.max() > 0:  # one group alone has nothing to be exchanged for
        samples = resample(groups, plan.resamples, plan.seed)
        parts = [_measured(judged, weights, bins) for weights in samples]
    return {
        name: _estimate(value[0], np.concatenate([part[name] for part in parts]) if parts else None)
        for name, value in values.items()
    }


def _estimate(value: float, samples: Floats | None) -> Estimate:
    if np.isnan(value):
        return _NOT_DEFINED
    ends = interval(samples) if samples is not None else None
    low, high = (round(end, _DIGITS) for end in ends) if ends else (None, None)
    return Estimate(value=round(float(value), _DIGITS), low=low, high=high)


def _measured(judged: Judged, weights: Floats, bins: int) -> dict[str, Floats]:
    """Return every measure by name, those of a label with its position: ``recall 0``."""
    present = np.unique(judged.gold)
    cells = measures.confusion(judged, weights)
    labels = range(cells.shape[1])
    areas = [measures.auc(judged.chances[:, i], judged.gold == i, weights) for i in labels]
    by_label = {
        "precision": measures.precision(cells).T,
        "recall": measures.recall(cells).T,
        "f1": measures.f1(cells).T,
        "auc": np.stack(areas),
    }
    return {
        **{f"{name} {i}": values[i] for name, values in by_label.items() for i in labels},
        "balanced_accuracy": measures.balanced_accuracy(cells, present),
        "accuracy": measures.accuracy(cells),
        "macro_f1": by_label["f1"][present].mean(axis=0),
        "macro_auc": by_label["auc"][present].mean(axis=0),
        "calibration_error": measures.calibration_error(measures.bin_sums(judged, weights, bins)),
        "brier": measures.brier(judged, weights),
    }


def _labels(space: LabelSpace, cells: Floats, estimates: Mapping[str, Estimate]) -> tuple[LabelResult, ...]:
    return tuple(
        LabelResult(
            label=label,
            support=int(cells[i].sum()),
            decided=int(cells[:, i].sum()),
            **{name: estimates.get(f"{name} {i}", _NOT_DEFINED) for name in _PER_LABEL},
        )
        for i, label in enumerate(space)
    )


def _bins(judged: Judged, bins: int) -> tuple[Bin, ...]:
    sums = measures.bin_sums(judged, np.ones((1, len(judged.gold))), bins)
    return tuple(
        Bin(rows=int(mass), confidence=round(sure / mass, _DIGITS), right=round(right / mass, _DIGITS))
        for mass, sure, right in zip(sums.mass[0], sums.confidence[0], sums.right[0], strict=True)
        if mass > 0
    )
