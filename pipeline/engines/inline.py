"""Checks stories in this process, side by side in one event loop: the engine unless another is asked for."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from pipeline.checking import Checked, Checker
from pipeline.config import Settings
from pipeline.engines import Ending, NotBegun
from pipeline.errors import BudgetReached
from pipeline.interruption import StoppableBudget
from pipeline.llm import Endpoint, connect
from pipeline.progress import Progress
from pipeline.remembered import forget
from pipeline.store import Answers, Layout, answers_path, open_answers
from pipeline.store.vectors import VECTORS, open_vectors
from pipeline.verifier.embedder import shipped
from schemas.article import Story

IN_FLIGHT_A_STORY: Final = 4  # requests that a story has in flight at least, most of the time

Budgeting = Callable[[Callable[[], None]], StoppableBudget]


class Inline:
    """Checks stories in this process and writes them where ``layout`` says."""

    def __init__(
        self, layout: Layout, checker: Checker, answers: Answers, budget: StoppableBudget, endpoint: Endpoint
    ) -> None:
        self.lanes = lanes_for(endpoint.concurrency)
        self._is_by_batch = endpoint.deferred is not None
        self._has_begun = False
        self._answers = answers
        self._layout = layout
        self._checker = checker
        self._budget = budget
        self._done = 0

    async def check(self, story: Story) -> Checked:
        """Check one story and write its files. Raises NotBegun where the time is up, but for the first."""
        if self._has_begun and not self._is_by_batch:  # there, a pass is over all stories
            try:
                self._budget.begin_story()
            except BudgetReached as error:
                raise NotBegun(str(error)) from None
        self._has_begun = True
        folder = Path(self._layout.folder(story.name))
        checked = await self._checker.check(story, folder, self._answers, is_batch=self._layout.is_batch)
        self._done += 1
        if self._done % self.lanes == 0:  # those under way have to read again what they need
            forget()
        return checked

    async def ended(self) -> Ending:
        """Return how the run ended."""
        return Ending(self._budget.told(), self._budget.left)


@asynccontextmanager
async def inline(
    layout: Layout, settings: Settings, endpoint: Endpoint, progress: Progress, budgeting: Budgeting
) -> AsyncIterator[Inline]:
    """Give the engine that checks stories by ``endpoint``; they go where ``layout`` says, a run directory.

    ``budgeting`` makes the budget of the run from what raises once answers can no longer be stored.
    """
    path = answers_path(Path(layout.out), settings.cache)
    with (
        open_answers(path) as answers,
        open_vectors(path.with_name(VECTORS)) as kept,
        shipped().keeping_in(kept),
    ):
        budget = budgeting(answers.refuse)
        async with connect(endpoint, answers, budget, again=settings.again) as llm:
            checker = Checker(llm, settings, progress)
            yield Inline(layout, checker, answers, budget, endpoint)


def lanes_for(concurrency: int) -> int:
    """Return how many stories keep ``concurrency`` requests in flight, most of the time."""
    return max(1, concurrency // IN_FLIGHT_A_STORY)
