"""Supported claims that say the same, told once: who agrees, how independently, and who was first."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.likeness import group_claims
from schemas.cluster import Cluster
from schemas.report import Report, ReportArticle, ReportClaim
from schemas.verdict import Evidence, Label, Stance


@dataclass(frozen=True)
class Agreement:
    """One supported claim with those of other articles that say the same.

    ``claim`` has the wording that stands for all; ``others`` are the further claims; ``evidence`` holds one
    passage per confirming article. ``outlets`` counts that of the claim, too, unless it is a draft's, and
    ``origins`` the independent ones among them (0 where unknown). ``speaker`` is the one whom all of them
    quote, or null, and ``first_article_id`` the article published first, null where that is not known.
    """

    claim: ReportClaim
    others: tuple[ReportClaim, ...]
    evidence: tuple[Evidence, ...]
    outlets: int
    origins: int
    speaker: str | None
    first_article_id: str | None


def agreements(report: Report) -> tuple[Agreement, ...]:
    """Return the supported claims in groups, those with most independent origins first.

    The groups are the report's clusters; where it has none, being older, they are made anew.
    """
    supported = {claim.id: claim for claim in report.claims if claim.verdict.label is Label.supported}
    articles = {article.id: article for article in report.articles}
    drafts = {report.draft.id} if report.draft else set[str]()
    found = [_agreement(group, cluster, articles, drafts) for group, cluster in _groups(report, supported)]
    return tuple(sorted(found, key=lambda agreement: (-agreement.origins, -agreement.outlets)))


def _groups(
    report: Report, supported: dict[str, ReportClaim]
) -> Iterator[tuple[Sequence[ReportClaim], Cluster | None]]:
    """Yield the supported claims that say the same, with their cluster; each claim once."""
    left = dict(supported)
    for cluster in report.clusters:
        group = [left.pop(name) for name in cluster.claim_ids if name in left]
        if group:
            yield group, cluster
    known = {article.id: article for article in report.articles}
    rest = list(left.values())
    for group in [[claim] for claim in rest] if report.clusters else group_claims(rest, known):
        yield group, None


def _agreement(
    group: Sequence[ReportClaim],
    cluster: Cluster | None,
    articles: Mapping[str, ReportArticle],
    drafts: Collection[str],
) -> Agreement:
    claim = _head(group, cluster)
    passages = _passages(group, claim.article_id)
    article_ids = {claim.article_id, *passages, *(other.article_id for other in group)}
    article_ids |= set(cluster.article_ids) if cluster else set()
    backing = article_ids.difference(drafts)
    return Agreement(
        claim=claim,
        others=tuple(other for other in group if other is not claim),
        evidence=tuple(passages.values()),
        outlets=len({articles[name].label if name in articles else name for name in backing}),
        origins=cluster.origins if cluster else claim.verdict.origins,
        speaker=cluster.speaker if cluster else _one_speaker(claim, passages, articles),
        first_article_id=cluster.first_article_id if cluster else None,
    )


def _one_speaker(
    claim: ReportClaim, passages: Iterable[str], articles: Mapping[str, ReportArticle]
) -> str | None:
    """Return the claim's speaker where all quote one: several texts, but one origin."""
    texts = {articles[name].origin if name in articles else name for name in (claim.article_id, *passages)}
    return claim.speaker if claim.verdict.origins == 1 and len(texts) > 1 else None


def _head(group: Sequence[ReportClaim], cluster: Cluster | None) -> ReportClaim:
    """Return the claim worded as the cluster is, else the one that most articles confirm."""
    worded = [claim for claim in group if cluster and claim.text == cluster.text]
    return max(worded or group, key=lambda claim: (len(claim.verdict.evidence), claim.verdict.confidence))


def _passages(group: Sequence[ReportClaim], article_id: str) -> dict[str, Evidence]:
    """Return the strongest supporting passage of each article but the one of that id."""
    best: dict[str, Evidence] = {}
    for claim in group:
        for evidence in claim.verdict.evidence:
            held = best.get(evidence.article_id)
            if evidence.stance is not Stance.supports or evidence.article_id == article_id:
                continue
            if held is None or held.confidence < evidence.confidence:
                best[evidence.article_id] = evidence
    return best
