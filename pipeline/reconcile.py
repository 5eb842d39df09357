"""Puts what was judged together: one entry per conflict, one verdict per claim, origins counted once."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.adjudicate import Adjudged, changes_by_day
from pipeline.checkworthy import checkworthiness
from pipeline.languages.table import reader_of
from pipeline.origins import Sources
from pipeline.verify import Judged
from pipeline.words import Stems, containment
from schemas.article import Article
from schemas.claim import Claim
from schemas.contradiction import ConflictKind, Contradiction, Relation, Severity, Side
from schemas.report import ReportClaim
from schemas.verdict import Evidence, Label, Stance, UnsupportedReason, Verdict

# By how much the odds fall when code finds a conflict and the model that adjudicates finds none. Set by hand:
# the embedded model says so too seldom to be measured.
DOUBTED = 0.7
# The same where a count that changes from day to day differs, and nobody knows which day an article is of:
# then nothing tells an update from a contradiction.
UNDATED = 0.5
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


class Known(NamedTuple):
    """What conflicts are told by of an article: a draft comes before a source, then the name counts."""

    is_source: bool
    article: Article


Articles = Mapping[str, Known]  # by id


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
    sources: Sequence[Article] = (),
) -> Reconciled:
    """Return verdicts and conflicts; ``judged`` is by claim id, ``origins`` by article id.

    The order of ``articles`` and ``adjudged`` does not change what is found. Where the articles are drafts
    that were checked against ``sources``, a draft is the first side of each conflict.
    """
    texts = (*articles, *sources)
    held = {article.id for article in sources}
    known = {article.id: Known(article.id in held, article) for article in texts}
    conflicts = _conflicts(adjudged, _by_article(claims), known)
    drafts = {article.id for article in articles} if sources else set[str]()
    backing = Sources(texts, origins, claims, drafts)
    others = Counter(article.read_as for article in sources or articles)
    against = _against(conflicts)
    verdicts = [
        ReportClaim(
            **dict(claim),
            verdict=_verdict(
                claim,
                judged.get(claim.id),
                against.get(claim.id, ()),
                backing,
                _alone(len(texts), others[known[claim.article_id].article.read_as] + bool(sources)),
            ),
            worth=worth.score,
            worth_reasons=worth.reasons,
        )
        for claim in claims
        for worth in (
            checkworthiness(claim.text, claim.kind, claim.speaker, known[claim.article_id].article.read_as),
        )
    ]
    return Reconciled(tuple(verdicts), conflicts)


def _by_article(claims: Iterable[Claim]) -> Mapping[str, Sequence[Claim]]:
    found: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        found[claim.article_id].append(claim)
    return found


def _conflicts(
    adjudged: Iterable[Adjudged], claims: Mapping[str, Sequence[Claim]], known: Articles
) -> tuple[Contradiction, ...]:
    """Return one entry per pair of sentences and kind, strongest first."""
    by_pair: dict[tuple[tuple[str, int], ...], dict[ConflictKind, list[Adjudged]]] = {}
    for outcome in adjudged:
        one, other = _ordered(outcome, known)
        if outcome.relation is not None and one.article_id != other.article_id:
            pair = ((one.article_id, one.span.start), (other.article_id, other.span.start))
            by_pair.setdefault(pair, {}).setdefault(outcome.kind, []).append(outcome)
    entries = [
        _entry(same, claims, known)
        for kinds in by_pair.values()
        for same in _without_echoes(list(kinds.values()))
    ]
    return tuple(sorted(entries, key=lambda e: (_is_weak(e), -e.confidence, _RANK[e.severity], e.id)))


def _without_echoes(kinds: Sequence[Sequence[Adjudged]]) -> Sequence[Sequence[Adjudged]]:
    """Leave out what the model said of a pair in which code had already found what differs."""
    located = [[outcome for outcome in same if outcome.suspicion.found_by == "values"] for same in kinds]
    return [same for same in located if same] or kinds


def _is_weak(entry: Contradiction) -> bool:
    return entry.relation is not Relation.contradiction


def _ordered(outcome: Adjudged, known: Articles) -> tuple[Side, Side]:
    """Return the sides of an outcome in an order that does not hang on which was noticed first."""
    one, other = outcome.suspicion.sides
    keys = [
        (at.is_source, at.article.name, side.article_id, side.span.start)
        for side in (one, other)
        for at in (known[side.article_id],)
    ]
    return (one, other) if keys[0] <= keys[1] else (other, one)


def _entry(
    outcomes: Sequence[Adjudged], claims: Mapping[str, Sequence[Claim]], known: Articles
) -> Contradiction:
    """Return the entry for what was found of one kind in one pair of sentences; all that differs is shown."""
    strongest, *_ = ranked = sorted(outcomes, key=lambda outcome: _strength(outcome, known))
    relation = strongest.relation or Relation.contradiction
    alike = [o for o in ranked if o.relation is relation]
    if strongest.suspicion.found_by == "model":
        alike = [strongest]
    pairs = [_ordered(outcome, known) for outcome in alike]
    one, other = (_merged([pair[i] for pair in pairs]) for i in (0, 1))
    articles = [known[side.article_id].article for side in (one, other)]
    kind, stems = strongest.kind, reader_of(articles[0].read_as).stems
    parts = [kind.value, articles[0].name, one.quote, articles[1].name, other.quote]
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
    return Contradiction(
        id=f"f{digest[:12]}",
        kind=kind,
        relation=relation,
        severity=_SEVERITY[kind] if relation is Relation.contradiction else UPDATE_SEVERITY,
        confidence=_confidence(strongest, known),
        reason="; ".join(dict.fromkeys([*(o.reason for o in alike), *_caveat(strongest, known)])),
        sides=(_with_claim(one, other, claims, stems), _with_claim(other, one, claims, stems)),
    )


def _strength(outcome: Adjudged, known: Articles) -> tuple[float, int, list[int], str, str]:
    """Return a key that puts the strongest outcome first, and ties in the order of the text."""
    one, other = _ordered(outcome, known)
    places = [span.start for side in (one, other) for span in side.differs]
    relation = [*Relation, None].index(outcome.relation)
    claim_ids = f"{one.claim_id} {other.claim_id}"
    return -_confidence(outcome, known), relation, places, outcome.reason, claim_ids


def _merged(sides: Sequence[Side]) -> Side:
    """Return one side with all that differs in it, and the claim that any of them is about."""
    differs = {(span.start, span.end): span for side in sides for span in side.differs}
    claim_id = next((side.claim_id for side in sides if side.claim_id is not None), None)
    in_order = tuple(differs[key] for key in sorted(differs))
    return sides[0].model_copy(update={"differs": in_order, "claim_id": claim_id})


def _confidence(outcome: Adjudged, known: Articles) -> float:
    doubts = (DOUBTED if outcome.agreed is False else 1.0) * (UNDATED if _caveat(outcome, known) else 1.0)
    return round(outcome.suspicion.odds * doubts, 3)


def _caveat(outcome: Adjudged, known: Articles) -> tuple[str, ...]:
    """Return why a contradiction may be none after all, where the articles' days would tell."""
    articles = {side.article_id: known[side.article_id].article for side in outcome.suspicion.sides}
    dated = [article for article in articles.values() if article.published]
    if outcome.relation is not Relation.contradiction or len(dated) == len(articles):
        return ()
    if not changes_by_day(outcome.suspicion.model_copy(update={"kind": outcome.kind}), articles):
        return ()
    return (f"this may be an update: {'one article has no' if dated else 'neither article has a'} date",)


