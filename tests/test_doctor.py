"""storycheck doctor: what it says of a set-up and of a run, sound or not, and that it changes nothing."""

import os
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.config import read_environment
from pipeline.doctor import setup
from pipeline.embedded.models import CATALOGUE
from pipeline.store import ANSWERS, record_decision
from pipeline.store.lock import alone
from schemas.contradiction import ConflictKind, Relation
from schemas.decision import DecidedSide, Decision, Ruling
from tests.commands import Ended, Serve, run_command
from tests.fake_endpoint import Answer, Body, FakeEndpoint, Reply, check_answer, refused
from tests.harbour import write_story
from tests.stored_answers import store_answers

KEY = "sk-heron-gravel-0417-tulip"


@pytest.fixture
def serve(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Start an endpoint for which there is a key."""

    def start(answer: Answer) -> FakeEndpoint:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        return serve(answer)

    return start


@pytest.fixture(autouse=True)
def _without_loading(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Load no engine, but where a test wants to see that."""
    monkeypatch.setattr(setup, "LOADED", ())
    monkeypatch.setenv("STORYCHECK_MODELS", str(tmp_path / "models"))


@pytest.fixture
def out(serve: Serve, tmp_path: Path) -> Path:
    return checked(serve, tmp_path, "harbour")


def checked(serve: Serve, tmp_path: Path, *names: str) -> Path:
    """Check a story, or a batch of those named, and return the run directory."""
    for name in names:
        write_story(tmp_path / "stories" / name)
    serve(check_answer)
    paths = tmp_path / "stories" / names[0] if len(names) == 1 else tmp_path / "stories"
    assert run_command("check", paths, "-o", tmp_path / "out", "--model", "m").code == 0
    return tmp_path / "out"


def lines(done: Ended, name: str) -> list[str]:
    """Return what was said of ``name``, each as ``state: words``."""
    said = [line.split(maxsplit=1) for line in done.out.splitlines()]
    return [f"{state}: {rest[len(name) + 2 :]}" for state, rest in said if rest.startswith(f"{name}: ")]


def line(done: Ended, name: str) -> str:
    [only] = lines(done, name)
    return only


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# -- the set-up --


def test_a_sound_set_up_is_0_one_line_a_check() -> None:
    done = run_command("doctor")
    assert (done.code, done.err) == (0, "")
    assert line(done, "python").startswith("ok: storycheck ")
    assert line(done, "embedder") == "ok: it answers"
    assert line(done, "endpoint").startswith("ok: OPENAI_API_KEY and OPENAI_BASE_URL are not set")
    assert {said.split()[0] for said in done.out.splitlines()} <= {"ok", "warning"}
    for name in ("cores", "memory", "disk of models"):
        assert line(done, name)


def test_native_libraries_are_loaded_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = (("engine", "json"), ("other", "no_such_module"), ("third", "os; os.abort()"))
    monkeypatch.setattr(setup, "LOADED", wanted)
    done = run_command("doctor")
    assert done.code == 1
    assert line(done, "engine") == "ok: json loads"
    assert line(done, "other").startswith("broken: no_such_module does not load (ModuleNotFoundError")
    assert line(done, "third").startswith("broken: ")  # it died, and we did not


def test_a_key_is_told_to_be_set_and_not_shown(serve: Serve) -> None:
    server = serve(check_answer)
    done = run_command("doctor")
    assert done.code == 0
    assert "OPENAI_API_KEY is set" in line(done, "endpoint")
    assert KEY not in done.out + done.err
    assert not server.requests


def test_a_key_that_cannot_be_one_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-two parts")
    done = run_command("doctor")
    assert done.code == 1
    assert line(done, "endpoint").startswith("broken: OPENAI_API_KEY holds blanks")
    assert "parts" not in done.out


def test_an_address_that_is_none_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "ftp://x")
    done = run_command("doctor")
    assert done.code == 1
    assert line(done, "endpoint").startswith("broken: OPENAI_BASE_URL")


