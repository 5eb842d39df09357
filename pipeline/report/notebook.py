"""A run as a notebook shows it: its flags as a table, and each story's matrix as a picture.

It stands in a page of somebody else's, whose colours it takes: no style of ours is for more than one element.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.report.figure import COLUMN_WIDTH, TEXT_WIDTH, TINTS, Figure, figure
from pipeline.report.html import articles_by_id
from pipeline.report.matrix import SILENT, matrix
from pipeline.report.page import render_part
from pipeline.report.passage import Part, parts
from pipeline.report.summary import Summary, summarise
from pipeline.report.worst import shortened
from schemas.contradiction import Contradiction
from schemas.report import Report, ReportArticle

FLAGS: Final = 20  # that are shown of all stories
STORIES: Final = 10  # that are told of, with their pictures


@dataclass(frozen=True)
class _Side:
    article: ReportArticle
    says: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class _Flag:
    story: str
    finding: Contradiction
    sides: tuple[_Side, ...]


@dataclass(frozen=True)
class _Shown:
    """A story with what is said of it as a whole."""

    name: str
    summary: Summary
    figure: Figure | None


def render_notebook(reports: Sequence[Report]) -> str:
    """Return the HTML of all ``reports`` for the output of a notebook's cell: it runs no script."""
    flags = [flag for report in reports for flag in _flags(report)]
    ranked = sorted(flags, key=lambda flag: -flag.finding.confidence) if len(reports) > 1 else flags
    return render_part(
        "notebook.html.j2",
        stories=[_Shown(r.label, summarise(r), figure(matrix(r))) for r in reports[:STORIES]],
        left_out=max(0, len(reports) - STORIES),
        flags=ranked[:FLAGS],
        more=max(0, len(flags) - FLAGS),
        is_batch=len(reports) > 1,
        text=TEXT_WIDTH,
        column=COLUMN_WIDTH,
        TINTS=TINTS,
        SILENT=SILENT,
    )


def _flags(report: Report) -> list[_Flag]:
    article, summary = articles_by_id(report), summarise(report)
    return [
        _Flag(
            report.label,
            finding,
            tuple(
                _Side(
                    article(side.article_id),
                    summary.terms.says(article(side.article_id)),
                    shortened(parts(side.quote, side.span.start, side.differs)),
                )
                for side in finding.sides
            ),
        )
        for finding in report.contradictions
    ]
