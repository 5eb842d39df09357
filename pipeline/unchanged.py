"""Tells whether a story was checked before just as it would be checked now: then its report can stay.

Model, prompts, code, data and stored answers have to be those of run.json, the articles those of
report.json, and that as the run wrote it: then nothing else can come of it. Settings bound what a run takes:
one that is complete would be the same with others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.endpoint import Endpoint
from pipeline.errors import InputError
from pipeline.provenance import made_by, sidecars
from pipeline.publish import FILES, PAGE, TO_INDEX, write_pages
from pipeline.run import Prompts
from pipeline.store import REPORT, RUN, Answers, read_decisions, read_report, read_run
from pipeline.trace import digest, sha256
from pipeline.verifier.stance import StanceMap
from pipeline.work import report_articles
from schemas.article import Story
from schemas.report import Report
from schemas.run import RunRecord


@dataclass(frozen=True)
class Making:
    """All that makes a report now, but for the articles; ``lacks`` is what the endpoint is known to lack."""

    endpoint: Endpoint
    prompts: Prompts
    fitted: StanceMap | None
    answers: Answers
    lacks: tuple[str, ...]


def unchanged(folder: Path, story: Story, now: Making) -> Report | None:
    """Return the report in ``folder`` where checking ``story`` now could not come to another, else None.

    A report that lacks an answer never stays.
    """
    if not (folder / RUN).is_file():
        return None
    try:
        record = read_run(folder)
        if not _is_made_alike(record, now) or not _is_as_written(folder, record, REPORT):
            return None
        if record.sidecars != sidecars(article.path for article in story.texts):
            return None
        report = read_report(folder)
    except InputError:  # there is no run, or none that can be read
        return None
    origins = {article.id: article.origin for article in report.articles}
    read = report_articles(story, origins)
    was = (report.story, report.title, report.articles, report.skipped, report.left_out)
    return report if was == (story.name, story.title, read, story.skipped, story.left_out) else None


def _is_made_alike(record: RunRecord, now: Making) -> bool:
    run, endpoint = record.run, now.endpoint
    return (
        run.complete
        and not record.unanswered
        and (run.model, run.endpoint) == (endpoint.model, endpoint.name)
        and (run.model_sha256, run.engine) == (endpoint.model_sha256, endpoint.engine)
        and run.prompts == now.prompts.used()
        and record.made_by == made_by(now.fitted)
        and record.lacks == now.lacks
        and all(_is_stored(now.answers, short, wanted) for short, wanted in record.answers.items())
    )


def _is_stored(answers: Answers, short: str, wanted: str) -> bool:
    stored = answers.begun_by(short)
    return stored is not None and digest(stored) == wanted


def kept_files(folder: Path, report: Report, *, index_href: str | None = None) -> Mapping[str, str]:
    """Return the paths of the files of a ``report`` that stays, by name.

    Pages are written anew where there are decisions, where one is not as the run wrote it, or where it leads
    to an index that it no longer has. Raises InputError as ``write_files`` does.
    """
    record = read_run(folder)
    is_whole = all(_is_as_written(folder, record, name) for name in FILES)
    if not is_whole or read_decisions(folder) or _leads_to_index(folder) != (index_href is not None):
        write_pages(folder, report, index_href=index_href)
    return {name: str(folder / name) for name in FILES}


def _leads_to_index(folder: Path) -> bool:
    return f'href="{TO_INDEX}"' in (folder / PAGE).read_text(encoding="utf-8")


def _is_as_written(folder: Path, record: RunRecord, name: str) -> bool:
    path = folder / name
    try:
        return path.is_file() and sha256(path.read_bytes()) == record.files.get(name)
    except OSError:
        return False
