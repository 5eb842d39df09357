"""The log of a check: an event a line, of what and how long, and no word of an article unless asked for."""

import json
import re
import stat
import sys
from collections import Counter
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.logs import Log, LogFormat, LogOptions, about, emit, open_log
from schemas.report import Report
from tests.commands import Ended, Serve, run_command
from tests.fake_endpoint import check_answer, in_turn, refused
from tests.stored_runs import forget_how

pytestmark = pytest.mark.usefixtures("no_wait")

WORDS = ("Tarnholm", "Eleven boats", "They differ", "Ships were")
Event = dict[str, Any]


def check(story: Path, *options: str | Path) -> Ended:
    return run_command("check", story, "-o", story.parent / "out", "--model", "m", "-q", *options)


def events(text: str) -> list[Event]:
    return [json.loads(line) for line in text.splitlines()]


def named(found: list[Event], name: str) -> list[Event]:
    return [event for event in found if event["event"] == name]


# -- what is logged --


def test_nothing_is_logged_unless_asked_for(serve: Serve, story: Path) -> None:
    serve(check_answer)
    assert check(story).err == ""


def test_each_event_says_what_it_is_about_and_how_it_ended(serve: Serve, story: Path) -> None:
    serve(check_answer)
    done = check(story, "--log-format", "json")
    found = events(done.err)
    report = Report.model_validate_json((story.parent / "out" / "report.json").read_bytes())
    assert found[0]["event"] == "run_started"
    assert (found[-1]["event"], found[-1]["exit_code"]) == ("run_finished", 0)
    assert all(datetime.fromisoformat(event["time"]).tzinfo for event in found)
    assert {event["level"] for event in found} == {"info"}
    answered = named(found, "call_answered")
    assert len(answered) == len(named(found, "call_sent")) == report.run.calls
    for event in answered:
        assert (event["story"], event["attempt"], event["status"]) == ("harbour", 1, 200)
        assert (event["tokens_in"], event["tokens_out"]) == (10, 5)
        assert event["seconds"] >= 0
    assert {event["claim"] for event in answered if event["stage"] == "verify"} == {
        c.id for c in report.claims
    }
    assert {e["article"] for e in answered if e["stage"] == "extract"} == {a.id for a in report.articles}
    assert len({event["call"] for event in answered}) == report.run.calls
    [end] = named(found, "story_finished")
    assert (end["claims"], end["complete"], end["calls"]) == (len(report.claims), True, report.run.calls)
    assert {Path(event["path"]).name for event in named(found, "file_written")} == {
        *("report.json", "report.md", "report.html", "run.json")
    }


def test_every_stage_begins_and_ends_once(serve: Serve, story: Path) -> None:
    serve(check_answer)
    found = events(check(story, "--log-format", "json").err)
    for name in ("stage_started", "stage_finished"):
        assert [event["stage"] for event in named(found, name)] == [
            "extract",
            "ground",
            "verify",
            "adjudicate",
        ]
    assert [event["seconds"] >= 0 for event in named(found, "stage_finished")] == [True] * 4


def test_the_calls_of_a_log_are_the_questions_of_the_record(serve: Serve, story: Path) -> None:
    serve(check_answer)
    first = events(check(story, "--log-format", "json").err)
    record = json.loads((story.parent / "out" / "run.json").read_bytes())
    assert {event["call"] for event in named(first, "call_answered")} == set(record["answers"])
    forget_how(story.parent / "out")
    second = events(check(story, "--log-format", "json").err)
    assert {event["call"] for event in named(second, "call_cached")} == set(record["answers"])
    assert named(second, "call_sent") == []


def test_what_went_wrong_is_a_warning_with_its_status_and_attempt(serve: Serve, story: Path) -> None:
    serve(in_turn(check_answer, refused(503, "Tarnholm is overloaded"), check_answer))
    found = events(check(story, "--log-format", "json", "--concurrency=1").err)
    [retried] = named(found, "call_retried")
    assert (retried["level"], retried["status"], retried["attempt"]) == ("warning", 503, 1)
    assert [e["attempt"] for e in named(found, "call_answered") if e["call"] == retried["call"]] == [2]


