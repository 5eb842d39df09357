"""Puts labelled rows to a judge and measures how it fared. What it is that judges is of no account here."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from pipeline import __version__
from pipeline.errors import InputError
from pipeline.evaluation.labels import LabelSpace, gold_classes, read_space, space_of
from pipeline.evaluation.sample import draw
from pipeline.evaluation.score import Answer, Draw, score_set
from schemas.evaluation import Evaluation, LabelledRow, Plan, SetResult, Usage

Meter = Callable[[], Usage]


class Judge(Protocol):
    """What gives each row its scores, in order, or why it could not; None where no reason is known."""

    async def __call__(self, rows: Sequence[LabelledRow], /) -> Sequence[Answer]:
        """Judge ``rows``. May raise an EndpointError where going on would be pointless."""
        ...


async def evaluate(
    rows_by_set: Mapping[str, Sequence[LabelledRow]],
    judge: Judge,
    plan: Plan,
    meter: Meter = Usage,
) -> Evaluation:
    """Judge every set, or what ``plan`` draws of it, and measure the answers.

    ``meter`` tells what has been spent since the start. Raises InputError, before anything is judged, for
    labels that cannot be decided between.
    """
    started_at = datetime.now(UTC)
    spaces = _spaces(rows_by_set, plan)
    sets = [await _judged(name, rows, spaces[name], judge, plan, meter) for name, rows in rows_by_set.items()]
    return Evaluation(
        tool_version=__version__,
        plan=plan,
        started_at=started_at,
        finished_at=datetime.now(UTC),
        sets=tuple(sets),
    )


def _spaces(rows_by_set: Mapping[str, Sequence[LabelledRow]], plan: Plan) -> dict[str, LabelSpace]:
    """Return each set's labels, taken from all its rows, so that a draw changes nothing about them."""
    if unknown := sorted(plan.labels.keys() - rows_by_set.keys()):
        raise InputError(f"Labels are given for {', '.join(unknown)}, and there is no such set.")
    spaces = {}
    for name, rows in rows_by_set.items():
        words = plan.labels.get(name)
        try:
            spaces[name] = read_space(words) if words is not None else space_of(row.label for row in rows)
            gold_classes(rows, spaces[name])
        except InputError as error:
            raise InputError(f"{name}: {error}") from error
    return spaces


async def _judged(
    name: str, rows: Sequence[LabelledRow], space: LabelSpace, judge: Judge, plan: Plan, meter: Meter
) -> SetResult:
    drawn = draw(rows, plan.limit, plan.seed)
    before, started_s = meter(), time.perf_counter()
    answers = await judge(drawn)
    time_s, after = time.perf_counter() - started_s, meter()
    spent = {field: getattr(after, field) - getattr(before, field) for field in Usage.model_fields}
    return score_set(Draw(name, len(rows), space, drawn, time_s, Usage(**spent)), answers, plan)
