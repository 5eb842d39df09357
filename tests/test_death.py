"""A run that is interrupted, killed, doubled or out of disk: what is kept, told, and paid for twice."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.chaos_kills import CONCURRENCY, kills
from benchmarks.chaos_process import worker
from pipeline import interruption as interruptions
from pipeline.errors import InputError
from pipeline.interruption import HANGUP, NOT_BEGUN, UNANSWERED, UNASKED, Interruption, on_signals
from pipeline.store import open_answers, prepare_run_directory
from pipeline.store.lock import LOCK, alone, holder
from schemas.report import Report
from tests.commands import COMMAND, READY_S, Ended, Serve, run_command, until
from tests.fake_endpoint import Body, FakeEndpoint, Reply, check_answer, fake_endpoint, refused
from tests.harbour import write_story
from tests.stored_runs import forget_how

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits as POSIX has them")
PAUSE_S = 55  # what is waited for in vain takes that long, and what is not waited for far less
BRIDGE = {
    "echo": "The toll bridge at Wexley opened in June. It cost four million crowns.",
    "post": "The toll bridge at Wexley opened in July. It cost six million crowns.",
}


@pytest.fixture
def stories(tmp_path: Path) -> Path:
    write_story(tmp_path / "stories" / "a-harbour")
    write_story(tmp_path / "stories" / "b-bridge", BRIDGE)
    return tmp_path / "stories"


def check(paths: Path, out: Path, *options: str | Path) -> Ended:
    return run_command("check", paths, "-o", out, "--model", "m", *options)


def report_in(folder: Path) -> Report:
    return Report.model_validate_json((folder / "report.json").read_text(encoding="utf-8"))


def found(folder: Path) -> tuple[object, ...]:
    report = report_in(folder)
    return report.claims, report.contradictions, report.clusters, report.dropped, report.run.coverage


def keys(server: FakeEndpoint) -> list[str]:
    return [json.dumps(body, sort_keys=True) for body in server.requests]


class Signals:
    """Answers, and sends this process a signal when request number ``at`` has come.

    That one and those after it are answered once the signal is sent, so that this process hears of it first.
    """

    def __init__(self, number: signal.Signals, at: int) -> None:
        self.number, self.at = number, at
        self.count = 0
        self.sent_at = 0.0
        self.lock = threading.Lock()
        self.sent = threading.Event()

    def __call__(self, body: Body) -> Reply:
        with self.lock:
            self.count += 1
            count = self.count
        if count == self.at:
            self.sent_at = time.monotonic()
            os.kill(os.getpid(), self.number)
            self.sent.set()
        elif count > self.at:
            self.sent.wait(READY_S)
        return check_answer(body)


# -- Ctrl-C and SIGTERM --


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_batch_with_everything_answered_in_its_report(
    serve: Serve, stories: Path, tmp_path: Path, number: signal.Signals
) -> None:
    out, whole = tmp_path / "out", tmp_path / "whole"
    signals = Signals(number, at=5)
    server = serve(signals)
    done = check(stories, out, "-q", "--concurrency", "2")
    sent = keys(server)

    assert done.code == 3
    assert done.told.startswith("storycheck: interrupted: the report says what is unchecked")
    assert len(sent) <= signals.at + 1  # the one beside it was under way
    report = report_in(out / "a-harbour")
    assert {failure.reason for failure in report.run.failures} == {UNASKED}
    assert any("interrupted" in note for note in report.run.notes)
    assert not report.run.complete
    assert report.run.calls == len(sent)
    index = (out / "index.html").read_text(encoding="utf-8")
    assert NOT_BEGUN in index
    assert done.out.splitlines() == [str(out / "a-harbour" / "report.html"), str(out / "index.html")]
    assert UNASKED in (out / "a-harbour" / "report.html").read_text(encoding="utf-8")

    serve(check_answer)
    assert check(stories, whole).code == 0
    again = serve(check_answer)
    assert check(stories, out).code == 0
    assert not set(keys(again)) & set(sent)
    for name in ("a-harbour", "b-bridge"):
        assert found(out / name) == found(whole / name)


def test_what_is_under_way_has_its_time_and_no_more(
    serve: Serve, stories: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interruptions, "FINISH_S", 0.3)
    over = threading.Event()

    def answer(body: Body) -> Reply:
        reply = signals(body)
        if signals.count >= signals.at:
            over.wait(READY_S)
        return reply

    signals, out = Signals(signal.SIGTERM, at=3), tmp_path / "out"
    server = serve(answer)
    try:
        done = check(stories / "a-harbour", out, "--concurrency", "2")
    finally:
        over.set()
    assert done.code == 3
    assert done.told.startswith("storycheck: interrupted: the report says what is unchecked")
    report = report_in(out)
    assert {failure.reason for failure in report.run.failures} == {UNASKED, UNANSWERED}
    assert report.claims
    assert report.run.calls == len(server.requests)

    serve(check_answer)
    assert check(stories / "a-harbour", out).code == 0
    assert report_in(out).run.complete


def test_signals_sent_together_are_one(serve: Serve, stories: Path, tmp_path: Path) -> None:
    def answer(body: Body) -> Reply:
        os.kill(os.getpid(), signal.SIGINT)  # as timeout sends two: to the process, and to its group
        return signals(body)

    signals = Signals(signal.SIGTERM, at=1)
    serve(answer)
    done = check(stories / "a-harbour", tmp_path / "out", "--concurrency", "1")
    assert done.code == 3
    assert done.told.startswith("storycheck: interrupted: the report says what is unchecked")
    assert report_in(tmp_path / "out").run.calls == 1


NATIVE = """
import asyncio, ctypes, sys
from pathlib import Path
from pipeline import cli, interruption

