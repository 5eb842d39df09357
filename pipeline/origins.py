"""Finds near-copies: articles, and sentences, that come from one text count as one origin.

Shingling and containment as in Broder, "On the resemblance and containment of documents" (1997).
"""

from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

from rapidfuzz import fuzz

from pipeline.speakers import credit_of
from pipeline.values.samename import same_name
from pipeline.words import content_stems
from schemas.article import Article
from schemas.claim import Claim
from schemas.verdict import Evidence

SHINGLE = 4  # content words in a row
COPY = 0.5  # the share of the shorter article's shingles found in the other, from which it is a copy
SAME_SENTENCE = 88.0  # rapidfuzz token_sort_ratio

Item = TypeVar("Item", bound=Hashable)


def find_origins(articles: Sequence[Article]) -> Mapping[str, str]:
    """Return the origin of each article by id: the id of the first article that carries the same text."""
    shingles = {article.id: _shingles(article) for article in articles}
    copies = [(a.id, b.id) for a, b in combinations(articles, 2) if _is_copy(shingles[a.id], shingles[b.id])]
    return group([article.id for article in articles], copies)


class Sources:
    """Tells how many independent origins a claim's supporters have."""

    def __init__(
        self, articles: Sequence[Article], origins: Mapping[str, str], claims: Sequence[Claim]
    ) -> None:
        self._articles = {article.id: article for article in articles}
        self._origins = origins
        self._speakers: dict[tuple[str, int], str | None] = {
            (c.article_id, c.span.start): c.speaker for c in claims if c.speaker
        }

    def count(self, claim: Claim, supporters: Sequence[Evidence]) -> int:
        """Return the number of origins among ``claim`` itself and what supports it."""
        nodes = [(claim.article_id, claim.span.start, claim.quote)]
        nodes += [(e.article_id, e.span.start, e.quote) for e in supporters]
        pairs = [(a, b) for a, b in combinations(nodes, 2) if self._is_one(a, b)]
        return len(set(group(nodes, pairs).values()))

    def _is_one(self, a: tuple[str, int, str], b: tuple[str, int, str]) -> bool:
        if self._origins[a[0]] == self._origins[b[0]] or is_same_sentence(a[2], b[2]):
            return True
        one, other = self._speaker(*a[:2]), self._speaker(*b[:2])
        return bool(one and other and same_name(one, other))

    def _speaker(self, article_id: str, start: int) -> str | None:
        """Return the speaker of the claims of a sentence, else the one it is credited to as a whole."""
        if (article_id, start) not in self._speakers:
            article = self._articles[article_id]
            sentence = next(s for s in article.sentences if s.span.start == start)
            credit = credit_of(article, sentence)
            self._speakers[article_id, start] = credit.speaker if credit else None
        return self._speakers[article_id, start]


def is_same_sentence(one: str, other: str) -> bool:
    """Tell whether two sentences are one, give or take a few words."""
    return fuzz.token_sort_ratio(one.lower(), other.lower()) >= SAME_SENTENCE


def group(items: Sequence[Item], pairs: Sequence[tuple[Item, Item]]) -> dict[Item, Item]:
    """Return for each item the first item of the group that ``pairs`` join it to."""
    rank = {item: i for i, item in enumerate(items)}
    first = {item: item for item in items}
    for one, other in pairs:
        low, high = sorted((first[one], first[other]), key=rank.__getitem__)
        first = {item: low if head == high else head for item, head in first.items()}
    return first


def _shingles(article: Article) -> frozenset[tuple[str, ...]]:
    text = " ".join(article.quote(s.span) for s in article.sentences if s.is_readable)
    stems = content_stems(text)
    return frozenset(stems[i : i + SHINGLE] for i in range(len(stems) - SHINGLE + 1))


def _is_copy(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    fewest = min(len(one), len(other))
    return fewest > 0 and len(one & other) / fewest >= COPY
