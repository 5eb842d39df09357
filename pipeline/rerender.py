"""Writes the pages of stored runs again: of one story, or of every story of a batch and its index."""

from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import store
from pipeline.errors import InputError
from pipeline.publish import INDEX, TO_INDEX, write_pages
from pipeline.report import IndexEntry, index_entry, render_index
from pipeline.report.index import unreported
from pipeline.report.text import one_line


@dataclass(frozen=True)
class Rerendered:
    """The pages that were written, the index last, and a line on each story that could not be."""

    pages: tuple[str, ...]
    problems: tuple[str, ...] = ()


def rerender(out: Path) -> Rerendered:
    """Write the pages of the run, or the batch of runs, in ``out`` again from each report.json.

    A story of a batch that cannot be read or written is in the index with the reason, and the others go on.
    Raises InputError where ``out`` holds no run, or its one run cannot be read or written.
    """
    folders = store.story_folders(out)
    if not folders:
        return Rerendered((write_pages(out, store.read_report(out))["report.html"],))
    entries = [_again(folder, out) for folder in folders]
    index = out / INDEX
    known = {entry.name for entry in entries} | {folder.name for folder in folders}
    lost = [entry for entry in _unreported(index) if entry.name not in known]
    store.write_text(index, render_index([*entries, *lost]))
    return Rerendered(
        (*(str(out / entry.path) for entry in entries if entry.path), str(index)),
        tuple(entry.problem for entry in entries if entry.problem),
    )


def _again(folder: Path, out: Path) -> IndexEntry:
    """Write one story's pages again; what stood in the way is in its line of the index."""
    path = f"{folder.name}/report.html"
    try:
        store.refuse_way_out(folder, out)
        report = store.read_report(folder)
    except InputError as error:
        return IndexEntry(name=folder.name, problem=one_line(str(error)))
    try:
        write_pages(folder, report, index_href=TO_INDEX)
        return index_entry(report, path, store.read_decisions(folder))
    except InputError as error:
        there = path if (folder / "report.html").is_file() else None
        return replace(index_entry(report, path), path=there, problem=one_line(str(error)))


def _unreported(index: Path) -> tuple[IndexEntry, ...]:
    """Return the stories that only the last index knows of: those that a batch never got to."""
    try:
        return unreported(index.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ()
