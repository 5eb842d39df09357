"""The words that carry a sentence's meaning."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.words import containment, content_stems


def test_inflections_of_a_word_are_one_stem_and_empty_words_are_left_out() -> None:
    assert content_stems("The divers were searching the harbours") == content_stems(
        "a diver searched harbour"
    )


@pytest.mark.parametrize(("one", "other"), [("U.S. envoys", "US envoys"), ("1,200 crates", "1200 crates")])
def test_two_spellings_of_one_thing_are_one_stem(one: str, other: str) -> None:
    assert content_stems(one) == content_stems(other)


@pytest.mark.parametrize("acronym", ["US", "U.S.", "WHO", "IT"])
def test_an_acronym_is_no_empty_word(acronym: str) -> None:
    assert len(content_stems(f"{acronym} envoys")) == 2
    assert len(content_stems(f"who told us about it: {acronym}")) == 1


@pytest.mark.parametrize("owner", ["Marr’s", "Marr's", "Marr"])
def test_a_possessive_is_its_owner(owner: str) -> None:
    assert content_stems(owner) == ("marr",)


def test_a_decimal_is_not_a_dotted_acronym() -> None:
    assert content_stems("3.5 metres") != content_stems("35 metres")


def test_containment_is_the_share_of_the_parts_words() -> None:
    assert containment("Divers searched the old harbour", "The harbour was searched") == 0.5
    assert containment("", "anything") == 0.0
    assert containment("of the", "of the") == 0.0


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_a_text_holds_its_own_words_and_those_of_its_parts(one: str, other: str) -> None:
    whole = f"{one}\n{other}"
    assert containment(one, whole) == (1.0 if content_stems(one) else 0.0)
    assert 0.0 <= containment(whole, one) <= 1.0
