"""Where batches are handed in and fetched: what came is stored with all other answers."""

import asyncio
import json
import uuid
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from pipeline.batchapi import COMPLETED, FAILED, OVER, Batch, BatchApi, question_line
from pipeline.channel import lack_key
from pipeline.completion import Spent, tokens_told
from pipeline.deferred import Deferred, Question
from pipeline.endpoint import Endpoint
from pipeline.errors import AnswerError, CallFailed, EndpointDown, EndpointError, InputError
from pipeline.interruption import Interruption, StoppableBudget
from pipeline.logs import WARNING, emit
from pipeline.store.answers import Answers
from pipeline.store.batchjobs import BatchJobs
from pipeline.wire import FEATURES, SentOtherwise, Wire
from schemas.batchjob import BatchJob

MOST_QUESTIONS: Final = 10_000  # of a batch; endpoints take up to 50,000
MOST_BYTES: Final = 90_000_000  # and up to 100 or 200 MB
STORED_AT_ONCE: Final = 200
UNDER_WAY: Final = timedelta(minutes=10)  # that handing in may take
KNOWN: Final = timedelta(hours=48)  # that an endpoint surely knows a batch


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
        self.budget.unasked = 0  # a pass counts anew what it leaves
        return Deferred(self.jobs.waiting(), self.jobs.failed(), self.came)

    def told(self) -> str | None:
        """Return, in one line, what is still to come; None where nothing is."""
        open_jobs = self.jobs.open()
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
        left = {key: question_line(key, question.request) for key, question in questions.items()}
        while left:
            chosen = {key: left.pop(key) for key in list(_one_batch(left))}
            token = uuid.uuid4().hex
            taken = self.jobs.begin(token, {key: questions[key].stage for key in chosen})
            if not taken:
                self.jobs.close(token)
                continue
            try:
                batch_id = await self.api.hand_in(token, [chosen[key] for key in chosen if key in taken])
            except InputError:
                self.jobs.close(token)  # there is no Batch API, so no batch either
                raise
            self.jobs.handed_in(token, batch_id)
            emit("batch_handed_in", batch=batch_id, questions=len(taken))

    async def fetch(self) -> bool:
        """Store the answers of all batches that are over; tell whether any was."""
        done = [await self._fetch(job) for job in self.jobs.open()]
        return any(done)

    async def fetched_one(self, wait_s: float, interruption: Interruption) -> bool:
        """Wait until a batch is over and fetched, looking every ``wait_s``; False where it is interrupted."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(interruption.wait(), wait_s)
                return False
            try:
                if await self.fetch():
                    return True
            except EndpointDown as error:  # a batch takes hours, and an outage may be over before
                emit("batch_not_reached", level=WARNING, error=str(error))

    async def _fetch(self, job: BatchJob) -> bool:
        age = datetime.now(UTC) - job.handed_in_at
        batch_id = job.id or await self.api.find(job.token, job.handed_in_at)
        if batch_id is None:
            if age < UNDER_WAY:  # another run may be handing it in
                return False
            self.jobs.close(job.token)  # the run that began it was killed
            return True
        if job.id is None:
            self.jobs.handed_in(job.token, batch_id)
        batch = await self.api.look(batch_id)
        if batch is None and age < KNOWN:
            when = f"{job.handed_in_at:%Y-%m-%d %H:%M} UTC"
            raise InputError(
                f"{self.endpoint.name} does not know the batch {batch_id}, handed in {when}: give the key "
                "and the address that it was handed in with."
            )
        if batch is not None and batch.status not in OVER:
            return False
        if batch is not None:
            await self._store(job, batch)
            await self.api.tidy(batch)
        self.jobs.close(job.token)
        emit("batch_fetched", batch=batch_id, status=batch.status if batch else None)
        if batch is not None and batch.status == FAILED:
            raise EndpointError(
                f"{self.endpoint.name} did not take a batch ({self.api.why_failed(batch)}): mend that, or "
                "run the command without --batch."
            )
        return True

    async def _store(self, job: BatchJob, batch: Batch) -> None:
        """Store what came of the questions of ``job``; what came for others is not looked at."""
        stages = self.jobs.stages(job.token)
        left = set(stages)
        met: dict[str, Exception] = {}
        writing: list[Coroutine[None, None, None]] = []
        had_room = self.wire.lacks("at_once")
        try:
            async for came in self.api.results(batch):
                if came.key not in left:
                    continue
                left.remove(came.key)
                if came.error is not None:
                    met[came.key] = came.error
                elif came.body is not None and self.wire.note_thoughts(came.body) and not had_room:
                    met[came.key] = SentOtherwise()
                elif came.body is not None and self.answers.get(came.key) is None:
                    self.came[came.key] = tokens_told(came.body)
                    answer = self.wire.without_key(json.dumps(came.body))
                    writing.append(self.answers.put(came.key, stages[came.key], answer))
                if len(writing) == STORED_AT_ONCE:
                    await asyncio.gather(*writing)
                    writing.clear()
        finally:
            await asyncio.gather(*writing)
        if batch.status == COMPLETED:
            met |= dict.fromkeys(left, CallFailed("the batch came back without an answer to this"))
        await self._note(job, met)

    async def _note(self, job: BatchJob, met: Mapping[str, Exception]) -> None:
        """Note what questions ``met``. Raises, once that is done, what makes going on pointless."""
        refused = CallFailed("the endpoint refused the request as it was put")
        self.jobs.fail({k: refused if isinstance(e, SentOtherwise) else e for k, e in met.items()})
        for feature in FEATURES:  # the next pass puts it otherwise
            name = lack_key(self.endpoint, feature)
            if self.wire.lacks(feature) and self.answers.get(name) is None:
                await self.answers.put(name, "endpoint", "{}")
        for error in met.values():
            if not isinstance(error, AnswerError | SentOtherwise):
                self.jobs.close(job.token)
                raise error


def _one_batch(lines: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the keys of as many of ``lines`` as go into one batch, at least one."""
    size = 0
    for key, line in islice(lines.items(), MOST_QUESTIONS):
        if size and size + len(line) > MOST_BYTES:
            return
        size += len(line)
        yield key
