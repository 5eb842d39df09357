"""Writes the files of one story's report."""

from collections.abc import Mapping
from pathlib import Path

from pipeline.report import render_html, render_markdown
from pipeline.store import write_report, write_text
from schemas.report import Report


def write_files(folder: Path, report: Report) -> Mapping[str, str]:
    """Write report.json, report.html and report.md into ``folder``; return their paths by name."""
    paths = {"report.json": str(write_report(folder, report))}
    for name, text in (("report.md", render_markdown(report)), ("report.html", render_html(report))):
        write_text(folder / name, text)
        paths[name] = str(folder / name)
    return paths
