"""Supported claims that say the same thing, told once, with who agrees and how independently."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from schemas.record import Span
from schemas.report import Report, ReportClaim
from schemas.verdict import Evidence, Label, Stance

Place = tuple[str, Span]  # an article's id and a sentence of it


@dataclass(frozen=True)
class Agreement:
    """One supported claim with those of other articles that say the same.

    ``claim`` is the one with most confirming articles; ``others`` are the further claims; ``evidence`` holds
    one passage per confirming article. ``outlets`` counts its own article too, ``origins`` the
    independent ones among them (0 where unknown); ``is_one_speaker`` is true where all quote one person.
    """

    claim: ReportClaim
    others: tuple[ReportClaim, ...]
    evidence: tuple[Evidence, ...]
    outlets: int
    origins: int
    is_one_speaker: bool


def agreements(report: Report) -> tuple[Agreement, ...]:
    """Return the supported claims in groups, those with most independent origins first.

    Two claims of two articles are one where each is, among the claims of a sentence that supports the other,
    the one nearest to it in words. Time is linear in the claims and their evidence.
    """
    supported = [claim for claim in report.claims if claim.verdict.label is Label.supported]
    origin = {article.id: article.origin for article in report.articles}
    groups = [_agreement(group, origin) for group in _groups(supported)]
    return tuple(sorted(groups, key=lambda group: (-group.origins, -group.outlets)))


def _groups(claims: Sequence[ReportClaim]) -> list[list[ReportClaim]]:
    """Return the claims in groups of mutual agreement, in the order of their first claims."""
    by_id = {claim.id: claim for claim in claims}
    places = _places(claims)
    nearest = {claim.id: set(_nearest(claim, places)) for claim in claims}
    root = {claim.id: claim.id for claim in claims}

    def find(name: str) -> str:
        while root[name] != name:
            root[name] = name = root[root[name]]
        return name

    for name, others in nearest.items():
        for other in sorted(others):
            if name in nearest[other]:
                root[find(other)] = find(name)
    groups: dict[str, list[ReportClaim]] = defaultdict(list)
    for name, claim in by_id.items():
        groups[find(name)].append(claim)
    return list(groups.values())


def _places(claims: Sequence[ReportClaim]) -> dict[Place, list[ReportClaim]]:
    """Return the claims at each sentence that states them, a repeat included."""
    places: dict[Place, list[ReportClaim]] = defaultdict(list)
    for claim in claims:
        for span in {claim.span, *claim.repeats}:
            places[claim.article_id, span].append(claim)
    return places


def _nearest(claim: ReportClaim, places: Mapping[Place, Sequence[ReportClaim]]) -> Iterator[str]:
    """Yield for each supporting sentence the claim it states that is nearest to ``claim`` in words."""
    for evidence in _supporting(claim):
        rivals = places.get((evidence.article_id, evidence.span), ())
        if rivals:
            yield max(rivals, key=lambda rival: (fuzz.token_set_ratio(claim.text, rival.text), rival.id)).id


def _supporting(claim: ReportClaim) -> Iterator[Evidence]:
    return (evidence for evidence in claim.verdict.evidence if evidence.stance is Stance.supports)


def _agreement(group: Sequence[ReportClaim], origin: Mapping[str, str]) -> Agreement:
    claim = max(group, key=lambda claim: (len(_passages(claim)), claim.verdict.confidence))
    others = tuple(other for other in group if other is not claim)
    passages = _passages(claim)
    speaker = (claim.speaker or "").casefold()
    same_words = {other.article_id for other in others if (other.speaker or "").casefold() == speaker}
    texts = {origin.get(article_id, article_id) for article_id in passages}
    # The verdict counts one speaker's words as one origin: fewer origins than texts mean a shared speaker.
    is_one_speaker = bool(speaker and passages) and (
        passages.keys() <= same_words or (claim.verdict.origins == 1 and len(texts) > 1)
    )
    return Agreement(
        claim=claim,
        others=others,
        evidence=tuple(passages.values()),
        outlets=len(passages) + 1,
        origins=claim.verdict.origins,
        is_one_speaker=is_one_speaker,
    )


def _passages(claim: ReportClaim) -> dict[str, Evidence]:
    """Return the strongest supporting passage of each article."""
    best: dict[str, Evidence] = {}
    for evidence in _supporting(claim):
        held = best.get(evidence.article_id)
        if held is None or held.confidence < evidence.confidence:
            best[evidence.article_id] = evidence
    return best
