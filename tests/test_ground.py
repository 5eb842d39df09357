"""A claim stays where its own sentence bears it out; another is dropped with the reason, and counted."""

from collections.abc import Sequence

import pytest

from pipeline.errors import AnswerInvalid, EndpointDown
from pipeline.ground import Grounded, ground
from pipeline.progress import Silent
from pipeline.verifier.judge import Pair
from schemas.claim import Claim
from schemas.evaluation import Scores
from tests.judging import JudgeDouble, scores
from tests.stories import DAY, article, claim

SOURCE = article(
    "The mayor of Kelmar spoke on Monday.\n"
    "She praised the pilots.\n"
    "The port will not reopen this week, she said.\n"
    "Three boats sank off the old pier on Sunday, and a fourth ran aground.",
    "one",
)
REOPENS = claim(SOURCE, "reopen", "The port of Kelmar will reopen this week.")
SHUT = claim(SOURCE, "reopen", "Kelmar's port stays shut.")
BOATS = claim(SOURCE, "boats", "Three boats sank off the old pier on Sunday.")
SWAPPED = claim(SOURCE, "boats", "The old pier sank off three boats on Sunday.")
CLAIMS = (BOATS, REOPENS, SHUT)


def says(pair: Pair) -> Scores:
    """Say no to the claims that their sentence does not say, and yes to all others."""
    return scores(0.02, 0.9) if pair.claim in (REOPENS.text, SWAPPED.text) else scores(0.95, 0.02)


async def grounded(double: JudgeDouble, claims: Sequence[Claim] = CLAIMS) -> Grounded:
    return await ground(claims, {SOURCE.id: SOURCE}, double.judge, Silent())


async def test_a_claim_whose_sentence_says_the_opposite_is_dropped_with_the_reason() -> None:
    found = await grounded(JudgeDouble(says))
    assert found.claims == (BOATS, SHUT)
    (dropped,) = found.dropped
    assert (dropped.article_id, dropped.text) == (SOURCE.id, REOPENS.text)
    assert dropped.reason


async def test_a_claim_that_turns_its_sentence_about_is_asked_about_and_dropped() -> None:
    double = JudgeDouble(says)
    assert (await grounded(double, [SWAPPED])).claims == ()
    assert len(double.asked) == 1


async def test_a_claim_in_its_sentences_own_words_and_order_is_not_asked_about() -> None:
    double = JudgeDouble(lambda _: scores(0.0, 1.0))
    verbatim = SWAPPED.model_copy(update={"is_verbatim": True})
    assert await grounded(double, [BOATS, verbatim]) == Grounded((BOATS, verbatim), ())
    assert double.asked == []


async def test_a_claim_about_which_the_question_fails_is_kept() -> None:
    found = await grounded(JudgeDouble(lambda _: AnswerInvalid("no letter")))
    assert found == Grounded(CLAIMS, ())


async def test_an_endpoint_that_is_gone_ends_it() -> None:
    with pytest.raises(EndpointDown):
        await grounded(JudgeDouble(lambda _: EndpointDown("gone")))


async def test_the_sentence_is_read_with_those_before_it_and_none_after() -> None:
    double = JudgeDouble(says)
    await grounded(double, [SHUT])
    [pair] = double.asked
    assert pair.published == (DAY, DAY)
    assert pair.evidence.endswith("The port will not reopen this week, she said.")
    assert "The mayor of Kelmar" in pair.evidence
    assert "boats" not in pair.evidence


async def test_without_claims_there_is_nothing_to_do() -> None:
    assert await grounded(JudgeDouble(says), ()) == Grounded((), ())
