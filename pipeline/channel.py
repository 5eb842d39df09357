"""What all the stories of a run share of an endpoint: the stored answers, and the way to it for all others.

A question is looked up among the stored answers, else sent by ``sending.py``, and its answer is stored before
anything reads it. What sends is loaded with the first question that no stored answer has.
"""

import asyncio
import hashlib
import json
import weakref
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NoReturn

from pipeline import errors
from pipeline.alike import AlikeFirst
from pipeline.budget import Budget
from pipeline.deferred import Deferred, Question
from pipeline.endpoint import AnswerStore, Endpoint, Usage
from pipeline.logs import WARNING, emit
from pipeline.prices import cost_usd
from pipeline.trace import Trace
from pipeline.wire import FEATURES, SentOtherwise, Wire

if TYPE_CHECKING:
    from pipeline.sending import OpenClient, Paced, Sender, Wait


SHORT_ANSWER: Final = 160  # tokens, at most


@dataclass
class Asking:
    """One question to the model, with all the requests it takes.

    ``was_sent`` tells whether any of them was, and not found stored; ``is_anew`` where none is to be taken
    from what earlier runs stored.
    """

    is_anew: bool = False
    was_sent: bool = False


class Channel:
    """The way to one endpoint: what is asked twice is paid for once, and what was paid for is stored.

    ``client`` is opened when something is first sent; ``wait`` gives the seconds before it is sent again, and
    ``pace``, where others ask the same endpoint, when. Where the endpoint defers them, questions are noted in
    place of being sent.
    """

    def __init__(
        self,
        client: "OpenClient",
        endpoint: Endpoint,
        answers: AnswerStore,
        budget: Budget,
        wait: "Wait",
        pace: "Paced | None" = None,
    ) -> None:
        self.endpoint = endpoint
        self.budget = budget
        self.wire = Wire(endpoint.name, endpoint.model, endpoint.api_key, _known_lacks(endpoint, answers))
        self._short_room = AlikeFirst(endpoint.odds_concurrency or endpoint.concurrency)
        self._answers = answers
        self._deferred = endpoint.deferred
        self._room = asyncio.Semaphore(endpoint.concurrency)
        self._asking: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._sent_anew: set[str] = set()
        self._counted: set[str] = set()  # of what came in a batch, by key
        self._is_capped = False

        @cache
        def sender() -> "Sender":
            from pipeline.sending import Sender  # noqa: PLC0415 - openai alone takes half a second to load

            return Sender(client, endpoint, self.wire, budget, wait, pace)

        self._sender = sender

    def keeping_in(self, answers: AnswerStore) -> "Channel":
        """Return the same way to the same endpoint, but with the answers kept in ``answers``."""
        if answers is self._answers:
            return self
        other = copy(self)
        other._answers = answers
        other._asking = weakref.WeakValueDictionary()
        other._sent_anew = set()
        for feature in _known_lacks(self.endpoint, answers):
            self.wire.note_lack(feature)
        return other

    def lacks(self) -> tuple[str, ...]:
        """Return the features that the endpoint is known to lack."""
        return tuple(feature for feature in FEATURES if self.wire.lacks(feature))

    async def remember_lacks(self) -> None:
        """Store what the endpoint lacks, so that another run does not ask for it again."""
        for feature in self.lacks():
            await self._answers.put(lack_key(self.endpoint, feature), "endpoint", "{}")

    def key(self, request: Mapping[str, Any]) -> str:
        """Return the key of a request: the hash of all that makes its answer."""
        parts = [request, self.endpoint.model_sha256]
        if self.endpoint.engine is not None:
            parts.append(self.endpoint.engine)
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def stored(self, key: str, asking: Asking) -> str | None:
        """Return the stored answer to the question ``key``, unless it is to be asked anew."""
        if asking.is_anew and key not in self._sent_anew:
            return None
        return self._answers.get(key)

    async def answer(
        self, key: str, stage: str, request: dict[str, Any], usage: Usage, trace: Trace, asking: Asking
    ) -> str:
        """Return the stored answer to ``request``, else send it and store what comes.

        What has not the shape of an answer is not stored: sent again, it may be better. Raises AnswerError,
        EndpointError, and SentOtherwise where the endpoint lacks what it asks for.
        """
        async with self._asking.setdefault(key, asyncio.Lock()):  # the same question twice is paid for once
            stored = self.stored(key, asking)
            if stored is None:
                async with self._turn(request), self._room:
                    stored = self.stored(key, asking)  # another run may have asked while this one waited
                    if stored is None:
                        asking.was_sent = True
                        body = await self._sent(key, stage, request, usage, trace)
                if stored is None:
                    # As ASCII: UTF-8 cannot hold the halves of characters that some endpoints send.
                    fresh = self.wire.without_key(json.dumps(body))
                    await self._answers.put(key, stage, fresh)
                    if asking.is_anew:
                        self._sent_anew.add(key)
                    trace.answered(key, fresh)
                    return fresh
            self._count(key, usage)
            emit("call_cached", text=lambda: str(stored))
            trace.answered(key, stored)
            return stored

    def _turn(self, request: Mapping[str, Any]) -> AbstractAsyncContextManager[None]:
        """Return the turn of a question; one that costs what is read for it waits for those that begin alike.

        It is only taken for what is not stored: many that ask the same would keep all others waiting.
        """
        if request["max_tokens"] > SHORT_ANSWER:
            return nullcontext()
        return self._short_room.turn(request["messages"][-1]["content"])

    def _count(self, key: str, usage: Usage) -> None:
        """Count a stored answer, as a call where it came in a batch that this command fetched."""
        if self._deferred is None or key not in self._deferred.came or key in self._counted:
            usage.cached_calls += 1
            return
        self._counted.add(key)
        usage.calls += 1
        spent = self._deferred.came[key]
        if spent is not None:
            usage.add(spent)
            usage.cost_usd += cost_usd(self.endpoint.price, spent)

    async def _sent(
        self, key: str, stage: str, request: dict[str, Any], usage: Usage, trace: Trace
    ) -> dict[str, Any]:
        try:
            if self._deferred is not None:
                await self._defer(self._deferred, key, stage, request)
            return await self._sender().send(request, usage)
        except SentOtherwise:
            await self.remember_lacks()
            raise
        except (errors.AnswerError, errors.EndpointError) as error:
            trace.failed(key, error)
            self._log_failure(error)
            raise

    async def _defer(self, deferred: Deferred, key: str, stage: str, request: dict[str, Any]) -> NoReturn:
        deferred.refuse(key)
        if self.wire.must_be_put_otherwise(request):
            raise SentOtherwise
        adapted = self.wire.adapted(request)
        await self.budget.commit(adapted)
        deferred.note(key, Question(stage, adapted))

    def _log_failure(self, error: Exception) -> None:
        if isinstance(error, errors.AnswerAwaited):
            return
        if not isinstance(error, errors.BudgetReached):
            emit("call_failed", level=WARNING, error=type(error).__name__, text=lambda: str(error))
        elif not self._is_capped:  # once: all that follows is not asked either
            self._is_capped = True
            emit("budget_reached", level=WARNING, cap=self.budget.reached or "interrupted")


def _known_lacks(endpoint: Endpoint, answers: AnswerStore) -> list[str]:
    return [feature for feature in FEATURES if answers.get(lack_key(endpoint, feature)) is not None]


def lack_key(endpoint: Endpoint, feature: str) -> str:
    """Return the key under which it is stored that ``endpoint`` lacks ``feature``."""
    parts = [endpoint.name, endpoint.model, "lacks", feature]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
