"""What the model client does with the answers and the faults of a real server on loopback."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from pipeline import errors, llm
from pipeline.llm import DEAD_AFTER, FIRST_ATTEMPTS, Endpoint, Llm, connect
from pipeline.patience import FIRST_SILENCES
from pipeline.prices import Price
from pipeline.prompts import Messages
from pipeline.store import Answers, open_answers
from tests.commands import Serve
from tests.fake_endpoint import (
    Answer,
    Body,
    FakeEndpoint,
    Reply,
    completion,
    fake_endpoint,
    in_turn,
    refused,
    said,
    scored,
)

KEY = "sk-marrow-lantern-5521-velvet"
PROMPT: Messages = [{"role": "system", "content": "Count."}, {"role": "user", "content": "How many?"}]
GOOD = said('{"count": 3}')


class Count(BaseModel):
    count: int


def at(
    server: FakeEndpoint,
    *,
    model: str = "m",
    concurrency: int = 8,
    odds_concurrency: int | None = None,
    requests_per_minute: float | None = None,
    timeout_s: float = 60.0,
) -> Endpoint:
    return Endpoint(
        base_url=server.base_url,
        api_key=KEY,
        model=model,
        name="fake",
        concurrency=concurrency,
        odds_concurrency=odds_concurrency,
        requests_per_minute=requests_per_minute,
        timeout_s=timeout_s,
    )


def asked(number: int) -> Messages:
    return [*PROMPT[:1], {"role": "user", "content": f"How many? ({number})"}]


async def count(model: Llm, prompt: Messages = PROMPT) -> int:
    return (await model.structured(prompt, Count, stage="extract", max_tokens=20)).count


async def odds(model: Llm, prompt: Messages = PROMPT) -> dict[str, float]:
    return dict(await model.odds(prompt, ("S", "C", "N"), stage="verify"))


async def outcomes(jobs: list[Awaitable[Any]]) -> list[Any]:
    return await asyncio.gather(*jobs, return_exceptions=True)


# -- answers --


async def test_a_structured_answer_is_parsed_and_its_cost_counted(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(GOOD))
    async with connect(at(server), answers) as model:
        assert await count(model) == 3
        usage = model.usage["extract"]
    assert (usage.calls, usage.cached_calls, usage.tokens_in, usage.tokens_out) == (1, 0, 10, 5)
    [body] = server.requests
    assert body["messages"] == PROMPT
    assert (body["max_tokens"], body["temperature"]) == (20, 0.0)
    assert body["response_format"]["json_schema"]["schema"]["required"] == ["count"]


async def test_tokens_from_the_endpoints_cache_are_counted_once_and_cost_their_price(
    serve: Serve, tmp_path: Path
) -> None:
    details = {"prompt_tokens_details": {"cached_tokens": 600}}
    usage = {"prompt_tokens": 1000, "completion_tokens": 10, **details}
    assert isinstance(GOOD.body, dict)
    server = serve(in_turn(Reply({**GOOD.body, "usage": usage})))
    price = Price(model="m", tokens_in=2.0, tokens_out=8.0, cached_in=0.5, as_of=date(2026, 1, 31))
    unknown = price.model_copy(update={"cached_in": None})
    for name, priced, expected in (("known", price, 1180e-6), ("unknown", unknown, 2080e-6)):
        with open_answers(tmp_path / name) as fresh:
            async with connect(replace(at(server), price=priced), fresh) as model:
                for _ in range(2):  # the second time it comes from our own store
                    await count(model)
                spent = model.usage["extract"]
        assert (spent.calls, spent.cached_calls) == (1, 1)
        assert (spent.tokens_in, spent.cached_tokens_in, spent.tokens_out) == (1000, 600, 10)
        assert spent.cost_usd == pytest.approx(expected)


async def test_the_same_question_is_sent_once(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(GOOD, said('{"count": 4}')))
    for calls in (1, 0):
        async with connect(at(server), answers) as model:
            assert await count(model) == 3
            assert model.usage["extract"].calls == calls
            assert model.usage["extract"].cached_calls == 1 - calls
            assert model.usage["extract"].tokens_in == 10 * calls
    assert len(server.requests) == 1


async def test_the_same_question_side_by_side_is_sent_once(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(said('{"count": 3}', delay_s=0.1)))
    async with connect(at(server), answers) as model:
        await asyncio.gather(*(count(model) for _ in range(5)))
    assert len(server.requests) == 1


@pytest.mark.parametrize("change", [{"model": "other"}, {"prompt": asked(2)}, {"max_tokens": 21}])
async def test_another_question_is_another_request(
    serve: Serve, answers: Answers, change: dict[str, Any]
) -> None:
    server = serve(in_turn(GOOD))
    async with connect(at(server), answers) as model:
        await count(model)
    async with connect(at(server, model=change.get("model", "m")), answers) as model:
        await model.structured(
            change.get("prompt", PROMPT), Count, stage="extract", max_tokens=change.get("max_tokens", 20)
        )
    assert len(server.requests) == 2


async def test_an_answer_is_on_disk_before_it_is_read(serve: Serve, answers: Answers, tmp_path: Path) -> None:
    server = serve(in_turn(said("no JSON at all, and never will be")))
    async with connect(at(server), answers) as model:
        with pytest.raises(errors.AnswerInvalid):
            await count(model)
    with sqlite3.connect(tmp_path / "answers.sqlite") as other:
        kept = other.execute("SELECT stage, response FROM answer").fetchall()
    other.close()
    assert [stage for stage, _ in kept] == ["extract"] * 3
    assert all("no JSON at all" in response for _, response in kept)


@pytest.mark.parametrize(
    "bad", ["nonsense", '{"count": "many"}', '{"count": 3', "", '{"other": 1}', "[" * 5000, '"\\ud800"']
)
async def test_an_answer_that_does_not_fit_is_asked_again(serve: Serve, answers: Answers, bad: str) -> None:
    server = serve(in_turn(said(bad), GOOD))
    async with connect(at(server), answers) as model:
        assert await count(model) == 3
    assert len(server.requests) == 2
    assert len(server.requests[1]["messages"]) > len(PROMPT)  # told what was wrong


async def test_it_is_asked_twice_more_and_then_given_up(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(said("nonsense")))
    for calls in (3, 0):  # the second time all of it comes from the store
        async with connect(at(server), answers) as model:
            with pytest.raises(errors.AnswerInvalid, match="three times"):
                await count(model)
            assert model.usage["extract"].calls == calls
    assert len(server.requests) == 3


async def test_a_null_answer_is_asked_again(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(said(None), GOOD))
    async with connect(at(server), answers) as model:
        assert await count(model) == 3


async def test_a_truncated_answer_is_never_parsed(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(said('{"count": 3}', finish_reason="length")))
    for _ in range(2):
        async with connect(at(server), answers) as model:
            with pytest.raises(errors.AnswerTruncated, match="20 tokens"):
                await count(model)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        said('{"count": 3}', finish_reason="content_filter"),
        said(None, refusal="I will not count."),
        refused(400, "The response was filtered: content_filter"),
        refused(400, "due to Azure's content management policy"),
    ],
)
async def test_a_refusal_is_final(serve: Serve, answers: Answers, reply: Reply) -> None:
    server = serve(in_turn(reply))
    async with connect(at(server), answers) as model:
        for ask in (count, odds):
            with pytest.raises(errors.AnswerRefused):
                await ask(model)
    assert len(server.requests) == 2


# -- odds --


async def test_odds_add_up_the_tokens_that_stand_for_an_option(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(scored({"S": -1.0, " S": -2.0, "C": -1.5, "Maybe": -0.5})))
    async with connect(at(server), answers) as model:
        found = await odds(model)
        assert await odds(model) == found
        assert model.usage["verify"].calls == model.usage["verify"].cached_calls == 1
    assert sum(found.values()) == pytest.approx(1.0)
    assert found["S"] > found["C"] > found["N"] > 0.0
    assert found["S"] / found["C"] == pytest.approx((2.71828**-1.0 + 2.71828**-2.0) / 2.71828**-1.5, rel=1e-3)
    [body] = server.requests
    assert (body["max_tokens"], body["logprobs"], body["top_logprobs"]) == (1, True, 20)


@pytest.mark.parametrize(
    "lacking",
    [
        refused(400, "logprobs are not supported with this model"),
        refused(422, "Unknown field: top_logprobs"),
        said("C", finish_reason="length"),
        Reply(completion([{"index": 0, "message": {"role": "assistant", "content": "C"}}])),
    ],
)
async def test_without_log_probabilities_bare_answers_are_used(
    serve: Serve, answers: Answers, lacking: Reply
) -> None:
    def answer(body: Body) -> Reply:
        return lacking if "logprobs" in body else said('{"answer": "C"}')

    server = serve(answer)
    for run in range(2):
        async with connect(at(server), answers) as model:
            found = await odds(model)
            await odds(model, asked(2))
            assert len(model.notes) == 1
            assert "log-probabilities" in model.notes[0]
            assert model.usage["verify"].calls == (3 if run == 0 else 0)
        assert found["C"] == pytest.approx(llm.BARE_ANSWER, abs=0.01)
    assert ["logprobs" in body for body in server.requests] == [True, False, False]


async def test_where_no_option_begins_the_answer_the_letter_is_asked_for(
    serve: Serve, answers: Answers
) -> None:
    def answer(body: Body) -> Reply:
        if "logprobs" in body:
            return scored({"<think>": -0.001, "S": -9.0})
        return said('{"answer": "C"}')

    server = serve(answer)
    async with connect(at(server), answers) as model:
        found = await odds(model)
        await odds(model, asked(2))
        assert [note for note in model.notes if "letter" in note] == list(model.notes)
    assert found["C"] > 0.8
    assert len(server.requests) == 4


# -- what an endpoint lacks --


def _without(field: str, message: str) -> Answer:
    def answer(body: Body) -> Reply:
        if field in body:
            return refused(400, message)
        return said('{"count": 3}' if "response_format" in body else '```json\n{"count": 3}\n```')

    return answer


LACKS = [
    ("response_format", "'response_format' of type 'json_schema' is not supported", "json_schema"),
    ("max_tokens", "Unsupported parameter: use 'max_completion_tokens' instead", "max_completion_tokens"),
    ("temperature", "'temperature' does not support 0 with this model", "temperature"),
]


@pytest.mark.parametrize(("field", "message", "note"), LACKS)
async def test_a_missing_feature_is_found_out_once_and_noted(
    serve: Serve, answers: Answers, field: str, message: str, note: str
) -> None:
    server = serve(_without(field, message))
    for run in range(2):
        async with connect(at(server), answers) as model:
            assert await count(model) == 3
            assert await count(model, asked(2)) == 3
            assert len(model.notes) == 1
            assert note in model.notes[0]
            assert model.usage["extract"].calls == (3 if run == 0 else 0)
    assert [field in body for body in server.requests] == [True, False, False]


async def test_without_a_schema_on_the_wire_it_is_in_the_prompt(serve: Serve, answers: Answers) -> None:
    server = serve(_without("response_format", "json_schema is not supported"))
    async with connect(at(server), answers) as model:
        await count(model)
    text = json.dumps(server.requests[-1]["messages"])
    assert text.count("genius") <= 1  # put in once, whatever was tried before
    assert text.count('\\"count\\"') >= 1


async def test_an_endpoint_that_lacks_everything_still_serves(serve: Serve, answers: Answers) -> None:
    def answer(body: Body) -> Reply:
        for field, message in (
            ("max_tokens", "use max_completion_tokens"),
            ("temperature", "temperature is fixed"),
            ("logprobs", "no logprobs"),
            ("response_format", "no response_format"),
        ):
            if field in body:
                return refused(400, message)
        is_choice = "How many? (7)" in json.dumps(body["messages"])
        return said('```json\n{"answer": "N"}\n```' if is_choice else '{"count": 3}')

    server = serve(answer)
    async with connect(at(server), answers) as model:
        found = await odds(model, asked(7))
        assert await count(model) == 3
        assert len(model.notes) == 4
    assert max(found, key=lambda option: found[option]) == "N"
    assert json.dumps(server.requests[-1]["messages"]).count("genius") <= 1
    assert len(server.requests) == 6


@pytest.mark.parametrize(("field", "message", "note"), LACKS)
async def test_requests_in_flight_when_it_is_found_out_recover(
    serve: Serve, answers: Answers, field: str, message: str, note: str
) -> None:
    def answer(body: Body) -> Reply:
        return replace(_without(field, message)(body), delay_s=0.05)

    server = serve(answer)
    async with connect(at(server, concurrency=4), answers) as model:
        found = await asyncio.gather(*(count(model, asked(n)) for n in range(12)))
        assert found == [3] * 12
        assert [note in told for told in model.notes] == [True]
    assert sum(field in body for body in server.requests) <= 4  # no more than were under way
    assert len(server.requests) <= 4 + 12


async def test_odds_in_flight_when_log_probabilities_are_refused_recover(
    serve: Serve, answers: Answers
) -> None:
    def answer(body: Body) -> Reply:
        return refused(400, "no logprobs here") if "logprobs" in body else said('{"answer": "S"}')

    server = serve(answer)
    async with connect(at(server, concurrency=4, odds_concurrency=2), answers) as model:
        found = await asyncio.gather(*(odds(model, asked(n)) for n in range(8)))
    assert all(one["S"] > 0.8 for one in found)
    assert sum("logprobs" in body for body in server.requests) <= 2


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 4096 tokens",
        "the request exceeds the available context size (3072 tokens)",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "Please reduce the length of the messages",
    ],
)
async def test_a_prompt_that_is_too_long_is_told_apart(serve: Serve, answers: Answers, message: str) -> None:
    server = serve(in_turn(refused(400, message)))
    async with connect(at(server), answers) as model:
        with pytest.raises(errors.ContextTooLong):
            await count(model)
        with pytest.raises(errors.ContextTooLong):
            await odds(model)
    assert len(server.requests) == 2


async def test_any_other_refusal_fails_that_call_alone(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(refused(400, "n must be even"), GOOD))
    async with connect(at(server), answers) as model:
        with pytest.raises(errors.CallFailed, match="n must be even"):
            await count(model)
        assert await count(model) == 3


# -- asked once more --

CUT_OFF = said('{"count"', finish_reason="length")
DECLINED = said(None, refusal="I would rather not.")
USELESS = {
    "refused": (DECLINED, errors.AnswerRefused),
    "cut off": (CUT_OFF, errors.AnswerTruncated),
    "unfit": (said("no JSON at all, and never will be"), errors.AnswerInvalid),
}


@pytest.mark.parametrize("useless", USELESS)
async def test_a_stored_answer_of_no_use_is_asked_for_once_more_where_wanted(
    serve: Serve, answers: Answers, useless: str
) -> None:
    reply, expected = USELESS[useless]
    before = serve(in_turn(reply))
    async with connect(at(before), answers) as model:
        with pytest.raises(expected):
            await count(model)
    server = serve(in_turn(GOOD))
    async with connect(at(server), answers) as model:
        with pytest.raises(expected):
            await count(model)
    assert server.requests == []
    async with connect(at(server), answers, again=True) as model:
        assert await count(model) == 3
        assert await count(model) == 3
    assert len(server.requests) == 1
    async with connect(at(server), answers) as model:  # the useful answer has taken the other's place
        assert await count(model) == 3
    assert len(server.requests) == 1


async def test_what_was_sent_just_now_is_not_asked_once_more(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(CUT_OFF))
    async with connect(at(server), answers, again=True) as model:
        for _ in range(2):
            with pytest.raises(errors.AnswerTruncated):
                await count(model)
    # The second finds a stored answer; that it came of this run does not make it any better.
    assert len(server.requests) == 2


async def test_what_the_caller_has_another_way_for_is_not_asked_once_more(
    serve: Serve, answers: Answers
) -> None:
    server = serve(in_turn(CUT_OFF))
    for _ in range(2):
        async with connect(at(server), answers, again=True) as model:
            with pytest.raises(errors.AnswerTruncated):
                await model.structured(
                    PROMPT, Count, stage="extract", max_tokens=20, handled=(errors.AnswerTruncated,)
                )
    assert len(server.requests) == 1


async def test_odds_that_were_refused_are_asked_for_once_more(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(DECLINED, scored({"S": -0.1, "C": -3.0, "N": -4.0})))
    async with connect(at(server), answers) as model:
        with pytest.raises(errors.AnswerRefused):
            await odds(model)
    async with connect(at(server), answers, again=True) as model:
        assert (await odds(model))["S"] > 0.8
        assert model.unanswered == {}


@pytest.mark.parametrize("stored", ["", "no JSON", "[]", '{"choices": []}'])
async def test_a_stored_answer_that_somebody_changed_is_of_no_use(
    serve: Serve, answers: Answers, tmp_path: Path, stored: str
) -> None:
    server = serve(in_turn(GOOD, scored({"S": -0.1}), GOOD, scored({"S": -0.1})))
    async with connect(at(server), answers) as model:
        await count(model)
        await odds(model)
    with closing(sqlite3.connect(tmp_path / "answers.sqlite")) as other, other:
        other.execute("UPDATE answer SET response = ?", (stored,))
    async with connect(at(server), answers) as model:
        for ask in (count, odds):
            with pytest.raises(errors.AnswerInvalid, match="cannot be read"):
                await ask(model)
    async with connect(at(server), answers, again=True) as model:
        assert await count(model) == 3
        assert (await odds(model))["S"] > 0.8
    assert len(server.requests) == 4


# -- faults --


async def test_retry_after_is_honoured(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(refused(429, "slow down", retry_after="0.4"), GOOD))
    async with connect(at(server), answers) as model:
        assert await count(model) == 3
        assert model.usage["extract"].calls == 2
    first, second = server.times
    assert 0.4 <= second - first < 5.0


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
async def test_a_passing_fault_is_outlived(serve: Serve, answers: Answers, status: int) -> None:
    server = serve(in_turn(refused(status, "busy"), refused(status, "busy"), GOOD))
    async with connect(at(server), answers) as model:
        assert await count(model) == 3
    assert len(server.requests) == 3


@pytest.mark.usefixtures("no_wait")
async def test_attempts_are_bounded_and_the_run_goes_on(serve: Serve, answers: Answers) -> None:
    def answer(body: Body) -> Reply:
        return refused(500, "boom") if "(2)" in body["messages"][-1]["content"] else GOOD

    server = serve(answer)
    async with connect(at(server), answers) as model:
        await count(model)
        with pytest.raises(errors.CallFailed, match="boom"):
            await count(model, asked(2))
        assert await count(model, asked(3)) == 3
    assert len(server.requests) == 1 + llm.ATTEMPTS + 1


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (refused(401, "Incorrect API key"), errors.AuthenticationFailed),
        (refused(403, "Country not supported"), errors.AuthenticationFailed),
        (refused(404, "no such model"), errors.ModelNotFound),
        (refused(400, "no such model", code="model_not_found"), errors.ModelNotFound),
        (refused(403, "no access", code="model_not_found"), errors.ModelNotFound),
        (refused(429, "no more", code="insufficient_quota"), errors.QuotaUsedUp),
        (
            Reply(b"<p>Not from here", status=403, headers={"content-type": "text/html"}),
            errors.EndpointDown,
        ),
        (refused(407, "proxy"), errors.EndpointDown),
        (Reply(status=308, headers={"location": "http://127.0.0.1:9/v1"}), errors.ModelNotFound),
    ],
)
async def test_what_refuses_one_refuses_all_after_one_request(
    serve: Serve, answers: Answers, reply: Reply, expected: type[Exception]
) -> None:
    server = serve(in_turn(reply))
    async with connect(at(server, concurrency=1), answers) as model:
        results = await outcomes([count(model), *(count(model, asked(n)) for n in range(20)), odds(model)])
    assert {type(result) for result in results} == {expected}
    assert len(server.requests) == 1
    assert len({str(result) for result in results}) == 1
    assert "\n" not in str(results[0])


UNREADABLE = [
    Reply(b"<html>Welcome</html>", headers={"content-type": "text/html"}),
    Reply(b"{", headers={"content-type": "application/json"}),
    Reply(b""),
    Reply({"status": "ok"}),
    Reply(b"[]"),
]


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize("reply", UNREADABLE)
async def test_what_never_reads_as_an_answer_is_no_endpoint(
    serve: Serve, answers: Answers, reply: Reply
) -> None:
    server = serve(in_turn(reply))
    async with connect(at(server, concurrency=1), answers) as model:
        results = await outcomes([count(model), *(count(model, asked(n)) for n in range(9)), odds(model)])
    assert {type(result) for result in results} == {errors.ModelNotFound}
    assert len(server.requests) == llm.UNREADABLE_ATTEMPTS


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize("reply", [*UNREADABLE, Reply(completion([])), Reply(completion([{"index": 0}]))])
async def test_what_cannot_be_read_once_is_asked_for_again(
    serve: Serve, answers: Answers, reply: Reply
) -> None:
    server = serve(in_turn(reply, GOOD, reply, reply, reply, GOOD))
    async with connect(at(server), answers) as model:
        assert await count(model) == 3
        with pytest.raises(errors.AnswerInvalid):
            await count(model, asked(2))
        assert await count(model, asked(2)) == 3
    assert len(server.requests) == 2 + llm.UNREADABLE_ATTEMPTS + 1


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize("ask", [count, odds])
async def test_nobody_there_is_told_soon(
    serve: Serve, answers: Answers, ask: Callable[[Llm], Awaitable[Any]]
) -> None:
    with fake_endpoint(in_turn(GOOD)) as gone:
        pass
    begun = time.monotonic()
    async with connect(at(gone), answers) as model:
        with pytest.raises(errors.EndpointDown, match="fake"):
            await ask(model)
        with pytest.raises(errors.EndpointDown):
            await count(model, asked(2))
        assert sum(usage.calls for usage in model.usage.values()) == FIRST_ATTEMPTS
    assert time.monotonic() - begun < 10


@pytest.mark.usefixtures("no_wait")
async def test_an_endpoint_that_dies_midway_ends_the_run(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(GOOD, Reply(b"", status=0)))
    async with connect(at(server), answers) as model:
        await count(model)
        for n in range(1, DEAD_AFTER):
            with pytest.raises(errors.CallFailed):
                await count(model, asked(n))
        with pytest.raises(errors.EndpointDown, match="what was answered is kept"):
            await count(model, asked(DEAD_AFTER))
        sent = len(server.requests)
        with pytest.raises(errors.EndpointDown):
            await count(model, asked(99))
        assert await count(model) == 3  # what was answered still is
    assert len(server.requests) == sent == 1 + DEAD_AFTER * llm.ATTEMPTS


async def test_waiting_requests_stop_when_the_key_turns_out_wrong(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(replace(refused(401, "no"), delay_s=0.05)))
    async with connect(at(server, concurrency=3), answers) as model:
        results = await outcomes([count(model, asked(n)) for n in range(30)])
    assert {type(result) for result in results} == {errors.AuthenticationFailed}
    assert len(server.requests) <= 3


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize(
    "slow", [said('{"count": 3}', delay_s=3.0), replace(said('{"count": 3}'), drip_s=0.05)]
)
async def test_a_slow_answer_is_not_waited_for_for_ever(serve: Serve, answers: Answers, slow: Reply) -> None:
    server = serve(in_turn(slow))
    begun = time.monotonic()
    async with connect(at(server, timeout_s=0.3), answers) as model:
        with pytest.raises(errors.EndpointDown):
            await count(model)
    assert time.monotonic() - begun < FIRST_SILENCES * 0.3 + 4.0
    assert len(server.requests) == FIRST_SILENCES


async def test_a_proxy_is_not_asked_for_this_machine(
    serve: Serve, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server = serve(in_turn(GOOD))
    async with connect(at(server), answers) as model:
        assert await count(model) == 3


# -- limits --


async def test_no_more_requests_than_allowed_are_in_flight(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(said('{"count": 3}', delay_s=0.05)))
    async with connect(at(server, concurrency=3), answers) as model:
        await asyncio.gather(*(count(model, asked(n)) for n in range(12)))
    assert 1 < server.most_in_flight <= 3
    assert len(server.requests) == 12


async def test_one_token_questions_have_a_limit_of_their_own(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(scored({"S": -0.1}, delay_s=0.05)))
    async with connect(at(server, concurrency=6, odds_concurrency=2), answers) as model:
        await asyncio.gather(*(odds(model, asked(n)) for n in range(8)))
    assert 1 <= server.most_in_flight <= 2


async def test_requests_a_minute_are_spaced(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(GOOD))
    begun = time.monotonic()
    async with connect(at(server, requests_per_minute=600.0), answers) as model:
        await asyncio.gather(*(count(model, asked(n)) for n in range(5)))
        await count(model, asked(1))  # a stored answer waits for nothing
    assert len(server.times) == 5
    assert server.times[-1] - begun > 0.39  # four gaps of 0.1 s


# -- hostile endpoints --


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
async def test_the_key_and_control_characters_stay_out_of_errors(
    serve: Serve, answers: Answers, status: int
) -> None:
    server = serve(in_turn(refused(status, f"bad \x1b[31m key {KEY}\nof {'x' * 5000}")))
    async with connect(at(server), answers) as model:
        with pytest.raises((errors.EndpointError, errors.AnswerError)) as caught:
            await count(model)
        assert KEY not in repr(model.endpoint)
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    told = str(caught.value)
    assert KEY not in told
    assert told.isprintable()
    assert len(told) < 600


async def test_the_key_is_not_kept(serve: Serve, answers: Answers, tmp_path: Path) -> None:
    server = serve(in_turn(GOOD))
    async with connect(at(server), answers) as model:
        await count(model)
    assert not _files_with(KEY, tmp_path)


def _files_with(text: str, folder: Path) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]


async def test_halves_of_characters_are_kept_as_they_are(serve: Serve, answers: Answers) -> None:
    server = serve(in_turn(scored({"S": -0.2, "\ud83d": -1.0, "C": -2.0})))
    for _ in range(2):
        async with connect(at(server), answers) as model:
            assert (await odds(model))["S"] > 0.8
    assert len(server.requests) == 1


async def test_almost_an_openai_answer_is_read_alike_both_times(serve: Serve, answers: Answers) -> None:
    odd = {"choices": [{"finish_reason": "eos", "message": {"content": '{"count": 3}'}}], "usage": {}}
    server = serve(in_turn(Reply(odd)))
    for _ in range(2):
        async with connect(at(server), answers) as model:
            assert await count(model) == 3
    assert len(server.requests) == 1


KEYS = ["choices", "message", "content", "usage", "logprobs", "top_logprobs", "token", "finish_reason"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.text("SCN{}", max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)
CHOICE = st.fixed_dictionaries({}, optional=dict.fromkeys(["message", "logprobs", "finish_reason"], JSON))
BODY = JSON | st.fixed_dictionaries(
    {"choices": st.lists(CHOICE | JSON, max_size=2)}, optional={"usage": JSON}
)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=BODY, then=BODY)
def test_no_answer_whatever_its_shape_escapes_as_another_error(
    no_wait: None, tmp_path_factory: pytest.TempPathFactory, first: object, then: object
) -> None:
    """Ask an endpoint that answers any JSON: what comes is an answer or an error of ours, now and again."""
    store = tmp_path_factory.mktemp("answers") / "answers.sqlite"

    async def ask(server: FakeEndpoint) -> list[Any]:
        with open_answers(store) as kept:
            async with connect(at(server), kept) as model:
                return await outcomes([count(model), odds(model)])

    replies = [Reply(json.dumps(body).encode()) for body in (first, then)]
    with fake_endpoint(in_turn(GOOD, *replies)) as server:
        for _ in range(2):
            for result in asyncio.run(ask(server)):
                assert isinstance(result, int | dict | errors.AnswerError | errors.EndpointError), result
