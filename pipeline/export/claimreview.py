"""Accepted contradictions as schema.org ClaimReview, to be put on a page.

A contradiction says that two claims cannot both stand, not which of them is wrong: each of its two sides
becomes a review of its own, with the other side as the ground. What a reviewer noted stays private.

Vocabulary: https://schema.org/ClaimReview. What search engines ask for: Google Search Central, "Fact check
(ClaimReview) structured data".
"""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from pipeline.errors import InputError
from pipeline.export.asked import Asked, Reviewer
from pipeline.export.jsonlines import json_text
from pipeline.export.rows import live
from pipeline.export.stored import Stored
from pipeline.report.html import articles_by_id
from pipeline.report.text import one_line
from pipeline.values.names import NameKind, find_names
from pipeline.values.samename import fold_name
from pipeline.values.titles import LOWER_ROLES, ORGANISATION_WORDS
from schemas.contradiction import Contradiction, Relation, Side
from schemas.decision import Decision, Ruling
from schemas.report import Report, ReportArticle, ReportClaim

Node = dict[str, object]

# Inside <script>, where the text is meant to be put, these could end it.
_IN_HTML = str.maketrans({"<": r"\u003c", ">": r"\u003e", "&": r"\u0026"})


def export_claimreview(stories: Sequence[Stored], asked: Asked) -> str:
    """Return a JSON-LD graph with two reviews for each accepted contradiction.

    The text may stand in a ``<script type="application/ld+json">`` as it is. Raises InputError for a draft.
    """
    if any(stored.report.draft is not None for stored in stories):
        raise InputError("A draft is published nowhere: there is nothing of it to review in public.")
    if asked.reviewer is None:
        raise ValueError("a review needs a reviewer")
    graph = [
        _review(stored.report, finding, number, decision, asked.reviewer)
        for stored in stories
        for finding, decision in accepted(stored)
        if finding.relation is Relation.contradiction
        for number in (1, 2)
    ]
    text = json_text({"@context": "https://schema.org", "@graph": graph}, indent=2)
    return text.translate(_IN_HTML) + "\n"


def accepted(stored: Stored) -> Iterator[tuple[Contradiction, Decision]]:
    """Yield the findings that were accepted as they now read, strongest first."""
    decided = {decision.finding_id: decision for decision in live(stored.decisions)}
    for finding in stored.report.contradictions:
        decision = decided.get(finding.id)
        if decision is not None and decision.ruling is Ruling.accepted:
            yield finding, decision


def _review(
    report: Report, finding: Contradiction, number: int, decision: Decision, reviewer: Reviewer
) -> Node:
    """Return the review of side ``number``, 1 or 2."""
    side, other = finding.sides if number == 1 else finding.sides[::-1]
    article = articles_by_id(report)
    claim = next((claim for claim in report.claims if claim.id == side.claim_id), None)
    return _without_none(
        {
            "@type": "ClaimReview",
            "url": _filled(reviewer.url_template, report, finding, number),
            "datePublished": decision.decided_at.date().isoformat(),
            "author": {"@type": reviewer.is_a, "name": reviewer.name, "url": reviewer.url},
            "claimReviewed": one_line(claim.text if claim else side.quote),
            "itemReviewed": _claim(article(side.article_id), side, claim),
            "reviewRating": _rating(reviewer),
            "reviewBody": _body(finding.reason, other, article(other.article_id)),
        }
    )


def _filled(template: str | None, report: Report, finding: Contradiction, number: int) -> str | None:
    if template is None:
        return None
    for name, value in (("id", finding.id), ("side", str(number)), ("story", report.story)):
        template = template.replace(f"{{{name}}}", quote(value, safe="", errors="replace"))
    return template


def _claim(article: ReportArticle, side: Side, claim: ReportClaim | None) -> Node:
    outlet = _organisation(article)
    published = article.published.isoformat() if article.published else None
    title = one_line(article.title or "")
    speaker = one_line((claim and claim.speaker) or "")
    appearance: Node = {
        "@type": "NewsArticle",
        **({"headline": title} if title else {"name": one_line(article.label)}),
        "datePublished": published,
        "publisher": outlet,
        "url": article.link,
    }
    return _without_none(
        {
            "@type": "Claim",
            "text": one_line(side.quote),
            "author": _speaker(speaker) if speaker else outlet,
            "datePublished": published,
            "appearance": _without_none(appearance),
        }
    )


def _organisation(article: ReportArticle) -> Node | None:
    """Return the outlet, or None where the report knows no more than the name of a file."""
    name = one_line(article.outlet or "")
    return {"@type": "NewsMediaOrganization", "name": name} if name else None


def _speaker(speaker: str) -> Node:
    """Return whom a claim is credited to: an organisation where its words say so, else a person."""
    words = set(fold_name(speaker).split()) | set(speaker.lower().split())
    kinds = {name.kind for name in find_names(f"- {speaker}")}
    named = bool(words & ORGANISATION_WORDS or kinds & {NameKind.organisation, NameKind.country})
    is_organisation = named and NameKind.person not in kinds and not words & LOWER_ROLES
    return {"@type": "Organization" if is_organisation else "Person", "name": speaker}


def _rating(reviewer: Reviewer) -> Node:
    rating: Node = {"@type": "Rating", "alternateName": reviewer.rating}
    if reviewer.scale is not None:
        value, worst, best = (int(number) if number == int(number) else number for number in reviewer.scale)
        rating |= {"ratingValue": value, "worstRating": worst, "bestRating": best}
    return rating


def _body(reason: str, other: Side, article: ReportArticle) -> str:
    when = f" ({article.published.isoformat()})" if article.published else ""
    told = one_line(reason).rstrip(".")
    return f"{told}. {one_line(article.label)}{when}: “{one_line(other.quote)}”"


def _without_none(node: Node) -> Node:
    return {name: value for name, value in node.items() if value is not None}
