"""The Batch API of an endpoint: questions go there as a file, and hours later their answers come as one.

As OpenAI's, and as others offer it: https://platform.openai.com/docs/guides/batch
"""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import httpx2
import openai
from openai.types import Batch

from pipeline import errors
from pipeline.client import LONGEST_ANSWER
from pipeline.completion import check_shape
from pipeline.faults import shown, translated
from pipeline.wire import FEATURES, Wire

__all__ = ["COMPLETED", "FAILED", "OVER", "Batch", "BatchApi", "Came", "question_line"]

COMPLETED: Final = "completed"
FAILED: Final = "failed"
OVER: Final = frozenset((COMPLETED, "expired", "cancelled", FAILED))
ATTEMPTS: Final = 4  # of what can be asked twice; nothing else is sent again
WINDOW: Final = "24h"  # the only one there is
CHAT: Final = "/v1/chat/completions"
OURS: Final = "storycheck"  # the field of a batch's metadata that holds our token
CLOCKS: Final = timedelta(hours=1)  # by which an endpoint's clock may be off
EXPIRED: Final = "batch_expired"


class Came(NamedTuple):
    """What came for the question ``key``: an answer's ``body``, an ``error``, or neither where it expired."""

    key: str
    body: dict[str, Any] | None = None
    error: Exception | None = None


def question_line(key: str, request: Mapping[str, Any]) -> bytes:
    """Return a question as a line of a batch, under its key."""
    return json.dumps({"custom_id": key, "method": "POST", "url": CHAT, "body": request}).encode() + b"\n"


