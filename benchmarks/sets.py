"""Measures how well claims are judged on public sets: ``python -m benchmarks.sets [DATA]``.

DATA holds a folder a set with its rows in ``dev.jsonl``; it is no part of this repository, docs/quality.md
says where each set comes from. Every row is measured once; every judge has the same rows.
"""

import argparse
import asyncio
import re
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from rich.console import Console

from benchmarks.judges import FITTED, WITH_ODDS, WITHOUT_ODDS, MeasuredSet, final_map, judged
from benchmarks.stored import SetsResult
from pipeline import __version__
from pipeline.config import Settings, read_environment
from pipeline.errors import StorycheckError
from pipeline.evaluation.measuring import measure_rows
from pipeline.evaluation.rows import read_rows
from pipeline.evaluation.run import asked
from pipeline.evaluation.sample import draw
from pipeline.evaluation.shown import percent
from pipeline.llm import Endpoint
from pipeline.progress import Progress
from pipeline.session import open_endpoint
from pipeline.store import make_folder, write_text
from pipeline.terminal import show_progress
from pipeline.verifier import features as code
from pipeline.verifier.excerpt import excerpt
from pipeline.verifier.fit import Array
from pipeline.verifier.judge import MAPS
from pipeline.verifier.stance import FEATURES
from schemas.evaluation import LabelledRow, NotJudged, Plan, Usage

ROOT: Final = Path(__file__).parents[1]
DATA: Final = ROOT.parent / "shared" / "eval"
RESULT: Final = ROOT / "benchmarks" / "results" / "sets.json"
RESAMPLES: Final = 1000  # bootstrap samples behind each interval
OTHERS: Final = (
    "averitec",
    "factcheck_bench_stance",
    "fnc1_news",
    "qags_xsum",
    "wice",
    "targeted_pairs",
)


class Measured(NamedTuple):
    """What was measured on every set, what it cost, and the seconds it took."""

    sets: Mapping[str, MeasuredSet]
    usage: Usage
    time_s: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the balanced accuracies, write sets.json; return 2 where there is nothing to measure."""
    given = _parser().parse_args(arguments)
    names = (*FITTED, *OTHERS) if given.all else FITTED
    if lost := [name for name in names if not (given.data / name / "dev.jsonl").is_file()]:
        print(f"{given.data} has no rows of {', '.join(lost)}: nothing was measured", file=sys.stderr)
        return 2
    plan = Plan(limit=given.limit, seed=given.seed, resamples=RESAMPLES)
    settings = Settings(model=given.model, cache=given.cache)
    try:
        rows = {name: read_rows(given.data / name / "dev.jsonl") for name in names}
        with ExitStack() as stack:
            progress = stack.enter_context(show_progress(Console(stderr=True)))
            endpoint = None
            if given.ask:
                opened = open_endpoint(settings, read_environment(), lambda _done, _all: None)
                endpoint = stack.enter_context(opened)
            found = asyncio.run(_measured(rows, plan, endpoint, settings, progress))
        result = asyncio.run(_result(found, plan, endpoint))
        make_folder(given.json.parent)
        write_text(given.json, result.model_dump_json(indent=1) + "\n")
        if given.write_maps and endpoint is not None:
            write_map(found.sets, endpoint.model, given.maps)
    except (StorycheckError, ValueError) as error:
        print(f"sets: {error}", file=sys.stderr)
        return error.exit_code if isinstance(error, StorycheckError) else 2
    _print(result)
    return 0


def by_code_alone(rows: Sequence[LabelledRow]) -> list[Array | NotJudged]:
    """Return what code sees in each row, without any model: ``features.NAMES``."""
    return [
        np.array(code.features(excerpt(row.evidence, row.claim), row.claim, (None, None))) for row in rows
    ]


def write_map(sets: Mapping[str, MeasuredSet], model: str, folder: Path) -> Path:
    """Fit the map that a run with ``model`` uses on all rows drawn, write it, and return its path.

    Raises ValueError where the rows are too few.
    """
    plain = re.sub(r"[^a-z0-9.]+", "-", model.lower()).strip("-.")
    path = folder / f"odds-{plain}.json"
    write_text(path, final_map(sets, FEATURES, model).model_dump_json(indent=1) + "\n")
    return path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sets", description=__doc__)
    parser.add_argument("data", nargs="?", type=Path, default=DATA, help="folder of the sets")
    parser.add_argument("--limit", type=int, metavar="N", help="rows drawn from each set (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="of the draw and of the intervals")
    parser.add_argument("--all", action="store_true", help="score the sets that no map is fitted on, too")
    parser.add_argument("--ask", action="store_true", help="ask a language model about each row, too")
    parser.add_argument("--model", help="which one, as in storycheck check")
    parser.add_argument("--cache", type=Path, metavar="FILE", help="where its answers are kept")
    parser.add_argument("--json", type=Path, metavar="FILE", default=RESULT, help="where the figures go")
    parser.add_argument(
        "--write-maps", action="store_true", help="with --ask: fit the map that a run uses, too"
    )
    parser.add_argument("--maps", type=Path, metavar="FOLDER", default=MAPS, help="where that goes")
    return parser


async def _measured(
    rows: Mapping[str, Sequence[LabelledRow]],
    plan: Plan,
    endpoint: Endpoint | None,
    settings: Settings,
    progress: Progress,
) -> Measured:
    drawn = {name: draw(of_set, plan.limit, plan.seed) for name, of_set in rows.items()}
    begun = time.monotonic()
    async with AsyncExitStack() as stack:
        flat = [row for some in drawn.values() for row in some]
        usage = Usage()
        if endpoint is None:
            values = iter(by_code_alone(flat))
        else:
            model, meter = await stack.enter_async_context(asked(settings, endpoint, ROOT / "out" / "bench"))
            values = iter(await measure_rows(flat, model, progress))
            usage = meter()
    sets = {name: MeasuredSet(rows[name], some, [next(values) for _ in some]) for name, some in drawn.items()}
    return Measured(sets, usage, round(time.monotonic() - begun, 1))


async def _result(found: Measured, plan: Plan, endpoint: Endpoint | None) -> SetsResult:
    columns = WITHOUT_ODDS if endpoint is None else WITH_ODDS
    return SetsResult(
        tool_version=__version__,
        model=endpoint.model if endpoint else "",
        model_sha256=endpoint.model_sha256 if endpoint else None,
        limit=plan.limit,
        seed=plan.seed,
        fitted_on=tuple(name for name in FITTED if name in found.sets),
        usage=found.usage,
        time_s=found.time_s,
        judges=await judged(found.sets, columns, plan),
    )


def _print(result: SetsResult) -> None:
    print("balanced accuracy in percent, 95 % intervals in brackets")
    for judge in result.judges:
        print(judge.judge)
        for found in judge.evaluation.sets:
            print(f"  {found.name:24} {percent(found.balanced_accuracy)}  ({found.judged} rows)")


if __name__ == "__main__":
    sys.exit(main())
