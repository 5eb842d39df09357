"""Measures how quickly the pipeline works: ``python -m benchmarks.speed [PART …] [--rounds 5]``.

Every case is measured in each of the rounds, and stored as soon as it is: stopped, the same command goes on.
Then docs/speed.md is made. Nothing else should run on the machine meanwhile. POSIX only.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.speed.page import DOCS, render
from benchmarks.speed.parts import TINY, Case, Sizes, cases
from benchmarks.speed.results import LOAD, RESULT, Sample, SpeedResult, read_result, write_result
from pipeline import __version__
from pipeline.embedded.server import available_cores
from pipeline.errors import InputError
from pipeline.store import make_folder, write_text

PARTS: Final = ("start", "warm", "throughput", "ideal", "growth")


def measured(result: SpeedResult, wanted: Sequence[Case], rounds: int, path: Path) -> SpeedResult:
    """Return ``result`` with what it lacked; each case is stored at ``path`` as soon as it is measured."""
    for number in range(1, rounds + 1):
        for case in wanted:
            if result.has(case.part, case.name, number):
                continue
            load = os.getloadavg()[0]  # what else the machine was doing
            with tempfile.TemporaryDirectory() as folder:
                found = {**case.measure(Path(folder)), LOAD: load}
            figures = {name: round(value, 4) for name, value in found.items()}
            sample = Sample(part=case.part, case=case.name, round=number, figures=figures)
            result = result.model_copy(update={"samples": (*result.samples, sample)})
            write_result(path, result)
            told = ", ".join(f"{name} {value:g}" for name, value in figures.items())
            print(f"{case.part}, {case.name}, round {number} of {rounds}: {told}", flush=True)
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is missing and write it, with the page; return 2 where that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}; all if none")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--most", type=int, default=10**9, metavar="N", help="articles of a case, in all")
    parser.add_argument("--tiny", action="store_true", help="stories of two or three articles, to try it")
    parser.add_argument("--anew", action="store_true", help="forget what was measured before")
    parser.add_argument(
        "--render", action="store_true", help="make the page from what is stored, and no more"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", default=RESULT, help="where it goes")
    parser.add_argument("--docs", type=Path, metavar="FOLDER", default=DOCS, help="where speed.md goes")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}: one of {', '.join(PARTS)}")
    try:
        result = None if given.anew else read_result(given.json)
        if result is None or (result.tool_version != __version__ and not given.render):
            result = SpeedResult(tool_version=__version__, cores=available_cores())
        if not given.render:
            every = cases(TINY if given.tiny else Sizes())
            wanted = [c for c in every if c.part in (given.parts or PARTS) and c.articles <= given.most]
            result = measured(result, wanted, given.rounds, given.json)
        for name, text in render(result).items():
            make_folder((given.docs / name).parent)
            write_text(given.docs / name, text)
    except (InputError, ValueError, RuntimeError) as error:
        print(f"speed: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
