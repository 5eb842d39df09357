"""Rows: a batch of stories in one process and on a cluster, undisturbed or with a process killed midway."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.scale.opening import opened_s
from benchmarks.scale.processes import Cluster, cluster
from benchmarks.scale.results import Batch, Look, Row, thinned
from benchmarks.scale.running import LOG, Run
from benchmarks.scale.watching import Watch
from benchmarks.speed.mock import Manner, Seen, mock
from benchmarks.speed.parts import least_s
from benchmarks.speed.results import LOAD
from benchmarks.speed.stories import Mix, write_stories
from pipeline.engines.inline import lanes_for
from pipeline.errors import InputError
from pipeline.publish import INDEX
from pipeline.store import ANSWERS, read_report

SEED: Final = 1
SHARED: Final = 3  # sentences of an article that are of the story's core, as far as it has so many
Told = Callable[[Look], None]


def inline(run: Run) -> None:
    """Check all stories in one process."""
    run.whole()


def dask(run: Run) -> None:
    """Check all stories on a cluster."""
    with _on_cluster(run):
        run.whole()


def worker_killed(run: Run) -> None:
    """Check all stories on a cluster that loses a worker midway, for good."""
    with _on_cluster(run) as found:
        lost = found.workers[0]
        run.whole(lambda: run.watch.kill(lost, found.processes[lost]))


def driver_killed(run: Run) -> None:
    """Check all stories on a cluster, and kill the command midway; the same command then goes on."""
    with _on_cluster(run):
        run.half()
        run.whole()


ROWS: Final[dict[str, Callable[[Run], None]]] = {
    "inline": inline,
    "dask": dask,
    "dask, a worker killed": worker_killed,
    "dask, the driver killed": driver_killed,
}


def measured(name: str, batch: Batch, folder: Path, told: Told) -> Row:
    """Measure a row in ``folder``, of which the stories stay there for other rows; raises RuntimeError."""
    _write_batch(batch, folder / "in")
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    (folder / LOG).unlink(missing_ok=True)
    load = os.getloadavg()[0]  # what else the machine was doing
    with mock(Manner(latency_s=batch.latency_s, keeps_bodies=False)) as endpoint:
        watch = Watch(out, lambda: endpoint.seen().requests, told)
        ROWS[name](Run(batch, folder, endpoint, watch))
        seconds, seen = watch.looks[-1].at_s, endpoint.seen()
    row = Row(
        name=name,
        figures={**_times(batch, seconds, watch, seen), **_found(batch, folder), LOAD: load},
        peak_mib=watch.peak_mib,
        processor_s={process: round(taken, 2) for process, taken in watch.processor_s.items()},
        looks=thinned(watch.looks),
        killed=tuple(watch.killed),
    )
    shutil.rmtree(out)
    return row


@contextmanager
def _on_cluster(run: Run) -> Iterator[Cluster]:
    logs = run.folder / "cluster"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir()
    batch = run.batch
    threads = -(-lanes_for(batch.in_flight) // batch.workers)  # as many stories under way as inline
    with cluster(batch.workers, threads, run.endpoint.base_url, logs) as found:
        for name, process in found.processes.items():
            run.watch.add(name, process.pid)
        run.options += ["--engine", "dask", "--scheduler", found.address]
        yield found


def _write_batch(batch: Batch, folder: Path) -> None:
    """Write the stories, if they are not there from another row."""
    note = folder.with_suffix(".json")
    wanted = batch.model_dump_json(include={"stories", "articles", "sentences"})
    if note.exists() and note.read_text("utf-8") == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    shared = min(SHARED, batch.sentences)
    mix = Mix(core=shared + 1, shared=shared, own=batch.sentences - shared)
    write_stories(folder, batch.stories, batch.articles, SEED, mix)
    note.write_text(wanted, "utf-8")


def _times(batch: Batch, seconds: float, watch: Watch, seen: Seen) -> dict[str, float]:
    sent = seen.requests - seen.refused
    ideal_s = least_s({"all": sent - seen.repeated}, batch.latency_s, batch.in_flight)
    first = next((look.at_s for look in watch.looks if look.stories), seconds)
    return {
        "seconds": seconds,
        "stories_per_s": round(batch.stories / seconds, 3),
        "ideal_s": round(ideal_s, 2),
        "over_ideal": round(seconds / ideal_s, 3),
        "calls": sent,
        "asked_twice": seen.repeated,
        "refused": seen.refused,
        "most_in_flight": seen.most_in_flight,
        "tokens_in": seen.tokens_in,
        "tokens_out": seen.tokens_out,
        "first_story_s": first,
    }


def _found(batch: Batch, folder: Path) -> dict[str, float]:
    """Return what is in the reports, how many are not there, and the bytes of it all."""
    out, claims, incomplete, in_reports = folder / "out", 0, 0, 0
    missing, opening = 0, opened_s(out / INDEX)
    for story in sorted((folder / "in").iterdir()):
        try:
            report = read_report(out / story.name)
        except InputError:
            missing += 1
            continue
        claims += len(report.claims)
        incomplete += not report.run.complete
        in_reports += sum(path.stat().st_size for path in (out / story.name).iterdir())
    return {
        "missing": missing,
        "incomplete": incomplete,
        "claims": claims,
        "report_bytes": in_reports,
        "answers_bytes": sum(path.stat().st_size for path in out.glob(f"{ANSWERS}*")),
        "index_bytes": (out / INDEX).stat().st_size,
        **({} if opening is None else {"index_opened_s": opening}),
    }
