"""One sentence with one fact changed: the format is kept, the change is clear, and doubtful ones are left."""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.pairs import contradicting, labelled
from benchmarks.planting.edits import Edit, Known, edited
from benchmarks.planting.numbers import other_number, spell
from pipeline.values.dates import find_dates
from schemas.contradiction import ConflictKind
from schemas.verdict import Label


def edits(sentence: str, kind: str, seeds: int = 8, known: Known | None = None) -> list[Edit]:
    """Return the edits of one kind that ``seeds`` seeds make."""
    found = [e for seed in range(seeds) for e in edited(sentence, Random(seed), known or Known())]
    return [edit for edit in found if edit.kind.value == kind]


def texts(sentence: str, kind: str) -> set[str]:
    return {edit.text for edit in edits(sentence, kind)}


@settings(deadline=None, max_examples=60)
@given(st.integers(min_value=2, max_value=10**9), st.integers(0, 1000))
def test_a_number_is_clearly_another_as_round_and_as_written(number: int, seed: int) -> None:
    written = f"{number:,} people"
    other = other_number(written, Random(seed))
    assert other is not None
    assert other.endswith(" people")
    value = int(other.split()[0].replace(",", ""))
    assert other.split()[0] == f"{value:,}"
    assert max(value, number) >= 1.4 * min(value, number)
    zeros = len(str(number)) - len(str(number).rstrip("0"))
    assert value % 10**zeros == 0


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 99), st.integers(0, 50))
def test_a_number_in_words_stays_in_words(number: int, seed: int) -> None:
    other = other_number(spell(number).capitalize(), Random(seed))
    assert other is not None
    assert re.fullmatch(r"[A-Z][a-z]+(-[a-z]+)?", other)
    assert other.lower() != spell(number)


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("38.6 million", r"\d+\.\d million"),
        ("3m", r"\dm"),
        ("two dozen", r"[a-z]+ dozen"),
        ("three hundred and ten", r"[a-z]+ hundred and ten"),
        ("0.5", r"\d\.\d"),
        ("1,200", r"(\d,)?\d00"),
    ],
)
def test_what_stands_around_a_number_is_kept(written: str, pattern: str) -> None:
    for seed in range(20):
        other = other_number(written, Random(seed))
        assert other is not None
        assert other != written
        assert re.fullmatch(pattern, other)


@pytest.mark.parametrize("written", ["1", "one", "a dozen", "half a million", "007", "", "many"])
def test_what_cannot_be_another_number_is_left(written: str) -> None:
    assert other_number(written, Random(0)) is None


def test_a_share_stays_one() -> None:
    for text in texts("Some 85 per cent of the looms were lost.", "quantity"):
        assert int(text.split()[1]) < 100


@pytest.mark.parametrize(
    "sentence",
    [
        "At least 12 looms were lost.",  # 19 is at least 12, too
        "Between 10 and 20 looms were lost.",
        "The two mills stand side by side.",  # "the four mills" would be no other number of them
        "Dozens of looms were lost.",
        "They came from platform 9 at the station.",
    ],
)
def test_a_number_that_excludes_no_other_is_left(sentence: str) -> None:
    assert texts(sentence, "quantity") == set()


def test_an_ordinal_keeps_its_ending_right() -> None:
    for text in texts("It was the 41st fire of the year.", "quantity"):
        assert re.search(r"\d*(1st|2nd|3rd|[04-9]th|1\dth) fire", text)


def test_a_day_beside_a_weekday_still_falls_on_it() -> None:
    sentence = "The mill burned on Sunday 4 May 2031."
    assert edits(sentence, "date")
    for edit in edits(sentence, "date"):
        day = find_dates(edit.text)[0].start
        assert day is not None
        assert day.strftime("%A") == "Sunday"
        assert "4 May" not in edit.text.replace("14 May", "").replace("24 May", "")


@pytest.mark.parametrize(
    ("sentence", "pattern"),
    [
        ("The mill burned on Tuesday.", r"The mill burned on (?!Tuesday)\w+day\."),
        ("The mill burned on May 4.", r"The mill burned on (?!May 4\b)\w+ \d+\."),
        ("The mill was sold in Oct. 2019.", r"The mill was sold in (?!Oct)(\w{3,4}\.|May) 2019\."),
        ("The mill opened in 1884.", r"The mill opened in 18(?!84)\d\d\."),
        ("It struck at 6.15pm that day.", r"It struck at (?!6)\d+\.15pm that day\."),
        ("It struck at 18:15 that day.", r"It struck at (?!18)\d\d:15 that day\."),
    ],
)
def test_a_date_is_another_in_the_same_format(sentence: str, pattern: str) -> None:
    assert texts(sentence, "date")
    for text in texts(sentence, "date"):
        assert re.fullmatch(pattern, text)


@pytest.mark.parametrize("sentence", ["The mill burned last week.", "He won Lisbon 2024 in style."])
def test_a_date_with_no_other_of_its_kind_is_left(sentence: str) -> None:
    assert texts(sentence, "date") == set()


