"""Which pairs of sentences may be in conflict, where exactly, and how likely a reviewer agrees."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align import Aligned, Statement, align
from pipeline.compare import compare
from pipeline.suspect import FEATURES, WEIGHTS, SuspicionMap, suspect, worth_aligning
from schemas.article import Article
from schemas.claim import Claim
from schemas.contradiction import ConflictKind
from schemas.suspicion import Suspicion
from schemas.verdict import Evidence, Stance
from tests.stories import article, claim, sentence
from tests.test_align import vectors


def near(
    ones: tuple[Article, str], others: tuple[Article, str], claims: Sequence[Claim] = (), cosine: float = 0.8
) -> list[Aligned]:
    """Return the two sentences that have these words as near each other, and the claims drawn from them."""
    ends = (ones, others)
    one, other = (Statement(a, sentence(a, words), a.quote(sentence(a, words).span)) for a, words in ends)
    drawn = [
        [Statement(a, sentence(a, words), c.text, c) for c in claims if c.article_id == a.id]
        for a, words in ends
    ]
    of_claims = [Aligned(x, y, cosine, is_mutual=True) for x in drawn[0] for y in drawn[1]]
    return [Aligned(one, other, cosine, is_mutual=True), *of_claims]


def suspected(
    aligned: Sequence[Aligned],
    compared: Sequence[Suspicion] = (),
    doubted: Sequence[tuple[Claim, Evidence]] = (),
    story: Sequence[Article] = (),
    least: float = 0.0,
) -> tuple[Suspicion, ...]:
    articles = [*story, *(s.article for pair in aligned for s in (pair.one, pair.other))]
    return suspect(compared, aligned, doubted, {a.id: a for a in articles}, least)


def evidence(source: Article, words: str, stance: Stance, confidence: float) -> Evidence:
    home = sentence(source, words)
    quote = source.quote(home.span)
    return Evidence(article_id=source.id, span=home.span, quote=quote, stance=stance, confidence=confidence)


BOATS = article("The storm broke 12 boats in Kelmar harbour.", "one")
MORE = article("A storm broke 31 boats in Kelmar harbour on Monday.", "two")


def test_values_of_two_sentences_that_exclude_each_other_are_a_suspicion_with_their_places() -> None:
    found = suspected(near((BOATS, "12"), (MORE, "31")), compare((BOATS, MORE)))
    assert [(s.found_by, s.kind, s.what) for s in found] == [
        ("values", ConflictKind.quantity, "12 boats against 31 boats")
    ]
    for side, source, value in zip(found[0].sides, (BOATS, MORE), ("12 boats", "31 boats"), strict=True):
        assert side.quote == side.span.cut(source.text)
        assert [span.cut(source.text) for span in side.differs] == [value]


def test_a_pair_is_one_whichever_of_its_sentences_comes_first() -> None:
    compared = compare((BOATS, MORE))
    ends = ((BOATS, "12"), (MORE, "31"))
    assert suspected(near(*ends), compared) == suspected(near(*ends[::-1]), compared)


def test_values_are_told_of_sentences_that_are_not_near_each_other_too() -> None:
    assert len(suspected((), compare((BOATS, MORE)), story=(BOATS, MORE))) == 1


def test_a_plain_conflict_of_values_is_likelier_than_not() -> None:
    [found] = suspected(near((BOATS, "12"), (MORE, "31")), compare((BOATS, MORE)))
    assert found.odds > 0.5


STORM = "The storm, which the coast guard had seen coming since the weekend, hurt"
NURSE = "Aboard the barge Anna, as a doctor at the hospital of Kelmar told us, 9 people were hurt."
OTHER = article(NURSE, "two")


def hurt(source: Article, number: str, words: str) -> Claim:
    return claim(source, words, f"The storm hurt {number} aboard the barge Anna.")


@pytest.mark.parametrize(
    ("sentence_has", "claim_has", "place"),
    [
        ("5 people", "5 people", "5 people"),
        ("15 men and 5\u00a0people", "5 people", "5\u00a0people"),
        ("15 people and then 5 people more", "5 people", "5 people"),
        ("1.5 million and 5 million people", "5 million people", "5 million people"),
    ],
)
def test_values_of_two_claims_are_a_suspicion_located_in_their_sentences(
    sentence_has: str, claim_has: str, place: str
) -> None:
    one = article(f"{STORM} {sentence_has} aboard the barge Anna.", "one")
    claims = (hurt(one, claim_has, "storm"), hurt(OTHER, "9 people", "barge"))
    [found] = suspected(near((one, "storm"), (OTHER, "barge"), claims))
    assert (found.found_by, found.kind) == ("values", ConflictKind.quantity)
    assert [side.claim_id for side in found.sides] == [c.id for c in claims]
    for side, source, value in zip(found.sides, (one, OTHER), (place, "9 people"), strict=True):
        [span] = side.differs
        assert span.cut(source.text) == value
        assert source.text[span.start - 1] == " "  # "5 people" itself, not the end of "15 people"


def test_a_value_is_not_found_at_the_beginning_of_a_longer_one() -> None:
    fined = "The court of Kelmar fined the port {} for the second lamp."
    one = article("For the first lamp it is $50, $5.50 or nothing, for the second one $5 to the port.", "one")
    other = article("The court of Kelmar, it was said, fined the port $9 for the second lamp.", "two")
    claims = (
        claim(one, "$50", fined.format("$5")),
        claim(other, "$9", fined.format("$9")),
    )
    [found] = suspected(near((one, "$50"), (other, "$9"), claims))
    assert [[d.start for d in side.differs] for side in found.sides] == [
        [one.text.index("$5 to")],
        [other.text.index("$9")],
    ]


@pytest.mark.parametrize("sentence_has", ["five of those", "15 people", "1.5 people"])
def test_a_value_that_stands_in_the_claim_alone_makes_no_suspicion(sentence_has: str) -> None:
    one = article(f"{STORM} {sentence_has} aboard the barge Anna.", "one")
    claims = (hurt(one, "5 people", "storm"), hurt(OTHER, "9 people", "barge"))
    assert suspected(near((one, "storm"), (OTHER, "barge"), claims)) == ()


@given(cosine=st.floats(0.0, 1.0), certainty=st.floats(0.0, 1.0), least=st.floats(0.0, 1.0))
def test_what_is_left_out_for_its_odds_is_what_falls_short_of_them(
    cosine: float, certainty: float, least: float
) -> None:
    """Also where values of claims, which are not read for an unlikely pair, keep the model's word out."""
    one = article(f"{STORM} 5 people aboard the barge Anna.", "one")
    claims = (hurt(one, "5 people", "storm"), hurt(OTHER, "9 people", "barge"))
    aligned = near((one, "storm"), (OTHER, "barge"), claims, cosine)
    doubted = [
        (claims[0], evidence(OTHER, "barge", Stance.contradicts, certainty)),
        (BUILT, evidence(RUIN, "water", Stance.contradicts, certainty)),
    ]
    story = (PIER, RUIN)
    every = suspected(aligned, doubted=doubted, story=story)
    assert {s.found_by for s in every} == {"values", "model"}
    assert suspected(aligned, doubted=doubted, story=story, least=least) == tuple(
        s for s in every if s.odds >= least
    )


