"""storycheck review as a user meets it: one line, a browser, and a clean end."""

import os
import re
import signal
import socket
import subprocess
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest

from pipeline.cli.review import open_browser
from pipeline.store import DECISIONS, read_decisions, record_decision, write_report
from tests.commands import COMMAND, READY_S, run_command
from tests.review_client import Client
from tests.sample_report import sample_report
from tests.test_decisions import decision

ACCEPTED = {"ruling": "accepted", "reason": None, "note": ""}
OTHERS = "others on the network"


class Review:
    """The command in a process of its own."""

    def __init__(self, out: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            [COMMAND, "review", out, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def open(self) -> Client:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"(http://\S+?)/\?token=(\S+)", line)
        assert found is not None, self.process.communicate()
        return Client(found[1], f"{found[1]}/?token={found[2]}").enter()

    def end(self) -> tuple[int, str, str]:
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=READY_S)
        return self.process.returncode, out, err


@pytest.fixture
def out(tmp_path: Path) -> Path:
    write_report(tmp_path, sample_report())
    return tmp_path


Begin = Callable[..., Review]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Begin reviews, and leave none of them running."""
    begun: list[Review] = []

    def begin_one(out: Path, *options: str) -> Review:
        begun.append(Review(out, "--no-browser", *options))
        return begun[-1]

    yield begin_one
    for review in begun:
        review.process.kill()
        review.process.communicate()


@pytest.fixture
def started(begin: Begin, out: Path) -> Review:
    return begin(out)


def test_it_prints_one_line_and_ends_cleanly(started: Review, out: Path) -> None:
    client = started.open()
    assert client.send("PUT", "/decisions/c1", ACCEPTED).status == 200
    code, printed, told = started.end()
    assert (code, told) == (0, "")
    assert printed.strip().startswith("Review ended; what was decided is kept: 'storycheck report ")
    assert [one.finding_id for one in read_decisions(out)] == ["c1"]
    assert sorted(path.name for path in out.iterdir()) == [DECISIONS, "report.json"]


def test_a_killed_review_loses_nothing_that_it_answered(begin: Begin, started: Review, out: Path) -> None:
    client = started.open()
    for finding in ("c1", "c2", "c3"):
        assert client.send("PUT", f"/decisions/{finding}", ACCEPTED).status == 200
    started.process.kill()
    started.process.wait()
    assert [one.finding_id for one in read_decisions(out)] == ["c1", "c2", "c3"]
    again = begin(out)
    kept = again.open().send("GET", "/decisions").json["decisions"]
    assert again.end()[0] == 0
    assert [one["finding_id"] for one in kept] == ["c1", "c2", "c3"]


def test_two_reviews_of_one_story_share_what_is_decided(begin: Begin, started: Review, out: Path) -> None:
    other = begin(out)
    one, two = started.open(), other.open()
    assert one.cookie != two.cookie
    assert one.send("PUT", "/decisions/c1", ACCEPTED).status == 200
    assert two.send("PUT", "/decisions/c2", ACCEPTED).status == 200
    assert one.send("GET", "/decisions").json == two.send("GET", "/decisions").json
    assert two.send("POST", "/undo").json["finding_id"] == "c2"
    assert other.end()[0] == 0
    assert [kept.is_withdrawn for kept in read_decisions(out)] == [False, True]


def test_other_addresses_are_warned_of(begin: Begin, out: Path) -> None:
    review = begin(out, "--host", "0.0.0.0")  # noqa: S104 what is tested
    client = review.open()
    assert client.send("GET", "/").status == 200
    code, _, told = review.end()
    assert code == 0
    [line] = told.splitlines()
    assert OTHERS in line


@pytest.fixture
def read_only(out: Path) -> Iterator[Path]:
    record_decision(out, decision("c1", note="kept"))
    (out / DECISIONS).chmod(0o444)
    out.chmod(0o555)
    yield out
    out.chmod(0o755)


def test_a_folder_that_cannot_be_written_is_reviewed_all_the_same(begin: Begin, read_only: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    review = begin(read_only)
    client = review.open()
    assert b"kept" in client.send("GET", "/").body
    refused = client.send("PUT", "/decisions/c2", ACCEPTED)
    assert (refused.status, "Nothing can be stored" in refused.error) == (503, True)
    code, _, told = review.end()
    assert code == 0
    [line] = told.splitlines()
    assert "can only be read" in line
    assert str(read_only / DECISIONS) in line


def test_what_cannot_be_reviewed_is_told_in_one_line(tmp_path: Path, out: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for folder in (empty, tmp_path / "nowhere"):
        ended = run_command("review", folder, "--no-browser")
        assert (ended.code, ended.out) == (2, "")
        assert str(folder) in ended.told
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = str(held.getsockname()[1])
        ended = run_command("review", out, "--no-browser", "--port", port)
        assert (ended.code, port in ended.told) == (2, True)
    ended = run_command("review", out, "--no-browser", "--host", "no.such.host.invalid")
    assert (ended.code, "--host" in ended.told) == (2, True)
    (out / "report.json").write_text("{")
    ended = run_command("review", out, "--no-browser")
    assert (ended.code, "cut off" in ended.told) == (2, True)


@pytest.mark.parametrize(("name", "is_opened"), [("firefox", True), ("w3m", False), ("lynx", False)])
def test_a_browser_with_a_window_is_opened(name: str, *, is_opened: bool) -> None:
    browser = mock.Mock(spec=webbrowser.BaseBrowser)
    browser.name = name
    with mock.patch("webbrowser.get", return_value=browser), mock.patch("threading.Thread") as thread:
        open_browser("http://127.0.0.1:1/?token=x")
    assert thread.called == is_opened
    if is_opened:
        assert thread.call_args.kwargs["args"] == ("http://127.0.0.1:1/?token=x",)


def test_no_browser_is_no_error() -> None:
    with mock.patch("webbrowser.get", side_effect=webbrowser.Error("none")):
        open_browser("http://127.0.0.1:1/?token=x")
