"""The Batch API of an endpoint: questions go there as a file, and hours later their answers come as one.

As OpenAI's, and as others offer it: https://platform.openai.com/docs/guides/batch
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Final, NamedTuple

import httpx2
import openai
from openai.types import Batch

from pipeline import errors
from pipeline.completion import check_shape
from pipeline.faults import translated
from pipeline.wire import Wire

OVER: Final = frozenset(("completed", "expired", "cancelled", "failed"))
ATTEMPTS: Final = 4  # of what can be asked twice; nothing else is sent again
WINDOW: Final = "24h"  # the only one there is
CHAT: Final = "/v1/chat/completions"
OURS: Final = "storycheck"  # the field of a batch's metadata that holds our token
LOOKED_THROUGH: Final = 200  # batches at most, the newest first, for one that was handed in by a killed run
EXPIRED: Final = "batch_expired"


class Came(NamedTuple):
    """What came for the question ``key``: an answer's ``body``, an ``error``, or neither where it expired."""

    key: str
    body: dict[str, Any] | None = None
    error: Exception | None = None


class BatchApi:
    """The Batch API behind ``client``; errors of it are those of ``pipeline.errors``."""

    def __init__(self, client: openai.AsyncOpenAI, wire: Wire) -> None:
        self._once = client
        self._client = client.with_options(max_retries=ATTEMPTS - 1)
        self._wire = wire

    async def hand_in(self, token: str, lines: Iterable[bytes]) -> str:
        """Hand in a batch of ``lines`` under ``token``, and return its id."""
        try:
            file = await self._client.files.create(
                file=(f"{OURS}-{token}.jsonl", b"".join(lines), "application/jsonl"), purpose="batch"
            )
            # Once: of two requests, both may have come there.
            batch = await self._once.batches.create(
                input_file_id=file.id, endpoint=CHAT, completion_window=WINDOW, metadata={OURS: token}
            )
        except (openai.OpenAIError, TimeoutError) as error:
            raise self._meant(error) from error
        return batch.id

    async def find(self, token: str) -> str | None:
        """Return the id of the batch that was handed in under ``token``, or None where there is none."""
        seen = 0
        try:
            async for batch in self._client.batches.list(limit=100):
                if (batch.metadata or {}).get(OURS) == token:
                    return batch.id
                seen += 1
                if seen == LOOKED_THROUGH:
                    break
        except (openai.OpenAIError, TimeoutError) as error:
            raise self._meant(error) from error
        return None

    async def look(self, batch_id: str) -> Batch | None:
        """Return how a batch stands, or None where the endpoint does not know it any more."""
        try:
            return await self._client.batches.retrieve(batch_id)
        except openai.NotFoundError:
            return None
        except (openai.OpenAIError, TimeoutError) as error:
            raise self._meant(error) from error

    async def results(self, batch: Batch) -> AsyncIterator[Came]:
        """Yield what came of each question of a batch that is over; lines that are none are passed over."""
        for file_id in (batch.output_file_id, batch.error_file_id):
            if file_id is None:
                continue
            try:
                async with self._client.files.with_streaming_response.content(file_id) as response:
                    async for line in response.iter_lines():
                        came = self._came(line)
                        if came is not None:
                            yield came
            except (openai.OpenAIError, httpx2.HTTPError, TimeoutError) as error:
                raise self._meant(error) from error

    async def tidy(self, batch: Batch) -> None:
        """Delete the files of a batch at the endpoint, as far as it lets us."""
        for file_id in (batch.input_file_id, batch.output_file_id, batch.error_file_id):
            if file_id is not None:
                try:
                    await self._client.files.delete(file_id)
                except (openai.OpenAIError, TimeoutError):
                    continue  # nothing hangs on it

    def _came(self, line: str) -> Came | None:
        try:
            told = json.loads(line)
            key, response = told["custom_id"], told.get("response") or {}
            failed = told.get("error") or {}
            if not isinstance(key, str):
                return None
            if failed.get("code") == EXPIRED:
                return Came(key)
            status, body = response.get("status_code"), response.get("body")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        if status == httpx2.codes.OK and isinstance(body, dict):
            try:
                check_shape(body)
            except errors.AnswerInvalid as error:
                return Came(key, error=error)
            return Came(key, body=body)
        return Came(key, error=self._refusal(status, body, failed))

    def _refusal(self, status: object, body: object, failed: Mapping[str, Any]) -> Exception:
        """Return the error that a line with no answer stands for, as if a request by itself had met it."""
        if not isinstance(status, int) or not 300 <= status < 600:
            said = " ".join(str(failed.get("message") or "no reason given").split())
            return errors.CallFailed(f"no answer: {self._wire.without_key(said)[:200]}")
        told = body.get("error", body) if isinstance(body, dict) else {}
        message = str(told.get("message") or body) if isinstance(told, dict) else str(told)
        request = httpx2.Request("POST", "http://batch/")
        response = httpx2.Response(status, request=request)
        kind = {400: openai.BadRequestError, 404: openai.NotFoundError}.get(status, openai.APIStatusError)
        error = kind(message, response=response, body=told if isinstance(told, dict) else None)
        return translated(error, self._features(), self._wire)

    def _features(self) -> Mapping[str, Any]:
        """Return what a request may have asked for: which one it was is not told."""
        return dict.fromkeys(("max_tokens", "logprobs", "response_format", "temperature"))

    def _meant(self, error: openai.OpenAIError | httpx2.HTTPError | TimeoutError) -> Exception:
        if isinstance(error, openai.NotFoundError):
            return errors.InputError(
                f"{self._wire.name} has no Batch API at this address: run the command without --batch."
            )
        if isinstance(error, httpx2.HTTPError):
            return errors.EndpointDown(
                f"{self._wire.name} broke off while it sent answers: run the same command again; nothing is "
                "lost."
            )
        meant = translated(error, {}, self._wire)
        if isinstance(meant, errors.EndpointError):
            return meant
        return errors.EndpointDown(f"{self._wire.name} does not take the batch: {meant}")
