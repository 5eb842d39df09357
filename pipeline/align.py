"""Pairs statements of two articles that may be about one fact: sentences with sentences, claims with claims.

What a statement is about is taken from its vector, so that "quit" meets "resigned" and "the ship" a name;
what two statements say of each other is for others to judge.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from schemas.article import Article, Sentence
from schemas.claim import Claim

NEAREST = 2  # statements of each other article that one is paired with
LEAST_NEAR = 0.45  # the cosine that all but the nearest must have

Vectors = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True)
class Statement:
    """A sentence, or a claim in it, as ``text``."""

    article: Article
    sentence: Sentence
    text: str
    claim: Claim | None = None


@dataclass(frozen=True)
class Aligned:
    """Two statements of two articles, both sentences or both claims.

    ``cosine`` says how near their subjects are; ``is_mutual`` that neither has a nearer one in the other's
    article.
    """

    one: Statement
    other: Statement
    cosine: float
    is_mutual: bool


def align(claims: Sequence[Claim], articles: Sequence[Article], vectors: Vectors) -> list[Aligned]:
    """Return the pairs worth comparing: each statement with the ``NEAREST`` of each other article.

    Statements of the same words are not paired: they cannot differ. ``vectors`` gives a unit vector a text.
    """
    found: list[Aligned] = []
    for make in (_sentences, _claims):
        statements = {article.id: list(make(article, claims)) for article in articles}
        known = {key: vectors([s.text for s in group]) for key, group in statements.items()}
        for one, other in combinations(articles, 2):
            found += _nearest(statements[one.id], statements[other.id], known[one.id] @ known[other.id].T)
    return found


def whole(article: Article, sentence: Sentence) -> Statement:
    """Return a sentence as a statement, on one line."""
    return Statement(article, sentence, " ".join(article.quote(sentence.span).split()))


def _nearest(
    ones: Sequence[Statement], others: Sequence[Statement], cosines: NDArray[np.float32]
) -> Iterator[Aligned]:
    if not ones or not others:
        return
    # Rounded, and in a stable order, so that ties fall the same way whatever else is in the story.
    cosines = cosines.round(4)
    by_one = np.argsort(-cosines, axis=1, kind="stable")[:, :NEAREST]
    by_other = np.argsort(-cosines, axis=0, kind="stable")[:NEAREST, :]
    firsts = {(i, int(row[0])) for i, row in enumerate(by_one)}
    seconds = {(int(column[0]), j) for j, column in enumerate(by_other.T)}
    near = {(i, int(j)) for i, row in enumerate(by_one) for j in row[1:] if cosines[i, j] >= LEAST_NEAR}
    near |= {
        (int(i), j) for j, column in enumerate(by_other.T) for i in column[1:] if cosines[i, j] >= LEAST_NEAR
    }
    for i, j in sorted(firsts | seconds | near):
        if ones[i].text != others[j].text:
            is_mutual = (i, j) in firsts and (i, j) in seconds
            yield Aligned(ones[i], others[j], round(float(cosines[i, j]), 4), is_mutual)


def _sentences(article: Article, _: Sequence[Claim]) -> Iterator[Statement]:
    for sentence in article.sentences:
        if sentence.is_readable:
            yield whole(article, sentence)


def _claims(article: Article, claims: Sequence[Claim]) -> Iterator[Statement]:
    by_number = {sentence.number: sentence for sentence in article.sentences}
    for claim in claims:
        if claim.article_id == article.id:
            yield Statement(article, by_number[claim.sentence], claim.text, claim)
