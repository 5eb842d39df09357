"""Checking by the Batch API: handed in, left, fetched, gone on with; every question is paid for once."""

import json
import os
import re
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.store import ANSWERS, read_report, read_run
from schemas.report import Report
from tests.batch_endpoint import BatchEndpoint, Json, batch_endpoint
from tests.commands import COMMAND, READY_S, Ended, Serve, run_command
from tests.fake_endpoint import Body, Reply, check_answer, completion, refused, said

WAITING = "run the same command again"
SPENT = {
    *("started_at", "finished_at", "stages", "calls", "cached_calls", "cost_usd", "endpoint", "id", "budget"),
    *("tokens_in", "tokens_out", "cached_tokens_in", "settings"),
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BatchEndpoint]:
    with batch_endpoint(check_answer) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-a-test")
        # What openai's client waits before it asks again.
        monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
        monkeypatch.setattr("openai._base_client.MAX_RETRY_DELAY", 0.01)
        yield endpoint


@pytest.fixture
def out(story: Path) -> Path:
    return story.parent / "out"


def check(story: Path, *options: str | Path) -> Ended:
    return run_command("check", story, "-o", story.parent / "out", "--model", "m", "--batch", *options)


def to_the_end(story: Path, *options: str | Path) -> list[Ended]:
    """Give the command again and again until nothing waits."""
    done: list[Ended] = []
    for _ in range(12):
        done.append(check(story, *options))
        if WAITING not in done[-1].err:
            return done
    raise AssertionError(f"still waiting: {done[-1].err}")


def judged(report: Report) -> Json:
    """Return what a report says, whatever it took to make it."""
    return report.model_dump(mode="json", exclude={"run": SPENT})


