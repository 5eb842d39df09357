"""What two runs have in common no longer: findings, claims and articles of a story, or of many."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal

from schemas.contradiction import ConflictKind, Relation, Severity
from schemas.record import Record
from schemas.report import Coverage
from schemas.verdict import Label

DIFFERENCE_VERSION: Final = 1


class FindingChange(StrEnum):
    """What is different about a finding that both runs have."""

    wording = "wording"
    relation = "relation"
    severity = "severity"
    confidence = "confidence"


class ArticleChange(StrEnum):
    """What is different about an article that both runs have."""

    text = "text"
    heading = "title"  # str has a method of that name
    outlet = "outlet"
    published = "published"


class ComparedRun(Record):
    """How one of the two runs was made, of which story; ``prompts`` maps a stage to version and hash."""

    story: str
    title: str | None = None
    run_id: str
    tool_version: str
    model: str
    finished_at: datetime
    is_complete: bool
    articles: int
    findings: int
    coverage: Coverage
    prompts: dict[str, str]


class ComparedSide(Record):
    """One side of a finding; ``article`` is the name of its file."""

    article: str
    outlet: str | None
    published: date | None
    quote: str


class ComparedFinding(Record):
    """A finding as one of the runs has it; ``confidence`` is a probability (0 to 1)."""

    id: str
    kind: ConflictKind
    relation: Relation
    severity: Severity
    confidence: float
    reason: str
    sides: tuple[ComparedSide, ComparedSide]


class ChangedFinding(Record):
    """A finding that both runs have, and what is different about it."""

    what: tuple[FindingChange, ...]
    before: ComparedFinding
    after: ComparedFinding


class ComparedClaim(Record):
    """A claim as one of the runs has it; ``article`` is the name of its file."""

    id: str
    article: str
    outlet: str | None
    text: str
    label: Label


class RelabelledClaim(Record):
    """A claim that both runs have, with another label."""

    claim: ComparedClaim  # as the later run has it
    before: Label
    after: Label


class EditedArticle(Record):
    """An article that both runs have under one name, and what of it is different."""

    name: str
    what: tuple[ArticleChange, ...]


class Difference(Record):
    """What is new, gone or changed in ``after``, measured against ``before``.

    Findings are in the order of their report, strongest first; claims by article and id, articles by name.
    """

    difference_version: Literal[1] = DIFFERENCE_VERSION
    before: ComparedRun
    after: ComparedRun
    articles_added: tuple[str, ...] = ()
    articles_removed: tuple[str, ...] = ()
    articles_edited: tuple[EditedArticle, ...] = ()
    findings_new: tuple[ComparedFinding, ...] = ()
    findings_gone: tuple[ComparedFinding, ...] = ()
    findings_changed: tuple[ChangedFinding, ...] = ()
    claims_new: tuple[ComparedClaim, ...] = ()
    claims_gone: tuple[ComparedClaim, ...] = ()
    claims_relabelled: tuple[RelabelledClaim, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether the two runs say the same of the same articles."""
        articles = self.articles_added or self.articles_removed or self.articles_edited
        findings = self.findings_new or self.findings_gone or self.findings_changed
        claims = self.claims_new or self.claims_gone or self.claims_relabelled
        return not (articles or findings or claims)


class StoryOfOne(Record):
    """A story that only one of two batches has, with its findings, strongest first: all new, or all gone."""

    story: str
    title: str | None
    articles: int
    findings: tuple[ComparedFinding, ...]


class Unread(Record):
    """A story that was not compared, as one of its reports cannot be read."""

    story: str
    reason: str


class Total(Record):
    """How many findings differ between two batches, those of stories that only one of them has included."""

    findings_new: int
    findings_gone: int
    findings_changed: int


class BatchDifference(Record):
    """What is new, gone or changed in a batch, measured against an earlier one.

    Stories go by the names of their folders; ``stories_same`` are those in which nothing differs.
    """

    difference_version: Literal[1] = DIFFERENCE_VERSION
    total: Total
    stories_new: tuple[StoryOfOne, ...] = ()
    stories_gone: tuple[StoryOfOne, ...] = ()
    stories_changed: tuple[Difference, ...] = ()
    stories_same: tuple[str, ...] = ()
    stories_unread: tuple[Unread, ...] = ()
