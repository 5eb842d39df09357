"""Outcomes that exclude each other: found of one person or thing, and of nothing else."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.values.differences import Passage, differences
from pipeline.values.exclusive import outcomes
from schemas.contradiction import ConflictKind

DAY = date(2024, 5, 17)


@pytest.mark.parametrize(
    ("a", "b", "part_a", "part_b"),
    [
        (
            "Ada Lind, the port’s treasurer, resigned on Monday.",
            "Ada Lind was sacked on Monday, the port said.",
            "resigned",
            "was sacked",
        ),
        (
            "The court in Dorn acquitted Otto Brandt of arson.",
            "The court in Dorn convicted Otto Brandt of arson.",
            "acquitted",
            "convicted",
        ),
        (
            "Halden Shipping, the buyer, will pull out of the merger.",
            "Halden Shipping said it would go ahead with the merger.",
            "pull out of",
            "go ahead with",
        ),
        (
            "The town council approved the plan for the new pier.",
            "The town council rejected the plan for the pier.",
            "approved",
            "rejected",
        ),
        (
            "The seized nets have been burned on the beach.",
            "The seized nets have been sold to a dealer.",
            "burned",
            "sold",
        ),
    ],
)
def test_two_outcomes_of_one_matter_exclude_each_other(a: str, b: str, part_a: str, part_b: str) -> None:
    for one, other, first, second in ((a, b, part_a, part_b), (b, a, part_b, part_a)):
        (found,) = differences(Passage(text=one, published=DAY), Passage(text=other, published=DAY))
        assert found.kind is ConflictKind.event
        assert (found.a_span.cut(one), found.b_span.cut(other)) == (first, second)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # two people, two things
        ("Ada Lind resigned on Monday.", "Otto Brandt was sacked on Monday."),
        ("The court acquitted Ada Lind of arson.", "The court convicted Otto Brandt of arson."),
        ("The council approved the plan for the pier.", "The council rejected the offer for the mill."),
        # two days, two years
        ("The council approved the plan on Monday.", "The council rejected the plan on Tuesday."),
        (
            "The council approved the plan for the pier.",
            "In 2012 the council rejected the plan for the pier.",
        ),
        # wished for, denied, possible, or both told
        ("Ada Lind resigned on Monday.", "Ada Lind was not sacked on Monday."),
        ("The council approved the pier plan.", "Critics hope that the council rejected the pier plan."),
        ("The council could have approved the pier plan.", "The council rejected the pier plan."),
        (
            "The council first rejected the pier plan, then approved the pier plan.",
            "The council rejected the pier plan.",
        ),
        # one outcome in two ways
        ("Ada Lind resigned on Monday.", "Ada Lind stepped down on Monday."),
    ],
)
def test_what_can_both_be_so_does_not(a: str, b: str) -> None:
    for one, other in permutations((a, b)):
        found = differences(Passage(text=one, published=DAY), Passage(text=other, published=DAY))
        assert ConflictKind.event not in {difference.kind for difference in found}


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=6),
            st.sampled_from(
                "Ada Lind|resigned|was sacked|the plan|approved|rejected|,|not|if|on Monday|.".split("|")
            ),
        ),
        max_size=15,
    ).map(" ".join)
)
def test_outcomes_lie_in_their_text(text: str) -> None:
    for found in outcomes(text):
        assert 0 <= found.span.start < found.span.end <= len(text)
    assert differences(Passage(text=text), Passage(text=text)) == ()
