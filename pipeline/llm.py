"""The one door to a model: any OpenAI-compatible endpoint, through openai and instructor.

Every request passes ``Llm._send``: looked up among the stored answers, else sent within the limits, retried
with backoff, and stored before anything reads it. When an answer does not fit its schema instructor asks
again; those requests take the same way.
"""

import asyncio
import hashlib
import json
import logging
import math
import random
import time
import weakref
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar, cast

import httpx2
import instructor
import openai
from instructor.core.exceptions import IncompleteOutputException, InstructorRetryException
from openai.types.chat import ChatCompletion
from pydantic import BaseModel, create_model
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from pipeline import errors
from pipeline.completion import check_refusal, check_shape, first_token_options, tokens_used
from pipeline.prompts import Messages
from pipeline.wire import FEATURES, SentOtherwise, Wire, is_loopback, may_help_to_retry, retry_after_s

logging.getLogger("instructor").addHandler(logging.NullHandler())
logging.getLogger("instructor").propagate = False

Answer = TypeVar("Answer", bound=BaseModel)

ATTEMPTS = 6
FIRST_ATTEMPTS = 3  # until an endpoint has answered once, it is more likely absent than busy
LONGEST_WAIT_S = 60.0
DEAD_AFTER = 3  # calls in a row that failed after all their attempts
TOP_LOGPROBS = 20
FLOOR = 1e-4  # the odds of an option that is not among the top log-probabilities
BARE_ANSWER = 0.9  # how far a bare letter is trusted where there are no log-probabilities


class AnswerStore(Protocol):
    """Where answers are kept; see ``store.Answers``."""

    def get(self, key: str) -> str | None:
        """Return the stored response body, or None."""

    def put(self, key: str, stage: str, response: str) -> None:
        """Store a response body."""


@dataclass(frozen=True)
class Endpoint:
    """Where requests go; ``name`` is what a report may show of it.

    ``start``, where there is one, brings the endpoint up when the first question has to be sent, and returns
    its ``base_url`` and ``api_key``: a run that finds all its answers stored needs no model at all.
    """

    base_url: str | None
    api_key: str = field(repr=False)
    model: str
    name: str
    start: Callable[[], tuple[str, str]] | None = None
    model_sha256: str | None = None  # of a model file: two files of one name are two models
    concurrency: int = 8
    odds_concurrency: int | None = None  # one-token questions in flight, where fewer than that are faster
    requests_per_minute: float | None = None
    timeout_s: float = 120.0


@dataclass
class Usage:
    """What was spent: requests sent, answers taken from the store, tokens of the requests sent."""

    calls: int = 0
    cached_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


@asynccontextmanager
async def connect(endpoint: Endpoint, answers: AnswerStore) -> AsyncIterator["Llm"]:
    """Open a client for ``endpoint`` and close it at the end; nothing is sent before the first question.

    Raises InputError where its address cannot be one.
    """
    async with AsyncExitStack() as stack:
        client: openai.AsyncOpenAI | None = None

        def opened() -> openai.AsyncOpenAI:
            nonlocal client
            if client is None:
                address = endpoint.start() if endpoint.start else (endpoint.base_url, endpoint.api_key)
                client = _client(*address, endpoint.timeout_s)
                stack.push_async_exit(client)
            return client

        if endpoint.start is None:
            opened()
        yield Llm(opened, endpoint, answers)


def _client(base_url: str | None, api_key: str, timeout_s: float) -> openai.AsyncOpenAI:
    # A company's proxy does not know this machine's own ports, and must not see what goes to them.
    http = openai.DefaultAsyncHttpxClient(trust_env=not is_loopback(base_url))
    try:
        return openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key,
            max_retries=0,  # tenacity's alone: nested retries multiply
            timeout=httpx2.Timeout(timeout_s, connect=10.0),
            http_client=http,
        )
    except httpx2.InvalidURL:
        raise errors.InputError(f"OPENAI_BASE_URL is no http(s) address: {base_url!r}") from None


