"""Has an engine check one story or many: a report for each, and an index over a batch."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.budget import Caps
from pipeline.checking import Checked
from pipeline.config import Settings
from pipeline.engines import Engine, NotBegun, Unreported
from pipeline.engines.inline import IN_FLIGHT_A_STORY, inline
from pipeline.errors import EndpointError
from pipeline.interruption import NOT_BEGUN, TOLD, Interruption, StoppableBudget
from pipeline.llm import Endpoint
from pipeline.progress import Progress
from pipeline.publish import write_index
from pipeline.report import IndexEntry
from pipeline.report.text import one_line
from pipeline.store import Layout
from schemas.article import Story

__all__ = ["IN_FLIGHT_A_STORY", "Checked", "Outcome", "caps", "check_by", "check_stories"]


@dataclass(frozen=True)
class Outcome:
    """What a command did; ``stopped`` is the error that cut it short, if one did.

    ``entries`` are the lines of all stories in the index, those without a report among them.
    ``index`` is the path or URL of the index of a batch. ``capped`` says, in one line, which cap was reached,
    if one was, ``interrupted`` that something was left unasked because the run was interrupted, if so,
    ``unreported`` that stories have no report, if so, and ``awaited`` what waits in batches. ``unbegun``
    counts the stories that got no turn.
    """

    checked: tuple[Checked, ...]
    index: str | None
    stopped: EndpointError | None
    capped: str | None = None
    interrupted: str | None = None
    unreported: str | None = None
    awaited: str | None = None
    entries: tuple[IndexEntry, ...] = ()
    unbegun: int = 0

    @property
    def lacks(self) -> str | None:
        """Why something has no report, or not a whole one, as far as that is no single story's affair."""
        ended = str(self.stopped) if self.stopped is not None else self.interrupted or self.awaited
        return " ".join(line for line in (ended, self.unreported) if line) or None

    @property
    def is_complete(self) -> bool:
        """Tell whether each story has a report, and a whole one."""
        return self.lacks is None and not self.unbegun and all(done.is_complete for done in self.checked)


class Stories(Protocol):
    """Stories in their order, held or read as they come."""

    def __len__(self) -> int:
        """Return how many there are."""

    def __iter__(self) -> Iterator[Story]:
        """Yield them."""


async def check_stories(
    stories: Stories,
    out: Path,
    settings: Settings,
    endpoint: Endpoint,
    progress: Progress,
    interruption: Interruption | None = None,
) -> Outcome:
    """Check ``stories`` in this process, and write each report into ``out`` as soon as it is there.

    ``out`` must be a prepared run directory. As many stories are under way as keep the endpoint busy. Once
    interrupted, they are brought to their end with what was answered, and the others are left. Raises an
    EndpointError when nothing at all was answered.
    """
    interruption = interruption or Interruption()
    layout = Layout(str(out), is_batch=len(stories) > 1)

    def budgeting(refuse: Callable[[], None]) -> StoppableBudget:
        return StoppableBudget(caps(settings), endpoint.price, interruption, refuse)

    async with inline(layout, settings, endpoint, progress, budgeting) as engine:
        return await check_by(engine, stories, layout, interruption)


async def check_by(engine: Engine, stories: Stories, layout: Layout, interruption: Interruption) -> Outcome:
    """Check ``stories`` by ``engine`` as ``check_stories`` does; each is read when its turn comes."""
    batch = _Batch(engine, interruption)
    await batch.check(stories)
    if batch.stopped is not None and not batch.checked:
        raise batch.stopped
    ending = await engine.ended()
    entries = [entry for _, entry in sorted(batch.entries.items())]
    index = write_index(layout, entries) if layout.is_batch else None
    is_cut_short = ending.is_cut_short or any(entry.problem == NOT_BEGUN for entry in entries)
    return Outcome(
        tuple(done for _, done in sorted(batch.checked.items())),
        index,
        batch.stopped,
        ending.capped,
        TOLD if is_cut_short else None,
        batch.unreported(),
        entries=tuple(entries),
        unbegun=batch.unbegun,
    )


class _Batch:
    """The stories of one command: what became of each, by its place among them."""

    def __init__(self, engine: Engine, interruption: Interruption) -> None:
        self.checked: dict[int, Checked] = {}
        self.entries: dict[int, IndexEntry] = {}
        self.stopped: EndpointError | None = None
        self.unbegun = 0
        self._engine = engine
        self._interruption = interruption
        self._lost: list[str] = []
        self._has_begun = False
        self._has_failed = False

    async def check(self, stories: Stories) -> None:
        """Check all stories; after an error, those under way are brought to their end before it is raised."""
        waiting = iter(enumerate(stories))

        async def work() -> None:
            for place, story in waiting:
                if not self._has_failed:
                    await self._check_next(place, story)

        lanes = min(self._engine.lanes, len(stories))
        ended = await asyncio.gather(*(work() for _ in range(lanes)), return_exceptions=True)
        for error in ended:
            if error is not None:
                raise error

    def unreported(self) -> str | None:
        """Return, in one line, that stories have no report, and why the first has none."""
        if not self._lost:
            return None
        more = f", and {len(self._lost) - 1} more" if len(self._lost) > 1 else ""
        return f"no report on {self._lost[0]}{more}; the same command again tries once more."

    async def _check_next(self, place: int, story: Story) -> None:
        if self._interruption.is_asked and self._has_begun:
            self.entries[place] = IndexEntry(name=story.name, title=story.title, problem=NOT_BEGUN)
            self.unbegun += 1
            return
        self._has_begun = True
        try:
            checked = await self._engine.check(story)
        except EndpointError as error:
            self.stopped = self.stopped or error
            self.entries[place] = IndexEntry(name=story.name, title=story.title, problem=str(error))
        except NotBegun as error:
            self.unbegun += 1
            self.entries[place] = IndexEntry(name=story.name, title=story.title, problem=str(error))
        except Unreported as error:
            self._lost.append(f"{one_line(story.name)} ({error})")
            self.entries[place] = IndexEntry(name=story.name, title=story.title, problem=str(error))
        except BaseException:
            self._has_failed = True
            raise
        else:
            self.stopped = self.stopped or checked.stopped
            self.checked[place] = checked
            self.entries[place] = checked.entry


def caps(settings: Settings) -> Caps:
    """Return the most that may be spent."""
    return Caps(settings.max_cost_usd, settings.max_tokens, settings.max_calls, settings.max_time_s)
