"""What ``eval`` and ``calibrate`` do: read labelled files, measure them, write what came out."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from pipeline.config import Settings
from pipeline.errors import InputError
from pipeline.evaluation.evaluate import evaluate
from pipeline.evaluation.measuring import Asked, MapJudge, measure_rows
from pipeline.evaluation.rows import read_sets
from pipeline.evaluation.sample import draw
from pipeline.llm import Endpoint, connect
from pipeline.progress import Progress
from pipeline.prompts import load_prompt
from pipeline.store import answers_path, make_folder, open_answers, write_text
from pipeline.verifier.calibrate import fit_map, usable_rows
from pipeline.verifier.judge import chosen_map
from pipeline.verifier.stance import FEATURES, StanceMap
from schemas.evaluation import Evaluation, LabelledRow, NotJudged, Plan, Usage


async def run_evaluation(
    files: Sequence[Path],
    plan: Plan,
    settings: Settings,
    endpoint: Endpoint,
    out: Path,
    progress: Progress,
) -> Evaluation:
    """Judge the rows of ``files`` with the model at ``endpoint``, and measure.

    Raises InputError for files that cannot be used, and for a model that no map is fitted for.
    """
    sets = read_sets(files)
    fitted = chosen_map(settings.calibration, endpoint.model)
    if fitted is None:
        raise InputError(
            f"The odds of {endpoint.model} are not calibrated: run 'storycheck calibrate' first, and give "
            "its file as --calibration."
        )
    async with asked(settings, endpoint, out) as (model, meter):
        return await evaluate(sets, MapJudge(fitted, model, progress), plan, meter)


async def run_calibration(
    files: Sequence[Path], plan: Plan, settings: Settings, endpoint: Endpoint, out: Path, progress: Progress
) -> StanceMap:
    """Ask the model at ``endpoint`` about the rows of ``files``, fit its map and write it to ``out``.

    Raises InputError where there are too few rows, or too few of a label, before anything is asked.
    """
    rows: list[LabelledRow] = []
    sets: list[str] = []
    for name, found in read_sets(files).items():
        drawn = draw(found, plan.limit, plan.seed)
        rows += drawn
        sets += [name] * len(drawn)
    _check_enough(rows)
    async with asked(settings, endpoint, out.parent) as (model, _):
        measured = await measure_rows(rows, model, progress)
    usable = [i for i, row in enumerate(measured) if not isinstance(row, NotJudged)]
    _check_enough([rows[i] for i in usable])
    values = np.array([measured[i] for i in usable]).reshape(len(usable), len(FEATURES))
    fitted = fit_map(FEATURES, [rows[i] for i in usable], [sets[i] for i in usable], values, endpoint.model)
    write_text(out, fitted.model_dump_json(indent=1) + "\n")
    return fitted


def _check_enough(rows: Sequence[LabelledRow]) -> None:
    try:
        usable_rows(rows)
    except ValueError as error:
        raise InputError(f"There is too little to calibrate on: {error}.") from None


@asynccontextmanager
async def asked(
    settings: Settings, endpoint: Endpoint, folder: Path
) -> AsyncIterator[tuple[Asked, Callable[[], Usage]]]:
    """Open the model at ``endpoint`` with the screen's prompt, and what tells how much was spent on it.

    Its answers are kept in ``folder``, or where ``settings`` say. Raises InputError where they cannot be.
    """
    make_folder(folder)
    with open_answers(answers_path(folder, settings.cache)) as store:
        async with connect(endpoint, store) as llm:

            def meter() -> Usage:
                spent = llm.usage.values()
                return Usage(
                    calls=sum(u.calls for u in spent),
                    cached_calls=sum(u.cached_calls for u in spent),
                    tokens_in=sum(u.tokens_in for u in spent),
                    tokens_out=sum(u.tokens_out for u in spent),
                )

            yield Asked(llm, load_prompt("screen", settings.prompts["screen"])), meter
