"""Differences: values in the same role that exclude each other, and nothing else."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.values.differences import Passage, counts_two_things, differences, has_conflicting_values
from schemas.contradiction import ConflictKind

FERRY = "Nine people were killed when the ferry sank off Port Halden on Tuesday."
QUOTE = "“We lost the ship because the pumps failed on the second night,” said Captain Ivo Marr."


def passage(text: str, published: date | None = date(2024, 5, 17)) -> Passage:
    return Passage(text=text, published=published)


@pytest.mark.parametrize(
    ("a", "b", "kind", "part_a", "part_b"),
    [
        (
            FERRY,
            "Fifteen people were killed when a ferry sank off Port Halden, the coast guard said.",
            ConflictKind.quantity,
            "Nine people",
            "Fifteen people",
        ),
        (
            "The fire burned 40 hectares of forest near Dorn.",
            "The fire near Dorn burned 300 acres of forest.",
            ConflictKind.quantity,
            "40 hectares",
            "300 acres",
        ),
        (
            "The new dam burst on May 3, flooding the town of Brenn.",
            "The dam burst on May 5 and flooded the town of Brenn.",
            ConflictKind.date,
            "May 3",
            "May 5",
        ),
        (
            "The night train left the rails near Dorn at 4 a.m. on Monday.",
            "The night train left the rails near Dorn at 5.30 a.m. on Monday.",
            ConflictKind.date,
            "4 a.m.",
            "5.30 a.m.",
        ),
        (
            "Mayor Ada Lind signed the contract for the new harbour bridge.",
            "Mayor Otto Brandt signed the contract for the new harbour bridge.",
            ConflictKind.entity,
            "Ada Lind",
            "Otto Brandt",
        ),
        (
            "The minister met investors in Velden to discuss the new harbour bridge.",
            "The minister met investors in Korsby to discuss the new harbour bridge.",
            ConflictKind.place,
            "Velden",
            "Korsby",
        ),
        (
            QUOTE,
            "Captain Marr said: “We lost the ship because the pumps failed on the third night.”",
            ConflictKind.attribution,
            "second",
            "third",
        ),
        (
            QUOTE,
            QUOTE.replace("Ivo Marr", "Lena Holt"),
            ConflictKind.attribution,
            "Captain Ivo Marr",
            "Captain Lena Holt",
        ),
        (
            "The council did not approve the harbour plan on Monday.",
            "The council approved the harbour plan on Monday.",
            ConflictKind.polarity,
            "not approve",
            "approved",
        ),
    ],
)
def test_finds_the_parts_that_differ(a: str, b: str, kind: ConflictKind, part_a: str, part_b: str) -> None:
    (found,) = differences(passage(a), passage(b))
    assert (found.kind, found.a_span.cut(a), found.b_span.cut(b)) == (kind, part_a, part_b)
    assert part_a in found.what
    assert part_b in found.what
    (turned,) = differences(passage(b), passage(a))
    assert (turned.kind, turned.a_span, turned.b_span) == (kind, found.b_span, found.a_span)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # a bound, a rounding, a conversion
        (FERRY, "At least 8 people were killed when a ferry sank off Port Halden on Tuesday."),
        ("The dam burst flooded 300 homes in Brenn.", "The dam burst flooded about 320 homes in Brenn."),
        ("The fire burned 40 hectares of forest.", "The fire burned 100 acres of forest."),
        # other roles
        (FERRY, "Fourteen people were injured when the ferry sank off Port Halden on Tuesday."),
        (FERRY, "Another 14 people were killed when the ferry sank off Port Halden on Tuesday."),
        (FERRY, "Fifteen people were killed when a train left the rails in Brenn on Tuesday."),
        # the value is there, with others
        (FERRY, "The ferry sank off Port Halden with 40 people; nine people were killed."),
        # two occasions
        ("Prices in Brenn rose 12% in April.", "Prices in Brenn rose 9% in March."),
        # days of speaking
        (
            "The dam is safe, the mayor of Brenn said on Monday.",
            "The dam is safe, the mayor of Brenn said on Tuesday.",
        ),
        # one name written twice
        ("Mayor Ada Lind signed the contract for the bridge.", "Lind signed the contract for the bridge."),
        (
            "The envoy met officials in Russia on the bridge.",
            "The envoy met officials in Moscow on the bridge.",
        ),
        # a fragment, an omission
        (QUOTE, "Marr said the “pumps failed on the second night”."),
        (QUOTE, "Marr said: “We lost the ship … on the second night.”"),
        # nothing in common
        (FERRY, "The choir of Brenn sang to 400 guests."),
        ("", FERRY),
    ],
)
def test_what_only_looks_like_a_difference_is_none(a: str, b: str) -> None:
    assert differences(passage(a), passage(b)) == ()
    assert differences(passage(b), passage(a)) == ()


SANK = "when the ferry Ada Lind sank off Port Halden"


@pytest.mark.parametrize(
    ("a", "b", "parts"),
    [
        # one count in two wordings
        (f"Seven people were killed {SANK}.", f"Three people died {SANK}.", ("Seven people", "Three people")),
        (f"Seven people drowned {SANK}.", f"Three dead {SANK}", ("Seven people", "Three")),
        (
            "Seven people died in the flood in Brenn.",
            "The flood in Brenn caused three deaths.",
            ("Seven people", "three"),
        ),
        (
            "Seven people died in the flood in Brenn.",
            "There were three confirmed deaths in the flood in Brenn.",
            ("Seven people", "three confirmed"),
        ),
        # a count among others
        (f"Seven dead {SANK}", f"Two dead, three missing {SANK}", ("Seven", "Two")),
        (f"Seven dead {SANK}", f"Three people were missing and five dead {SANK}.", ("Seven", "five")),
        (f"Nine missing {SANK}.", f"Seven dead and three missing {SANK}", ("Nine", "three")),
        (f"Seven died {SANK}.", f"Two people were killed and three injured {SANK}.", ("Seven", "Two people")),
    ],
)
def test_one_count_is_compared_however_it_is_worded(a: str, b: str, parts: tuple[str, str]) -> None:
    (found,) = differences(passage(a), passage(b))
    assert (found.a_span.cut(a), found.b_span.cut(b)) == parts
    assert not counts_two_things(passage(a), passage(b))


@pytest.mark.parametrize("dead", ["Seven dead", "Seven people were killed", "Seven people drowned"])
@pytest.mark.parametrize(
    "others",
    [
        "Three missing",
        "Three people were missing",
        "Seven dead, three missing",
        "Seven people were killed and three injured",
        "Three missing and seven dead",
        "Divers searched for three people",
    ],
)
def test_the_dead_are_not_the_missing_or_the_injured(dead: str, others: str) -> None:
    a, b = passage(f"{dead} {SANK}"), passage(f"{others} {SANK}")
    assert differences(a, b) == ()
    assert differences(b, a) == ()
    assert counts_two_things(a, b) is ("even" not in others)


def test_the_dead_are_not_the_missing_in_other_languages() -> None:
    a, b = (
        Passage(text=f"{count} nach dem Untergang der Fähre Ada Lind vor Port Halden.", language="de")
        for count in ("Sieben Tote", "Zwei Tote und drei Vermisste")
    )
    (found,) = differences(a, b)
    assert (found.a_span.cut(a.text)[:6], found.b_span.cut(b.text)[:4]) == ("Sieben", "Zwei")


def test_weekdays_differ_only_against_publication_dates() -> None:
    a, b = "The old bridge in Brenn fell on Monday.", "The old bridge in Brenn fell on Tuesday."
    assert [d.kind for d in differences(passage(a), passage(b))] == [ConflictKind.date]
    assert differences(passage(a, None), passage(b, None)) == ()


@pytest.mark.parametrize(
    ("kind", "a", "b", "passes"),
    [
        (ConflictKind.quantity, "12 people drowned.", "Rescuers counted 15 people.", True),
        (ConflictKind.quantity, "At least 12 people drowned.", "Rescuers counted 15 people.", False),
        (ConflictKind.quantity, "12 people drowned.", "The flood cost $15 million.", False),
        (ConflictKind.date, "It broke on May 3.", "The break came on May 5.", True),
        (ConflictKind.date, "It broke at 4 a.m.", "The break came at 5.30 a.m.", True),
        (ConflictKind.date, "It broke at 4 a.m.", "The break came at 4.10 a.m.", False),
        (ConflictKind.date, "It broke on Tuesday.", "The break came late last month.", True),
        (ConflictKind.date, "It broke on May 3.", "The break came early this month.", False),
        (ConflictKind.entity, "Mayor Ada Lind signed.", "It was signed by Mayor Otto Brandt.", True),
        (ConflictKind.entity, "Mayor Ada Lind signed.", "It was signed by Lind.", False),
        (ConflictKind.event, "It sank.", "It was towed.", True),
    ],
)
def test_the_gate_asks_for_values_that_exclude_each_other(
    kind: ConflictKind, a: str, b: str, passes: bool
) -> None:
    assert has_conflicting_values(kind, passage(a), passage(b)) is passes
    assert has_conflicting_values(kind, passage(b), passage(a)) is passes


prose = st.lists(
    st.one_of(
        st.text(max_size=6),
        st.sampled_from(
            (
                "12|15 people|killed|ferry|sank|on|Tuesday|May 3|Mayor|Ada Lind|Otto Brandt|“|”|"
                "said|not|,|.|in|Korsby|Velden|the|harbour|\n|$5m|about"
            ).split("|")
        ),
    ),
    max_size=20,
).map(" ".join)


@settings(deadline=None)
@given(prose, st.none() | st.dates())
def test_a_passage_never_differs_from_itself(text: str, published: date | None) -> None:
    assert differences(passage(text, published), passage(text, published)) == ()


@settings(deadline=None)
@given(prose, prose)
def test_spans_lie_within_their_own_passages(a: str, b: str) -> None:
    for found in differences(passage(a), passage(b)):
        assert 0 <= found.a_span.start < found.a_span.end <= len(a)
        assert 0 <= found.b_span.start < found.b_span.end <= len(b)


@pytest.mark.parametrize(
    ("a", "b", "kind", "parts"),
    [
        # the sentence goes on after what is put in between
        (
            "The spire of the mill, which was built of oak, fell at 4.07pm.",
            "The spire of the mill fell at 3.20pm, and the cock is still missing.",
            ConflictKind.date,
            ("4.07pm", "3.20pm"),
        ),
        # one day, and few other words
        (
            "In Dorn the council on Thursday raised its water rate to 4 percent.",
            "On Thursday councillors set the water rate at 6 percent.",
            ConflictKind.quantity,
            ("4 percent", "6 percent"),
        ),
        # counted from another day
        (
            "The port leaked the letter on 3 May.",
            "The port leaked the letter two days before the vote on Wednesday.",
            ConflictKind.date,
            ("3 May", "two days before"),
        ),
        # irregular verbs
        (
            "The bank lent Halden Shipping 4 million crowns.",
            "Its loans to Halden Shipping came to 9 million crowns.",
            ConflictKind.quantity,
            ("4 million crowns", "9 million crowns"),
        ),
    ],
)
def test_few_words_suffice_where_they_say_enough(
    a: str, b: str, kind: ConflictKind, parts: tuple[str, str]
) -> None:
    (found,) = differences(passage(a), passage(b))
    assert (found.kind, found.a_span.cut(a), found.b_span.cut(b)) == (kind, *parts)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # a part of the country and the whole
        (
            "Two vets look after the cattle in the valley.",
            "His 58 vets look after the cattle in the country.",
        ),
        # the day that another is counted from is no value
        (
            "The port sent the council its letter two days before the vote of 15 May.",
            "The port sent the council its letter on 13 May.",
        ),
    ],
)
def test_other_areas_and_anchors_are_no_difference(a: str, b: str) -> None:
    assert differences(passage(a), passage(b)) == ()
    assert differences(passage(b), passage(a)) == ()


def test_names_after_the_same_words_differ_whatever_follows_them() -> None:
    one = Passage(text="Another group of Norvian officials travelled to Dorrin for talks about grain.")
    other = Passage(
        text="Another group of Norvian officials travelled to Kelmar to follow up the grain deal."
    )
    (found,) = differences(one, other)
    assert (found.kind, found.what) == (ConflictKind.place, "Dorrin against Kelmar")
    shorter = Passage(text="A group travelled to Kelmar to follow up the grain deal.")
    assert differences(one, shorter) == ()


def test_a_capital_that_one_travels_to_is_no_other_name_for_its_country() -> None:
    lead = "Another group of Russian officials travelled to"
    one = Passage(text=f"{lead} Beijing for talks about arms deals with the DPRK.")
    other = Passage(text=f"{lead} Pyongyang to talk about arms deals with the DPRK.")
    assert [d.what for d in differences(one, other)] == ["Beijing against Pyongyang"]


PLACED = (
    "Volunteers inspected 646 keys at Brandale Ferry on Friday, when the jubilee was over, officials said."
)


@pytest.mark.parametrize(
    "other",
    [
        "Volunteers inspected 530 sleds at Veldale Green on Friday, when the fair was over, officials said.",
        "On Thursday, volunteers inspected 530 sleds at Veldale Green after the jubilee.",
        "Volunteers returned 55 tiles at Velholm Wells on Monday, when the jubilee was over, officials said.",
    ],
)
def test_other_things_counted_at_another_place_are_another_event(other: str) -> None:
    assert differences(passage(PLACED), passage(other)) == ()
    assert differences(passage(other), passage(PLACED)) == ()


def test_one_thing_counted_at_two_places_is_in_conflict() -> None:
    places = passage(PLACED.replace("Brandale Ferry", "Veldale Green"))
    [place] = differences(passage(PLACED), places)
    assert (place.kind, place.what) == (ConflictKind.place, "Brandale Ferry against Veldale Green")
    [count] = differences(passage(PLACED), passage(PLACED.replace("646", "640")))
    assert count.kind is ConflictKind.quantity
    # The number is in one role, and one event is often placed in the town by one and in the land by another.
    [both] = differences(passage(PLACED), passage(places.text.replace("646", "640")))
    assert both.kind is ConflictKind.quantity
