"""Dates and times of day: found, resolved against the publication date, and compared."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.values.clock import compare_times, find_times
from pipeline.values.comparison import Comparison
from pipeline.values.datereading import Granularity
from pipeline.values.dates import DatedSpan, compare_dates, find_dates, to_when

same, differ, incomparable = Comparison.same, Comparison.differ, Comparison.incomparable
FRIDAY = date(2024, 5, 17)


def only(text: str, published: date | None = FRIDAY) -> DatedSpan:
    found = find_dates(text, published)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "written", "start", "end"),
    [
        ("It broke on June 3, 2023.", "June 3, 2023", date(2023, 6, 3), date(2023, 6, 3)),
        ("It broke on 3 June 2023.", "3 June 2023", date(2023, 6, 3), date(2023, 6, 3)),
        ("filed 2023-06-03 here", "2023-06-03", date(2023, 6, 3), date(2023, 6, 3)),
        ("It broke on Oct. 23.", "Oct. 23", date(2023, 10, 23), date(2023, 10, 23)),
        ("It broke on May 3rd.", "May 3rd", date(2024, 5, 3), date(2024, 5, 3)),
        ("It ran May 3-5 in Dorn.", "May 3-5", date(2024, 5, 3), date(2024, 5, 5)),
        ("It broke on Wednesday.", "Wednesday", date(2024, 5, 15), date(2024, 5, 15)),
        ("It broke on Friday.", "Friday", FRIDAY, FRIDAY),
        ("They will meet on Friday.", "Friday", FRIDAY, FRIDAY),
        ("They will meet on Monday.", "Monday", date(2024, 5, 20), date(2024, 5, 20)),
        ("It broke last Wednesday.", "last Wednesday", date(2024, 5, 8), date(2024, 5, 15)),
        ("It broke in November.", "November", date(2023, 11, 1), date(2023, 11, 30)),
        ("They will vote in November.", "November", date(2024, 11, 1), date(2024, 11, 30)),
        ("It broke last December.", "last December", date(2023, 12, 1), date(2023, 12, 31)),
        ("It broke this past March.", "this past March", date(2024, 3, 1), date(2024, 3, 31)),
        ("It broke in mid-April.", "mid-April", date(2024, 4, 8), date(2024, 4, 23)),
        ("It broke late last year.", "late last year", date(2023, 8, 1), date(2023, 12, 31)),
        (
            "It broke toward the end of last year.",
            "toward the end of last year",
            date(2023, 8, 1),
            date(2023, 12, 31),
        ),
        ("It broke last month.", "last month", date(2024, 4, 1), date(2024, 4, 30)),
        ("It opens next month.", "next month", date(2024, 6, 1), date(2024, 6, 30)),
        ("It broke last week.", "last week", date(2024, 5, 5), date(2024, 5, 12)),
        ("It broke in 1953.", "1953", date(1953, 1, 1), date(1953, 12, 31)),
        ("It broke in February 2022.", "February 2022", date(2022, 2, 1), date(2022, 2, 28)),
        ("It was big in the 1990s.", "the 1990s", date(1990, 1, 1), date(1999, 12, 31)),
        ("It broke yesterday.", "yesterday", date(2024, 5, 16), date(2024, 5, 16)),
        ("It broke two days ago.", "two days ago", date(2024, 5, 15), date(2024, 5, 15)),
    ],
)
def test_resolves_against_the_publication_date(text: str, written: str, start: date, end: date) -> None:
    found = only(text)
    assert (found.text, found.start, found.end) == (written, start, end)
    when = to_when(found)
    assert (when.text, when.start, when.end) == (written, start, end)


@pytest.mark.parametrize(
    "text",
    [
        "It sank two days later.",
        "It sank two months after he sailed.",
        "They would meet on Friday.",
        "It broke last summer.",
        "It was said the previous week.",
        "It broke last March.",  # of this year, or of the year before
    ],
)
def test_leaves_open_what_the_text_leaves_open(text: str) -> None:
    assert only(text).start is None


def test_without_a_publication_date_only_the_written_parts_are_known() -> None:
    found = only("It broke on June 3.", None)
    assert (found.month, found.day, found.year, found.start) == (6, 3, None, None)
    assert only("It broke on Tuesday.", None).weekday == 1
    assert only("It broke last week.", None).granularity is Granularity.week


@pytest.mark.parametrize(
    "text",
    [
        "It may 3 times march on, and may rain.",
        "She reads the Sunday Times on Black Friday.",
        "Teresa May said so to May's friends.",
        "He counted 2,019 birds and 2000 people.",
        "It is dated June 31.",
    ],
)
def test_leaves_lookalikes_alone(text: str) -> None:
    assert find_dates(text, FRIDAY) == ()


def test_two_days_are_two_dates() -> None:
    assert [d.start for d in find_dates("It flew on Tuesday and Wednesday.", FRIDAY)] == [
        date(2024, 5, 14),
        date(2024, 5, 15),
    ]


@pytest.mark.parametrize(
    ("a", "b", "published", "outcome"),
    [
        ("July 27", "June 26, 2023", None, differ),
        ("July 27", "in July", None, same),
        ("July 27", "July 27, 2023", None, same),
        ("July 27", "July 28", None, differ),
        ("July 27", "in 2023", None, incomparable),
        ("in 2014", "February 2022", None, differ),
        ("Wednesday", "Thursday", None, incomparable),
        ("Wednesday", "Thursday", FRIDAY, differ),
        ("Wednesday", "May 15", FRIDAY, same),
        ("last week", "Wednesday", FRIDAY, differ),
        ("late last year", "last December", FRIDAY, same),
        ("late last year", "in January", FRIDAY, differ),
        ("yesterday", "Wednesday", FRIDAY, same),  # articles are dated a day after they are written
        ("yesterday", "Monday", FRIDAY, differ),
        ("last summer", "in July", FRIDAY, incomparable),
        ("two days later", "May 3", FRIDAY, incomparable),
        ("the 1990s", "in 1995", FRIDAY, same),
    ],
)
def test_comparison_both_ways_round(a: str, b: str, published: date | None, outcome: Comparison) -> None:
    x, y = only(a, published), only(b, published)
    assert compare_dates(x, y) is outcome
    assert compare_dates(y, x) is outcome


def test_one_weekday_in_articles_of_two_weeks_is_two_days() -> None:
    assert compare_dates(only("Monday", date(2024, 5, 17)), only("Monday", date(2024, 5, 24))) is differ


@pytest.mark.parametrize(
    ("a", "b", "outcome"),
    [
        ("9 a.m.", "09:00", same),
        ("9 a.m.", "9.20 am", same),
        ("9:00 pm", "20:30", differ),
        ("0930 GMT", "10:30 CET", same),
        ("0930 GMT", "09:30 KST", differ),
        ("0930 GMT", "09:30", incomparable),
        ("09:30 IST", "09:30 GMT", incomparable),
    ],
)
def test_times_of_day(a: str, b: str, outcome: Comparison) -> None:
    (x,), (y,) = find_times(a), find_times(b)
    assert compare_times(x, y) is outcome
    assert compare_times(y, x) is outcome


def test_scores_are_no_times() -> None:
    assert find_times("They won 9:3, 12-10 and 2.30.") == ()


prose = st.lists(
    st.one_of(
        st.text(max_size=6),
        st.sampled_from(
            (
                "last|next|late|in|on|May|March|Sept.|3|29|February|2023|Wednesday|two|days|ago|"
                "later|9 a.m.|year|the end of|1990s|will|,|.|\n|-"
            ).split("|")
        ),
    ),
    max_size=12,
).map(" ".join)


@settings(deadline=None)
@given(prose, st.none() | st.dates(), st.integers(0, 1000))
def test_spans_are_exact_ordered_and_apart(text: str, published: date | None, offset: int) -> None:
    reached = 0
    for found in find_dates(text, published, offset):
        start, end = found.span.start - offset, found.span.end - offset
        assert text[start:end] == found.text
        assert reached <= start < end
        assert (found.start is None) == (found.end is None)
        assert found.start is None or found.end is None or found.start <= found.end
        reached = end
    for moment in find_times(text, offset):
        assert text[moment.span.start - offset : moment.span.end - offset] == moment.text


@settings(deadline=None)
@given(prose, prose, st.none() | st.dates())
def test_comparison_is_symmetric_and_never_parts_a_date_from_itself(
    a: str, b: str, published: date | None
) -> None:
    for x in find_dates(a, published):
        assert compare_dates(x, x) is same
        for y in find_dates(b, published):
            assert compare_dates(x, y) is compare_dates(y, x)


@pytest.mark.parametrize(
    "piece", ["1", "May ", "last ", "two days ", "a", " ", "Wednesday, ", "2023-", "the end of "]
)
def test_long_lines_take_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = time.process_time()
    find_dates(text, FRIDAY)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("He left two days before she resigned on Wednesday.", date(2024, 5, 12), date(2024, 5, 14)),
        ("It shut two weeks to the day after the fire of 3 May.", date(2024, 5, 17), date(2024, 5, 17)),
        ("It came nine months before the vote of 3 May.", date(2023, 7, 18), date(2023, 8, 27)),
    ],
)
def test_a_date_counted_from_another_is_resolved(text: str, start: date, end: date) -> None:
    counted, anchor = find_dates(text, FRIDAY)
    assert (counted.start, counted.end) == (start, end)
    assert (counted.is_anchor, anchor.is_anchor) == (False, True)


@pytest.mark.parametrize(
    "text",
    [
        "He left two days before she resigned.",  # from nowhere that is known
        "It was open for two years before it shut in 2011.",  # a duration
        "He left two days before; the vote was on 3 May.",
        "He left two days after. On Wednesday she resigned.",
    ],
)
def test_what_counts_from_nowhere_stays_open(text: str) -> None:
    found = find_dates(text, FRIDAY)
    assert found[0].start is None
    assert not any(dated.is_anchor for dated in found)


def test_a_date_without_a_year_gets_that_of_the_story() -> None:
    around = date(2026, 2, 7)
    assert find_dates("It fell on 3 February.", around=around)[0].start == date(2026, 2, 3)
    assert find_dates("It fell on 30 December.", around=around)[0].start == date(2025, 12, 30)
    assert find_dates("It fell on 3 August.", around=around)[0].start is None
    assert find_dates("It fell on Tuesday.", around=around)[0].start is None


def test_a_week_of_a_month_is_generous() -> None:
    last, first = (find_dates(f"the {which} week of April 2024")[0] for which in ("last", "first"))
    assert (last.start, last.end) == (date(2024, 4, 21), date(2024, 4, 30))
    assert (first.start, first.end) == (date(2024, 3, 30), date(2024, 4, 10))


def test_by_monday_is_past_where_something_had_been_done() -> None:
    monday = date(2024, 5, 13)
    assert find_dates("By Monday nobody had been found.", FRIDAY)[0].start == monday
    assert find_dates("Nobody had been found by Monday.", FRIDAY)[0].start == monday
    assert find_dates("It must be mended by Monday.", FRIDAY)[0].start == date(2024, 5, 20)
