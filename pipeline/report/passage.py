"""A quote in its surroundings: the sentence before, the quote with the parts that differ, the one after."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.report.text import clip, clip_start
from schemas.article import Role, Sentence
from schemas.record import Span
from schemas.report import ReportArticle

NEIGHBOUR_LENGTH = 280  # characters of a neighbouring sentence that are shown
_SURROUNDS = (Role.prose, Role.caption)  # a headline above is no sentence before


@dataclass(frozen=True)
class Part:
    """A stretch of a quote, and whether it is what the two sides differ in."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Passage:
    """A quote in parts that join to exactly the quote, and its neighbours ("" where there is none)."""

    before: str
    parts: tuple[Part, ...]
    after: str


def passage(article: ReportArticle, span: Span, quote: str, differs: Iterable[Span] = ()) -> Passage:
    """Return the quote at ``span`` of ``article`` between its neighbouring sentences, those cut if long."""
    sentences = article.sentences
    after = bisect_left(sentences, span.end, key=lambda sentence: sentence.span.start)
    before = bisect_right(sentences, span.start, key=lambda sentence: sentence.span.end) - 1
    return Passage(
        before=clip_start(_neighbour(article, sentences, before), NEIGHBOUR_LENGTH),
        parts=parts(quote, span.start, differs),
        after=clip(_neighbour(article, sentences, after), NEIGHBOUR_LENGTH),
    )


def parts(quote: str, start: int, differs: Iterable[Span]) -> tuple[Part, ...]:
    """Return ``quote``, which begins at ``start`` of its article, cut where ``differs`` spans begin and end.

    Spans that overlap are joined, and what lies outside the quote is left out.
    """
    found: list[Part] = []
    done = 0
    for span in sorted(differs, key=lambda span: span.start):
        first, last = max(span.start - start, done), min(span.end - start, len(quote))
        if first >= last:
            continue
        found += [Part(quote[done:first], differs=False), Part(quote[first:last], differs=True)]
        done = last
    found.append(Part(quote[done:], differs=False))
    return tuple(part for part in found if part.text)


def _neighbour(article: ReportArticle, sentences: Sequence[Sentence], index: int) -> str:
    """Return the sentence at ``index``, unless there is none or it is no running text."""
    if not 0 <= index < len(sentences) or sentences[index].role not in _SURROUNDS:
        return ""
    return sentences[index].span.cut(article.text)
