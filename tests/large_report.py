"""A report of any size made of invented text: many articles, many claims, and conflicts between them."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from schemas.claim import ClaimKind
from schemas.cluster import Cluster
from schemas.contradiction import ConflictKind, Contradiction, Relation, Severity
from schemas.report import Report, ReportArticle, ReportClaim
from schemas.verdict import Verdict
from tests import sample_report as sample

PLACES = "Veldrik Orrin Hallstad Tavling Marrow Estholm Brack Sundry Pellham Quarrel".split()
THINGS = "the crane the ferry the mill the tunnel the school the bridge the dam the depot".split(" the ")
DOERS = "the port authority, the union, the mayor, the harbour master, a dock worker".split(", ")
DEEDS = "closed, inspected, repaired, reported, sold, measured, emptied, guarded".split(", ")
SENTENCES = 16  # of an article, but for its headline


def large_report(claims: int = 5000, findings: int = 500, seed: int = 1) -> Report:
    """Build a report of so many claims and findings; the same for the same arguments."""
    draw = random.Random(seed)
    articles = tuple(_articles(draw, max(2, -(-claims // SENTENCES))))
    found = tuple(_claims(draw, articles, claims))
    conflicts = tuple(_conflicts(draw, articles, findings))
    return sample.sample_report(
        story="A large story",
        articles=articles,
        claims=found,
        contradictions=tuple(sorted(conflicts, key=lambda conflict: -conflict.confidence)),
        clusters=tuple(_clusters(found)),
        run=sample.run_info(found),
    )


def _articles(draw: random.Random, number: int) -> Iterator[ReportArticle]:
    for place in range(number):
        texts = [f"What is known of {draw.choice(PLACES)}, part {place}"]
        texts += [f"{_sentence(draw)}, {line} of {place}." for line in range(1, SENTENCES + 1)]
        outlet = f"The {PLACES[place % 10]} {('Courier', 'Ledger', 'Wire', 'Post')[place % 4]}"
        published = date(2031, 3, 1) + timedelta(days=draw.randrange(30))
        yield sample.article(f"a{place}", outlet, published, texts)


def _sentence(draw: random.Random) -> str:
    number, thing = draw.randrange(2, 900), draw.choice(THINGS[1:])
    return (
        f"At least {number} people saw how {draw.choice(DOERS)} {draw.choice(DEEDS)} the {thing} near "
        f"{draw.choice(PLACES)} on {draw.randrange(1, 29)} March, before the weather turned again"
    )


def _claims(draw: random.Random, articles: tuple[ReportArticle, ...], number: int) -> Iterator[ReportClaim]:
    kinds = tuple(ClaimKind)
    for place in range(number):
        article = articles[place // SENTENCES % len(articles)]
        other = articles[draw.randrange(len(articles))]
        verdict: Verdict = sample.unsupported()
        if place % 3 == 0 and other is not article:
            verdict = sample.supported(sample.evidence(other, 2 + draw.randrange(SENTENCES)))
        yield sample.claim(
            article,
            2 + place % SENTENCES,
            f"{_sentence(draw)}.",
            verdict,
            id=f"c{place}",
            kind=draw.choice(kinds),
            speaker=draw.choice(DOERS) if place % 4 == 0 else None,
            worth=draw.random(),
            worth_reasons=("a past event",),
        )


def _clusters(claims: tuple[ReportClaim, ...]) -> Iterator[Cluster]:
    """Yield what a run makes of claims that another article supports: each with that one."""
    for claim in claims:
        others = {evidence.article_id for evidence in claim.verdict.evidence} - {claim.article_id}
        if others:
            yield Cluster(
                id=f"k{claim.id}",
                claim_ids=(claim.id,),
                article_ids=(claim.article_id, *sorted(others)),
                origins=2,
                text=claim.text,
            )


def _conflicts(
    draw: random.Random, articles: tuple[ReportArticle, ...], number: int
) -> Iterator[Contradiction]:
    kinds, severities = tuple(ConflictKind), tuple(Severity)
    relations = (*(Relation.contradiction,) * 4, Relation.update, Relation.speakers_differ)
    for place in range(number):
        one, other = draw.sample(articles, 2)
        yield Contradiction(
            id=f"f{place:05}",
            kind=draw.choice(kinds),
            relation=relations[place % len(relations)],
            severity=draw.choice(severities),
            confidence=round(draw.uniform(0.3, 0.99), 3),
            reason=f"{draw.randrange(90)} against {draw.randrange(90)}",
            sides=(
                sample.side(one, 2 + draw.randrange(SENTENCES), "people"),
                sample.side(other, 2 + draw.randrange(SENTENCES), "people"),
            ),
        )
