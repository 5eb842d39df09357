"""Caps on what a check may spend: kept, told in the report, and no obstacle to going on another day."""

import asyncio
import json
import re
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.budget import Budget, Caps, most_tokens
from pipeline.completion import Spent, tokens_told
from pipeline.errors import BudgetReached, InputError
from pipeline.prices import SHIPPED, Price, find_price, read_prices
from schemas.report import Report
from tests.commands import READY_S, Ended, Serve, run_command
from tests.fake_endpoint import Body, Reply, check_answer, refused
from tests.harbour import HARBOUR, write_story

pytestmark = pytest.mark.usefixtures("no_wait")

PRICE = Price(model="m", tokens_in=2.0, tokens_out=8.0, cached_in=0.5, as_of=date(2026, 1, 31))
TABLE = """
[[price]]
model = "m"
in = 2.0
out = 8.0
cached_in = 0.5
date = 2026-01-31
"""


@pytest.fixture(autouse=True)
def _own_prices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STORYCHECK_PRICES", str(tmp_path / "prices.toml"))


def check(story: Path, *options: str | Path, out: str = "out") -> tuple[Ended, Report]:
    done = run_command("check", story, "-o", story.parent / out, "--model", "m", *options)
    return done, Report.model_validate_json((story.parent / out / "report.json").read_text(encoding="utf-8"))


def telling(body: Body) -> Reply:
    """Answer, and tell what it took: what was really sent and said, in bytes."""
    reply = check_answer(body)
    assert isinstance(reply.body, dict)
    tokens_in = sum(len(message["content"].encode()) for message in body["messages"])
    tokens_out = min(len(str(reply.body["choices"][0]["message"]["content"])), body["max_tokens"])
    return Reply({**reply.body, "usage": {"prompt_tokens": tokens_in, "completion_tokens": tokens_out}})


# -- a run under a cap --


@pytest.mark.parametrize("calls", [0, 1, 2, 3, 5])
def test_no_more_calls_are_sent_than_allowed_and_the_report_says_so(
    serve: Serve, story: Path, calls: int
) -> None:
    server = serve(check_answer)
    done, report = check(story, "--max-calls", str(calls))
    assert (done.code, len(server.requests)) == (3, calls)
    assert f"--max-calls {calls}" in done.told
    assert report.run.budget is not None
    assert report.run.budget.reached == f"--max-calls {calls}"
    assert report.run.budget.unasked > 0
    assert not report.run.complete
    assert any(f"--max-calls {calls}" in failure.reason for failure in report.run.failures)
    assert any(f"--max-calls {calls}" in note for note in report.run.notes)


