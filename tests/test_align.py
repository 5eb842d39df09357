"""Statements of two articles on one subject are paired, whatever order things come in."""

import math
import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align import LEAST_NEAR, Aligned, Vectors, Wanted, align, embedding
from pipeline.verifier.embedder import shipped
from pipeline.verifier.onnx import Floats
from schemas.article import Article
from schemas.claim import Claim
from tests.stories import article, claim

WORDS = (
    "storm",
    "boats",
    "kelmar",
    "harbour",
    "pier",
    "council",
    "winter",
    "wind",
    "twelve",
    "mayor",
    "bread",
)
ONE = article("The storm broke twelve boats.\nThe council shut the pier.\nBread is dear.", "one")
TWO = article("Boats in a storm.\nThe mayor said the council kept the pier open.\nWinter.", "two")
THREE = article("Kelmar harbour lost boats.\nThe wind broke the pier.", "three")
STORY = (ONE, TWO, THREE)
CLAIMS = (
    claim(ONE, "twelve", "A storm broke twelve boats in Kelmar."),
    claim(ONE, "shut", "The council shut the pier."),
    claim(TWO, "storm", "The storm broke boats in Kelmar harbour."),
    claim(TWO, "mayor", "The mayor and the council kept the pier open."),
    claim(THREE, "lost", "Twelve boats in Kelmar harbour are lost."),
)


def vectors(texts: Sequence[str]) -> Floats:
    """Return unit vectors of which words of ``WORDS`` a text has, in place of what the embedder says."""
    found = [re.findall(r"\w+", text.lower()) for text in texts]
    counts = np.array([[float(w in words) for w in WORDS] for words in found], dtype=np.float32)
    counts = np.hstack([counts.reshape(len(texts), len(WORDS)), np.full((len(texts), 1), 0.1)])
    unit: Floats = (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(np.float32)
    return unit


def aligned(claims: Sequence[Claim] = CLAIMS, story: Sequence[Article] = STORY) -> list[Aligned]:
    return align(claims, story, vectors)


def texts(found: Sequence[Aligned]) -> set[frozenset[str]]:
    return {frozenset((pair.one.text, pair.other.text)) for pair in found}


def test_sentences_and_claims_on_one_subject_meet_each_among_their_like() -> None:
    found = aligned()
    assert frozenset((ONE.quote(ONE.sentences[0].span), TWO.quote(TWO.sentences[0].span))) in texts(found)
    assert frozenset((CLAIMS[0].text, CLAIMS[2].text)) in texts(found)
    assert all((pair.one.claim is None) == (pair.other.claim is None) for pair in found)


def test_with_the_shipped_embedder_other_words_for_one_thing_meet() -> None:
    one = article("The head of the port authority resigned.\nRain is due tomorrow.", "one")
    other = article("It may be wet in the morning.\nThe chief of the harbour board quit his post.", "two")
    nearest = [pair for pair in align((), (one, other), shipped().vectors) if pair.is_mutual]
    assert {(pair.one.sentence.number, pair.other.sentence.number) for pair in nearest} == {(1, 2), (2, 1)}


def test_the_same_words_are_no_pair() -> None:
    same = [claim(a, a.quote(a.sentences[0].span), "The boats broke.") for a in STORY]
    assert all(pair.one.claim is None for pair in aligned(same))


@pytest.mark.parametrize("story", [(), (ONE,)])
def test_fewer_than_two_articles_have_no_pairs(story: tuple[Article, ...]) -> None:
    assert aligned(story=story) == []


def test_an_article_without_a_readable_sentence_has_no_pairs() -> None:
    assert aligned((), (ONE, article("", "empty"))) == []


def test_the_nearest_is_there_however_far_and_the_next_only_where_it_is_near() -> None:
    one = article("Bread is dear.", "one")
    other = article("The storm broke boats.\nThe council shut the pier.\nWind.", "two")
    far = aligned((), (one, other))
    # Each sentence has a nearest one; the one sentence is nearest to all three.
    assert len(far) == len(other.sentences)
    assert all(pair.cosine < LEAST_NEAR for pair in far)
    assert sum(pair.is_mutual for pair in far) == 1


def test_pairs_that_nobody_wants_are_left_out_with_their_claims() -> None:
    found = aligned()
    named = {(TWO.id, ONE.id): {(TWO.sentences[0].span.start, ONE.sentences[2].span.start)}}
    only = Wanted(named=named, near=math.inf, near_mutual=math.inf)
    assert align(CLAIMS, STORY, vectors, only) == [
        pair
        for pair in found
        if {pair.one.sentence, pair.other.sentence} == {TWO.sentences[0], ONE.sentences[2]}
    ]
    mutual = align(CLAIMS, STORY, vectors, Wanted(near=math.inf))
    sentences = [pair for pair in found if pair.is_mutual and pair.one.claim is None]
    assert [pair for pair in mutual if pair.one.claim is None] == sentences
    assert align(CLAIMS, STORY, vectors, Wanted()) == found
    assert align(CLAIMS, STORY, vectors, Wanted(near=math.inf, near_mutual=math.inf)) == []


def test_what_is_embedded_ahead_is_all_that_is_asked_for() -> None:
    ahead: list[str] = []
    asked: list[str] = []

    def noted(into: list[str]) -> Vectors:
        def found(texts: Sequence[str]) -> Floats:
            into.extend(texts)
            return vectors(texts)

        return found

    for _ in embedding(CLAIMS, STORY, noted(ahead)):
        pass
    align(CLAIMS, STORY, noted(asked))
    assert sorted(ahead) == sorted(asked) != []


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Claim], list[Article]]:
    """Make up to three articles of words that recur, so that cosines tie, and claims of their sentences."""
    line = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(lambda w: " ".join(w) + ".")
    made: list[Article] = []
    claims: list[Claim] = []
    for name in ("one", "two", "three")[: draw(st.integers(1, 3))]:
        source = article("\n".join(draw(st.lists(line, min_size=1, max_size=6))), name)
        made.append(source)
        claims += [
            claim(source, source.quote(s.span), draw(line)) for s in source.sentences if draw(st.booleans())
        ]
    return claims, made


