"""Datelines: known by their shape, and no part of what a report tells."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.compare import compare
from pipeline.reading.dateline import read_dateline
from pipeline.store import read_report
from schemas.contradiction import ConflictKind
from schemas.suspicion import Suspicion
from tests.commands import run_command
from tests.stories import article

LEAD = "The union said 12 apprentices would lose their jobs on {} at the Torholm yard."
PLACES = st.sampled_from(["TORHOLM", "Torholm", "NEW TORHOLM", "TORHOLM, Ulvermark", "ARVEL/TORHOLM"])
DAYS = st.sampled_from(
    [
        *("March 17", "Mar 17", "Mar. 17", "17 March", "17 Mar", "MARCH 17", "17 march", "March 17th"),
        *(
            "March 17, 2025",
            "17 March 2025",
            "Monday, March 17",
            "Monday",
            "2025-03-17",
            "17 mars",
        ),
        *("March 17, 10:30 GMT", ""),
    ]
)
AGENCIES = st.sampled_from(
    ["(AFP)", "(Reuters)", "(AP)", "(Xinhua)", "(Harbour Post)", "(The Sentinel of Orrin)", "(AP/AFP)", ""]
)
DASHES = st.sampled_from([" - ", " – ", " — ", " -- ", "—"])


@st.composite
def datelines(draw: st.DrawFn) -> str:
    place, day, agency = draw(PLACES), draw(DAYS), draw(AGENCIES)
    return place + (f", {day}" if day else "") + (f" {agency}" if agency else "") + draw(DASHES)


@given(datelines())
def test_a_dateline_ends_where_the_sentence_proper_begins(dateline: str) -> None:
    found = read_dateline(dateline + LEAD.format("Friday"))
    assert found is not None
    assert found.size == len(dateline)


@pytest.mark.parametrize(
    ("sentence", "dateline"),
    [
        ("TORHOLM, 17. März (dpa) - Die Werft schließt.", "TORHOLM, 17. März (dpa) - "),
        ("MOSCOW, March 17. /TASS/. The yard is to close.", "MOSCOW, March 17. /TASS/. "),
        ("TORHOLM — March 17 — The yard is to close.", "TORHOLM — March 17 — "),
        ("**TORHOLM, March 17 (AFP)** — The yard is to close.", "**TORHOLM, March 17 (AFP)** — "),
        ("(Reuters) - The yard is to close.", "(Reuters) - "),
        ("Torholm, March 17: The yard is to close.", "Torholm, March 17: "),
        ("Torholm, 17 March.", "Torholm, 17 March."),
        ("WASHINGTON — “Our yard is to close.”", "WASHINGTON — "),
    ],
)
def test_a_dateline_has_many_forms(sentence: str, dateline: str) -> None:
    found = read_dateline(sentence)
    assert found is not None
    assert sentence[: found.size] == dateline


@pytest.mark.parametrize(
    "sentence",
    [
        "On March 17 (a Monday) - the day the yard closed - it rained in Torholm.",
        "On March 17 (Monday) - The Day of the Yard - it rained in Torholm.",
        "Torholm, March 17 - the day the yard closed - was cold.",
        "The yard – once the pride of Torholm – closed on March 17.",
        "NATO — the alliance — met on March 17.",
        "Ann Roe – Mayor of Torholm – resigned on March 17.",
        "Ann Roe (Labour) said on March 17 that the yard would close.",
        "March 17 - Workers walk out.",
        "In Torholm, March 17 - The Day of the Yard - was kept for years.",
        "Friday, 14 March: The yard is empty.",
        "Torholm lost 12 jobs on March 17.",
    ],
)
def test_a_sentence_that_only_looks_alike_has_none(sentence: str) -> None:
    assert read_dateline(sentence) is None


@settings(deadline=None)
@given(datelines(), datelines())
def test_nothing_in_a_dateline_is_ever_what_differs(one: str, other: str) -> None:
    assert not found_between(one + LEAD.format("14 March"), other + LEAD.format("Friday, 14 March"))


@settings(deadline=None)
@given(datelines(), datelines())
def test_what_differs_behind_two_datelines_is_found_where_it_stands(one: str, other: str) -> None:
    texts = one + LEAD.format("14 March"), other + LEAD.format("12 March")
    (found,) = found_between(*texts)
    assert found.kind is ConflictKind.date
    for side, text, day in zip(found.sides, texts, ("14 March", "12 March"), strict=True):
        assert side.quote == text
        assert [(d.start, d.cut(text)) for d in side.differs] == [(text.rindex(day), day)]


def test_a_date_in_the_middle_of_an_article_is_compared() -> None:
    lead = "The yard at Torholm is to close."
    day = "On March {} (a Monday) - the day the yard lost its last order - the union of Torholm met."
    texts = (f"{lead}\n{day.format(17)}", f"{lead}\n{day.format(24)}")
    (found,) = found_between(*texts)
    assert found.what == "March 17 against March 24"


def test_a_dateline_may_stand_below_a_standfirst() -> None:
    one, other = (
        article(f"Jobs go in Torholm.\nTORHOLM, March {day} (AFP) - {LEAD.format('14 March')}")
        for day in (17, 15)
    )
    assert not compare([one, other])


def found_between(*texts: str) -> tuple[Suspicion, ...]:
    return compare([article(text, f"n{i}", published=None) for i, text in enumerate(texts)])


def test_a_report_is_made_again_with_the_datelines_that_it_was_made_with(tmp_path: Path) -> None:
    (tmp_path / "story").mkdir()
    for agency, day, people in (("AFP", 17, 40), ("Reuters", 15, 60)):
        told = f"The ferry at Wexley carried {people} people on Friday, 14 March."
        (tmp_path / "story" / f"{agency}.txt").write_text(f"TORHOLM, March {day} ({agency}) - {told}")
    out = tmp_path / "out"
    run_command("check", tmp_path / "story", "-o", out, "--model", "rules", "-q")
    [found] = read_report(out).contradictions
    assert found.kind is ConflictKind.quantity
    assert run_command("check", "--replay", out).code == 0
