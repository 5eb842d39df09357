"""index.html over a batch of stories: the worst findings of all, and one line for each story."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote

from markupsafe import Markup

from pipeline.report.html import articles_by_id
from pipeline.report.page import INDEX_SCRIPTS, INDEX_STYLES, render_page
from pipeline.report.summary import Summary, summarise
from pipeline.report.text import clip
from pipeline.report.words import counted
from pipeline.report.worst import LONGEST_NAME, Found, contradictions_found, unlike, worst
from schemas.article import Skipped
from schemas.contradiction import ConflictKind, Relation, Severity
from schemas.decision import Decision, Ruling
from schemas.report import Report
from schemas.verdict import Label

_UNREPORTED: Final = re.compile(r'<script type="application/json" id="unreported">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True)
class IndexEntry:
    """One story of a batch: ``name`` is its folder's, ``title`` what it is called, if that is known.

    ``path`` leads from the index to its report.html, with ``/`` between names, or is null where there is no
    report; ``problem`` then says why. ``severities`` counts the contradictions that nobody dismissed,
    ``found`` holds them, and ``findings`` counts everything that can be decided. ``gaps`` says what was not
    checked, ``latest`` when the last article was published, ``words`` what a search finds the story by, and
    ``left_out`` what is in no story of the batch, as far as this one tells of it.
    """

    name: str
    path: str | None = None
    title: str | None = None
    articles: int = 0
    claims: int = 0
    severities: Mapping[Severity, int] | None = None
    contradicted: int = 0
    unsupported: int = 0
    errors: int = 0
    is_complete: bool = False
    problem: str | None = None
    dismissed: int = 0
    updates: int = 0
    speakers_differ: int = 0
    findings: int = 0
    decided: int = 0
    latest: date | None = None
    gaps: tuple[str, ...] = ()
    found: tuple[Found, ...] = ()
    words: str = ""
    left_out: tuple[Skipped, ...] = ()

    @property
    def href(self) -> str:
        """The link to the report, which a folder's name cannot turn into another scheme or host."""
        return "./" + quote(_as_bytes(self.path or ""))

    @property
    def label(self) -> str:
        """What to call the story in front of a reader: its title, else its name."""
        return self.title or self.name

    @property
    def short_label(self) -> str:
        """The same as a list of findings shows it, cut where it is very long."""
        return clip(self.label, LONGEST_NAME)

    @property
    def contradictions(self) -> int:
        """How many contradictions nobody dismissed."""
        return sum((self.severities or {}).values())

    @property
    def kinds(self) -> tuple[ConflictKind, ...]:
        """The kinds of contradiction it has, in the order of the enum."""
        kinds = {finding.kind for finding in self.found}
        return tuple(kind for kind in ConflictKind if kind in kinds)

    def link(self, finding: Found) -> str:
        """Return the link to one finding in the report."""
        return f"{self.href}#finding-{quote(_as_bytes(finding.id))}"


def _as_bytes(name: str) -> bytes:
    """Return a file's name as it is on disk; what can be none, as UTF-8 that says less."""
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return name.encode("utf-8", "replace")


def index_entry(report: Report, path: str, decisions: Sequence[Decision] = ()) -> IndexEntry:
    """Return the line of one story whose report.html lies at ``path``, relative to the index.

    ``decisions`` are those known on this story; one on a finding that is no longer there counts for nothing.
    """
    summary, article = summarise(report), articles_by_id(report)
    found = contradictions_found(report, article, decisions)
    standing = tuple(finding for finding in found if finding.ruling is not Ruling.dismissed)
    decided = {decision.finding_id for decision in decisions if decision.ruling is not None}
    quotes = (side.quote for finding in report.contradictions for side in finding.sides)
    return IndexEntry(
        name=report.story or path,
        path=path,
        title=report.title,
        articles=len(report.articles),
        claims=len(report.claims),
        severities=_by_severity(standing),
        contradicted=summary.labels[Label.contradicted],
        unsupported=summary.labels[Label.unsupported],
        errors=summary.errors,
        is_complete=not summary.gaps,
        dismissed=len(found) - len(standing),
        updates=len(summary.findings[Relation.update]),
        speakers_differ=len(summary.findings[Relation.speakers_differ]),
        findings=len(report.contradictions),
        decided=sum(finding.id in decided for finding in report.contradictions),
        latest=max((source.published for source in report.articles if source.published), default=None),
        gaps=_gaps(report, summary),
        found=standing,
        words=unlike((*(source.label for source in report.articles), *quotes)),
        left_out=report.left_out,
    )


