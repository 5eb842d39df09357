"""Checks one story or many, and writes what was found: a report for each, and an index over a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.budget import Budget, Caps
from pipeline.config import Settings
from pipeline.errors import EndpointError
from pipeline.llm import Endpoint, connect
from pipeline.progress import Progress
from pipeline.publish import write_files
from pipeline.report import IndexEntry, index_entry, render_index
from pipeline.run import Prompts, check_story
from pipeline.store import answers_path, make_folder, open_answers, read_decisions, write_text
from pipeline.verifier.judge import Judge, chosen_map
from schemas.article import Story
from schemas.report import Report


@dataclass(frozen=True)
class Checked:
    """One story's report, and the files it was written to by name."""

    report: Report
    paths: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """What a command did; ``stopped`` is the error that cut it short, if one did.

    ``capped`` says, in one line, which cap was reached, if one was.
    """

    checked: tuple[Checked, ...]
    index: Path | None
    stopped: EndpointError | None
    capped: str | None = None


async def check_stories(
    stories: Sequence[Story],
    out: Path,
    settings: Settings,
    endpoint: Endpoint,
    progress: Progress,
) -> Outcome:
    """Check ``stories`` one after the other and write each report into ``out`` as soon as it is there.

    ``out`` must be a prepared run directory. Raises an EndpointError when nothing at all was answered.
    """
    prompts = Prompts.load(settings.prompts)
    checked: list[Checked] = []
    entries: list[IndexEntry] = []
    stopped: EndpointError | None = None
    with open_answers(answers_path(out, settings.cache)) as store:
        async with connect(endpoint, store, Budget(_caps(settings), endpoint.price)) as llm:
            judge = Judge(llm, prompts.screen, chosen_map(settings.calibration, endpoint.model))
            for story in stories:
                if stopped is not None:
                    entries.append(IndexEntry(name=story.name, problem=str(stopped)))
                    continue
                try:
                    report, stopped = await check_story(
                        story, llm, judge, prompts, progress, settings.shown()
                    )
                except EndpointError as error:
                    if not checked:
                        raise
                    stopped = error
                    entries.append(IndexEntry(name=story.name, problem=str(error)))
                    continue
                folder = out if len(stories) == 1 else out / story.name
                make_folder(folder)
                checked.append(Checked(report, write_files(folder, report)))
                entries.append(index_entry(report, f"{story.name}/report.html", read_decisions(folder)))
    index = None
    if len(stories) > 1:
        index = out / "index.html"
        write_text(index, render_index(entries))
    return Outcome(tuple(checked), index, stopped, llm.budget.told())


def _caps(settings: Settings) -> Caps:
    return Caps(settings.max_cost_usd, settings.max_tokens, settings.max_calls, settings.max_time_s)