def test_an_address_without_a_version_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    for address, state in (("http://x.example:8000", "warning"), ("http://x.example/v1beta/openai/", "ok")):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        done = run_command("doctor")
        assert done.code == 0
        assert line(done, "endpoint").startswith(state)
        assert ("/v1 at its end" in line(done, "endpoint")) == (state == "warning")


def test_a_model_that_is_not_fetched_is_a_warning_where_it_is_needed(serve: Serve, tmp_path: Path) -> None:
    done = run_command("doctor")
    assert line(done, "embedded model").startswith("warning: qwen2.5-coder-1.5b is not fetched: ")
    model = next(iter(CATALOGUE.values()))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / f"{model.file}.part").write_bytes(b"x" * 20_000_000)
    assert "0.02 GB of it are there" in line(run_command("doctor"), "embedded model")
    serve(check_answer)
    assert line(run_command("doctor"), "embedded model").startswith("ok: ")


def test_a_damaged_model_is_broken_where_it_is_needed(serve: Serve, tmp_path: Path) -> None:
    model = next(iter(CATALOGUE.values()))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / model.file).write_bytes(b"GGUF")
    done = run_command("doctor")
    assert done.code == 1
    assert line(done, "embedded model").startswith("broken: ")
    serve(check_answer)
    assert run_command("doctor").code == 0


def test_a_table_of_prices_that_is_none_is_broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text("[[price]]\nmodel = ")
    monkeypatch.setenv("STORYCHECK_PRICES", str(tmp_path / "prices.toml"))
    done = run_command("doctor")
    assert done.code == 1
    assert line(done, "prices").startswith("broken: ")


def test_an_embedder_that_does_not_load_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("bad\nprotobuf")

    monkeypatch.setattr("pipeline.verifier.embedder.shipped", fail)
    done = run_command("doctor")
    assert done.code == 1
    assert line(done, "embedder").startswith("broken: it does not load (bad protobuf)")


def test_little_room_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.doctor.finding.LEAST_FREE", 10**18)
    assert line(run_command("doctor"), "disk of models").startswith("warning: ")


def test_settings_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert line(run_command("doctor"), "settings").startswith("ok: none in a file")
    (tmp_path / "storycheck.toml").write_text("max_cost = 1\nrpm = 60\n")
    assert line(run_command("doctor"), "settings").startswith("ok: 2 settings in storycheck.toml: ")
    (tmp_path / "storycheck.toml").write_text("max_cots = 1\n")
    done = run_command("doctor")
    assert done.code == 1
    assert line(done, "settings").startswith(
        "broken: storycheck.toml, line 1: there is no setting 'max_cots'"
    )
    assert line(done, "python").startswith("ok: ")


def test_the_shared_store_of_answers_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "shared" / ANSWERS
    monkeypatch.setenv("STORYCHECK_CACHE", str(tmp_path / "shared"))
    assert "is not there yet" in line(run_command("doctor"), "cache")
    assert not path.parent.exists()
    path.parent.mkdir()
    store_answers(path, {"key": "value"})
    assert line(run_command("doctor"), "cache") == "ok: sound, 1 answer"
    path.write_bytes(b"something else" * 500)
    done = run_command("doctor")
    assert done.code == 1
    assert "remove it" in line(done, "cache")


def test_the_versions_of_what_it_runs_on_are_told() -> None:
    assert re.match(r"ok: openai \d\S+, instructor \d", line(run_command("doctor"), "libraries"))


def test_a_folder_of_models_that_cannot_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STORYCHECK_MODELS", str(tmp_path / "file" / "models"))
    done = run_command("doctor")
    assert done.code == 1
    assert line(done, "folder of models").startswith("broken: ")
    assert "STORYCHECK_MODELS" in line(done, "folder of models")


# -- online --


def test_an_endpoint_that_counts_no_tokens_is_told(serve: Serve) -> None:
    def answer(body: Body) -> Reply:
        reply = yes(body)
        assert isinstance(reply.body, dict)
        return Reply({name: value for name, value in reply.body.items() if name != "usage"})

    serve(answer)
    done = run_command("doctor", "--online", "--model", "m")
    assert done.code == 0
    assert line(done, "features").startswith("warning: the endpoint did not tell what 2 requests took")