class BatchApi:
    """The Batch API behind ``client``; errors of it are those of ``pipeline.errors``."""

    def __init__(self, client: openai.AsyncOpenAI, wire: Wire) -> None:
        self._once = client
        self._client = client.with_options(max_retries=ATTEMPTS - 1)
        self._wire = wire

    async def hand_in(self, token: str, lines: Iterable[bytes]) -> str:
        """Hand in a batch of ``lines`` under ``token``, and return its id.

        Raises InputError where there is no Batch API.
        """
        with self._meaning("does not take the batch", self._no_batch_api):
            file = await self._client.files.create(
                file=(f"{OURS}-{token}.jsonl", b"".join(lines), "application/jsonl"), purpose="batch"
            )
            file_id = self._id(file)
            try:
                # Once: of two requests, both may have come there.
                batch = await self._once.batches.create(
                    input_file_id=file_id, endpoint=CHAT, completion_window=WINDOW, metadata={OURS: token}
                )
            except openai.APIStatusError as error:
                if error.status_code < 500:
                    await self._delete(file_id)
                raise
            return self._id(batch)

    async def find(self, token: str, handed_in_at: datetime) -> str | None:
        """Return the id of the batch that was handed in under ``token``, or None where there is none."""
        with self._meaning("cannot tell of its batches"):
            async for batch in self._client.batches.list(limit=100):
                if isinstance(batch.metadata, dict) and batch.metadata.get(OURS) == token:
                    return self._id(batch)
                if datetime.fromtimestamp(batch.created_at or 0, UTC) < handed_in_at - CLOCKS:
                    break  # the newest come first
        return None

    async def look(self, batch_id: str) -> Batch | None:
        """Return how a batch stands, or None where the endpoint does not know it."""
        with self._meaning("cannot tell of the batch"):
            try:
                batch = await self._client.batches.retrieve(batch_id)
            except openai.NotFoundError:
                return None
            self._id(batch)
            return batch

    async def results(self, batch: Batch) -> AsyncIterator[Came]:
        """Yield what came of each question of a batch that is over; lines that are none are passed over."""
        for file_id in (batch.output_file_id, batch.error_file_id):
            if not file_id:
                continue
            with self._meaning("does not send the answers"), suppress(openai.NotFoundError):
                async with self._client.files.with_streaming_response.content(file_id) as response:
                    async for told in _lines(response.iter_bytes()):
                        came = self._came(told)
                        if came is not None:
                            yield came

    async def tidy(self, batch: Batch) -> None:
        """Delete the files of a batch at the endpoint, as far as it lets us."""
        for file_id in (batch.input_file_id, batch.output_file_id, batch.error_file_id):
            if file_id:
                await self._delete(file_id)

    def why_failed(self, batch: Batch) -> str:
        """Return what the endpoint says of a batch that it did not take."""
        found = getattr(batch.errors, "data", None)
        reasons = [str(getattr(error, "message", error)) for error in found if error] if found else []
        return shown("; ".join(reasons[:3]), self._wire) or "no reason given"

    async def _delete(self, file_id: str) -> None:
        with suppress(openai.OpenAIError, TimeoutError, ValueError):  # nothing hangs on it
            await self._client.files.delete(file_id)

    def _id(self, told: object) -> str:
        found = getattr(told, "id", None)
        if not isinstance(found, str) or not found:
            raise errors.EndpointDown(
                f"{self._wire.name} answers, but not as a Batch API does: run the command without --batch."
            )
        return found

    def _came(self, told: bytes) -> Came | None:
        try:
            body = json.loads(told)
            key = body["custom_id"]
            response, failed = body.get("response"), body.get("error")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        if not isinstance(key, str):
            return None
        reply = response if isinstance(response, dict) else {}
        refusal = failed if isinstance(failed, dict) else {"message": failed}
        if refusal.get("code") == EXPIRED:
            return Came(key)
        status, answer = reply.get("status_code", httpx2.codes.OK), reply.get("body")
        if status == httpx2.codes.OK and isinstance(answer, dict):
            try:
                check_shape(answer)
            except errors.AnswerInvalid as error:
                return Came(key, error=error)
            return Came(key, body=answer)
        return Came(key, error=self._refusal(status, answer, refusal))

    def _refusal(self, status: object, body: object, failed: Mapping[str, Any]) -> Exception:
        """Return the error that a line with no answer stands for, as if a request by itself had met it."""
        if not isinstance(status, int) or not 300 <= status < 600:
            said = shown(str(failed.get("message") or "no reason given"), self._wire)
            return errors.CallFailed(f"no answer: {said}")
        told = body.get("error", body) if isinstance(body, dict) else {}
        message = str(told.get("message") or body) if isinstance(told, dict) else str(told)
        response = httpx2.Response(status, request=httpx2.Request("POST", "http://batch/"))
        kind = {400: openai.BadRequestError, 404: openai.NotFoundError}.get(status, openai.APIStatusError)
        error = kind(message, response=response, body=told if isinstance(told, dict) else None)
        # Which of the features was sent is not told.
        return translated(error, dict.fromkeys(FEATURES), self._wire)

    def _no_batch_api(self, error: Exception) -> Exception | None:
        if isinstance(error, openai.NotFoundError) and error.code != "model_not_found":
            return errors.InputError(
                f"{self._wire.name} has no Batch API at this address: run the command without --batch."
            )
        return None

    @contextmanager
    def _meaning(
        self, what: str, otherwise: Callable[[Exception], Exception | None] = lambda _: None
    ) -> Iterator[None]:
        """Raise what a user can act on for what the block meets; ``what`` is what the endpoint fails at."""
        try:
            yield
        except (openai.OpenAIError, httpx2.HTTPError, TimeoutError, ValueError, AttributeError) as error:
            meant = otherwise(error)
            if meant is None and isinstance(error, openai.OpenAIError | TimeoutError):
                found = translated(error, {}, self._wire)
                meant = found if isinstance(found, errors.EndpointError) else None
            if meant is None:
                said = shown(str(error), self._wire) or type(error).__name__
                meant = errors.EndpointDown(
                    f"{self._wire.name} {what} ({said}): run the same command again later; nothing is lost."
                )
            raise meant from error


async def _lines(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the lines of a file: a line feed ends one, and nothing else that Unicode calls a line's end."""
    rest = b""
    async for part in content:
        *found, rest = (rest + part).split(b"\n")
        if len(rest) > LONGEST_ANSWER:
            raise httpx2.RemoteProtocolError("a line that is longer than any answer")
        for one in found:
            yield one
    yield rest
