"""The one door to a model: any OpenAI-compatible endpoint, through openai and instructor.

Every request passes ``Llm._send``: looked up among the stored answers, else sent by ``sending.py``, and
stored before anything reads it. When an answer does not fit its schema instructor asks
again; those requests take the same way.
"""

import asyncio
import hashlib
import json
import logging
import random
import weakref
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, Literal, TypeVar, cast

import instructor
import openai
from instructor.core.exceptions import IncompleteOutputException, InstructorRetryException
from openai.types.chat import ChatCompletion
from pydantic import BaseModel, create_model
from tenacity import RetryCallState

from pipeline import errors
from pipeline.budget import Budget
from pipeline.choosing import BARE_ANSWER, odds_of_letter, odds_of_tokens
from pipeline.client import open_client
from pipeline.completion import check_refusal, first_token_options
from pipeline.endpoint import AnswerStore, Endpoint, Usage
from pipeline.logs import WARNING, about, emit
from pipeline.prompts import Messages
from pipeline.sending import (
    ATTEMPTS,
    DEAD_AFTER,
    FIRST_ATTEMPTS,
    LONGEST_WAIT_S,
    UNREADABLE_ATTEMPTS,
    Sender,
)
from pipeline.trace import DIGITS, Trace
from pipeline.wire import FEATURES, SentOtherwise, Wire, retry_after_s

__all__ = [
    "ATTEMPTS",
    "BARE_ANSWER",
    "DEAD_AFTER",
    "FIRST_ATTEMPTS",
    "UNREADABLE_ATTEMPTS",
    "AnswerStore",
    "Endpoint",
    "Llm",
    "Usage",
    "connect",
    "lack_key",
]

logging.getLogger("instructor").addHandler(logging.NullHandler())
logging.getLogger("instructor").propagate = False

Answer = TypeVar("Answer", bound=BaseModel)

TOP_LOGPROBS: Final = 20
NO_LETTER: Final = (
    "the model does not begin with the letter asked for: it is asked again for the letter alone"
)


@asynccontextmanager
async def connect(
    endpoint: Endpoint, answers: AnswerStore, budget: Budget | None = None
) -> AsyncIterator["Llm"]:
    """Open a client for ``endpoint`` and close it at the end; nothing is sent before the first question.

    Raises InputError where its address cannot be one.
    """
    async with AsyncExitStack() as stack:
        client: openai.AsyncOpenAI | None = None

        def opened() -> openai.AsyncOpenAI:
            nonlocal client
            if client is None:
                address = endpoint.start() if endpoint.start else (endpoint.base_url, endpoint.api_key)
                client = open_client(*address, endpoint.timeout_s)
                stack.push_async_exit(client)
            return client

        if endpoint.start is None:
            opened()
        yield Llm(opened, endpoint, answers, budget)