at_work = Path(sys.argv.pop(1))

def holds_the_lock():
    at_work.touch()
    ctypes.PyDLL(None).sleep(600)

class Interruption(interruption.Interruption):
    def _spread(self):
        super()._spread()
        asyncio.get_running_loop().call_later(2 * interruption.TOGETHER_S, holds_the_lock)

interruption.Interruption = Interruption
cli.main()
"""


def begin(command: Sequence[str], story: Path, out: Path, url: str) -> "subprocess.Popen[str]":
    """Begin to check ``story`` in a process of its own, and a session."""
    return subprocess.Popen(
        [*command, "check", str(story), "-o", str(out), "--model", "m"],
        env={**os.environ, "OPENAI_BASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize(("number", "is_native"), [(signal.SIGINT, False), (signal.SIGTERM, True)])
def test_a_second_signal_ends_the_process_whatever_it_does(
    number: signal.Signals, is_native: bool, stories: Path, tmp_path: Path
) -> None:
    """The endpoint never answers; native code, if any, would hold the interpreter's lock for ten minutes."""
    out, at_work, over = tmp_path / "out", tmp_path / "at work", threading.Event()

    def answer(body: Body) -> Reply:
        over.wait(READY_S)
        return check_answer(body)

    command = [sys.executable, "-c", NATIVE, str(at_work)] if is_native else [str(COMMAND)]
    with fake_endpoint(answer) as server:
        running = begin(command, stories, out, server.base_url)
        try:
            until(lambda: bool(server.requests))
            running.send_signal(number)
            until(lambda: at_work.exists() or not is_native)
            time.sleep(2 * interruptions.TOGETHER_S)  # so that the next is a second one
            second = time.monotonic()
            running.send_signal(number)
            _, errors = running.communicate(timeout=READY_S)
            took = time.monotonic() - second
        finally:
            over.set()
    assert running.returncode == -number  # 130 or 143 to a shell
    assert took < interruptions.FINISH_S / 2
    assert errors == ""
    assert holder(out) is None
    assert not list(out.glob("*/report.*"))


ON_TERMINAL = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored, and stays so
terminal = os.open(sys.argv.pop(1), os.O_RDWR)  # that of this session from now on
for stream in (0, 1, 2):
    os.dup2(terminal, stream)
