"""Who published what first, and which facts were updated, as far as the dates tell it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.report.points import statement
from pipeline.report.text import clip
from schemas.contradiction import Contradiction, Relation, Side
from schemas.report import Report, ReportArticle

DAYS, UPDATES = 12, 6  # that are shown at once; the others are folded
STATEMENTS = 12  # so, over all days, shared out evenly
TEXT_LENGTH, WORDS_LENGTH = 200, 160  # characters


@dataclass(frozen=True)
class Later:
    """The articles that followed on one day."""

    day: date
    articles: tuple[ReportArticle, ...]


@dataclass(frozen=True)
class First:
    """A statement that was first published on a day, by whom, and who had it later.

    ``text`` is the sentence of one of them, and ``worded`` the model's wording of it; each may be "". Where
    ``articles`` are several, who of them was first is not known.
    """

    text: str
    worded: str
    articles: tuple[ReportArticle, ...]
    later: tuple[Later, ...]


@dataclass(frozen=True)
class Day:
    """A day with the articles published on it, and the statements that it brought.

    ``shown`` are the statements to show at once, those that most followed first; ``folded`` are the others.
    """

    day: date
    articles: tuple[ReportArticle, ...]
    shown: tuple[First, ...]
    folded: tuple[First, ...]


@dataclass(frozen=True)
class Told:
    """One side of an update: its article, and its differing words, or all of it where none are known."""

    article: ReportArticle
    words: str
    side: Side


@dataclass(frozen=True)
class Update:
    """A fact that was updated, the older word first where ``is_ordered``; else the order is not known."""

    finding: Contradiction
    older: Told
    newer: Told
    is_ordered: bool


@dataclass(frozen=True)
class Timeline:
    """What the dates of a report tell; ``untold`` counts the shared statements of which they tell nothing.

    The days and updates that are too many to be shown at once stand apart.
    """

    days: tuple[Day, ...]
    folded_days: tuple[Day, ...]
    undated: tuple[ReportArticle, ...]
    updates: tuple[Update, ...]
    folded_updates: tuple[Update, ...]
    untold: int


def timeline(report: Report) -> Timeline:
    """Return the days of a report in order, with what was first published on each, and its updates.

    A draft is published on none.
    """
    draft = report.draft
    published = [article for article in report.articles if article is not draft]
    articles = {article.id: article for article in report.articles}
    claims = {claim.id: claim for claim in report.claims}
    by_day: dict[date, list[ReportArticle]] = defaultdict(list)
    for article in published:
        if article.published:
            by_day[article.published].append(article)
    firsts: dict[date, list[First]] = defaultdict(list)
    untold = 0
    for cluster in report.clusters:
        told = _days([name for name in cluster.article_ids if draft is None or name != draft.id], articles)
        if told is None:
            untold += 1
            continue
        (day, first), *later = told
        text, worded = (clip(" ".join(part.split()), TEXT_LENGTH) for part in statement(cluster, claims))
        firsts[day].append(First(text, worded, first, tuple(Later(*after) for after in later)))
    share = STATEMENTS // max(len(by_day), 1)
    days = tuple(_day(day, by_day[day], firsts[day], share) for day in sorted(by_day))
    updates = _updates(report, articles)
    return Timeline(
        days=days[:DAYS],
        folded_days=days[DAYS:],
        undated=tuple(article for article in published if article.published is None),
        updates=updates[:UPDATES],
        folded_updates=updates[UPDATES:],
        untold=untold,
    )


def _day(day: date, articles: Sequence[ReportArticle], firsts: Sequence[First], share: int) -> Day:
    ranked = sorted(firsts, key=_weight)
    return Day(day, tuple(articles), tuple(ranked[:share]), tuple(ranked[share:]))


def _weight(first: First) -> int:
    return -sum(len(later.articles) for later in first.later)


def _days(
    article_ids: Sequence[str], articles: Mapping[str, ReportArticle]
) -> list[tuple[date, tuple[ReportArticle, ...]]] | None:
    """Return a cluster's articles by day, or None where one has no date: it could have been the first."""
    by_day: dict[date, list[ReportArticle]] = defaultdict(list)
    for name in article_ids:
        article = articles.get(name)
        if article is None or article.published is None:
            return None
        by_day[article.published].append(article)
    return [(day, tuple(by_day[day])) for day in sorted(by_day)] or None


def _updates(report: Report, articles: Mapping[str, ReportArticle]) -> tuple[Update, ...]:
    """Return the updates by the day of the newer word, those without an order last."""
    found = []
    for finding in report.contradictions:
        if finding.relation is not Relation.update or any(
            s.article_id not in articles for s in finding.sides
        ):
            continue
        one, other = (_told(side, articles[side.article_id]) for side in finding.sides)
        days = one.article.published, other.article.published
        if days[0] and days[1] and days[0] > days[1]:
            one, other = other, one
        is_ordered = None not in days and days[0] != days[1]
        found.append(Update(finding, one, other, is_ordered))
    return tuple(sorted(found, key=lambda u: (not u.is_ordered, u.newer.article.published or date.max)))


def _told(side: Side, article: ReportArticle) -> Told:
    start = side.span.start
    words: Sequence[str] = [side.quote[d.start - start : d.end - start] for d in side.differs]
    return Told(article, clip(" ".join(" … ".join(words or [side.quote]).split()), WORDS_LENGTH), side)
