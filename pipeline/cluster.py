"""Puts together the claims of several articles that say one thing: who was first, from how many origins."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.likeness import Articles, group_claims, likeness, passage_of, supporting
from pipeline.origins import Sources, Statement
from pipeline.values.samename import same_name
from schemas.article import Article
from schemas.cluster import Cluster
from schemas.report import ReportClaim
from schemas.verdict import Evidence


def cluster(
    articles: Sequence[Article],
    origins: Mapping[str, str],
    claims: Sequence[ReportClaim],
    sources: Sequence[Article] = (),
) -> tuple[Cluster, ...]:
    """Return the clusters of claims that two articles or more make, those of most articles first.

    A claim that nothing supports, and that supports none, is in no cluster. ``origins`` is by article id. The
    order of ``claims`` changes nothing. Articles that were checked against ``sources`` are drafts: they come
    before them, and published nothing.
    """
    texts = (*articles, *sources)
    drafts = {article.id for article in articles} if sources else set[str]()
    backing = Sources(texts, origins, claims, drafts)
    known: Articles = {article.id: article for article in texts}
    place = {
        article.id: (article.id not in drafts, article.published or date.max, i)
        for i, article in enumerate(texts)
    }
    found = []
    for same in group_claims(claims, known):
        members = sorted(same, key=lambda claim: (place[claim.article_id], claim.span.start, claim.id))
        statements = [*map(backing.statement, members), *map(backing.statement, _backing(members))]
        article_ids = sorted({statement.article_id for statement in statements}, key=place.__getitem__)
        if len(article_ids) > 1:
            found.append(
                Cluster(
                    id=_id(members),
                    claim_ids=tuple(claim.id for claim in members),
                    article_ids=tuple(article_ids),
                    first_article_id=_first([name for name in article_ids if name not in drafts], known),
                    origins=backing.count_statements(statements),
                    speaker=_common_speaker(statements),
                    text=_middle(members, known).text,
                )
            )
    return tuple(sorted(found, key=lambda c: (-len(c.article_ids), place[c.article_ids[0]], c.id)))


def _backing(members: Sequence[ReportClaim]) -> list[Evidence]:
    """Return the supporting sentences that no claim of the group is drawn from, each once."""
    own = {(claim.article_id, span) for claim in members for span in (claim.span, *claim.repeats)}
    found = {(e.article_id, e.span): e for claim in members for e in supporting(claim)}
    return [evidence for place, evidence in found.items() if place not in own]


def _first(article_ids: Sequence[str], articles: Articles) -> str | None:
    """Return the first of the articles, which are in order, or None where their days do not tell it."""
    days = [articles[article_id].published for article_id in article_ids]
    return article_ids[0] if None not in days and days.count(days[0]) == 1 else None


def _common_speaker(statements: Sequence[Statement]) -> str | None:
    """Return the fullest form of a name that each article gives as the speaker at least once, or None.

    Articles name a speaker once and then report on: a headline has none.
    """
    named: dict[str, set[str]] = defaultdict(set)
    for statement in statements:
        named[statement.article_id] |= {statement.speaker} if statement.speaker else set()
    names = sorted(set().union(*named.values()), key=lambda name: (-len(name), name))
    return next(
        (
            name
            for name in names
            if all(any(same_name(name, other) for other in others) for others in named.values())
        ),
        None,
    )


def _middle(members: Sequence[ReportClaim], articles: Articles) -> ReportClaim:
    """Return the claim whose wording is likest to those of all others, the earliest of equals."""
    passages = [passage_of(claim, articles) for claim in members]
    sums = [sum(likeness(one, other) for other in passages) for one in passages]
    return members[sums.index(max(sums))]


def _id(members: Sequence[ReportClaim]) -> str:
    names = "\0".join(sorted(claim.id for claim in members))
    return f"k{hashlib.sha256(names.encode()).hexdigest()[:12]}"