from pipeline import cli, interruption
interruption.FINISH_S = 1.0
cli.main()
"""


def test_a_terminal_that_is_closed_ends_a_run_in_order(stories: Path, tmp_path: Path) -> None:
    out, over = tmp_path / "out", threading.Event()

    def answer(body: Body) -> Reply:
        if len(server.requests) > 2:
            over.wait(READY_S)
        return check_answer(body)

    ours, theirs = os.openpty()
    command = [sys.executable, "-c", ON_TERMINAL, os.ttyname(theirs)]
    with fake_endpoint(answer) as server:
        running = begin(command, stories / "a-harbour", out, server.base_url)
        os.close(theirs)
        until(lambda: len(server.requests) > 2)
        os.close(ours)
        running.communicate(timeout=READY_S)
        over.set()
    assert running.returncode == 3
    report = report_in(out)
    assert report.claims
    assert UNANSWERED in {failure.reason for failure in report.run.failures}


def test_what_waits_for_its_turn_is_not_waited_for(serve: Serve, stories: Path, tmp_path: Path) -> None:
    signals = Signals(signal.SIGINT, at=1)
    server = serve(signals)
    done = check(stories / "a-harbour", tmp_path / "out", "--rpm", str(60 / PAUSE_S))
    assert time.monotonic() - signals.sent_at < PAUSE_S
    assert done.code == 3
    report = report_in(tmp_path / "out")
    assert (report.run.calls, len(server.requests)) == (1, 1)  # though the stage was gone through twice
    assert report.claims


def test_what_waits_to_be_sent_again_is_not_waited_for(serve: Serve, stories: Path, tmp_path: Path) -> None:
    def answer(body: Body) -> Reply:
        signals(body)
        later = refused(429, "slow down", retry_after=str(PAUSE_S))
        return later if "Nine boats" in str(body) else check_answer(body)

    signals = Signals(signal.SIGINT, at=2)
    serve(answer)
    assert check(stories / "a-harbour", tmp_path / "out").code == 3
    assert time.monotonic() - signals.sent_at < PAUSE_S
    assert {claim.article_id for claim in report_in(tmp_path / "out").claims}


def test_a_signal_after_the_last_question_is_no_interruption(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    whole = serve(check_answer)
    assert check(stories / "a-harbour", tmp_path / "whole").code == 0
    serve(Signals(signal.SIGINT, at=len(whole.requests)))
    done = check(stories / "a-harbour", tmp_path / "last")
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGINT, HANGUP])
def test_a_signal_that_is_ignored_stays_so(number: int) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        asked = Interruption()
        with on_signals(asked):
            signal.raise_signal(number)
        assert not asked.is_asked
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_a_fetch_ends_at_the_first_signal() -> None:
    heard: list[int] = []
    asked = Interruption()
    hear = asked.ending(lambda done, _total: heard.append(done))
    hear(1, 9)
    asked.ask()
    with pytest.raises(KeyboardInterrupt):
        hear(2, 9)
    assert heard == [1]


def test_signals_are_as_they_were_after_a_run(serve: Serve, stories: Path, tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number in interruptions.SIGNALS]
    serve(check_answer)
    check(stories / "a-harbour", tmp_path / "out")
    assert [signal.getsignal(number) for number in interruptions.SIGNALS] == before


# -- two processes --


def test_a_second_run_in_one_folder_is_refused(serve: Serve, stories: Path, tmp_path: Path) -> None:
    server = serve(check_answer)
    prepare_run_directory(tmp_path / "out")
    with alone(tmp_path / "out"):
        done = check(stories, tmp_path / "out")
        assert holder(tmp_path / "out") is not None
    assert done.code == 2
    assert f"process {os.getpid()}" in done.told
    assert not server.requests
    assert check(stories, tmp_path / "out").code == 0


def test_the_lock_of_a_killed_run_hinders_nobody(tmp_path: Path) -> None:
    tmp_path.joinpath(LOCK).write_text("4711 2026-03-13T12:00:00+00:00\n")
    prepare_run_directory(tmp_path)
    assert holder(tmp_path) is None
    with alone(tmp_path):
        assert f"process {os.getpid()}" in str(holder(tmp_path))
    assert not tmp_path.joinpath(LOCK).exists()


def test_of_many_that_want_a_folder_one_has_it(tmp_path: Path) -> None:
    inside, most, refusals = 0, 0, 0
    counted = threading.Lock()

    def want() -> None:
        nonlocal inside, most, refusals
        for _ in range(60):
            try:
                with alone(tmp_path):
                    with counted:
                        inside += 1
                        most = max(most, inside)
                    time.sleep(0.0005)
                    with counted:
                        inside -= 1
            except InputError:
                with counted:
                    refusals += 1

    threads = [threading.Thread(target=want) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert 0 < refusals < 360


def test_two_processes_may_share_a_cache(stories: Path, tmp_path: Path) -> None:
    with fake_endpoint(lambda body: replace(check_answer(body), delay_s=0.05)) as server:
        env = {**os.environ, "OPENAI_BASE_URL": server.base_url}
        arguments: list[str | Path] = ["check", stories, "--model", "m", "-q", "--cache", tmp_path / "shared"]
        running = [
            subprocess.Popen(
                [COMMAND, *map(str, arguments), "-o", str(tmp_path / name)],
                env=env,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for name in ("one", "two")
        ]
        told = [process.communicate(timeout=READY_S)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], told
    assert max(Counter(keys(server)).values()) <= 2  # once by each, where both were under way at once
    for name in ("a-harbour", "b-bridge"):
        assert found(tmp_path / "one" / name) == found(tmp_path / "two" / name)


STORE = """
import asyncio, sys, time
from pathlib import Path
from pipeline.store import open_answers
path = Path(sys.argv[1])
Path(sys.argv[2]).touch()
while not path.with_name("go").exists():
    time.sleep(0.001)