def test_a_person_is_renamed_in_full_and_by_surname() -> None:
    sentence = "Captain Ines Corvane was aboard, and Corvane left last."
    for edit in edits(sentence, "entity"):
        match = re.fullmatch(r"Captain \w+ (\w+) was aboard, and (\w+) left last\.", edit.text)
        assert match
        assert match[1] == match[2] != "Corvane"


def test_a_known_person_is_chosen_before_an_invented_one() -> None:
    known = Known(people=("Bram Tolland",))
    found = edits("Captain Ines Corvane was aboard.", "entity", known=known)
    assert {edit.after for edit in found} == {"Bram Tolland"}


def test_a_country_keeps_its_form_and_its_article() -> None:
    for edit in edits("The ship met a Norwegian trawler off Norway.", "entity"):
        assert "Norw" not in edit.text
        article, adjective = re.findall(r"met (an?) (\w+)", edit.text)[0]
        assert article == ("an" if adjective[0] in "AEIOU" else "a")


def test_a_speaker_is_an_attribution() -> None:
    found = edits("“The roof came down,” said Ines Corvane.", "attribution")
    assert found
    assert all("Corvane" not in edit.text for edit in found)


@pytest.mark.parametrize(
    ("sentence", "denied"),
    [
        ("The alarm was sounded.", "The alarm was not sounded."),
        ("The crew could hear the alarm.", "The crew could not hear the alarm."),
        ("The ferry struck the reef.", "The ferry did not strike the reef."),
        ("The company carries the mail.", "The company does not carry the mail."),
        (
            "The ministry said that the crew had left the ship.",
            "The ministry said that the crew had not left the ship.",
        ),
        ("She was not overloaded.", "She was overloaded."),
        ("The ferry did not strike the reef.", "The ferry struck the reef."),
        ("The line has never been fined.", "The line has been fined."),
        ("He can swim.", "He cannot swim."),
        ("He cannot swim.", "He can swim."),
        ("She wasn’t told.", "She was told."),
    ],
)
def test_a_statement_is_denied_and_a_denial_taken_back(sentence: str, denied: str) -> None:
    found = texts(sentence, "polarity")
    assert len(found) == 1
    assert denied in found.pop()


@pytest.mark.parametrize(
    "sentence",
    [
        "A man was arrested.",  # another man may have been
        "Some passengers were rescued.",
        "Two men were arrested.",
        "The alarm was only sounded at noon.",
        "The talks were held because of the strike.",
        "Was the alarm sounded?",
        "He did not see any ship.",
        "Among the dead was the captain.",
        "Nobody was hurt.",
    ],
)
def test_what_a_denial_would_leave_open_is_left(sentence: str) -> None:
    assert texts(sentence, "polarity") == set()


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300), st.integers(0, 100))
def test_any_text_can_be_edited(text: str, seed: int) -> None:
    for edit in edited(text, Random(seed)):
        assert edit.text != text
        rebuilt = text
        for start, end, after in reversed(edit.changes):
            rebuilt = rebuilt[:start] + after + rebuilt[end:]
        assert rebuilt == edit.text
        assert edit.before in text
        assert edit.after in edit.text


_WORDS = st.sampled_from(
    "The ferry struck 41 214 two Tuesday 4 May 2031 Ines Corvane said “ ” , . was not in Norway a an did "
    "strike cannot Captain Norwegian 6.15pm on to million that".split()
)


@settings(deadline=None, max_examples=60)
@given(st.lists(_WORDS, max_size=25).map(" ".join), st.integers(0, 100))
def test_edits_are_the_same_for_the_same_seed(text: str, seed: int) -> None:
    once = edited(text, Random(seed))
    assert once == edited(text, Random(seed))
    assert all(edit.text != text for edit in once)


def test_pairs_are_the_pair_itself_and_its_values_changed() -> None:
    evidence = "On Tuesday the ferry struck the reef with 214 people aboard, the agency said."
    claim = "The ferry struck the reef with 214 people aboard in a gale of 70 knots."
    pairs = list(labelled(evidence, claim, Random(0)))
    assert pairs[0] == (evidence, claim, Label.supported, None)
    assert {pair.kind for pair in pairs[1:]} == {ConflictKind.quantity, ConflictKind.polarity}
    assert all(pair.label is Label.contradicted for pair in pairs[1:])
    assert all("70 knots" in pair.claim for pair in pairs)  # the evidence says nothing of the wind


def test_a_denied_claim_needs_evidence_that_is_as_firm() -> None:
    claim = "The ferry struck the reef."
    kinds = {e.kind for e in contradicting("The ferry may have struck the reef.", claim, Random(0))}
    assert ConflictKind.polarity not in kinds
    kinds = {e.kind for e in contradicting("On Tuesday the ferry struck the reef.", claim, Random(0))}
    assert ConflictKind.polarity in kinds
