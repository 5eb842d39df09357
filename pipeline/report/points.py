"""The points a story turns on: findings about one thing, with the claims that say what their sides say."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.report.words import rewording
from pipeline.words import containment
from schemas.cluster import Cluster
from schemas.contradiction import ConflictKind, Contradiction, Side
from schemas.record import Span
from schemas.report import Report, ReportClaim
from schemas.verdict import Stance


@dataclass(frozen=True)
class Voice:
    """One article's say on a point; ``finding`` is the one that it is a side of, null where it is of none.

    ``span`` is the sentence, null where only the article is known. ``words`` are those that differ from the
    other side (``differs``), or else the speaker, where the quarrel is who said it, or the sentence. Voices
    with a key of ``alike`` in common agree; one with none takes no side that is known.
    """

    article_id: str
    span: Span | None
    words: str
    alike: tuple[str, ...] = ()
    finding: Contradiction | None = None
    differs: str = ""


@dataclass(frozen=True)
class Point:
    """One thing that two or more articles speak of, with all who do, in no order.

    ``text`` is a sentence of one of them, and ``worded`` the model's wording of it; each may be "".
    ``findings`` are in the report's order, strongest first, and empty where all agree; ``origins`` and
    ``speaker`` are those of the cluster then (0 and null otherwise).
    """

    text: str
    worded: str
    voices: tuple[Voice, ...]
    findings: tuple[Contradiction, ...] = ()
    origins: int = 0
    speaker: str | None = None


def points(report: Report) -> tuple[Point, ...]:
    """Return the points of a report: each finding is in exactly one, each cluster in one at least.

    Findings are of one point where they are of one kind and share a claim, a cluster, or the differing words
    of a sentence. A sentence alone does not make them so: it may say two things that have to do with neither.
    """
    claims = {claim.id: claim for claim in report.claims}
    cluster_of = {name: cluster for cluster in report.clusters for name in cluster.claim_ids}
    disputed = [_disputed(group, claims, cluster_of) for group in _groups(report.contradictions, cluster_of)]
    told = {
        cluster_of[side.claim_id].id
        for finding in report.contradictions
        for side in finding.sides
        if side.claim_id in cluster_of
    }
    agreed = [
        Point(
            *statement(cluster, claims),
            tuple(_members(cluster, claims)),
            origins=cluster.origins,
            speaker=cluster.speaker,
        )
        for cluster in report.clusters
        if cluster.id not in told
    ]
    return (*disputed, *agreed)


def statement(cluster: Cluster, claims: Mapping[str, ReportClaim]) -> tuple[str, str]:
    """Return the sentence that stands for a cluster, and the model's wording of it; each "" where none is."""
    members = [claims[name] for name in cluster.claim_ids if name in claims]
    lead = next((claim for claim in members if claim.text == cluster.text), next(iter(members), None))
    return (lead.quote, rewording(lead)) if lead else ("", cluster.text)


def _groups(
    findings: Sequence[Contradiction], cluster_of: Mapping[str, Cluster]
) -> list[list[Contradiction]]:
    """Return the findings by point, both in the order in which they came."""
    group_of = list(range(len(findings)))

    def group(place: int) -> int:
        while group_of[place] != place:
            group_of[place] = place = group_of[group_of[place]]
        return place

    first: dict[tuple[str, ...], int] = {}
    sentences: dict[tuple[str, str, int], dict[tuple[Span, ...], int]] = defaultdict(dict)
    for place, finding in enumerate(findings):
        for side in finding.sides:
            same = []
            if side.claim_id is not None:
                cluster = cluster_of.get(side.claim_id)
                name = ("cluster", cluster.id) if cluster else ("claim", side.claim_id)
                same.append(first.setdefault((finding.kind.value, *name), place))
            here = sentences[finding.kind.value, side.article_id, side.span.start]
            here.setdefault(side.differs, place)  # many findings can be about the same words
            same += [other for differs, other in here.items() if _overlap(side.differs, differs)]
            for other in same:
                one, two = sorted((group(other), group(place)))
                group_of[two] = one
    found: dict[int, list[Contradiction]] = defaultdict(list)
    for place, finding in enumerate(findings):
        found[group(place)].append(finding)
    return list(found.values())


