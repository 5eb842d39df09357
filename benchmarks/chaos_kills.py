"""Kills runs at random moments, starts them again until they are done, and looks for what was lost."""

import json
import os
import random
import shutil
import signal
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from benchmarks.chaos_process import Worker
from pipeline.store.lock import LOCK
from schemas.report import Report
from tests.fake_endpoint import Body, Reply, check_answer, fake_endpoint

CONCURRENCY: Final = 4
STORIES: Final = ("harbour", "bridge")
FILES: Final = ("report.json", "report.md", "report.html", "run.json")
LATENCY_S: Final = (0.002, 0.03)
LONGEST_S: Final = 120.0  # of a run that nobody kills
# When to kill: soon after some questions, soon after a file, or whenever; with the weight of each.
MOMENTS: Final = {"asking": 5, "writing": 3, "any": 2}
ARTICLES: Final = {
    "harbour/gull": "Ships were kept out of Tarnholm harbour on Monday. Eleven boats waited at the mole. "
    "Captain Ines Roe said that nobody was hurt. The pilot station reopened at noon.",
    "harbour/crier": "Ships were kept out of Tarnholm harbour on Tuesday. Nine boats waited at the mole. "
    "Captain Ines Roe said that two deckhands were hurt. The pilot station stayed shut all day.",
    "bridge/echo": "The toll bridge at Wexley opened in June. It cost four million crowns.",
    "bridge/post": "The toll bridge at Wexley opened in July. It cost six million crowns.",
}
# What says how a run went, and not what it found.
GOING: Final = {
    "started_at",
    "finished_at",
    "calls",
    "cached_calls",
    "tokens_in",
    "cached_tokens_in",
    "tokens_out",
    "cost_usd",
    "stages",
}


@dataclass
class Asked:
    """What the endpoint was asked, by attempt; ``attempt`` is the one that runs now."""

    attempt: int = 0
    requests: dict[int, Counter[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, body: Body) -> Reply:
        """Answer after a little while, which hangs on the question alone."""
        key = json.dumps(body, sort_keys=True)
        with self.lock:
            self.requests.setdefault(self.attempt, Counter())[key] += 1
        return replace(check_answer(body), delay_s=random.Random(key).uniform(*LATENCY_S))

    def count(self) -> int:
        """Return how many requests the attempt that runs now has sent."""
        with self.lock:
            return sum(self.requests.get(self.attempt, Counter()).values())


@dataclass
class Found:
    """What the kills did; ``lost`` says what should not have happened."""

    kills: int = 0
    runs_brought_to_an_end: int = 0
    requests: int = 0
    asked_again: int = 0
    most_asked_again_after_a_kill: int = 0
    answers_stored: int = 0
    files_looked_at: int = 0
    leftovers: int = 0  # half-written files under names of their own, which nobody reads
    killed: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)


def kills(commands: Worker, wanted: int, seed: int, folder: Path) -> dict[str, Any]:
    """Kill ``wanted`` times and return the figures."""
    asked = Asked()
    _write_stories(folder / "stories")
    with fake_endpoint(asked.answer) as server:
        runs = Runs(commands, server.base_url, folder)
        runs.start("undisturbed")
        begun = time.monotonic()
        if commands.hear()["code"] != 0:
            raise SystemExit(f"chaos: the undisturbed run failed: {runs.said()}")
        usual_s, expected = time.monotonic() - begun, _reports(folder / "undisturbed")
        killer = Killer(runs, asked, random.Random(seed), usual_s)
        while killer.found.kills < wanted:
            asked.requests.clear()
            shutil.rmtree(folder / "killed", ignore_errors=True)
            while killer.strikes(may_kill=killer.found.kills < wanted):
                pass
            _compare(folder / "killed", expected, asked, killer.found)
    told = vars(killer.found)
    return {
        "concurrency": CONCURRENCY,
        "undisturbed_s": round(usual_s, 2),
        **told,
        "killed": dict(sorted(killer.found.killed.items())),
    }


def _write_stories(folder: Path) -> None:
    for name, text in ARTICLES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.txt").write_text(text)


@dataclass(frozen=True)
class Runs:
    """Checks of the stories in ``folder``, one after the other."""

    commands: Worker
    base_url: str
    folder: Path

    def start(self, out: str) -> int:
        """Start a check and return the id of its process."""
        arguments = ["check", self.folder / "stories", "-o", self.folder / out, "--model", "m", "-q"]
        self.commands.tell(
            arguments=[*map(str, arguments), "--concurrency", str(CONCURRENCY)],
            environment={"OPENAI_BASE_URL": self.base_url},
            log=str(self.folder / "log"),
            no_wait=False,
        )
        return int(self.commands.hear()["pid"])

    def said(self) -> str:
        """Return the end of what the last check printed."""
        return (self.folder / "log").read_text("utf-8")[-300:]


