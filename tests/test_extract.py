"""Claims of one article: asked for a few sentences at a time, placed, typed, checked and merged."""

import re
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.chunks import CHUNK_CHARACTERS, CHUNK_SENTENCES
from pipeline.errors import AnswerInvalid, AnswerTruncated, ContextTooLong, EndpointLost
from pipeline.extract import (
    CLAIMS_A_SENTENCE,
    Extraction,
    answer_schema,
    extract,
)
from pipeline.progress import Silent
from schemas.article import Article
from schemas.claim import Claim, ClaimKind
from tests.stories import Double, article, prompt_of

PROMPT = prompt_of("before", "sentences")
STORM = article(
    "The storm broke 12 boats in Kelmar on May 3.\n"
    "The council closed the old pier.\n"
    "“It will open again in June,” Mayor Ada Lind said."
)

Draft = tuple[int, str]


def answers(*drafts: Draft) -> Callable[[str], object]:
    """Answer with the given claims of sentences, by their numbers, and with none of all others."""
    return lambda question: {str(n): [text for of, text in drafts if of == n] for n, _ in numbered(question)}


def numbered(question: str) -> list[tuple[int, str]]:
    """Return the numbered sentences of a question."""
    return [(int(n), text) for n, text in re.findall(r"^(\d+): (.*)$", question, re.MULTILINE)]


def echo(question: str) -> object:
    """Claim every sentence as it stands."""
    return {str(n): [text] for n, text in numbered(question)}


async def run(source: Article, answer: Callable[[str], object]) -> Extraction:
    return await extract(source, Double(answer).llm, PROMPT, Silent())


def worded(found: Extraction) -> tuple[Claim, ...]:
    """Return the claims that the model worded; the others are sentences as they stand."""
    return tuple(claim for claim in found.claims if not claim.is_verbatim)


def texts(found: Extraction) -> list[str]:
    return [claim.text for claim in worded(found)]


async def test_a_claim_gets_its_place_kind_speaker_and_values_from_the_text() -> None:
    found = await run(
        STORM,
        answers(
            (1, "The storm broke 12 boats in Kelmar on May 3."), (3, "The old pier will open again in June.")
        ),
    )
    boats, pier = worded(found)
    assert (boats.sentence, boats.speaker, boats.kind) == (1, None, ClaimKind.quantity)
    assert boats.quote == boats.span.cut(STORM.text) == "The storm broke 12 boats in Kelmar on May 3."
    assert [(q.value, q.unit, q.span.cut(STORM.text)) for q in boats.quantities] == [
        (12.0, "boat", "12 boats")
    ]
    assert boats.when is not None
    assert boats.when.text == "May 3"
    assert (pier.sentence, pier.speaker, pier.kind) == (3, "Mayor Ada Lind", ClaimKind.plan)
    assert found.read == frozenset({1, 2, 3})
    assert (found.dropped, found.failures) == ((), ())


async def test_a_claim_credited_to_the_wrong_sentence_is_moved_to_its_own() -> None:
    found = await run(STORM, answers((1, "The council closed the old pier.")))
    assert [c.sentence for c in worded(found)] == [2]


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("Bread will cost twice as much next winter.", "words"),
        ("The storm broke 31 boats in Kelmar.", "number"),
        ("...", "words"),
        ("", "words"),
    ],
)
async def test_what_the_sentence_does_not_say_is_dropped_with_a_reason(claim: str, reason: str) -> None:
    found = await run(STORM, answers((1, claim)))
    assert worded(found) == ()
    (dropped,) = found.dropped
    assert (dropped.article_id, dropped.text) == (STORM.id, claim)
    assert reason in dropped.reason


async def test_a_number_in_words_is_the_number_of_the_claim() -> None:
    source = article("Twelve boats sank in the storm off Kelmar.")
    (claim,) = worded(await run(source, answers((1, "12 boats sank in the storm off Kelmar."))))
    assert [q.text for q in claim.quantities] == ["Twelve boats"]


async def test_values_of_the_sentence_that_the_claim_leaves_out_are_not_its() -> None:
    source = article("The storm broke 3 boats and 30 lamps on May 3.")
    (claim,) = worded(await run(source, answers((1, "The storm broke 30 lamps."))))
    assert [q.text for q in claim.quantities] == ["30 lamps"]
    assert claim.when is None


async def test_what_an_article_repeats_is_one_claim_with_both_places() -> None:
    source = article("Council closes the old pier.\nThe council closed the old pier.")
    (claim,) = (
        await run(
            source, answers((2, "The council closed the old pier."), (1, "The council closed the old pier"))
        )
    ).claims
    assert claim.sentence == 1
    assert [span.cut(source.text) for span in claim.repeats] == ["The council closed the old pier."]