def test_nothing_is_sent_unless_asked_for(serve: Serve) -> None:
    server = serve(check_answer)
    assert run_command("doctor", "--model", "m").code == 0
    assert not server.requests


def yes(body: Body) -> Reply:
    """Answer the doctor's questions."""
    from tests.fake_endpoint import said, scored  # noqa: PLC0415 - only here

    return scored({"Y": -0.1, "N": -3.0}) if body.get("logprobs") else said('{"answer": "Y"}')


def test_an_endpoint_that_can_everything_is_ok(serve: Serve) -> None:
    server = serve(yes)
    done = run_command("doctor", "--online", "--model", "m")
    assert done.code == 0
    assert line(done, "online") == f"ok: {server.base_url[7:-3]} answers for m, 2 requests"
    assert line(done, "features").startswith("ok: log-probabilities, json_schema")
    assert len(server.requests) == 2
    assert sum(len(str(body["messages"])) for body in server.requests) < 2000


def test_what_an_endpoint_lacks_is_a_warning_each(serve: Serve) -> None:
    def answer(body: Body) -> Reply:
        for lacking in ("max_tokens", "logprobs", "response_format"):
            if lacking in body:
                wanted = "max_completion_tokens" if lacking == "max_tokens" else lacking
                return refused(400, f"{wanted} is not supported as you have it")
        return yes(body)

    serve(answer)
    done = run_command("doctor", "--online", "--model", "m")
    assert done.code == 0
    assert len(lines(done, "features")) == 3
    assert all(said.startswith("warning: ") for said in lines(done, "features"))


def test_an_endpoint_that_refuses_is_broken(serve: Serve) -> None:
    serve(lambda _body: refused(401, f"Incorrect API key provided: {KEY}"))
    done = run_command("doctor", "--online", "--model", "m")
    assert done.code == 1
    assert "refuses the key" in line(done, "online")
    assert KEY not in done.out + done.err


def test_online_needs_a_model_and_an_endpoint(serve: Serve) -> None:
    assert line(run_command("doctor", "--online"), "online") == "ok: there is no endpoint to ask"
    serve(check_answer)
    done = run_command("doctor", "--online")
    assert done.code == 1
    assert "--model" in line(done, "online")


def test_the_embedded_model_is_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    done = run_command("doctor", "--online", "--model", "qwen2.5-coder-1.5b")
    assert line(done, "online").startswith("ok: that is an embedded model")


# -- a run --


def test_a_sound_run_is_0_and_left_as_it_is(out: Path) -> None:
    before = snapshot(out)
    done = run_command("doctor", out)
    assert done.code == 0
    assert line(done, "report.json").startswith("ok: complete, ")
    assert line(done, ANSWERS).startswith("ok: sound, ")
    assert line(done, "lock") == "ok: no run is writing there"
    assert line(done, "permissions").startswith("ok: ")
    assert line(done, "disk").startswith("ok: ")
    assert snapshot(out) == before


def test_a_batch_is_looked_at_story_by_story(serve: Serve, tmp_path: Path) -> None:
    out = checked(serve, tmp_path, "one", "two")
    done = run_command("doctor", out)
    assert done.code == 0
    assert [line(done, f"{name}: report.json")[:3] for name in ("one", "two")] == ["ok:", "ok:"]
    (out / "two" / "report.json").write_text("{")
    (out / "index.html").unlink()
    done = run_command("doctor", out)
    assert done.code == 1
    assert line(done, "two: report.json").startswith("broken: ")
    assert line(done, "index.html").startswith("warning: is not there: storycheck report ")


def test_no_folder_is_broken(tmp_path: Path) -> None:
    done = run_command("doctor", tmp_path / "nowhere")
    assert done.code == 1
    assert "nowhere is no folder" in line(done, "folder")


@pytest.mark.parametrize(
    ("text", "word"), [("{", "damaged"), ('{"schema_version": 99}', "update storycheck"), ("", "damaged")]
)
def test_a_report_that_cannot_be_read_is_broken(out: Path, text: str, word: str) -> None:
    (out / "report.json").write_text(text)
    done = run_command("doctor", out)
    assert done.code == 1
    assert word in line(done, "report.json")


