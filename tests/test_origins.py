"""Near-copies count as one origin, and so do articles that quote one speaker."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.origins import Sources, find_origins, group, is_same_sentence
from tests.stories import article, claim, supporting

WIRE = (
    "A ferry with 40 people aboard sank off Kelmar early on Monday. "
    "Two trawlers took everybody off before the ship went down in deep water. "
    "The harbour office has opened an inquiry into the age of the pumps."
)


def test_a_near_copy_has_the_origin_of_the_first() -> None:
    first = article(WIRE, "one")
    copy = article(f"Our own reporter writes.\n{WIRE.replace('Two trawlers', 'A pair of trawlers')}", "two")
    own = article("Our reporter stood on the quay of Kelmar and saw a ship go down far out at sea.", "three")
    assert find_origins([first, copy, own]) == {first.id: first.id, copy.id: first.id, own.id: own.id}


def test_texts_too_short_to_compare_are_no_copies() -> None:
    one, other = article("Pier closed.", "one"), article("Pier closed.", "two")
    assert find_origins([one, other]) == {one.id: one.id, other.id: other.id}


def test_a_sentence_is_the_same_give_or_take_a_few_words() -> None:
    assert is_same_sentence("The ferry sank off Kelmar on Monday.", "The ferry sank off Kelmar Monday.")
    assert not is_same_sentence(
        "The ferry sank off Kelmar on Monday.", "Divers found the ferry in deep water."
    )


COPIED = (
    "The ferry Maud, run by Orrin Line, was on her way to Kelmar with 40 people aboard when she struck a reef"
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{COPIED}, Kelmar Press Agency (KPA) reported.", f"{COPIED} on Tuesday night."),
        (
            f"{COPIED}.",
            f"Late in the evening, as the wind rose over the sound and the boats ran in, {COPIED}.",
        ),
        (
            "Two trawlers took everybody off before midnight.",
            "Before midnight two trawlers took everybody off.",
        ),
        (f"{COPIED}.", COPIED.replace("40 people", "214 people")),
    ],
)
def test_a_sentence_that_differs_by_a_clause_is_the_same(one: str, other: str) -> None:
    assert is_same_sentence(one, other)
    assert is_same_sentence(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # the same event, told by two who saw it
        (f"{COPIED}.", "With 40 people aboard, the Orrin Line ferry hit the reef on her way to Kelmar."),
        # a short run of words that two writers share by chance
        (
            "The mayor met the crews at Skarn Head.",
            "The minister, too, met the crews at Skarn Head on Monday.",
        ),
        ("There were 40 people aboard.", f"{COPIED}, and there were 40 people aboard the tug as well."),
    ],
)
def test_a_sentence_in_other_words_is_not_the_same(one: str, other: str) -> None:
    assert not is_same_sentence(one, other)
    assert not is_same_sentence(other, one)


@settings(deadline=None)
@given(st.text(), st.text())
def test_being_the_same_does_not_hang_on_the_order(one: str, other: str) -> None:
    assert is_same_sentence(one, one)
    assert is_same_sentence(one, other) == is_same_sentence(other, one)


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12))
def test_groups_are_those_that_pairs_join(pairs: list[tuple[int, int]]) -> None:
    first = group(range(8), pairs)
    assert all(first[a] == first[b] for a, b in pairs)
    assert all(head == min(i for i in first if first[i] == head) for head in first.values())
    reach = {i: {i} for i in range(8)}
    for _ in range(8):
        for a, b in pairs:
            joined = reach[a] | reach[b]
            for i in joined:
                reach[i] = joined
    assert all((first[a] == first[b]) == (b in reach[a]) for a in range(8) for b in range(8))


def counted(*texts: str, speaker: str | None = None) -> int:
    articles = [article(text, f"n{i}") for i, text in enumerate(texts)]
    about = claim(articles[0], "pumps", speaker=speaker)
    sources = Sources(articles, find_origins(articles), [about])
    return sources.count(about, [supporting(a, "pumps") for a in articles[1:]])


def test_each_outlet_that_saw_it_is_an_origin() -> None:
    assert (
        counted("The pumps were forty years old.", "Our reporter found that the ship had very old pumps.")
        == 2
    )


def test_a_sentence_that_was_copied_is_one_origin() -> None:
    text = "The pumps of the ferry were forty years old and full of rust."
    assert counted(text, text.replace("full of rust", "full of salt")) == 1


def test_a_copied_sentence_with_another_clause_is_one_origin() -> None:
    text = "The pumps of the ferry were forty years old and full of rust when divers saw them"
    assert counted(f"{text}, the Kelmar Press Agency reported.", f"{text} on Tuesday night.") == 1


def test_one_speaker_is_one_origin_even_where_no_claim_names_him() -> None:
    texts = (
        "The pumps were forty years old, Ada Lind said.",
        "Mayor Ada Lind told the council that the ship had rusty pumps.",
        "The chief of the yard, Otto Brandt, looked at the pumps: far too old, he said.",
    )
    assert counted(*texts, speaker="Ada Lind") == 2