PIER = article("The pier was rebuilt within a year.", "one")
RUIN = article("The pier lies in the water to this day.", "two")
BUILT = claim(PIER, "rebuilt", "The pier was rebuilt.")
AGAIN = claim(PIER, "rebuilt", "The pier took a year to rebuild.")


def test_where_code_finds_nothing_a_sure_model_raises_one_suspicion_a_pair() -> None:
    doubted = [
        (BUILT, evidence(RUIN, "water", Stance.contradicts, 0.8)),
        (AGAIN, evidence(RUIN, "water", Stance.contradicts, 0.9)),
        (claim(RUIN, "water"), evidence(PIER, "rebuilt", Stance.contradicts, 0.7)),
    ]
    [found] = suspected(near((PIER, "rebuilt"), (RUIN, "water")), doubted=doubted)
    assert found.found_by == "model"
    assert [(side.quote, side.claim_id) for side in found.sides] == [
        (PIER.text, AGAIN.id),
        (RUIN.text, None),
    ]
    assert suspected((), doubted=doubted[::-1], story=(PIER, RUIN)) == (found,)
    [unsure] = suspected((), doubted=doubted[:1], story=(PIER, RUIN))
    assert 0.0 < unsure.odds < found.odds < 1.0


@pytest.mark.parametrize("stance", [Stance.supports, Stance.neutral])
def test_a_sentence_that_does_not_contradict_raises_none(stance: Stance) -> None:
    assert suspected((), doubted=[(BUILT, evidence(RUIN, "water", stance, 0.9))], story=(PIER, RUIN)) == ()


