"""Checks one story or many, and writes what was found: a report for each, and an index over a batch."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.budget import Caps
from pipeline.config import Settings
from pipeline.errors import EndpointError
from pipeline.interruption import NOT_BEGUN, TOLD, Interruption, StoppableBudget
from pipeline.llm import Endpoint, Llm, connect
from pipeline.logs import about, emit
from pipeline.progress import Progress
from pipeline.provenance import record_run
from pipeline.publish import INDEX, TO_INDEX, write_files
from pipeline.remembered import forget
from pipeline.report import IndexEntry, index_entry, render_index
from pipeline.run import Prompts, check_story
from pipeline.store import (
    Answers,
    answers_path,
    make_folder,
    open_answers,
    read_decisions,
    read_report,
    write_text,
)
from pipeline.store.folder import clear_half_written
from pipeline.store.vectors import VECTORS, open_vectors
from pipeline.unchanged import Making, kept_files, unchanged
from pipeline.verifier.embedder import shipped
from pipeline.verifier.judge import Judge, chosen_map
from schemas.article import Story
from schemas.report import Report

IN_FLIGHT_A_STORY: Final = 4  # requests that a story has in flight at least, most of the time


@dataclass(frozen=True)
class Checked:
    """One story that was checked: the folder of its report, and the files there by name.

    ``is_unchanged``: it was checked before just as it would be now, and its report stayed.
    """

    folder: Path
    paths: Mapping[str, str]
    is_unchanged: bool = False

    @property
    def report(self) -> Report:
        """The report, read from its folder: those of a thousand stories are not all to be held in memory."""
        return read_report(self.folder)


@dataclass(frozen=True)
class Outcome:
    """What a command did; ``stopped`` is the error that cut it short, if one did.

    ``capped`` says, in one line, which cap was reached, if one was, ``interrupted`` that something was left
    unasked because the run was interrupted, if so, and ``awaited`` what waits in batches, if anything does.
    """

    checked: tuple[Checked, ...]
    index: Path | None
    stopped: EndpointError | None
    capped: str | None = None
    interrupted: str | None = None
    awaited: str | None = None


async def check_stories(
    stories: Sequence[Story],
    out: Path,
    settings: Settings,
    endpoint: Endpoint,
    progress: Progress,
    interruption: Interruption | None = None,
) -> Outcome:
    """Check ``stories`` and write each report into ``out`` as soon as it is there.

    ``out`` must be a prepared run directory. As many stories are under way as keep the endpoint busy. Once
    interrupted, they are brought to their end with what was answered, and the others are left. Raises an
    EndpointError when nothing at all was answered.
    """
    interruption = interruption or Interruption()
    path = answers_path(out, settings.cache)
    with (
        open_answers(path) as store,
        open_vectors(path.with_name(VECTORS)) as kept,
        shipped().keeping_in(kept),
    ):
        budget = (
            endpoint.deferred.budget
            if endpoint.deferred is not None
            else StoppableBudget(caps(settings), endpoint.price, interruption, store.refuse)
        )
        async with connect(endpoint, store, budget, again=settings.again) as llm:
            batch = _Batch(out, settings, llm, store, progress, interruption)
            await batch.check(stories)
    if batch.stopped is not None and not batch.checked:
        raise batch.stopped
    entries = [entry for _, entry in sorted(batch.entries.items())]
    index = None
    if len(stories) > 1:
        index = out / INDEX
        write_text(index, render_index(entries))
    is_cut_short = budget.left or any(entry.problem == NOT_BEGUN for entry in entries)
    return Outcome(
        tuple(done for _, done in sorted(batch.checked.items())),
        index,
        batch.stopped,
        budget.told(),
        TOLD if is_cut_short else None,
    )


class _Batch:
    """The stories of one command: what became of each, by its place among them."""

    def __init__(
        self,
        out: Path,
        settings: Settings,
        llm: Llm,
        answers: Answers,
        progress: Progress,
        interruption: Interruption,
    ) -> None:
        self.checked: dict[int, Checked] = {}
        self.entries: dict[int, IndexEntry] = {}
        self.stopped: EndpointError | None = None
        self._size = 0
        self._out = out
        self._answers = answers
        self._settings = settings.shown()
        self._prompts = Prompts.load(settings.prompts)
        self._fitted = chosen_map(settings.calibration, llm.endpoint.model)
        self._llm = llm
        self._progress = progress
        self._interruption = interruption
        self._lanes = max(1, llm.endpoint.concurrency // IN_FLIGHT_A_STORY)  # stories side by side
        self._has_begun = False
        self._has_failed = False

    async def check(self, stories: Sequence[Story]) -> None:
        """Check all stories; after an error, those under way are brought to their end before it is raised."""
        self._size = len(stories)
        waiting = iter(enumerate(stories))

        async def work() -> None:
            for place, story in waiting:
                if not self._has_failed:
                    await self._check_next(place, story)

        ended = await asyncio.gather(*(work() for _ in range(self._lanes)), return_exceptions=True)
        for error in ended:
            if error is not None:
                raise error

    def _making(self) -> Making:
        endpoint, lacks = self._llm.endpoint, self._llm.trace.lacks
        return Making(endpoint, self._prompts, self._settings, self._fitted, self._answers, lacks)

    async def _check_next(self, place: int, story: Story) -> None:
        if self.stopped is not None or (self._interruption.is_asked and self._has_begun):
            left = str(self.stopped) if self.stopped is not None else NOT_BEGUN
            self.entries[place] = IndexEntry(name=story.name, problem=left)
            return
        self._has_begun = True
        try:
            with about(story=story.name):
                await self._check(place, story)
        except EndpointError as error:
            self.stopped = error
            self.entries[place] = IndexEntry(name=story.name, problem=str(error))
        except BaseException:
            self._has_failed = True
            raise

    async def _check(self, place: int, story: Story) -> None:
        folder, to_index = (self._out, None) if self._size == 1 else (self._out / story.name, TO_INDEX)
        report = unchanged(folder, story, self._making())
        if report is not None:
            emit("story_unchanged", articles=len(story.articles))
            paths = kept_files(folder, report, index_href=to_index)
            self.checked[place] = Checked(folder, paths, is_unchanged=True)
        else:
            emit("story_started", articles=len(story.articles))
            llm = self._llm.for_story()
            judge = Judge(llm, self._prompts.screen, self._fitted)
            report, stopped = await check_story(
                story, llm, judge, self._prompts, self._progress, self._settings
            )
            self.stopped = self.stopped or stopped
            make_folder(folder)
            clear_half_written(folder)
            record = record_run(report, llm.trace, self._fitted)
            self.checked[place] = Checked(folder, write_files(folder, report, record, index_href=to_index))
        self.entries[place] = index_entry(report, f"{story.name}/report.html", read_decisions(folder))
        if len(self.checked) % self._lanes == 0:  # those under way have to read again what they need
            forget()


def caps(settings: Settings) -> Caps:
    """Return the most that may be spent."""
    return Caps(settings.max_cost_usd, settings.max_tokens, settings.max_calls, settings.max_time_s)