def _with_claim(side: Side, other: Side, claims: Mapping[str, Sequence[Claim]], stems: Stems) -> Side:
    """Return ``side`` with the claim it is about: of its sentence, and holding what differs.

    Where that is not known, it is the claim nearest to what the other side says. A claim that has none of
    either is about something else in the sentence.
    """
    here = [c for c in claims.get(side.article_id, ()) if side.span in (c.span, *c.repeats)]
    if side.claim_id is not None or not here:
        return side
    start = side.span.start
    words = " ".join(side.quote[d.start - start : d.end - start] for d in side.differs)
    if not stems(words):
        there = claims.get(other.article_id, ())
        words = next((claim.text for claim in there if claim.id == other.claim_id), other.quote)
    fits = [containment(words, f"{claim.text} {claim.speaker or ''}", stems) for claim in here]
    if max(fits) == 0.0:
        return side
    return side.model_copy(update={"claim_id": here[fits.index(max(fits))].id})


def _against(conflicts: Iterable[Contradiction]) -> Mapping[str, Sequence[Contradiction]]:
    """Return the contradictions by the claims they are about, in their order."""
    found: defaultdict[str, list[Contradiction]] = defaultdict(list)
    for conflict in conflicts:
        if conflict.relation is Relation.contradiction:
            for claim_id in dict.fromkeys(side.claim_id for side in conflict.sides):
                if claim_id is not None:
                    found[claim_id].append(conflict)
    return found


def _alone(articles: int, of_its_language: int) -> UnsupportedReason | None:
    """Return why a claim has nothing to be compared with, if it has nothing."""
    if articles < 2:
        return UnsupportedReason.nothing_to_compare
    return UnsupportedReason.other_languages if of_its_language < 2 else None


def _verdict(
    claim: Claim,
    judged: Judged | None,
    against: Sequence[Contradiction],
    backing: Sources,
    alone: UnsupportedReason | None,
) -> Verdict:
    evidence = [] if judged is None else list(judged.evidence)
    if against:
        return _contradicted(claim, against, evidence)
    if judged is None or judged.error:  # what was not asked could have contradicted it
        error = judged.error if judged else "it was not judged"
        return Verdict(label=Label.error, confidence=0.0, evidence=tuple(evidence), error=error)
    supporters = [e for e in evidence if e.stance is Stance.supports]
    if supporters:
        return Verdict(
            label=Label.supported,
            confidence=max(e.confidence for e in supporters),
            evidence=tuple(supporters),
            reason=backing.told(claim, supporters),
            origins=backing.count(claim, supporters),
        )
    if alone is not None:
        return _unsupported(alone, ())
    if not evidence:
        return _unsupported(UnsupportedReason.nothing_found, ())
    return _unsupported(UnsupportedReason.inconclusive, tuple(evidence))


def _unsupported(reason: UnsupportedReason, evidence: tuple[Evidence, ...]) -> Verdict:
    confidence = min((e.confidence for e in evidence), default=1.0)
    return Verdict(label=Label.unsupported, confidence=confidence, evidence=evidence, reason=reason.value)


def _contradicted(claim: Claim, against: Sequence[Contradiction], evidence: Sequence[Evidence]) -> Verdict:
    rows: list[Evidence] = []
    for conflict in against:
        one, other = conflict.sides
        side = other if one.claim_id == claim.id else one
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
