"""How long is waited between two attempts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.patience import ATTEMPTS, LONGEST_WAIT_S, wait_s


@given(st.integers(1, 2 * ATTEMPTS))
def test_unasked_a_wait_is_within_twice_that_of_the_attempt_before(attempt: int) -> None:
    assert 0.2 <= wait_s(attempt, None) <= min(LONGEST_WAIT_S, 2.0**attempt)


@given(st.integers(1, ATTEMPTS), st.floats(0, 1e6))
def test_what_the_endpoint_asks_is_kept_up_to_the_longest(attempt: int, asked: float) -> None:
    waited = wait_s(attempt, asked)
    assert min(asked, LONGEST_WAIT_S) <= waited <= min(asked, LONGEST_WAIT_S) + 0.5


@pytest.mark.parametrize("asked", [None, 3.0])
def test_no_two_who_wait_come_back_together(asked: float | None) -> None:
    assert len({wait_s(3, asked) for _ in range(20)}) > 10
