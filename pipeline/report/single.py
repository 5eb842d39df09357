"""What one outlet says alone, the claims most worth checking first."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.report import Report, ReportArticle, ReportClaim
from schemas.verdict import Label, Stance, UnsupportedReason

FIRST = 10  # claims of all outlets that stand before the outlets' own lists
MANY = 15  # claims from which on there is such a list


@dataclass(frozen=True)
class Outlet:
    """The claims that one article alone makes, but for as many as ``first`` says: those stand before."""

    article: ReportArticle
    claims: tuple[ReportClaim, ...]
    first: int

    @property
    def total(self) -> int:
        """How many claims this article alone makes."""
        return len(self.claims) + self.first


@dataclass(frozen=True)
class Single:
    """The claims that no other article settles, most worth checking first.

    ``first`` are those of all outlets that are worth most, none where there are few; ``outlets`` hold the
    rest by article. ``confirms`` has, by the id of the claim, the outlets of which its sentence confirms
    another claim: such a sentence stands alone in a part only, and is never among the first.
    """

    first: tuple[ReportClaim, ...]
    outlets: tuple[Outlet, ...]
    confirms: Mapping[str, tuple[str, ...]]


def single(report: Report) -> Single:
    """Return the unsupported claims by worth; where a report lacks it, what was found nowhere else first."""
    claims = [claim for claim in report.claims if claim.verdict.label is Label.unsupported]
    place = {article.id: i for i, article in enumerate(report.articles)}
    ranked = sorted(
        claims, key=lambda claim: (*_rank(claim), place.get(claim.article_id, len(place)), claim.id)
    )
    confirms = _confirms(report, claims)
    lone = [claim for claim in ranked if claim.id not in confirms]
    is_ranked = any(claim.worth for claim in lone)
    first = tuple(lone[:FIRST]) if is_ranked and len(lone) >= MANY else ()
    return Single(first, _outlets(report, ranked, {claim.id for claim in first}), confirms)


def _confirms(report: Report, claims: Sequence[ReportClaim]) -> dict[str, tuple[str, ...]]:
    """Return the outlets whose supported claims rest on the sentence of one of ``claims``, by its id."""
    label = {article.id: article.label for article in report.articles}
    resting: dict[tuple[str, int], dict[str, None]] = defaultdict(dict)
    for claim in report.claims:
        if claim.verdict.label is Label.supported:
            for evidence in claim.verdict.evidence:
                if evidence.stance is Stance.supports and evidence.article_id != claim.article_id:
                    outlet = label.get(claim.article_id, claim.article_id)
                    resting[evidence.article_id, evidence.span.start][outlet] = None
    found = {claim.id: tuple(resting.get((claim.article_id, claim.span.start), ())) for claim in claims}
    return {name: outlets for name, outlets in found.items() if outlets}


def _rank(claim: ReportClaim) -> tuple[float, int, int]:
    order = [reason.value for reason in UnsupportedReason]
    given = claim.verdict.reason or ""
    return -claim.worth, order.index(given) if given in order else len(order), claim.span.start


def _outlets(report: Report, ranked: Sequence[ReportClaim], shown: set[str]) -> tuple[Outlet, ...]:
    by_article: dict[str, list[ReportClaim]] = defaultdict(list)
    for claim in ranked:
        by_article[claim.article_id].append(claim)
    found = []
    for article in report.articles:
        if own := by_article[article.id]:
            rest = tuple(claim for claim in own if claim.id not in shown)
            found.append(Outlet(article, rest, len(own) - len(rest)))
    return tuple(found)
