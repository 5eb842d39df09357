"""Runs the command and takes its time: as a person meets it, or with the libraries loaded beforehand.

``python -m benchmarks.speed.command ARGUMENT…`` is the command in a process that has loaded everything; it
prints what it took as one line of JSON.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.store import read_report, story_folders
from schemas.report import Report

ROOT: Final = Path(__file__).parents[2]
STORYCHECK: Final = Path(sys.executable).parent / "storycheck"
DONE: Final = 0


@dataclass(frozen=True)
class Took:
    """What a command took: seconds of the clock and of the processor, and its most memory, in MiB.

    ``cpu_s`` and ``memory_mib`` are those of its own process alone.
    """

    wall_s: float
    cpu_s: float = 0.0
    memory_mib: float = 0.0


def loaded(arguments: list[Any], base_url: str) -> Took:
    """Run ``storycheck`` with ``arguments`` against an endpoint, all libraries loaded before the clock."""
    command = [sys.executable, "-m", "benchmarks.speed.command", *map(str, arguments)]
    done = _run(command, base_url)
    return Took(**json.loads(done.stdout.splitlines()[-1]))


def whole(arguments: list[Any], base_url: str = "") -> Took:
    """Run ``storycheck`` with ``arguments`` from its start to its end."""
    command = [str(STORYCHECK), *map(str, arguments)]
    begun = time.perf_counter()
    _run(command, base_url)
    return Took(time.perf_counter() - begun)


def check(story: Path, out: Path, *options: object) -> list[Any]:
    """Return the arguments that check ``story``."""
    return ["check", story, "-o", out, "--model", "invented", "-q", *options]


def reports(out: Path) -> list[Report]:
    """Return the report in ``out``, or those of its stories."""
    return [read_report(folder) for folder in story_folders(out) or [out]]


def calls(found: list[Report]) -> dict[str, int]:
    """Return the requests of each stage, over all reports; stages that asked nothing are left out."""
    sums: dict[str, int] = {}
    for report in found:
        for stage in report.run.stages:
            if stage.calls:
                sums[stage.stage] = sums.get(stage.stage, 0) + stage.calls
    return sums


def _run(command: list[str], base_url: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": ""}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    if done.returncode != DONE:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-500:]}")
    return done


def _most_memory_mib(told_kib: int) -> float:
    """Return the most memory of this process; ``told_kib`` begins, on Linux, with that of who started it."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.is_file() else []
    own = next((line.split()[1] for line in lines if line.startswith("VmHWM:")), None)
    return (told_kib if own is None else int(own)) / 1024


def _main() -> None:
    import resource  # noqa: PLC0415 - POSIX only

    # Loaded before the clock begins.
    from pipeline import batch, cli, reasking, sending, session  # noqa: F401, PLC0415
    from pipeline.client import open_client  # noqa: PLC0415

    _ = open_client("http://127.0.0.1:1", "none", 1.0).chat  # loaded when it is asked for
    sys.argv[0] = "storycheck"
    before = resource.getrusage(resource.RUSAGE_SELF)
    begun = time.perf_counter()
    code: object = None
    try:
        cli.main()
    except SystemExit as ended:
        code = ended.code
    wall_s = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps(asdict(Took(wall_s, cpu_s, _most_memory_mib(after.ru_maxrss)))))
    sys.exit(DONE if code in (None, DONE) else 1)


if __name__ == "__main__":
    _main()
