"""The report's words and its text made safe to show."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report import words
from pipeline.report.text import clip, clip_start, one_line, visible
from schemas.claim import Bound, Claim, ClaimKind, Quantity, When
from schemas.record import Span
from tests.hostile_report import anything

VISIBLE_FORMATS = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}


def test_every_hidden_character_is_written_out() -> None:
    hidden = [
        chr(code)
        for code in range(0x110000)
        if unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and code not in VISIBLE_FORMATS
        and chr(code) not in "\t\n\r"
    ]
    assert len(hidden) > 2000
    assert not [char for char in hidden if char in visible(f"a{char}b")]


def test_spelling_with_joiners_stays() -> None:
    assert visible("می‌خواهم") == "می‌خواهم"
    assert visible("👩‍🚒") == "👩‍🚒"
    assert visible("pass\u200cword") == "pass⟨U+200C⟩word"


@given(anything)
def test_visible_changes_nothing_twice(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert len(one_line(text).splitlines()) <= 1


@given(st.text(), st.integers(2, 40))
def test_clipping_keeps_to_the_length(text: str, length: int) -> None:
    for short in (clip(text, length), clip_start(text, length)):
        assert len(short) <= length
        assert short == text or "…" in short


@pytest.mark.parametrize(
    ("chance", "shown", "likelihood"),
    [
        (0.0, "0 %", "uncertain"),
        (0.001, "under 1 %", "uncertain"),
        (0.5, "50 %", "more likely than not"),
        (0.93, "93 %", "very likely"),
        (0.9999, "over 99 %", "very likely"),
        (1.0, "100 %", "very likely"),
        (float("nan"), "unknown", "unknown"),
        (1.2, "unknown", "unknown"),
    ],
)
def test_chances_are_never_rounded_to_certainty(chance: float, shown: str, likelihood: str) -> None:
    assert words.percent(chance) == shown
    assert words.likelihood(chance) == likelihood


def test_a_share_is_whole_only_when_it_is() -> None:
    assert words.share(999, 1000) == "99 %"
    assert words.share(1000, 1000) == "100 %"
    assert words.share(0, 0) == "0 %"


@pytest.mark.parametrize(
    ("text", "value", "high", "unit", "bound", "shown"),
    [
        ("two dockers", 2, None, "docker", Bound.exact, "two dockers"),
        ("40,000 containers", 40_000, None, "container", Bound.exact, "40,000 containers"),
        ("Four", 4, None, "person", Bound.exact, "Four"),
        ("twenty-one crew", 21, None, "person", Bound.exact, "twenty-one crew"),
        ("two dozen crew", 24, None, "person", Bound.exact, "two dozen crew (24 person)"),
        ("two pairs of cranes", 4, None, "crane", Bound.exact, "two pairs of cranes (4)"),
        ("$5m", 5_000_000, None, "USD", Bound.exact, "$5m (5,000,000 USD)"),
        (
            "at least a dozen people",
            12,
            None,
            "person",
            Bound.at_least,
            "at least a dozen people (at least 12 person)",
        ),
        ("three to four days", 3, 4, "day", Bound.exact, "three to four days"),
        ("half a metre", 0.5, None, "metre", Bound.exact, "half a metre (0.5)"),
        ("endless", float("inf"), None, "", Bound.exact, "endless (inf)"),
    ],
)
def test_quantities_show_the_figure_they_were_read_as(
    text: str, value: float, high: float | None, unit: str, bound: Bound, shown: str
) -> None:
    quantity = Quantity(
        text=text, span=Span(start=0, end=len(text)), value=value, high=high, unit=unit, bound=bound
    )
    assert words.quantity_words(quantity) == shown


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        (When(text="last week"), "last week"),
        (When(text="on Tuesday", start=date(2031, 3, 4), end=date(2031, 3, 4)), "on Tuesday (4 March 2031)"),
        (When(text="4 March 2031", start=date(2031, 3, 4), end=date(2031, 3, 4)), "4 March 2031"),
        (
            When(text="in March", start=date(2031, 3, 1), end=date(2031, 3, 31)),
            "in March (1 March 2031 to 31 March 2031)",
        ),
        (When(text="since then", start=date(2031, 3, 1)), "since then (from 1 March 2031)"),
        (When(text="by then", end=date(2031, 3, 1)), "by then (until 1 March 2031)"),
    ],
)
def test_times_show_the_days_they_were_resolved_to(when: When, shown: str) -> None:
    assert words.when_words(when) == shown


@pytest.mark.parametrize(
    ("time_s", "shown"), [(0.04, "0.0 s"), (59.94, "59.9 s"), (75, "1 min 15 s"), (7500, "2 h 5 min")]
)
def test_durations_read_naturally(time_s: float, shown: str) -> None:
    assert words.seconds(time_s) == shown


@pytest.mark.parametrize(
    ("text", "is_verbatim", "shown"),
    [
        ("It sold shells.", False, "It sold shells."),
        ("It bought  shells", False, ""),
        ("It bought", True, ""),
    ],
)
def test_only_words_of_the_model_are_told_as_such(text: str, is_verbatim: bool, shown: str) -> None:
    claim = Claim(
        id="c",
        article_id="a",
        sentence=1,
        span=Span(start=0, end=17),
        quote="It bought\nshells.",
        text=text,
        kind=ClaimKind.event,
        is_verbatim=is_verbatim,
    )
    assert words.rewording(claim) == shown


def test_a_sentence_that_begins_with_a_quotation_gets_no_second_marks() -> None:
    assert words.quoted("It sank.") == "“It sank.”"
    assert words.quoted("“It sank,” he said.") == "“It sank,” he said."


@pytest.mark.parametrize(
    ("time_s", "told"),
    [(0.04, "0.0 s"), (59.94, "59.9 s"), (59.97, "1 min 0 s"), (200, "3 min 20 s"), (3599.7, "1 h 0 min")],
)
def test_a_time_is_told_in_the_units_of_a_clock(time_s: float, told: str) -> None:
    assert words.seconds(time_s) == told


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (2_000, "2.0 kB"),
        (20_500_000, "20.5 MB"),
        (1_117_320_736, "1.1 GB"),
        (2 * 10**12, "2,000.0 GB"),
    ],
)
def test_a_size_is_told_in_few_digits(count: int, told: str) -> None:
    assert words.size(count) == told
