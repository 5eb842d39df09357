"""Who says it: in the sentence, around a quotation, and behind a pronoun."""

import time

import pytest

from pipeline.people import are_two, person_of
from pipeline.speakers import credit_of, speaker_of
from tests.stories import article, sentence

OPENING = "Mayor Ada Lind said the pier was closed."


def said_by(text: str, words: str, claim: str = "") -> str | None:
    source = article(text)
    return speaker_of(source, sentence(source, words), claim or "the pier leaks")


def test_the_sentence_names_its_speaker() -> None:
    assert said_by(OPENING, "closed") == "Mayor Ada Lind"
    assert said_by("The pier was closed on Monday.", "closed") is None


@pytest.mark.parametrize("words", ["first", "second", "third"])
def test_a_quotation_of_several_sentences_has_one_speaker(words: str) -> None:
    closing = "“The first plank broke. The second one held. The third one sank,” Ada Lind said."
    opening = "Ada Lind said: “The first plank broke. The second one held. The third one sank.”"
    assert said_by(closing, words) == "Ada Lind"
    assert said_by(opening, words) == "Ada Lind"


@pytest.mark.parametrize("words", ["first", "second", "third"])
@pytest.mark.parametrize("mark", ["“”", '""'])
def test_a_quotation_goes_on_over_paragraphs(words: str, mark: str) -> None:
    paragraphs = ("“The first plank broke.", "“The second one held.", "“The third sank too,” Ada Lind said.")
    text = "\n".join(paragraphs).replace("“", mark[0]).replace("”", mark[1])
    assert said_by(text, words) == "Ada Lind"


def test_a_name_inside_a_quotation_is_not_its_speaker() -> None:
    text = "“The pier is old. Otto Brandt said it would hold. It did not,” Ada Lind told the council."
    assert said_by(text, "Otto Brandt") == "Ada Lind"


def test_a_closed_quotation_leaves_the_next_sentence_to_the_article() -> None:
    text = "“The pier is old,” Ada Lind said. The council closed it in March."
    assert said_by(text, "March") is None


def test_a_quotation_without_a_speaker_goes_on_from_the_paragraph_before() -> None:
    text = "“The pier is old,” Ada Lind said.\n“It will be closed in March.”"
    assert said_by(text, "March") == "Ada Lind"


def test_he_said_is_whoever_spoke_before() -> None:
    text = f"{OPENING}\nThe planks had rotted away.\n“It will not open in March,” she added."
    assert said_by(text, "March") == "Mayor Ada Lind"


def test_a_chain_of_pronouns_leads_back_to_the_name() -> None:
    quotes = "\n".join(f"“Plank number {n} is gone,” she said." for n in range(1, 7))
    assert said_by(f"{OPENING}\n{quotes}", "number 6") == "Mayor Ada Lind"


def test_a_pronoun_is_nobody_when_the_name_is_too_far_away() -> None:
    between = "\n".join(f"Row {n} of the planks had rotted." for n in range(4))
    assert said_by(f"{OPENING}\n{between}\n“It will not open,” she said.", "open") is None


def test_an_institution_is_no_he() -> None:
    text = "Ada Lind said the pier was old.\nThe port authority said it was new.\n“It leaks,” she said."
    assert said_by(text, "leaks") == "Ada Lind"


def test_that_somebody_said_it_is_the_articles_own_claim() -> None:
    assert said_by(OPENING, "closed", "Ada Lind said the pier was closed.") == "Mayor Ada Lind"
    assert said_by(OPENING, "closed", "Mayor Ada Lind said the pier was closed.") is None


@pytest.mark.parametrize(
    ("claim", "speaker"),
    [("The pier was safe.", "Ada Lind"), ("The pier would fall into the bay.", "Otto Brandt")],
)
def test_each_clause_has_its_own_speaker(claim: str, speaker: str) -> None:
    text = "Ada Lind said the pier was safe, but Otto Brandt warned that it would fall into the bay."
    assert said_by(text, "safe", claim) == speaker


def test_a_headline_speaks_for_itself_and_for_nobody_below() -> None:
    text = "Pier closed for the winter, says council\n\nThe planks had rotted away.\n“It leaks,” she said."
    assert said_by(text, "leaks") is None


