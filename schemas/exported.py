"""The flat rows of an export: one finding or one claim each, readable without the rest of the run.

Fields may be added; a field keeps its name, its place among the others and its meaning.
"""

from datetime import date, datetime
from typing import Final, Literal

from schemas.article import Skipped
from schemas.claim import ClaimKind
from schemas.contradiction import ConflictKind, Relation, Severity
from schemas.decision import DismissalReason, Ruling
from schemas.record import Record
from schemas.verdict import Label

EXPORT_VERSION: Final = 1


class FindingRow(Record):
    """One finding with its two sides and what a reviewer decided about it.

    ``article_1`` is the name of the first side's file; ``start_1`` and ``end_1`` are the place of ``quote_1``
    in that article's text, in Unicode code points; ``differs_1`` are the words in which the side differs from
    the other; ``claim_1`` and ``speaker_1`` are null where no claim was drawn from the sentence, or the
    outlet itself asserts it. ``ruling`` is null where nothing was decided; ``earlier_ruling`` is what was
    decided about the finding before a sentence of it was changed. ``confidence`` is a probability (0 to 1).
    ``given_id_1`` is what its row in a dump, or story.toml, calls the first article.
    """

    story: str
    id: str
    kind: ConflictKind
    relation: Relation
    severity: Severity
    confidence: float
    reason: str
    outlet_1: str | None
    published_1: date | None
    quote_1: str
    outlet_2: str | None
    published_2: date | None
    quote_2: str
    ruling: Ruling | None = None
    dismissal_reason: DismissalReason | None = None
    note: str = ""
    decided_at: datetime | None = None
    earlier_ruling: Ruling | None = None
    article_1: str
    start_1: int
    end_1: int
    differs_1: tuple[str, ...] = ()
    claim_1: str | None = None
    speaker_1: str | None = None
    article_2: str
    start_2: int
    end_2: int
    differs_2: tuple[str, ...] = ()
    claim_2: str | None = None
    speaker_2: str | None = None
    given_id_1: str | None = None
    given_id_2: str | None = None
    story_title: str | None = None


class ClaimRow(Record):
    """One claim with its verdict.

    ``article`` is the name of its file; ``start`` and ``end`` are the place of ``quote`` in that article's
    text, in Unicode code points; ``when_start`` and ``when_end`` are the days that ``when`` was resolved to.
    ``supported_by`` and ``contradicted_by`` name the articles that hold the evidence, ``findings`` the ids of
    the findings that have the claim as a side. ``confidence`` and ``worth`` run from 0 to 1. ``given_id`` is
    what its row in a dump, or story.toml, calls the article.
    """

    story: str
    id: str
    label: Label
    confidence: float
    text: str
    speaker: str | None
    outlet: str | None
    published: date | None
    kind: ClaimKind
    quote: str
    reason: str | None = None
    error: str | None = None
    origins: int = 0
    supported_by: tuple[str, ...] = ()
    contradicted_by: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    when: str | None = None
    when_start: date | None = None
    when_end: date | None = None
    quantities: tuple[str, ...] = ()
    worth: float = 0.0
    worth_reasons: tuple[str, ...] = ()
    article: str
    start: int
    end: int
    given_id: str | None = None
    story_title: str | None = None


class Exported(Record):
    """The whole of a JSON export: the rows of all stories, in the order of the reports.

    ``findings`` is null in an export of claims, and ``claims`` in one of findings. ``skipped`` is what was
    given and not read as an article, and what `group` left out of the stories.
    """

    export_version: Literal[1] = EXPORT_VERSION
    stories: tuple[str, ...]
    findings: tuple[FindingRow, ...] | None = None
    claims: tuple[ClaimRow, ...] | None = None
    skipped: tuple[Skipped, ...] = ()
