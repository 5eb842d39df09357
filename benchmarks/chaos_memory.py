"""Watches the memory of a process while it works through a batch, and tells how fast it grows."""

import re
import statistics
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

SAMPLES: Final = 20  # over one batch
LOOK_S: Final = 0.2
WARM_UP: Final = 0.25  # of the stories: until then libraries load and pools fill


@dataclass
class Memory:
    """The most resident memory of a process within each twentieth of a batch of ``stories``, in MiB."""

    stories: int
    most: dict[int, float] = field(default_factory=dict)  # by how many stories were done then, about

    def note(self, done: int, mib: float, name: str) -> None:
        """Note what was in use with ``done`` stories finished; each new sample is told of on stderr."""
        step = max(1, self.stories // SAMPLES)
        at = min(done // step * step, self.stories)
        if at not in self.most:
            print(f"{name}: {at} of {self.stories} stories, {mib:.0f} MiB", file=sys.stderr, flush=True)
        self.most[at] = max(self.most.get(at, 0.0), mib)

    def growth_kib(self) -> float | None:
        """Return its growth a story by least squares, after the warm-up; None where samples are too few."""
        settled = {at: mib for at, mib in self.most.items() if WARM_UP * self.stories <= at < self.stories}
        if len(settled) < 3:
            return None
        slope, _ = statistics.linear_regression(list(settled), list(settled.values()))
        return round(1024 * slope, 1)

    def told(self) -> dict[str, Any]:
        """Return the figures as they are stored."""
        samples = [{"stories": at, "mib": round(mib, 1)} for at, mib in sorted(self.most.items())]
        return {"samples": samples, "growth_kib_a_story": self.growth_kib()}


def watch(pid: int, heard: threading.Thread, done: Callable[[], int], memory: Memory, name: str) -> None:
    """Sample the process until ``heard`` has heard that it ended; ``done`` counts its finished stories."""
    while heard.is_alive():
        mib = resident_mib(pid)
        if mib:
            memory.note(done(), mib, name)
        heard.join(LOOK_S)


def resident_mib(pid: int) -> float:
    """Return the memory of a process; 0 where it is gone, or the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0.0
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0