@settings(deadline=None, max_examples=60)
@given(stories(), st.data())
def test_the_pairs_hang_on_no_order_of_articles_and_none_is_within_one(
    made: tuple[list[Claim], list[Article]], data: st.DataObject
) -> None:
    claims, story = made
    found = aligned(claims, story)
    assert aligned(claims, story) == found
    turned = aligned(claims, data.draw(st.permutations(story)))
    assert sorted(map(repr, map(_sorted, turned))) == sorted(map(repr, map(_sorted, found)))
    for pair in found:
        assert pair.one.article.id != pair.other.article.id
        assert pair.one.text != pair.other.text
        assert -1.0 <= pair.cosine <= 1.0
        assert {s.claim for s in (pair.one, pair.other)} <= {None, *claims}
    numbers = {a.id: i for i, a in enumerate(story)}
    for kind in (True, False):
        places = [
            (numbers[pair.one.article.id], numbers[pair.other.article.id])
            for pair in found
            if (pair.one.claim is None) is kind
        ]
        assert all(a <= b for a, b in pairwise(places))  # in the articles' order


def _sorted(pair: Aligned) -> tuple[list[tuple[str, int, str]], float, bool]:
    ends = [(s.article.id, s.sentence.number, s.text) for s in (pair.one, pair.other)]
    return sorted(ends), pair.cosine, pair.is_mutual


@settings(deadline=None, max_examples=40)
@given(stories())
def test_every_sentence_meets_the_nearest_of_each_other_article(
    made: tuple[list[Claim], list[Article]],
) -> None:
    _, story = made
    found = aligned((), story)
    for one in story:
        for sentence in filter(lambda s: s.is_readable, one.sentences):
            for other in story:
                if other is one:
                    continue
                mine = [p for p in found if _joins(p, one, sentence.number, other)]
                text = one.quote(sentence.span)
                others = [other.quote(s.span) for s in other.sentences if s.is_readable]
                cosines = (vectors([text]) @ vectors(others).T)[0].round(4)
                different = [float(c) for c, t in zip(cosines, others, strict=True) if t != text]
                if text not in others and different:
                    assert max(p.cosine for p in mine) == pytest.approx(max(different), abs=1e-4)


def _joins(pair: Aligned, one: Article, number: int, other: Article) -> bool:
    ends = {(s.article.id, s.sentence.number) for s in (pair.one, pair.other)}
    return (one.id, number) in ends and other.id in {article_id for article_id, _ in ends}
