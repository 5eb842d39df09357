"""The one door to a model: any OpenAI-compatible endpoint, through openai and instructor.

Every request passes ``Llm._send`` and with it the ``Channel``, which looks it up or sends it. When an answer
does not fit its schema instructor asks again; those requests take the same way. Neither library is loaded
where nothing is sent.
"""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, cast

from pydantic import BaseModel, create_model

from pipeline import errors
from pipeline.budget import Budget
from pipeline.channel import Asking, Channel
from pipeline.choosing import BARE_ANSWER, odds_of_letter, odds_of_tokens
from pipeline.completion import check_refusal, check_whole, first_token_options, fitting
from pipeline.endpoint import AnswerStore, Endpoint, Usage
from pipeline.logs import about
from pipeline.patience import ATTEMPTS, DEAD_AFTER, FIRST_ATTEMPTS, UNREADABLE_ATTEMPTS, wait_s
from pipeline.prompts import Messages
from pipeline.trace import DIGITS, Trace
from pipeline.wire import SentOtherwise

if TYPE_CHECKING:
    import openai
    from tenacity import RetryCallState

    from pipeline.sending import Paced

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
]

Answer = TypeVar("Answer", bound=BaseModel)
Result = TypeVar("Result")

TOP_LOGPROBS: Final = 20
NO_LETTER: Final = (
    "the model does not begin with the letter asked for: it is asked again for the letter alone"
)


@asynccontextmanager
async def connect(
    endpoint: Endpoint,
    answers: AnswerStore,
    budget: Budget | None = None,
    *,
    again: bool = False,
    pace: "Paced | None" = None,
) -> AsyncIterator["Llm"]:
    """Give the model at ``endpoint``; a client is opened for what has to be sent, and closed at the end.

    ``again``: a question whose stored answers are of no use is asked once more. ``pace`` says when a request
    may go, where other processes ask the same endpoint.
    """
    async with AsyncExitStack() as stack:
        client: openai.AsyncOpenAI | None = None

        def opened() -> "openai.AsyncOpenAI":
            from pipeline.client import open_client  # noqa: PLC0415 - see Channel._sender

            nonlocal client
            if client is None:
                address = endpoint.start() if endpoint.start else (endpoint.base_url, endpoint.api_key)
                client = open_client(*address, endpoint.timeout_s)
                stack.push_async_exit(client)
            return client

        budget = budget or Budget(price=endpoint.price)
        # Looked up at each wait, so that tests need not sit through it.
        channel = Channel(opened, endpoint, answers, budget, lambda state: _wait_s(state), pace)  # noqa: PLW0108
        yield Llm(channel, again=again)


