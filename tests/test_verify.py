"""What each candidate sentence does to a claim."""

from datetime import date

import pytest

from pipeline.errors import AnswerInvalid, EndpointDown
from pipeline.progress import Silent
from pipeline.retrieve import Candidate
from pipeline.verifier.judge import Pair
from pipeline.verify import Judged, verify
from schemas.claim import Claim
from schemas.verdict import Stance
from tests.judging import NEUTRAL, JudgeDouble, scores
from tests.stories import DAY, article, claim

CLAIM = claim(article("Divers found the lost bell of Kelmar in May.", "one"), "bell")


def candidates(*quotes: str) -> list[Candidate]:
    sources = [article(quote, f"n{i}") for i, quote in enumerate(quotes)]
    return [Candidate(source, source.sentences[0], 0.8) for source in sources]


async def judged_by(double: JudgeDouble, *quotes: str, about: Claim = CLAIM) -> Judged:
    return await verify(about, candidates(*quotes), DAY, double.judge, Silent())


@pytest.mark.parametrize(
    "quote",
    [
        "Divers found the lost bell of Kelmar in May.",
        "On a calm day divers found the lost bell of Kelmar in May, the museum wrote.",
        "DIVERS FOUND THE LOST BELL OF KELMAR IN MAY",
    ],
)
async def test_the_claim_word_for_word_needs_no_model(quote: str) -> None:
    double = JudgeDouble(lambda _: AssertionError("asked"))
    (row,) = (await judged_by(double, quote)).evidence
    assert row.stance is Stance.supports
    assert row.quote == quote
    assert double.asked == []


@pytest.mark.parametrize(
    "quote",
    [
        "Divers found the last bell of Kelmar in May.",
        "Divers have not said who found the lost bell: divers found the lost bell of Kelmar in May.",
        "The museum denied that divers found the lost bell of Kelmar in May.",
        "The museum rejected rumours that divers found the lost bell of Kelmar in May.",
        "It is unclear whether divers found the lost bell of Kelmar in May.",
        "Divers found the lost bell of Kelmar in June.",
        "Divers found the bell of Kelmar, lost in May.",
    ],
)
async def test_other_words_or_words_taken_back_go_to_the_model(quote: str) -> None:
    double = JudgeDouble(lambda _: NEUTRAL)
    (row,) = (await judged_by(double, quote)).evidence
    assert row.stance is Stance.neutral
    assert double.asked == [Pair(quote, CLAIM.text, (DAY, DAY))]


@pytest.mark.parametrize(
    ("chances", "stance", "confidence"),
    [
        ((0.9, 0.05), Stance.supports, 0.9),
        ((0.05, 0.9), Stance.contradicts, 0.9),
        ((0.1, 0.2), Stance.neutral, 0.8),
        ((0.4, 0.3), Stance.neutral, 0.6),
    ],
)
async def test_the_scores_decide(chances: tuple[float, float], stance: Stance, confidence: float) -> None:
    (row,) = (await judged_by(JudgeDouble(lambda _: scores(*chances)), "A bell hangs in Kelmar.")).evidence
    assert (row.stance, row.confidence) == (stance, confidence)


async def test_a_question_that_fails_leaves_the_others_standing() -> None:
    double = JudgeDouble(lambda pair: AnswerInvalid("no letter") if "tower" in pair.evidence else NEUTRAL)
    quotes = ("A bell hangs in Kelmar.", "The tower of Kelmar has a bell.", "Bells ring.")
    found = await judged_by(double, *quotes)
    assert found.claim_id == CLAIM.id
    assert found.error == "no letter"
    assert [row.quote for row in found.evidence] == ["A bell hangs in Kelmar.", "Bells ring."]


async def test_an_endpoint_that_is_gone_ends_it() -> None:
    with pytest.raises(EndpointDown):
        await judged_by(JudgeDouble(lambda _: EndpointDown("gone")), "A bell hangs in Kelmar.")


async def test_without_candidates_nothing_is_asked() -> None:
    double = JudgeDouble(lambda _: AssertionError("asked"))
    assert await judged_by(double) == Judged(CLAIM.id, ())
    assert double.asked == []


async def test_evidence_is_judged_on_one_line_with_the_days_of_both() -> None:
    double = JudgeDouble(lambda _: NEUTRAL)
    source = article("The bell rang.\nof\u00a0$claim  rang.", "x", published=None)
    rows = [Candidate(source, s, 0.5) for s in source.sentences[-1:]]
    await verify(CLAIM, rows, date(2025, 5, 1), double.judge, Silent())
    assert double.asked == [Pair("of $claim rang.", CLAIM.text, (None, date(2025, 5, 1)))]


@pytest.mark.parametrize(
    ("quote", "stance"),
    [
        ("The museum of Kelmar has a bell.", Stance.neutral),
        ("Divers found 3 bells off Kelmar.", Stance.supports),
        ("Three bells were brought up near Kelmar.", Stance.supports),
    ],
)
async def test_a_sentence_without_the_claims_number_supports_nothing(quote: str, stance: Stance) -> None:
    counted = claim(article("Divers found three bells off Kelmar.", "one"), "bells")
    found = await judged_by(JudgeDouble(lambda _: scores(0.9, 0.05)), quote, about=counted)
    assert [row.stance for row in found.evidence] == [stance]
