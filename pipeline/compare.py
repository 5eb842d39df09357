"""Finds, without a model, pairs of sentences of two articles whose values exclude each other.

A conflict is found here even where the extractor missed the claim. Each sentence is compared with the few
sentences of the other articles that share the most of its words.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from pipeline.values.differences import differences
from pipeline.values.passage import Passage
from pipeline.words import content_stems
from schemas.article import Article, Sentence
from schemas.contradiction import Side
from schemas.record import Span
from schemas.suspicion import Suspicion

LEAST_SHARED = 3  # content words two sentences must share to be compared at all


def compare(articles: Sequence[Article]) -> tuple[Suspicion, ...]:
    """Return every difference of values between sentences of two articles, in the articles' order."""
    found: list[Suspicion] = []
    for one, other in combinations(articles, 2):
        found.extend(_between(one, other))
    return tuple(found)


def _between(one: Article, other: Article) -> Iterator[Suspicion]:
    stems = {s.number: set(content_stems(other.quote(s.span))) for s in other.sentences if s.is_readable}
    for a in one.sentences:
        if not a.is_readable:
            continue
        words = set(content_stems(one.quote(a.span)))
        for b in other.sentences:
            if b.number in stems and len(words & stems[b.number]) >= LEAST_SHARED:
                yield from _suspicions(one, a, other, b)


def _suspicions(one: Article, a: Sentence, other: Article, b: Sentence) -> Iterator[Suspicion]:
    passage_a = Passage(text=one.quote(a.span), published=one.published)
    passage_b = Passage(text=other.quote(b.span), published=other.published)
    for difference in differences(passage_a, passage_b):
        yield Suspicion(
            sides=(_side(one, a, difference.a_span), _side(other, b, difference.b_span)),
            found_by="values",
            kind=difference.kind,
            what=difference.what,
        )


def _side(article: Article, sentence: Sentence, within: Span) -> Side:
    start = sentence.span.start
    return Side(
        article_id=article.id,
        span=sentence.span,
        quote=article.quote(sentence.span),
        differs=(Span(start=start + within.start, end=start + within.end),),
    )
