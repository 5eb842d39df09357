"""Facts told in words of their own: two values of one thing are found, and what only resembles it is not."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.compare import compare
from pipeline.values.passage import Passage, read_passage
from pipeline.values.relations import FINDERS, facts_apart, told_in
from schemas.contradiction import ConflictKind
from tests.stories import article

ENTITY, PLACE, QUANTITY, DATE = (
    ConflictKind.entity,
    ConflictKind.place,
    ConflictKind.quantity,
    ConflictKind.date,
)


def found(a: str, b: str) -> list[tuple[ConflictKind | None, frozenset[str]]]:
    """Return the kind of each suspicion between two articles, and the two parts that differ."""
    one, other = article(a, "one"), article(b, "two")
    texts = {one.id: one.text, other.id: other.text}
    return [
        (s.kind, frozenset(span.cut(texts[side.article_id]) for side in s.sides for span in side.differs))
        for s in compare([one, other])
    ]


@pytest.mark.parametrize(
    ("a", "b", "kind", "parts"),
    [
        # who leads, wrote, owns it
        (
            "Ada Lind, a former admiral, will head the inquiry into the fire.",
            "The inquiry is led by the judge Otto Brandt.",
            ENTITY,
            {"Ada Lind", "Otto Brandt"},
        ),
        (
            "The investigation is in the hands of Dr Ivo Marr.",
            "Lena Orth, who is leading the probe, spoke to nobody.",
            ENTITY,
            {"Ivo Marr", "Lena Orth"},
        ),
        (
            "The pamphlet was written by the poet Ivo Marr.",
            "It was Lena Orth who wrote the pamphlet, her sister said.",
            ENTITY,
            {"Ivo Marr", "Lena Orth"},
        ),
        (
            "A syndicate headed by the brewer Otto Brandt has bought the pier.",
            "The pier went to a syndicate that is led by the banker Ada Lind.",
            ENTITY,
            {"Ada Lind", "Otto Brandt"},
        ),
        # whom a body chose
        (
            "On Monday the trustees picked Ada Lind, a lawyer, to run the museum.",
            "The museum will be run by Otto Brandt, whom the trustees chose on Monday.",
            ENTITY,
            {"Ada Lind", "Otto Brandt"},
        ),
        # who holds an office
        (
            "The pilot of the balloon, Ivo Marr, 51, broke an arm in the landing.",
            "Pilot Lena Orth has a broken arm.",
            ENTITY,
            {"Ivo Marr", "Lena Orth"},
        ),
        # how old
        (
            "The prize went to Ada Lind, 61, of Dorn.",
            "For the 58-year-old weaver Ada Lind it was a surprise.",
            QUANTITY,
            {"61", "58"},
        ),
        # anniversaries
        (
            "A parade marked the 70th anniversary of the truce of Arvel on Monday.",
            "The visit was for the 50th anniversary of the Arvel truce, officials said.",
            QUANTITY,
            {"70th", "50th"},
        ),
        # ranks and places
        (
            "Korsby is the country’s third-largest port.",
            "Korsby, the country’s second-biggest port, has been closed.",
            QUANTITY,
            {"third-largest", "second-biggest"},
        ),
        (
            "Dorn went into the match fourth in the first division.",
            "The team had begun the match sixth in the first division.",
            QUANTITY,
            {"fourth", "sixth"},
        ),
        # how many
        (
            "Brandt & Sons employs 340 people in Dorn.",
            "Its workforce of 210 people was sent home.",
            QUANTITY,
            {"340 people", "210 people"},
        ),
        (
            "The choir sang an old hymnal.\nIt has 88 hymns and no cover.",
            "The hymnal contains 120 hymns.",
            QUANTITY,
            {"88 hymns", "120 hymns"},
        ),
        # since when, and when last
        (
            "The brewery was founded in 1871 by two brothers.",
            "His firm, founded in 1902, sells to nine countries.",
            DATE,
            {"1871", "1902"},
        ),
        (
            "The boilers were last inspected on 3 February, the owner says.",
            "Nobody had examined the boilers since the last week of October.",
            DATE,
            {"3 February", "the last week of October"},
        ),
        # where it stands, and sits
        (
            "The tower, which stands on the west side of the square, is cracked.",
            "The tower on the north side of the square will be pulled down.",
            PLACE,
            {"west side", "north side"},
        ),
        (
            "Halden Shipping has its head office in Korsby.",
            "Halden Shipping, which is headquartered in Velden, sold two ships.",
            PLACE,
            {"Korsby", "Velden"},
        ),
    ],
)
def test_two_values_of_one_fact_are_found(a: str, b: str, kind: ConflictKind, parts: set[str]) -> None:
    for one, other in permutations((a, b)):
        assert found(one, other) == [(kind, frozenset(parts))]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # one person, named in two ways
        ("Ada Lind will head the inquiry.", "The inquiry is led by Dr Lind."),
        # two things
        ("Ada Lind heads the tax inquiry.", "The police inquiry is led by Otto Brandt."),
        ("The pamphlet was written by Ivo Marr.", "The poem was written by Lena Orth."),
        ("A rescue team led by Ivo Marr went up.", "Lena Orth led the team that cooked."),
        # one of several
        ("The inquiry is led by Ada Lind and Otto Brandt.", "Ivo Marr is leading the inquiry."),
        # two years
        ("The inquiry of 1998 was led by Ada Lind.", "The inquiry is led by Otto Brandt."),
        # the same office elsewhere, or before
        ("Mayor Ada Lind of Dorn spoke at the opening.", "Otto Brandt, the mayor of Korsby, spoke."),
        (
            "The captain of the tug, Ivo Marr, saw the fire from the bridge.",
            "The former captain, Lena Orth, saw the fire from the bridge.",
        ),
        ("The captain of the tug Halden saw the fire at dawn.", "Captain Lena Orth saw the fire at dawn."),
        # two people of one name, or of another
        ("Ada Lind, 61, won.", "Otto Brandt, 58, won."),
        # other anniversaries
        (
            "A parade marked the 70th anniversary of the truce of Arvel on Monday.",
            "The visit was for the 50th anniversary of the founding of the port.",
        ),
        # other ranks
        ("Korsby is the country’s second-largest port.", "Korsby is the world’s ninth-largest port."),
        ("Korsby is the second-largest port of all.", "Velden is the third-largest port of all."),
        ("Korsby is one of the three largest ports.", "Korsby is the second-largest port."),
        ("It is her largest boat, and the third-largest in town.", "It is the second-largest boat in town."),
        ("Dorn are fourth in the league.", "Dorn are sixth in the cup table."),
        # other employers, other counts
        ("Halden Shipping employs 340 people.", "Marr Brewing employs 210 people."),
        ("The hymnal has at least 80 hymns.", "The hymnal contains 120 hymns."),
        ("The hymnal has 88 hymns, 30 hymns of them new.", "The hymnal contains 120 hymns."),
        # other beginnings
        ("The brewery was founded in 1871.", "The school was founded in 1902."),
        ("The brewery was founded in 1871.", "The firm, founded in the 1870s, sells beer."),
        # another care, another time
        ("The boilers were last painted on 3 February.", "Nobody had examined the boilers since October."),
        # other sides
        ("The tower on the west side is old.", "The chapel on the north side is new."),
        # other seats
        ("Halden Shipping has its head office in Korsby.", "Marr Brewing is headquartered in Velden."),
    ],
)
def test_what_only_resembles_one_fact_is_not(a: str, b: str) -> None:
    for one, other in permutations((a, b)):
        assert found(one, other) == []


def test_what_an_article_gives_in_two_ways_is_set_against_nothing() -> None:
    both = "The inquiry is led by Ada Lind.\nThe inquiry is headed by Otto Brandt."
    assert found(both, "Ivo Marr will head the inquiry.") == []


def test_a_correction_is_no_statement() -> None:
    wrong = "An earlier version of this article gave the age of Ada Lind, 61, wrongly."
    assert found(wrong, "The prize went to Ada Lind, 58, of Dorn.") == []


PIECES = (
    "the|inquiry|led by|Ada Lind|Otto Brandt|, 61,|, who|heads|employs|12|people|second-largest|port|in|It|."
    "|,|Korsby|founded in|1902|head office|on the north side of|captain|last inspected|3 May|since|not"
).split("|")
prose = st.lists(st.one_of(st.text(max_size=5), st.sampled_from(PIECES)), max_size=20).map(" ".join)


@settings(deadline=None)
@given(prose, st.none() | st.dates())
def test_facts_lie_in_their_passage_and_never_part_from_themselves(text: str, day: date | None) -> None:
    read = read_passage(Passage(text=text, published=day))
    for fact in (fact for find in FINDERS for fact in find(read)):
        assert 0 <= fact.span.start < fact.span.end <= len(text)
    told = told_in([(0, read, frozenset())])
    assert list(facts_apart(told, told)) == []
