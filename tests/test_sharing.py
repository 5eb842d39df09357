"""What shares words is found as by looking at each pair: sets of any words, and sentences of a story."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from pipeline.nearby import LEAST_SHARED, LEAST_SHARED_QUOTED, Reading, near, read_sentence
from pipeline.sharing import Sharing, places
from tests.stories import article

SETS = st.lists(st.frozensets(st.sampled_from("abcdefgh"), max_size=6), max_size=80)
TOLD = (
    "The ferry Anna left Kelmar harbour at noon with twelve crates.",
    "The ferry Anna left Kelmar harbour at noon with nineteen crates.",
    "“The ferry was never late,” said Lena Orth.",
    "Lena Orth: “The ferry was full.”",
    "Nobody was hurt.",
    "A choir sang in Dorrin.",
)
STORIES = st.lists(st.lists(st.sampled_from(TOLD), min_size=1, max_size=5), min_size=1, max_size=5)


@given(SETS, st.frozensets(st.sampled_from("abcdefghi"), max_size=7), st.integers(min_value=1, max_value=5))
def test_every_number_of_shared_members_is_counted(
    sets: list[frozenset[str]], words: frozenset[str], most: int
) -> None:
    counts = Sharing(sets).counts(words, most)
    for least, bits in enumerate(counts, 1):
        assert list(places(bits)) == [i for i, one in enumerate(sets) if len(one & words) >= least]
    assert len(counts) == most


@given(STORIES)
def test_sentences_near_each_other_are_those_a_double_loop_finds(texts: list[list[str]]) -> None:
    articles = [article("\n\n".join(lines), name=f"outlet-{i}") for i, lines in enumerate(texts)]
    read = [[read_sentence(a, s, None) for s in a.sentences] for a in articles]
    found = [
        (i, j, one.sentence.number, other.sentence.number)
        for i, others in enumerate(near(read))
        for j in sorted(others)
        for one, other in others[j]
    ]
    assert found == list(_by_looking(read))


def _by_looking(read: list[list[Reading]]) -> Iterator[tuple[int, int, int, int]]:
    said = [{one.passage.text for one in sentences} for sentences in read]
    for i, ones in enumerate(read):
        for j in range(i + 1, len(read)):
            for one in ones:
                for other in read[j]:
                    least = LEAST_SHARED_QUOTED if one.quoted and other.quoted else LEAST_SHARED
                    is_copied = one.passage.text in said[j] or other.passage.text in said[i]
                    if not is_copied and len(one.content & other.content) >= least:
                        yield i, j, one.sentence.number, other.sentence.number
