"""index.html over a batch of stories: one line for each, those with most to look at first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from pipeline.report.page import INDEX_SCRIPTS, INDEX_STYLES, render_page
from pipeline.report.summary import severities, summarise
from schemas.contradiction import Severity
from schemas.report import Report
from schemas.verdict import Label


@dataclass(frozen=True)
class IndexEntry:
    """One story of a batch.

    ``path`` leads from the index to its report.html, with ``/`` between names, or is null where there is no
    report; ``problem`` then says why.
    """

    name: str
    path: str | None = None
    articles: int = 0
    claims: int = 0
    severities: Mapping[Severity, int] | None = None
    contradicted: int = 0
    unsupported: int = 0
    errors: int = 0
    is_complete: bool = False
    problem: str | None = None

    @property
    def href(self) -> str:
        """The link to the report, which a folder's name cannot turn into another scheme or host."""
        return "./" + quote(self.path or "", errors="surrogateescape")


def index_entry(report: Report, path: str) -> IndexEntry:
    """Return the line of one story whose report.html lies at ``path``, relative to the index."""
    summary = summarise(report)
    return IndexEntry(
        name=report.story,
        path=path,
        articles=len(report.articles),
        claims=len(report.claims),
        severities=severities(report),
        contradicted=summary.labels[Label.contradicted],
        unsupported=summary.labels[Label.unsupported],
        errors=summary.labels[Label.error],
        is_complete=not summary.gaps,
    )


def render_index(reports: Sequence[IndexEntry]) -> str:
    """Return index.html: stories without a report first, then those with the gravest contradictions."""
    ordered = sorted(reports, key=_rank)
    return render_page(
        "index.html.j2",
        styles=INDEX_STYLES,
        scripts=INDEX_SCRIPTS,
        entries=ordered,
        totals={
            severity: sum((entry.severities or {}).get(severity, 0) for entry in ordered)
            for severity in Severity
        },
        incomplete=sum(not entry.is_complete for entry in ordered),
        severity_names=tuple(Severity),
    )


def _rank(entry: IndexEntry) -> tuple[bool, tuple[int, ...], int, str]:
    found = entry.severities or {}
    return (
        entry.path is not None,
        tuple(-found.get(severity, 0) for severity in Severity),
        -entry.contradicted,
        entry.name,
    )
