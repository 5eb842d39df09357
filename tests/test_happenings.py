"""Dates differ only where they are of one event: what happened on them, not what they happened to."""

from datetime import date

import pytest

from pipeline.values.differences import Passage, differences
from schemas.contradiction import ConflictKind


def dates_apart(a: str, b: str, language: str | None = None) -> list[tuple[str, str]]:
    one, other = (Passage(text=text, published=date(2026, 5, 15), language=language) for text in (a, b))
    found = differences(one, other)
    turned = differences(other, one)
    assert {(d.a_span, d.b_span) for d in found} == {(d.b_span, d.a_span) for d in turned}
    return [(d.a_span.cut(a), d.b_span.cut(b)) for d in found if d.kind is ConflictKind.date]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (
            "Captain Odd Lunde gave an account of the work at the old salt cannery in Port Dorn on Tuesday.",
            "The old salt cannery was last checked in March 2024, the ministry’s files show.",
        ),
        (
            "Lunde Foods opened the old cannery in 1987.",
            "On 12 May gas escaped from the old cannery of Lunde Foods.",
        ),
        (
            "The old cannery in Port Dorn stayed dark on Wednesday, a day after gas leaked there.",
            "Hundreds were led out of Port Dorn on Tuesday after gas leaked from the old cannery.",
        ),
        ("The owner bought the Dorn cannery in 2009.", "The Dorn cannery was sold by its owner in May 2024."),
        ("The harbour bridge of Dorn was built in 1954.", "The harbour bridge of Dorn was painted in 2011."),
        (
            "Mayor Ada Lind visited the Dorn cannery on Wednesday.",
            "Mayor Ada Lind promised an inquiry into the Dorn cannery on Tuesday.",
        ),
        (
            "The police closed the road to the Dorn cannery on Tuesday.",
            "The road to the Dorn cannery was cleared by the police on Wednesday.",
        ),
    ],
)
def test_dates_of_two_events_are_no_difference(a: str, b: str) -> None:
    assert dates_apart(a, b) == []


@pytest.mark.parametrize(
    ("a", "b", "parts"),
    [
        # one verb, or its noun
        ("The Dorn cannery opened in 1987.", "The Dorn cannery was opened in 1978.", ("1987", "1978")),
        (
            "The inspection of the Dorn cannery was in March 2024.",
            "The Dorn cannery was inspected in March 2025.",
            ("March 2024", "March 2025"),
        ),
        (
            "The Dorn fish market will move to the quay on 3 June, the council decided.",
            "The Dorn fish market may move to the quay on 9 June if the ice holds.",
            ("3 June", "9 June"),
        ),
        # other words for it
        (
            "The council approved the new harbour bridge on 3 May.",
            "The vote on the new harbour bridge by the council was on 5 May.",
            ("3 May", "5 May"),
        ),
        (
            "The ferry Lark of the Dorn line ran aground on Monday.",
            "The ferry Lark of the Dorn line hit a rock on Tuesday.",
            ("Monday", "Tuesday"),
        ),
        # what it goes with is in the clause before, or is no verb at all
        (
            "The owner put the secret plan on a wall of the cannery, two days before he left on Thursday.",
            "The owner put the secret plan on a wall of the cannery on 2 May 2026.",
            ("two days before", "2 May 2026"),
        ),
        (
            "The Long Quay is a 2010 film by Ada Lind.",
            "The Long Quay is a film by Ada Lind of 2012.",
            ("2010", "2012"),
        ),
        # of two dates the one of the same event, whichever comes first
        (
            "The Dorn cannery opened in 1987 but closed in 2019.",
            "The Dorn cannery was closed in 2018.",
            ("2019", "2018"),
        ),
    ],
)
def test_dates_of_one_event_differ(a: str, b: str, parts: tuple[str, str]) -> None:
    assert dates_apart(a, b) == [parts]


def test_hours_of_two_events_are_no_difference() -> None:
    gas = "Gas leaked from the old Dorn cannery at 6.40 am."
    assert dates_apart(gas, "The old Dorn cannery was sealed by guards at 8.10 am.") == []
    assert dates_apart(gas, "Gas was leaking from the old Dorn cannery at 4.10 am.") == [
        ("6.40 am", "4.10 am")
    ]


def test_a_clause_goes_on_after_an_hour_with_a_colon() -> None:
    a = "The old Dorn fish market shuts its gates at 5:30 or at 6 pm to hold its auction."
    b = "The old Dorn fish market shuts its gates at 10 pm, as all sellers know."
    assert dates_apart(a, b) == [("6 pm", "10 pm")]


def test_two_figures_of_two_days_stay_two_figures() -> None:
    a = "On 3 May the Dorn cannery shipped 40 barrels of herring."
    b = "On 5 May the Dorn cannery stored 60 barrels of herring."
    assert differences(Passage(text=a), Passage(text=b)) == ()


def test_where_verbs_are_not_known_the_words_around_dates_decide() -> None:
    a = "Die alte Brücke in Brenn am Fluss stand bis 1954."
    b = "Die alte Brücke in Brenn am Fluss kam 1961 zu Fall."
    assert dates_apart(a, b, "de") == [("1954", "1961")]
