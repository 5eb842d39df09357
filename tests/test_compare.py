"""Differences between sentences of two articles, found without a model."""

import time
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.compare import compare
from pipeline.ingest import ingest
from pipeline.values.differences import Passage, differences
from schemas.article import Article
from schemas.contradiction import ConflictKind
from schemas.suspicion import Suspicion
from tests.stories import article

QUOTE = "Any sale of the northern lighthouse would break the promise this council gave to the fishermen"
KNOWN = "The pilot Otto Brandt met the council on Monday.\n"


def kinds(found: tuple[Suspicion, ...]) -> list[ConflictKind | None]:
    return [suspicion.kind for suspicion in found]


def test_values_in_one_role_that_exclude_each_other_are_found_with_their_places() -> None:
    one = article("Council closes pier\n\nThe storm broke 12 boats in Kelmar harbour.", "one")
    other = article("A storm in Kelmar harbour broke 31 boats on Monday, the port said.", "two")
    (found,) = compare([one, other])
    assert found.kind is ConflictKind.quantity
    assert found.found_by == "values"
    for side, source, part in zip(found.sides, (one, other), ("12 boats", "31 boats"), strict=True):
        assert side.article_id == source.id
        assert side.quote == side.span.cut(source.text)
        assert [span.cut(source.text) for span in side.differs] == [part]


def test_all_pairs_of_articles_are_compared() -> None:
    texts = [f"The storm broke {n} boats in Kelmar harbour." for n in (12, 31, 50)]
    assert len(compare([article(text, f"n{i}") for i, text in enumerate(texts)])) == 3


def test_a_sentence_broken_over_lines_is_read_as_one() -> None:
    lines = [
        "The storm of last Monday night broke 12 boats in the harbour of",
        "Kelmar and tore the roof from the old customs house on the quay,",
        "where nobody was at that hour of the night.",
    ]
    filler = "\n".join(
        [
            lines[1].replace("Kelmar", "Velden"),
            "and the rain went on for three days, from one end of it to another.",
            "It was wet.",
        ]
    )
    one = article("\n".join(lines) + "\n\n" + filler, "one")
    other = article(
        "The storm of Monday night broke 12\nboats".replace("\n", " ").replace("12", "31")
        + " in the harbour of Kelmar.",
        "two",
    )
    (found,) = compare([one, other])
    assert [span.cut(one.text) for span in found.sides[0].differs] == ["12 boats"]


@pytest.mark.parametrize("days", [1, 7, 40])
def test_the_same_words_never_differ_though_their_days_do(days: int) -> None:
    text = "The storm broke 12 boats in Kelmar harbour on Tuesday night."
    later = date.fromordinal(date(2025, 4, 9).toordinal() + days)
    assert compare([article(text, "one"), article(text, "two", later)]) == ()
    longer = article(text.replace("The storm", "A storm from the north"), "two", later)
    assert compare([article(text, "one"), longer]) == ()


def credited(first: str, second: str) -> tuple[Suspicion, ...]:
    return compare([article(first, "one"), article(second, "two")])


BY_BRANDT = f"{KNOWN}“{QUOTE},” Brandt said."
BY_LIND = f"Ada Lind said the town was poor.\n“{QUOTE}. We ask for time,” she told a briefing."


def test_one_quotation_credited_to_two_people_is_found_though_the_name_stands_elsewhere() -> None:
    (found,) = credited(BY_BRANDT, BY_LIND)
    assert found.kind is ConflictKind.attribution
    assert found.what == "Brandt against Ada Lind"
    brandt, lind = found.sides
    assert len(brandt.differs) == 1
    assert lind.differs == ()
    assert QUOTE in brandt.quote
    assert QUOTE in lind.quote


def test_a_quotation_credited_twice_is_reported_once() -> None:
    more = f"“{QUOTE}. The fishermen have waited for this lighthouse since my father was young,” Brandt said."
    one, other = f"The pilot Otto Brandt spoke.\n{more}", f"The mayor Ada Lind sang.\n{more}"
    found = credited(one, other.replace("Brandt", "Lind"))
    assert kinds(found) == [ConflictKind.attribution]