def test_pages_that_are_missing_are_a_warning(out: Path) -> None:
    for name in ("report.html", "report.md"):
        (out / name).unlink()
    done = run_command("doctor", out)
    assert done.code == 0
    assert f"storycheck report {out}" in line(done, "report.html")
    assert line(done, "report.md").startswith("warning: ")


def test_a_run_that_is_not_complete_is_a_warning(serve: Serve, out: Path, tmp_path: Path) -> None:
    (tmp_path / "stories" / "harbour" / "gull.txt").write_text("Nobody was hurt in the storm, it was said.")
    assert run_command("check", tmp_path / "stories", "-o", out, "--model", "m", "--max-calls", "0").code == 3
    done = run_command("doctor", out)
    assert done.code == 0
    assert line(done, "report.json").startswith("warning: not complete, ")


def test_a_damaged_store_is_broken(out: Path) -> None:
    path = out / ANSWERS
    store_answers(path, {f"key {n}": "x" * 500 for n in range(200)})
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 100] = b"\xff" * 100
    path.write_bytes(data)
    done = run_command("doctor", out)
    assert done.code == 1
    assert "remove it" in line(done, ANSWERS)


def test_a_store_of_something_else_is_broken(out: Path) -> None:
    (out / ANSWERS).unlink()
    with closing(sqlite3.connect(out / ANSWERS)) as other:
        other.execute("CREATE TABLE answer (key TEXT)")
    done = run_command("doctor", out)
    assert done.code == 1
    assert "no store of storycheck's" in line(done, ANSWERS)


def test_a_store_that_was_killed_at_once_is_sound(tmp_path: Path) -> None:
    (tmp_path / ANSWERS).touch()
    done = run_command("doctor", tmp_path)
    assert done.code == 0
    assert line(done, ANSWERS) == "ok: sound, 0 answers"
    assert line(done, "report.json").startswith("warning: is not there")


def test_decisions_are_counted_and_damage_is_told(out: Path) -> None:
    side = DecidedSide(article="gull", quote="On Monday.")
    decision = Decision(
        finding_id="x1",
        ruling=Ruling.accepted,
        decided_at=datetime.now(UTC),
        kind=ConflictKind.date,
        relation=Relation.contradiction,
        sides=(side, side),
    )
    record_decision(out, decision)
    assert line(run_command("doctor", out), "decisions.sqlite") == "ok: sound, 1 decisions"
    (out / "decisions.sqlite").write_bytes(b"not any more" * 500)
    done = run_command("doctor", out)
    assert done.code == 1
    assert line(done, "decisions.sqlite").startswith("broken: ")


def test_leftovers_of_a_killed_run_are_a_warning(out: Path) -> None:
    left = out / ".report.html.k1ll3d"
    left.write_text("<html>")
    os.utime(left, (1_000_000_000, 1_000_000_000))
    done = run_command("doctor", out)
    assert done.code == 0
    assert line(done, "leftovers").startswith("warning: 1 half-written")
    assert left.exists()


def test_a_run_at_work_is_named(out: Path) -> None:
    with alone(out):
        done = run_command("doctor", out)
    assert done.code == 0
    assert f"process {os.getpid()}" in line(done, "lock")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_a_warning(out: Path) -> None:
    out.chmod(0o500)
    try:
        done = run_command("doctor", out)
    finally:
        out.chmod(0o700)
    assert done.code == 0
    assert line(done, "permissions").startswith("warning: ")


def test_a_name_cannot_move_the_cursor(serve: Serve, tmp_path: Path) -> None:
    out = checked(serve, tmp_path, "one", "two")
    (out / "two").rename(out / "t\x1b[2Jwo")
    (out / "t\x1b[2Jwo" / "report.json").write_text("{")
    done = run_command("doctor", out)
    assert done.code == 1
    assert "\x1b" not in done.out


def test_the_environment_says_where_models_are(tmp_path: Path) -> None:
    assert read_environment().models_dir == tmp_path / "models"
    assert str(tmp_path / "models") in line(run_command("doctor"), "disk of models")