def test_run_after_run_gets_to_the_end_and_pays_for_nothing_twice(serve: Serve, story: Path) -> None:
    server = serve(check_answer)
    whole, expected = check(story, out="whole")
    needed = len(server.requests)
    assert whole.code == 0
    codes: list[int] = []
    while not codes or codes[-1] == 3:
        done, report = check(story, "--max-calls", "3")
        codes.append(done.code)
        assert len(codes) < 20
    assert codes[-1] == 0
    assert len(codes) == -(-needed // 3)
    assert len(server.requests) == 2 * needed
    assert report.run.budget is not None
    assert report.run.budget.reached is None
    assert report.claims == expected.claims
    assert report.contradictions == expected.contradictions


def test_a_story_that_is_answered_is_checked_with_nothing_to_spend(serve: Serve, story: Path) -> None:
    server = serve(check_answer)
    _, first = check(story)
    sent = len(server.requests)
    done, report = check(story, "--max-calls", "0", "--max-tokens", "0", "--max-time", "0")
    assert (done.code, done.err, len(server.requests)) == (0, "", sent)
    assert report.claims == first.claims


@pytest.mark.parametrize("tokens", [0, 500, 4000, 9000, 20000])
def test_tokens_are_capped_whatever_is_in_flight(serve: Serve, story: Path, tokens: int) -> None:
    serve(lambda body: replace(telling(body), delay_s=0.02))
    done, report = check(story, "--max-tokens", str(tokens), "--concurrency", "8")
    spent = report.run.tokens_in + report.run.tokens_out
    assert spent <= tokens
    assert done.code == (0 if report.run.complete else 3)
    assert (report.run.budget and report.run.budget.reached) == (
        None if report.run.complete else f"--max-tokens {tokens}"
    )


def test_money_is_capped_and_told(serve: Serve, story: Path, tmp_path: Path) -> None:
    serve(telling)
    (tmp_path / "prices.toml").write_text(TABLE)
    _, whole = check(story, out="whole")
    run = whole.run
    assert run.cost_usd is not None
    assert run.cost_usd == pytest.approx((run.tokens_in * 2.0 + run.tokens_out * 8.0) / 1e6, abs=1e-6)
    done, report = check(story, "--max-cost", f"{run.cost_usd / 2:.6f}")
    assert done.code == 3
    assert "--max-cost" in done.told
    assert report.run.cost_usd is not None
    assert 0 < report.run.cost_usd <= run.cost_usd / 2
    assert check(story, "--max-cost", "1")[0].code == 0


def test_money_is_not_capped_by_a_guess(serve: Serve, story: Path) -> None:
    server = serve(check_answer)
    done = run_command("check", story, "-o", story.parent / "out", "--model", "m", "--max-cost", "1")
    assert done.code == 2
    assert "--max-cost" in done.told
    assert "prices.toml" in done.told
    assert not server.requests


def test_without_a_price_the_cost_is_not_known(serve: Serve, story: Path) -> None:
    serve(check_answer)
    assert check(story)[1].run.cost_usd is None


def test_where_no_usage_is_told_the_most_is_counted(serve: Serve, story: Path, tmp_path: Path) -> None:
    def silent(body: Body) -> Reply:
        reply = check_answer(body)
        assert isinstance(reply.body, dict)
        return Reply({name: value for name, value in reply.body.items() if name != "usage"})

    server = serve(silent)
    (tmp_path / "prices.toml").write_text(TABLE)
    done, report = check(story, "--max-tokens", "12000")
    assert done.code == 3
    assert sum(sum(most_tokens(body)) for body in server.requests) <= 12000
    assert len(server.requests) > 1
    assert report.run.tokens_in == report.run.tokens_out == 0
    assert report.run.cost_usd is not None
    assert report.run.cost_usd > 0
    assert any("did not tell" in note for note in report.run.notes)


def test_time_is_capped_between_requests_and_before_a_pause(serve: Serve, story: Path) -> None:
    server = serve(lambda _body: refused(429, "later", retry_after="30"))
    done, report = check(story, "--max-time", "0.5")
    assert done.code == 3
    assert "--max-time 0.5" in done.told
    assert len(server.requests) <= 2  # nobody sleeps for half a minute to be told that the time is up
    assert not report.claims


async def test_what_is_waited_for_is_given_up_when_the_time_is_up() -> None:
    budget = Budget(Caps(time_s=0.05))
    with pytest.raises(BudgetReached, match=r"--max-time 0\.05 was reached before this was answered"):
        async with budget.in_time():
            await asyncio.Event().wait()
    assert "1 question was given up" in str(budget.told())


async def test_another_limit_on_time_is_not_taken_for_the_cap() -> None:
    budget = Budget(Caps(time_s=600))
    with pytest.raises(TimeoutError):
        async with budget.in_time(), asyncio.timeout(0.01):
            await asyncio.Event().wait()
    assert budget.told() is None


def test_when_the_time_is_up_what_is_under_way_is_given_up_and_no_story_begun(
    serve: Serve, story: Path, tmp_path: Path
) -> None:
    over = threading.Event()

    def held(body: Body) -> Reply:
        over.wait(READY_S)
        return check_answer(body)

    serve(check_answer)
    check(story)  # so that all is loaded
    for name in ("one", "two"):
        write_story(tmp_path / "stories" / name, HARBOUR)
    serve(held)
    out = tmp_path / "batch"
    try:
        done = run_command(
            "check", tmp_path / "stories", "-o", out, "--model", "m", "--concurrency", "4", "--max-time", "3"
        )
    finally:
        over.set()
    assert done.code == 3
    assert "--max-time 3 reached" in done.told
    assert "given up, 1 story was not begun" in done.told
    report = Report.model_validate_json((out / "one" / "report.json").read_text(encoding="utf-8"))
    assert "--max-time 3 was reached before this was answered" in {f.reason for f in report.run.failures}
    assert "not begun: --max-time 3 was reached" in (out / "index.html").read_text(encoding="utf-8")
    assert not (out / "two").exists()
    serve(check_answer)
    assert run_command("check", tmp_path / "stories", "-o", out, "--model", "m").code == 0


def test_what_is_in_flight_at_the_end_is_kept(serve: Serve, story: Path) -> None:
    server = serve(lambda body: replace(check_answer(body), delay_s=0.3))
    done, report = check(story, "--max-calls", "1", "--concurrency", "4")
    assert done.code == 3
    assert report.run.coverage.sentences_read > 0
    again, _ = check(story)
    assert again.code == 0
    asked = [json.dumps(body, sort_keys=True) for body in server.requests]
    assert len(asked) == len(set(asked))


def test_in_a_batch_one_budget_is_for_all(serve: Serve, story: Path, tmp_path: Path) -> None:
    server = serve(check_answer)
    stories = tmp_path / "stories"
    for name in ("one", "two"):
        articles = {outlet: text.replace("Tarnholm", f"Tarn{name}") for outlet, text in HARBOUR.items()}
        write_story(stories / name, articles)
    done = run_command("check", stories, "-o", tmp_path / "out", "--model", "m", "--max-calls", "4")
    assert (done.code, len(server.requests)) == (3, 4)
    for name in ("one", "two"):
        report = json.loads((tmp_path / "out" / name / "report.json").read_text(encoding="utf-8"))
        assert not report["run"]["complete"]
        assert "No contradictions found" not in (tmp_path / "out" / name / "report.md").read_text("utf-8")


# -- the arithmetic --


@settings(deadline=None, max_examples=60)
@given(
    cap=st.integers(0, 5000),
    jobs=st.lists(st.tuples(st.integers(0, 800), st.integers(1, 400), st.booleans()), max_size=12),
    share=st.floats(0.0, 1.0),
)
def test_reservations_never_add_up_to_more_than_the_cap(
    cap: int, jobs: list[tuple[int, int, bool]], share: float
) -> None:
    """Ask side by side; each request takes any part of what it could, or nobody tells."""

    async def ask(budget: Budget, size: int, most_out: int, tells: bool) -> None:
        request = {"messages": [{"role": "user", "content": "x" * size}], "max_tokens": most_out}
        held = await budget.reserve(request)
        await asyncio.sleep(0)
        tokens_in, tokens_out = most_tokens(request)
        took = Spent(max(1, int(tokens_in * share)), int(tokens_out * share)) if tells else None
        await budget.settle(held, took)

    async def all_of_them() -> tuple[Budget, list[Any]]:
        budget = Budget(Caps(tokens=cap), PRICE)
        jobs_done = await asyncio.gather(*(ask(budget, *job) for job in jobs), return_exceptions=True)
        return budget, list(jobs_done)

    budget, ended = asyncio.run(asyncio.wait_for(all_of_them(), 20))
    refused_ones = [one for one in ended if one is not None]
    assert budget.tokens <= cap
    assert all(isinstance(one, BudgetReached) for one in refused_ones)
    assert budget.unasked == len(refused_ones)
    assert (budget.reached is None) == (not refused_ones)
    assert budget.calls == len(jobs) - len(refused_ones)


@given(tokens=st.integers(0, 10**9), out=st.integers(0, 10**6), cached=st.integers(0, 10**9))
def test_no_answer_costs_more_than_the_most(tokens: int, out: int, cached: int) -> None:
    assert 0.0 <= PRICE.cost_usd(tokens, out, cached) <= PRICE.most_usd(tokens, out)


def test_what_is_cached_costs_its_own_price() -> None:
    assert PRICE.cost_usd(1_000_000, 0) == pytest.approx(2.0)
    assert PRICE.cost_usd(1_000_000, 0, 400_000) == pytest.approx(1.2 + 0.2)
    assert PRICE.cost_usd(0, 1_000_000) == pytest.approx(8.0)
    assert PRICE.model_copy(update={"cached_in": None}).cost_usd(1_000_000, 0, 400_000) == pytest.approx(2.0)


@pytest.mark.parametrize(
    "usage",
    [None, {}, [], {"prompt_tokens": 0, "completion_tokens": 5}]
    + [{"prompt_tokens": value, "completion_tokens": 1} for value in (-3, "7", 7.5, True, 2**60)]
    + [{"prompt_tokens": 7}, {"prompt_tokens": 7, "completion_tokens": None}],
)
def test_a_usage_that_cannot_be_right_is_none(usage: object) -> None:
    assert tokens_told({"usage": usage}) is None


def test_a_usage_tells_what_was_cached() -> None:
    details = {"prompt_tokens_details": {"cached_tokens": 40}}
    usage = {"prompt_tokens": 60, "completion_tokens": 0, **details}
    assert tokens_told({"usage": usage}) == Spent(60, 0, 40)


# -- the table of prices --


def test_the_shipped_table_is_one() -> None:
    assert read_prices(SHIPPED) == ()  # a wrong price is worse than none


def test_the_example_in_the_shipped_table_is_one(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    table = tmp_path / "mine.toml"
    table.write_text(re.sub(r"^# (?=\[\[price|\w+ = )", "", text, flags=re.MULTILINE), encoding="utf-8")
    [price] = read_prices(table)
    assert price.cached_in == 0.075


def test_the_named_table_wins_and_so_does_the_very_endpoint(tmp_path: Path) -> None:
    own, kept = tmp_path / "own.toml", tmp_path / "kept.toml"
    kept.write_text(TABLE.replace("2.0", "3.0") + TABLE.replace('"m"', '"m"\nendpoint = "here"'))
    own.write_text(TABLE.replace('"m"', '"other"'))
    found = [find_price("m", host, own, kept) for host in ("here", "there")]
    assert [price and price.tokens_in for price in found] == [2.0, 3.0]
    own.write_text(TABLE.replace("2.0", "9.0"))
    assert (price := find_price("m", "here", own, kept)) is not None
    assert price.tokens_in == 9.0
    assert find_price("n", "here", own, kept) is None
    assert find_price("m", "here", None, tmp_path / "none.toml") is None


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "price = 3",
        "[[prices]]\n",
        *(TABLE.replace("in = 2.0", wrong, 1) for wrong in ("in = -1", "in = nan", "in = inf", "")),
        TABLE.replace("out =", "output ="),
        TABLE.replace("2026-01-31", '"soon"'),
        TABLE.replace('"m"', "7"),
    ],
)
def test_a_table_with_a_slip_in_it_is_refused(tmp_path: Path, text: str) -> None:
    table = tmp_path / "prices.toml"
    table.write_text(text)
    with pytest.raises(InputError, match=r"prices\.toml") as caught:
        read_prices(table)
    assert "\n" not in str(caught.value)


def test_a_table_that_is_not_there_is_2(serve: Serve, story: Path, tmp_path: Path) -> None:
    serve(check_answer)
    done = run_command(
        "check", story, "-o", tmp_path / "o", "--model", "m", "--prices", tmp_path / "none.toml"
    )
    assert done.code == 2
    assert "none.toml" in done.told
