"""Sends one request: at its pace, within the budget, again with backoff where that may help."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol

import httpx2
import openai
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from pipeline import errors
from pipeline.budget import Budget, most_tokens
from pipeline.completion import Spent, tokens_told
from pipeline.endpoint import Endpoint, Usage
from pipeline.faults import (
    Unreadable,
    check_completion,
    down,
    is_overload,
    is_timeout,
    is_unbilled,
    may_help_to_retry,
    object_in,
    retry_after_s,
    translated,
)
from pipeline.logs import WARNING, about, emit
from pipeline.pacing import Pace, Turn
from pipeline.patience import (
    ATTEMPTS,
    DEAD_AFTER,
    FIRST_ATTEMPTS,
    FIRST_SILENCES,
    LONGEST_WAIT_S,
    UNREADABLE_ATTEMPTS,
)
from pipeline.wire import SentOtherwise, Wire, without_version

BYTES_A_TOKEN: Final = 3.5  # about; what an answer really took is put right when it comes

_WITH_KEY: Final[openai.RequestOptions] = {"security": {"bearer_auth": True}}  # no other that openai finds

Wait = Callable[[RetryCallState], float]
OpenClient = Callable[[], openai.AsyncOpenAI]


class Paced(Protocol):
    """Says when a request may be sent; see ``pacing.Pace``."""

    def turn(
        self, tokens: float, kind: int, allow: Callable[[float], None]
    ) -> AbstractAsyncContextManager[Turn]:
        """Begin when a request of ``tokens`` may be sent, and learn at the end from what became of it."""

    def hold(self, seconds: float) -> None:
        """Let nothing be sent for ``seconds``."""


class Sender:
    """Sends requests to one endpoint, ``wait`` apart where again, and knows when going on is pointless.

    ``pace`` is that of others who ask the same endpoint, where there are any.
    """

    def __init__(
        self,
        client: OpenClient,
        endpoint: Endpoint,
        wire: Wire,
        budget: Budget,
        wait: Wait,
        pace: Paced | None = None,
    ) -> None:
        self._client = client
        self._endpoint = endpoint
        self._wire = wire
        self._budget = budget
        self._wait = wait
        self._pace = pace or Pace(endpoint.requests_per_minute, endpoint.concurrency)
        self._has_answered = False
        self._dead_calls = 0
        self._fatal: errors.EndpointError | None = None

    async def send(self, request: dict[str, Any], usage: Usage) -> dict[str, Any]:
        """Return the body of the answer to ``request``, and count in ``usage`` what it took.

        Raises AnswerError, EndpointError, and SentOtherwise where the endpoint lacks what it asks for.
        """
        self._refuse_in_vain(request)
        sent: dict[str, Any] = {}
        most_in, most_out = most_tokens(request)
        expected = most_in / BYTES_A_TOKEN + most_out
        try:
            async for attempt in AsyncRetrying(
                stop=self._is_enough,
                wait=self._wait,
                retry=retry_if_exception(may_help_to_retry),
                before_sleep=self._before_sleep,
                reraise=True,
            ):
                with attempt, about(attempt=attempt.retry_state.attempt_number):
                    async with self._pace.turn(expected, most_out, self._budget.allow_wait) as turn:
                        self._refuse_in_vain(request)
                        sent = self._wire.adapted(request)
                        body = await self._send_once(sent, usage, turn)
        except (openai.OpenAIError, TimeoutError, Unreadable) as error:
            raise self._translated(error, sent) from error
        self._dead_calls = 0
        if self._wire.note_thoughts(body) and self._wire.adapted(request) != sent:
            raise SentOtherwise
        return body

    async def _send_once(self, sent: Mapping[str, Any], usage: Usage, turn: Turn) -> dict[str, Any]:
        """Send a request, with what it can cost put aside, and note in ``turn`` what became of it.

        Raises BudgetReached where there is no room.
        """
        held = await self._budget.reserve(sent)
        usage.calls += 1
        spent: Spent | None = None
        is_free = False
        emit("call_sent", text=lambda: json.dumps(sent["messages"], ensure_ascii=False))
        try:
            client = self._client()  # where this opens it, that takes none of the endpoint's time
            begun = time.monotonic()
            async with self._budget.in_time(), asyncio.timeout(self._endpoint.timeout_s):  # not of each byte
                # Not chat.completions.create, which goes through request and answer field by field, at thrice
                # the cost: both are plain JSON here, and what comes is checked below.
                answer = await client.post(
                    "/chat/completions", body=sent, cast_to=httpx2.Response, options=_WITH_KEY
                )
            turn.headers = answer.headers
            turn.seconds = time.monotonic() - begun
            body = object_in(answer.content)
            spent = tokens_told(body)
            self._has_answered = self._has_answered or isinstance(body.get("choices"), list)
            check_completion(body)
            _log_answer(body, spent, turn.seconds)
            return body
        except (openai.OpenAIError, TimeoutError) as error:
            is_free = is_unbilled(error)
            turn.is_refused = is_overload(error)
            turn.headers = error.response.headers if isinstance(error, openai.APIStatusError) else {}
            raise
        finally:
            usage.cost_usd += await self._budget.settle(held, spent, is_free=is_free)
            if spent is not None:
                turn.took = spent.tokens_in + spent.tokens_out
                usage.add(spent)

    def _is_enough(self, state: RetryCallState) -> bool:
        if state.outcome and isinstance(state.outcome.exception(), Unreadable):
            return state.attempt_number >= UNREADABLE_ATTEMPTS
        if self._has_answered:
            return state.attempt_number >= ATTEMPTS
        is_silence = state.outcome is not None and is_timeout(state.outcome.exception())
        return state.attempt_number >= (FIRST_SILENCES if is_silence else FIRST_ATTEMPTS)

    def _before_sleep(self, state: RetryCallState) -> None:
        """Hold all requests where the endpoint asks for it; raise where the time would be up before."""
        error = state.outcome.exception() if state.outcome else None
        asked = retry_after_s(error)
        emit(
            "call_retried",
            level=WARNING,
            attempt=state.attempt_number,
            status=getattr(error, "status_code", None),
            error=type(error).__name__,
            wait_s=round(state.next_action.sleep, 3) if state.next_action else None,
        )
        if asked is not None:
            self._pace.hold(min(asked, LONGEST_WAIT_S))
        self._budget.allow_wait(state.next_action.sleep if state.next_action else 0.0)

    def _refuse_in_vain(self, request: Mapping[str, Any]) -> None:
        """Raise what became of others meanwhile: a wrong key, or a missing feature, is asked about once."""
        if self._fatal is not None:
            raise self._fatal
        if self._wire.must_be_put_otherwise(request):
            raise SentOtherwise

    def _translated(
        self, error: openai.OpenAIError | TimeoutError | Unreadable, sent: Mapping[str, Any]
    ) -> Exception:
        if isinstance(error, Unreadable):
            meant = self._unreadable(error)
        else:
            meant = translated(error, sent, self._wire)
            if may_help_to_retry(error):
                self._dead_calls += 1
                if not self._has_answered or self._dead_calls >= DEAD_AFTER:
                    meant = down(error, self._wire)
        if isinstance(meant, errors.EndpointError):
            self._fatal = meant
        return meant

    def _unreadable(self, error: Unreadable) -> Exception:
        if error.is_foreign and not self._has_answered:
            return errors.ModelNotFound(
                f"{self._endpoint.name} answers, but not with chat completions: check OPENAI_BASE_URL"
                f"{without_version(self._endpoint.base_url)}."
            )
        return errors.AnswerInvalid(str(error))


def _log_answer(body: Mapping[str, Any], spent: Spent | None, seconds: float) -> None:
    emit(
        "call_answered",
        status=200,
        seconds=round(seconds, 3),
        tokens_in=spent.tokens_in if spent else None,
        tokens_out=spent.tokens_out if spent else None,
        text=lambda: str(body["choices"][0]["message"].get("content")),
    )
