"""What a dry run foretells: asked for nothing, and the real run falls within its range."""

import asyncio
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.config import Settings, read_environment
from pipeline.foretell import Plan, Range, plan_lines
from pipeline.ingest import ingest
from pipeline.plan import STAGES, plan
from pipeline.session import open_endpoint
from pipeline.store import ANSWERS
from schemas.report import Report
from tests.commands import Serve, run_command
from tests.fake_endpoint import Answer, Body, Reply, check_answer, said, scored
from tests.harbour import write_story

ARTICLES = {
    "gull": "Ships were kept out of Tarnholm harbour on Monday. Eleven boats waited at the mole. "
    "The harbour master, Ida Brandt, said that nobody was hurt. The storm broke two cranes.",
    "crier": "Ships were kept out of Tarnholm harbour on Tuesday. Nine boats waited at the mole. "
    "Ida Brandt said that two people were hurt. The storm broke three cranes.",
}
PRICES = '[[price]]\nmodel = "m"\nin = 2.0\nout = 8.0\ndate = 2026-01-31\n'


@pytest.fixture
def story(tmp_path: Path) -> Path:
    return write_story(tmp_path / "harbour", ARTICLES)


@pytest.fixture(autouse=True)
def _own_prices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STORYCHECK_PRICES", str(tmp_path / "prices.toml"))
    (tmp_path / "prices.toml").write_text(PRICES)


def planned(story: Path, **options: float) -> Plan:
    settings = Settings.model_validate({"model": "m", **options})
    with open_endpoint(settings, read_environment(), lambda _done, _all: None) as endpoint:
        return asyncio.run(plan(ingest([story]), story.parent / "out", settings, endpoint))


def check(story: Path, *options: str) -> Report:
    run_command("check", story, "-o", story.parent / "out", "--model", "m", *options)
    return Report.model_validate_json((story.parent / "out" / "report.json").read_text(encoding="utf-8"))


