"""Measures how articles are grouped: ``python -m benchmarks.grouping [quality] [growth] [--most 100000]``.

Every figure is stored as soon as there is one: stopped, the same command goes on. Then docs/grouping.md is
made. For times, nothing else should run on the machine. POSIX only.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from benchmarks.grouping.bcubed import agreement, scored
from benchmarks.grouping.methods import METHODS
from benchmarks.grouping.page import DOCS, PAGE, render
from benchmarks.grouping.piles import OWN, invented, own_scores
from benchmarks.grouping.results import RESULT, GroupingResult, read_result, write_result
from benchmarks.grouping.scale import measured
from pipeline import __version__
from pipeline.embedded.server import available_cores
from pipeline.errors import InputError
from pipeline.store import write_text

PARTS: Final = ("quality", "growth")
SIZES: Final = (1_000, 10_000, 100_000)
Keep = Callable[[GroupingResult], None]


def with_quality(result: GroupingResult, keep: Keep) -> GroupingResult:
    """Return ``result`` with what it lacks of how well piles are grouped."""
    for name, made in invented().items():
        told = made()
        key = [one.event for one in told]
        for method, grouped in METHODS.items():
            if method not in result.quality.get(name, {}):
                result = result.with_quality(name, method, agreement(scored(key, grouped(told))))
                keep(result)
    if not all(name in result.quality for name in OWN):
        for name, method, found in own_scores():
            result = result.with_quality(name, method, agreement(found))
            keep(result)
    return result


def with_growth(result: GroupingResult, most: int, keep: Keep) -> GroupingResult:
    """Return ``result`` with what it lacks of how time and memory grow."""
    for articles in SIZES:
        if articles <= most and str(articles) not in result.growth:
            with tempfile.TemporaryDirectory() as folder:
                load = os.getloadavg()[0]
                result = result.with_growth(articles, {**measured(Path(folder), articles), "load": load})
            keep(result)
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is missing and write it, with the page; return 2 where that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grouping", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}; both if none")
    parser.add_argument(
        "--most", type=int, default=SIZES[-1], metavar="N", help="articles of a pile, at most"
    )
    parser.add_argument("--anew", action="store_true", help="forget what was measured before")
    parser.add_argument("--render", action="store_true", help="make the page of what is stored, and no more")
    parser.add_argument("--json", type=Path, metavar="FILE", default=RESULT, help="where it goes")
    parser.add_argument("--docs", type=Path, metavar="FOLDER", default=DOCS, help="where grouping.md goes")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}: one of {', '.join(PARTS)}")
    parts = () if given.render else given.parts or PARTS
    try:
        result = None if given.anew else read_result(given.json)
        result = result or GroupingResult(tool_version=__version__, cores=available_cores())

        def keep(found: GroupingResult) -> None:
            write_result(given.json, found)
            print(f"{sum(map(len, found.quality.values()))} figures, {len(found.growth)} sizes", flush=True)

        if "quality" in parts:
            result = with_quality(result, keep)
        if "growth" in parts:
            result = with_growth(result, given.most, keep)
        write_text(given.docs / PAGE, render(result))
    except (InputError, ValueError, RuntimeError) as error:
        print(f"grouping: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