@pytest.mark.parametrize(
    "other",
    [
        f"{KNOWN}“{QUOTE}. We ask for time,” he told a briefing.",  # nobody spoke before
        f"Otto Brandt said the town was poor.\n“{QUOTE}. We ask for time,” he told a briefing.",
        f"“{QUOTE}. We ask for time,” the port ministry said.",
        f"“{QUOTE}. We ask for time,” a spokesman for Otto Brandt told a briefing.",
        f"“{QUOTE}. We ask for time,” Interpress reported.",
        f"Ada Lind said so.\nHarbour master Ivo Marr rose.\n“{QUOTE}. We ask for time,” he said.",
        f"“{QUOTE}.”",
    ],
)
def test_no_other_person_is_made_of_a_variant_a_role_an_institution_or_an_open_pronoun(other: str) -> None:
    assert credited(BY_BRANDT, other) == ()


def test_few_words_may_be_said_by_two() -> None:
    one = f"{KNOWN}“We will do all that we can do for you. It is late,” Otto Brandt said."
    assert credited(one, one.replace("Otto Brandt said", "Ada Lind said")) == ()


def test_two_people_may_each_say_it_in_their_own_words() -> None:
    other = BY_LIND.replace("northern", "southern")
    assert credited(BY_BRANDT, other) == ()
    (misquoted,) = credited(BY_BRANDT, BY_BRANDT.replace("northern", "southern"))
    assert misquoted.what == "northern against southern in one quotation"


PARTS = st.tuples(
    st.sampled_from(["Nine", "Twelve", "40", "At least 12", "No"]),
    st.sampled_from(["boats", "lorries", "sailors"]),
    st.sampled_from(["were lost in", "sank off", "left", "were not found in"]),
    st.sampled_from(["Kelmar", "Velden", "the harbour of Kelmar"]),
    st.sampled_from(["on Monday", "on May 3", "at 4 a.m.", "in the storm", "after Captain Ivo Marr spoke"]),
)
ARTICLES = st.lists(PARTS.map(" ".join), min_size=1, max_size=5).map(".\n".join)


@settings(deadline=None, max_examples=60)
@given(ARTICLES)
def test_an_article_never_differs_from_its_copy(text: str) -> None:
    once = f"{text}."
    copies = [article(once, "one"), article(once, "two", date(2025, 5, 1))]
    assert compare(copies) == ()


@settings(deadline=None, max_examples=60)
@given(ARTICLES, ARTICLES)
def test_what_is_found_does_not_hang_on_the_order_of_the_articles(first: str, second: str) -> None:
    one, other = article(f"{first}.", "one"), article(f"{second}.", "two")

    def places(found: tuple[Suspicion, ...]) -> set[tuple[ConflictKind | None, frozenset[tuple[str, int]]]]:
        return {(s.kind, frozenset((side.article_id, side.span.start) for side in s.sides)) for s in found}

    assert places(compare([one, other])) == places(compare([other, one]))


def by_brute_force(articles: tuple[Article, ...]) -> set[tuple[str, str, str]]:
    found = set()
    for one, other in combinations(articles, 2):
        for a in (s for s in one.sentences if s.is_readable):
            for b in (s for s in other.sentences if s.is_readable):
                sides = [
                    Passage(text=x.quote(s.span), published=x.published) for x, s in ((one, a), (other, b))
                ]
                found |= {(sides[0].text, sides[1].text, d.what) for d in differences(*sides)}
    return found


def test_the_shortcuts_lose_nothing(example: Path) -> None:
    articles = ingest([example])[0].articles
    found = {(*(side.quote for side in s.sides), s.what) for s in compare(articles)}
    expected = by_brute_force(articles)
    assert expected
    assert expected <= found


def test_a_story_is_compared_in_well_under_a_second(example: Path) -> None:
    articles = ingest([example])[0].articles
    begun = time.process_time()
    compare(articles)
    assert time.process_time() - begun < 1.5


def test_what_one_article_puts_side_by_side_is_no_conflict_with_its_copy() -> None:
    first, second = "The storm broke 12 boats in Kelmar harbour.", "A storm broke 31 boats in Kelmar harbour."
    assert len(compare([article(first, "one"), article(second, "two")])) == 1
    assert compare([article(f"{first}\n{second}", "one"), article(second, "two")]) == ()


def test_a_short_quotation_is_enough_where_it_is_equal_to_the_word() -> None:
    words = "You can hear it long before you can see it"
    one = f"“{words},” said the pilot Otto Brandt."
    (found,) = credited(one, f"“{words},” said Mayor Ada Lind.")
    assert found.kind is ConflictKind.attribution
    assert credited(one, "“You can see it,” said Mayor Ada Lind.") == ()