class Llm:
    """A model behind an endpoint: asks for structured answers and for the odds between options."""

    def __init__(
        self,
        client: Callable[[], openai.AsyncOpenAI],
        endpoint: Endpoint,
        answers: AnswerStore,
        budget: Budget | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.usage: dict[str, Usage] = {}
        # Why a question for odds got no answer, by stage: the stages go on without, and the run tells of it.
        self.unanswered: defaultdict[str, list[str]] = defaultdict(list)
        self.budget = budget or Budget(price=endpoint.price)
        self._answers = answers
        known = [feature for feature in FEATURES if answers.get(lack_key(endpoint, feature)) is not None]
        self._wire = Wire(endpoint.name, endpoint.model, endpoint.api_key, known)
        self._trace = self.begin_trace()
        self._is_capped = False
        self._room = asyncio.Semaphore(endpoint.concurrency)
        self._odds_room = asyncio.Semaphore(endpoint.odds_concurrency or endpoint.concurrency)
        self._asking: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        # Looked up at each wait, so that tests need not sit through it.
        self._sender = Sender(client, endpoint, self._wire, self.budget, lambda state: _wait_s(state))  # noqa: PLW0108

    @property
    def notes(self) -> tuple[str, ...]:
        """What was noticed about the endpoint, and what was spent on it, for the report."""
        return (*self._wire.notes, *self.budget.notes())

    def begin_trace(self) -> Trace:
        """Return what will become of the questions from now on, those of one story."""
        self._trace = Trace(self._lacks())
        return self._trace

    def _lacks(self) -> tuple[str, ...]:
        return tuple(feature for feature in FEATURES if self._wire.lacks(feature))

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

        Where the endpoint gives no log-probabilities, the letter it answers with gets ``BARE_ANSWER``. Raises
        as ``structured`` does.
        """
        try:
            return await self._odds(prompt, options, stage)
        except errors.AnswerError as error:
            self.unanswered[stage].append(str(error))
            raise

    async def _odds(self, prompt: Messages, options: Sequence[str], stage: str) -> Mapping[str, float]:
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
            odds = odds_of_tokens(tokens, options)
            if odds is not None:
                return odds
            self._wire.note(NO_LETTER)
            break
        choice = create_model("Choice", answer=(cast("Any", Literal[tuple(options)]), ...))
        chosen = await self.structured(prompt, choice, stage=stage, max_tokens=30)
        return odds_of_letter(cast("Any", chosen).answer, options)

    async def _send(self, stage: str, request: dict[str, Any]) -> dict[str, Any]:
        """Return the body of the stored answer to ``request``, else send it and store what comes.

        What has not the shape of an answer is not stored: sent again, it may be better.
        """
        usage = self.usage.setdefault(stage, Usage())
        key = self._key(request)
        # The same question twice is paid for once.
        with about(stage=stage, call=key[:DIGITS]):
            async with self._asking.setdefault(key, asyncio.Lock()):
                stored = await self._answer(key, stage, request, usage)
                self._trace.answered(key, stored)
        answer: dict[str, Any] = json.loads(stored)
        check_refusal(answer)
        return answer

    async def _answer(self, key: str, stage: str, request: dict[str, Any], usage: Usage) -> str:
        stored = self._answers.get(key)
        if stored is None:
            async with self._room:
                stored = self._answers.get(key)  # another run may have asked while this one waited
                if stored is None:
                    body = await self._sent(key, request, usage)
                    # As ASCII: UTF-8 cannot hold the halves of characters that some endpoints send.
                    fresh = self._wire.without_key(json.dumps(body))
                    self._answers.put(key, stage, fresh)
                    return fresh
        usage.cached_calls += 1
        emit("call_cached", text=lambda: str(stored))
        return stored

    async def _sent(self, key: str, request: dict[str, Any], usage: Usage) -> dict[str, Any]:
        try:
            return await self._sender.send(request, usage)
        except SentOtherwise:
            self._remember_lacks()
            raise
        except (errors.AnswerError, errors.EndpointError) as error:
            self._trace.failed(key, error)
            self._log_failure(error)
            raise

    def _log_failure(self, error: Exception) -> None:
        if not isinstance(error, errors.BudgetReached):
            emit("call_failed", level=WARNING, error=type(error).__name__, text=lambda: str(error))
        elif not self._is_capped:  # once: all that follows is not asked either
            self._is_capped = True
            emit("budget_reached", level=WARNING, cap=self.budget.reached or "interrupted")

    def _key(self, request: Mapping[str, Any]) -> str:
        parts = [request, self.endpoint.model_sha256]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def _remember_lacks(self) -> None:
        """Store what the endpoint lacks, so that another run does not ask for it again."""
        self._trace.lacks = self._lacks()
        for feature in self._trace.lacks:
            self._answers.put(lack_key(self.endpoint, feature), "endpoint", "{}")


def lack_key(endpoint: Endpoint, feature: str) -> str:
    """Return the key under which it is stored that ``endpoint`` lacks ``feature``."""
    parts = [endpoint.name, endpoint.model, "lacks", feature]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _wait_s(state: RetryCallState) -> float:
    """Return the wait before the next attempt: what Retry-After asks, else full-jitter exponential backoff.

    Jitter as in Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
    """
    asked = retry_after_s(state.outcome.exception() if state.outcome else None)
    if asked is not None:
        return min(asked, LONGEST_WAIT_S) + random.uniform(0.0, 0.5)  # noqa: S311
    return random.uniform(0.2, min(LONGEST_WAIT_S, 2.0**state.attempt_number))  # noqa: S311
