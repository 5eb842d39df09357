"""What a worker does: it checks stories side by side in one event loop, as an inline run does.

A task of the cluster is one story, and waits for it on a thread; all stories of a process are in one loop,
with one client, one store of answers and one channel, that are open while any of them is under way.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.checking import Checked, Checker
from pipeline.engines import NotBegun
from pipeline.engines.cluster import Home
from pipeline.engines.job import Job, endpoint_of, unfit_for
from pipeline.engines.line import Line, SharedBudget, SharedPace
from pipeline.errors import InputError
from pipeline.interruption import NOT_BEGUN, Interruption
from pipeline.llm import connect
from pipeline.progress import Silent
from pipeline.remembered import forget
from pipeline.store import Answers, Layout, answers_path, is_url, open_answers
from pipeline.store.objects import story_at
from pipeline.store.vectors import VECTORS, open_vectors
from pipeline.verifier.embedder import shipped
from schemas.article import Story

FORGET_AFTER: Final = 8  # stories, where there are always some under way
_BEGINNING: Final = threading.Lock()


def check_on_worker(job: Job, story: Story) -> Checked:
    """Check one story, and write its files where ``job`` says; the task of a cluster.

    Raises as an engine does, and NotBegun where the run is about to end.
    """
    sessions, loop = _at_work()
    return asyncio.run_coroutine_threadsafe(sessions.check(job, story, Home()), loop).result()


def end_early(run: str) -> None:
    """Bring what is under way of ``run`` to its end, with what was answered."""
    _at_work()[0].end_early(run)


@dataclass
class _Session:
    """What is open for a run while any of its stories, of which ``users`` counts them, is under way here.

    ``answers`` are those of all stories; in ``own`` are the stores of those that have one each.
    """

    checker: Checker
    interruption: Interruption
    line: Line
    answers: Answers | None
    own: list[Answers]
    users: int = 0


class _Sessions:
    """The sessions of this process, by run; but for ``end_early`` used from its loop alone."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[_Session, AsyncExitStack]] = {}
        self._turn = asyncio.Lock()
        self._done = 0

    async def check(self, job: Job, story: Story, home: Home) -> Checked:
        """Check one story; raises as ``check_on_worker`` does."""
        async with self._using(job, home) as session:
            state = await session.line.ask("begin_story")
            if state["refused"] is not None or state["is_ending"]:
                raise NotBegun(state["refused"] or NOT_BEGUN)
            try:
                with _at(job.layout, story.name, session) as (folder, answers):
                    return await session.checker.check(story, folder, answers, is_batch=job.layout.is_batch)
            finally:
                await session.line.all_told()

    def end_early(self, run: str) -> None:
        """Have the session of ``run``, if it is open, come to its end."""
        if run in self._open:
            self._open[run][0].interruption.ask()

    @asynccontextmanager
    async def _using(self, job: Job, home: Home) -> AsyncIterator[_Session]:
        async with self._turn:
            if job.run not in self._open:
                stack = AsyncExitStack()
                self._open[job.run] = (await stack.enter_async_context(_opened(job, home)), stack)
            session, stack = self._open[job.run]
            session.users += 1
        try:
            yield session
        finally:
            async with self._turn:
                session.users -= 1
                self._done += 1
                if session.users == 0:
                    del self._open[job.run]
                    await stack.aclose()
                if session.users == 0 or self._done % FORGET_AFTER == 0:
                    forget()


def _at_work() -> tuple[_Sessions, asyncio.AbstractEventLoop]:
    """Return the sessions of this process, and the loop they are used from, on a thread of its own."""
    with _BEGINNING:  # the first two stories may come at once
        return _begun()


@cache
def _begun() -> tuple[_Sessions, asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="stories", daemon=True).start()
    return _Sessions(), loop


@asynccontextmanager
async def _opened(job: Job, home: Home) -> AsyncIterator[_Session]:
    problem = unfit_for(job)
    if problem is not None:
        raise InputError(f"The Dask worker {home.address} {problem}.")
    interruption, own = Interruption(), list[Answers]()
    async with home.calling(job.run) as send, AsyncExitStack() as stack:
        line = Line(send)
        stack.push_async_callback(line.all_told)
        answers = stack.enter_context(_shared_answers(job))
        endpoint = stack.enter_context(endpoint_of(job))

        def refuse() -> None:
            for store in (*([answers] if answers else []), *own):
                store.refuse()

        budget = SharedBudget(job.caps, endpoint.price, interruption, refuse, line)
        connected = connect(
            endpoint, answers or _Nowhere(), budget, again=job.settings.again, pace=SharedPace(line)
        )
        llm = await stack.enter_async_context(connected)
        yield _Session(Checker(llm, job.settings, Silent()), interruption, line, answers, own)


@contextmanager
def _shared_answers(job: Job) -> Iterator[Answers | None]:
    """Give the store of answers that all processes of this machine share, where there is one."""
    if is_url(job.layout.out):
        yield None
        return
    path = answers_path(Path(job.layout.out), job.settings.cache)
    with (
        open_answers(path) as answers,
        open_vectors(path.with_name(VECTORS)) as vectors,
        shipped().keeping_in(vectors),
    ):
        yield answers


@contextmanager
def _at(layout: Layout, story: str, session: _Session) -> Iterator[tuple[Path, Answers]]:
    """Give the folder that the report of ``story`` is written to, and the store of its answers."""
    folder = layout.folder(story)
    if session.answers is not None:
        yield Path(folder), session.answers
        return
    with story_at(folder) as (there, answers):
        session.own.append(answers)
        try:
            yield there, answers
        finally:
            session.own.remove(answers)


class _Nowhere:
    """The store of answers of no story: it holds nothing."""

    def get(self, key: str) -> str | None:
        """Return None."""
        return None

    async def put(self, key: str, stage: str, response: str) -> None:
        """Store nothing: each story has a store of its own."""
