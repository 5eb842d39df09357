"""Work begun ahead is done while answers are waited for, gives way to all else, and ends with its block."""

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from pipeline.meanwhile import QUIET_S, SLICE_S, meanwhile


def busy(seconds: float) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        pass


def counting(upto: int, seen: list[int]) -> Iterator[list[int]]:
    """Yield each number in a list, after more than a slice's time."""
    for number in range(upto):
        busy(SLICE_S)
        seen.append(number)
        yield [number]


@pytest.mark.parametrize("on_thread", [False, True])
async def test_all_that_the_parts_hold_comes_in_their_order(on_thread: bool) -> None:
    seen: list[int] = []
    with meanwhile() as ahead:
        found = ahead.begin(counting(20, seen), on_thread=on_thread)
        assert await found.result() == list(range(20)) == seen


async def test_it_gives_way_while_there_is_anything_else_to_do() -> None:
    seen: list[int] = []
    with meanwhile() as ahead:
        ahead.begin(counting(1000, seen))
        for _ in range(20):  # as rounds that handle what has come
            busy(2 * QUIET_S)
            await asyncio.sleep(0)
        assert len(seen) <= 2
        for _ in range(100):  # nothing else to do
            await asyncio.sleep(0)
        assert len(seen) > 20


async def test_what_is_wanted_gives_way_no_more() -> None:
    seen: list[int] = []

    async def rounds() -> None:
        while len(seen) < 50:
            busy(2 * QUIET_S)
            await asyncio.sleep(0)

    with meanwhile() as ahead:
        found = ahead.begin(counting(50, seen))
        _, got = await asyncio.gather(rounds(), found.result())
        assert got == seen


@pytest.mark.parametrize("on_thread", [False, True])
async def test_what_is_not_over_at_the_end_of_the_block_is_dropped(on_thread: bool) -> None:
    seen: list[int] = []
    with meanwhile() as ahead:
        found = ahead.begin(counting(100_000, seen), on_thread=on_thread)
        for _ in range(5):
            await asyncio.sleep(0.001)
    with pytest.raises(asyncio.CancelledError):
        await found.result()
    assert len(seen) < 100_000


async def test_what_has_a_thread_holds_up_nobody() -> None:
    go_on = threading.Event()

    def waiting() -> Iterator[list[str]]:
        go_on.wait(60)
        yield [threading.current_thread().name]

    with meanwhile() as ahead:
        found = ahead.begin(waiting(), on_thread=True)
        await asyncio.sleep(0)
        go_on.set()
        [name] = await found.result()
    assert name != threading.main_thread().name


@pytest.mark.parametrize("on_thread", [False, True])
async def test_an_error_in_the_work_is_that_of_its_result(on_thread: bool) -> None:
    def failing() -> Iterator[list[int]]:
        yield [1]
        raise ValueError("no more")

    with meanwhile() as ahead, pytest.raises(ValueError, match="no more"):
        await ahead.begin(failing(), on_thread=on_thread).result()
