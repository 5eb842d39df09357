"""What an endpoint's completion must hold to be read, and what it says when it holds no answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, Field, InstanceOf, ValidationError

from pipeline import errors

Answer = TypeVar("Answer", bound=BaseModel)

# Instances, not str: half a character, which some endpoints send as a token, is no valid one to pydantic.
Text = InstanceOf[str]


class Token(BaseModel):
    """A token, and the natural logarithm of its probability."""

    token: Text
    logprob: float = Field(le=0.01)  # some round a certain one up
    top_logprobs: list["Token"] | None = None


class _Logprobs(BaseModel):
    content: list[Token] | None = None


class _Message(BaseModel):
    content: Text | None = None
    refusal: Text | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: Text | None = None
    logprobs: _Logprobs | None = None


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


def check_shape(body: Mapping[str, Any]) -> None:
    """Raise AnswerInvalid where ``body`` is no completion that can be read.

    Looser than OpenAI's own types, which many endpoints do not quite keep to.
    """
    try:
        _Completion.model_validate(body)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise errors.AnswerInvalid(f"the endpoint's answer is no chat completion (see its {where})") from None


def check_refusal(body: Mapping[str, Any]) -> None:
    """Raise AnswerRefused where the model, or a filter, declined to answer; ``body`` has its shape."""
    choice = _Completion.model_validate(body).choices[0]
    if choice.finish_reason == "content_filter" or choice.message.refusal:
        raise errors.AnswerRefused("the model declined to answer")


def check_whole(body: Mapping[str, Any], max_tokens: int) -> None:
    """Raise AnswerTruncated where the answer was cut off at ``max_tokens``; ``body`` has its shape."""
    if _Completion.model_validate(body).choices[0].finish_reason == "length":
        raise errors.AnswerTruncated(f"the answer was cut off at {max_tokens} tokens")


def fitting(body: Mapping[str, Any], answer: type[Answer]) -> Answer | None:
    """Return the answer as a record; None where it does not fit. ``body`` has its shape."""
    said = _Completion.model_validate(body).choices[0].message.content or ""
    try:
        return answer.model_validate_json(_object_in(said), strict=True)
    except ValueError:  # pydantic's error is one, and that of half a character
        return None


def _object_in(said: str) -> str:
    """Return the JSON object in an answer, which may stand after thoughts, and between words and fences.

    A host that takes no notice of the schema gives the answer as the model wrote it.
    """
    answer = said.rpartition("</think>")[2].strip()
    begin, end = answer.find("{"), answer.rfind("}")
    return answer if answer[:1] in ("{", "[") or begin < 0 else answer[begin : end + 1]


def first_token_options(body: Mapping[str, Any]) -> list[Token]:
    """Return the likeliest first tokens; none where there are no log-probabilities."""
    logprobs = _Completion.model_validate(body).choices[0].logprobs
    first = (logprobs.content or []) if logprobs else []
    return (first[0].top_logprobs or []) if first else []


@dataclass(frozen=True)
class Spent:
    """The tokens that an endpoint says a request took; ``cached_in`` of those in came from its cache."""

    tokens_in: int
    tokens_out: int
    cached_in: int = 0


def tokens_told(body: Mapping[str, Any]) -> Spent | None:
    """Return the tokens that a completion says it took; None where it does not say, or cannot be right."""
    usage = body.get("usage")
    if not isinstance(usage, Mapping):
        return None
    tokens_in, tokens_out = (_count(usage, name) for name in ("prompt_tokens", "completion_tokens"))
    if not tokens_in or tokens_out is None:  # there is no request without a token
        return None
    details = usage.get("prompt_tokens_details")
    cached_in = _count(details, "cached_tokens") if isinstance(details, Mapping) else None
    return Spent(tokens_in, tokens_out, min(cached_in or 0, tokens_in))


def _count(told: Mapping[str, Any], name: str) -> int | None:
    value = told.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None