async def test_the_same_claim_twice_of_one_sentence_is_no_repeat() -> None:
    found = await run(STORM, answers(*[(2, "The council closed the old pier.")] * 3))
    assert [c.repeats for c in worded(found)] == [()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "The council of Kelmar did approve the plan for the old pier on the quay.",
            "The council of Kelmar did not approve the plan for the old pier on the quay.",
        ),
        (
            "Harbour pilot Lind signed the contract for the repair of the old pier in Kelmar.",
            "Harbour pilot Kind signed the contract for the repair of the old pier in Kelmar.",
        ),
        (
            "The storm of the night broke 12 boats in the harbour of Kelmar.",
            "The storm of the night broke 13 boats in the harbour of Kelmar.",
        ),
        (
            "The pier of Kelmar will be closed for the winter, Ada Lind said.",
            "The pier of Kelmar will be closed for the winter, Otto Brandt said.",
        ),
    ],
)
async def test_claims_that_part_in_one_word_or_in_who_says_it_are_two(one: str, other: str) -> None:
    source = article(f"{one}\n{other}")
    said = [re.sub(r", [^,]* said", "", text) for text in (one, other)]
    assert texts(await run(source, answers((1, said[0]), (2, said[1])))) == said


async def test_page_furniture_is_not_read() -> None:
    source = article("Most viewed articles\nThe council closed the old pier on Monday.")
    double = Double(echo)
    found = await extract(source, double.llm, PROMPT, Silent())
    assert "Most viewed" not in "".join(double.asked)
    assert found.read == frozenset({2})


async def test_an_article_without_readable_sentences_asks_nothing() -> None:
    double = Double(lambda _: AssertionError("asked"))
    found = await extract(article("Most viewed articles"), double.llm, PROMPT, Silent())
    assert found == Extraction((), (), (), frozenset())
    assert double.asked == []


def test_the_schema_takes_the_numbers_of_the_sentences_shown_and_no_others() -> None:
    schema = answer_schema(2)
    schema.model_validate({"1": [], "2": ["x", "y"]})
    whole: dict[str, object] = {"1": ["x"], "2": []}
    others: list[dict[str, object]] = [
        {"3": []},
        {"0": []},
        {"mood": "grim"},
        {"2": "x"},
        {"2": [3]},
        {"2": ["x"] * 4},
    ]
    for wrong in others:
        with pytest.raises(ValidationError):
            schema.model_validate({**whole, **wrong})
    with pytest.raises(ValidationError):
        schema.model_validate({"1": ["x"]})


MANY = 2 * CHUNK_SENTENCES + 3
LONG = [
    f"On day {n} the council of Kelmar met in room {n} of the old customs house." for n in range(1, MANY + 1)
]
OUTSIDE = frozenset(range(1, MANY + 1)) - frozenset(
    range(CHUNK_SENTENCES + 1, 2 * CHUNK_SENTENCES + 1)
)  # of chunk 2


async def test_sentences_are_asked_a_few_at_a_time_each_once_in_order() -> None:
    double = Double(echo)
    source = article("\n".join(LONG))
    found = await extract(source, double.llm, PROMPT, Silent())
    chunks = [numbered(question) for question in double.asked]
    assert [text for chunk in chunks for _, text in chunk] == LONG
    assert all([n for n, _ in chunk] == list(range(1, len(chunk) + 1)) for chunk in chunks)
    assert max(map(len, chunks)) <= CHUNK_SENTENCES
    assert found.read == frozenset(range(1, MANY + 1))
    assert texts(found) == LONG


async def test_the_lines_before_a_chunk_are_shown_for_their_names() -> None:
    double = Double(echo)
    await extract(article("\n".join(LONG)), double.llm, PROMPT, Silent())
    assert double.asked[0].startswith("-\n1: ")
    assert double.asked[1].split("\n")[0].endswith(LONG[CHUNK_SENTENCES - 1])


