"""The strongest contradictions of one story, or of many, short enough for a list."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from pipeline.report.passage import Part, parts
from pipeline.report.text import clip, clip_start
from schemas.contradiction import ConflictKind, Contradiction, Relation, Severity, Side
from schemas.decision import Decision, Ruling
from schemas.report import Report, ReportArticle

WORST: Final = 20  # findings of a list
LONGEST_NAME: Final = 80  # characters of an outlet's or story's name
LONGEST: Final = 240  # characters of a quote that is shortened
_PLAIN: Final = 90  # characters kept of what stands before, between and after the parts that differ
_DIFFERENT: Final = 120  # characters kept of a part that differs

Ranked = TypeVar("Ranked")


@dataclass(frozen=True)
class FoundSide:
    """One side of a contradiction: who says it, when, and the quote, shortened around what differs."""

    outlet: str
    published: date | None
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Found:
    """One contradiction for a list over many stories; ``words`` are all that its quotes in full hold."""

    id: str
    kind: ConflictKind
    severity: Severity
    confidence: float
    ruling: Ruling | None
    sides: tuple[FoundSide, FoundSide]
    words: str

    @property
    def strength(self) -> tuple[bool, float, int]:
        """A key that puts what nobody has decided first, then the strongest."""
        return self.ruling is not None, -self.confidence, tuple(Severity).index(self.severity)


def contradictions_found(
    report: Report, article: Callable[[str], ReportArticle], decisions: Iterable[Decision] = ()
) -> tuple[Found, ...]:
    """Return the contradictions of ``report``, strongest first, each with what was decided on it.

    ``article`` gives an article by its id. Updates and speakers who differ are no contradictions.
    """
    rulings = {decision.finding_id: decision.ruling for decision in decisions}
    found = (
        _found(finding, article, rulings.get(finding.id))
        for finding in report.contradictions
        if finding.relation is Relation.contradiction
    )
    return tuple(sorted(found, key=lambda finding: finding.strength))


def worst(ranked: Sequence[Ranked], kind: Callable[[Ranked], ConflictKind]) -> tuple[list[Ranked], int]:
    """Return the first of ``ranked`` and, after them, the first of each kind that are not among them.

    The number says how many of them are the first of all: what follows is only for who asks for a kind.
    """
    first = list(ranked[:WORST])
    seen = Counter(kind(one) for one in first)
    for one in ranked[WORST:]:
        seen[kind(one)] += 1
        if seen[kind(one)] <= WORST:
            first.append(one)
    return first, min(WORST, len(ranked))


def unlike(texts: Iterable[str]) -> str:
    """Return every word of ``texts`` once, in the order they come, for a search by words."""
    return " ".join(dict.fromkeys(word for text in texts for word in text.split()))


def shortened(quote: Sequence[Part]) -> tuple[Part, ...]:
    """Return a quote with long stretches that do not differ cut, and the whole cut where it is still long.

    What is left out shows as an ellipsis.
    """
    if sum(len(part.text) for part in quote) <= LONGEST:
        return tuple(quote)
    short: list[Part] = []
    room = LONGEST
    for place, part in enumerate(quote):
        text = _shorter(part, is_first=place == 0, is_last=place == len(quote) - 1)
        if len(text) > room:
            short.append(Part(clip(text, max(room, 1)), part.differs))
            break
        short.append(Part(text, part.differs))
        room -= len(text)
    return tuple(short)


def _shorter(part: Part, *, is_first: bool, is_last: bool) -> str:
    if part.differs:
        return clip(part.text, _DIFFERENT)
    if is_last:
        return clip(part.text, LONGEST if is_first else _PLAIN)
    if is_first:
        return clip_start(part.text, _PLAIN)
    if len(part.text) <= _PLAIN:
        return part.text
    return f"{clip(part.text, _PLAIN // 2)} {clip_start(part.text, _PLAIN // 2).removeprefix('…')}"


def _found(finding: Contradiction, article: Callable[[str], ReportArticle], ruling: Ruling | None) -> Found:
    one, other = (_side(side, article(side.article_id)) for side in finding.sides)
    return Found(
        id=finding.id,
        kind=finding.kind,
        severity=finding.severity,
        confidence=finding.confidence,
        ruling=ruling,
        sides=(one, other),
        words=unlike(side.quote for side in finding.sides),
    )


def _side(side: Side, article: ReportArticle) -> FoundSide:
    quote = parts(side.quote, side.span.start, side.differs)
    return FoundSide(
        outlet=clip(article.label, LONGEST_NAME), published=article.published, parts=shortened(quote)
    )
