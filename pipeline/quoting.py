"""Which words of an article are quoted, where a quotation runs over several sentences or paragraphs.

A sentence cut from the middle of a quotation has no marks of its own, so the marks are read by paragraph. As
news sets it, a quotation that is not closed at the end of a paragraph goes on where the next one opens with a
mark again.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice, takewhile

from pipeline.values.quotations import find_quotations
from schemas.article import Article, Role, Sentence
from schemas.record import Span

_SPACE = re.compile(r"\s")
_OPENING = ("“", '"', "‘", "«")
_BEGUN = re.compile(r'(?:^|\s)"\w[^"]*$')  # a straight mark that opens and is never closed


@dataclass(frozen=True)
class Paragraph:
    """A paragraph's sentences and quotations; the spans, of the article's text, leave the marks out."""

    sentences: tuple[Sentence, ...]
    quotations: tuple[Span, ...]
    opens_quoted: bool  # its first character is an opening mark
    is_open: bool  # its last quotation is not closed


def paragraphs(article: Article) -> Mapping[int, Paragraph]:
    """Return the paragraphs of the running text by position: no headline, caption, byline or furniture."""
    return _paragraphs(_ByText(article))


class _ByText:
    """An article as the key of a cache; hashing all its records each time costs more than reading them."""

    def __init__(self, article: Article) -> None:
        self.article = article

    def __hash__(self) -> int:
        return hash(self.article.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByText) and (self.article is other.article or self.article == other.article)


@lru_cache(maxsize=64)
def _paragraphs(key: _ByText) -> Mapping[int, Paragraph]:
    prose = (s for s in key.article.sentences if s.role is Role.prose)
    grouped = groupby(prose, key=lambda s: s.paragraph)
    return {number: _paragraph(key.article, tuple(sentences)) for number, sentences in grouped}


def flat(article: Article, sentence: Sentence) -> str:
    """Return the sentence with each white-space character as one space, so that offsets stay."""
    return _SPACE.sub(" ", article.quote(sentence.span))


def told(article: Article, sentence: Sentence) -> str:
    """Return what the sentence tells: as ``flat`` does, with as many spaces in place of its dateline."""
    return " " * sentence.dateline + flat(article, sentence)[sentence.dateline :]


def quoted_parts(article: Article, sentence: Sentence) -> tuple[Span, ...]:
    """Return the parts of ``sentence`` inside quotations, as spans of the article's text."""
    start, end = sentence.span.start, sentence.span.end
    known = _quotations(article, sentence)
    first = bisect_right(known, start, key=lambda q: q.end)
    inside = takewhile(lambda q: q.start < end, islice(known, first, None))
    return tuple(Span(start=max(q.start, start), end=min(q.end, end)) for q in inside)


def unquoted(article: Article, sentence: Sentence) -> str:
    """Return the sentence, as long as it is, with every quoted character blanked and the marks kept."""
    text, start = told(article, sentence), sentence.span.start
    for part in quoted_parts(article, sentence):
        first, last = part.start - start, part.end - start
        text = text[:first] + "\0" * (last - first) + text[last:]
    return text


def _quotations(article: Article, sentence: Sentence) -> Sequence[Span]:
    if sentence.role is Role.prose:
        return paragraphs(article)[sentence.paragraph].quotations
    start = sentence.span.start  # a headline or a caption stands alone
    return [_shifted(q.span, start) for q in find_quotations(flat(article, sentence))]


def _paragraph(article: Article, sentences: tuple[Sentence, ...]) -> Paragraph:
    start, end = sentences[0].span.start, sentences[-1].span.end
    text = _SPACE.sub(" ", article.text[start:end])
    closed = text + '"' if text.count('"') % 2 and _BEGUN.search(text) else text
    spans = tuple(_shifted(q.span, start) for q in find_quotations(closed))
    return Paragraph(
        sentences=sentences,
        quotations=spans,
        opens_quoted=text.startswith(_OPENING),
        is_open=bool(spans) and spans[-1].end >= end,
    )


def _shifted(span: Span, by: int) -> Span:
    return Span(start=span.start + by, end=span.end + by)
