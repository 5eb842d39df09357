"""Stories checked on a Dask cluster: the same reports, one budget and one pace, and what deaths cost."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.store.answers import ANSWERS
from tests.commands import COMMAND, READY_S, Ended, Serve, run_command, until
from tests.fake_endpoint import check_answer, refused
from tests.harbour import write_story
from tests.stored_answers import count_answers

pytest.importorskip("distributed", reason="the extra dask is not installed")
pytest.importorskip("fsspec", reason="the extra dask is not installed")

from tests.dask_cluster import Gate, Started, repeated, started

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX has them")

STORIES = 6
IN_FLIGHT = 8  # requests at most
PLACES = "Tarnholm Wexley Dorrin Ulverhaven Marlow Estwick".split()
TIMES = re.compile(rb'"(?:started_at|finished_at|seconds)": [^,\n]*')


@pytest.fixture
def stories(tmp_path: Path) -> Path:
    for place in PLACES:
        articles = {
            "gull": f"Ships were kept out of {place} harbour on Monday. Eleven boats waited at {place}.",
            "crier": f"Ships were kept out of {place} harbour on Tuesday. Nine boats waited at {place}.",
        }
        write_story(tmp_path / "stories" / place.lower(), articles)
    return tmp_path / "stories"


def arguments(stories: Path, out: Path | str, *options: str) -> list[str]:
    return ["check", str(stories), "-o", str(out), "--model", "m", "--concurrency", str(IN_FLIGHT), *options]


def check(stories: Path, out: Path | str, *options: str) -> Ended:
    """Check on a cluster, by a command that is a process of its own."""
    done = begin(stories, out, *options)
    printed, errors = done.communicate(timeout=READY_S)
    return Ended(done.returncode, printed, errors)


def begin(stories: Path, out: Path | str, *options: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [COMMAND, *arguments(stories, out, "--engine", "dask", *options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def reports(out: Path) -> dict[str, bytes]:
    """Return all that the reports of a run say, but for when."""
    return {path.parent.name: TIMES.sub(b"", path.read_bytes()) for path in out.glob("*/report.json")}


def until_held(gate: Gate, command: "subprocess.Popen[str]") -> None:
    """Return once the gate holds requests about two stories: then two workers wait for an answer."""

    def is_held() -> bool:
        assert command.poll() is None, command.communicate()
        return sum(any(place in held for held in gate.held) for place in PLACES) > 1

    until(is_held)


def test_a_cluster_of_its_own_writes_the_reports_of_an_inline_run(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    server, one, other = serve(check_answer), tmp_path / "one", tmp_path / "other"
    assert run_command(*arguments(stories, other)).code == 0
    inline = len(server.requests)
    done = check(stories, one, "--workers", "2")
    assert (done.code, done.err) == (0, "")
    assert len(server.requests) == 2 * inline
    assert reports(one) == reports(other)
    assert len(reports(one)) == STORIES
    assert (one / "index.html").read_bytes() == (other / "index.html").read_bytes()
    again = check(stories, one, "--workers", "1")
    assert (again.code, again.err) == (0, "")
    assert again.out.count("nothing changed since that run") == STORIES
    assert run_command(*arguments(stories, one)).out.count("nothing changed since that run") == STORIES
    assert len(server.requests) == 2 * inline


def test_an_endpoint_that_is_lost_leaves_what_is_stored_to_all_workers(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    lost = False
    server = serve(lambda body: refused(401, "key expired") if lost else check_answer(body))
    out = tmp_path / "out"
    assert run_command(*arguments(stories, out)).code == 0
    for place in ("tarnholm", "wexley"):
        (stories / place / "crier.txt").write_text(f"Boats came back to {place} harbour on Friday, in fog.")
    lost, before = True, len(server.requests)

    done = check(stories, out, "--workers", "1")
    assert done.code == 3
    assert "refuses the key (401)" in " ".join(done.err.split())
    assert len(server.requests) - before <= IN_FLIGHT  # those that were under way when it was told
    assert done.out.count("nothing changed since that run") == STORIES - 2
    for place in ("tarnholm", "wexley"):
        run = json.loads((out / place / "report.json").read_bytes())["run"]
        assert run["cached_calls"]
        assert all("refuses the key" in failure["reason"] for failure in run["failures"])


def test_a_worker_that_is_killed_costs_what_it_had_in_flight(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    gate = Gate(9)
    server = serve(gate)
    with started(tmp_path / "cluster") as cluster:
        command = begin(stories, tmp_path / "out", "--scheduler", cluster.address)
        until_held(gate, command)
        # Other questions do not wait for the disk: an answer is paid for twice until it is there.
        until(lambda: count_answers(tmp_path / "out" / ANSWERS) == 9)
        cluster.workers[0].kill()
        gate.opened.set()
        _, errors = command.communicate(timeout=READY_S)
    assert (command.returncode, errors) == (0, "")
    assert len(reports(tmp_path / "out")) == STORIES
    assert 0 < repeated(server) <= IN_FLIGHT


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_driver_that_is_killed_costs_what_was_in_flight(
    is_ours: bool, serve: Serve, stories: Path, tmp_path: Path
) -> None:
    gate = Gate(9)
    server, out = serve(gate), tmp_path / "out"
    with started(tmp_path / "cluster", workers=0 if is_ours else 2) as cluster:
        options = ("--workers", "2") if is_ours else ("--scheduler", cluster.address)
        command = begin(stories, out, *options)
        until_held(gate, command)
        command.kill()
        command.communicate()
        gate.opened.set()
        until(lambda: server.in_flight == 0)
        were = repeated(server)
        done = check(stories, out, *options)
    assert (done.code, done.err) == (0, "")
    assert len(reports(out)) == STORIES
    assert were == 0
    assert repeated(server) <= IN_FLIGHT
    assert len(server.requests) - repeated(server) == 8 * STORIES


def test_an_interruption_ends_what_is_under_way(serve: Serve, stories: Path, tmp_path: Path) -> None:
    gate = Gate(9)
    server, out = serve(gate), tmp_path / "out"
    command = begin(stories, out, "--workers", "2")
    until_held(gate, command)
    for number in (signal.SIGINT, signal.SIGTERM):  # a terminal, and `timeout`, send it to the workers, too
        os.killpg(command.pid, number)
    gate.opened.set()
    _, errors = command.communicate(timeout=READY_S)
    assert command.returncode == 3
    assert errors.startswith("storycheck: interrupted: ")
    assert len(errors.splitlines()) == 1
    assert (out / "index.html").is_file()
    before = len(server.requests)
    assert before < 8 * STORIES
    assert check(stories, out, "--workers", "2").code == 0
    assert len(server.requests) == 8 * STORIES
    assert repeated(server) == 0


def test_workers_list_their_threads_no_more(serve: Serve, stories: Path, tmp_path: Path) -> None:
    serve(check_answer)
    with started(tmp_path / "cluster") as cluster:
        assert "profile" in cluster.callbacks()
        assert check(stories, tmp_path / "out", "--scheduler", cluster.address).code == 0
        assert "profile" not in cluster.callbacks()


def test_one_cap_holds_over_all_workers(serve: Serve, stories: Path, tmp_path: Path) -> None:
    server = serve(check_answer)
    done = check(stories, tmp_path / "out", "--workers", "2", "--max-calls", "13")
    assert len(server.requests) == 13
    assert done.code == 3
    assert "--max-calls 13 reached" in done.told
    found = [json.loads(path.read_bytes())["run"] for path in (tmp_path / "out").glob("*/report.json")]
    assert sum(run["calls"] for run in found) == 13
    assert any(run["budget"]["reached"] == "--max-calls 13" for run in found)


def test_one_rate_holds_over_all_workers(serve: Serve, stories: Path, tmp_path: Path) -> None:
    server = serve(check_answer)
    assert check(stories, tmp_path / "out", "--workers", "2", "--rpm", "600").code == 0
    assert len(server.times) == 8 * STORIES
    paced = sorted(server.times)[2:]  # the first of each worker comes late: it has a connection to make
    # Sent 100 ms apart; what comes later than it was due may be followed sooner, the first above all.
    assert paced[-1] - paced[0] >= 0.1 * (len(paced) - 4)


def test_a_url_is_written_by_the_workers(serve: Serve, stories: Path, tmp_path: Path) -> None:
    server, out = serve(check_answer), tmp_path / "store"
    assert run_command(*arguments(stories, tmp_path / "inline")).code == 0
    inline = len(server.requests)
    with started(tmp_path / "cluster", threads=2) as cluster:
        options = ("--scheduler", cluster.address)
        done = check(stories, f"file://{out}", *options)
        assert (done.code, done.err) == (0, "")
        assert len(server.requests) == 2 * inline
        assert reports(out) == reports(tmp_path / "inline")
        assert (out / "index.html").read_bytes() == (tmp_path / "inline" / "index.html").read_bytes()
        again = check(stories, f"file://{out}", *options)
        assert (again.code, len(server.requests)) == (0, 2 * inline)
        assert f"{STORIES} unchanged; report: " in again.out
        for path in out.glob("*/report.json"):
            path.unlink()
        assert check(stories, f"file://{out}", *options).code == 0
    assert len(server.requests) == 2 * inline
    assert reports(out).keys() == reports(tmp_path / "inline").keys()


@pytest.mark.parametrize("answered", [9, 20])
def test_workers_that_are_all_gone_end_the_run(
    answered: int, serve: Serve, stories: Path, tmp_path: Path
) -> None:
    gate = Gate(answered)
    serve(gate)
    with started(tmp_path / "cluster") as cluster:
        command = begin(stories, tmp_path / "out", "--scheduler", cluster.address)
        until_held(gate, command)
        cluster.end()
        gate.opened.set()
        _, errors = command.communicate(timeout=READY_S)
    assert command.returncode == 3
    [line] = errors.splitlines()
    assert "Dask" in line
    assert "run the same command again" in line
    # A story takes eight: with more than sixteen, one is done, and the index lists it.
    assert answered <= 2 * 8 or (tmp_path / "out" / "index.html").is_file()


# -- what cannot be --


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--scheduler", "tcp://127.0.0.1:1"), "--engine dask"),
        (("--workers", "2"), "--engine dask"),
        (("--engine", "dask", "--batch"), "--batch"),
        (("--engine", "dask", "--scheduler", "tcp://127.0.0.1:1", "--workers", "2"), "--workers"),
        (("-o", "s3://bucket/run"), "--engine dask"),
        (("--engine", "dask", "-o", "s3://bucket/run", "--cache", "c"), "--cache"),
    ],
)
def test_options_that_do_not_go_together_are_told(options: tuple[str, ...], said: str, stories: Path) -> None:
    done = run_command("check", stories, "--model", "m", *options)
    assert done.code == 2
    assert said in done.err
    assert not Path("s3:").exists()


def test_a_scheduler_that_is_not_there_is_told(serve: Serve, stories: Path, tmp_path: Path) -> None:
    serve(check_answer)
    done = check(stories, tmp_path / "out", "--scheduler", "tcp://127.0.0.1:1")
    assert done.code == 2
    assert done.told.startswith("storycheck: No Dask scheduler answers at tcp://127.0.0.1:1")


def test_the_embedded_model_is_not_for_a_cluster(stories: Path, tmp_path: Path) -> None:
    done = run_command("check", stories, "-o", tmp_path / "out", "--engine", "dask")
    assert done.code == 2
    assert "needs an endpoint that all workers reach" in done.told


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"OPENAI_API_KEY": None}, "has no OPENAI_API_KEY"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, "asks 127.0.0.1:1"),
    ],
)
def test_a_worker_that_cannot_do_the_work_is_told_before_anything_is_asked(
    env: dict[str, str | None],
    said: str,
    serve: Serve,
    stories: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = serve(check_answer)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-newsroom")
    cluster = Started(tmp_path / "cluster")
    try:
        cluster.add_workers(1, env=env)
        done = check(stories, tmp_path / "out", "--scheduler", cluster.address)
    finally:
        cluster.end()
    assert done.code == 2
    assert said in done.told
    assert "sk-of-the-newsroom" not in done.told
    assert not server.requests


def test_without_the_extra_one_line_says_how_to_get_it(serve: Serve, stories: Path, tmp_path: Path) -> None:
    serve(check_answer)
    program = "import sys; sys.modules['distributed'] = None; from pipeline.cli import main; main()"
    command = [sys.executable, "-c", program, *arguments(stories, tmp_path / "out", "--engine", "dask")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=READY_S)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "pip install 'storycheck[dask]'" in line
