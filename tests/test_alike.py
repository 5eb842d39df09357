"""Those who wait go in alphabetical order, never too many at once, and nobody is forgotten."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from pipeline.alike import AlikeFirst

TEXTS = st.lists(st.text(alphabet="abc", max_size=3), max_size=20)


def asked(texts: list[str], most: int, given_up: frozenset[int] = frozenset()) -> tuple[list[str], int]:
    """Ask all ``texts``, some ``given_up`` while they wait; return those that went, and the most at once."""
    went: list[str] = []
    inside = highest = 0

    async def ask(room: AlikeFirst, text: str, go: asyncio.Event) -> None:
        nonlocal inside, highest
        async with room.turn(text):
            went.append(text)
            inside += 1
            highest = max(highest, inside)
            await go.wait()
            inside -= 1

    async def run() -> None:
        room, go = AlikeFirst(most), asyncio.Event()
        tasks = [asyncio.create_task(ask(room, text, go)) for text in texts]
        await asyncio.sleep(0)  # each has run up to its wait
        for number in given_up:
            if most <= number < len(tasks):  # the first ones are inside already
                tasks[number].cancel()
        go.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with room.turn("after all"):  # the room was given back
            went.append("after all")

    asyncio.run(run())
    assert went.pop() == "after all"
    return went, highest


@given(TEXTS, st.integers(1, 4))
def test_all_go_and_never_more_than_there_is_room_for(texts: list[str], most: int) -> None:
    went, highest = asked(texts, most)
    assert sorted(went) == sorted(texts)
    assert highest <= most


@given(TEXTS)
def test_one_after_the_other_they_go_round_in_alphabetical_order(texts: list[str]) -> None:
    went, _ = asked(texts, 1)
    if went:
        first, rest = went[0], sorted(went[1:])
        assert went[1:] == [t for t in rest if t >= first] + [t for t in rest if t < first]


@given(TEXTS, st.integers(1, 3), st.frozensets(st.integers(0, 19)))
def test_who_gives_up_holds_nobody_up(texts: list[str], most: int, given_up: frozenset[int]) -> None:
    went, _ = asked(texts, most, given_up)
    assert sorted(went) == sorted(t for n, t in enumerate(texts) if n < most or n not in given_up)