async def write():
    with open_answers(path) as answers:
        for n in range(20):
            await answers.put(f"{sys.argv[2]} {n}", "extract", "x")
asyncio.run(write())
"""


def test_a_store_may_be_made_by_several_processes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    ready = [tmp_path / f"ready {n}" for n in range(4)]
    writers = [subprocess.Popen([sys.executable, "-c", STORE, str(path), str(name)]) for name in ready]
    while not all(name.exists() for name in ready) and all(writer.poll() is None for writer in writers):
        time.sleep(0.01)
    path.with_name("go").touch()
    assert [writer.wait(READY_S) for writer in writers] == [0] * 4
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM answer").fetchone() == (80,)


# -- kill -9, and a power cut --


def test_killed_runs_lose_nothing(tmp_path: Path) -> None:
    with worker("commands") as commands:
        told = kills(commands, 6, seed=3, folder=tmp_path)
    assert told["lost"] == []
    assert told["kills"] == 6
    assert told["files_looked_at"] > 0
    assert told["most_asked_again_after_a_kill"] <= CONCURRENCY


async def test_a_stored_answer_is_on_disk_when_put_returns(tmp_path: Path) -> None:
    with open_answers(tmp_path / "answers.sqlite") as answers:
        assert answers._writing.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert answers._writing.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL: synced each time
        for n in range(3):
            await answers.put(f"key {n}", "extract", "answer")
            copy = tmp_path / f"copy {n}"  # what another machine would find on the disk
            copy.mkdir()
            for suffix in ("", "-wal"):
                shutil.copy(tmp_path / f"answers.sqlite{suffix}", copy)
            with open_answers(copy / "answers.sqlite") as found_there:
                assert found_there.get(f"key {n}") == "answer"


async def test_a_write_ahead_log_that_was_cut_short_loses_its_end_alone(tmp_path: Path) -> None:
    with open_answers(tmp_path / "answers.sqlite") as answers:
        for n in range(30):
            await answers.put(f"key {n}", "extract", "x" * 300)
        data, log = ((tmp_path / f"answers.sqlite{end}").read_bytes() for end in ("", "-wal"))
    kept = []
    for share in (0.25, 0.5, 0.75, 1.0):
        folder = tmp_path / str(share)
        folder.mkdir()
        (folder / "answers.sqlite").write_bytes(data)
        (folder / "answers.sqlite-wal").write_bytes(log[: int(len(log) * share)])
        with open_answers(folder / "answers.sqlite") as answers:
            there = [answers.get(f"key {n}") is not None for n in range(30)]
        assert there == sorted(there, reverse=True)  # the first ones, without a gap
        kept.append(sum(there))
    assert kept == sorted(kept)
    assert kept[-1] == 30


# -- a full disk, a folder that cannot be written --


LIMIT = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
os.execv(sys.argv[2], sys.argv[2:])
"""


