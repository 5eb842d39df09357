"""Finds near-copies: articles, and sentences, that come from one text count as one origin.

Shingling and containment as in Broder, "On the resemblance and containment of documents" (1997).
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple, TypeVar

from rapidfuzz import fuzz

from pipeline.languages.table import reader_of
from pipeline.remembered import remembered
from pipeline.speakers import credit_of
from pipeline.values.samename import same_name
from schemas.article import Article
from schemas.claim import Claim
from schemas.verdict import Evidence

SHINGLE = 4  # content words in a row
COPY = 0.5  # the share of the shorter article's shingles found in the other, from which it is a copy
COPIED_SENTENCE = 0.7  # the same of a sentence: a clause may be added or left out, and its numbers brought up
LEAST_SHINGLES = 4  # of a sentence; a shorter run of words is shared by chance
SAME_SENTENCE = 88.0  # rapidfuzz token_sort_ratio; it tells short sentences, too

Item = TypeVar("Item", bound=Hashable)


class Statement(NamedTuple):
    """A sentence of an article, and whom it quotes, where that is known."""

    article_id: str
    start: int
    quote: str
    speaker: str | None
    language: str | None = None


def find_origins(articles: Sequence[Article]) -> Mapping[str, str]:
    """Return the origin of each article by id: the id of the first article that carries the same text."""
    shingles = {article.id: _shingles(_readable(article), article.read_as) for article in articles}
    copies = [
        (a.id, b.id) for a, b in combinations(articles, 2) if _shared(shingles[a.id], shingles[b.id]) >= COPY
    ]
    return group([article.id for article in articles], copies)


class Sources:
    """Tells how many independent origins a claim's supporters have.

    The ``drafts`` among the articles, by their ids, are none: they back nothing.
    """

    def __init__(
        self,
        articles: Sequence[Article],
        origins: Mapping[str, str],
        claims: Sequence[Claim],
        drafts: Collection[str] = (),
    ) -> None:
        self._drafts = drafts
        self._articles = {article.id: article for article in articles}
        self._origins = origins
        self._speakers: dict[tuple[str, int], str | None] = {
            (c.article_id, c.span.start): c.speaker for c in claims if c.speaker
        }

    def count(self, claim: Claim, supporters: Sequence[Evidence]) -> int:
        """Return the number of origins among ``claim`` itself and what supports it."""
        return self.count_statements([self.statement(claim), *(self.statement(e) for e in supporters)])

    def told(self, claim: Claim, supporters: Sequence[Evidence]) -> str:
        """Return in words how many articles, or sources of a draft, say what ``claim`` says."""
        origins, texts = self.count(claim, supporters), len({e.article_id for e in supporters})
        who = f"{texts + 1} articles say"
        if claim.article_id in self._drafts:
            who = f"{texts} sources say" if texts > 1 else "1 source says"
        return f"{who} so, from {origins} origin{'s' if origins > 1 else ''}"

    def count_statements(self, statements: Sequence[Statement]) -> int:
        """Return the number of origins among sentences that say the same."""
        backing = [statement for statement in statements if statement.article_id not in self._drafts]
        pairs = [(a, b) for a, b in combinations(backing, 2) if self._is_one(a, b)]
        return len(set(group(backing, pairs).values()))

    def statement(self, source: Claim | Evidence) -> Statement:
        """Return the sentence of a claim or of evidence, with the speaker of its claims or of the whole."""
        said = source.speaker if isinstance(source, Claim) else None
        place = source.article_id, source.span.start
        language = self._articles[source.article_id].language
        return Statement(*place, source.quote, said or self._speaker(*place), language)

    def _is_one(self, a: Statement, b: Statement) -> bool:
        if self._origins[a.article_id] == self._origins[b.article_id] or is_same_sentence(
            a.quote, b.quote, a.language
        ):
            return True
        return bool(a.speaker and b.speaker and same_name(a.speaker, b.speaker))

    def _speaker(self, article_id: str, start: int) -> str | None:
        """Return the speaker of the claims of a sentence, else the one it is credited to as a whole."""
        if (article_id, start) not in self._speakers:
            article = self._articles[article_id]
            sentence = next(s for s in article.sentences if s.span.start == start)
            credit = credit_of(article, sentence)
            self._speakers[article_id, start] = credit.speaker if credit else None
        return self._speakers[article_id, start]


def is_same_sentence(one: str, other: str, language: str | None = None) -> bool:
    """Tell whether two sentences of one ``language`` are one, but for a few words or a clause."""
    if fuzz.token_sort_ratio(one.lower(), other.lower()) >= SAME_SENTENCE:
        return True
    first, second = _shingles(one, language), _shingles(other, language)
    return min(len(first), len(second)) >= LEAST_SHINGLES and _shared(first, second) >= COPIED_SENTENCE


def group(items: Sequence[Item], pairs: Sequence[tuple[Item, Item]]) -> dict[Item, Item]:
    """Return for each item the first item of the group that ``pairs`` join it to."""
    rank = {item: i for i, item in enumerate(items)}
    first = {item: item for item in items}
    for one, other in pairs:
        low, high = sorted((first[one], first[other]), key=rank.__getitem__)
        if low != high:  # of many copies of one text, most pairs are of one group already
            first = {item: low if head == high else head for item, head in first.items()}
    return first


def _readable(article: Article) -> str:
    return " ".join(article.quote(s.span) for s in article.sentences if s.is_readable)


@remembered(most=1024)  # a sentence meets the other supporters of each of its claims
def _shingles(text: str, language: str | None) -> frozenset[tuple[str, ...]]:
    stems = reader_of(language).stems(text)
    return frozenset(stems[i : i + SHINGLE] for i in range(len(stems) - SHINGLE + 1))


def _shared(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """Return the share of the shorter text's shingles that the other has, too; 0 where it has none."""
    fewest = min(len(one), len(other))
    return len(one & other) / fewest if fewest else 0.0
