"""What the command prints, and the exit code it ends with, against a scripted endpoint."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from pipeline import __version__, llm
from pipeline.errors import InputError
from pipeline.store.answers import ANSWERS
from schemas.report import Report
from tests.commands import COMMAND, READY_S, Ended, Serve, run_command, until
from tests.fake_endpoint import (
    Answer,
    Body,
    FakeEndpoint,
    Reply,
    check_answer,
    fake_endpoint,
    refused,
    said,
    scored,
)
from tests.harbour import write_story
from tests.stored_answers import count_answers

KEY = "sk-marrow-lantern-5521-velvet"
pytestmark = pytest.mark.usefixtures("no_wait")


@pytest.fixture
def command() -> Callable[..., Ended]:
    """Run the command in this process."""
    return run_command


Command = Callable[..., Ended]


@pytest.fixture
def serve(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Start an endpoint for which there is a key."""

    def start(answer: Answer) -> FakeEndpoint:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        return serve(answer)

    return start


def agree(body: Body) -> Reply:
    """Answer that nothing contradicts anything, and everything is supported."""
    if body.get("logprobs"):
        return scored({"S": -0.1, "C": -5.0, "N": -2.5})
    if ">> " in body["messages"][-1]["content"]:
        return said('{"reason": "Same.", "relation": "compatible", "kind": "event"}')
    return check_answer(body)


# -- a check --


def test_a_check_ends_with_the_path_of_the_report(
    command: Command, serve: Serve, story: Path, tmp_path: Path
) -> None:
    server = serve(check_answer)
    done = command("check", story, "-o", tmp_path / "out", "--model", "m")
    assert done.code == 0
    assert done.out.splitlines()[-1].endswith(str(tmp_path / "out" / "report.html"))
    assert f"{len(server.requests)} calls" in done.out
    assert done.err == ""
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["run"]["calls"] == len(server.requests) > 0
    assert report["run"]["model"] == "m"
    assert report["run"]["endpoint"].startswith("127.0.0.1:")
    assert report["contradictions"]


def test_a_second_check_makes_no_call(command: Command, serve: Serve, story: Path, tmp_path: Path) -> None:
    server = serve(check_answer)
    command("check", story, "-o", tmp_path / "out", "--model", "m")
    sent = len(server.requests)
    done = command("check", story, "-o", tmp_path / "out", "--model", "m")
    assert (done.code, len(server.requests)) == (0, sent)
    assert "nothing changed since that run" in done.out


def test_quiet_prints_the_path_alone(command: Command, serve: Serve, story: Path, tmp_path: Path) -> None:
    serve(check_answer)
    done = command("check", story, "-o", tmp_path / "out", "--model", "m", "-q")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{tmp_path / 'out' / 'report.html'}\n"


def test_verbose_prints_how_each_stage_went(
    command: Command, serve: Serve, story: Path, tmp_path: Path
) -> None:
    serve(check_answer)
    done = command("check", story, "-o", tmp_path / "out", "--model", "m", "-v")
    stages = [line.split()[0] for line in done.out.splitlines() if line.endswith(" out") and "calls" in line]
    assert stages[-4:] == ["extract", "ground", "verify", "adjudicate"]


@pytest.mark.parametrize(
    ("answer", "fail_on", "code"),
    [
        (check_answer, [], 0),
        (check_answer, ["contradicted"], 1),
        (check_answer, ["unsupported"], 0),
        (check_answer, ["error"], 0),
        (check_answer, ["unsupported", "contradicted"], 1),
        (agree, ["error"], 0),
    ],
)
def test_fail_on_decides_between_0_and_1(
    command: Command, serve: Serve, story: Path, answer: Answer, fail_on: list[str], code: int
) -> None:
    serve(answer)
    options = [option for label in fail_on for option in ("--fail-on", label)]
    assert command("check", story, "-o", story.parent / "out", "--model", "m", *options).code == code


