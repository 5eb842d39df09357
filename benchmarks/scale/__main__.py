"""Measures batches of thousands: ``python -m benchmarks.scale [ROW …] [--stories 10000] [--work FOLDER]``.

Each row is stored as soon as it is measured: stopped, the same command goes on with the next. How far it is
stands in FOLDER/progress.txt. Then docs/scale.md is made. Nothing else should run on the machine meanwhile.
Linux only; rows on Dask need the extra ``dask``.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.scale.page import DOCS, render
from benchmarks.scale.results import (
    RESULT,
    USUAL,
    Batch,
    Figures,
    Look,
    ScaleResult,
    read_result,
    write_result,
)
from benchmarks.scale.rows import ROWS, measured
from benchmarks.scale.sizes import ARTICLES, weighed
from benchmarks.scale.storing import AT_ONCE, stored
from pipeline import __version__
from pipeline.embedded.server import available_cores
from pipeline.errors import InputError
from pipeline.store import make_folder, write_text

WORK: Final = Path("out") / "bench" / "scale"
EACH: Final = 15  # looks between two lines of progress
OTHERS: Final = ("sizes", "storing")


def completed(result: ScaleResult, wanted: Sequence[str], work: Path, path: Path) -> ScaleResult:
    """Return ``result`` with what it lacked of ``wanted``; each part is stored at ``path`` at once."""
    for part, cases in _parts(wanted).items():
        for case, measure in cases.items():
            if case in result.part(part):
                continue
            with tempfile.TemporaryDirectory(dir=work) as folder:
                found = Figures(part=part, case=case, figures=measure(Path(folder)))
            result = result.model_copy(update={"parts": (*result.parts, found)})
            write_result(path, result)
            print(f"{part}, {case}: {_told(found.figures)}", flush=True)
    for name in ROWS:
        if name not in wanted or result.row(name) is not None:
            continue
        row = measured(name, result.batch, work, _progress(name, result.batch, work))
        order = [*ROWS]
        rows = sorted((*result.rows, row), key=lambda one: order.index(one.name))
        result = result.model_copy(update={"rows": tuple(rows)})
        write_result(path, result)
        print(f"{name}: {_told(row.figures)}; MiB at most: {_told(row.peak_mib)}", flush=True)
    return result


def _parts(wanted: Sequence[str]) -> dict[str, dict[str, Callable[[Path], dict[str, float]]]]:
    every: dict[str, dict[str, Callable[[Path], dict[str, float]]]] = {
        "sizes": {f"{n} articles": partial(weighed, n) for n in ARTICLES},
        "storing": {f"{n}": partial(_stored, n) for n in AT_ONCE},
    }
    return {part: cases for part, cases in every.items() if part in wanted}


def _stored(processes: int, folder: Path) -> dict[str, float]:
    return stored(folder, processes)


def _told(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in figures.items())


def _progress(name: str, batch: Batch, work: Path) -> Callable[[Look], None]:
    looks = 0

    def tell(look: Look) -> None:
        nonlocal looks
        if looks % EACH == 0:
            line = f"{name}: {look.stories:,} of {batch.stories:,} stories, {look.requests:,} requests, "
            with (work / "progress.txt").open("a", encoding="utf-8") as progress:
                progress.write(f"{line}{look.at_s:.0f} s, {sum(look.memory_mib.values()):.0f} MiB\n")
        looks += 1

    return tell


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is missing and write it, with the page; return 2 where that cannot be."""
    given = _arguments(arguments)
    batch = Batch(
        stories=given.stories,
        articles=given.articles,
        sentences=given.sentences,
        latency_s=given.latency,
        in_flight=given.in_flight,
        workers=given.workers,
    )
    try:
        result = read_result(given.json)
        if not given.render:
            result = _to_complete(result, batch, is_anew=given.anew)
            given.work.mkdir(parents=True, exist_ok=True)
            wanted = given.rows or [*OTHERS, *ROWS]
            result = completed(result, wanted, given.work.resolve(), given.json)
        for name, text in render(result).items():
            make_folder((given.docs / name).parent)
            write_text(given.docs / name, text)
    except (InputError, ValueError, RuntimeError) as error:
        print(f"scale: {error}", file=sys.stderr)
        return 2
    return 0


def _to_complete(stored: ScaleResult | None, batch: Batch, *, is_anew: bool) -> ScaleResult:
    """Return what is stored, if it is of this batch and tool, or an empty result.

    Raises ValueError before what is stored of a larger batch is lost.
    """
    if stored is not None and not is_anew:
        if (stored.tool_version, stored.batch) == (__version__, batch):
            return stored
        if stored.batch.stories > batch.stories:
            larger = f"what is stored is of {stored.batch.stories:,} stories"
            raise ValueError(f"{larger}: give another --json and --docs, or --anew to lose it")
    return ScaleResult(tool_version=__version__, cores=available_cores(), batch=batch)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    every = [*OTHERS, *ROWS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"some of: {'; '.join(every)}; all if none")
    parser.add_argument("--stories", type=int, default=USUAL.stories)
    parser.add_argument("--articles", type=int, default=USUAL.articles, help="of a story")
    parser.add_argument("--sentences", type=int, default=USUAL.sentences, help="of an article")
    parser.add_argument("--latency", type=float, default=USUAL.latency_s, metavar="S", help="of the endpoint")
    parser.add_argument("--in-flight", type=int, default=USUAL.in_flight, help="requests at once, at most")
    parser.add_argument("--workers", type=int, default=USUAL.workers, help="of the cluster")
    parser.add_argument("--anew", action="store_true", help="forget what was measured before")
    parser.add_argument(
        "--render", action="store_true", help="make the page from what is stored, and no more"
    )
    parser.add_argument("--work", type=Path, metavar="FOLDER", default=WORK, help="where it works")
    parser.add_argument("--json", type=Path, metavar="FILE", default=RESULT, help="where the figures go")
    parser.add_argument("--docs", type=Path, metavar="FOLDER", default=DOCS, help="where scale.md goes")
    given = parser.parse_args(arguments)
    if unknown := set(given.rows) - set(every):
        parser.error(f"there is no row {', '.join(sorted(unknown))}: some of {'; '.join(every)}")
    return given


if __name__ == "__main__":
    sys.exit(main())