def test_the_models_word_on_a_pair_adds_nothing_to_what_code_found() -> None:
    compared = compare((BOATS, MORE))
    doubted = [(claim(MORE, "31"), evidence(BOATS, "12", Stance.contradicts, 0.99))]
    aligned = near((BOATS, "12"), (MORE, "31"))
    assert suspected(aligned, compared, doubted) == suspected(aligned, compared)


def test_nothing_near_and_nothing_found_is_nothing() -> None:
    assert suspected([]) == ()


LINES = (
    "The storm broke {} boats in Kelmar harbour.",
    "A storm in Kelmar harbour broke {} boats, the mayor said.",
    "The council will shut the pier in Kelmar harbour on {} May 2025.",
    "The pier in Kelmar harbour will not be shut on {} May 2025.",
    "Some {} people of Kelmar were hurt in the storm at the pier.",
)


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Claim], list[Article]]:
    made: list[Article] = []
    claims: list[Claim] = []
    for name in ("one", "two", "three"):
        lines = draw(st.lists(st.tuples(st.sampled_from(LINES), st.integers(3, 28)), min_size=1, max_size=3))
        source = article("\n".join(dict.fromkeys(text.format(n) for text, n in lines)), name)
        made.append(source)
        claims += [claim(source, source.quote(s.span)) for s in source.sentences if s.is_readable]
    return claims, made


def shown(found: Sequence[Suspicion]) -> list[str]:
    """Return each suspicion as text, whichever of its sides comes first."""
    return sorted(
        repr((sorted(map(repr, s.sides)), s.found_by, s.kind, sorted(s.what.split(" against ")), s.odds))
        for s in found
    )


@settings(deadline=None, max_examples=60)
@given(stories(), st.floats(0, 1), st.data())
def test_what_is_worth_aligning_is_all_that_makes_a_likely_suspicion(
    made: tuple[list[Claim], list[Article]], least: float, data: st.DataObject
) -> None:
    claims, story = made
    compared = compare(story)
    doubted = [
        (one, evidence(other, story[n].quote(other.sentences[0].span), Stance.contradicts, 0.9))
        for one in data.draw(st.lists(st.sampled_from(claims), max_size=2))
        for n, other in enumerate(story)
        if other.id != one.article_id
    ]
    wanted = worth_aligning(compared, doubted, least)
    every, some = align(claims, story, vectors), align(claims, story, vectors, wanted)
    assert {repr(pair) for pair in some} <= {repr(pair) for pair in every}
    found = suspected(some, compared, doubted, story, least)
    assert found == suspected(every, compared, doubted, story, least)


@settings(deadline=None, max_examples=30)
@given(stories(), st.data())
def test_the_suspicions_hang_on_no_order_of_articles_and_are_sound(
    made: tuple[list[Claim], list[Article]], data: st.DataObject
) -> None:
    claims, story = made
    texts = {a.id: a.text for a in story}

    def run(order: Sequence[Article]) -> tuple[Suspicion, ...]:
        return suspected(align(claims, order, vectors), compare(order), story=order)

    found = run(story)
    assert shown(run(data.draw(st.permutations(story)))) == shown(found)
    assert [s.odds for s in found] == sorted((s.odds for s in found), reverse=True)
    for suspicion in found:
        assert 0.0 <= suspicion.odds <= 1.0
        one, other = suspicion.sides
        assert one.article_id != other.article_id
        parts = []
        for side in suspicion.sides:
            assert side.quote == side.span.cut(texts[side.article_id])
            assert all(side.span.start <= d.start < d.end <= side.span.end for d in side.differs)
            parts.append(" ".join(d.cut(texts[side.article_id]) for d in side.differs))
        if suspicion.found_by == "values" and suspicion.kind is ConflictKind.quantity:
            assert suspicion.what == " against ".join(parts)


def test_the_map_that_ships_weighs_what_is_measured() -> None:
    fitted = SuspicionMap.model_validate_json(Path(WEIGHTS).read_text(encoding="utf-8"))
    assert fitted.features == FEATURES
    assert len(fitted.weights) == len(FEATURES)
    assert fitted.fitted_on
