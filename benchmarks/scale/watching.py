"""Watches a batch while it runs: memory and time of its processes, its requests, and the stories done."""

import os
import re
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.scale.results import Killed, Look
from pipeline.store import REPORT

EACH_S: Final = 1.0
STALLED_S: Final = 900.0  # after which nothing will happen any more
_MEMORY: Final = re.compile(r"^(VmHWM|VmRSS):\s+(\d+) kB", re.MULTILINE)
_USER, _SYSTEM = 11, 12  # fields of /proc/PID/stat after the name, in ticks


class Vitals(NamedTuple):
    """The memory of a process now and at its most, in MiB, and the time of the processor it took."""

    memory_mib: float
    peak_mib: float
    processor_s: float


def vitals(pid: int) -> Vitals | None:
    """Return those of a process; None where it has ended. Linux only."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8", "replace")
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    kib = dict(_MEMORY.findall(status))
    if "VmRSS" not in kib:  # it has ended, and nobody has asked how
        return None
    ticks = int(fields[_USER]) + int(fields[_SYSTEM])
    return Vitals(int(kib["VmRSS"]) / 1024, int(kib["VmHWM"]) / 1024, ticks / os.sysconf("SC_CLK_TCK"))


class Watch:
    """What is seen of a batch of stories that writes into ``out``; the seconds count from ``begin``."""

    def __init__(
        self,
        out: Path,
        requests: Callable[[], int],
        told: Callable[[Look], None],
        stalled_s: float = STALLED_S,
    ) -> None:
        self.looks: list[Look] = []
        self.killed: list[Killed] = []
        self.peak_mib: dict[str, float] = {}
        self._out = out
        self._requests = requests
        self._told = told
        self._stalled_s = stalled_s
        self._moved_s = 0.0
        self._watched: dict[str, int] = {}
        self._taken_s: dict[int, tuple[str, float]] = {}  # by process: one name can be that of several
        self._done: set[str] = set()
        self._begun: float | None = None

    @property
    def seconds(self) -> float:
        """The seconds since it began."""
        return 0.0 if self._begun is None else time.monotonic() - self._begun

    def begin(self) -> None:
        """Let the seconds count, if they do not yet."""
        if self._begun is None:
            self._begun = time.monotonic()

    @property
    def processor_s(self) -> dict[str, float]:
        """The time of the processor that each process took, those before it of its name included."""
        sums: dict[str, float] = {}
        for name, taken_s in self._taken_s.values():
            sums[name] = sums.get(name, 0.0) + taken_s
        return sums

    def add(self, name: str, pid: int) -> None:
        """Watch a process from now on."""
        self._watched[name] = pid

    def kill(self, name: str, process: subprocess.Popen[bytes]) -> None:
        """Kill a process as nothing can prepare for, and note when."""
        self.look()
        process.kill()
        process.wait()
        self.killed.append(Killed(at_s=round(self.seconds, 2), stories=len(self._done), process=name))

    def follow(self, process: subprocess.Popen[bytes], until: int | None = None) -> int | None:
        """Look every second until ``process`` ends, and return how; None once ``until`` stories are done.

        Raises RuntimeError where nothing happened for long.
        """
        while process.poll() is None:
            self.look()
            if self.seconds - self._moved_s > self._stalled_s:
                raise RuntimeError(f"nothing was asked and no story done for {self._stalled_s:g} s")
            if until is not None and len(self._done) >= until:
                return None
            with suppress(subprocess.TimeoutExpired):
                process.wait(EACH_S)
        return process.returncode

    def look(self) -> None:
        """Note how things are now."""
        memory: dict[str, float] = {}
        for name, pid in self._watched.items():
            found = vitals(pid)
            if found is not None:
                memory[name] = round(found.memory_mib, 1)
                self.peak_mib[name] = max(self.peak_mib.get(name, 0.0), round(found.peak_mib, 1))
                self._taken_s[pid] = (name, found.processor_s)
        self._count()
        seen = Look(
            at_s=round(self.seconds, 2),
            stories=len(self._done),
            requests=self._requests(),
            memory_mib=memory,
        )
        if not self.looks or (seen.stories, seen.requests) != (
            self.looks[-1].stories,
            self.looks[-1].requests,
        ):
            self._moved_s = self.seconds
        self.looks.append(seen)
        self._told(seen)

    def _count(self) -> None:
        with suppress(FileNotFoundError), os.scandir(self._out) as entries:
            fresh = [e.name for e in entries if e.name not in self._done and e.is_dir()]
            self._done.update(name for name in fresh if (self._out / name / REPORT).exists())
