"""What a check found, as the library gives it: typed records, rows for a data frame, pages, a picture."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import InputError
from pipeline.export.asked import What
from pipeline.export.rows import rows
from pipeline.export.stored import Stored
from pipeline.publish import TO_INDEX, write_files, write_index
from pipeline.report import index_entry, render_html
from pipeline.report.notebook import render_notebook
from pipeline.report.summary import summarise
from pipeline.report.text import one_line
from pipeline.store import Layout, make_folder, prepare_run_directory
from schemas.contradiction import Contradiction
from schemas.report import Report, ReportClaim


@dataclass(frozen=True)
class Run:
    """A check that was made: the report of each story, in the order of the stories.

    ``folder`` is where the reports lie, None where they are kept here alone. ``is_complete``: each story has
    a report, and nothing is missing in any; ``lacks`` says in a line what cut the run short, if anything did.
    """

    reports: tuple[Report, ...]
    folder: Path | None = None
    is_complete: bool = True
    lacks: str | None = None

    @property
    def report(self) -> Report:
        """The report of the only story. Raises InputError where there are several, or none."""
        if len(self.reports) != 1:
            raise InputError(f"The run has {len(self.reports)} reports: take one of its reports.")
        return self.reports[0]

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """The findings of all stories, strongest first in each; ``relation`` tells updates from conflicts."""
        return tuple(found for report in self.reports for found in report.contradictions)

    @property
    def claims(self) -> tuple[ReportClaim, ...]:
        """The claims of all stories, each with its verdict."""
        return tuple(claim for report in self.reports for claim in report.claims)

    def to_rows(self, what: Literal["findings", "claims"] = "findings") -> list[dict[str, object]]:
        """Return flat rows of plain values, with the fields of an export, say for ``pandas.DataFrame``."""
        stored = [Stored(report) for report in self.reports]
        return [row.model_dump(mode="json") for row in rows(stored, What(what))]

    def html(self, story: str | None = None) -> str:
        """Return the page of the report of ``story``, which may be left out where there is only one.

        Raises InputError where no story has that name.
        """
        if story is None:
            return render_html(self.report)
        report = next((report for report in self.reports if report.story == story), None)
        if report is None:
            raise InputError(f"The run has no story {one_line(story)!r}.")
        return render_html(report)

    def save(self, folder: str | Path) -> Path:
        """Write report.json, report.html and report.md into ``folder``, or those of each story and an index.

        Raises InputError where it cannot be written, or holds something that is no run of storycheck's.
        """
        out = Path(folder)
        prepare_run_directory(out)
        layout = Layout(str(out), is_batch=len(self.reports) > 1)
        for report in self.reports:
            place = Path(layout.folder(report.story))
            make_folder(place)
            write_files(place, report, index_href=TO_INDEX if layout.is_batch else None)
        if layout.is_batch:
            write_index(layout, [index_entry(r, f"{r.story}/report.html") for r in self.reports])
        return out

    def __repr__(self) -> str:
        """Say what was found, a line a story."""
        told = [f"{one_line(report.label)}: {summarise(report).result}" for report in self.reports]
        return "\n".join(told) or "no report"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the flags with both sentences, and who says what as a picture."""
        return render_notebook(self.reports)
