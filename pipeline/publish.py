"""Writes the files of one story's report."""

from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import InputError
from pipeline.report import render_html, render_markdown
from pipeline.store import read_decisions, write_report, write_text
from schemas.report import Report


def write_files(folder: Path, report: Report) -> Mapping[str, str]:
    """Write report.json, report.html and report.md into ``folder``; return their paths by name.

    What reviewers decided about the story is in report.html. Raises InputError when that cannot be read, but
    not before everything is written without it.
    """
    unread: InputError | None = None
    try:
        decisions = read_decisions(folder)
    except InputError as error:
        decisions, unread = (), error
    paths = {"report.json": str(write_report(folder, report))}
    pages = (("report.md", render_markdown(report)), ("report.html", render_html(report, decisions)))
    for name, text in pages:
        write_text(folder / name, text)
        paths[name] = str(folder / name)
    if unread is not None:
        raise unread
    return paths