def render_index(reports: Sequence[IndexEntry]) -> str:
    """Return index.html: stories without a report first, then those with the gravest contradictions.

    What was decided already comes after what is open, and what was dismissed is left out of the findings.
    Time and memory are linear in the stories and their contradictions, but for the sorting.
    """
    ordered = sorted(reports, key=_rank)
    ranked = [(entry, finding) for entry in ordered for finding in entry.found]
    ranked.sort(key=lambda one: (*one[1].strength, one[0].name, one[1].id))
    shown, first = worst(ranked, lambda one: one[1].kind)
    return render_page(
        "index.html.j2",
        styles=INDEX_STYLES,
        scripts=INDEX_SCRIPTS,
        entries=ordered,
        sums={name: sum(getattr(entry, name) for entry in ordered) for name in _SUMMED},
        totals=_by_severity(finding for _, finding in ranked),
        kinds=[kind for kind in ConflictKind if any(kind in entry.kinds for entry in ordered)],
        concerned=_concerned(ordered),
        incomplete=_incomplete(ordered),
        unreported=sum(entry.path is None for entry in ordered),
        kept=_kept(ordered),
        states=_states,
        places={(entry.name, entry.path): f"story-{i}" for i, entry in enumerate(ordered, start=1)},
        worst=shown,
        first=first,
        ranked=len(ranked),
        left_out=list(dict.fromkeys(skipped for entry in reports for skipped in entry.left_out)),
    )


_SUMMED: Final = tuple(
    "articles claims updates speakers_differ unsupported errors findings decided dismissed".split()
)


def totals_line(entries: Sequence[IndexEntry], unchanged: int) -> str:
    """Return what was found in all stories, so many of them ``unchanged``, on one line."""
    found = counted(sum(entry.contradictions for entry in entries), "contradiction")
    updates = counted(sum(entry.updates for entry in entries), "update")
    concerned = counted(_concerned(entries), "story", "stories")
    return (
        f"{counted(len(entries), 'story', 'stories')}: {found} in {concerned}, {updates}, "
        f"{_incomplete(entries):,} not complete; {unchanged:,} unchanged"
    )


def _concerned(entries: Iterable[IndexEntry]) -> int:
    return sum(entry.contradictions > 0 for entry in entries)


def _incomplete(entries: Iterable[IndexEntry]) -> int:
    return sum(not entry.is_complete for entry in entries)


def unreported(html: str) -> tuple[IndexEntry, ...]:
    """Return the stories of which an index that ``render_index`` made says that they have no report, and why.

    Nothing else keeps them: a story that was never reached has no folder.
    """
    block = _UNREPORTED.search(html)
    try:
        kept = json.loads(block[1]) if block else []
        return tuple(
            IndexEntry(name=str(name), problem=str(problem), title=str(title[0]) if title else None)
            for name, problem, *title in kept
        )
    except (ValueError, TypeError):
        return ()


def _kept(entries: Iterable[IndexEntry]) -> Markup:
    """Return what ``unreported`` reads, in which no text can end the element it stands in."""
    kept = [
        (entry.name, entry.problem or "", *([entry.title] if entry.title else []))
        for entry in entries
        if entry.path is None
    ]
    return Markup(json.dumps(kept).replace("<", "\\u003c"))  # noqa: S704 no markup is left in it


def _by_severity(found: Iterable[Found]) -> dict[Severity, int]:
    counts = dict.fromkeys(Severity, 0)
    for finding in found:
        counts[finding.severity] += 1
    return counts


def _states(entry: IndexEntry) -> str:
    """Return what a reader can ask for that holds of this story."""
    holds = {
        "contradictions": entry.contradictions > 0,
        "open": entry.decided < entry.findings,
        "incomplete": not entry.is_complete or entry.problem is not None,
        "errors": entry.errors > 0,
    }
    return " ".join(name for name, is_so in holds.items() if is_so)


def _gaps(report: Report, summary: Summary) -> tuple[str, ...]:
    """Return what was not checked, without the sentence that only says that something was not."""
    gaps = summary.gaps if report.run.complete else summary.gaps[1:]
    lost = sum(skipped.is_lost for skipped in report.skipped)
    return (*gaps, *([f"{counted(lost, 'input')} could not be read."] if lost else ()))


def _rank(entry: IndexEntry) -> tuple[bool, tuple[int, ...], tuple[int, ...], int, str]:
    found, open_ones = entry.severities or {}, [f for f in entry.found if f.ruling is None]
    still = _by_severity(open_ones)
    return (
        entry.path is not None,
        tuple(-still[severity] for severity in Severity),
        tuple(-found.get(severity, 0) for severity in Severity),
        -entry.contradicted,
        entry.name,
    )