def _overlap(one: Sequence[Span], other: Sequence[Span]) -> bool:
    """Tell whether both may be about the same words: they share some, or one names none."""
    return not one or not other or any(a.start < b.end and b.start < a.end for a in one for b in other)


def _disputed(
    findings: Sequence[Contradiction], claims: Mapping[str, ReportClaim], cluster_of: Mapping[str, Cluster]
) -> Point:
    """Return the point of these findings, with what the clusters of their claims add."""
    sides = [(finding, side) for finding in findings for side in finding.sides]
    voices = [_voice(finding, side, claims, cluster_of) for finding, side in sides]
    told = {(voice.article_id, voice.span) for voice in voices}
    joined: dict[str, tuple[Cluster, list[Voice]]] = {}
    for (_, side), voice in zip(sides, list(voices), strict=True):
        if cluster := cluster_of.get(side.claim_id or ""):
            joined.setdefault(cluster.id, (cluster, []))[1].append(voice)
    for cluster, own in joined.values():
        members = (m for m in _members(cluster, claims) if (m.article_id, m.span) not in told)
        voices += [_taking_side(member, own) for member in members]
    return Point(*_text(findings[0], claims), tuple(voices), tuple(findings))


def _taking_side(member: Voice, sides: Sequence[Voice]) -> Voice:
    """Return a member of a cluster as agreeing with those of its sides whose differing words it has, too.

    That it says the same on the whole does not mean that it agrees in what is disputed.
    """
    same = [side for side in sides if side.differs and containment(side.differs, member.words) == 1.0]
    return replace(member, alike=tuple(side.alike[0] for side in same))


def _voice(
    finding: Contradiction, side: Side, claims: Mapping[str, ReportClaim], cluster_of: Mapping[str, Cluster]
) -> Voice:
    start = side.span.start
    differs = " … ".join(" ".join(side.quote[d.start - start : d.end - start].split()) for d in side.differs)
    claim = claims.get(side.claim_id or "")
    cluster = cluster_of.get(side.claim_id or "")
    alike = [f"sentence {side.article_id} {start}"]
    alike += [f"words {differs.casefold()}"] if differs else []
    if finding.kind is not ConflictKind.attribution:  # there, the same claim comes from different mouths
        alike += [f"cluster {cluster.id}"] if cluster else []
    words = differs or side.quote
    if not differs and claim and claim.speaker and finding.kind is ConflictKind.attribution:
        words = claim.speaker
    return Voice(side.article_id, side.span, words, tuple(alike), finding, differs)


def _text(finding: Contradiction, claims: Mapping[str, ReportClaim]) -> tuple[str, str]:
    """Return the sentence that stands for a point, of a side with a claim where one is, and its wording."""
    side = next((side for side in finding.sides if side.claim_id in claims), finding.sides[0])
    claim = claims.get(side.claim_id or "")
    return side.quote, rewording(claim) if claim else ""


def _members(cluster: Cluster, claims: Mapping[str, ReportClaim]) -> Iterator[Voice]:
    """Yield a voice for each claim of a cluster, and for each article that only a sentence puts there."""
    members = [claims[name] for name in cluster.claim_ids if name in claims]
    left = dict.fromkeys(cluster.article_ids)
    for claim in members:
        left.pop(claim.article_id, None)
        yield Voice(claim.article_id, claim.span, claim.quote)
    backing = {
        evidence.article_id: evidence
        for claim in members
        for evidence in sorted(claim.verdict.evidence, key=lambda evidence: evidence.confidence)
        if evidence.stance is Stance.supports
    }
    for article_id in left:
        found = backing.get(article_id)
        yield Voice(article_id, found.span if found else None, found.quote if found else cluster.text)
