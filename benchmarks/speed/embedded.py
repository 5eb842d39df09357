"""Measures the embedded model: ``python -m benchmarks.speed.embedded [--story FOLDER] [--rounds 1]``.

Each round checks the story once with each engine, from nothing, in turns; ``--engine NAME=COMMAND`` names the
``storycheck`` of another environment, say one where llama.cpp was built for this machine. What the machine
itself can do is measured before. Nothing else should run meanwhile; each round takes minutes.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.speed.command import ROOT, STORYCHECK
from benchmarks.speed.results import LOAD, Sample, SpeedResult, write_result
from pipeline import __version__
from pipeline.embedded.server import available_cores
from pipeline.errors import InputError
from pipeline.store import read_report
from schemas.report import StageTime

EMBEDDED: Final = Path(__file__).parent / "embedded.json"
STORY: Final = ROOT / "examples" / "ellen-marrick"
LIMITS: Final = "this machine"
WHOLE: Final = "the whole"
ENDED: Final = (0, 3)  # done, or done with some claims that could not be judged
FLOP_A_TOKEN: Final = (
    2 * 1.31e9
)  # twice the parameters of the default model, as published, less its vocabulary
READ_BYTES: Final = 1 << 29  # far more than any processor's cache
MATRIX: Final = 3072


def limits(threads: int) -> dict[str, float]:
    """Return what ``threads`` can do: GB/s read from memory, and GFLOP/s of a product of float32 matrices."""
    memory = np.ones(READ_BYTES // 8, dtype=np.int64)
    parts = np.array_split(memory, threads)
    with ThreadPoolExecutor(threads) as pool:
        read_s = min(_seconds(lambda: list(pool.map(np.sum, parts))) for _ in range(3))
    matrix = np.ones((MATRIX, MATRIX), dtype=np.float32)
    product_s = min(_seconds(lambda: matrix @ matrix) for _ in range(3))
    return {"gb_per_s": READ_BYTES / read_s / 1e9, "gflop_per_s": 2 * MATRIX**3 / product_s / 1e9}


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def checked(command: str, story: Path, options: Sequence[str]) -> dict[str, dict[str, float]]:
    """Check ``story`` from nothing by ``command``; return the figures of each stage that asked, and of all.

    Raises RuntimeError where the command fails.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENAI_")}
    with tempfile.TemporaryDirectory() as folder:
        line = [command, "check", str(story), "-o", folder, "-q", *options]
        begun = time.perf_counter()
        done = subprocess.run(line, capture_output=True, text=True, env=environment, check=False)
        seconds = time.perf_counter() - begun
        if done.returncode not in ENDED:
            raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr[-500:]}")
        stages = [stage for stage in read_report(Path(folder)).run.stages if stage.calls]
    return {**{stage.stage: figures(stage) for stage in stages}, WHOLE: _sum(stages, seconds)}


def figures(stage: StageTime) -> dict[str, float]:
    """Return what is stored of a stage: its time, and the tokens read, found read already, and written.

    A report rounds its seconds: where a stage took none to speak of, its tokens a second are given as 0.
    """
    tokens = stage.tokens_in - stage.cached_tokens_in + stage.tokens_out
    return {
        "seconds": stage.seconds,
        "calls": stage.calls,
        "read": stage.tokens_in - stage.cached_tokens_in,
        "cached_percent": 100 * stage.cached_tokens_in / stage.tokens_in if stage.tokens_in else 0.0,
        "written": stage.tokens_out,
        "tokens_per_s": tokens / stage.seconds if stage.seconds else 0.0,
    }


def _sum(stages: Sequence[StageTime], seconds: float) -> dict[str, float]:
    counts = {
        name: sum(getattr(stage, name) for stage in stages)
        for name in ("calls", "tokens_in", "cached_tokens_in", "tokens_out")
    }
    return figures(StageTime(stage=WHOLE, seconds=seconds, **counts))


def measured(
    story: Path, engines: Sequence[tuple[str, str]], rounds: int, options: Sequence[str], path: Path
) -> SpeedResult:
    """Return what each of ``engines``, as (name, command), takes for ``story``; stored after each check."""
    cores = available_cores()
    found = limits(cores)
    samples = [Sample(part=LIMITS, case=f"{cores} cores", round=1, figures=_rounded(found))]
    for number in range(1, rounds + 1):
        for name, command in engines:
            load = os.getloadavg()[0]
            for stage, one in checked(command, story, options).items():
                share = 100 * one["tokens_per_s"] * FLOP_A_TOKEN / 1e9 / found["gflop_per_s"]
                whole = _rounded({**one, "of_arithmetic_percent": share, LOAD: load})
                samples.append(Sample(part=name, case=stage, round=number, figures=whole))
                print(f"{name}, {stage}, round {number}: {whole['seconds']:g} s", flush=True)
            result = SpeedResult(tool_version=__version__, cores=cores, samples=tuple(samples))
            write_result(path, result)
    return result


def _rounded(found: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in found.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and store; return 2 where that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.embedded", description=__doc__)
    parser.add_argument("--story", type=Path, default=STORY)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--engine", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--slots", type=int, help="answers written side by side")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--json", type=Path, default=EMBEDDED, metavar="FILE", help="where it goes")
    given = parser.parse_args(arguments)
    if given.rounds < 1 or not all("=" in engine for engine in given.engine):
        parser.error("--rounds is at least 1, and --engine is NAME=COMMAND")
    engines = [("as installed", str(STORYCHECK)), *(engine.split("=", 1) for engine in given.engine)]
    options = [] if given.slots is None else ["--concurrency", str(given.slots)]
    options += [] if given.threads is None else ["--threads", str(given.threads)]
    try:
        measured(given.story, engines, given.rounds, options, given.json)
    except (InputError, OSError, RuntimeError) as error:
        print(f"speed of the embedded model: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