def test_lines_broken_within_a_paragraph_do_not_end_a_quotation() -> None:
    lines = (
        "“The pier was built by our fathers and it has stood here for a\n"
        "hundred years and more. It will not be pulled down while I am the\n"
        "mayor of this town,” Ada Lind told the council on Monday evening.\n"
    )
    filler = (
        "The council met for the third time this month in the old hall on\n"
        "the quay to talk about the pier, which has been closed since the\n"
        "storm of last winter broke the rail.\n"
    )
    source = article(f"{lines}\n{filler}\n{filler.replace('third', 'fourth')}")
    assert speaker_of(source, sentence(source, "pulled down"), "x") == "Ada Lind"


@pytest.mark.parametrize(
    ("text", "is_sure"),
    [
        ("Ada Lind closed it.\n“The pier leaks,” Ada Lind said.", True),
        (f"{OPENING}\n“The pier leaks,” she said.", True),
        (f"{OPENING}\nPilot Otto Brandt climbed the wall.\n“The pier leaks,” she said.", False),
        (f"{OPENING}\nOnce Otto Brandt had gone, “the pier leaks,” she said.", False),
    ],
)
def test_a_credit_is_sure_only_where_nobody_else_could_be_meant(text: str, is_sure: bool) -> None:
    source = article(text)
    credit = credit_of(source, sentence(source, "pier leaks"))
    assert credit is not None
    assert credit.is_sure is is_sure


def test_the_span_of_a_credit_is_where_the_speaker_is_named() -> None:
    source = article(f"{OPENING}\n“The pier leaks,” she said.")
    credit = credit_of(source, sentence(source, "leaks"))
    assert credit is not None
    assert credit.span.cut(source.text) == credit.speaker == "Mayor Ada Lind"


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("The pilot Otto Brandt met the crew.\n“It leaks,” Brandt said.", "Otto Brandt"),
        ("“It leaks,” Captain Brandt said.", "Brandt"),
        ("“It leaks,” Brandt said.", None),  # an agency, for all we know
        ("“It leaks,” the harbour ministry said.", None),
    ],
)
def test_a_surname_alone_needs_a_full_name_or_a_title(text: str, person: str | None) -> None:
    source = article(text)
    credit = credit_of(source, sentence(source, "leaks"))
    assert credit is not None
    assert person_of(source, credit) == person


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Ada Lind", "Otto Brandt", True),
        ("Mayor Ada Lind", "Mayor Otto Brandt", True),
        ("Ada Lind", "Mayor Ada Lind", False),
        ("Captain Marr", "Ivo Marr", False),
        ("the harbour ministry", "the coast guard", True),
        ("the harbour ministry", "the ministry", False),
        ("the harbour ministry", "Otto Brandt", False),  # he may speak for it
        ("the harbour ministry", "a ministry spokesman", False),
        ("the mayor", "Otto Brandt", False),  # he may be the mayor
    ],
)
def test_only_two_persons_or_two_institutions_are_surely_two(one: str, other: str, expected: bool) -> None:
    a, b = article(f"“The pier leaks,” {one} said."), article(f"“The pier leaks,” {other} said.")
    credit_a, credit_b = (credit_of(x, sentence(x, "leaks")) for x in (a, b))
    assert credit_a is not None
    assert credit_b is not None
    assert are_two(a, credit_a, b, credit_b) is expected
    assert are_two(b, credit_b, a, credit_a) is expected


def test_a_very_long_article_is_read_in_good_time() -> None:
    quotes = "\n".join(f"“Plank number {n} is gone. It sank,” she said in Kelmar." for n in range(3000))
    source = article(f"{OPENING}\n{quotes}")
    begun = time.process_time()
    assert credit_of(source, source.sentences[-1]) is None
    assert credit_of(source, sentence(source, "number 5 ")) is not None
    assert time.process_time() - begun < 2.0


def test_a_word_mark_that_opens_a_thousand_quotations_costs_no_more_than_its_length() -> None:
    source = article("“word " * 20_000)
    begun = time.process_time()
    assert all(credit_of(source, s) is None for s in source.sentences)
    assert time.process_time() - begun < 5.0


def test_a_name_in_apposition_is_the_speaker_and_not_the_office() -> None:
    source = article("“The pier is lost,” the harbour minister, Ada Lind, told the council on Monday.")
    credit = credit_of(source, source.sentences[0])
    assert credit is not None
    assert credit.speaker == "Ada Lind"


@pytest.mark.parametrize("who", ["he", "Otto Brandt"])
def test_it_was_he_who_said_it(who: str) -> None:
    text = (
        "Otto Brandt, who runs the mill, spoke last.\nOtto Brandt said little.\n"
        f"It was {who} who put it best: “The pier is lost.”"
    )
    source = article(text)
    credit = credit_of(source, source.sentences[-1])
    assert credit is not None
    assert credit.speaker == "Otto Brandt"
