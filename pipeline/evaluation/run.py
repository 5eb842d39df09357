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
from pipeline.verifier.calibrate import fit_map
from pipeline.verifier.judge import chosen_map, screen_map
from pipeline.verifier.stance import OF_PAIR_WITH_ODDS, StanceMap
from schemas.evaluation import Evaluation, LabelledRow, NotJudged, Plan, Usage


async def run_evaluation(
    files: Sequence[Path],
    plan: Plan,
    settings: Settings,
    endpoint: Endpoint | None,
    out: Path,
    progress: Progress,
) -> Evaluation:
    """Judge the rows of ``files`` and measure; a model at ``endpoint`` is asked about each row too.

    Raises InputError for files that cannot be used, and for a model that no map is fitted for.
    """
    sets = read_sets(files)
    if endpoint is None:
        return await evaluate(sets, MapJudge(screen_map(), None, progress), plan)
    fitted = chosen_map(settings.calibration, endpoint.model)
    if fitted is None:
        raise InputError(
            f"the odds of {endpoint.model} are not calibrated: run 'storycheck calibrate' first, and give "
            "its file as --calibration."
        )
    async with _asked(settings, endpoint, out) as (asked, meter):
        return await evaluate(sets, MapJudge(fitted, asked, progress), plan, meter)


async def run_calibration(
    files: Sequence[Path], plan: Plan, settings: Settings, endpoint: Endpoint, out: Path, progress: Progress
) -> StanceMap:
    """Ask the model at ``endpoint`` about the rows of ``files``, fit its map and write it to ``out``.

    Raises InputError where there are too few rows, or too few of a label.
    """
    rows: list[LabelledRow] = []
    sets: list[str] = []
    for name, found in read_sets(files).items():
        drawn = draw(found, plan.limit, plan.seed)
        rows += drawn
        sets += [name] * len(drawn)
    async with _asked(settings, endpoint, out.parent) as (asked, _):
        measured = await measure_rows(rows, asked, progress)
    usable = [i for i, row in enumerate(measured) if not isinstance(row, NotJudged)]
    values = np.array([measured[i] for i in usable]).reshape(len(usable), len(OF_PAIR_WITH_ODDS))
    try:
        fitted = fit_map(
            OF_PAIR_WITH_ODDS, [rows[i] for i in usable], [sets[i] for i in usable], values, endpoint.model
        )
    except ValueError as error:
        raise InputError(f"too little to calibrate on: {error}.") from None
    write_text(out, fitted.model_dump_json(indent=1) + "\n")
    return fitted


@asynccontextmanager
async def _asked(
    settings: Settings, endpoint: Endpoint, folder: Path
) -> AsyncIterator[tuple[Asked, Callable[[], Usage]]]:
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
