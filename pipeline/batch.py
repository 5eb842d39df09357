"""Checks one story or many, and writes what was found: a report for each, and an index over a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.budget import Caps
from pipeline.config import Settings
from pipeline.errors import EndpointError
from pipeline.interruption import NOT_BEGUN, TOLD, Interruption, StoppableBudget
from pipeline.llm import Endpoint, connect
from pipeline.logs import about, emit
from pipeline.progress import Progress
from pipeline.provenance import record_run
from pipeline.publish import INDEX, TO_INDEX, write_files
from pipeline.remembered import forget
from pipeline.report import IndexEntry, index_entry, render_index
from pipeline.run import Prompts, check_story
from pipeline.store import answers_path, make_folder, open_answers, read_decisions, read_report, write_text
from pipeline.store.folder import clear_half_written
from pipeline.verifier.judge import Judge, chosen_map
from schemas.article import Story
from schemas.report import Report


@dataclass(frozen=True)
class Checked:
    """One story that was checked: the folder of its report, and the files written there by name."""

    folder: Path
    paths: Mapping[str, str]

    @property
    def report(self) -> Report:
        """The report, read from its folder: those of a thousand stories are not all to be held in memory."""
        return read_report(self.folder)


@dataclass(frozen=True)
class Outcome:
    """What a command did; ``stopped`` is the error that cut it short, if one did.

    ``capped`` says, in one line, which cap was reached, if one was, and ``interrupted`` that something was
    left unasked because the run was interrupted, if so.
    """

    checked: tuple[Checked, ...]
    index: Path | None
    stopped: EndpointError | None
    capped: str | None = None
    interrupted: str | None = None


async def check_stories(
    stories: Sequence[Story],
    out: Path,
    settings: Settings,
    endpoint: Endpoint,
    progress: Progress,
    interruption: Interruption | None = None,
) -> Outcome:
    """Check ``stories`` one after the other and write each report into ``out`` as soon as it is there.

    ``out`` must be a prepared run directory. Once interrupted, the story under way is brought to its end with
    what was answered, and the others are left. Raises an EndpointError when nothing at all was answered.
    """
    interruption = interruption or Interruption()
    prompts = Prompts.load(settings.prompts)
    checked: list[Checked] = []
    entries: list[IndexEntry] = []
    stopped: EndpointError | None = None
    with open_answers(answers_path(out, settings.cache)) as store:
        budget = StoppableBudget(_caps(settings), endpoint.price, interruption, store.refuse)
        async with connect(endpoint, store, budget) as llm:
            fitted = chosen_map(settings.calibration, endpoint.model)
            judge = Judge(llm, prompts.screen, fitted)
            for story in stories:
                if stopped is not None or (interruption.is_asked and entries):
                    left = str(stopped) if stopped is not None else NOT_BEGUN
                    entries.append(IndexEntry(name=story.name, problem=left))
                    continue
                trace = llm.begin_trace()
                try:
                    with about(story=story.name):
                        emit("story_started", articles=len(story.articles))
                        report, stopped = await check_story(
                            story, llm, judge, prompts, progress, settings.shown()
                        )
                except EndpointError as error:
                    if not checked:
                        raise
                    stopped = error
                    entries.append(IndexEntry(name=story.name, problem=str(error)))
                    continue
                folder, to_index = (out, None) if len(stories) == 1 else (out / story.name, TO_INDEX)
                make_folder(folder)
                clear_half_written(folder)
                record = record_run(report, trace, fitted)
                checked.append(Checked(folder, write_files(folder, report, record, index_href=to_index)))
                entries.append(index_entry(report, f"{story.name}/report.html", read_decisions(folder)))
                forget()
    index = None
    if len(stories) > 1:
        index = out / INDEX
        write_text(index, render_index(entries))
    is_cut_short = budget.left or any(entry.problem == NOT_BEGUN for entry in entries)
    return Outcome(tuple(checked), index, stopped, budget.told(), TOLD if is_cut_short else None)


def _caps(settings: Settings) -> Caps:
    return Caps(settings.max_cost_usd, settings.max_tokens, settings.max_calls, settings.max_time_s)
