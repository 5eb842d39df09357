"""Tells whether a story was checked before just as it would be checked now: then its report can stay.

Model, prompts, settings, code and data have to be those of run.json, the articles those of report.json, and
that as the run wrote it; the same answers can then only come to the same report.
"""

from collections.abc import Mapping
from pathlib import Path

from pipeline.endpoint import Endpoint
from pipeline.errors import InputError
from pipeline.provenance import made_by, sidecars
from pipeline.publish import write_pages
from pipeline.run import Prompts, report_article
from pipeline.store import REPORT, RUN, read_decisions, read_report, read_run
from pipeline.trace import sha256
from pipeline.verifier.stance import StanceMap
from schemas.article import Story
from schemas.report import Report
from schemas.run import RunRecord


def unchanged(
    folder: Path,
    story: Story,
    endpoint: Endpoint,
    prompts: Prompts,
    settings: Mapping[str, str],
    fitted: StanceMap | None,
) -> Report | None:
    """Return the report in ``folder`` where checking ``story`` now could not come to another, else None.

    A report that lacks an answer never stays.
    """
    if not (folder / RUN).is_file():
        return None
    try:
        record = read_run(folder)
        run = record.run
        if (
            not run.complete
            or record.unanswered
            or record.story != story.name
            or (run.model, run.endpoint) != (endpoint.model, endpoint.name)
            or (run.model_sha256, run.engine) != (endpoint.model_sha256, endpoint.engine)
            or run.prompts != prompts.used()
            or run.settings != settings
            or record.made_by != made_by(fitted)
            or record.sidecars != sidecars(article.path for article in story.articles)
            or not _is_as_written(folder, record, REPORT)
        ):
            return None
        report = read_report(folder)
    except InputError:  # there is no run, or none that can be read
        return None
    origins = {article.id: article.origin for article in report.articles}
    read = tuple(report_article(a, origins.get(a.id, "")) for a in story.articles)
    return report if (report.articles, report.skipped) == (read, story.skipped) else None


def kept_files(folder: Path, report: Report, *, index_href: str | None = None) -> Mapping[str, str]:
    """Return the paths of the files of a ``report`` that stays, by name.

    Pages are written anew where there are decisions, or where one is not as the run wrote it. Raises
    InputError as ``write_files`` does.
    """
    record = read_run(folder)
    if read_decisions(folder) or not all(_is_as_written(folder, record, name) for name in record.files):
        write_pages(folder, report, index_href=index_href)
    return {name: str(folder / name) for name in record.files}


def _is_as_written(folder: Path, record: RunRecord, name: str) -> bool:
    path = folder / name
    try:
        return path.is_file() and sha256(path.read_bytes()) == record.files.get(name)
    except OSError:
        return False
