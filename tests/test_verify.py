"""What each candidate sentence does to a claim."""

import pytest

from pipeline.errors import AnswerInvalid, EndpointDown
from pipeline.progress import Silent
from pipeline.retrieve import Candidate
from pipeline.verify import Judged, verify
from schemas.verdict import Stance
from tests.stories import Double, article, claim, prompt_of

CLAIM = claim(article("Divers found the lost bell of Kelmar in May.", "one"), "bell")
PROMPT = prompt_of("evidence", "claim")
ODDS = {"S": 0.05, "C": 0.05, "N": 0.9}


def candidates(*quotes: str) -> list[Candidate]:
    sources = [article(quote, f"n{i}") for i, quote in enumerate(quotes)]
    return [Candidate(source, source.sentences[0], 0.8) for source in sources]


async def judge(double: Double, *quotes: str) -> Judged:
    return await verify(CLAIM, candidates(*quotes), double.llm, PROMPT, Silent())


@pytest.mark.parametrize(
    "quote",
    [
        "Divers found the lost bell of Kelmar in May.",
        "On a calm day divers found the lost bell of Kelmar in May, the museum wrote.",
        "DIVERS FOUND THE LOST BELL OF KELMAR IN MAY",
    ],
)
async def test_the_claim_word_for_word_needs_no_model(quote: str) -> None:
    double = Double(lambda _: AssertionError("asked"))
    (row,) = (await judge(double, quote)).evidence
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
    double = Double(lambda _: ODDS)
    (row,) = (await judge(double, quote)).evidence
    assert row.stance is Stance.neutral
    assert len(double.asked) == 1


@pytest.mark.parametrize(
    ("odds", "stance", "confidence"),
    [
        ((0.9, 0.05, 0.05), Stance.supports, 0.9),
        ((0.05, 0.9, 0.05), Stance.contradicts, 0.9),
        ((0.1, 0.2, 0.7), Stance.neutral, 0.8),
        ((0.4, 0.3, 0.3), Stance.neutral, 0.6),
    ],
)
async def test_the_odds_decide(odds: tuple[float, ...], stance: Stance, confidence: float) -> None:
    double = Double(lambda _: dict(zip("SCN", odds, strict=True)))
    (row,) = (await judge(double, "A bell hangs in Kelmar.")).evidence
    assert (row.stance, row.confidence) == (stance, confidence)


async def test_a_question_that_fails_leaves_the_others_standing() -> None:
    double = Double(lambda asked: AnswerInvalid("no letter") if "tower" in asked else ODDS)
    judged = await judge(double, "A bell hangs in Kelmar.", "The tower of Kelmar has a bell.", "Bells ring.")
    assert judged.claim_id == CLAIM.id
    assert judged.error == "no letter"
    assert [row.quote for row in judged.evidence] == ["A bell hangs in Kelmar.", "Bells ring."]


async def test_an_endpoint_that_is_gone_ends_it() -> None:
    with pytest.raises(EndpointDown):
        await judge(Double(lambda _: EndpointDown("gone")), "A bell hangs in Kelmar.")


async def test_without_candidates_nothing_is_asked() -> None:
    double = Double(lambda _: AssertionError("asked"))
    assert await judge(double) == Judged(CLAIM.id, ())


async def test_evidence_is_one_line_and_never_expanded_in_the_prompt() -> None:
    double = Double(lambda _: ODDS)
    source = article("The bell\nof $claim rang.", "x")
    rows = [Candidate(source, s, 0.5) for s in source.sentences[-1:]]
    await verify(CLAIM, rows, double.llm, PROMPT, Silent())
    assert double.asked == [f"of $claim rang.\n{CLAIM.text}"]


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
    double = Double(lambda _: {"S": 0.9, "C": 0.05, "N": 0.05})
    judged = await verify(counted, candidates(quote), double.llm, PROMPT, Silent())
    assert [row.stance for row in judged.evidence] == [stance]
