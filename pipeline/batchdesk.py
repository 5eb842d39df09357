"""Where batches are handed in and fetched: what came is stored with all other answers."""

import asyncio
import json
import uuid
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from openai.types import Batch

from pipeline.batchapi import OVER, BatchApi
from pipeline.channel import lack_key
from pipeline.completion import Spent, tokens_told
from pipeline.deferred import Deferred, Question
from pipeline.endpoint import Endpoint
from pipeline.errors import AnswerError, EndpointError, InputError
from pipeline.interruption import Interruption, StoppableBudget
from pipeline.logs import WARNING, emit
from pipeline.store.answers import Answers
from pipeline.store.batchjobs import BatchJobs
from pipeline.wire import FEATURES, SentOtherwise, Wire
from schemas.batchjob import BatchJob

MOST_QUESTIONS: Final = 10_000  # of a batch; endpoints take up to 50,000
MOST_BYTES: Final = 90_000_000  # and up to 100 or 200 MB
STORED_AT_ONCE: Final = 200


@dataclass
class Desk:
    """Where batches are handed in and fetched."""

    endpoint: Endpoint
    answers: Answers
    jobs: BatchJobs
    api: BatchApi
    wire: Wire
    budget: StoppableBudget  # of the command, over all passes
    came: dict[str, Spent | None] = field(default_factory=dict)

    def deferred(self) -> Deferred:
        """Return what the next pass has to know of the batches."""
        return Deferred(self.budget, self.jobs.waiting(), self.jobs.failed(), self.came)

    def told(self) -> str | None:
        """Return, in one line, what is still to come; None where nothing is."""
        open_jobs = self._open()
        if not open_jobs:
            return None
        questions = sum(len(self.jobs.stages(job.token)) for job in open_jobs)
        waits = "1 question waits" if questions == 1 else f"{questions:,} questions wait"
        batches = "1 batch" if len(open_jobs) == 1 else f"{len(open_jobs)} batches"
        return (
            f"{waits} in {batches} at {self.endpoint.name}: run the same command again, in an hour or so, to "
            "fetch what has come and go on."
        )

    async def hand_in(self, questions: Mapping[str, Question]) -> None:
        """Hand ``questions`` in, in as many batches as it takes."""
        left = {key: question.line(key) for key, question in questions.items()}
        while left:
            keys = list(_one_batch(left))
            token = uuid.uuid4().hex
            stages = {key: questions[key].stage for key in keys}
            taken = self.jobs.begin(token, self.endpoint.name, self.endpoint.model, stages)
            lines = [left.pop(key) for key in keys if key in taken]
            left = {key: line for key, line in left.items() if key not in stages}
            if not lines:
                self.jobs.close(token)
                continue
            try:
                batch_id = await self.api.hand_in(token, lines)
            except InputError:
                self.jobs.close(token)  # there is no Batch API, so no batch either
                raise
            self.jobs.handed_in(token, batch_id)
            emit("batch_handed_in", batch=batch_id, questions=len(lines))

    async def fetch(self) -> bool:
        """Store the answers of all batches that are over; tell whether any was."""
        done = [await self._fetch(job) for job in self._open()]
        return any(done)

    async def fetched_one(self, wait_s: float, interruption: Interruption) -> bool:
        """Wait until a batch is over and fetched, looking every ``wait_s``; False where it is interrupted."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(interruption.wait(), wait_s)
                return False
            if await self.fetch():
                return True

    def _open(self) -> list[BatchJob]:
        return self.jobs.open(self.endpoint.name, self.endpoint.model)

    async def _fetch(self, job: BatchJob) -> bool:
        batch_id = job.id or await self.api.find(job.token)
        if batch_id is None:  # the run was killed before it was handed in
            self.jobs.close(job.token)
            return True
        self.jobs.handed_in(job.token, batch_id)
        batch = await self.api.look(batch_id)
        if batch is None:
            emit("batch_lost", level=WARNING, batch=batch_id)
            self.jobs.close(job.token)
            return True
        if batch.status not in OVER:
            return False
        await self._store(job, batch)
        self.jobs.close(job.token)
        emit("batch_fetched", batch=batch_id, status=batch.status)
        if batch.status == "failed":
            reasons = [
                error.message or "no reason given" for error in (batch.errors and batch.errors.data) or []
            ]
            told = self.wire.without_key(" ".join("; ".join(reasons[:3]).split()))[:300]
            raise EndpointError(f"{self.endpoint.name} did not take a batch: {told or 'no reason given'}.")
        await self.api.tidy(batch)
        return True

    async def _store(self, job: BatchJob, batch: Batch) -> None:
        """Store what came of the questions of ``job``; what came for others is not looked at."""
        stages = self.jobs.stages(job.token)
        fatal: EndpointError | None = None
        writing: list[Coroutine[None, None, None]] = []
        async for came in self.api.results(batch):
            stage = stages.get(came.key)
            if stage is None:
                continue
            if came.body is not None:
                self.came[came.key] = tokens_told(came.body)
                answer = self.wire.without_key(json.dumps(came.body))
                writing.append(self.answers.put(came.key, stage, answer))
                if len(writing) == STORED_AT_ONCE:
                    await asyncio.gather(*writing)
                    writing.clear()
            elif came.error is not None:
                fatal = await self._failed(came.key, came.error) or fatal
        await asyncio.gather(*writing)
        if fatal is not None:
            self.jobs.close(job.token)
            raise fatal

    async def _failed(self, key: str, error: Exception) -> EndpointError | None:
        """Note what a question met; return it where going on would be pointless."""
        if isinstance(error, SentOtherwise):  # the next pass puts it otherwise
            for feature in FEATURES:
                if self.wire.lacks(feature):
                    await self.answers.put(lack_key(self.endpoint, feature), "endpoint", "{}")
            return None
        if isinstance(error, EndpointError):
            return error
        if not isinstance(error, AnswerError):
            raise error
        self.jobs.fail(key, type(error).__name__, str(error))
        return None


def _one_batch(lines: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the keys of as many of ``lines`` as go into one batch, at least one."""
    size = 0
    for key, line in islice(lines.items(), MOST_QUESTIONS):
        if size and size + len(line) > MOST_BYTES:
            return
        size += len(line)
        yield key
