"""The processes of a batch: the command itself, and a cluster that it is given, each started by itself."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from benchmarks.speed.command import ROOT, STORYCHECK

SCHEDULER: Final = "scheduler"
WITHIN_S: Final = 300  # a cluster is up, on a slow machine that does other things
_LOOK_S: Final = 0.1
_LAST_BYTES: Final = 2000  # of a log that an error shows


@dataclass(frozen=True)
class Cluster:
    """A scheduler and its workers: processes of this machine, by name."""

    address: str
    processes: Mapping[str, subprocess.Popen[bytes]]

    @property
    def workers(self) -> list[str]:
        """The names of the workers."""
        return [name for name in self.processes if name != SCHEDULER]


def start(arguments: list[Any], base_url: str, log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the command; all that it prints goes into ``log``."""
    return _started([str(STORYCHECK), *map(str, arguments)], base_url, log)


@contextmanager
def cluster(workers: int, threads: int, base_url: str, folder: Path) -> Iterator[Cluster]:
    """Start a scheduler and ``workers`` workers of so many threads each, and end them with the block.

    No nanny starts a worker anew that was killed. Raises RuntimeError where a process does not come up.
    """
    known = folder / "scheduler.json"
    with ExitStack() as stack:
        processes: dict[str, subprocess.Popen[bytes]] = {}

        def run(name: str, kind: str, *options: str) -> None:
            log = stack.enter_context((folder / f"{name}.log").open("wb"))
            command = [sys.executable, "-m", f"distributed.cli.{kind}", *options]
            processes[name] = _started([*command, "--host", "127.0.0.1", "--no-dashboard"], base_url, log)
            stack.callback(_ended, processes[name])

        run(SCHEDULER, "dask_scheduler", "--port", "0", "--scheduler-file", str(known))
        address = _address(known, processes[SCHEDULER])
        alone = ("--no-nanny", "--nthreads", str(threads), "--local-directory", str(folder))
        for number in range(1, workers + 1):
            run(f"worker {number}", "dask_worker", address, *alone)
        _wait_for_workers(address, workers)
        yield Cluster(address, processes)


def last_words(log: Path) -> str:
    """Return the end of what a process printed."""
    return log.read_bytes()[-_LAST_BYTES:].decode("utf-8", "replace")


def _started(command: list[str], base_url: str, log: IO[bytes]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": ""}
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=ROOT, env=environment
    )


def _ended(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(known: Path, scheduler: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + WITHIN_S
    while time.monotonic() < until and scheduler.poll() is None:
        try:
            return str(json.loads(known.read_text("utf-8"))["address"])
        except (FileNotFoundError, ValueError):  # not yet, or not all of it
            time.sleep(_LOOK_S)
    raise RuntimeError("the scheduler did not start")


def _wait_for_workers(address: str, workers: int) -> None:
    from distributed import Client  # noqa: PLC0415 - an extra, and heavy

    with Client(address, timeout=WITHIN_S) as client:
        client.wait_for_workers(workers, timeout=WITHIN_S)
