"""What one outlet says alone, the claims most worth checking first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.report import Report, ReportArticle, ReportClaim
from schemas.verdict import Label, UnsupportedReason

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
    rest by article.
    """

    first: tuple[ReportClaim, ...]
    outlets: tuple[Outlet, ...]


def single(report: Report) -> Single:
    """Return the unsupported claims by worth; where a report lacks it, what was found nowhere else first."""
    claims = [claim for claim in report.claims if claim.verdict.label is Label.unsupported]
    place = {article.id: i for i, article in enumerate(report.articles)}
    ranked = sorted(
        claims, key=lambda claim: (*_rank(claim), place.get(claim.article_id, len(place)), claim.id)
    )
    is_ranked = any(claim.worth for claim in claims)
    first = tuple(ranked[:FIRST]) if is_ranked and len(ranked) >= MANY else ()
    return Single(first, _outlets(report, ranked, {claim.id for claim in first}))


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
