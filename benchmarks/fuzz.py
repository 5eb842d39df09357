"""Feeds mutated files and answers to the tool, guided by coverage: ``python -m benchmarks.fuzz --minutes N``.

Needs atheris (``pip install atheris``), the Python front of LLVM's libFuzzer. What fails or takes too long is
kept in OUT/findings, one file an input, with its traceback beside it; ``--again OUT/findings`` runs what was
kept once more, and needs no atheris. The inputs that reached new code stay in OUT/corpus for the next time.
``--json FILE`` writes what was done.
"""

import argparse
import hashlib
import platform
import subprocess
import sys
import time
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final

from benchmarks.fuzz_log import FuzzLog
from pipeline import __version__
from schemas.record import Record
from tests.fuzz_seeds import WORDS, seeds
from tests.fuzz_targets import TARGETS

LONGEST_S: Final = 20  # an input that takes longer is a finding
MOST_MB: Final = 2048
LONGEST_BYTES: Final = 4096
STARTED_S: Final = 3  # a process that ends sooner than this has not fuzzed anything


class Fuzzed(Record):
    """What was done to one target; ``places`` as in ``FuzzLog``, ``findings`` are names of kept inputs."""

    target: str
    minutes: float
    executions: int
    places_of_seeds: int
    places: int
    inputs_kept: int
    findings: tuple[str, ...]


class FuzzResult(Record):
    """The whole of fuzz.json."""

    tool_version: str
    python: str
    fuzzer: str
    targets: tuple[Fuzzed, ...]


def run(target: str, out: Path, seconds: int) -> Fuzzed:
    """Fuzz one target in processes of their own, started anew where one hangs or runs out of memory."""
    corpus, findings = out / "corpus" / target, out / "findings"
    corpus.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    for data in seeds(target):
        (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    words = out / "words.dict"
    words.write_text("".join(f'"{word}"\n' for word in WORDS))
    log, started = FuzzLog(), time.monotonic()
    until = started + seconds
    while (left := int(until - time.monotonic())) > 0:
        options = {
            "max_total_time": left,
            "timeout": LONGEST_S,
            "rss_limit_mb": MOST_MB,
            "max_len": LONGEST_BYTES,
            "artifact_prefix": f"{findings}/{target}-",
            "dict": words,
            "print_final_stats": 1,
        }
        flags = [f"-{name}={value}" for name, value in options.items()]
        command = [sys.executable, "-m", "benchmarks.fuzz_worker", target, str(findings), *flags, str(corpus)]
        begun = time.monotonic()
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace") as process:
            log.hear(process.stderr or ())
        if process.returncode and time.monotonic() - begun < STARTED_S:
            sys.exit(f"the fuzzer did not start: {' '.join(command)}")
    return Fuzzed(
        target=target,
        minutes=round((time.monotonic() - started) / 60, 1),
        inputs_kept=sum(1 for _ in corpus.iterdir()),
        findings=tuple(path.name for path in _kept(findings) if path.name.startswith(f"{target}-")),
        **vars(log),
    )


def _kept(findings: Path) -> list[Path]:
    return sorted(path for path in findings.iterdir() if path.suffix != ".txt")


def again(folder: Path) -> int:
    """Run every kept input once more; returns how many still fail."""
    failed = 0
    for path in _kept(folder):
        target = path.name.partition("-")[0]
        if target not in TARGETS:
            continue
        begun = time.monotonic()
        try:
            TARGETS[target](path.read_bytes())
        except Exception:
            failed += 1
            print(f"{path.name}: {traceback.format_exc().splitlines()[-1]}")
        if time.monotonic() - begun > LONGEST_S:
            failed += 1
            print(f"{path.name}: took {time.monotonic() - begun:.0f} s")
    return failed


def keep(target: str, data: bytes, error: BaseException, folder: Path) -> None:
    """Keep an input and its traceback, one for each place that fails."""
    where = _innermost(error.__traceback__)
    place = f"{type(error).__name__} {where.f_code.co_filename if where else ''} {where and where.f_lineno}"
    path = folder / f"{target}-{hashlib.sha256(place.encode()).hexdigest()[:12]}"
    if not path.exists():
        path.write_bytes(data)
        path.with_suffix(".txt").write_text("".join(traceback.format_exception(error)))
        print(f"{path.name}: {error!r}"[:200], flush=True)


def _innermost(tb: TracebackType | None) -> FrameType | None:
    """Return the innermost frame of ours: library code fails in one place for many reasons."""
    found = None
    while tb is not None:
        if any(f"/{package}/" in tb.tb_frame.f_code.co_filename for package in ("pipeline", "benchmarks")):
            found = tb.tb_frame
        tb = tb.tb_next
    return found


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="for all targets together")
    parser.add_argument("--target", choices=[*TARGETS], action="append")
    parser.add_argument("--out", type=Path, default=Path("out/fuzz"))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write there what was done")
    parser.add_argument("--again", type=Path, metavar="FOLDER", help="run kept inputs once more")
    options = parser.parse_args()
    if options.again:
        sys.exit(1 if again(options.again) else 0)
    try:
        fuzzer = f"atheris {version('atheris')}"
    except PackageNotFoundError:
        sys.exit("fuzz: atheris is not installed: pip install atheris.")
    targets = options.target or [*TARGETS]
    seconds = int(60 * options.minutes / len(targets))
    found = FuzzResult(
        tool_version=__version__,
        python=platform.python_version(),
        fuzzer=fuzzer,
        targets=tuple(run(target, options.out, seconds) for target in targets),
    )
    if options.json is not None:
        options.json.write_text(found.model_dump_json(indent=1) + "\n", "utf-8")
    kept = [name for target in found.targets for name in target.findings]
    print(f"{len(kept)} findings in {options.out / 'findings'}: {', '.join(kept) or 'none'}")
    sys.exit(1 if kept else 0)


if __name__ == "__main__":
    main()
