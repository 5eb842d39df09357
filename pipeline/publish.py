"""Writes the files of a story's report, with the record of the run that made it, and the index of a batch."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pipeline.errors import InputError
from pipeline.logs import about, emit
from pipeline.report import IndexEntry, render_html, render_index, render_markdown
from pipeline.store import REPORT, Layout, read_decisions, report_text, write_run, write_text
from pipeline.store.objects import write_whole
from pipeline.trace import sha256
from schemas.decision import Decision
from schemas.report import Report
from schemas.run import RunRecord

PAGE: Final = "report.html"
FILES: Final = (REPORT, "report.md", PAGE)
INDEX: Final = "index.html"
TO_INDEX: Final = f"../{INDEX}"  # from the page of a story of a batch


def write_files(
    folder: Path, report: Report, record: RunRecord | None = None, *, index_href: str | None = None
) -> Mapping[str, str]:
    """Write report.json, report.html and report.md into ``folder``; return their paths by name.

    The ``record`` of the run, where there is one, goes into run.json with the hashes of the others. What
    reviewers decided about the story is in report.html, and ``index_href`` leads from it to the index of its
    batch. Raises InputError when the decisions cannot be read, but not before all is written without them.
    """
    decisions, unread = _decided(folder)
    paths, plain = {}, {}
    with about(story=report.story):
        for name, text in rendered(report, index_href=index_href):
            plain[name] = sha256(text.encode())
            page = (
                render_html(report, decisions, index_href=index_href) if decisions and name == PAGE else text
            )
            paths[name] = _write(folder / name, page)
        if record is not None:
            path = write_run(folder, record.model_copy(update={"files": plain}))
            emit("file_written", path=str(path))
            _log_end(report)
    if unread is not None:
        raise unread
    return paths


def write_index(layout: Layout, entries: Sequence[IndexEntry]) -> str:
    """Write the index of a batch over ``entries``; return its path or URL."""
    path = layout.within(INDEX)
    write_whole(path, render_index(entries))
    return path


def write_pages(folder: Path, report: Report, *, index_href: str | None = None) -> Mapping[str, str]:
    """Write report.html and report.md of the report.json in ``folder`` anew; return their paths by name.

    Raises InputError as ``write_files`` does.
    """
    decisions, unread = _decided(folder)
    with about(story=report.story):
        pages = _pages(report, decisions, index_href)
        paths = {name: _write(folder / name, text) for name, text in pages}
    if unread is not None:
        raise unread
    return paths


def _decided(folder: Path) -> tuple[Sequence[Decision], InputError | None]:
    """Return what reviewers decided, or why that cannot be read."""
    try:
        return read_decisions(folder), None
    except InputError as error:
        return (), error


def _write(path: Path, text: str) -> str:
    """Write one file and return its path."""
    write_text(path, text)
    emit("file_written", path=str(path), characters=len(text))
    return str(path)


def rendered(report: Report, *, index_href: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield the name of each file of a report, and what it holds; report.json, which needs no page, first.

    The pages are those without any decision. Each text is made when it is asked for, as it can be large.
    """
    yield REPORT, report_text(report)
    yield from _pages(report, (), index_href)


def _pages(
    report: Report, decisions: Sequence[Decision], index_href: str | None
) -> Iterator[tuple[str, str]]:
    yield FILES[1], render_markdown(report)
    yield PAGE, render_html(report, decisions, index_href=index_href)


def hashes(report: Report, index_href: str | None = None) -> dict[str, str]:
    """Return the SHA-256 of the files of ``report``, by name, as they are before anybody decided anything."""
    return {name: sha256(text.encode()) for name, text in rendered(report, index_href=index_href)}


def _log_end(report: Report) -> None:
    run = report.run
    emit(
        "story_finished",
        complete=run.complete,
        claims=run.coverage.claims,
        errors=run.coverage.errors,
        contradictions=len(report.contradictions),
        calls=run.calls,
        cached_calls=run.cached_calls,
        tokens_in=run.tokens_in,
        cached_tokens_in=run.cached_tokens_in,
        tokens_out=run.tokens_out,
        seconds=round((run.finished_at - run.started_at).total_seconds(), 3),
    )