class Llm:
    """A model behind an endpoint: asks for structured answers and for the odds between options."""

    def __init__(
        self, client: Callable[[], openai.AsyncOpenAI], endpoint: Endpoint, answers: AnswerStore
    ) -> None:
        self.endpoint = endpoint
        self.usage: dict[str, Usage] = {}
        self._client = client
        self._answers = answers
        known = [feature for feature in FEATURES if answers.get(self._lack_key(feature)) is not None]
        self._wire = Wire(endpoint.name, endpoint.model, endpoint.api_key, known)
        self._room = asyncio.Semaphore(endpoint.concurrency)
        self._odds_room = asyncio.Semaphore(endpoint.odds_concurrency or endpoint.concurrency)
        self._asking: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._gap_s = 60.0 / endpoint.requests_per_minute if endpoint.requests_per_minute else 0.0
        self._next_at = 0.0
        self._has_answered = False
        self._dead_calls = 0
        self._fatal: errors.EndpointError | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was noticed about the endpoint, for the report."""
        return tuple(self._wire.notes)

    async def structured(
        self, prompt: Messages, answer: type[Answer], *, stage: str, max_tokens: int
    ) -> Answer:
        """Return the model's answer as a record; asked again twice when it does not fit.

        Raises an AnswerError when there is no usable answer, an EndpointError when there is no use going on.
        """

        async def send(**request: Any) -> ChatCompletion:  # noqa: ANN401
            # Not validated: many endpoints are almost like OpenAI's, and their shape is checked.
            return ChatCompletion.model_construct(**await self._send(stage, request))

        mode = instructor.Mode.MD_JSON if self._wire.lacks("response_format") else instructor.Mode.JSON_SCHEMA
        create = cast("Any", instructor.patch(create=cast("Any", send), mode=mode))
        try:
            result = await create(
                response_model=answer,
                max_retries=2,
                model=self.endpoint.model,
                messages=prompt,
                max_tokens=max_tokens,
                temperature=0.0,
            )
        except IncompleteOutputException as error:
            raise errors.AnswerTruncated(f"the answer was cut off at {max_tokens} tokens") from error
        except InstructorRetryException as error:
            cause = error.__cause__
            if isinstance(cause, SentOtherwise):
                return await self.structured(prompt, answer, stage=stage, max_tokens=max_tokens)
            if isinstance(cause, ValueError):  # pydantic's and json's errors are both ValueErrors
                raise errors.AnswerInvalid("the answer never fitted its schema, asked three times") from error
            raise (cause or error) from None
        return cast("Answer", result)

    async def odds(self, prompt: Messages, options: Sequence[str], *, stage: str) -> Mapping[str, float]:
        """Return a probability for each of ``options``, single letters, from the first token of the answer.

        Where the endpoint gives no log-probabilities, the letter it answers with gets ``BARE_ANSWER``.
        """
        request = {
            "model": self.endpoint.model,
            "messages": prompt,
            "max_tokens": 1,
            "temperature": 0.0,
            "logprobs": True,
            "top_logprobs": TOP_LOGPROBS,
        }
        while not self._wire.lacks("logprobs"):
            try:
                async with self._odds_room:
                    tokens = first_token_options(await self._send(stage, request))
            except SentOtherwise:
                continue
            if not tokens:
                self._wire.note_lack("logprobs")
                self._remember_lacks()
                break
            seen = dict.fromkeys(options, 0.0)
            for token in tokens:
                letter = token.token.strip()
                if letter in seen:
                    seen[letter] += math.exp(token.logprob)
            return _normalised(seen)
        choice = create_model("Choice", answer=(cast("Any", Literal[tuple(options)]), ...))
        chosen = await self.structured(prompt, choice, stage=stage, max_tokens=30)
        letter = cast("Any", chosen).answer
        rest = (1.0 - BARE_ANSWER) / max(len(options) - 1, 1)
        return _normalised({option: BARE_ANSWER if option == letter else rest for option in options})

    async def _send(self, stage: str, request: dict[str, Any]) -> dict[str, Any]:
        """Return the body of the stored answer to ``request``, else send it and store what comes.

        What has not the shape of an answer is not stored: sent again, it may be better.
        """
        usage = self.usage.setdefault(stage, Usage())
        parts = [request, self.endpoint.model_sha256]
        key = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
        async with self._asking.setdefault(key, asyncio.Lock()):  # the same question twice is paid for once
            stored = self._answers.get(key)
            if stored is not None:
                usage.cached_calls += 1
                body: dict[str, Any] = json.loads(stored)
            else:
                async with self._room:
                    body = await self._send_with_retries(request, usage)
                tokens_in, tokens_out = tokens_used(body)
                usage.tokens_in += tokens_in
                usage.tokens_out += tokens_out
                check_shape(body)
                # As ASCII: UTF-8 cannot hold the halves of characters that some endpoints send.
                self._answers.put(key, stage, json.dumps(body))
        check_refusal(body)
        return body

    async def _send_with_retries(self, request: dict[str, Any], usage: Usage) -> dict[str, Any]:
        self._refuse_in_vain(request)
        sent: dict[str, Any] = {}
        try:
            async for attempt in AsyncRetrying(
                stop=stop_after_attempt(ATTEMPTS if self._has_answered else FIRST_ATTEMPTS),
                wait=_wait_s,
                retry=retry_if_exception(may_help_to_retry),
                reraise=True,
            ):
                with attempt:
                    await self._keep_pace()
                    self._refuse_in_vain(request)
                    usage.calls += 1
                    sent = self._wire.adapted(request)
                    async with asyncio.timeout(self.endpoint.timeout_s):  # of all, not of each byte
                        completion: object = await self._client().chat.completions.create(**sent)
        except (openai.OpenAIError, TimeoutError) as error:
            raise self._translated(error, sent) from error
        except ValueError:  # the body is no JSON
            completion = None
        if not isinstance(completion, ChatCompletion) or not isinstance(completion.choices, list):
            raise self._no_completion()
        self._has_answered = True
        self._dead_calls = 0
        return completion.model_dump(exclude_none=True, warnings=False)

    def _refuse_in_vain(self, request: Mapping[str, Any]) -> None:
        """Raise what became of others meanwhile: a wrong key, or a missing feature, is asked about once."""
        if self._fatal is not None:
            raise self._fatal
        if self._wire.must_be_put_otherwise(request):
            raise SentOtherwise

    def _translated(self, error: openai.OpenAIError | TimeoutError, sent: Mapping[str, Any]) -> Exception:
        translated = self._wire.translated(error, sent)
        if may_help_to_retry(error):
            self._dead_calls += 1
            if not self._has_answered or self._dead_calls >= DEAD_AFTER:
                translated = self._wire.down(error)
        if isinstance(translated, SentOtherwise):
            self._remember_lacks()
        if isinstance(translated, errors.EndpointError):
            self._fatal = translated
        return translated

    def _no_completion(self) -> Exception:
        if self._has_answered:
            return errors.AnswerInvalid("what the endpoint sent is no chat completion")
        self._fatal = errors.ModelNotFound(
            f"{self.endpoint.name} answers, but not with chat completions: check OPENAI_BASE_URL."
        )
        return self._fatal

    def _remember_lacks(self) -> None:
        """Store what the endpoint lacks, so that another run does not ask for it again."""
        for feature in FEATURES:
            if self._wire.lacks(feature):
                self._answers.put(self._lack_key(feature), "endpoint", "{}")

    def _lack_key(self, feature: str) -> str:
        parts = [self.endpoint.name, self.endpoint.model, "lacks", feature]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    async def _keep_pace(self) -> None:
        """Return when the next request may be sent under the limit of requests per minute."""
        now = time.monotonic()
        due = max(now, self._next_at)
        self._next_at = due + self._gap_s
        if due > now:
            await asyncio.sleep(due - now)


def _wait_s(state: RetryCallState) -> float:
    """Return the wait before the next attempt: what Retry-After asks, else full-jitter exponential backoff.

    Jitter as in Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
    """
    asked = retry_after_s(state.outcome.exception() if state.outcome else None)
    if asked is not None:
        return min(asked, LONGEST_WAIT_S) + random.uniform(0.0, 0.5)  # noqa: S311
    return random.uniform(0.2, min(LONGEST_WAIT_S, 2.0**state.attempt_number))  # noqa: S311


def _normalised(odds: Mapping[str, float]) -> dict[str, float]:
    floored = {option: max(value, FLOOR) for option, value in odds.items()}
    total = sum(floored.values())
    return {option: value / total for option, value in floored.items()}