def limited(limit: int, *arguments: str | Path, url: str) -> "subprocess.CompletedProcess[str]":
    """Run the command where no file may grow beyond ``limit`` bytes, as on a disk that is full."""
    command = [sys.executable, "-c", LIMIT, str(limit), str(COMMAND), *map(str, arguments)]
    env = {**os.environ, "OPENAI_BASE_URL": url}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=READY_S)


def test_a_disk_that_fills_up_stops_the_asking_and_keeps_what_was_stored(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    server, out = serve(check_answer), tmp_path / "out"
    arguments: list[str | Path] = ["check", stories, "-o", out, "--model", "m", "--concurrency", "2", "-q"]
    done = limited(36_000, *arguments, url=server.base_url)
    sent = keys(server)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith(f"storycheck: Cannot store an answer in {out / 'answers.sqlite'}")
    assert "make room" in line

    again = serve(check_answer)
    assert run_command(*arguments).code == 0
    assert len(set(sent) & set(keys(again))) <= 2  # those under way when there was no room
    assert len(sent) > 2
    assert len(again.requests) > 2  # it stopped asking


def test_a_report_that_finds_no_room_leaves_the_one_before(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    server, out = serve(check_answer), tmp_path / "out"
    arguments: list[str | Path] = ["check", stories / "a-harbour", "-o", out, "--model", "m", "-q"]
    assert run_command(*arguments).code == 0
    sent, before = len(server.requests), (out / "report.html").read_bytes()
    forget_how(out)
    done = limited(len(before) // 2, *arguments, url=server.base_url)
    assert done.returncode == 2
    assert done.stderr.startswith(f"storycheck: Cannot write {out / 'report.html'}")
    assert len(done.stderr.splitlines()) == 1
    assert (out / "report.html").read_bytes() == before
    assert run_command(*arguments).code == 0
    assert len(server.requests) == sent


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_became_read_only_is_told(serve: Serve, stories: Path, tmp_path: Path) -> None:
    server, out = serve(check_answer), tmp_path / "out"
    assert check(stories / "a-harbour", out).code == 0
    sent = len(server.requests)
    out.chmod(0o500)
    try:
        done = check(stories / "a-harbour", out)
    finally:
        out.chmod(0o700)
    assert done.code == 2
    assert str(out) in done.told
    assert check(stories / "a-harbour", out).code == 0
    assert len(server.requests) == sent


def test_a_read_only_file_system_is_told(
    serve: Serve, stories: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(30, "Read-only file system")

    server = serve(check_answer)
    monkeypatch.setattr("pipeline.store.folder.tempfile.TemporaryFile", refuse)
    done = check(stories / "a-harbour", tmp_path / "out")
    assert done.code == 2
    assert "Read-only file system" in done.told
    assert not server.requests


def test_what_a_killed_run_left_is_removed_by_the_next(serve: Serve, stories: Path, tmp_path: Path) -> None:
    serve(check_answer)
    out = tmp_path / "out"
    out.mkdir()
    old, young = out / ".report.json.k1ll3d", out / ".report.html.y0ung"
    for path in (old, young):
        path.write_text("{")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    assert check(stories / "a-harbour", out).code == 0
    assert not old.exists()
    assert young.exists()  # it may be somebody's who writes just now
