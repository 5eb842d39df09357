"""Pairs statements of two articles that may be about one fact: sentences with sentences, claims with claims.

What a statement is about is taken from its vector, so that "quit" meets "resigned" and "the ship" a name;
what two statements say of each other is for others to judge.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations, product

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


@dataclass(frozen=True)
class Wanted:
    """Which pairs of sentences are paired, with the claims in them: by default all.

    ``named`` holds some by where the two begin, by the ids of their articles. All others are left out whose
    cosine, and that of any claims in them, is below ``near``; below ``near_mutual`` for two sentences neither
    of which has a nearer one in the other's article.
    """

    named: Mapping[tuple[str, str], Collection[tuple[int, int]]] = field(default_factory=dict)
    near: float = -math.inf
    near_mutual: float = -math.inf


def align(
    claims: Sequence[Claim],
    articles: Sequence[Article],
    vectors: Vectors,
    wanted: Wanted | None = None,
    sources: Sequence[Article] = (),
) -> list[Aligned]:
    """Return the pairs worth comparing: each statement with the ``NEAREST`` of each other article.

    So with each source; two sources are not paired, nor are statements of the same words, as they cannot
    differ, nor those of two languages. ``vectors`` gives a unit vector a text. There are as many pairs as
    pairs of articles: ``wanted`` spares those that nobody looks at.
    """
    by_article = _by_article(claims)
    texts = (*articles, *sources)
    sentences = {a.id: _group(_sentences(a), vectors) for a in texts}
    claimed = {a.id: _group(_claims(a, by_article[a.id]), vectors) for a in texts}
    found: list[list[Aligned]] = [[], []]
    for one, other in chain(combinations(articles, 2), product(articles, sources)):
        if one.read_as != other.read_as:
            continue
        groups = [(kind[one.id], kind[other.id]) for kind in (sentences, claimed)]
        cosines = [_cosines(a, b) for a, b in groups]
        kept = None if wanted is None else _kept(groups, cosines, wanted)
        if kept is None or kept:
            for i, (a, b) in enumerate(groups):
                found[i] += _nearest(a.statements, b.statements, cosines[i], kept)
    return [*found[0], *found[1]]


def embedding(
    claims: Sequence[Claim], articles: Sequence[Article], vectors: Vectors
) -> Iterator[Sequence[None]]:
    """Ask for the vectors that ``align`` will ask for, some at each step, where ``vectors`` keeps them."""
    by_article = _by_article(claims)
    for article in articles:
        for statements in (_sentences(article), _claims(article, by_article[article.id])):
            _group(statements, vectors)
            yield ()


def whole(article: Article, sentence: Sentence) -> Statement:
    """Return a sentence as a statement, on one line."""
    return Statement(article, sentence, " ".join(article.quote(sentence.span).split()))


@dataclass(frozen=True)
class _Group:
    """The statements of a kind in an article, with their vectors and where their sentences begin."""

    statements: Sequence[Statement]
    vectors: NDArray[np.float32]
    starts: NDArray[np.int64]


def _group(statements: Iterable[Statement], vectors: Vectors) -> _Group:
    held = list(statements)
    starts = np.array([s.sentence.span.start for s in held], dtype=np.int64)
    return _Group(held, vectors([s.text for s in held]), starts)


def _by_article(claims: Sequence[Claim]) -> Mapping[str, list[Claim]]:
    found = defaultdict(list)
    for claim in claims:
        found[claim.article_id].append(claim)
    return found


def _cosines(a: _Group, b: _Group) -> NDArray[np.float32]:
    """Return the cosines of all pairs, rounded, so that ties fall the same way whatever else there is."""
    return (a.vectors @ b.vectors.T).round(4)


def _kept(
    groups: Sequence[tuple[_Group, _Group]], cosines: Sequence[NDArray[np.float32]], wanted: Wanted
) -> set[tuple[int, int]]:
    """Return where the wanted pairs of sentences of two articles begin."""
    a, b = groups[0]
    if not a.statements or not b.statements:
        return set()
    firsts, seconds = cosines[0].argmax(axis=1), cosines[0].argmax(axis=0)
    rows = np.flatnonzero(seconds[firsts] == np.arange(len(firsts)))
    mutual = set(zip(a.starts[rows].tolist(), b.starts[firsts[rows]].tolist(), strict=True))
    ids = a.statements[0].article.id, b.statements[0].article.id
    kept = set(wanted.named.get(ids, ())) | {(j, i) for i, j in wanted.named.get(ids[::-1], ())}
    for (one, other), near in zip(groups, cosines, strict=True):
        for least, among in ((wanted.near_mutual, mutual), (wanted.near, None)):
            i, j = np.nonzero(near >= least)
            begun = set(zip(one.starts[i].tolist(), other.starts[j].tolist(), strict=True))
            kept |= begun if among is None else begun & among
    return kept


def _nearest(
    ones: Sequence[Statement],
    others: Sequence[Statement],
    cosines: NDArray[np.float32],
    kept: set[tuple[int, int]] | None,
) -> Iterator[Aligned]:
    if not ones or not others:
        return
    # In a stable order, so that ties fall the same way whatever else is in the story.
    by_one = np.argsort(-cosines, axis=1, kind="stable")[:, :NEAREST]
    by_other = np.argsort(-cosines, axis=0, kind="stable")[:NEAREST, :]
    firsts = {(i, int(row[0])) for i, row in enumerate(by_one)}
    seconds = {(int(column[0]), j) for j, column in enumerate(by_other.T)}
    near = {(i, int(j)) for i, row in enumerate(by_one) for j in row[1:] if cosines[i, j] >= LEAST_NEAR}
    near |= {
        (int(i), j) for j, column in enumerate(by_other.T) for i in column[1:] if cosines[i, j] >= LEAST_NEAR
    }
    for i, j in sorted(firsts | seconds | near):
        one, other = ones[i], others[j]
        is_kept = kept is None or (one.sentence.span.start, other.sentence.span.start) in kept
        if is_kept and one.text != other.text:
            is_mutual = (i, j) in firsts and (i, j) in seconds
            yield Aligned(one, other, round(float(cosines[i, j]), 4), is_mutual)


def _sentences(article: Article) -> Iterator[Statement]:
    for sentence in article.sentences:
        if sentence.is_readable:
            yield whole(article, sentence)


def _claims(article: Article, claims: Sequence[Claim]) -> Iterator[Statement]:
    by_number = {sentence.number: sentence for sentence in article.sentences}
    for claim in claims:
        yield Statement(article, by_number[claim.sentence], claim.text, claim)
