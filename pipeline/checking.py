"""Checks one story and writes its files: what is done for each story of a command, wherever that is."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Settings
from pipeline.errors import EndpointError, InputError
from pipeline.llm import Llm
from pipeline.logs import about, emit
from pipeline.progress import Progress
from pipeline.provenance import record_run
from pipeline.publish import FILES, TO_INDEX, write_files
from pipeline.report import IndexEntry, index_entry
from pipeline.run import Prompts, check_story
from pipeline.store import Answers, is_url, make_folder, read_decisions, read_report, read_run
from pipeline.store.folder import clear_half_written
from pipeline.unchanged import Making, kept_files, unchanged
from pipeline.verifier.judge import Judge, chosen_map
from schemas.article import Story
from schemas.contradiction import Relation
from schemas.report import Report
from schemas.verdict import Label


@dataclass(frozen=True)
class Checked:
    """One story that has a report, in few words: a command over thousands holds no more of each.

    ``where`` is the folder of its report, a path or a URL. ``calls`` were sent for it now. ``is_unchanged``:
    it was checked before just as it would be now, and its report stayed. ``contradicted`` is the confidence
    of its surest contradiction, null where it has none. ``replaced`` is the story, if it was another,
    that the folder held a report on before. ``stopped`` is the error that cut it short, if one did.
    """

    where: str
    entry: IndexEntry
    labels: frozenset[Label]
    calls: int
    is_complete: bool
    has_failures: bool
    is_unchanged: bool = False
    contradicted: float | None = None
    replaced: str | None = None
    stopped: EndpointError | None = None

    @property
    def folder(self) -> Path:
        """The folder of the report, where it is one of this machine."""
        return Path(self.where)

    @property
    def paths(self) -> Mapping[str, str]:
        """The paths, or URLs, of the files of the report, by name."""
        if is_url(self.where):
            return {name: f"{self.where}/{name}" for name in FILES}
        return {name: str(self.folder / name) for name in FILES}

    @property
    def report(self) -> Report:
        """The report, read from its folder: those of a thousand stories are not all to be held in memory."""
        return read_report(self.folder)


class Checker:
    """Checks stories, any number of them side by side, by one model."""

    def __init__(self, llm: Llm, settings: Settings, progress: Progress) -> None:
        self._llm = llm
        self._settings = settings.shown()
        self._prompts = Prompts.load(settings.prompts)
        self._fitted = chosen_map(settings.calibration, llm.endpoint.model)
        self._progress = progress

    async def check(self, story: Story, folder: Path, answers: Answers, *, is_batch: bool) -> Checked:
        """Check ``story``, unless nothing has changed since, and write its files into ``folder``.

        Raises an EndpointError when nothing at all was answered, and InputError where something cannot be
        stored or written.
        """
        llm = self._llm.for_story(answers)
        with about(story=story.name):
            return await self._check(story, folder, llm, answers, is_batch=is_batch)

    async def _check(
        self, story: Story, folder: Path, llm: Llm, answers: Answers, *, is_batch: bool
    ) -> Checked:
        to_index = TO_INDEX if is_batch else None
        stopped: EndpointError | None = None
        replaced: str | None = None
        now = Making(llm.endpoint, self._prompts, self._fitted, answers, llm.trace.lacks)
        kept = unchanged(folder, story, now)
        if kept is not None:
            emit("story_unchanged", articles=len(story.texts))
            kept_files(folder, kept, index_href=to_index)
            report = kept
        else:
            emit("story_started", articles=len(story.texts))
            judge = Judge(llm, self._prompts.screen, self._fitted)
            report, stopped = await check_story(
                story, llm, judge, self._prompts, self._progress, self._settings
            )
            if not is_batch:  # there, each story has a folder by its name
                replaced = _other_story(folder, story)
            make_folder(folder)
            clear_half_written(folder)
            record = record_run(report, llm.trace, self._fitted)
            write_files(folder, report, record, index_href=to_index)
        return Checked(
            where=str(folder),
            entry=index_entry(report, f"{story.name}/report.html", read_decisions(folder)),
            labels=frozenset(claim.verdict.label for claim in report.claims),
            calls=0 if kept is not None else report.run.calls,
            is_complete=report.run.complete,
            has_failures=bool(report.run.failures),
            is_unchanged=kept is not None,
            contradicted=_surest(report),
            replaced=replaced,
            stopped=stopped,
        )


def _other_story(folder: Path, story: Story) -> str | None:
    """Return the name of the story that ``folder`` holds a report on, where ``story`` is another."""
    with suppress(InputError):  # there is none, or none that can be read
        name = read_run(folder).story
        return name if name != story.name else None
    return None


def _surest(report: Report) -> float | None:
    """Return the confidence of the surest contradiction; a claim on no side of one is one by itself."""
    found = [one for one in report.contradictions if one.relation is Relation.contradiction]
    linked = {side.claim_id for one in found for side in one.sides}
    alone = (
        claim.verdict.confidence
        for claim in report.claims
        if claim.verdict.label is Label.contradicted and claim.id not in linked
    )
    return max([*(one.confidence for one in found), *alone], default=None)