class Llm:
    """A model behind an endpoint: asks for structured answers and for the odds between options.

    What was spent, what became of each question and why some got no answer is that of one story: each has an
    ``Llm`` of its own over the channel that they share.
    """

    def __init__(self, channel: Channel, *, again: bool = False, goes_on: bool = False) -> None:
        self.endpoint = channel.endpoint
        self.budget = channel.budget
        self.usage: dict[str, Usage] = {}
        # Why a question for odds got no answer, by stage: the stages go on without, and the run tells of it.
        self.unanswered: defaultdict[str, list[str]] = defaultdict(list)
        self._channel = channel
        self._trace = Trace()
        self.lost: errors.EndpointError | None = None
        self._again = again
        self._goes_on = goes_on
        self._is_waiting = False

    def for_story(self, answers: AnswerStore) -> "Llm":
        """Return the same model for another story, whose answers are kept in ``answers``.

        It outlives the endpoint: ``lost`` then says by what it was lost, and what is not stored meets
        EndpointLost.
        """
        return Llm(self._channel.keeping_in(answers), again=self._again, goes_on=True)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was noticed about the endpoint, and what was spent on it, for the report."""
        return (*self._channel.wire.notes, *self.budget.notes())

    @property
    def is_waiting(self) -> bool:
        """Whether an answer that was asked for is still to come with a batch."""
        return self._is_waiting

    @property
    def trace(self) -> Trace:
        """What became of the questions so far, and what the endpoint is known to lack."""
        return replace(self._trace, lacks=self._channel.lacks())

    async def structured(
        self,
        prompt: Messages,
        answer: type[Answer],
        *,
        stage: str,
        max_tokens: int,
        handled: tuple[type[errors.AnswerError], ...] = (),
    ) -> Answer:
        """Return the model's answer as a record; asked again twice when it does not fit.

        ``handled`` are errors that the caller has another way for. Raises an AnswerError when there is no
        usable answer, an EndpointError when there is no use going on, and InputError where the endpoint's
        address cannot be one.
        """
        return await self._asked(
            lambda asking: self._structured(prompt, answer, stage, max_tokens, asking), handled
        )

    async def _asked(
        self,
        ask: Callable[[Asking], Awaitable[Result]],
        handled: tuple[type[errors.AnswerError], ...] = (),
    ) -> Result:
        """Ask, and once more where that was wanted and nothing but stored answers was of no use."""
        asking = Asking()
        try:
            try:
                return await ask(asking)
            except errors.AnswerError as error:
                if not self._again or asking.was_sent or isinstance(error, handled):
                    raise
            return await ask(Asking(is_anew=True))
        except errors.EndpointError as error:
            if not self._goes_on:
                raise
            self.lost = type(error)(str(error))  # without its cause, which cannot go to another process
            raise errors.EndpointLost(str(error)) from error

    async def _structured(
        self, prompt: Messages, answer: type[Answer], stage: str, max_tokens: int, asking: Asking
    ) -> Answer:
        async def send(request: dict[str, Any]) -> dict[str, Any]:
            body = await self._send(stage, request, asking)
            check_whole(body, max_tokens)
            return body

        request = {
            "model": self.endpoint.model,
            "messages": prompt,
            "max_tokens": max_tokens,
            "temperature": 0.0,
        }
        first: dict[str, Any] | None = None
        try:
            if not self._channel.wire.lacks("response_format"):
                first = await send(request | {"response_format": _format(answer)})
                fits = fitting(first, answer)
                if fits is not None:
                    return fits
            from pipeline.reasking import ask_until_it_fits  # noqa: PLC0415 - as slow to load as openai

            return await ask_until_it_fits(send, request, answer, first)
        except SentOtherwise:
            return await self._structured(prompt, answer, stage, max_tokens, asking)

    async def odds(self, prompt: Messages, options: Sequence[str], *, stage: str) -> Mapping[str, float]:
        """Return a probability for each of ``options``, single letters, from the first token of the answer.

        Where the endpoint gives no log-probabilities, the letter it answers with gets ``BARE_ANSWER``. Raises
        as ``structured`` does.
        """
        try:
            return await self._asked(lambda asking: self._odds(prompt, options, stage, asking))
        except errors.AnswerError as error:
            self.unanswered[stage].append(str(error))
            raise

    async def _odds(
        self, prompt: Messages, options: Sequence[str], stage: str, asking: Asking
    ) -> Mapping[str, float]:
        request = {
            "model": self.endpoint.model,
            "messages": prompt,
            "max_tokens": 1,
            "temperature": 0.0,
            "logprobs": True,
            "top_logprobs": TOP_LOGPROBS,
        }
        wire = self._channel.wire
        while not wire.lacks("logprobs"):
            try:
                tokens = first_token_options(await self._send(stage, request, asking))
            except SentOtherwise:
                continue
            if not tokens:
                wire.note_lack("logprobs")
                await self._channel.remember_lacks()
                break
            odds = odds_of_tokens(tokens, options)
            if odds is not None:
                return odds
            wire.note(NO_LETTER)
            break
        chosen = await self._structured(prompt, _choice(tuple(options)), stage, 30, asking)
        return odds_of_letter(cast("Any", chosen).answer, options)

    async def _send(self, stage: str, request: dict[str, Any], asking: Asking) -> dict[str, Any]:
        """Return the body of the answer to ``request``.

        Raises AnswerRefused where it is a refusal, AnswerInvalid where what is stored is no answer.
        """
        usage = self.usage.setdefault(stage, Usage())
        key = self._channel.key(request)
        with about(stage=stage, call=key[:DIGITS]):
            try:
                stored = await self._channel.answer(key, stage, request, usage, self._trace, asking)
            except errors.AnswerAwaited:
                self._is_waiting = True
                raise
        return read_answer(stored)


def read_answer(stored: str) -> dict[str, Any]:
    """Return the body of a stored answer. Raises AnswerRefused, and AnswerInvalid where it is none."""
    try:
        answer: dict[str, Any] = json.loads(stored)
        check_refusal(answer)
    except ValueError as error:  # its file was changed: what is sent for has its shape
        raise errors.AnswerInvalid("the stored answer cannot be read") from error
    return answer


@cache
def _choice(options: tuple[str, ...]) -> type[BaseModel]:
    """Return the record of an answer that is one of ``options``."""
    return create_model("Choice", answer=(cast("Any", Literal[options]), ...))


@cache
def _format(answer: type[BaseModel]) -> dict[str, Any]:
    """Return what asks an endpoint for ``answer``, made once instead of for each call."""
    schema = {"name": answer.__name__, "schema": answer.model_json_schema()}
    return {"type": "json_schema", "json_schema": schema}


def _wait_s(state: "RetryCallState") -> float:
    """Return the seconds before the next attempt."""
    from pipeline.faults import retry_after_s  # noqa: PLC0415 - see Channel._sender

    error = state.outcome.exception() if state.outcome else None
    return wait_s(state.attempt_number, retry_after_s(error))
