"""Several judges on the very same measured rows: code, a language model, and both together.

A judge is a choice of columns of what was measured (``stance.FEATURES``), and a map fitted on these.
Rows of the sets in ``FITTED`` get the scores of a map that saw no row of their claim; all others those of a
map that was fitted on ``FITTED`` and knows nothing of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.stored import JudgeResult
from pipeline.evaluation.evaluate import evaluate
from pipeline.evaluation.score import Answer
from pipeline.verifier import features as code
from pipeline.verifier.calibrate import cross_validated, fit_map
from pipeline.verifier.fit import Array
from pipeline.verifier.stance import FEATURES, ODDS, STANCES, StanceMap, as_scores
from schemas.evaluation import LabelledRow, NotJudged, Plan

FITTED: Final = ("fever_symmetric", "fool_me_twice", "summedits_news", "climate_fever")
# Which of the two a row of this set is, was not told apart by those who labelled it.
LABELS: Final = {"summedits_news": "supported/not_supported"}
CODE_ALONE: Final = "code alone"
MODEL_ALONE: Final = "language model alone"
ALL: Final = "all together"
WITHOUT_ODDS: Final = {CODE_ALONE: code.NAMES}
WITH_ODDS: Final = {CODE_ALONE: code.NAMES, MODEL_ALONE: ODDS, ALL: FEATURES}


@dataclass(frozen=True)
class MeasuredSet:
    """A set, the rows drawn from it, and what was measured on each of these."""

    rows: Sequence[LabelledRow]
    drawn: Sequence[LabelledRow]
    values: Sequence[Array | NotJudged]


@dataclass(frozen=True)
class _Usable:
    """Measured rows that a map can be fitted on, with the names of their sets."""

    rows: list[LabelledRow]
    sets: list[str]
    values: Array


async def judged(
    sets: Mapping[str, MeasuredSet], columns: Mapping[str, Sequence[str]], plan: Plan
) -> tuple[JudgeResult, ...]:
    """Return how the judge of each entry of ``columns`` does on ``sets``, with the draw of ``plan``.

    Raises ValueError where too few rows could be measured to fit a map.
    """
    results = []
    for name, chosen in columns.items():
        judge = _Prepared(_answers(sets, chosen))
        rows = {of: measured.rows for of, measured in sets.items()}
        labels = {of: words for of, words in LABELS.items() if of in sets}
        done = await evaluate(rows, judge, plan.model_copy(update={"judge": name, "labels": labels}))
        results.append(JudgeResult(judge=name, columns=tuple(chosen), evaluation=done))
    return tuple(results)


def final_map(sets: Mapping[str, MeasuredSet], columns: Sequence[str], model: str) -> StanceMap:
    """Return the map fitted on all rows drawn from ``FITTED``; raises ValueError where they are too few."""
    usable = _usable(sets)
    return fit_map(columns, usable.rows, usable.sets, _columns(usable.values, columns), model)


_Key = tuple[str, str, str]


class _Prepared:
    """Judges rows by answers that are there already."""

    def __init__(self, answers: Mapping[_Key, Answer]) -> None:
        self._answers = answers

    async def __call__(self, rows: Sequence[LabelledRow], /) -> list[Answer]:
        return [self._answers[_key(row)] for row in rows]


def _key(row: LabelledRow) -> _Key:
    return row.id, row.claim, row.evidence


def _answers(sets: Mapping[str, MeasuredSet], columns: Sequence[str]) -> dict[_Key, Answer]:
    """Return the scores of every drawn row, or why it was not measured."""
    usable = _usable(sets)
    values = _columns(usable.values, columns)
    scores = cross_validated(columns, usable.rows, usable.sets, values)
    answers: dict[_Key, Answer] = {_key(row): s for row, s in zip(usable.rows, scores, strict=True)}
    left: list[tuple[LabelledRow, Array]] = []
    for measured in sets.values():
        for row, value in zip(measured.drawn, measured.values, strict=True):
            if isinstance(value, NotJudged):
                answers[_key(row)] = value
            elif _key(row) not in answers:
                left.append((row, value))
    if left:
        strange = {row.claim.casefold() for row, _ in left}
        kept = [i for i, row in enumerate(usable.rows) if row.claim.casefold() not in strange]
        fitted = fit_map(
            columns, [usable.rows[i] for i in kept], [usable.sets[i] for i in kept], values[kept], ""
        )
        likely = fitted.apply(_columns(np.array([value for _, value in left]), columns))
        answers |= {_key(row): as_scores(p) for (row, _), p in zip(left, likely, strict=True)}
    return answers


def _usable(sets: Mapping[str, MeasuredSet]) -> _Usable:
    found = [
        (row, name, value)
        for name in FITTED
        if name in sets
        for row, value in zip(sets[name].drawn, sets[name].values, strict=True)
        if not isinstance(value, NotJudged) and row.label.value in STANCES
    ]
    values = np.array([value for _, _, value in found]).reshape(len(found), -1)
    return _Usable([row for row, _, _ in found], [name for _, name, _ in found], values)


def _columns(values: Array, columns: Sequence[str]) -> Array:
    """Return these columns of measured rows. Raises ValueError for rows that were measured otherwise."""
    names = {len(kept): kept for kept in (code.NAMES, FEATURES)}.get(values.shape[1], ())
    if not set(columns) <= set(names):
        raise ValueError(f"rows of {values.shape[1]} columns do not hold {', '.join(columns)}")
    chosen: Array = values[:, [names.index(name) for name in columns]]
    return chosen
