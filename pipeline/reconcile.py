"""Puts what was judged together: one entry per conflict, one verdict per claim, origins counted once."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipeline.adjudicate import Adjudged
from pipeline.origins import group, is_same_sentence
from pipeline.values.samename import same_name
from pipeline.verify import Judged
from pipeline.words import containment
from schemas.article import Article
from schemas.claim import Claim
from schemas.contradiction import ConflictKind, Contradiction, Relation, Severity, Side
from schemas.report import ReportClaim
from schemas.verdict import Evidence, Label, Stance, UnsupportedReason, Verdict

# How often a reviewer is expected to accept a finding, by what it rests on. First estimates, set by hand from
# the example story and one real one; the quality benchmark is to replace them with measured shares.
ACCEPTED_BOTH = 0.9  # values differ in code, and the model sees it too
ACCEPTED_VALUES = 0.75  # values differ in code alone
ACCEPTED_MODEL = 0.6  # the model alone, and the values allow it
UPDATE_SEVERITY = Severity.low
_SEVERITY = {
    ConflictKind.event: Severity.high,
    ConflictKind.polarity: Severity.high,
    ConflictKind.quantity: Severity.high,
    ConflictKind.attribution: Severity.medium,
    ConflictKind.date: Severity.medium,
    ConflictKind.entity: Severity.medium,
    ConflictKind.place: Severity.medium,
}
_RANK = {Severity.high: 0, Severity.medium: 1, Severity.low: 2}


@dataclass(frozen=True)
class Reconciled:
    """The claims with their verdicts, in the articles' order, and the conflicts, strongest first."""

    claims: tuple[ReportClaim, ...]
    contradictions: tuple[Contradiction, ...]


def reconcile(
    articles: Sequence[Article],
    origins: Mapping[str, str],
    claims: Sequence[Claim],
    judged: Mapping[str, Judged],
    adjudged: Iterable[Adjudged],
) -> Reconciled:
    """Return verdicts and conflicts; ``judged`` is by claim id, ``origins`` by article id.

    The order of ``articles`` and ``adjudged`` does not change what is found.
    """
    names = {article.id: article.name for article in articles}
    conflicts = _conflicts(adjudged, claims, names)
    has_others = len({origins[a.id] for a in articles}) > 1 or len(articles) > 1
    verdicts = [
        ReportClaim(
            **dict(claim),
            verdict=_verdict(
                claim, judged.get(claim.id), conflicts, _Sources(origins, claims), has_others=has_others
            ),
        )
        for claim in claims
    ]
    return Reconciled(tuple(verdicts), conflicts)


def _conflicts(
    adjudged: Iterable[Adjudged], claims: Sequence[Claim], names: Mapping[str, str]
) -> tuple[Contradiction, ...]:
    """Return one entry per pair of sentences and kind, strongest first."""
    by_pair: dict[tuple[tuple[str, int], ...], dict[ConflictKind, Contradiction]] = {}
    for outcome in adjudged:
        if outcome.relation is None:
            continue
        entry = _entry(outcome, outcome.relation, claims, names)
        pair = tuple((side.article_id, side.span.start) for side in entry.sides)
        kinds = by_pair.setdefault(pair, {})
        kept = kinds.get(entry.kind)
        if kept is None or entry.confidence > kept.confidence:
            kinds[entry.kind] = entry
    entries = [entry for kinds in by_pair.values() for entry in _without_echoes(kinds)]
    return tuple(sorted(entries, key=lambda e: (_is_weak(e), -e.confidence, _RANK[e.severity], e.id)))


def _without_echoes(kinds: Mapping[ConflictKind, Contradiction]) -> Iterable[Contradiction]:
    """Leave out what the model said of a pair in which code had already found what differs."""
    located = [entry for entry in kinds.values() if any(side.differs for side in entry.sides)]
    return located or kinds.values()


def _is_weak(entry: Contradiction) -> bool:
    return entry.relation is not Relation.contradiction


def _entry(
    outcome: Adjudged, relation: Relation, claims: Sequence[Claim], names: Mapping[str, str]
) -> Contradiction:
    ordered = sorted(outcome.suspicion.sides, key=lambda side: (names[side.article_id], side.span.start))
    one, other = (_with_claim(side, claims) for side in ordered)
    parts = [
        outcome.kind.value,
        *(part for side in (one, other) for part in (names[side.article_id], side.quote)),
    ]
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
    severity = _SEVERITY[outcome.kind] if relation is Relation.contradiction else UPDATE_SEVERITY
    return Contradiction(
        id=f"f{digest[:12]}",
        kind=outcome.kind,
        relation=relation,
        severity=severity,
        confidence=_confidence(outcome),
        reason=outcome.reason,
        sides=(one, other),
    )