class Killer:
    """Starts one run again and again, and kills it each time, until it is done before its time has come."""

    def __init__(self, runs: Runs, asked: Asked, draw: random.Random, usual_s: float) -> None:
        self.found = Found()
        self._runs = runs
        self._asked = asked
        self._draw = draw
        self._usual_s = usual_s
        self._out = runs.folder / "killed"

    def strikes(self, *, may_kill: bool) -> bool:
        """Start the run once, and tell whether it was killed."""
        self._asked.attempt += 1
        begun = time.time()
        pid = self._runs.start("killed")
        ended, codes = threading.Event(), list[int]()

        def hear() -> None:
            codes.append(self._runs.commands.hear()["code"])
            ended.set()

        heard = threading.Thread(target=hear)
        heard.start()
        if may_kill:
            self._wait(ended)
        else:
            ended.wait(LONGEST_S)
        if not ended.is_set():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        heard.join()
        if codes[0] == -signal.SIGKILL:
            self.found.kills += 1
            self.found.killed[_moment(self._asked, self._out, begun)] += 1
            _look(self._out, self.found)
            return True
        self.found.runs_brought_to_an_end += 1
        if codes[0] != 0:
            self.found.lost.append(f"a run ended with {codes[0]}: {self._runs.said()}")
        return False

    def _wait(self, ended: threading.Event) -> None:
        """Return at a random moment of the run, or at its end."""
        [moment] = self._draw.choices([*MOMENTS], [*MOMENTS.values()])
        if moment == "any":
            ended.wait(self._draw.uniform(0.0, 1.05 * self._usual_s))
            return
        before, questions = _written(self._out), self._draw.randint(1, 6)
        while not ended.is_set():
            if moment == "asking" and self._asked.count() >= questions:
                break
            if moment == "writing" and _written(self._out) != before:
                break
            time.sleep(0.0005)
        ended.wait(self._draw.uniform(0.0, 2 * LATENCY_S[1]))


def _written(out: Path) -> frozenset[tuple[str, int]]:
    """Return the files of the reports, those being written included, by name and inode."""
    seen: set[tuple[str, int]] = set()
    for folder in (out, *(out / story for story in STORIES)):
        with suppress(OSError), os.scandir(folder) as entries:
            seen.update((entry.name, entry.inode()) for entry in entries if "sqlite" not in entry.name)
    return frozenset(one for one in seen if "." in one[0] and one[0] != LOCK)


def _moment(asked: Asked, out: Path, begun: float) -> str:
    """Say how far the attempt had come that began at ``begun``."""
    files = [out / "index.html", *(out / story / name for story in STORIES for name in FILES)]
    written = 0
    for path in files:
        with suppress(FileNotFoundError):
            written += path.stat().st_mtime >= begun
    if written == len(files):
        return "after the last file"
    if written:
        return "between the first file and the last"
    return "before the first file" if asked.count() else "before anything was asked or written"


def _look(out: Path, found: Found) -> None:
    """See whether everything that a reader can meet is whole."""
    for path in sorted(out.rglob("*")):
        if path.name.startswith("."):
            found.leftovers += path.name != LOCK
        elif path.suffix in (".json", ".html", ".md"):
            found.files_looked_at += 1
            if not _is_whole(path):
                found.lost.append(f"{path.relative_to(out)} was half written")
    store = out / "answers.sqlite"
    if store.exists():
        copies = out.parent / "copy"  # opening it mends it: that is for the next run to do
        shutil.rmtree(copies, ignore_errors=True)
        copies.mkdir()
        for path in out.glob("answers.sqlite*"):
            shutil.copy(path, copies)
        with closing(sqlite3.connect(copies / store.name)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                found.lost.append("the store was damaged")


def _is_whole(path: Path) -> bool:
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        with suppress(ValueError):
            return json.loads(text) is not None
        return False
    return text.rstrip().endswith("</html>") if path.suffix == ".html" else text.endswith("\n")


def _compare(out: Path, expected: dict[str, Any], asked: Asked, found: Found) -> None:
    """See what a run that was killed made of it in the end, and what it paid for twice."""
    if _reports(out) != expected:
        found.lost.append("a report is unlike that of an undisturbed run")
    attempts = sorted(asked.requests)
    for i, attempt in enumerate(attempts):
        later = set().union(*(asked.requests[other] for other in attempts[i + 1 :]))
        again = sum(key in later for key in asked.requests[attempt])
        found.asked_again += again
        found.most_asked_again_after_a_kill = max(found.most_asked_again_after_a_kill, again)
        if again > CONCURRENCY or max(asked.requests[attempt].values()) > 1:
            found.lost.append(f"{again} questions were asked again after a kill")
    found.requests += sum(sum(counts.values()) for counts in asked.requests.values())
    with closing(sqlite3.connect(out / "answers.sqlite")) as connection:
        found.answers_stored += connection.execute("SELECT count(*) FROM answer").fetchone()[0]


def _reports(out: Path) -> dict[str, Any]:
    """Return what a run found, by story, without how it went."""
    found = {}
    for path in sorted(out.glob("*/report.json")):
        report = json.loads(Report.model_validate_json(path.read_text("utf-8")).model_dump_json())
        report["run"] = {name: value for name, value in report["run"].items() if name not in GOING}
        found[path.parent.name] = report
    return found
