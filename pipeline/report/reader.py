"""The articles in full, with the claims that were drawn from them in the margin."""

from bisect import bisect_right

from schemas.record import Span
from schemas.report import ReportArticle


def anchor(article: ReportArticle, span: Span) -> str | None:
    """Return the id of the element that holds the sentence at ``span``, or None where no sentence does."""
    place = bisect_right(article.sentences, span.start, key=lambda sentence: sentence.span.start) - 1
    if place < 0 or span.start >= article.sentences[place].span.end:
        return None
    return f"s-{article.id}-{article.sentences[place].number}"
