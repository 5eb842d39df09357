"""When requests are sent: limits learnt from headers, pauses, and how many at once."""

import asyncio
import heapq
import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from pipeline import llm
from pipeline.bucket import LONGEST_WAIT_S, Bucket
from pipeline.budget import Budget, Caps
from pipeline.errors import BudgetReached
from pipeline.limits import Allowance, allowance, pause_s
from pipeline.llm import Endpoint, connect
from pipeline.pacing import Pace
from pipeline.room import Room
from pipeline.store import Answers
from tests.commands import Serve
from tests.fake_endpoint import FakeEndpoint
from tests.limited_endpoint import (
    Headers,
    Limited,
    Limits,
    anthropic_headers,
    azure_headers,
    no_headers,
    openai_headers,
)


class Count(BaseModel):
    count: int


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is refused be tried again soon, so that no test takes long."""
    monkeypatch.setattr(llm, "_wait_s", lambda _state: 0.01)


async def ask(server: FakeEndpoint, answers: Answers, questions: int, concurrency: int = 16) -> int:
    """Ask all questions at once, and return how many requests that took."""
    endpoint = Endpoint(server.base_url, "k", "m", "fake", concurrency=concurrency, timeout_s=30.0)
    async with connect(endpoint, answers) as model:
        prompts = [[{"role": "user", "content": f"How many? ({n})"}] for n in range(questions)]
        found = await asyncio.gather(
            *(model.structured(prompt, Count, stage="extract", max_tokens=20) for prompt in prompts)
        )
        assert [one.count for one in found] == [3] * questions
        return model.usage["extract"].calls


# -- what headers tell --


def words(form: str, limit: str, remaining: str, reset: str) -> dict[str, str]:
    parts = {"limit": limit, "remaining": remaining, "reset": reset}
    return {form.format(part): value for part, value in parts.items() if value}


OPENAI, ANTHROPIC = "x-ratelimit-{}-tokens", "anthropic-ratelimit-tokens-{}"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (words(OPENAI, "60", "59", "1s"), Allowance(59, 60, 1.0)),
        (words(OPENAI, "150000", "149984", "6m0s"), Allowance(149984, 150000, 360.0)),
        (words(OPENAI, "5000", "4999", "12ms"), Allowance(4999, 5000, 0.012)),
        (words(OPENAI, "14400", "14370", "2m59.56s"), Allowance(14370, 14400, 179.56)),
        (words(OPENAI, "10", "0", "1h2m3s"), Allowance(0, 10, 3723.0)),
        (words(OPENAI, "10", "0", "7"), Allowance(0, 10, 7.0)),
        (words(OPENAI, "", "19", ""), Allowance(19)),
        (words(OPENAI, "10", "3", "soon"), Allowance(3, 10)),
        (words(OPENAI, "10", "3", "-5s"), Allowance(3, 10)),
        (words(ANTHROPIC, "10", "3", "no date"), Allowance(3, 10)),
        (words(ANTHROPIC, "10", "3", "2026-01-31T12:00:00"), Allowance(3, 10)),  # in no time zone
        (words(ANTHROPIC, "10", "3", "2001-01-31T12:00:00Z"), Allowance(3, 10, 0.0)),
    ],
)
def test_a_limit_is_read_in_each_form_that_there_is(headers: dict[str, str], expected: Allowance) -> None:
    found = allowance(headers, "tokens")
    assert found is not None
    assert (found.remaining, found.limit) == (expected.remaining, expected.limit)
    assert found.reset_s == (None if expected.reset_s is None else pytest.approx(expected.reset_s))
    assert allowance(headers, "requests") is None


def test_a_reset_as_a_date_is_as_far_off_as_it_says() -> None:
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    found = allowance(words(ANTHROPIC, "10", "3", at), "tokens")
    assert found is not None
    assert found.reset_s is not None
    assert 3000 < found.reset_s <= 3600


@pytest.mark.parametrize(
    "headers",
    [
        {},
        words(OPENAI, "10", "", "1s"),
        words(OPENAI, "0", "0", "1s"),
        words(OPENAI, "10", "11", "1s"),
        words(OPENAI, "-10", "-11", "1s"),
        words(OPENAI, "10", "nan", "1s"),
        words(OPENAI, "10", "1e3", "1s"),
        words(OPENAI, "10", "9" * 400, "1s"),
    ],
)
def test_what_cannot_be_a_limit_is_as_if_it_were_not_there(headers: dict[str, str]) -> None:
    assert allowance(headers, "tokens") is None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "7", "retry-after-ms": "6500"}, 6.5),
        ({"retry-after": "7", "retry-after-ms": "soon"}, 7.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "inf"}, math.inf),  # who waits has a limit of his own
        ({"retry-after": "nan"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({}, None),
    ],
)
def test_a_pause_is_read_to_the_millisecond(headers: dict[str, str], expected: float | None) -> None:
    assert pause_s(headers) == expected


TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
COUNTS = TEXT | st.integers(-5, 10**15).map(str)
UNITS = st.sampled_from(["ms", "s", "m", "h", "d"])
RESETS = COUNTS | st.builds("{}{}".format, st.integers(0, 10**12), UNITS)
HEADERS = st.builds(words, st.sampled_from([OPENAI, ANTHROPIC]), COUNTS, COUNTS, RESETS)


@given(st.lists(st.tuples(HEADERS, st.floats(0.0, 1e7), st.floats(0.0, 1e6)), max_size=8))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # of a machine that is
def test_whatever_an_endpoint_tells_no_wait_is_longer_than_the_longest(
    answered: list[tuple[dict[str, str], float, float]],
) -> None:
    bucket, now = Bucket(), 0.0
    for headers, amount, passed in answered:
        wait = bucket.wait_s(amount, now)
        assert 0.0 <= wait <= LONGEST_WAIT_S
        now += wait + passed
        bucket.take(amount)
        bucket.settle(amount, amount / 2)
        told = allowance(headers, "tokens")
        if told is not None:
            bucket.hear(told, now)


@given(
    rate=st.integers(1, 100),
    span_s=st.integers(1, 60),
    amounts=st.lists(st.integers(1, 200), min_size=5, max_size=60),
    left=st.floats(0.0, 1.0),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_a_bucket_lets_through_the_endpoint_has_and_not_much_later(
    rate: int, span_s: int, amounts: list[int], left: float
) -> None:
    """Play an endpoint with a bucket that fills at ``rate`` a second, in ``span_s``."""
    size = rate * span_s
    bucket, now, level = Bucket(), 0.0, left * size
    asked = [min(amount, size) for amount in amounts]
    for number, amount in enumerate(asked):
        wait = bucket.wait_s(amount, now)
        now, level = now + wait, min(size, level + rate * wait)
        if number == 0:  # nothing is known yet: this one may be too much
            level = max(level, amount)
        assert level - amount >= -1e-6
        bucket.take(amount)
        level -= amount
        bucket.settle(amount, amount)
        bucket.hear(Allowance(int(level), size, (size - level) / rate), now)
    ideal = max(0.0, (sum(asked) - size) / rate)
    assert now >= ideal - 1e-6
    assert now <= (sum(asked) + len(asked)) / rate  # what is told is rounded down, by less than one each


# -- how many at once --


def play(cap: int, most: int, answers: int, *, is_patient: bool) -> tuple[Room, int, float]:
    """Ask an endpoint that answers ``cap`` requests at a time in 1 s each, and refuses others or queues them.

    Returns the room, the refusals, and the seconds that it took.
    """
    room, now, refused, answered = Room(most), 0.0, 0, 0
    under_way: list[tuple[float, float, int]] = []  # when it ends, what it took, the round it was sent in
    free_at = [0.0] * cap
    while answered < answers:
        while len(under_way) < room.level:
            sent_in = room.enter()
            begin = max(now, free_at[0])
            if begin > now and not is_patient:
                refused += 1
                assert refused < answers  # it never comes down
                room.refused(sent_in)
                room.leave()
                now += 0.01
                continue
            heapq.heapreplace(free_at, begin + 1.0)
            heapq.heappush(under_way, (begin + 1.0, begin + 1.0 - now, sent_in))
        now, seconds, sent_in = heapq.heappop(under_way)
        answered += 1
        room.answered(sent_in, 1, seconds)
        room.leave()
    return room, refused, now


@given(cap=st.integers(1, 64), most=st.integers(1, 64))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_most_that_an_endpoint_takes_is_found_and_kept_to(cap: int, most: int) -> None:
    room, refused, seconds = play(cap, most, 2000, is_patient=False)
    best = min(cap, most)
    assert room.level <= min(cap + 1, most)
    assert seconds <= 1.15 * 2000 / best + 12
    assert refused <= 2000 / 100 + 40
    if most <= cap:
        assert refused == 0


@given(cap=st.integers(1, 64), most=st.integers(1, 64))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_where_more_at_once_is_no_faster_no_more_are_sent(cap: int, most: int) -> None:
    room, _, seconds = play(cap, most, 2000, is_patient=True)
    assert room.level <= max(8, 2 * cap)
    assert seconds <= 1.7 * 2000 / min(cap, most) + 12


def test_answers_while_there_is_room_left_raise_nothing() -> None:
    room = Room(64)
    for _ in range(100):
        sent_in = room.enter()
        room.answered(sent_in, 1, 1.0)
        room.leave()
    assert room.level == 8


def test_many_refusals_at_once_are_one() -> None:
    room = Room(8)
    rounds = [room.enter() for _ in range(8)]
    for sent_in in rounds:
        room.refused(sent_in)
        room.leave()
    assert room.level == 4


# -- turns --


async def test_who_came_first_is_sent_first_however_little_the_others_take() -> None:
    pace, order = Pace(6000.0, 1), []

    async def send(number: int, tokens: float) -> None:
        async with pace.turn(tokens, 1, lambda _: None):
            order.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(send(n, 1000.0 if n % 2 else 1.0) for n in range(20)))
    assert order == list(range(20))


async def test_requests_a_minute_given_by_the_user_hold_whatever_the_endpoint_allows() -> None:
    pace, sent = Pace(1200.0, 8), []
    loop = asyncio.get_running_loop()
    begun = loop.time()

    async def send() -> None:
        async with pace.turn(1.0, 1, lambda _: None) as turn:
            sent.append(loop.time())
            turn.headers = words("x-ratelimit-{}-requests", "100000", "99999", "1ms")

    await asyncio.gather(*(send() for _ in range(9)))
    assert sent[-1] - begun >= 8 * 0.05 - 0.001
    assert all(later >= earlier for earlier, later in pairwise(sent))


async def test_a_wait_beyond_the_time_there_is_left_is_refused_before_it_begins() -> None:
    pace, budget = Pace(1.0, 8), Budget(Caps(time_s=30.0))
    async with pace.turn(1.0, 1, budget.allow_wait):
        pass
    for _ in range(3):
        with pytest.raises(BudgetReached, match="--max-time 30"):
            async with pace.turn(1.0, 1, budget.allow_wait):
                raise AssertionError("it was sent")
    assert budget.unasked == 3


async def test_who_is_cancelled_while_waiting_holds_up_nobody() -> None:
    pace = Pace(None, 1)

    async def send() -> None:
        async with pace.turn(1.0, 1, lambda _: None):
            pass

    async with pace.turn(1.0, 1, lambda _: None):
        waiting = [asyncio.create_task(send()) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        waiting[1].cancel()
    await waiting[2]
    assert [task.cancelled() for task in waiting] == [True, True, False]


# -- against a server with real limits --


@pytest.mark.parametrize("headers", [openai_headers, anthropic_headers])
@pytest.mark.parametrize("kind", ["requests", "tokens"])
@pytest.mark.usefixtures("hasty")
async def test_a_limit_that_is_told_is_kept_to(
    serve: Serve, answers: Answers, headers: Headers, kind: str
) -> None:
    """Eight requests more are asked for than there are at the start; the rest comes at one a second."""
    limits = {
        "requests": Limits(requests_per_minute=60, left=0.2),
        "tokens": Limits(tokens_per_minute=60 * 23, left=0.2),  # 3 in, 20 out at most
    }
    limited = Limited(limits[kind], headers)
    server = serve(limited)
    sent = await ask(server, answers, 20)
    assert limited.answered == 20
    assert sent == 20 + limited.refused
    # Two clocks never agree quite; without a limit kept to, each of the eight is refused again and again.
    assert limited.refused < 8


@pytest.mark.parametrize("headers", [azure_headers, no_headers])
@pytest.mark.usefixtures("hasty")
async def test_a_limit_told_in_part_or_not_at_all_is_outlived(
    serve: Serve, answers: Answers, headers: Headers
) -> None:
    limited = Limited(Limits(requests_per_minute=1200, left=0.02), headers)
    await ask(serve(limited), answers, 36)
    assert limited.answered == 36


@pytest.mark.usefixtures("hasty")
async def test_a_cap_on_requests_at_once_is_found(serve: Serve, answers: Answers) -> None:
    limited = Limited(Limits(most_at_once=3, latency_s=0.05), no_headers)
    await ask(serve(limited), answers, 40)
    assert limited.most_at_once <= 3
    assert limited.refused <= 25