def counting(answer: Answer) -> Answer:
    """Tell as usage what an ordinary vocabulary would take."""

    def told(body: Body) -> Reply:
        reply = answer(body)
        assert isinstance(reply.body, dict)
        asked = sum(len(message["content"].encode()) for message in body["messages"])
        content = str(reply.body["choices"][0]["message"]["content"])
        usage = {"prompt_tokens": -(-asked // 4), "completion_tokens": -(-len(content) // 4)}
        return replace(reply, body={**reply.body, "usage": usage})

    return told


def silent(body: Body) -> Reply:
    """Answer as a model that finds nothing."""
    if body.get("logprobs"):
        return scored({"N": -0.01})
    if ">> " in body["messages"][-1]["content"]:
        return said('{"reason": "-", "relation": "compatible", "kind": "event"}')
    numbers = re.findall(r"^(\d+): ", body["messages"][-1]["content"], re.MULTILINE)
    return said(json.dumps({number: [] for number in numbers}))


def agreeing(body: Body) -> Reply:
    return scored({"S": -0.01}) if body.get("logprobs") else check_answer(body)


def rewording(body: Body) -> Reply:
    """Word each claim in an order of its own, so that it is held against its sentence."""
    reply = check_answer(body)
    if body.get("logprobs") or ">> " in body["messages"][-1]["content"]:
        return scored({"S": -0.3, "C": -1.5, "N": -3.0}) if body.get("logprobs") else reply
    assert isinstance(reply.body, dict)
    answer = json.loads(reply.body["choices"][0]["message"]["content"])
    return said(
        json.dumps({number: [_turned(claim) for claim in claims] for number, claims in answer.items()})
    )


def _turned(claim: str) -> str:
    words = claim.rstrip(".").split()
    return " ".join(words[3:] + words[:3])


def holds(expected: Range, value: float) -> bool:
    return expected.least <= value <= expected.most


@pytest.mark.parametrize("answer", [check_answer, silent, agreeing, rewording])
def test_the_real_run_falls_within_the_range(serve: Serve, story: Path, answer: Answer) -> None:
    server = serve(counting(answer))
    foretold = planned(story)
    assert not server.requests
    assert not (story.parent / "out").exists()
    run = check(story).run
    assert run.complete
    assert run.cost_usd is not None
    assert foretold.cost_usd is not None
    spent = {stage.stage: stage.calls for stage in run.stages}
    for stage in STAGES:
        assert holds(foretold.stages[stage], spent[stage]), stage
    assert holds(foretold.calls, run.calls)
    assert holds(foretold.tokens_in, run.tokens_in)
    assert holds(foretold.tokens_out, run.tokens_out)
    assert holds(foretold.cost_usd, run.cost_usd)
    assert foretold.calls.least > 0


def test_what_is_stored_is_not_counted_again(serve: Serve, story: Path) -> None:
    serve(counting(check_answer))
    before = planned(story)
    check(story, "--max-calls", "3")
    between = planned(story)
    first = check(story)
    after = planned(story)
    assert before.cached == 0
    assert before.calls.expected > between.calls.expected > 0
    assert (after.calls, after.tokens_in) == (Range(0, 0, 0), Range(0, 0, 0))
    assert after.cost_usd == Range(0, 0, 0)
    assert after.cached == first.run.calls + first.run.cached_calls


def test_the_time_comes_from_the_last_run(serve: Serve, story: Path) -> None:
    serve(counting(lambda body: replace(check_answer(body), delay_s=0.05)))
    assert planned(story).time_s is None
    paced = planned(story, requests_per_minute=60.0)
    assert paced.time_s == paced.calls  # a request a second
    check(story)
    (story / "gull.txt").write_text(ARTICLES["gull"].replace("Eleven", "Twelve"))
    foretold = planned(story)
    assert foretold.time_s is not None
    assert "last run" in foretold.speed
    assert 0.0 < foretold.time_s.least <= foretold.time_s.expected <= foretold.time_s.most


def test_the_command_prints_the_plan_and_asks_and_writes_nothing(serve: Serve, story: Path) -> None:
    server = serve(check_answer)
    done = run_command("check", story, "-o", story.parent / "out", "--model", "m", "--dry-run")
    assert (done.code, done.err) == (0, "")
    assert not server.requests
    assert not (story.parent / "out").exists()
    lines = dict(line.split(maxsplit=1) for line in done.out.splitlines())
    assert {*STAGES, "in", "tokens", "cost", "time", "stored"} <= lines.keys()
    assert lines["articles"] == "2, 2 of them without a date"
    assert "not" not in lines
    assert "USD" in lines["cost"]
    assert "2026-01-31" in lines["cost"]


def test_an_interrupted_plan_promises_nothing(
    serve: Serve, story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(check_answer)

    async def interrupted(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.plan.plan", interrupted)
    done = run_command("check", story, "-o", story.parent / "out", "--model", "m", "--dry-run")
    assert (done.code, done.told) == (3, "storycheck: interrupted.")


def test_an_unknown_price_is_said_to_be_none(serve: Serve, story: Path) -> None:
    serve(check_answer)
    (story.parent / "prices.toml").unlink()
    foretold = planned(story)
    assert foretold.cost_usd is None
    assert any(line.startswith("cost") and "not known" in line for line in plan_lines(foretold))


def test_the_embedded_model_costs_nothing_and_is_not_started(story: Path, tmp_path: Path) -> None:
    done = run_command("check", story, "-o", tmp_path / "out", "--dry-run", "--max-cost", "0")
    assert (done.code, done.err) == (0, "")
    assert "nothing: the model runs on this machine" in done.out
    assert "as on two cores" in done.out


def test_a_stored_answer_that_was_changed_is_no_traceback(serve: Serve, story: Path) -> None:
    serve(counting(check_answer))
    check(story)
    with closing(sqlite3.connect(story.parent / "out" / ANSWERS)) as store, store:
        store.execute("UPDATE answer SET response = '{' WHERE stage = 'verify'")
    assert planned(story).cached > 0


def test_the_plan_says_which_inputs_it_leaves_out(story: Path, tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        (story / f"{name}.txt").write_bytes(b"")
    (story / "gull.txt").write_text(f"---\ndate: 2031-05-03\n---\n{ARTICLES['gull']}")
    done = run_command("check", story, "-o", tmp_path / "out", "--dry-run")
    head = done.out.splitlines()[:6]
    assert head == [
        "articles    2, 1 of them without a date",
        "not read    4 inputs",
        *(f"  {story / name}.txt: empty file" for name in ("a", "b", "c")),
        "  and 1 more",
    ]
