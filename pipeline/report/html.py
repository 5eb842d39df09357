"""report.html: what the outlets of one story say against each other, as one page that needs nothing else."""

from collections import Counter
from collections.abc import Callable, Sequence

from pipeline.report.page import render_page
from pipeline.report.passage import Passage, passage
from pipeline.report.summary import summarise
from schemas.contradiction import Side
from schemas.decision import Decision
from schemas.report import Report, ReportArticle


def render_html(report: Report, decisions: Sequence[Decision] = (), *, is_served: bool = False) -> str:
    """Return report.html for one story, readable from file:// without any request.

    ``decisions`` are those known when the page is made; a page that is served keeps new ones at its server,
    one in a file in the browser. Time and memory are linear in the claims and their evidence.
    """
    article = articles_by_id(report)

    def surroundings(side: Side) -> Passage:
        return passage(article(side.article_id), side.span, side.quote, side.differs)

    return render_page(
        "report.html.j2",
        is_served=is_served,
        decisions=decisions,
        report=report,
        summary=summarise(report),
        article=article,
        claims={claim.id: claim for claim in report.claims},
        claims_of=Counter(claim.article_id for claim in report.claims),
        origins=Counter(article.origin for article in report.articles),
        surroundings=surroundings,
    )


def articles_by_id(report: Report) -> Callable[[str], ReportArticle]:
    """Return what finds an article by its id; one the report does not hold is shown by its id."""
    articles = {article.id: article for article in report.articles}

    def article(article_id: str) -> ReportArticle:
        return articles.get(article_id) or ReportArticle(
            id=article_id,
            path="",
            title=None,
            outlet=None,
            published=None,
            origin=article_id,
            name=article_id,
        )

    return article
