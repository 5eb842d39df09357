"""How an article is cut into chunks: no sentence is lost, and an edit moves the borders near it alone."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.chunks import CHUNK_CHARACTERS, CHUNK_SENTENCES, WINDOW, Chunk, by_content, by_count
from schemas.article import Article
from tests.stories import article

numbers = st.lists(st.integers(0, 10**6), min_size=1, max_size=60, unique=True)


def written(numbers: Sequence[int]) -> Article:
    return article("\n".join(f"The council met for the time number {n} in Velmark." for n in numbers))


def quotes(of: Article, chunks: Sequence[Chunk]) -> list[tuple[str, ...]]:
    return [tuple(of.quote(s.span) for s in chunk) for chunk in chunks]


@settings(deadline=None)
@given(numbers)
def test_every_sentence_is_in_one_chunk_in_order(numbers: Sequence[int]) -> None:
    of = written(numbers)
    for cut in (by_count, by_content):
        chunks = list(cut(of))
        assert [s for chunk in chunks for s in chunk] == [s for s in of.sentences if s.is_readable]
        for chunk in chunks:
            assert 0 < len(chunk) <= CHUNK_SENTENCES
            assert sum(s.span.end - s.span.start for s in chunk) <= CHUNK_CHARACTERS


@settings(deadline=None)
@given(numbers, st.data())
def test_an_edit_moves_no_border_but_those_near_it(numbers: Sequence[int], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(numbers)), label="at")
    new = 10**7 + data.draw(st.integers(0, 10**6), label="new")
    before, after = written(numbers), written([*numbers[:at], new, *numbers[at:]])
    was, now = quotes(before, list(by_content(before))), quotes(after, list(by_content(after)))
    texts = [before.quote(s.span) for s in before.sentences]
    place = {text: i for i, text in enumerate(texts)}
    firm = [0, *(p for p in borders(was, place) if p < at - WINDOW or p > at + WINDOW), len(texts)]
    low, high = (
        max(p for p in firm if p <= max(at - 1, 0)),
        min((p for p in firm if p > at), default=len(texts)),
    )
    assert [chunk for chunk in was if place[chunk[-1]] < low] == now[: sum(place[c[-1]] < low for c in was)]
    ends = [chunk for chunk in was if place[chunk[0]] >= high]
    assert not ends or now[-len(ends) :] == ends


def borders(chunks: Sequence[tuple[str, ...]], place: dict[str, int]) -> list[int]:
    """Return where chunks begin that a full chunk before them is no reason for."""
    return [place[chunk[0]] for before, chunk in pairwise(chunks) if len(before) < CHUNK_SENTENCES]


def test_a_new_first_sentence_leaves_most_chunks_of_a_long_text_as_they_were() -> None:
    numbers = list(range(200))
    before, after = written(numbers), written([999, *numbers])
    was, now = (set(quotes(of, list(by_content(of)))) for of in (before, after))
    assert len(now - was) <= 4
    counted = [set(quotes(of, list(by_count(of)))) for of in (before, after)]
    assert len(counted[1] - counted[0]) == len(counted[1]) == 26  # all of them
    assert len(now) <= 1.4 * 26
