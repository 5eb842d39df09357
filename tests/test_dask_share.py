"""What the workers of a run share, without a cluster: one budget, one pace, and what deaths leave of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.budget import Caps, Held
from pipeline.completion import Spent
from pipeline.engines import Unreported
from pipeline.engines.line import Line, SharedBudget, SharedPace
from pipeline.engines.share import Reply, Share
from pipeline.errors import BudgetReached
from pipeline.interruption import Interruption

REQUEST = {"messages": [{"role": "user", "content": "x" * 20}], "max_tokens": 10}
MOST = 20 + 16 + 64 + 10  # tokens that it can take, by budget.most_tokens


def send_to(share: Share, worker: str) -> Callable[[str, dict[str, Any]], Awaitable[Reply]]:
    async def send(what: str, given: dict[str, Any]) -> Reply:
        await asyncio.sleep(0)
        return await share.hear(what, worker, given)

    return send


def budget_of(share: Share, worker: str, caps: Caps) -> tuple[SharedBudget, Line]:
    line = Line(send_to(share, worker))
    return SharedBudget(caps, None, Interruption(), lambda: None, line), line


@asynccontextmanager
async def shared(caps: Caps, workers: int = 2) -> AsyncIterator[tuple[Share, list[SharedBudget]]]:
    share = Share(caps, None, 8)
    pairs = [budget_of(share, f"worker {n}", caps) for n in range(workers)]
    yield share, [budget for budget, _ in pairs]
    for _, line in pairs:
        await line.all_told()


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, MOST)), min_size=1, max_size=12))
def test_no_order_of_requests_over_any_workers_passes_a_cap(requests: list[tuple[int, int]]) -> None:
    async def run() -> None:
        caps = Caps(tokens=3 * MOST)
        async with shared(caps, workers=3) as (_, budgets):

            async def ask(worker: int, took: int) -> int:
                try:
                    held = await budgets[worker].reserve(REQUEST)
                except BudgetReached:
                    return 0
                await asyncio.sleep(0)
                await budgets[worker].settle(held, Spent(took, 0, 0))
                return took

            took = await asyncio.gather(*(ask(*request) for request in requests))
            assert sum(took) <= 3 * MOST
            if sum(took for _, took in requests) <= 3 * MOST - MOST:
                assert sum(took) == sum(took for _, took in requests)

    asyncio.run(run())


async def test_what_one_worker_meets_all_know() -> None:
    async with shared(Caps(calls=1)) as (_, (one, other)):
        await one.settle(await one.reserve(REQUEST), Spent(5, 5, 0))
        with pytest.raises(BudgetReached, match="--max-calls 1"):
            await other.reserve(REQUEST)
        with pytest.raises(BudgetReached, match="--max-calls 1"):
            await one.reserve(REQUEST)
        assert (one.reached, one.unasked) == ("--max-calls 1", 2)
        assert one.told() == one.notes()[-1]


async def test_what_the_time_leaves_is_counted_for_all() -> None:
    async with shared(Caps(time_s=0.0)) as (share, (one, other)):
        with pytest.raises(BudgetReached, match="--max-time 0 was reached before this was answered"):
            async with one.in_time():
                await asyncio.Event().wait()
        told = (await share.hear("begin_story", "worker 1", {}))["refused"]
        assert told == "not begun: --max-time 0 was reached"
        with pytest.raises(BudgetReached):
            await other.reserve(REQUEST)
        await asyncio.sleep(0)
        assert str((await share.hear("look", "worker 1", {}))["told"]).startswith(
            "--max-time 0 reached: 1 question was not asked, 1 question was given up, 1 story was not begun."
        )


async def test_what_a_lost_worker_had_put_aside_counts_as_spent() -> None:
    async with shared(Caps(tokens=2 * MOST)) as (share, (one, other)):
        await one.reserve(REQUEST)
        await share.lose("worker 0")
        await other.settle(await other.reserve(REQUEST), Spent(MOST, 0, 0))
        with pytest.raises(BudgetReached, match="--max-tokens"):
            await other.reserve(REQUEST)
        assert other.untold == 1


async def test_what_waits_for_a_lost_worker_to_settle_goes_on() -> None:
    async with shared(Caps(tokens=MOST + 1)) as (share, (one, other)):
        await one.reserve(REQUEST)
        waiting = asyncio.ensure_future(other.reserve(REQUEST))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await share.lose("worker 0")
        with pytest.raises(BudgetReached):
            await waiting


async def test_a_lost_worker_frees_its_turns_and_those_it_waits_for() -> None:
    share = Share(Caps(), None, 1)
    gone, there = Line(send_to(share, "gone")), Line(send_to(share, "there"))
    assert (await gone.ask("turn", ticket="1", tokens=1.0, kind=1))["refused"] is None
    waiting = gone.tell("turn", ticket="2", tokens=1.0, kind=1)
    behind = asyncio.ensure_future(enter(SharedPace(there)))
    await asyncio.sleep(0.01)
    assert not behind.done()
    await share.lose("gone")
    await behind
    assert (await waiting)["refused"] is not None


async def enter(pace: SharedPace) -> None:
    async with pace.turn(1.0, 1, lambda _wait: None):
        pass


async def test_a_turn_that_nobody_waits_for_any_more_is_free_again() -> None:
    share = Share(Caps(), None, 1)
    line = Line(send_to(share, "one"))
    async with SharedPace(line).turn(1.0, 1, lambda _wait: None):
        waiting = asyncio.ensure_future(enter(SharedPace(line)))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    await line.all_told()
    await enter(SharedPace(line))
    await line.all_told()


async def test_a_turn_given_back_before_it_is_asked_for_is_not_taken() -> None:
    share = Share(Caps(), None, 1)
    assert (await share.hear("leave", "one", {"ticket": "1"}))["refused"] is None
    assert (await share.hear("turn", "one", {"ticket": "1", "tokens": 1.0, "kind": 1}))["refused"] is not None
    await enter(SharedPace(Line(send_to(share, "one"))))


async def test_an_end_that_one_hears_of_all_are_told() -> None:
    async with shared(Caps()) as (share, (one, _)):
        held = await one.reserve(REQUEST)
        await share.hear("end_early", "driver", {})
        await one.settle(held, Spent(1, 1, 0))
        with pytest.raises(BudgetReached, match="interrupted"):
            await one.reserve(REQUEST)
    assert (await share.hear("look", "driver", {}))["left"]


async def test_a_run_that_is_over_ends_whoever_asks() -> None:
    async def over(_what: str, _given: dict[str, Any]) -> None:
        return None

    budget = SharedBudget(Caps(), None, Interruption(), lambda: None, Line(over))
    with pytest.raises(Unreported):
        await budget.put_aside(Held(1, 0.0))