def _confidence(outcome: Adjudged) -> float:
    if outcome.suspicion.found_by == "values":
        return ACCEPTED_BOTH if outcome.agreed else ACCEPTED_VALUES
    return round(ACCEPTED_MODEL * (outcome.suspicion.odds or 1.0), 3)


def _with_claim(side: Side, claims: Sequence[Claim]) -> Side:
    """Return ``side`` with the claim it is about: of its sentence, and holding what differs."""
    here = [c for c in claims if c.article_id == side.article_id and side.span in (c.span, *c.repeats)]
    if side.claim_id is not None or not here:
        return side
    start = side.span.start
    words = " ".join(side.quote[d.start - start : d.end - start] for d in side.differs)
    best = max(here, key=lambda claim: (containment(words, claim.text), -claims.index(claim)))
    if words and containment(words, best.text) == 0.0 and len(here) > 1:
        return side
    return side.model_copy(update={"claim_id": best.id})


class _Sources:
    """Tells how many independent origins a claim's supporters have."""

    def __init__(self, origins: Mapping[str, str], claims: Sequence[Claim]) -> None:
        self._origins = origins
        self._speakers = {(c.article_id, c.span.start): c.speaker for c in claims}

    def count(self, claim: Claim, supporters: Sequence[Evidence]) -> int:
        """Return the number of origins among ``claim`` itself and what supports it."""
        nodes = [(claim.article_id, claim.span.start, claim.quote)]
        nodes += [(e.article_id, e.span.start, e.quote) for e in supporters]
        pairs = [(a, b) for a, b in combinations(nodes, 2) if self._is_one(a, b)]
        return len(set(group(nodes, pairs).values()))

    def _is_one(self, a: tuple[str, int, str], b: tuple[str, int, str]) -> bool:
        if self._origins[a[0]] == self._origins[b[0]] or is_same_sentence(a[2], b[2]):
            return True
        one, other = self._speakers.get(a[:2]), self._speakers.get(b[:2])
        return bool(one and other and same_name(one, other))


def _verdict(
    claim: Claim,
    judged: Judged | None,
    conflicts: Sequence[Contradiction],
    sources: _Sources,
    *,
    has_others: bool,
) -> Verdict:
    against = [
        c for c in conflicts if c.relation is Relation.contradiction and _side_of(claim, c) is not None
    ]
    evidence = [] if judged is None else list(judged.evidence)
    if against:
        return _contradicted(claim, against, evidence)
    supporters = [e for e in evidence if e.stance is Stance.supports]
    if supporters:
        origins = sources.count(claim, supporters)
        outlets = len({e.article_id for e in supporters}) + 1
        return Verdict(
            label=Label.supported,
            confidence=max(e.confidence for e in supporters),
            evidence=tuple(supporters),
            reason=f"{outlets} articles say so, from {origins} origin{'s' if origins > 1 else ''}",
            origins=origins,
        )
    if judged is None or judged.error:
        error = judged.error if judged else "it was not judged"
        return Verdict(label=Label.error, confidence=0.0, evidence=tuple(evidence), error=error)
    if not has_others:
        return _unsupported(UnsupportedReason.nothing_to_compare, ())
    if not evidence:
        return _unsupported(UnsupportedReason.nothing_found, ())
    return _unsupported(UnsupportedReason.inconclusive, tuple(evidence))


def _unsupported(reason: UnsupportedReason, evidence: tuple[Evidence, ...]) -> Verdict:
    confidence = min((e.confidence for e in evidence), default=1.0)
    return Verdict(label=Label.unsupported, confidence=confidence, evidence=evidence, reason=reason.value)


def _side_of(claim: Claim, conflict: Contradiction) -> int | None:
    return next((i for i, side in enumerate(conflict.sides) if side.claim_id == claim.id), None)


def _contradicted(claim: Claim, against: Sequence[Contradiction], evidence: Sequence[Evidence]) -> Verdict:
    rows: list[Evidence] = []
    for conflict in against:
        side = conflict.sides[1 - (_side_of(claim, conflict) or 0)]
        rows.append(
            Evidence(
                article_id=side.article_id,
                span=side.span,
                quote=side.quote,
                stance=Stance.contradicts,
                confidence=conflict.confidence,
            )
        )
    shown = {(row.article_id, row.span) for row in rows}
    rows += [e for e in evidence if e.stance is Stance.supports and (e.article_id, e.span) not in shown]
    return Verdict(
        label=Label.contradicted,
        confidence=against[0].confidence,
        evidence=tuple(rows),
        reason=against[0].reason,
    )
