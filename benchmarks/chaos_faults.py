"""Checks a large batch against an endpoint that fails, and sees whether everything is accounted for."""

import argparse
import random
import re
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from benchmarks.chaos_memory import Memory, watch
from benchmarks.chaos_process import Worker
from schemas.article import Role
from schemas.report import Failure, Report
from schemas.verdict import Label

MOST_GROWTH_KIB: Final = 32.0  # a story: its line of the index, with the words it is found by
FEWEST: Final = 200  # stories; the growth of fewer is lost in what the allocator does
READABLE: Final = (Role.headline, Role.prose, Role.caption)
_WHERE: Final = re.compile(r", sentence (\d+)(?: to (\d+))?$")
_PLACES: Final = ("Tarnholm", "Wexley", "Ulverhaven", "Corrie", "Marrick", "Stanway", "Eskmouth", "Brannoch")
_THINGS: Final = ("ferry", "harbour", "bridge", "market", "library", "quarry", "tram line", "pumping station")
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def faults(commands: Worker, endpoint: Worker, options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Check the batch under faults, and again without, and return the figures."""
    stories, out = folder / "stories", folder / "out"
    _write_stories(stories, options.stories, random.Random(options.seed))
    lost: list[str] = []
    command = ["check", stories, "-o", out, "--model", "m", "-q", "--concurrency", options.concurrency]
    runs = {}
    well: set[str] = set()
    for name, share in (("with faults", options.faults), ("without", 0.0)):
        endpoint.tell(share=share, seed=options.seed)
        address = endpoint.hear()["base_url"]
        stored = _stored(out)
        begun = time.monotonic()
        timeout = ["--timeout", options.timeout] if share else []
        memory = Memory(options.stories)
        code = _run(commands, [*command, *timeout], address, folder, memory, name)
        endpoint.tell(share=0.0, seed=0)
        seen = endpoint.hear()
        runs[name] = {
            "seconds": round(time.monotonic() - begun, 1),
            "exit_code": code,
            "requests": sum(seen["asked"].values()),
            "questions": len(seen["asked"]),
            "answered_well_before": len(well & set(seen["asked"])),
            "answers_stored": _stored(out) - stored,
            "memory": memory.told(),
            **_account(out, options.stories, name, lost),
        }
        if code not in (0, 3):
            lost.append(f"the command {name} ended with {code}: {(folder / 'log').read_text()[-300:]}")
        well = set(seen["well"])
        grown = memory.growth_kib()
        if options.stories >= FEWEST and grown is not None and grown > MOST_GROWTH_KIB:
            lost.append(f"the command {name} took {grown} KiB more with each story")
    if runs["without"]["requests"] != runs["without"]["answers_stored"]:
        lost.append("without faults something was asked more than once")
    if runs["without"]["answered_well_before"]:
        lost.append("something was asked again that had been answered")
    return {"share": options.faults, "concurrency": options.concurrency, "runs": runs, "lost": lost}


def _write_stories(folder: Path, count: int, draw: random.Random) -> None:
    for n in range(count):
        place, thing = draw.choice(_PLACES), draw.choice(_THINGS)
        days = draw.sample(_DAYS, 2)
        calm = (
            f"Nobody was hurt as the water rose, the mayor of {place} said.",
            f"The mayor of {place} said that people left in time when the water rose.",
        )
        (folder / f"story-{n:04}").mkdir(parents=True)
        for i, outlet in enumerate(("gull", "crier")):
            number = draw.randint(20, 900)
            text = (
                f"The {thing} number {n} at {place} was shut on {days[i]} after a storm. "
                f"It had cost {number} thousand crowns to build. {calm[i]} "
            )
            (folder / f"story-{n:04}" / f"{outlet}.txt").write_text(text)


def _run(commands: Worker, command: list[Any], address: str, folder: Path, memory: Memory, name: str) -> int:
    """Run the command, with its memory noted on the way, and return how it ended."""
    commands.tell(
        arguments=list(map(str, command)),
        environment={"OPENAI_BASE_URL": address},
        log=str(folder / "log"),
        no_wait=True,
    )
    pid = commands.hear()["pid"]
    ended: list[int] = []
    heard = threading.Thread(target=lambda: ended.append(commands.hear()["code"]))
    heard.start()
    begun = time.time()

    def done() -> int:
        return sum(path.stat().st_mtime >= begun for path in folder.glob("out/*/report.md"))

    watch(pid, heard, done, memory, name)
    return ended[0]


def _account(out: Path, stories: int, run: str, lost: list[str]) -> dict[str, Any]:
    """Return the sums over all reports; what does not add up goes into ``lost``."""
    sums: Counter[str] = Counter()
    for n in range(stories):
        path = out / f"story-{n:04}" / "report.json"
        if not path.is_file():
            sums["stories_without_a_report"] += 1
            continue
        report = Report.model_validate_json(path.read_text("utf-8"))
        coverage = report.run.coverage
        unread = sum(_sentences(failure, report) for failure in report.run.failures)
        errors = sum(claim.verdict.label is Label.error for claim in report.claims)
        sums.update(
            stories=1,
            complete=int(report.run.complete),
            sentences=coverage.sentences_readable,
            sentences_read=coverage.sentences_read,
            sentences_with_an_error=unread,
            claims=len(report.claims),
            claims_judged=coverage.claims_judged,
            claims_with_an_error=errors,
            failures=len(report.run.failures),
        )
        is_told = all(claim.verdict.error for claim in report.claims if claim.verdict.label is Label.error)
        if coverage.claims_judged + errors != len(report.claims):
            lost.append(f"{run}: claims of {report.story} are neither judged nor errors")
        if coverage.sentences_read + unread != coverage.sentences_readable:
            lost.append(f"{run}: sentences of {report.story} are neither read nor errors")
        if not is_told or not all(failure.reason for failure in report.run.failures):
            lost.append(f"{run}: an error of {report.story} has no reason")
        if coverage.errors != len(report.run.failures):
            lost.append(f"{run}: the errors of {report.story} are miscounted")
    if sums["stories_without_a_report"]:
        lost.append(f"{run}: {sums['stories_without_a_report']} stories have no report")
    return dict(sums)


def _sentences(failure: Failure, report: Report) -> int:
    """Return how many readable sentences a failure to read says it concerns."""
    place = _WHERE.search(failure.where)
    if failure.stage != "extract" or place is None:
        return 0
    first, last = int(place[1]), int(place[2] or place[1])
    [article] = [article for article in report.articles if article.id == failure.article_id]
    return sum(first <= s.number <= last and s.role in READABLE for s in article.sentences)


def _stored(out: Path) -> int:
    """Return how many answers are stored."""
    path = out / "answers.sqlite"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM answer").fetchone()[0])
