"""How articles are gathered: copies first, no chains, stories of earlier runs as they were."""

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.grouping.candidates import Index
from pipeline.grouping.copies import likely_copies
from pipeline.grouping.gather import Gathered, gather
from pipeline.grouping.marks import MARK, Kind, Marks, find_marks
from pipeline.grouping.pile import FEATURES, Floats, Ints, Pile
from pipeline.reading.sentences import split_sentences

QUAKE = (
    "A slight earthquake was felt near {town} on Monday evening, the survey office reported within minutes. "
    "The tremor lay at shallow depth below {hill}. No damage is known so far, and no warning was issued. "
    "{name}, who keeps an inn in {town}, said that plates had rattled. The office asks witnesses to write."
)


def marks(text: str, title: str = "", published: date | None = None) -> Marks:
    return find_marks(text, split_sentences(text, 0), title, published)


def pile(*texts: str) -> tuple[Pile, np.typing.NDArray[np.uint32]]:
    found = [marks(text) for text in texts]
    return Pile([m.marked for m in found], [m.days for m in found], [0] * len(texts)), np.stack(
        [m.signature for m in found]
    )


def alike(size: int, published: list[int] | None = None) -> tuple[Pile, np.typing.NDArray[np.uint32]]:
    """Return articles that are all candidates of each other, and no copies."""
    marked = np.array([(key, 30_000, Kind.NAME, 1) for key in range(4)], dtype=MARK)
    signatures = np.arange(size * 64, dtype=np.uint32).reshape(size, 64)
    return Pile([marked] * size, [()] * size, published or [0] * size), signatures


def gathered(odds: Floats, stories: list[int], published: list[int] | None = None) -> Gathered:
    side_by_side, signatures = alike(len(odds), published)
    return gather(
        side_by_side, signatures, stories, np.ones(len(odds), bool), lambda one, others: odds[one, others], 7
    )


@st.composite
def odds_between(draw: st.DrawFn) -> Floats:
    size = draw(st.integers(1, 9))
    values = draw(st.lists(st.floats(-5, 5), min_size=size * size, max_size=size * size))
    square = np.array(values).reshape(size, size)
    return np.asarray((square + square.T) / 2, dtype=np.float64)


@given(odds_between(), st.data())
def test_stories_stay_as_they_were_and_never_become_one(odds: Floats, data: st.DataObject) -> None:
    stories = data.draw(st.lists(st.integers(0, 3), min_size=len(odds), max_size=len(odds)))
    found = gathered(odds, stories).groups.tolist()
    of_story = {
        story: {found[i] for i in range(len(odds)) if stories[i] == story} for story in set(stories) - {0}
    }
    assert all(len(names) == 1 for names in of_story.values())
    assert len({name for names in of_story.values() for name in names}) == len(of_story)


@given(odds_between())
def test_a_group_of_two_is_likelier_than_not(odds: Floats) -> None:
    found = gathered(odds, [0] * len(odds)).groups
    for name in set(found.tolist()):
        members = np.flatnonzero(found == name)
        if len(members) == 2:
            assert odds[members[0], members[1]] > 0


def test_a_chain_is_no_group() -> None:
    chain = np.full((5, 5), -4.0)
    for i in range(4):
        chain[i, i + 1] = chain[i + 1, i] = 3.0
    sizes = np.bincount(gathered(chain, [0] * 5).groups)
    assert sizes.max() == 2


def test_a_story_spans_its_days_at_most() -> None:
    sure = np.full((4, 4), 5.0)
    found = gathered(sure, [0] * 4, [700_000, 700_005, 700_010, 700_015]).groups
    assert np.bincount(found).max() == 2


def test_two_stories_that_seem_one_are_told() -> None:
    assert gathered(np.full((3, 3), 5.0), [1, 2, 0]).related == ((1, 2),)


def test_copies_go_together_and_a_form_filled_in_anew_does_not() -> None:
    first = QUAKE.format(town="Tarnholm", hill="Mount Osk", name="Ada Quill")
    edited = first.replace("reported within minutes", "said")
    other = QUAKE.format(town="Wexley", hill="Pell Ridge", name="Rolf Stane")
    side_by_side, signatures = pile(first, edited, other)
    no = gather(
        side_by_side,
        signatures,
        [0, 0, 0],
        np.ones(3, bool),
        lambda _one, others: np.full(len(others), -9.0),
        7,
    )
    assert no.groups.tolist() == [0, 0, 2]
    assert no.copy_of.tolist() == [0, 0, 2]


@given(
    st.lists(st.sampled_from("mill fire town boat reef mayor vote crown".split()), min_size=1, max_size=60)
)
@settings(max_examples=40)
def test_a_text_is_a_copy_of_itself(words: list[str]) -> None:
    signatures = np.stack([marks(" ".join(words) + ".").signature] * 3)
    assert likely_copies(signatures).tolist() == [[0, 1], [0, 2]]


@given(st.permutations(range(4)))
@settings(max_examples=10)
def test_what_two_articles_share_hangs_on_no_order(order: list[int]) -> None:
    texts = [
        "Ada Quill said that 14 workers of Dunsey and Pell were hurt in Tarnholm.",
        "In Tarnholm, Ada Quill counted 14 hurt at Dunsey and Pell.",
        "Rolf Stane blamed the fog off Wexley Point for the loss of 88 crates.",
        "A bridge is built. Nobody said where.",
    ]
    plain, _ = pile(*texts)
    mixed, _ = pile(*(texts[i] for i in order))
    for i in range(4):
        others: Ints = np.array([j for j in range(4) if j != i])
        moved = np.array([order.index(int(j)) for j in others])
        assert np.allclose(plain.compare(i, others), mixed.compare(order.index(i), moved))
        for j, row in zip(others, plain.compare(i, others), strict=True):
            assert np.allclose(row, plain.compare(int(j), np.array([i]))[0])
    shared = dict(zip(FEATURES, plain.compare(0, np.array([1, 2]))[0], strict=True))
    assert shared["names_least"] > 0.9
    assert shared["numbers"] > 0


def test_far_days_are_no_candidates_and_undated_articles_are() -> None:
    side_by_side, _ = alike(4, [700_000, 700_007, 700_008, 0])
    index = Index(side_by_side)
    everyone = np.ones(4, dtype=bool)
    assert sorted(index.near(0, 7, everyone).tolist()) == [1, 3]
    assert sorted(index.near(3, 7, everyone).tolist()) == [0, 1, 2]
