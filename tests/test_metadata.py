"""Title, outlet and publication date, from front matter, the page and its stamps; and nothing guessed."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reading.metadata import Metadata, read_front_matter, read_page
from pipeline.reading.published import is_date_line, parse_date, stamps
from pipeline.reading.sentences import split_sentences

BODY = "The old mill at Norwick burned down on Monday night, the county said in a statement."


def _page(text: str) -> Metadata:
    return read_page(text, split_sentences(text))


@pytest.mark.parametrize(
    "written",
    [
        "2031-08-04",
        "2031-08-04T16:51:09+09:00",
        "2031-08-04 16:51 KST",
        "2031.08.04",
        "4 August 2031",
        "4th Aug. 2031",
        "August 4, 2031",
        "Aug. 4, 2031, 4:51 p.m. EDT",
        "Monday, August 4, 2031",
        "Mon 4 Aug 2031 16.51 BST",
    ],
)
def test_a_date_is_read_as_pages_write_it(written: str) -> None:
    assert parse_date(written) == date(2031, 8, 4)


@pytest.mark.parametrize(
    "written",
    [
        "2031-02-30",
        "31 June 2031",
        "Tuesday, August 4, 2031",
        "August 2031",
        "4 August",
        "04/08/2031",
        "on 4 August 2031 the mill burned",
        "",
        "0000-00-00",
        "9" * 500,
    ],
)
def test_what_is_impossible_ambiguous_or_no_date_is_null(written: str) -> None:
    assert parse_date(written) is None


def test_a_numeric_date_counts_where_it_has_one_reading() -> None:
    assert parse_date("25/12/2031") == parse_date("12/25/2031") == date(2031, 12, 25)
    assert parse_date("07/07/2031") == date(2031, 7, 7)


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day:%A}, {day.day} {day:%B} {day.year}") == day
    assert [stamp.day for stamp in stamps(f"Posted on : {day} 16:51 KST")] == [day]


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_asked_for_its_metadata(text: str) -> None:
    metadata, start = read_front_matter(text)
    assert 0 <= start <= len(text)
    read_page(text, split_sentences(text, start))
    assert metadata.title is None or metadata.title.isprintable()
    assert is_date_line(text) in (True, False)


@pytest.mark.parametrize(
    "stamp",
    [
        "Posted on : 2031-08-04 16:51 KST Modified on : 2031-08-05 09:00 KST",
        "Published August 4, 2031",
        "August 4, 2031 4:51 PM",
        "By Ann Roe | August 4, 2031",
        "First published: Monday 4 August 2031",
    ],
)
def test_the_page_says_when_it_was_published(stamp: str) -> None:
    found = _page(f"Mill burns in Norwick\n{stamp}\n{BODY}\n")
    assert found.published == date(2031, 8, 4)
    assert found.title == "Mill burns in Norwick"


def test_the_stamp_may_stand_at_the_foot() -> None:
    assert _page(f"{BODY}\n{BODY[:-1]} again.\nPublished: 4 August 2031").published == date(2031, 8, 4)


def test_a_date_in_prose_is_no_publication_date() -> None:
    text = f"{BODY}\nPublished on 4 August 2031 by the county, the report blames the owner of the mill."
    assert _page(text) == Metadata()
    assert (
        _page(f"The mill burned on August 4, 2031, the county said in a long statement.\n{BODY}").published
        is None
    )


@pytest.mark.parametrize(
    "lines",
    [
        "Published 4 August 2031\nPublished 9 August 2031",
        "Published 31 June 2031",
        "Published Tuesday, August 4, 2031",
        "Published 04/08/2031",
        "Published 4 August 2031\nUpdated: 1 August 2031",
    ],
)
def test_contradictory_stamps_give_no_date_and_a_note(lines: str) -> None:
    found = _page(f"Mill burns in Norwick\n{lines}\n{BODY}\n")
    assert found.published is None
    assert len(found.notes) == 1
    assert "publication date" in found.notes[0]


def test_the_last_update_stands_in_with_a_note() -> None:
    found = _page(f"Mill burns in Norwick\nUpdated: 5 August 2031\n{BODY}")
    assert found.published == date(2031, 8, 5)
    assert "update" in found.notes[0]


@pytest.mark.parametrize(
    ("dateline", "outlet", "published"),
    [
        ("NORWICK (Samplewire) — ", "Samplewire", None),
        ("Norwick, (Samplewire) ", "Samplewire", None),
        ("NORWICK, Aug. 4, 2031 (Samplewire) — ", "Samplewire", date(2031, 8, 4)),
        ("NORWICK, 2031-08-04 — ", None, date(2031, 8, 4)),
        ("NORWICK, Aug. 4 (Samplewire) — ", "Samplewire", None),
        ("NORWICK — ", None, None),
        ("Mayor Ann Roe (Labour) said: ", None, None),
        ("The mill — once the pride of Norwick — ", None, None),
        ("Ann Roe (Rivers) told the council: ", None, None),
    ],
)
def test_the_agency_of_a_dateline_is_the_outlet(
    dateline: str, outlet: str | None, published: date | None
) -> None:
    found = _page(dateline + BODY)
    assert (found.outlet, found.published) == (outlet, published)
    assert any("dateline" in note for note in found.notes) == (outlet is not None)


def test_a_first_line_that_is_a_sentence_is_no_title() -> None:
    assert _page(f"The mill burned on Monday.\n{BODY}").title is None
    assert _page(BODY).title is None


def test_a_marked_title_wins() -> None:
    found = _page(f"The Norwick Courier\n\n# Mill *burns* in Norwick #\n\n{BODY}")
    assert found.title == "Mill *burns* in Norwick"


def test_front_matter_is_read_and_left_out_of_the_sentences() -> None:
    text = (
        "---\r\ntitle: 'It''s: over'  # a comment\r\nsource: \"The Norwick Courier\"\r\n"
        f"date: 2031-08-04T10:00:00Z\r\ntags:\r\n  - fire\r\n---\r\n{BODY}"
    )
    found, start = read_front_matter(text)
    assert (found.title, found.outlet, found.published) == (
        "It's: over",
        "The Norwick Courier",
        date(2031, 8, 4),
    )
    assert text[start:] == BODY
    assert [sentence.span.cut(text) for sentence in split_sentences(text, start)] == [BODY]


def test_toml_front_matter_is_read() -> None:
    text = (
        f'+++\ntitle = "Mill burns"\npublished = 2031-08-04\noutlet = "Courier"\ntags = ["fire"]\n+++\n{BODY}'
    )
    found, start = read_front_matter(text)
    assert found == Metadata("Mill burns", "Courier", date(2031, 8, 4))
    assert text[start:] == BODY


def test_broken_toml_front_matter_is_noted() -> None:
    found, start = read_front_matter(f"+++\ntitle = \n+++\n{BODY}")
    assert found.title is None
    assert "TOML" in found.notes[0]
    assert start > 0


@pytest.mark.parametrize(
    "text", [f"---\n{BODY}\n---\n{BODY}", f"---\ntitle: x\n{BODY}", BODY, "---", "", "+++\n"]
)
def test_a_rule_across_the_page_is_no_front_matter(text: str) -> None:
    assert read_front_matter(text) == (Metadata(), 0)


def test_front_matter_values_are_data() -> None:
    text = (
        "---\ntitle: \x1b[31mMill\x07 <b>burns</b>\nsource: https://courier.example\ndate: yesterday\n---\n"
        + BODY
    )
    found, _ = read_front_matter(text)
    assert found.title == "[31mMill <b>burns</b>"
    assert found.outlet is None
    assert found.published is None
    assert len(found.notes) == 1
