"""Work begun ahead goes on while answers are waited for, holds nobody up, and is dropped with its block."""

import asyncio
from collections.abc import Iterator

import pytest

from pipeline.meanwhile import SLICE_S, meanwhile


def counting(upto: int, seen: list[int]) -> Iterator[list[int]]:
    """Yield each number in a list, after more than a slice's time."""
    for number in range(upto):
        begun = asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() - begun < SLICE_S:
            pass
        seen.append(number)
        yield [number]


async def test_all_that_the_parts_hold_comes_in_their_order_and_others_go_in_between() -> None:
    seen: list[int] = []
    turns = 0
    with meanwhile() as ahead:
        found = ahead.begin(counting(20, seen))
        while not found.done():
            await asyncio.sleep(0)
            turns += 1
        assert await found == list(range(20)) == seen
    assert turns >= 20


async def test_what_is_not_over_at_the_end_of_the_block_is_dropped() -> None:
    seen: list[int] = []
    with meanwhile() as ahead:
        found = ahead.begin(counting(1000, seen))
        for _ in range(5):
            await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await found
    assert 0 < len(seen) < 10


async def test_an_error_in_the_work_is_that_of_its_result() -> None:
    def failing() -> Iterator[list[int]]:
        yield [1]
        raise ValueError("no more")

    with meanwhile() as ahead, pytest.raises(ValueError, match="no more"):
        await ahead.begin(failing())
