"""What an endpoint lacks, and what its refusals are taken to mean, one by one."""

import json

import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import errors
from pipeline.faults import (
    Unreadable,
    check_completion,
    is_overload,
    may_help_to_retry,
    object_in,
    retry_after_s,
    translated,
)
from pipeline.wire import FEATURES, SentOtherwise, Wire, is_loopback

REQUEST = httpx2.Request("POST", "http://endpoint.invalid/v1/chat/completions")
TOLD = [feature for feature, (words, _) in FEATURES.items() if words]  # by a refusal
SENT = {"model": "m", "max_tokens": 1, "temperature": 0.0, "logprobs": True, "response_format": {}}


def wire() -> Wire:
    return Wire("endpoint.invalid", "m", "sk-a-long-enough-secret")


def status_error(status: int, message: str = "no", **headers: str) -> openai.APIStatusError:
    response = httpx2.Response(status, request=REQUEST, headers=headers)
    kind = {
        400: openai.BadRequestError,
        403: openai.PermissionDeniedError,
        422: openai.UnprocessableEntityError,
    }.get(status)
    return (kind or openai.APIStatusError)(message, response=response, body=None)


def connection_error(cause: Exception | None) -> openai.APIConnectionError:
    error = openai.APIConnectionError(request=REQUEST)
    error.__cause__ = cause
    return error


def test_nothing_is_changed_for_an_endpoint_that_lacks_nothing() -> None:
    assert wire().adapted(SENT) == SENT
    assert wire().notes == []
    assert not wire().must_be_put_otherwise(SENT)


@pytest.mark.parametrize("feature", TOLD)
def test_a_lack_is_noted_once_and_its_field_sent_no_more(feature: str) -> None:
    known = wire()
    known.note_lack(feature)
    known.note_lack(feature)
    assert known.notes == [FEATURES[feature][1]]
    assert known.must_be_put_otherwise(SENT) or feature not in known.adapted(SENT)
    assert SENT.keys() >= {feature}  # what was asked for is left as it is
    assert Wire("x", "m", "", [feature]).notes == known.notes


@pytest.mark.parametrize("status", [400, 403, 422])
@pytest.mark.parametrize("feature", TOLD)
def test_a_refusal_counts_only_for_what_was_sent(status: int, feature: str) -> None:
    error = status_error(status, f"Unsupported: {FEATURES[feature][0][0]}")
    assert isinstance(translated(error, SENT, wire()), SentOtherwise)
    without = {name: value for name, value in SENT.items() if name != feature}
    meant = errors.AuthenticationFailed if status == 403 else errors.CallFailed
    assert isinstance(translated(error, without, wire()), meant)


@pytest.mark.parametrize(
    ("message", "more", "expected"),
    [
        ({"content": None, "reasoning_content": "Hm"}, {}, True),
        ({"content": "", "reasoning": "Hm"}, {}, True),
        ({"content": "<think>Hm"}, {}, True),
        ({"content": "<think>Hm</think>{"}, {}, False),  # the answer itself was cut off
        ({"content": "{", "reasoning": "Hm"}, {}, False),
        ({"content": "", "reasoning": "Hm"}, {"finish_reason": "stop"}, False),
        ({"content": "<think>"}, {"logprobs": {"content": []}}, False),
        ({"content": ""}, {}, False),
    ],
)
def test_an_answer_that_is_all_thought_is_told_and_gets_more_room(
    message: dict[str, str | None], more: dict[str, object], expected: bool
) -> None:
    known = wire()
    body = {"choices": [{"finish_reason": "length", "message": message, **more}]}
    assert known.note_thoughts(body) is expected
    assert len(known.notes) == 2 * expected
    sent = {"max_tokens": 30, "temperature": 0.0}
    assert known.adapted(sent) == sent | {"max_tokens": 2030 if expected else 30}
    known.note_lack("max_tokens")  # once, however it was learnt
    assert known.adapted(sent) == {"max_completion_tokens": 2030, "temperature": 0.0}


def test_an_error_that_is_none_of_the_network_comes_through_as_it_is() -> None:
    bug = RuntimeError("no recording of this request")
    error = connection_error(bug)
    assert translated(error, SENT, wire()) is bug
    assert not may_help_to_retry(error)


@pytest.mark.parametrize("cause", [None, httpx2.ConnectError("refused"), OSError("unreachable")])
def test_an_error_of_the_network_is_tried_again(cause: Exception | None) -> None:
    error = connection_error(cause)
    assert isinstance(translated(error, SENT, wire()), errors.CallFailed)
    assert may_help_to_retry(error)


@given(st.integers(400, 599))
def test_only_what_may_pass_is_tried_again(status: int) -> None:
    passing = status in (408, 409, 429) or status >= 500
    assert may_help_to_retry(status_error(status)) == passing


@given(st.floats(0, 10_000) | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30))
def test_retry_after_is_a_number_of_seconds_or_nothing(value: float | str) -> None:
    found = retry_after_s(status_error(429, **{"retry-after": str(value).strip()}))
    assert found == pytest.approx(value) if isinstance(value, float) else found is None or found >= 0.0


@given(st.integers(400, 599))
def test_only_some_refusals_mean_too_much_at_once(status: int) -> None:
    assert is_overload(status_error(status)) == (status in (429, 503, 529))


def test_no_answer_in_time_means_too_much_at_once_and_no_connection_does_not() -> None:
    assert is_overload(TimeoutError())
    assert is_overload(openai.APITimeoutError(request=REQUEST))
    assert not is_overload(connection_error(None))


def test_without_an_answer_there_is_no_retry_after() -> None:
    assert retry_after_s(None) is None
    assert retry_after_s(connection_error(None)) is None
    assert retry_after_s(status_error(429)) is None


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        (None, False),
        ("http://127.0.0.1:8000/v1", True),
        ("http://[::1]:8000/v1", True),
        ("https://localhost/v1", True),
        ("https://localhost.example.org/v1", False),
        ("https://10.0.0.1/v1", False),
    ],
)
def test_this_machine_is_known(base_url: str | None, expected: bool) -> None:
    assert is_loopback(base_url) is expected


# -- what was sent --


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text()))
def test_an_object_is_read_in_any_encoding_of_json(body: dict[str, object]) -> None:
    for encoding in ("utf-8", "utf-16", "utf-32"):
        assert object_in(json.dumps(body, ensure_ascii=True).encode(encoding)) == body


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"<html></html>",
        b"[" * 1_000_000,
        b'{"choices": ' + b"1" * 5000 + b"}",
        b"[]",
        b"null",
    ],
)
def test_what_is_no_object_is_foreign(content: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        object_in(content)
    assert caught.value.is_foreign


@pytest.mark.parametrize("body", [{}, {"choices": None}, {"choices": {}}, {"error": {"message": "down"}}])
def test_an_object_without_choices_is_foreign(body: dict[str, object]) -> None:
    with pytest.raises(Unreadable, match="no chat completion") as caught:
        check_completion(body)
    assert caught.value.is_foreign


@pytest.mark.parametrize("choices", [[], [None], [{"message": {"content": 3}}]])
def test_choices_that_cannot_be_read_are_no_other_tools(choices: list[object]) -> None:
    with pytest.raises(Unreadable, match="see its choices") as caught:
        check_completion({"choices": choices})
    assert not caught.value.is_foreign
