import pytest

from pipeline.verbatim import verbatim
from schemas.article import Role
from tests.stories import article


def _first(text: str) -> str | None:
    source = article(f"Harbour closed\n\n{text}\n")
    return verbatim(source, next(s for s in source.sentences if s.role is Role.prose))


def test_a_plain_sentence_is_its_own_claim() -> None:
    assert _first("The harbour at Kelmar was closed on Monday after the storm.") == (
        "The harbour at Kelmar was closed on Monday after the storm."
    )


def test_of_a_quotation_what_was_said_is_the_claim() -> None:
    text = "“the old pier at Kelmar will be rebuilt by the end of next summer,” Lena Orth said."
    assert _first(text) == "The old pier at Kelmar will be rebuilt by the end of next summer"


def test_a_few_quoted_words_stay_where_they_stand() -> None:
    text = "Lena Orth, the minister, called the closing of the harbour “a sad day” for the town."
    assert _first(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "He left the harbour at Kelmar on Monday after the storm.",
        "But she said nothing about the harbour of Kelmar on Monday.",
        "Who closed the harbour at Kelmar on Monday after the storm?",
        "What a day it was at the harbour of Kelmar on Monday!",
        "Not a word.",
    ],
)
def test_what_does_not_read_alone_is_no_claim(text: str) -> None:
    assert _first(text) is None


def test_a_headline_is_none() -> None:
    source = article("Harbour at Kelmar closed after a storm on Monday night\n\nThe harbour was closed.\n")
    assert source.sentences[0].role is Role.headline
    assert verbatim(source, source.sentences[0]) is None
