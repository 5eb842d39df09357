"""Makes a report again from stored answers alone, and tells what is otherwise than when it was made.

Times, counts and what was spent come from run.json, all else is computed: articles are those kept in
report.json, questions find their answers in the store, and those that failed fail again. Nothing is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline import errors
from pipeline.altered import altered
from pipeline.config import Settings
from pipeline.endpoint import AnswerStore
from pipeline.keptanswers import KeptAnswers, endpoint_of
from pipeline.llm import connect
from pipeline.logs import about
from pipeline.progress import Progress
from pipeline.provenance import made_by
from pipeline.publish import INDEX, TO_INDEX, hashes, write_files
from pipeline.report import IndexEntry, index_entry, render_index
from pipeline.report.index import unreported
from pipeline.run import Prompts, check_story
from pipeline.store import (
    ANSWERS,
    answers_path,
    make_folder,
    open_answers,
    read_decisions,
    read_report,
    read_run,
    refuse_way_out,
    story_folders,
    write_text,
)
from pipeline.trace import sha256
from pipeline.verifier.judge import Judge, chosen_map
from schemas.article import Article, Story
from schemas.report import Report, ReportArticle, RunInfo
from schemas.run import RunRecord

# What no second run can come to by itself.
RECORDED: Final = (
    "started_at",
    "finished_at",
    "calls",
    "cached_calls",
    "tokens_in",
    "cached_tokens_in",
    "tokens_out",
    "cost_usd",
    "stages",
    "notes",
    "budget",
)


@dataclass(frozen=True)
class Replayed:
    """What came of one story: the files that came out otherwise, and a line on each thing changed since.

    ``missing`` counts the questions whose answers are not stored; ``entry`` is its line in an index.
    """

    differing: tuple[str, ...]
    changed: tuple[str, ...] = ()
    missing: int = 0
    entry: IndexEntry | None = None


async def replay_all(
    out: Path, to: Path | None, settings: Settings, progress: Progress
) -> dict[str, Replayed]:
    """Make the run, or each run of the batch, in ``out`` again, by the names of their folders.

    Files go into the run directory ``to``, if given; the page of the index is under its own name. Raises
    InputError where there is no run, or no store of its answers.
    """
    path = _answers(out, settings)
    folders = story_folders(out)
    done: dict[str, Replayed] = {}
    with open_answers(path) as answers:
        if not folders:
            return {out.name: await replay(out, to, answers, settings, progress)}
        for folder in folders:
            try:
                refuse_way_out(folder, out)
                into = to / folder.name if to is not None else None
                done[folder.name] = await replay(folder, into, answers, settings, progress, TO_INDEX)
            except errors.InputError as error:
                done[folder.name] = Replayed(("report.json",), (str(error),))
    return {**done, INDEX: _index(out, to, [r.entry for r in done.values() if r.entry is not None])}


def _answers(out: Path, settings: Settings) -> Path:
    path = out / ANSWERS if settings.cache is None else answers_path(out, settings.cache)
    if not path.is_file():
        raise errors.InputError(f"There are no answers at {path}: give the store of that run with --cache.")
    return path


def _index(out: Path, to: Path | None, entries: Sequence[IndexEntry]) -> Replayed:
    """Make the index again, with what only the old one knows: the stories that a batch never got to."""
    try:
        old = (out / INDEX).read_text(encoding="utf-8", errors="replace")
    except OSError:
        old = ""
    known = {entry.name for entry in entries}
    page = render_index([*entries, *(entry for entry in unreported(old) if entry.name not in known)])
    if to is not None:
        write_text(to / INDEX, page)
    is_decided = any(read_decisions(folder) for folder in story_folders(out))
    return Replayed(() if page == old or is_decided else (INDEX,))


async def replay(
    folder: Path,
    to: Path | None,
    answers: AnswerStore,
    settings: Settings,
    progress: Progress,
    index_href: str | None = None,
) -> Replayed:
    """Make the report of the run in ``folder`` again, and write its files into the folder ``to``, if given.

    Raises InputError where ``folder`` holds no run, or not the texts that its run.json is about.
    """
    record, stored = read_run(folder), read_report(folder)
    story = _story(record, stored)
    endpoint = endpoint_of(record)
    kept = KeptAnswers(record, answers, endpoint)
    prompts = Prompts.load({stage: used.version for stage, used in record.run.prompts.items()})
    fitted = chosen_map(settings.calibration, endpoint.model)
    async with connect(endpoint, kept) as model:
        llm = model.for_story(kept)
        judge = Judge(llm, prompts.screen, fitted)
        with about(story=record.story):
            made, _ = await check_story(story, llm, judge, prompts, progress, record.run.settings)
    report = made.model_copy(update={"run": as_recorded(made.run, record.run)})
    now = made_by(fitted)
    if to is not None:
        make_folder(to)
        write_files(
            to, report, record.model_copy(update={"run": report.run, "made_by": now}), index_href=index_href
        )
    return Replayed(
        tuple(
            name for name, sha256 in hashes(report, index_href).items() if record.files.get(name) != sha256
        ),
        (*altered(folder, record, report.run, now), *kept.altered()),
        len(kept.missing),
        index_entry(report, f"{folder.name}/report.html"),
    )


def as_recorded(made: RunInfo, recorded: RunInfo) -> RunInfo:
    """Return ``made`` with the times and counts of the run that it makes again."""
    return made.model_copy(update={name: getattr(recorded, name) for name in RECORDED})


def _story(record: RunRecord, stored: Report) -> Story:
    """Return the story as it was read. Raises InputError where the stored texts are not those checked."""
    kept = {article.id: article for article in stored.articles}
    for read in record.articles:
        article = kept.get(read.id)
        if article is None or sha256(article.text.encode("utf-8", "surrogatepass")) != read.sha256:
            raise errors.InputError(
                f"report.json does not hold the text of {read.path} as it was checked: put the report of "
                "that run back, or run storycheck check again, which asks nothing that was answered."
            )
    checked, sources = (
        tuple(_article(kept[read.id]) for read in record.articles if kept[read.id].is_source is is_source)
        for is_source in (False, True)
    )
    return Story(
        name=record.story,
        title=stored.title,
        articles=checked,
        skipped=stored.skipped,
        left_out=stored.left_out,
        sources=sources,
    )


def _article(stored: ReportArticle) -> Article:
    return Article(
        id=stored.id,
        path=stored.path,
        name=stored.name,
        title=stored.title,
        outlet=stored.outlet,
        published=stored.published,
        author=stored.author,
        url=stored.url,
        given_id=stored.given_id,
        file_sha256=stored.file_sha256,
        encoding=stored.encoding,
        text=stored.text,
        sentences=stored.sentences,
        notes=stored.notes,
        language=stored.language,
    )
