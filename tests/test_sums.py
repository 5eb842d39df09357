"""People listed by kind are added up, and compared with a count of all of them."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.values.differences import Passage, differences
from pipeline.values.sums import sums


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("Six sailors and two passengers were pulled from the sea.", 8),
        ("Twenty nurses, 12 doctors and four volunteers slept in the hall.", 36),
        ("Four members of the crew and nine guests were saved.", 13),
    ],
)
def test_a_list_of_people_has_a_sum_at_its_place(text: str, total: float) -> None:
    (found,) = sums(text)
    assert (found.value, found.unit) == (total, "person")
    assert text[: found.span.end].endswith(("passengers", "volunteers", "guests"))


@pytest.mark.parametrize(
    "text",
    [
        "About 40 men and nine women came.",  # a bound has no sum
        "Thirty people and two children were aboard.",  # the children may be of the thirty
        "Six sailors were killed and two passengers hurt.",
        "Four people were hurt, including two sailors and one passenger.",
        "Nine boats and four cranes were lost.",
        "Six sailors saw two passengers.",
    ],
)
def test_what_is_no_list_has_none(text: str) -> None:
    assert sums(text) == ()


def test_a_sum_is_set_against_a_count_of_all() -> None:
    a = "Six sailors and two passengers were pulled from the wreck off Dorn."
    b = "The 11 who were pulled from the wreck were taken to Dorn."
    (found,) = differences(Passage(text=a), Passage(text=b))
    assert found.a_span.cut(a) == "Six sailors and two passengers"
    assert found.b_span.cut(b) == "11"


@pytest.mark.parametrize(
    "other",
    [
        "The eight who were pulled from the wreck were taken to Dorn.",
        "At least five people were pulled from the wreck off Dorn.",
    ],
)
def test_a_count_that_fits_is_no_difference(other: str) -> None:
    a = "Six sailors and two passengers were pulled from the wreck off Dorn."
    for x, y in permutations((Passage(text=a), Passage(text=other))):
        assert differences(x, y) == ()


@given(st.lists(st.sampled_from(["six", "12", "sailors", "men", "and", ",", "about", "."]), max_size=15))
def test_spans_lie_in_the_text(words: list[str]) -> None:
    text = " ".join(words)
    for found in sums(text):
        assert 0 <= found.span.start < found.span.end <= len(text)