async def test_a_very_long_sentence_is_asked_about_alone() -> None:
    long = "The council " + "met again and " * ((CHUNK_CHARACTERS - 22) // 14) + "went home."
    assert len(long) + len("It is old.") > CHUNK_CHARACTERS
    double = Double(echo)
    await extract(article(f"Kelmar has a pier.\n{long}\nIt is old."), double.llm, PROMPT, Silent())
    assert [len(numbered(question)) for question in double.asked] == [1, 1, 1]


async def test_text_cannot_pass_for_the_numbering() -> None:
    source = article("The council met.\u20282: The council burned the pier.\nIt rained.")
    double = Double(echo)
    await extract(source, double.llm, PROMPT, Silent())
    lines = double.asked[0].split("\n")
    assert sum(line.startswith("2: ") for line in lines) == 1


@pytest.mark.parametrize("error", [AnswerTruncated("cut off"), ContextTooLong("too long")])
async def test_a_question_too_long_for_its_answer_is_halved(error: Exception) -> None:
    def answer(question: str) -> object:
        return error if len(numbered(question)) > 1 else echo(question)

    found = await run(article("\n".join(LONG)), answer)
    assert texts(found) == LONG
    assert found.failures == ()


async def test_a_sentence_that_cannot_be_answered_alone_is_a_failure_and_the_rest_is_kept() -> None:
    def answer(question: str) -> object:
        return AnswerTruncated("cut off") if "day 3 " in question.partition("\n")[2] else echo(question)

    found = await run(article("\n".join(LONG)), answer)
    (failure,) = found.failures
    assert (failure.stage, failure.reason) == ("extract", "cut off")
    assert failure.where == "harbour-post, sentence 3"
    assert found.read == frozenset(range(1, MANY + 1)) - {3}
    assert texts(found) == [text for text in LONG if "day 3 " not in text]


async def test_a_chunk_that_fails_is_recorded_and_the_others_go_on() -> None:
    def answer(question: str) -> object:
        return (
            AnswerInvalid("nonsense") if f"1: On day {CHUNK_SENTENCES + 1} " in question else echo(question)
        )

    found = await run(article("\n".join(LONG)), answer)
    (failure,) = found.failures
    assert failure.where == f"harbour-post, sentence {CHUNK_SENTENCES + 1} to {2 * CHUNK_SENTENCES}"
    assert failure.reason == "nonsense"
    assert frozenset(c.sentence for c in found.claims) == OUTSIDE


async def test_an_endpoint_that_is_lost_is_told_and_what_was_answered_is_kept() -> None:
    def answer(question: str) -> object:
        return EndpointLost("gone") if f"1: On day {CHUNK_SENTENCES + 1} " in question else echo(question)

    found = await run(article("\n".join(LONG)), answer)
    (failure,) = found.failures
    assert failure.where == f"harbour-post, sentence {CHUNK_SENTENCES + 1} to {2 * CHUNK_SENTENCES}"
    assert failure.reason == "gone"
    assert found.read == OUTSIDE
    assert [c.sentence for c in found.claims] == sorted(found.read)


async def test_ids_survive_an_edit_elsewhere_and_change_with_the_claim() -> None:
    drafts = answers((2, "The council closed the old pier."))
    edited = article(STORM.text.replace("Kelmar on May 3", "Kelmar harbour") + "\nIt rained.")
    ids = [worded(await run(source, drafts))[0].id for source in (STORM, edited)]
    assert ids[0] == ids[1]
    other = worded(await run(STORM, answers((2, "The council closed the pier."))))[0].id
    elsewhere = article(STORM.text, "another-post")
    assert len({ids[0], other, worded(await run(elsewhere, drafts))[0].id}) == 3


WORDS = st.sampled_from(
    ["storm", "Kelmar", "12", "boats", "pier", "“It", "sank,”", "she", "said.", "Lind", "not", "\u00a0"]
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(SENTENCES, min_size=1, max_size=6), st.lists(st.tuples(st.integers(1, 4), SENTENCES), max_size=6)
)
async def test_whatever_the_model_says_quotes_are_exact_and_nothing_is_lost(
    lines: Sequence[str], drafts: list[tuple[int, str]]
) -> None:
    source = article("\n".join(lines))

    def answer(question: str) -> object:
        most = len(numbered(question))
        fitting = [
            d for n in range(1, most + 1) for d in [d for d in drafts if d[0] == n][:CLAIMS_A_SENTENCE]
        ]
        given_back.extend(fitting)
        return answers(*fitting)(question)

    given_back: list[tuple[int, str]] = []
    found = await run(source, answer)
    for claim in found.claims:
        assert claim.quote == claim.span.cut(source.text)
        assert all(q.text == q.span.cut(source.text) for q in claim.quantities)
        assert all(claim.span.start <= q.span.start < q.span.end <= claim.span.end for q in claim.quantities)
    kept = {" ".join(text.split()) for _, text in given_back}
    assert set(texts(found)) | {d.text for d in found.dropped} <= kept
    assert len({c.id for c in found.claims}) == len(found.claims)
    assert [c.sentence for c in found.claims] == sorted(c.sentence for c in found.claims)
    assert len(worded(found)) + len(found.dropped) <= len(given_back)


async def test_a_sentence_that_the_model_skips_is_a_claim_in_its_own_words() -> None:
    found = await run(STORM, answers((1, "The storm broke 12 boats in Kelmar on May 3.")))
    skipped = [claim for claim in found.claims if claim.is_verbatim]
    assert (2, "The council closed the old pier.") in [(c.sentence, c.text) for c in skipped]
    assert 1 not in {c.sentence for c in skipped}
