"""Quantities: found exactly as written, left alone where a number counts nothing, compared with care."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.values.comparison import Comparison
from pipeline.values.quantities import compare_quantities, find_quantities
from schemas.claim import Bound, Quantity

same, differ, incomparable = Comparison.same, Comparison.differ, Comparison.incomparable


def only(text: str) -> Quantity:
    found = find_quantities(text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "written", "value", "unit", "bound"),
    [
        ("They freed 1,200 sheep.", "1,200 sheep", 1200, "sheep", Bound.exact),
        ("They freed 1\u00a0200 goats.", "1\u00a0200 goats", 1200, "goat", Bound.exact),
        ("It weighs 3.5 tonnes.", "3.5 tonnes", 3.5, "tonne", Bound.exact),
        ("Twelve people drowned.", "Twelve people", 12, "person", Bound.exact),
        ("He owns a dozen boats.", "a dozen boats", 12, "boat", Bound.exact),
        ("She met two dozen northern mayors.", "two dozen northern mayors", 24, "mayor", Bound.exact),
        ("They sold half a million tickets.", "half a million tickets", 500_000, "ticket", Bound.exact),
        (
            "It had two hundred and fifty-six cabins.",
            "two hundred and fifty-six cabins",
            256,
            "cabin",
            Bound.exact,
        ),
        ("The loan was $345mn in all.", "$345mn", 345e6, "USD", Bound.exact),
        ("It cost £3.2bn to build.", "£3.2bn", 3.2e9, "GBP", Bound.exact),
        ("It cost 5 million euros.", "5 million euros", 5e6, "EUR", Bound.exact),
        ("He paid US$40 for it.", "US$40", 40, "USD", Bound.exact),
        ("Turnout fell 12 per cent.", "12 per cent", 12, "%", Bound.exact),
        ("Turnout fell 2 percentage points.", "2 percentage points", 2, "percentage point", Bound.exact),
        ("It was -5°C at dawn.", "-5°C", -5, "°C", Bound.exact),
        ("an 18-month-old feud", "18-month", 18, "month", Bound.exact),
        ("a wall of 5m in height", "5m", 5, "m", Bound.exact),
        ("some 5m voters stayed away", "some 5m voters", 5e6, "voter", Bound.about),
        ("At least 12 miners were trapped.", "At least 12 miners", 12, "miner", Bound.at_least),
        ("no fewer than 12 miners", "no fewer than 12 miners", 12, "miner", Bound.at_least),
        ("more than 50 countries signed", "more than 50 countries", 50, "country", Bound.more_than),
        ("nearly 350 families left", "nearly 350 families", 350, "family", Bound.about),
        ("up to 40 wolves", "up to 40 wolves", 40, "wolf", Bound.at_most),
        ("fewer than 40 buses", "fewer than 40 buses", 40, "bus", Bound.less_than),
        ("50+ villages joined", "50+ villages", 50, "village", Bound.at_least),
        ("hundreds of people marched", "hundreds of people", 100, "person", Bound.at_least),
        ("tens of thousands of books", "tens of thousands of books", 10_000, "book", Bound.at_least),
        ("in the crash 12 injured", "12", 12, "person", Bound.exact),
        ("The crash caused 12 deaths.", "12", 12, "person", Bound.exact),
    ],
)
def test_finds_value_unit_and_bound(text: str, written: str, value: float, unit: str, bound: Bound) -> None:
    quantity = only(text)
    assert (quantity.text, quantity.value, quantity.unit, quantity.bound) == (written, value, unit, bound)


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("It lasted 10 to 12 weeks.", 10, 12, "week"),
        ("It is 10-12 km long.", 10, 12, "km"),
        ("It weighs between 10 and 12 tonnes.", 10, 12, "tonne"),
        ("It cost between $10 and $12 million.", 10e6, 12e6, "USD"),
        ("About 10 to 12 million tulips grew.", 10e6, 12e6, "tulip"),
    ],
)
def test_finds_ranges(text: str, low: float, high: float, unit: str) -> None:
    quantity = only(text)
    assert (quantity.value, quantity.high, quantity.unit) == (low, high, unit)


@pytest.mark.parametrize(
    "text",
    [
        "It opened in 2019 and closed on July 27, 2023.",
        "The 70th anniversary fell in the twenty-first century.",
        "The Storm-18 flew past the Gx-62M and a G7 table.",
        "A Falkon 737 landed at Terminal 5 at 9:30 a.m. or 21:45.",
        "He is one of the few; no one knew, and one should ask.",
        "Two-thirds agreed, and one in five did not answer.",
        "Call 555-0123 or +44 20 7946 0958.",
        "They lost 3-2, on 2024-05-06, under resolution 1718.",
        "See https://example.org/2/30 for more.",
        "It happened three days ago, in the 1990s.",
    ],
)
def test_leaves_numbers_alone_that_count_nothing(text: str) -> None:
    assert find_quantities(text) == ()


def test_a_change_is_no_range_and_a_verb_is_no_noun() -> None:
    assert [q.value for q in find_quantities("It rose from 10 to 12 points.")] == [10, 12]
    assert only("The two exchanged letters.").unit == ""


def test_offset_shifts_spans() -> None:
    text = "Ten huts burned."
    assert find_quantities(text, offset=100)[0].span.start == 100


@pytest.mark.parametrize(
    ("a", "b", "outcome"),
    [
        ("12 people", "twelve people", same),
        ("12 people", "15 people", differ),
        ("20 boats", "23 boats", differ),
        ("345 huts", "nearly 350 huts", same),
        ("345 huts", "350 huts", same),
        ("350 huts", "410 huts", differ),
        ("at least 12 huts", "13 huts", same),
        ("at least 12 huts", "9 huts", differ),
        ("more than 12 huts", "12 huts", same),
        ("up to 10 huts", "12 huts", differ),
        ("at least 15 huts", "fewer than 12 huts", differ),
        ("hundreds of huts", "40 huts", differ),
        ("dozens of huts", "80 huts", same),
        ("a dozen huts", "13 huts", same),
        ("10 to 12 huts", "12 to 15 huts", same),
        ("10 to 12 huts", "14 huts", differ),
        ("10 miles", "16 km", same),
        ("10 miles", "30 km", differ),
        ("2 tonnes", "2,000 kg", same),
        ("20°C", "68°F", same),
        ("20°C", "90°F", differ),
        ("36 months", "1 year", differ),
        ("12 months", "one year", same),
        ("24 hours", "1 day", same),
        ("2 weeks", "3 weeks", differ),
        ("40 hectares", "100 acres", same),
        ("12%", "12.4%", same),
        ("12%", "13%", differ),
        ("$345mn", "$345 million", same),
        ("$5 million", "£5 million", incomparable),
        ("12%", "12 people", incomparable),
        ("12%", "12 percentage points", incomparable),
        ("12 people", "12 boats", incomparable),
        ("5 km", "5 kg", incomparable),
        ("12 people", "15", incomparable),
    ],
)
def test_comparison_both_ways_round(a: str, b: str, outcome: Comparison) -> None:
    x, y = only(a), only(b)
    assert compare_quantities(x, y) is outcome
    assert compare_quantities(y, x) is outcome


prose = st.lists(
    st.one_of(
        st.text(max_size=6),
        st.sampled_from(
            (
                "at least|12|1,200|to|-|two|dozen|million|$|km|people|%|2019|about|hundreds of|"
                "°C|and|May|3.5|between|.|\n|Il-62M|half a|+"
            ).split("|")
        ),
    ),
    max_size=12,
).map(" ".join)


@settings(deadline=None)
@given(prose, st.integers(0, 1000))
def test_spans_are_exact_ordered_and_apart(text: str, offset: int) -> None:
    reached = 0
    for quantity in find_quantities(text, offset):
        start, end = quantity.span.start - offset, quantity.span.end - offset
        assert text[start:end] == quantity.text
        assert reached <= start < end
        reached = end


@settings(deadline=None)
@given(prose, prose)
def test_comparison_is_symmetric_and_never_parts_a_value_from_itself(a: str, b: str) -> None:
    for x in find_quantities(a):
        assert compare_quantities(x, x) is same
        for y in find_quantities(b):
            assert compare_quantities(x, y) is compare_quantities(y, x)


@settings(deadline=None)
@given(
    st.floats(1, 5000),
    st.sampled_from(
        [
            ("miles", "km", 1.609344),
            ("tonnes", "kg", 1000.0),
            ("weeks", "days", 7.0),
            ("hectares", "acres", 2.47105381),
        ]
    ),
)
def test_a_converted_measure_stays_the_same(value: float, units: tuple[str, str, float]) -> None:
    one, other, factor = units
    value = round(value, 2)
    assert compare_quantities(only(f"{value:.2f} {one}"), only(f"{value * factor:.3f} {other}")) is same


@pytest.mark.parametrize(
    "piece", ["1", "1,", "1-", "two ", "12 to ", "a", " ", "12 people ", "$", "-", "May "]
)
def test_long_lines_take_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = time.process_time()
    find_quantities(text)
    assert time.process_time() - started < 5
