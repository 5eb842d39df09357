"""Checks stories by the Batch API: pass by pass, each asking what the answers of the one before lead to.

A pass notes the questions that have no answer yet and hands them in together. The same command, given again
or left waiting, fetches what has come and goes on, until a pass finds every answer stored. A question that
was handed in is not handed in again, whatever becomes of the command.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from pipeline.batch import Outcome, Stories, caps, check_by
from pipeline.batchapi import BatchApi
from pipeline.batchdesk import Desk
from pipeline.client import open_client
from pipeline.config import Settings
from pipeline.endpoint import Endpoint
from pipeline.engines.inline import inline
from pipeline.errors import InputError
from pipeline.interruption import TOLD, Interruption, StoppableBudget
from pipeline.prices import BATCH_SHARE
from pipeline.progress import Progress
from pipeline.store import Layout, answers_path, open_answers
from pipeline.store.batchjobs import open_batch_jobs
from pipeline.wire import Wire

LARGEST_FILE: Final = 1 << 30  # bytes of answers; those of the largest batch are far fewer


async def check_by_batches(
    stories: Stories,
    out: Path,
    settings: Settings,
    endpoint: Endpoint,
    progress: Progress,
    interruption: Interruption,
) -> Outcome:
    """Check ``stories`` as ``check_stories`` does, by batches; ``Outcome.awaited`` says what is to come.

    With ``settings.wait_s``, batches are looked at every so many seconds until all is answered. What is asked
    costs ``BATCH_SHARE`` of the table's price. Raises InputError where the endpoint has no Batch API.
    """
    if endpoint.start is not None:
        raise InputError("--batch needs an endpoint with a Batch API: name its model with --model.")
    if settings.again:
        raise InputError("--again asks at once: give it without --batch.")
    layout = Layout(str(out), is_batch=len(stories) > 1)
    async with _opened(endpoint.at_share(BATCH_SHARE), out, settings, interruption) as desk:
        await desk.fetch()
        written: set[Path] = set()  # by this command, which then meets them unchanged
        while True:
            deferred = desk.deferred()
            deferring = replace(desk.endpoint, deferred=deferred)
            async with inline(layout, settings, deferring, progress, lambda _refuse: desk.budget) as engine:
                outcome = await check_by(engine, stories, layout, interruption)
            checked = [
                replace(done, is_unchanged=done.is_unchanged and done.folder not in written)
                for done in outcome.checked
            ]
            written |= {done.folder for done in checked if not done.is_unchanged}
            outcome = replace(outcome, checked=tuple(checked))
            if interruption.is_asked:
                cut_short = TOLD if deferred.questions else outcome.interrupted
                return replace(outcome, interrupted=cut_short, awaited=desk.told())
            await desk.hand_in(deferred.questions)
            outcome = replace(outcome, awaited=desk.told())
            if outcome.awaited is None or settings.wait_s is None:
                return outcome
            if not await desk.fetched_one(settings.wait_s, interruption):
                return outcome


@asynccontextmanager
async def _opened(
    endpoint: Endpoint, out: Path, settings: Settings, interruption: Interruption
) -> AsyncIterator[Desk]:
    path = answers_path(out, settings.cache)
    with open_answers(path) as answers, open_batch_jobs(path, endpoint.name, endpoint.model) as jobs:
        client = open_client(endpoint.base_url, endpoint.api_key, endpoint.timeout_s, LARGEST_FILE)
        async with client:
            wire = Wire(endpoint.name, endpoint.model, endpoint.api_key)
            budget = StoppableBudget(caps(settings), endpoint.price, interruption, answers.refuse)
            yield Desk(endpoint, answers, jobs, BatchApi(client, wire), wire, budget)
