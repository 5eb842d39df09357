"""Polarity: negating words found, and only close sentences of opposite polarity told apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.values.comparison import Comparison
from pipeline.values.polarity import compare_polarity, negations

PLAIN = "The council approved the harbour plan on Monday."


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("It did not sink.", ["not"]),
        ("It didn’t sink and never will.", ["didn’t", "never"]),
        ("The board denied it and failed to act.", ["denied", "failed to"]),
        ("It sank without a trace.", ["without"]),
        ("Not only the crew left; no fewer than 12 boats did.", []),
        ("The knot held. Notably, north of it.", []),
    ],
)
def test_finds_negating_words(text: str, cues: list[str]) -> None:
    assert [n.text for n in negations(text)] == cues


@pytest.mark.parametrize(
    ("other", "outcome"),
    [
        ("The council did not approve the harbour plan on Monday.", Comparison.differ),
        ("On Monday the council refused to approve the harbour plan.", Comparison.differ),
        ("The council approved the harbor plan Monday.", Comparison.same),
        ("The council did not reject the harbour plan on Monday.", Comparison.incomparable),
        ("The council never denied approving the harbour plan on Monday.", Comparison.incomparable),
        ("The mayor did not attend the concert.", Comparison.incomparable),
        ("", Comparison.incomparable),
    ],
)
def test_only_close_sentences_differ(other: str, outcome: Comparison) -> None:
    assert compare_polarity(PLAIN, other) is outcome
    assert compare_polarity(other, PLAIN) is outcome


prose = st.lists(
    st.one_of(
        st.text(max_size=6),
        st.sampled_from(("not|never|no|didn’t|council|approve|plan|harbour|denied|more").split("|")),
    ),
    max_size=12,
).map(" ".join)


@settings(deadline=None)
@given(prose, prose, st.integers(0, 100))
def test_spans_are_exact_and_comparison_symmetric(a: str, b: str, offset: int) -> None:
    for found in negations(a, offset):
        assert a[found.span.start - offset : found.span.end - offset] == found.text
    assert compare_polarity(a, a) is not Comparison.differ
    assert compare_polarity(a, b) is compare_polarity(b, a)
