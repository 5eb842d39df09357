"""Pairs the statements of two articles that may be about one fact: claims with claims, claims with sentences.

A claim is short and says one thing, so that two of them meet where their long sentences do not. The weighted
share of words decides, as in retrieval; what the two say of each other is for others to judge.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipeline.words import content_stems
from schemas.article import Article, Sentence
from schemas.claim import Claim

LEAST_OVERLAP = 0.3  # of the weight of the lighter statement
LEAST_SHARED = 2  # content words
PER_STATEMENT = 4  # the nearest in each other article


@dataclass(frozen=True)
class Statement:
    """A sentence, or a claim in it, as ``text``."""

    article: Article
    sentence: Sentence
    text: str
    claim: Claim | None = None


@dataclass(frozen=True)
class Aligned:
    """Two statements of two articles; ``overlap``, 0 to 1, is the weight they share of the lighter one's."""

    one: Statement
    other: Statement
    overlap: float


def align(claims: Sequence[Claim], articles: Sequence[Article]) -> list[Aligned]:
    """Return the pairs worth comparing, in the articles' order: for each statement the nearest few.

    Two whole sentences are not paired here (``compare`` does that), nor two that are the same words.
    """
    statements = {article.id: list(_statements(article, claims)) for article in articles}
    stems = {id(s): frozenset(content_stems(s.text)) for group in statements.values() for s in group}
    sentences = [stems[id(s)] for group in statements.values() for s in group if s.claim is None]
    counts = Counter(stem for words in sentences for stem in words)
    weights = {stem: math.log(1 + len(sentences) / count) for stem, count in counts.items()}
    rarest = math.log(1 + len(sentences))

    def weight(words: frozenset[str]) -> float:
        return sum(weights.get(stem, rarest) for stem in sorted(words))

    heavy = {id(s): weight(stems[id(s)]) for group in statements.values() for s in group}
    found: dict[tuple[int, int], Aligned] = {}
    for one, other in combinations(articles, 2):
        near: dict[int, list[Aligned]] = {}
        for a in statements[one.id]:
            for b in statements[other.id]:
                if a.claim is None and b.claim is None:
                    continue
                shared = stems[id(a)] & stems[id(b)]
                if len(shared) < LEAST_SHARED or a.text == b.text:
                    continue
                overlap = weight(shared) / min(heavy[id(a)], heavy[id(b)])
                if overlap >= LEAST_OVERLAP:
                    pair = Aligned(a, b, overlap)
                    near.setdefault(id(a), []).append(pair)
                    near.setdefault(id(b), []).append(pair)
        for pairs in near.values():
            for pair in sorted(pairs, key=lambda p: -p.overlap)[:PER_STATEMENT]:
                found.setdefault((id(pair.one), id(pair.other)), pair)
    return list(found.values())


def _statements(article: Article, claims: Sequence[Claim]) -> Iterator[Statement]:
    by_number = {sentence.number: sentence for sentence in article.sentences if sentence.is_readable}
    for sentence in by_number.values():
        yield Statement(article, sentence, " ".join(article.quote(sentence.span).split()))
    for claim in claims:
        if claim.article_id == article.id and claim.sentence in by_number:
            yield Statement(article, by_number[claim.sentence], claim.text, claim)
