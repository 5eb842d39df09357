"""Measures the claims of finished runs: ``python -m benchmarks.claims OUT [STORY] [OUT [STORY] …]``.

OUT is a run directory; a STORY after it, with its gold.json, tells who says what. ``--entailment`` asks a
language model whether the sentences of each claim bear it out.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Final

from benchmarks.claims.measure import Share, Support, measure_claims, own_support
from benchmarks.claims.result import ClaimRun, ClaimsResult, Entailed
from benchmarks.gold import Gold, read_gold
from pipeline.config import Settings, read_environment
from pipeline.errors import InputError, StorycheckError
from pipeline.evaluation import Judge
from pipeline.evaluation.measuring import MapJudge
from pipeline.evaluation.run import asked
from pipeline.llm import Endpoint
from pipeline.progress import Silent
from pipeline.session import open_endpoint
from pipeline.store import make_folder, read_report, write_text
from pipeline.verifier.judge import chosen_map
from schemas.report import Report

BEFORE: Final = (0, 2)  # sentences before a claim's own that are shown with it, for the names
ANSWERS: Final = Path("out") / "bench"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what the claims of each run are like; return 2 where a run or a story cannot be read."""
    given = _parser().parse_args(arguments)
    try:
        runs = [(read_report(out), read_gold(story) if story else None) for out, story in paired(given.paths)]
        with ExitStack() as stack:
            endpoint = None
            settings = Settings(model=given.model, cache=given.cache)
            if given.entailment:
                opened = open_endpoint(settings, read_environment(), lambda _done, _all: None)
                endpoint = stack.enter_context(opened)
            result = asyncio.run(_result(runs, endpoint, settings))
        if given.json is not None:
            make_folder(given.json.parent)
            write_text(given.json, result.model_dump_json(indent=1) + "\n")
    except (StorycheckError, ValueError) as error:
        print(f"claims: {error}", file=sys.stderr)
        return error.exit_code if isinstance(error, StorycheckError) else 2
    for run in result.runs:
        _print(run)
    return 0


def paired(paths: Sequence[Path]) -> list[tuple[Path, Path | None]]:
    """Return each run directory with the story after it, if there is one.

    A folder with a report.json is a run. Raises InputError where a story has no run before it.
    """
    found: list[tuple[Path, Path | None]] = []
    for path in paths:
        if (path / "report.json").is_file():
            found.append((path, None))
        elif found and found[-1][1] is None and (path / "gold.json").is_file():
            found[-1] = (found[-1][0], path)
        else:
            raise InputError(f"{path} is no run, and no story with a gold.json after its run.")
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.claims", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="OUT [STORY]")
    parser.add_argument("--entailment", action="store_true", help="ask whether sentences bear claims out")
    parser.add_argument("--model", help="which model is asked, as in storycheck check")
    parser.add_argument("--cache", type=Path, metavar="FILE", help="where its answers are kept")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    return parser


async def _result(
    runs: Sequence[tuple[Report, Gold | None]],
    endpoint: Endpoint | None,
    settings: Settings,
) -> ClaimsResult:
    async with AsyncExitStack() as stack:
        judge: Judge | None = None
        name = ""
        if endpoint is not None:
            fitted = chosen_map(settings.calibration, endpoint.model)
            if fitted is None:
                raise InputError(f"the odds of {endpoint.model} are not calibrated: leave out --entailment.")
            model, _ = await stack.enter_async_context(asked(settings, endpoint, ANSWERS))
            judge, name = MapJudge(fitted, model, Silent()), endpoint.model
        return ClaimsResult(
            judge=name, runs=tuple([await _run(report, gold, judge) for report, gold in runs])
        )


async def _run(report: Report, gold: Gold | None, judge: Judge | None) -> ClaimRun:
    claims = tuple(claim for claim in report.claims if not claim.is_verbatim)
    worded = report.model_copy(update={"claims": claims})
    entailed = [
        Entailed(before=before, worded=await own_support(worded, judge, before))
        for before in BEFORE
        if judge is not None
    ]
    return ClaimRun(
        story=report.story,
        model=report.run.model,
        tool_version=report.run.tool_version,
        is_complete=report.run.complete,
        quality=measure_claims(report, gold),
        verbatim=Share(part=len(report.claims) - len(claims), whole=len(report.claims)),
        worded=measure_claims(worded).readable,
        entailed=tuple(entailed),
    )


def _print(run: ClaimRun) -> None:
    found = run.quality
    print(f"{run.story}, by {run.model}")
    print(f"  sentences with a claim: {found.readable}; of prose alone: {found.prose}")
    print(f"    with one that is more than the sentence word for word: {run.worded}")
    print(f"  claims: {found.claims}, {found.claims_per_sentence:.2f} a sentence")
    print(f"    word for word their sentence: {run.verbatim}")
    print(f"  claims that repeat an earlier one: {found.repeated}")
    print(f"  claims that can be read alone: {found.standalone}")
    if found.speakers:
        print(f"  right speaker, where somebody says it: {found.speakers.named}")
        print(f"  right speaker, where the outlet does: {found.speakers.outlet}")
        print(f"  sentences of known speakers without a claim: {found.speakers.without_claim}")
    for entailed in run.entailed:
        where = f"its sentence and {entailed.before} before" if entailed.before else "its sentence"
        print(f"  worded claims borne out by {where}: {_told(entailed.worded)}")


def _told(support: Support) -> str:
    return f"{support.supported}" + (f", {support.not_judged} not judged" if support.not_judged else "")


if __name__ == "__main__":
    sys.exit(main())
