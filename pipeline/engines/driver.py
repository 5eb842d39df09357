"""Checks stories on the workers of a Dask cluster: each story is a task, and its report is written there.

The driver reads the articles and sends each story when there is a place for it, so that the workers need not
see them and the memory of the driver does not grow. What comes back is some lines on each story.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from pipeline.batch import Outcome, Stories, caps, check_by
from pipeline.checking import Checked
from pipeline.config import Settings, read_environment
from pipeline.endpoint import Endpoint
from pipeline.engines import Ending, NotBegun
from pipeline.engines.inline import lanes_for
from pipeline.engines.job import Job, code, host, unfit_for
from pipeline.errors import EndpointError, InputError
from pipeline.interruption import NOT_BEGUN, Interruption
from pipeline.logs import emit
from pipeline.progress import Progress
from pipeline.store import Layout, is_url
from pipeline.store.lock import LOCK
from schemas.article import Story

try:
    from pipeline.engines.cluster import Cluster, open_cluster
    from pipeline.engines.worker import check_on_worker, end_early
except ModuleNotFoundError as error:
    raise InputError(
        f"--engine dask needs the package {error.name}: pip install 'storycheck[dask]'."
    ) from error

MOST_READ: Final = 64  # stories that were read, and are with a worker or wait for a place
LOOK_S: Final = 1.0  # between two looks at the workers
STAGE: Final = "stories"


async def check_on_cluster(
    stories: Stories,
    out: Path | str,
    settings: Settings,
    endpoint: Endpoint,
    progress: Progress,
    interruption: Interruption,
) -> Outcome:
    """Check ``stories`` as ``batch.check_stories`` does, on a cluster; ``out`` may be a URL.

    Raises InputError where there is no cluster, or a worker of it cannot do the work.
    """
    if endpoint.start is not None:
        raise InputError(
            "--engine dask needs an endpoint that all workers reach: name its model with --model, and its "
            "address in OPENAI_BASE_URL. The embedded model works without --engine dask."
        )
    layout = Layout(str(out), is_batch=len(stories) > 1)
    job = _job(layout, settings, endpoint)
    lanes = lanes_for(endpoint.concurrency)
    async with open_cluster(settings.scheduler, settings.workers, lanes, job.run) as cluster:
        await cluster.begin(job.caps, endpoint.requests_per_minute, endpoint.concurrency)
        engine = OnCluster(cluster, job, layout, progress, interruption)
        async with engine.watching(settings.lost_after_s):
            progress.start(STAGE, len(stories))
            outcome = await check_by(engine, stories, layout, interruption)
            progress.finish(STAGE)
            return outcome


def _job(layout: Layout, settings: Settings, endpoint: Endpoint) -> Job:
    """Return what workers have to know of the run: paths in full, as theirs begin elsewhere."""
    full = {name: path.absolute() for name in ("cache", "calibration") if (path := getattr(settings, name))}
    there, lock = layout, None
    if not is_url(layout.out):
        out = Path(layout.out).absolute()
        there = Layout(str(out), layout.is_batch)
        lock = (out / LOCK).read_text(encoding="ascii")
    return Job(
        run=uuid.uuid4().hex,
        layout=there,
        settings=settings.model_copy(update=full),
        caps=caps(settings),
        endpoint=endpoint.name,
        has_key=read_environment().api_key is not None,
        price=endpoint.price,
        code=code(),
        host=host(),
        lock=lock,
    )


class OnCluster:
    """Checks stories on ``cluster``, no more at a time than its workers have threads."""

    lanes = MOST_READ

    def __init__(
        self, cluster: Cluster, job: Job, layout: Layout, progress: Progress, interruption: Interruption
    ) -> None:
        self._cluster = cluster
        self._job = job
        self._layout = layout
        self._progress = progress
        self._interruption = interruption
        self._lost: EndpointError | None = None
        self._is_lost = asyncio.Event()
        self._places = 0
        self._taken = 0
        self._number = 0
        self._freed = asyncio.Condition()

    async def check(self, story: Story) -> Checked:
        """Check one story on a worker, once one has a place for it; raises as an engine does."""
        async with self._place():
            if self._interruption.is_asked and self._number:
                raise NotBegun(NOT_BEGUN)
            self._number += 1
            try:
                checked = await self._on_a_worker(story, str(self._number))
            except EndpointError as error:
                self._note_loss(error)
                raise
            self._note_loss(checked.stopped)
        self._progress.step(STAGE)
        return replace(checked, where=self._layout.folder(story.name))

    async def ended(self) -> Ending:
        """Return how the run ended."""
        try:
            state = await self._cluster.share("look")
        except EndpointError:  # the cluster is gone: the stories tell of it
            return Ending(None, is_cut_short=False)
        return Ending(state["told"], state["left"])

    @asynccontextmanager
    async def watching(self, lost_after_s: float) -> AsyncIterator[None]:
        """Follow the workers while the block runs, and have them know of an early end.

        Raises EndpointError where there are none, and InputError where one cannot do the work.
        """
        beside = [asyncio.ensure_future(job) for job in (self._watch(lost_after_s), self._spread_the_end())]
        try:
            async with self._place():
                self._refuse_lost()
            for address, problem in (await self._cluster.everywhere(unfit_for, self._job)).items():
                if problem is not None:
                    raise InputError(f"The Dask worker {address} {_told(problem)}.")
            yield
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def _watch(self, lost_after_s: float) -> None:
        """Follow how many stories the workers take, until there was none for ``lost_after_s`` seconds."""
        clock = asyncio.get_running_loop()
        seen_at = clock.time()
        while clock.time() - seen_at < lost_after_s:
            self._places = sum((await self._cluster.threads()).values())
            if self._places:
                seen_at = clock.time()
            async with self._freed:
                self._freed.notify_all()
            await asyncio.sleep(LOOK_S)
        emit("cluster_lost", seconds=lost_after_s)
        self._lost = EndpointError(
            f"No Dask worker was there for {lost_after_s:g} s: start some, then run the same command again; "
            "what was answered is kept."
        )
        self._is_lost.set()
        async with self._freed:
            self._freed.notify_all()

    async def _spread_the_end(self) -> None:
        await self._interruption.wait()
        await self._cluster.share("end_early")
        await self._cluster.everywhere(end_early, self._job.run)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        async with self._freed:
            await self._freed.wait_for(lambda: self._taken < self._places or self._lost is not None)
            self._taken += 1
        try:
            yield
        finally:
            async with self._freed:
                self._taken -= 1
                self._freed.notify_all()

    async def _on_a_worker(self, story: Story, key: str) -> Checked:
        """Return what a worker made of ``story``, unless there are none left."""
        self._refuse_lost()
        work = asyncio.ensure_future(self._cluster.run(key, check_on_worker, self._job, story))
        lost = asyncio.ensure_future(self._is_lost.wait())
        try:
            await asyncio.wait((work, lost), return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                self._refuse_lost()
            return await work
        finally:
            work.cancel()
            lost.cancel()

    def _note_loss(self, error: EndpointError | None) -> None:
        """Have later stories ask nothing of an endpoint that was lost by ``error``, if it was."""
        if error is not None and self._job.lost is None:
            self._job = replace(self._job, lost=error)

    def _refuse_lost(self) -> None:
        if self._lost is not None:
            raise self._lost


def _told(problem: str | Exception) -> str:
    """Return what is wrong with a worker, in one line."""
    if isinstance(problem, str):
        return problem
    said = (str(problem).splitlines() or [""])[0]
    return f"cannot run storycheck ({type(problem).__name__}: {said}): install the same version there"