def test_a_question_that_failed_and_the_end_of_a_run_are_told(serve: Serve, story: Path) -> None:
    serve(lambda _body: refused(401, "wrong key"))
    done = check(story, "--log-format", "json")
    *lines, told = done.err.splitlines()
    found = events("\n".join(lines))
    assert told.startswith("storycheck: ")
    assert {event["error"] for event in named(found, "call_failed")} == {"AuthenticationFailed"}
    [failed] = named(found, "run_failed")
    assert failed["error"] == "AuthenticationFailed"
    assert told == f"storycheck: {failed['message']}"
    assert found[-1]["exit_code"] == done.code == 3


def test_a_cap_is_told_once(serve: Serve, story: Path) -> None:
    serve(check_answer)
    log = story.parent / "log"
    check(story, "--log-format", "json", "--log-file", log, "--max-calls", "3")
    [reached] = named(events(log.read_text()), "budget_reached")
    assert reached["cap"] == "--max-calls 3"


# -- in which form, and where --


def test_words_of_articles_and_answers_come_only_when_asked_for(serve: Serve, story: Path) -> None:
    serve(in_turn(check_answer, refused(503, "Tarnholm is overloaded"), check_answer))
    for form in ("json", "text"):
        plain = story.parent / f"plain.{form}"
        check(story, "--log-format", form, "--log-file", plain)
        assert not any(word in plain.read_text() for word in WORDS)
    whole = story.parent / "whole"
    check(story, "--log-format", "json", "--log-file", whole, "--log-text", "--cache", story.parent / "other")
    assert all(word in whole.read_text() for word in WORDS)


def test_a_file_takes_the_log_is_added_to_and_is_nobody_elses(serve: Serve, story: Path) -> None:
    serve(check_answer)
    path = story.parent / "log"
    assert check(story, "--log-file", path).err == ""
    once = len(path.read_text().splitlines())
    check(story, "--log-file", path)
    assert len(path.read_text().splitlines()) > once
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_form_for_people_is_one_line_of_words(serve: Serve, story: Path) -> None:
    serve(check_answer)
    lines = check(story, "--log-format", "text").err.splitlines()
    form = re.compile(r'\d{4}-\d\d-\d\dT[\d:.]+Z (info|warning) [a-z_]+( [a-z_]+=("[^"]*"|[^" ]+))*')
    assert [line for line in lines if not form.fullmatch(line)] == []


def test_a_log_that_cannot_be_written_is_told(story: Path) -> None:
    nowhere = check(story, "--log-file", story.parent / "no" / "log")
    assert (nowhere.code, "--log-file" in nowhere.told) == (2, True)
    about_none = check(story, "--log-text")
    assert (about_none.code, "--log-format" in about_none.told) == (2, True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_log_that_is_full_ends_no_run(serve: Serve, story: Path) -> None:
    serve(check_answer)
    done = check(story, "--log-file", "/dev/full")
    assert done.code == 0
    assert "events could not be written to the log" in done.told


def line(options: LogOptions, path: str) -> str:
    stream = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        with open_log(options):
            emit("event", path=path)
    return stream.getvalue()


@given(st.text(), st.sampled_from(LogFormat))
def test_no_text_breaks_out_of_its_line(text: str, form: LogFormat) -> None:
    written = line(LogOptions(form), path=text)
    assert written.count("\n") == 1
    assert written[:-1].isprintable()
    if form is LogFormat.json:
        assert json.loads(written)["path"] == text


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8), st.sampled_from(LogFormat))
def test_a_secret_is_cut_out_wherever_it_stands(secret: str, form: LogFormat) -> None:
    written = line(LogOptions(form, secrets=(secret,)), path=f"see {secret}.")
    assert not any(form in written for form in (f"see {secret}.", f"see {json.dumps(secret)[1:-1]}."))
    assert secret not in repr(LogOptions(form, secrets=(secret,)))


def test_an_event_knows_the_innermost_of_what_it_is_about() -> None:
    stream = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        with open_log(LogOptions(LogFormat.json)) as log, about(story="s", claim="c1"):
            with about(claim="c2"):
                emit("inner")
            emit("outer")
        emit("after")
    inner, outer = events(stream.getvalue())
    assert Counter((inner["claim"], outer["claim"], inner["story"])) == Counter(("c2", "c1", "s"))
    assert log == Log()
