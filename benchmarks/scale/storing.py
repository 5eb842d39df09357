"""How many answers a second one store takes that some processes of one host write into at once.

``python -m benchmarks.scale.storing FILE NAME ANSWERS BYTES`` stores so many answers of so many bytes once
its input says so, ``IN_FLIGHT`` at a time as a run does, and prints the seconds it took.
"""

import asyncio
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.speed.command import ROOT
from pipeline.store import ANSWERS, open_answers
from pipeline.trace import sha256

IN_FLIGHT: Final = 16  # answers that a process waits for at once
AT_ONCE: Final = (1, 2, 4)
ANSWERS_EACH: Final = 2000
ROUNDS: Final = 5
BYTES: Final = 1200  # of an answer, about what the batch's take


def stored(folder: Path, processes: int, each: int = ANSWERS_EACH, rounds: int = ROUNDS) -> dict[str, float]:
    """Return the answers a second that ``processes`` store together, ``each`` of them so many: the median."""
    rates = []
    for number in range(rounds):
        own = folder / f"round-{number}"
        own.mkdir()
        rates.append(processes * each / _seconds(own, processes, each))
    return {"answers_per_s": round(median(rates), 1), "bytes": BYTES, "rounds": rounds}


def _seconds(folder: Path, processes: int, each: int) -> float:
    with ExitStack() as stack:
        started = []
        for number in range(processes):
            arguments = [str(folder / ANSWERS), str(number), str(each), str(BYTES)]
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "benchmarks.scale.storing", *arguments],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    cwd=ROOT,
                )
            )
            if process.stdin is None or process.stdout is None:
                raise RuntimeError("a pipe was asked for")
            started.append((process.stdin, process.stdout))
        for _, said in started:
            said.readline()  # it is ready
        for go, _ in started:
            go.write("go\n")
            go.flush()
        return max(float(said.readline()) for _, said in started)


async def _store(path: Path, name: str, number: int, size: int) -> float:
    with open_answers(path) as answers:
        left = iter(range(number))

        async def work() -> None:
            for n in left:
                await answers.put(sha256(f"{name} {n}".encode()), "verify", "x" * size)

        print("ready", flush=True)
        sys.stdin.readline()
        begun = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
        return time.perf_counter() - begun


if __name__ == "__main__":
    file, mine, how_many, how_long = sys.argv[1:]
    print(asyncio.run(_store(Path(file), mine, int(how_many), int(how_long))), flush=True)
