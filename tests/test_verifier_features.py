"""What code sees in a pair: each feature by pairs made for it, and its range whatever the texts."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.verifier.features import NAMES, features

NEVER = (None, None)


def seen(evidence: str, claim: str, published: tuple[date | None, date | None] = NEVER) -> dict[str, float]:
    return dict(zip(NAMES, features(evidence, claim, published), strict=True))


def test_the_same_words_differ_in_nothing() -> None:
    text = "Ada Lind said on 4 May 2025 that 12 boats were not insured."
    assert set(seen(text, text).values()) == {0.0}


@pytest.mark.parametrize(
    ("evidence", "claim", "share"),
    [
        ("Twelve boats sank in Kelmar.", "12 boats sank.", 0.0),
        ("Boats sank in Kelmar.", "12 boats sank.", 1.0),
        ("12 vessels sank in Kelmar.", "12 boats sank.", 0.0),
        ("12 boats sank in Kelmar.", "12 boats and 3 barges sank.", 0.5),
        ("12 boats sank in Kelmar.", "Boats sank.", 0.0),
        ("The bridge is 5 km long.", "The bridge is 5000 metres long.", 0.0),
    ],
)
def test_numbers_of_the_claim_that_the_evidence_lacks(evidence: str, claim: str, share: float) -> None:
    assert seen(evidence, claim)["numbers_missing"] == pytest.approx(share)


@pytest.mark.parametrize(
    ("evidence", "claim", "differ"),
    [
        ("31 boats sank in Kelmar.", "12 boats sank in Kelmar.", 1.0),
        ("31 lamps broke in Kelmar.", "12 boats sank in Kelmar.", 0.0),
        ("At least 10 boats sank in Kelmar.", "12 boats sank in Kelmar.", 0.0),
        ("12 boats and 31 boats sank.", "12 boats sank.", 0.0),
    ],
)
def test_a_number_that_stands_against_another_of_its_unit(evidence: str, claim: str, differ: float) -> None:
    assert seen(evidence, claim)["numbers_differ"] == differ


@pytest.mark.parametrize(
    ("evidence", "claim", "differ"),
    [
        ("The pier fell on 4 May 2025.", "The pier fell on 6 May 2025.", 1.0),
        ("The pier fell on 4 May 2025.", "The pier fell in May 2025.", 0.0),
        ("It shut on 6 May 2025 and fell on 4 May 2025.", "The pier fell on 6 May 2025.", 0.0),
        ("The pier fell at 9.30 a.m.", "The pier fell at 11.15 a.m.", 1.0),
        ("The pier fell at 9.30 a.m.", "The pier fell.", 0.0),
    ],
)
def test_dates_and_hours_that_exclude_each_other(evidence: str, claim: str, differ: float) -> None:
    assert seen(evidence, claim)["dates_differ"] == differ


def test_the_days_of_publication_say_which_tuesday_is_meant() -> None:
    days = (date(2025, 5, 7), date(2025, 5, 14))
    text = "The pier fell on Tuesday."
    assert seen(text, text, days)["dates_differ"] == 1.0
    assert seen(text, text, (days[0], days[0]))["dates_differ"] == 0.0
    assert seen(text, text)["dates_differ"] == 0.0


@pytest.mark.parametrize(
    ("evidence", "claim", "differ"),
    [
        ("The port will not open.", "The port will open.", 1.0),
        ("The port will open.", "The port will not open.", 1.0),
        ("The port will not open.", "The port will never open.", 0.0),
        ("No pilot did not know.", "Pilots knew.", 1.0),
    ],
)
def test_negations_on_one_side_alone(evidence: str, claim: str, differ: float) -> None:
    assert seen(evidence, claim)["negations"] == differ


TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            "12 31 boats not never Ada Lind 4 May 2025 Monday $5 million % at 9.30 a.m. – ’s .".split()
        ),
        max_size=15,
    ).map(" ".join),
)
DAYS = st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2035, 1, 1)))


@settings(deadline=None, max_examples=60)
@given(TEXTS, TEXTS, DAYS, DAYS)
def test_every_feature_is_between_0_and_1(
    evidence: str, claim: str, one: date | None, other: date | None
) -> None:
    values = features(evidence, claim, (one, other))
    assert len(values) == len(NAMES)
    assert all(0.0 <= value <= 1.0 for value in values)
