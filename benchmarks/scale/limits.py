"""What a day is too much for first: what it needs of each thing over what one of it was measured to give."""

from collections.abc import Iterator
from statistics import linear_regression
from typing import Final, NamedTuple

from benchmarks.scale.day import DAY_S, Day
from benchmarks.scale.processes import SCHEDULER
from benchmarks.scale.results import Row, ScaleResult
from benchmarks.scale.running import DRIVER

# What nobody measured here, but a reader can put their own for.
REQUESTS_A_MINUTE: Final = 10_000
DRIVER_MIB: Final = 16 * 1024
PATIENCE_S: Final = 5
WARM_UP: Final = 0.25  # of the stories: until then libraries load and pools fill


class Limit(NamedTuple):
    """A day's need of something, and what there is of it in one of ``what``, in ``unit``."""

    what: str
    unit: str
    need: float
    gives: float
    by: str  # where the figures are from

    @property
    def times(self) -> float:
        """How many times as much is needed."""
        return self.need / self.gives


def limits(day: Day, result: ScaleResult) -> list[Limit]:
    """Return the limits that the rows of ``result`` tell of, the tightest first."""
    cores = Limit(
        "the cores of this machine", "cores", day.cores, result.cores, "[speed.md](speed.md), growth"
    )
    found = [cores, *_of_inline(day, result.row("inline")), *_of_dask(day, result.row("dask"))]
    storing = result.part("storing")
    if storing:
        least = min(figures["answers_per_s"] for figures in storing.values())
        found.append(
            Limit(
                "one answers.sqlite",
                "answers a second",
                day.calls_per_s,
                least,
                "storing, above, the least",
            )
        )
    account = Limit(
        f"an account of {REQUESTS_A_MINUTE:,} requests a minute",
        "requests a minute",
        60 * day.calls_per_s,
        REQUESTS_A_MINUTE,
        "assumed",
    )
    return sorted([*found, account], key=lambda limit: -limit.times)


def growth_mib(row: Row, process: str) -> float | None:
    """Return by how much a process grows for each story, by least squares after the warm-up.

    Returns None where there are too few looks.
    """
    least = WARM_UP * row.looks[-1].stories
    points = [
        (look.stories, look.memory_mib[process])
        for look in row.looks
        if process in look.memory_mib and look.stories >= least
    ]
    if len({stories for stories, _ in points}) < 3:
        return None
    slope, _ = linear_regression(*zip(*points, strict=True))
    return slope


def _of_inline(day: Day, row: Row | None) -> Iterator[Limit]:
    if row is None:
        return
    claims_per_s = row.figures["claims"] / row.figures["seconds"]
    need = day.claims / DAY_S
    yield Limit("one process, inline", "claims a second", need, claims_per_s, "inline, above")
    stories = row.looks[-1].stories
    if "index_opened_s" in row.figures:
        opening_s = row.figures["index_opened_s"] * day.stories / stories
        by = f"the index of {stories:,} stories, in Chromium; {PATIENCE_S} s assumed"
        yield Limit("opening one index.html", "seconds", opening_s, PATIENCE_S, by)
    grows = growth_mib(row, DRIVER)
    if grows is not None:
        yield Limit(
            "the memory of one inline process",
            "MiB",
            row.peak_mib[DRIVER] + (day.stories - stories) * max(0.0, grows),
            DRIVER_MIB,
            "its growth a story; 16 GiB assumed",
        )


def _of_dask(day: Day, row: Row | None) -> Iterator[Limit]:
    if row is None:
        return
    calls, stories = row.figures["calls"], row.looks[-1].stories
    by = "its processor time, on one core"
    if row.processor_s.get(SCHEDULER):
        most = calls / row.processor_s[SCHEDULER]
        yield Limit("one Dask scheduler", "requests a second", day.calls_per_s, most, by)
    if row.processor_s.get(DRIVER):
        most = stories / row.processor_s[DRIVER]
        yield Limit("one driver on Dask", "stories a second", day.stories / DAY_S, most, by)
    grows = growth_mib(row, DRIVER)
    if grows is not None:
        need = row.peak_mib[DRIVER] + (day.stories - stories) * max(0.0, grows)
        by = "its growth a story; 16 GiB assumed"
        yield Limit("the memory of one driver on Dask", "MiB", need, DRIVER_MIB, by)
