"""Compares one report with the gold of its story, entry by entry and flag by flag."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from pathlib import Path
from typing import Final, Protocol

from benchmarks.gold import Gold, GoldAgreement, GoldAlone, GoldConflict, GoldSide, HardNegative
from benchmarks.scoring.outcome import (
    AgreementOutcome,
    AloneOutcome,
    ConflictOutcome,
    FlaggedSide,
    FlagOutcome,
    HardNegativeOutcome,
    StoryOutcome,
)
from schemas.contradiction import Contradiction, Relation
from schemas.report import Report, ReportClaim
from schemas.verdict import Label, Stance

# How much of the longer of two sentences the shorter must be, in characters, to count as the same sentence.
LEAST_SHARE: Final = 0.6


class _Sentence(Protocol):
    @property
    def article(self) -> str: ...
    @property
    def quote(self) -> str: ...


class _Sided(Protocol):
    @property
    def sides(self) -> tuple[GoldSide, ...]: ...


@dataclass(frozen=True)
class _Pair:
    """Two sentences that a run sets against each other, and what it says they are."""

    relation: Relation
    found: Contradiction
    sides: tuple[FlaggedSide, FlaggedSide]

    def lies_on(self, entry: _Sided) -> bool:
        """Tell whether the sentences are two different sides of ``entry``, in either order."""
        first, second = self.sides
        return any(is_same(first, a) and is_same(second, b) for a, b in permutations(entry.sides, 2))


@dataclass(frozen=True)
class _Stated:
    """A claim, the sentences that state it, and those of other articles that support it."""

    label: Label
    sentences: tuple[FlaggedSide, ...]
    support: tuple[FlaggedSide, ...]


def is_same(one: _Sentence, other: _Sentence) -> bool:
    """Tell whether two quotes are one sentence of one article.

    White space is of no account, and one may be cut longer than the other: the shorter then stands in the
    longer and is at least ``LEAST_SHARE`` of it.
    """
    if one.article != other.article:
        return False
    shorter, longer = sorted((" ".join(one.quote.split()), " ".join(other.quote.split())), key=len)
    return shorter in longer and len(shorter) >= LEAST_SHARE * len(longer) > 0


def judge(report: Report, gold: Gold) -> StoryOutcome:
    """Return how ``report`` fares by ``gold``. Raises ValueError when it has no article of that story.

    Articles are told by their file names.
    """
    files = {article.id: Path(article.path).name for article in report.articles}
    entries: tuple[_Sided, ...] = (*gold.conflicts, *gold.hard_negatives, *gold.agreements)
    named = {side.article for entry in entries for side in entry.sides}
    if named and named.isdisjoint(files.values()):
        raise ValueError(f"it has none of the articles of {gold.story}")
    pairs = [_pair(found, files) for found in report.contradictions]
    stated = [_stated(claim, report, files) for claim in report.claims]
    return StoryOutcome(
        story=gold.story,
        model=report.run.model,
        tool_version=report.run.tool_version,
        is_complete=report.run.complete,
        conflicts=tuple(_conflict(entry, pairs) for entry in gold.conflicts),
        hard_negatives=tuple(_hard_negative(entry, pairs) for entry in gold.hard_negatives),
        flags=tuple(_flag(pair, gold) for pair in pairs if pair.relation is Relation.contradiction),
        agreements=tuple(_agreement(entry, stated) for entry in gold.agreements),
        single_outlet=tuple(_alone(entry, stated) for entry in gold.single_outlet),
    )


def _pair(found: Contradiction, files: dict[str, str]) -> _Pair:
    one, other = (FlaggedSide(article=files[side.article_id], quote=side.quote) for side in found.sides)
    return _Pair(found.relation, found, (one, other))


def _stated(claim: ReportClaim, report: Report, files: dict[str, str]) -> _Stated:
    text = next(article.text for article in report.articles if article.id == claim.article_id)
    quotes = (claim.quote, *(span.cut(text) for span in claim.repeats))
    return _Stated(
        claim.verdict.label,
        tuple(FlaggedSide(article=files[claim.article_id], quote=quote) for quote in quotes),
        tuple(
            FlaggedSide(article=files[found.article_id], quote=found.quote)
            for found in claim.verdict.evidence
            if found.stance is Stance.supports
        ),
    )


def _flag(pair: _Pair, gold: Gold) -> FlagOutcome:
    conflicts = tuple(entry.id for entry in gold.conflicts if pair.lies_on(entry))
    lookalikes = tuple(entry.id for entry in gold.hard_negatives if pair.lies_on(entry))
    return FlagOutcome(
        outcome="right" if conflicts else "wrong" if lookalikes else "other",
        entries=conflicts or lookalikes,
        kind=pair.found.kind,
        confidence=pair.found.confidence,
        reason=pair.found.reason,
        sides=pair.sides,
    )


def _conflict(entry: GoldConflict, pairs: Sequence[_Pair]) -> ConflictOutcome:
    relations = [pair.relation for pair in pairs if pair.lies_on(entry)]
    is_found = Relation.contradiction in relations
    return ConflictOutcome(
        id=entry.id,
        kind=entry.kind,
        difficulty=entry.difficulty,
        is_found=is_found,
        told_as=relations[0] if relations and not is_found else None,
    )


def _hard_negative(entry: HardNegative, pairs: Sequence[_Pair]) -> HardNegativeOutcome:
    relations = {pair.relation for pair in pairs if pair.lies_on(entry)}
    return HardNegativeOutcome(
        id=entry.id,
        type=entry.type,
        is_flagged=Relation.contradiction in relations,
        is_recognised=entry.type in relations,
    )


def _agreement(entry: GoldAgreement, stated: Sequence[_Stated]) -> AgreementOutcome:
    pairs = [(a, b) for a, b in combinations(entry.sides, 2) if a.article != b.article]
    return AgreementOutcome(
        what=entry.what,
        pairs=len(pairs),
        supported=sum(_is_supported(a, stated) or _is_supported(b, stated) for a, b in pairs),
        evidenced=sum(_is_supported(a, stated, by=b) or _is_supported(b, stated, by=a) for a, b in pairs),
    )


def _is_supported(sentence: _Sentence, stated: Sequence[_Stated], by: _Sentence | None = None) -> bool:
    """Tell whether a claim that ``sentence`` states is supported; where ``by`` is given, by that sentence."""
    return any(
        claim.label is Label.supported and (by is None or any(is_same(found, by) for found in claim.support))
        for claim in _claims_of(sentence, stated)
    )


def _alone(entry: GoldAlone, stated: Sequence[_Stated]) -> AloneOutcome:
    labels = [claim.label for claim in _claims_of(entry, stated)]
    is_unsupported = bool(labels) and set(labels) == {Label.unsupported}
    return AloneOutcome(what=entry.what, claims=len(labels), is_unsupported=is_unsupported)


def _claims_of(sentence: _Sentence, stated: Sequence[_Stated]) -> list[_Stated]:
    return [claim for claim in stated if any(is_same(found, sentence) for found in claim.sentences)]
