"""report.html: what the outlets of one story say against each other, as one page that needs nothing else."""

from collections import Counter
from collections.abc import Callable, Sequence

from markupsafe import Markup

from pipeline.report.decided import desk_data, newest
from pipeline.report.marked import MARK_EXPLAINED, marked
from pipeline.report.matrix import matrix
from pipeline.report.page import PAGE_LANGUAGE, render_page
from pipeline.report.passage import Passage, passage
from pipeline.report.reader import anchor, reading
from pipeline.report.summary import summarise
from pipeline.report.timeline import timeline
from schemas.contradiction import Side
from schemas.decision import Decision
from schemas.report import Report, ReportArticle, ReportClaim
from schemas.verdict import Evidence


def render_html(
    report: Report,
    decisions: Sequence[Decision] = (),
    *,
    is_served: bool = False,
    locked: str | None = None,
    index_href: str | None = None,
) -> str:
    """Return report.html for one story, readable from file:// without any request.

    ``decisions`` are those known when the page is made; a page that is served keeps new ones at its server,
    one in a file in the browser. ``locked`` says why none can be kept, where that is so; ``index_href`` leads
    to the index of a batch. Time and memory are linear in the claims and their evidence.
    """
    article = articles_by_id(report)
    labels = {source.label for source in report.articles}
    outlets = sorted(labels, key=lambda label: (label.casefold(), label))
    number_of = {label: number for number, label in enumerate(outlets)}

    def outlet_numbers(*article_ids: str) -> str:
        """Return the places in ``outlets`` of the outlets of these articles, each once."""
        found = dict.fromkeys(article(article_id).label for article_id in article_ids)
        return " ".join(str(number_of[label]) for label in found if label in number_of)

    def lang(article_id: str) -> Markup:
        """Return the attribute for what is quoted in another language than the page's, else nothing."""
        code = article(article_id).language
        return Markup(' lang="{}"').format(code) if code and code != PAGE_LANGUAGE else Markup()

    def page(quoted: Side | ReportClaim | Evidence) -> str:
        """Return " · p. 3" for what is quoted from there, nothing where an article has no pages."""
        number = article(quoted.article_id).page_of(quoted.span)
        return f" · p. {number}" if number else ""

    def surroundings(side: Side) -> Passage:
        return passage(article(side.article_id), side.span, side.quote, side.differs)

    return render_page(
        "report.html.j2",
        is_served=is_served,
        locked=locked,
        index_href=index_href,
        desk_data=desk_data(report, article, decisions),
        decided={decision.finding_id: decision for decision in decisions},
        kinds={finding.kind for finding in report.contradictions},
        outlets=outlets,
        outlet_numbers=outlet_numbers,
        newest=lambda finding: newest(finding, article),
        whole=lambda side: anchor(article(side.article_id), side.span),
        report=report,
        summary=summarise(report),
        article=article,
        lang=lang,
        has_other_languages=any(a.language != PAGE_LANGUAGE for a in report.articles if a.language),
        claims={claim.id: claim for claim in report.claims},
        claims_of=Counter(claim.article_id for claim in report.claims),
        origins=Counter(article.origin for article in report.articles),
        surroundings=surroundings,
        page=page,
        marked=marked(report),
        MARK_EXPLAINED=MARK_EXPLAINED,
        matrix=matrix(report),
        timeline=timeline(report),
        reading=reading(report),
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
