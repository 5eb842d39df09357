"""Denials: a clause that denies against one that says it, wherever in their sentences they stand."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.values.clauses import clauses, insertions, without_insertions
from pipeline.values.differences import Passage, differences
from schemas.contradiction import ConflictKind

DAY = date(2024, 5, 17)


def denials(a: str, b: str) -> list[tuple[str, str]]:
    found = differences(Passage(text=a, published=DAY), Passage(text=b, published=DAY))
    return [(d.a_span.cut(a), d.b_span.cut(b)) for d in found if d.kind is ConflictKind.polarity]


@pytest.mark.parametrize(
    ("a", "b", "parts"),
    [
        (
            "Halden Shipping was fined 900 crowns in 2019 for an oil spill.",
            "Halden Shipping has never been fined for an oil spill.",
            ("fined", "never been fined"),
        ),
        (
            "The lighthouse bell, which weighs a ton, never rang that night.",
            "The lighthouse bell rang at once, and the whole of Dorn woke up.",
            ("never rang", "rang"),
        ),
        (
            "Prosecutors opened a case against the ferry captain on Monday, and took his logbook.",
            "By Monday evening no case against the ferry captain had been opened.",
            ("case", "no case"),
        ),
        (
            "Tests showed that none of the oil had reached the River Tarn by Monday.",
            "Oil was in the River Tarn on Monday.",
            ("none of the oil", "Oil"),
        ),
    ],
)
def test_a_clause_that_denies_another_is_found(a: str, b: str, parts: tuple[str, str]) -> None:
    assert denials(a, b) == [parts]
    assert denials(b, a) == [parts[::-1]]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # another thing
        ("The lighthouse bell never rang that night.", "The school bell rang at once in Dorn."),
        ("Halden Shipping has never been fined for a spill.", "Marr Brewing was fined for a spill in Dorn."),
        # it may come, or has ended
        ("No case against the captain has yet been opened.", "A case against the captain could be opened."),
        ("The lighthouse bell no longer rings.", "The lighthouse bell rang in the storm of last winter."),
        # tried, asked, feared
        (
            "The pilot Ivo Marr never spoke to the harbour office.",
            "The harbour office tried to speak to the pilot Ivo Marr.",
        ),
        # two days
        (
            "No case against the ferry captain was opened on Monday.",
            "A case against the ferry captain was opened on Wednesday.",
        ),
        # both deny, or neither
        ("The lighthouse bell never rang that night.", "The lighthouse bell did not ring that night."),
        ("The lighthouse bell rang that night.", "The lighthouse bell rang all night."),
    ],
)
def test_what_denies_nothing_is_not(a: str, b: str) -> None:
    for one, other in permutations((a, b)):
        assert denials(one, other) == []


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("The bell, which weighs a ton, rang.", [", which weighs a ton,"]),
        ("Halden, the buyer, said so.", [", the buyer,"]),
        ("The boat (a ketch) sank.", ["(a ketch)"]),
        ("They lost boats, nets, and the pier.", []),
        ("He came, and she went.", []),
    ],
)
def test_an_insertion_stands_between_commas_inside_a_clause(text: str, inside: list[str]) -> None:
    assert [span.cut(text) for span in insertions(text)] == inside


@given(st.lists(st.sampled_from(["a", ", which", ",", ", the", "b", ".", "“", "(", ")", "but"]), max_size=20))
def test_clauses_and_insertions_lie_in_the_text_and_keep_its_length(words: list[str]) -> None:
    text = " ".join(words)
    assert len(without_insertions(text)) == len(text)
    for span in (*clauses(text), *insertions(text)):
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize("piece", [", which a", ", the b,", "(", "but ", ", "])
def test_long_lines_take_linear_time(piece: str) -> None:
    text = piece * (50_000 // len(piece))
    assert len(clauses(text)) <= len(text)
    assert len(insertions(text)) <= len(text)