def at_once(serve: Serve, story: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Return the report of the same story by an endpoint that is asked at once."""
    out = story.parent / "at-once"
    with monkeypatch.context() as patch:
        patch.delenv("OPENAI_API_KEY")
        serve(check_answer)
        assert run_command("check", story, "-o", out, "--model", "m", "-q").code == 0
    return read_report(out)


def test_left_and_come_back_to_it_is_the_report_of_a_run_at_once(
    server: BatchEndpoint, serve: Serve, story: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = to_the_end(story)
    assert [one.code for one in done] == [3] * (len(done) - 1) + [0]
    assert all(
        f"at 127.0.0.1:{server.base_url.split(':')[2][:-3]}: {WAITING}" in one.err for one in done[:-1]
    )
    assert 3 <= len(server.batches) <= 5  # a batch a stage
    assert server.chats == 0
    assert len(set(server.keys)) == len(server.keys)
    assert server.files == {}  # nothing is left there
    report = read_report(out)
    assert report.run.complete
    assert judged(report) == judged(at_once(serve, story, monkeypatch))


def test_waiting_does_it_in_one_command(server: BatchEndpoint, story: Path, out: Path) -> None:
    server.looks = 2
    done = check(story, "--wait", "1")
    assert (done.code, done.err) == (0, "")
    run = read_report(out).run
    # What came while it waited is what it cost.
    assert (run.calls, run.cached_calls) == (len(server.asked), 0)
    assert run.tokens_in > 0


def test_what_comes_in_a_batch_costs_half(
    server: BatchEndpoint, serve: Serve, story: Path, out: Path, tmp_path: Path
) -> None:
    table = tmp_path / "prices.toml"
    table.write_text("[[price]]\nmodel = 'm'\nin = 1000.0\nout = 2000.0\ndate = 2031-01-01\n")
    check(story, "--wait", "1", "--prices", table)
    run = read_report(out).run
    assert run.cost_usd == pytest.approx((run.tokens_in * 1000 + run.tokens_out * 2000) / 2e6, abs=1e-5)


def test_while_a_batch_is_under_way_nothing_is_handed_in_twice(
    server: BatchEndpoint, story: Path, out: Path
) -> None:
    server.looks = 3
    first, second = check(story), check(story)
    assert first.err == second.err
    assert len(server.batches) == 1
    report = read_report(out)
    assert not report.run.complete
    assert "handed in with a batch" in report.run.failures[0].reason
    (story / "zeta.txt").write_text("Seven ships waited for the tide on Monday.\n")
    check(story)
    assert len(server.batches) == 2  # of what is new alone
    assert len(set(server.keys)) == len(server.keys)


def test_what_expired_is_handed_in_again_and_what_came_is_kept(
    server: BatchEndpoint, serve: Serve, story: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expired: list[Json] = []

    def end(endpoint: BatchEndpoint, batch: Json) -> None:
        is_first = len(endpoint.batches) == 1
        endpoint.complete(batch, "expired" if is_first else "completed", 0.5 if is_first else 1.0)
        expired.extend(endpoint.lines(batch)[len(endpoint.lines(batch)) // 2 :] if is_first else [])

    server.end = end
    to_the_end(story)
    again = [key for key in set(server.keys) if server.keys.count(key) > 1]
    assert 0 < len(again) <= len(expired)
    assert judged(read_report(out)) == judged(at_once(serve, story, monkeypatch))


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_batch_that_came_to_nothing_is_told_and_can_be_handed_in_again(
    server: BatchEndpoint, story: Path, out: Path, status: str
) -> None:
    def end(_: BatchEndpoint, batch: Json) -> None:
        batch["status"] = status
        batch["errors"] = {"object": "list", "data": [{"code": "x", "message": "the file is too long"}]}

    usual, server.end = server.end, end
    check(story)
    done = check(story)
    assert done.code == 3
    assert ("the file is too long" in done.err) == (status == "failed")
    server.end = usual
    assert to_the_end(story)[-1].code == 0


def test_what_the_endpoint_lacks_is_learnt_from_its_lines(
    server: BatchEndpoint, story: Path, out: Path
) -> None:
    def answer(body: Body) -> Reply:
        for feature in ("logprobs", "temperature"):
            if feature in body:
                return refused(400, f"{feature} is not supported with this model")
        return check_answer(body)

    server.answer = answer
    assert to_the_end(story)[-1].code == 0
    report = read_report(out)
    assert report.run.complete
    assert len(report.run.notes) == 2


def test_answers_that_were_all_thought_are_handed_in_again_with_room(
    server: BatchEndpoint, story: Path, out: Path
) -> None:
    def thinking(body: Body) -> Reply:
        if body["max_tokens"] >= 2000:
            return check_answer(body)
        message = {"role": "assistant", "content": None, "reasoning": "Hm"}
        return Reply(completion([{"index": 0, "finish_reason": "length", "message": message}]))

    server.answer = thinking
    assert to_the_end(story)[-1].code == 0
    report = read_report(out)
    assert report.run.complete
    assert any("thinks before it answers" in note for note in report.run.notes)
    short = [json.dumps(body) for body in server.asked if body["max_tokens"] < 2000]
    assert 0 < len(short) == len(set(short))  # as it was, nothing is asked for twice


def test_a_question_that_fails_for_good_is_told_and_asked_once(
    server: BatchEndpoint, story: Path, out: Path
) -> None:
    def answer(body: Body) -> Reply:
        return refused(400, "content_filter") if "logprobs" in body else check_answer(body)

    server.answer = answer
    done = to_the_end(story)
    assert done[-1].code == 3
    asked = len(server.asked)
    assert len(set(server.keys)) == asked
    reasons = {failure.reason for failure in read_report(out).run.failures}
    assert "the endpoint's content filter declined" in reasons
    check(story)
    assert len(server.asked) == asked


def test_a_question_that_fails_in_passing_is_asked_three_times(
    server: BatchEndpoint, story: Path, out: Path
) -> None:
    server.answer = lambda body: refused(500, "busy") if "logprobs" in body else check_answer(body)
    done = to_the_end(story)
    assert done[-1].code == 3
    assert max(server.keys.count(key) for key in server.keys) == 3
    assert {failure.reason for failure in read_report(out).run.failures} != set()


def test_caps_hold_for_what_is_handed_in(server: BatchEndpoint, story: Path, out: Path) -> None:
    done = check(story, "--max-calls", "1")
    assert done.code == 3
    assert len(server.asked) == 1
    assert to_the_end(story)[-1].code == 0


@pytest.mark.parametrize("cap", [("--max-calls", "3"), ("--max-tokens", "9000"), ("--max-time", "0")])
def test_caps_hold_over_all_that_one_command_hands_in(
    server: BatchEndpoint, story: Path, out: Path, cap: tuple[str, str]
) -> None:
    done = check(story, "--wait", "1", *cap)
    assert done.code == 3
    assert " ".join(cap) in done.err
    asked = len(server.asked)
    assert asked <= 5
    assert not read_report(out).run.complete
    assert to_the_end(story)[-1].code == 0
    assert len(server.asked) > asked
    assert len(set(server.keys)) == len(server.keys)


def test_an_endpoint_without_a_batch_api_is_told_so(server: BatchEndpoint, story: Path) -> None:
    server.faults["POST files"] = [404]
    done = check(story)
    assert done.code == 2
    assert "has no Batch API at this address: run the command without --batch." in done.err


def test_a_dry_run_tells_what_it_costs_by_batch(server: BatchEndpoint, story: Path, tmp_path: Path) -> None:
    table = tmp_path / "prices.toml"
    table.write_text("[[price]]\nmodel = 'm'\nin = 1000.0\nout = 2000.0\ndate = 2031-01-01\n")
    line = ("check", story, "-o", tmp_path / "out", "--model", "m", "--dry-run", "--prices", table)
    once, halved = (
        re.findall(r"(\d+\.\d+) USD", run_command(*line, *more).out) for more in ((), ("--batch",))
    )
    assert [float(cost) for cost in halved] == [pytest.approx(float(cost) / 2, abs=0.02) for cost in once]
    assert once


@pytest.mark.parametrize("where", ["POST files", "POST batches", "GET batches", "GET files", "DELETE files"])
@pytest.mark.parametrize(
    "fault", [500, 429, b"<html>a proxy</html>", b"{", b"{}", b"null"], ids=lambda fault: str(fault)[:6]
)
def test_a_fault_on_the_way_loses_nothing_and_pays_nothing_twice(
    server: BatchEndpoint, story: Path, out: Path, where: str, fault: int | bytes
) -> None:
    server.faults[where] = [fault]
    for done in [check(story) for _ in range(3)]:
        assert done.code in (0, 3)
        assert done.err.count("\n") <= 1
        assert "Traceback" not in done.err
    grow_old(out)  # what was begun and never handed in is given up after a while
    assert to_the_end(story)[-1].code == 0
    assert len(set(server.keys)) == len(server.keys) or where == "GET files"


def grow_old(out: Path) -> None:
    """Let the open batches have been handed in days ago."""
    with closing(sqlite3.connect(out / ANSWERS)) as store, store:
        store.execute("UPDATE batch_job SET handed_in_at = '2026-01-01T00:00:00+00:00'")


def test_a_batch_handed_in_by_a_killed_run_is_found_again(
    server: BatchEndpoint, story: Path, out: Path
) -> None:
    server.looks = 2
    check(story)
    with closing(sqlite3.connect(out / ANSWERS)) as store, store:
        store.execute("UPDATE batch_job SET id = NULL")  # as if it had been killed before it knew
    assert to_the_end(story)[-1].code == 0
    assert len(set(server.keys)) == len(server.keys)


def test_a_batch_that_never_got_there_is_handed_in(server: BatchEndpoint, story: Path, out: Path) -> None:
    server.looks = 2
    check(story)
    server.batches.clear()
    with closing(sqlite3.connect(out / ANSWERS)) as store, store:
        store.execute("UPDATE batch_job SET id = NULL")
    assert WAITING in check(story).err  # another run may be handing it in right now
    grow_old(out)
    assert to_the_end(story)[-1].code == 0


def test_a_batch_that_is_not_known_under_this_key_is_told_and_not_thrown_away(
    server: BatchEndpoint, story: Path, out: Path
) -> None:
    check(story)
    held = dict(server.batches)
    server.batches.clear()
    done = check(story)
    assert done.code == 2
    assert "does not know the batch batch-1" in done.err
    server.batches.update(held)
    assert to_the_end(story)[-1].code == 0
    assert len(set(server.keys)) == len(server.keys)


def test_answers_that_are_gone_at_the_endpoint_are_asked_for_again(
    server: BatchEndpoint, story: Path, out: Path
) -> None:
    usual = server.end

    def end(endpoint: BatchEndpoint, batch: Json) -> None:
        endpoint.complete(batch)
        del endpoint.files[batch["output_file_id"]]
        endpoint.end = usual

    server.end = end
    assert to_the_end(story)[-1].code == 0


@pytest.mark.parametrize(
    "change", [lambda line: None, lambda line: {**line, "custom_id": line["custom_id"][:32]}]
)
def test_a_question_that_never_comes_back_is_given_up(
    server: BatchEndpoint, story: Path, out: Path, change: Callable[[Json], Json | None]
) -> None:
    def end(endpoint: BatchEndpoint, batch: Json) -> None:
        endpoint.complete(batch)
        lines = [json.loads(line) for line in endpoint.files[batch["output_file_id"]].splitlines()]
        lines[:1] = [changed] if (changed := change(lines[0])) else []
        endpoint.files[batch["output_file_id"]] = b"\n".join(json.dumps(line).encode() for line in lines)

    server.end = end
    done = check(story, "--wait", "1")
    assert done.code == 3
    assert max(server.keys.count(key) for key in server.keys) == 3
    assert "without --batch" in done.err
    assert "came back without an answer" in " ".join(f.reason for f in read_report(out).run.failures)


def test_lines_end_at_line_feeds_alone(server: BatchEndpoint, story: Path, out: Path) -> None:
    def answer(body: Body) -> Reply:
        reply = check_answer(body)
        assert isinstance(reply.body, dict)
        return replace(reply, body={**reply.body, "note": "one\u2028two\u2029three\u0085four"})

    def end(endpoint: BatchEndpoint, batch: Json) -> None:
        endpoint.complete(batch)
        name = batch["output_file_id"]
        told = [json.loads(line) for line in endpoint.files[name].split(b"\n") if line]
        # As JavaScript writes it: these three stay as they are.
        endpoint.files[name] = "\n".join(json.dumps(one, ensure_ascii=False) for one in told).encode()

    server.answer, server.end = answer, end
    assert to_the_end(story)[-1].code == 0
    assert len(set(server.keys)) == len(server.keys)


def test_lines_that_are_not_quite_those_of_openai_are_read(
    server: BatchEndpoint, story: Path, out: Path
) -> None:
    def end(endpoint: BatchEndpoint, batch: Json) -> None:
        endpoint.complete(batch)
        name = batch["output_file_id"]
        told = [json.loads(line) for line in endpoint.files[name].splitlines()]
        bodies = [{"custom_id": o["custom_id"], "response": {"body": o["response"]["body"]}} for o in told]
        endpoint.files[name] = b"\n".join(json.dumps(one).encode() for one in bodies)
        batch["error_file_id"] = ""
        batch["metadata"] = "none"

    server.end = end
    assert to_the_end(story)[-1].code == 0


def test_what_an_endpoint_says_of_a_batch_cannot_move_the_cursor(
    server: BatchEndpoint, story: Path, out: Path
) -> None:
    def end(_: BatchEndpoint, batch: Json) -> None:
        batch["status"] = "failed"
        batch["errors"] = {"data": [{"message": "\x1b[2Jgone sk-of-a-test"}, {"message": 7}, "x"]}

    server.end = end
    check(story)
    done = check(story)
    assert done.code == 3
    assert "\x1b" not in done.err
    assert "sk-of-a-test" not in done.err
    assert server.files == {}  # the articles are not left there


def test_a_run_at_once_does_not_wait_for_a_batch_and_what_it_stored_stays(
    server: BatchEndpoint, serve: Serve, story: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.looks = 2
    check(story)
    server.answer = lambda body: said("another answer than the one asked for at once")
    with monkeypatch.context() as patch:
        serve(check_answer)
        assert run_command("check", story, "-o", out, "--model", "m", "-q").code == 0
        patch.undo()
    first = judged(read_report(out))
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    assert to_the_end(story)[-1].code == 0
    assert judged(read_report(out)) == first


def test_batches_of_another_address_are_none_of_this_one(
    server: BatchEndpoint, story: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.looks = 10**6
    check(story)
    with batch_endpoint(check_answer) as other:
        monkeypatch.setenv("OPENAI_BASE_URL", other.base_url)
        assert to_the_end(story)[-1].code == 0
        assert other.asked


def test_an_outage_while_waiting_is_outlived(server: BatchEndpoint, story: Path, out: Path) -> None:
    server.faults["GET batches"] = [503] * 4
    done = check(story, "--wait", "1")
    assert (done.code, done.err) == (0, "")
    assert server.faults["GET batches"] == []


def test_what_came_under_other_keys_or_broken_is_passed_over(
    server: BatchEndpoint, story: Path, out: Path
) -> None:
    def end(endpoint: BatchEndpoint, batch: Json) -> None:
        endpoint.complete(batch)
        name = batch["output_file_id"]
        stray = {"custom_id": "../../x", "response": {"status_code": 200, "body": said("{}").body}}
        broken = [b"no json", b"[1]", b'{"custom_id": 7}', b"null", json.dumps(stray).encode()]
        endpoint.files[name] = b"\n".join([*broken, endpoint.files[name]])

    server.end = end
    assert to_the_end(story)[-1].code == 0


def test_a_first_ctrl_c_while_waiting_ends_it_and_another_command_goes_on(
    server: BatchEndpoint, story: Path, out: Path
) -> None:
    server.looks = 10**6
    line = [str(COMMAND), "check", str(story), "-o", str(out), "--model", "m", "--batch", "--wait", "1"]
    running = subprocess.Popen(line, env=dict(os.environ), stderr=subprocess.PIPE, text=True)
    assert server.looked.wait(READY_S)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=READY_S)
    assert running.returncode == 3
    assert WAITING in err
    server.looks = 1
    assert to_the_end(story)[-1].code == 0
    assert len(set(server.keys)) == len(server.keys)


def test_options_that_do_not_go_together_are_refused(server: BatchEndpoint, story: Path) -> None:
    assert "--wait goes with --batch" in run_command("check", story, "--wait", "5", "--model", "m").err
    assert check(story, "--again").err == "storycheck: --again asks at once: give it without --batch.\n"


def test_the_record_says_what_was_awaited_and_no_key_is_kept(
    server: BatchEndpoint, story: Path, out: Path
) -> None:
    check(story)
    assert {failed.error for failed in read_run(out).unanswered.values()} == {"AnswerAwaited"}
    to_the_end(story)
    assert b"sk-of-a-test" not in b"".join(path.read_bytes() for path in out.iterdir() if path.is_file())


def test_doctor_tells_what_waits(server: BatchEndpoint, story: Path, out: Path) -> None:
    server.looks = 2
    check(story)
    done = run_command("doctor", out)
    assert f"0 answers; {len(server.asked)} questions in open batches" in " ".join(done.out.split())
    to_the_end(story)
    assert "open batches" not in run_command("doctor", out).out


def test_many_questions_go_in_several_batches(
    server: BatchEndpoint, story: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.batchdesk.MOST_QUESTIONS", 2)
    to_the_end(story)
    assert max(batch["count"] for batch in server.batches.values()) == 2
    assert len(set(server.keys)) == len(server.keys)