def test_one_article_alone_is_compared_with_nothing(
    command: Command, serve: Serve, story: Path, tmp_path: Path
) -> None:
    server = serve(check_answer)
    arguments = ("check", story / "gull.txt", "-o", tmp_path / "out", "--model", "m")
    assert command(*arguments).code == 0
    assert command(*arguments, "--fail-on", "unsupported").code == 1
    report = Report.model_validate_json((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert {(c.verdict.label.value, c.verdict.reason) for c in report.claims} == {
        ("unsupported", "nothing_to_compare")
    }
    assert len(server.requests) == 1


def test_a_batch_prints_each_report_and_the_index(
    command: Command, serve: Serve, story: Path, tmp_path: Path
) -> None:
    serve(check_answer)
    stories = tmp_path / "stories"
    write_story(stories / "one")
    write_story(stories / "two")
    done = command("check", stories, "-o", tmp_path / "out", "--model", "m", "-q")
    assert done.code == 0
    out = tmp_path / "out"
    paths = [out / "one" / "report.html", out / "two" / "report.html", out / "index.html"]
    assert done.out.splitlines() == [str(path) for path in paths]
    assert all(path.is_file() for path in paths)


def test_a_second_batch_may_name_the_same_folder(command: Command, serve: Serve, tmp_path: Path) -> None:
    serve(check_answer)
    stories = tmp_path / "stories"
    write_story(stories / "one")
    write_story(stories / "two")
    arguments = ("check", stories, "-o", tmp_path / "out", "--model", "m", "--cache", tmp_path / "cache")
    assert [command(*arguments).code, command(*arguments).code] == [0, 0]


# -- exit 2: usage and input --


@pytest.mark.parametrize(
    "arguments",
    [[], ["nonsense"], ["check"], ["check", "x", "--bogus"], ["check", "x", "--fail-on", "y"], ["report"]],
)
def test_wrong_usage_is_2(command: Command, arguments: list[str]) -> None:
    done = command(*arguments)
    assert done.code == 2
    assert "Traceback" not in done.err
    assert "storycheck" in done.err + done.out


def test_a_path_that_is_not_there_is_2(command: Command, tmp_path: Path) -> None:
    done = command("check", tmp_path / "nowhere", "-o", tmp_path / "out")
    assert done.code == 2
    assert "nowhere" in done.told
    assert not (tmp_path / "out").exists()


def test_no_articles_is_2(command: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = command("check", tmp_path / "empty", "-o", tmp_path / "out")
    assert done.code == 2
    assert "no article" in done.told
    assert not (tmp_path / "out").exists()


def test_an_out_that_holds_something_else_is_2(command: Command, story: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<h1>My page</h1>")
    done = command("check", story, "-o", tmp_path / "site")
    assert done.code == 2
    assert str(tmp_path / "site") in done.told
    assert (tmp_path / "site" / "index.html").read_text() == "<h1>My page</h1>"


def test_an_out_that_is_a_file_is_2(command: Command, story: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    done = command("check", story, "-o", tmp_path / "out")
    assert done.code == 2
    assert str(tmp_path / "out") in done.told


def test_a_cache_of_another_tool_is_2(command: Command, serve: Serve, story: Path, tmp_path: Path) -> None:
    server = serve(check_answer)
    (tmp_path / "other.sqlite").write_bytes(b"something else entirely" * 100)
    done = command(
        "check", story, "-o", tmp_path / "out", "--model", "m", "--cache", tmp_path / "other.sqlite"
    )
    assert done.code == 2
    assert "other.sqlite" in done.told
    assert not server.requests


@pytest.mark.parametrize(
    "address",
    ["nonsense", "ftp://x/v1", "http://", "http:///v1", "http://[::1", "http://x:abc/v1", "http://a b/v1"],
)
def test_an_address_that_is_none_is_2(
    command: Command, story: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    done = command("check", story, "-o", story.parent / "out", "--model", "m")
    assert done.code == 2
    assert "OPENAI_BASE_URL" in done.told


@pytest.mark.parametrize("host", ["xn--zzzz--", "ü" * 80 + ".example", "a..b", "x" * 300])
def test_a_host_that_cannot_be_is_no_traceback(
    command: Command, story: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://{host}/v1")
    done = command("check", story, "-o", story.parent / "out", "--model", "m")
    assert done.code in (2, 3)
    assert host[:10] in done.told or "OPENAI_BASE_URL" in done.told


@pytest.mark.parametrize("key", ["sk-\u201cquoted\u201d", "sk-two parts", "sk-\x07bell"])
def test_a_key_that_cannot_be_one_is_2_and_not_shown(
    command: Command, serve: Serve, story: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    server = serve(check_answer)
    monkeypatch.setenv("OPENAI_API_KEY", key)
    done = command("check", story, "-o", story.parent / "out", "--model", "m")
    assert done.code == 2
    assert "OPENAI_API_KEY" in done.told
    assert key[3:] not in done.told
    assert not server.requests


def test_the_line_end_of_a_key_from_a_file_is_no_harm(
    command: Command, serve: Serve, story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(check_answer)
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY}\r\n")
    assert command("check", story, "-o", story.parent / "out", "--model", "m").code == 0
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_a_key_without_a_model_is_2(command: Command, serve: Serve, story: Path) -> None:
    server = serve(check_answer)
    done = command("check", story, "-o", story.parent / "out")
    assert done.code == 2
    assert "--model" in done.told
    assert not server.requests


def test_a_gguf_file_that_is_not_there_is_2(command: Command, story: Path, tmp_path: Path) -> None:
    done = command("check", story, "-o", tmp_path / "out", "--model", tmp_path / "none.gguf")
    assert done.code == 2
    assert "none.gguf" in done.told


def test_an_unknown_embedded_model_is_2(command: Command, story: Path, tmp_path: Path) -> None:
    done = command("check", story, "-o", tmp_path / "out", "--model", "gpt-12")
    assert done.code == 2
    assert "gpt-12" in done.told


# -- exit 3: incomplete --


def test_an_endpoint_that_is_down_is_3(
    command: Command, story: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with fake_endpoint(check_answer) as gone:
        monkeypatch.setenv("OPENAI_BASE_URL", gone.base_url)
    done = command("check", story, "-o", tmp_path / "out", "--model", "m")
    assert done.code == 3
    assert "127.0.0.1" in done.told
    assert done.out == ""


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        (refused(401, f"Incorrect API key provided: {KEY}"), "OPENAI_API_KEY"),
        (refused(404, "no such model"), "--model"),
        (Reply(b"<p>Hello", headers={"content-type": "text/html"}), "OPENAI_BASE_URL"),
        (refused(429, "quota exceeded"), "quota exceeded"),
    ],
)
def test_an_endpoint_that_refuses_all_is_3(
    command: Command, serve: Serve, story: Path, reply: Reply, word: str
) -> None:
    server = serve(lambda _body: reply)
    done = command("check", story, "-o", story.parent / "out", "--model", "m", "--concurrency", "1")
    assert done.code == 3
    assert word in done.told
    assert KEY not in done.told
    assert len(server.requests) <= llm.FIRST_ATTEMPTS


def test_a_key_that_expires_midway_is_3_with_the_report_so_far(
    command: Command, serve: Serve, story: Path, tmp_path: Path
) -> None:
    serve(lambda body: refused(401, "expired") if "logprobs" in body else check_answer(body))
    done = command("check", story, "-o", tmp_path / "out", "--model", "m", "-q")
    assert done.code == 3
    assert "refuses the key" in done.told
    assert done.out == f"{tmp_path / 'out' / 'report.html'}\n"
    report = Report.model_validate_json((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report.claims
    assert not report.run.complete


def test_answers_that_never_fit_are_3_and_listed(
    command: Command, serve: Serve, story: Path, tmp_path: Path
) -> None:
    serve(lambda body: said("gibberish") if "response_format" in body else check_answer(body))
    arguments = ("check", story, "-o", tmp_path / "out", "--model", "m")
    done = command(*arguments)
    assert done.code == 3
    assert "never fitted" in " ".join(done.out.split())
    assert "Traceback" not in done.err
    assert command(*arguments, "--fail-on", "error").code == 1


def test_stored_answers_of_no_use_are_asked_for_once_more_with_again(
    command: Command, serve: Serve, story: Path, tmp_path: Path
) -> None:
    arguments = ("check", story, "-o", tmp_path / "out", "--model", "m")
    serve(lambda body: said("gibberish") if "response_format" in body else check_answer(body))
    assert command(*arguments).err == ""
    server = serve(check_answer)
    left = command(*arguments)
    assert (left.code, len(server.requests)) == (3, 0)
    assert "--again" in left.told
    planned = command(*arguments, "--again", "--dry-run")
    assert planned.code == 0
    assert len(server.requests) == 0
    assert re.search(r"^extract +[1-9]", planned.out, re.MULTILINE)
    mended = command(*arguments, "--again")
    assert mended.code == 0
    assert "gibberish" not in (tmp_path / "out" / "report.json").read_text(encoding="utf-8")
    asked = len(server.requests)
    assert command(*arguments).code == 0
    assert len(server.requests) == asked


def test_an_interruption_is_3(
    command: Command, serve: Serve, story: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    serve(check_answer)

    async def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.launch.check_stories", interrupted)
    done = command("check", story, "-o", tmp_path / "out", "--model", "m")
    assert done.code == 3
    assert "interrupted" in done.told


# -- what must never be shown --


def test_the_key_is_in_nothing_that_is_kept_or_printed(
    command: Command, serve: Serve, story: Path, tmp_path: Path
) -> None:
    server = serve(check_answer)
    done = command("check", story, "-o", tmp_path / "out", "--model", "m", "-v")
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert KEY not in done.out + done.err
    kept = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert {path.name for path in kept} >= {"answers.sqlite", "report.json", "report.html", "report.md"}
    assert not [path.name for path in kept if KEY.encode() in path.read_bytes()]


# -- the other commands --


def test_the_schema_is_one_and_a_report_fits_it(
    command: Command, serve: Serve, story: Path, tmp_path: Path
) -> None:
    serve(check_answer)
    command("check", story, "-o", tmp_path / "out", "--model", "m")
    done = command("schema")
    schema = json.loads(done.out)
    jsonschema.Draft202012Validator.check_schema(schema)
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(report)
    assert done.code == 0
    report["claims"][0]["verdict"]["label"] = "dubious"
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(report)


def test_a_report_is_made_again_without_a_model(
    command: Command, serve: Serve, story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(check_answer)
    out = tmp_path / "out"
    command("check", story, "-o", out, "--model", "m")
    files = [out / name for name in ("report.json", "report.html", "report.md")]
    before = [file.read_bytes() for file in files]
    for file in files[1:]:
        file.unlink()
    sent = len(server.requests)
    monkeypatch.delenv("OPENAI_BASE_URL")
    done = command("report", out)
    assert (done.code, done.out) == (0, f"{out / 'report.html'}\n")
    assert [file.read_bytes() for file in files] == before
    assert len(server.requests) == sent


def test_a_report_of_nothing_is_2(command: Command, tmp_path: Path) -> None:
    done = command("report", tmp_path)
    assert done.code == 2
    assert str(tmp_path) in done.told


def test_models_are_listed_with_their_licences(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STORYCHECK_MODELS", str(tmp_path))
    done = command("models")
    assert done.code == 0
    assert "Apache-2.0" in done.out
    assert "not fetched" in done.out
    assert str(tmp_path) in done.out


def test_the_version_is_printed(command: Command) -> None:
    done = command("--version")
    assert (done.code, done.out) == (0, f"storycheck {__version__}\n")


def test_an_error_of_ours_outside_a_check_is_one_line(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(_out: Path) -> None:
        raise InputError("no such thing: give another")

    monkeypatch.setattr("pipeline.store.read_report", broken)
    assert command("report", tmp_path).told == "storycheck: no such thing: give another."


# -- the installed command, in a process of its own --


def environment(server: FakeEndpoint | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    if server is not None:
        kept |= {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": KEY}
    return kept


def test_help_is_there_without_the_heavy_modules() -> None:
    script = (
        "import sys; sys.argv = ['storycheck', 'check', '--help']\n"
        "from pipeline.cli import main\n"
        "try: main()\n"
        "finally: print(sorted({'openai', 'xllamacpp', 'bm25s', 'jinja2', 'onnxruntime'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=READY_S
    )
    assert done.returncode == 0, done.stderr
    assert "--fail-on" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_killed_run_goes_on_where_it_was(story: Path, tmp_path: Path) -> None:
    asked, killed = threading.Event(), threading.Event()

    def answer(body: Body) -> Reply:
        """Answer three questions, and leave the fourth unanswered until nobody waits for it any more."""
        if len(server.requests) == 4:
            asked.set()
            killed.wait(READY_S)
        return check_answer(body)

    arguments = ["check", str(story), "-o", str(tmp_path / "out"), "--model", "m", "--concurrency", "1", "-q"]
    with fake_endpoint(answer) as server:
        running = subprocess.Popen([COMMAND, *arguments], env=environment(server))
        assert asked.wait(READY_S), "it never asked a fourth question"
        # The next question does not wait for the disk: an answer is paid for twice until it is there.
        until(lambda: count_answers(tmp_path / "out" / ANSWERS) == 3)
        running.send_signal(signal.SIGKILL)
        running.wait(READY_S)
        killed.set()
        first = [json.dumps(body, sort_keys=True) for body in server.requests]
        assert len(first) == 4

        env = {**environment(server), "PYTHONIOENCODING": "ascii"}
        again = subprocess.run(
            [COMMAND, *arguments[:-1]], env=env, capture_output=True, text=True, check=False, timeout=READY_S
        )
        second = [json.dumps(body, sort_keys=True) for body in server.requests[len(first) :]]

    assert again.returncode == 0, again.stderr
    assert again.stderr == ""
    assert second
    repeated = set(first) & set(second)
    assert repeated == set(first[-1:])  # the one that was under way when it was killed
    report = Report.model_validate_json((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report.run.complete
    assert report.run.cached_calls >= len(first) - len(repeated)


def test_an_interrupted_run_says_so(story: Path, tmp_path: Path) -> None:
    arguments = ["check", str(story), "-o", str(tmp_path / "out"), "--model", "m"]
    asked, interrupted = threading.Event(), threading.Event()

    def answer(body: Body) -> Reply:
        asked.set()
        interrupted.wait(READY_S)
        return check_answer(body)

    with fake_endpoint(answer) as server:
        running = subprocess.Popen(
            [COMMAND, *arguments], env=environment(server), stderr=subprocess.PIPE, text=True
        )
        assert asked.wait(READY_S)
        running.send_signal(signal.SIGINT)
        interrupted.set()
        _, told = running.communicate(timeout=READY_S)
    assert running.returncode == 3
    assert told.startswith("storycheck: interrupted")
    assert len(told.splitlines()) == 1
