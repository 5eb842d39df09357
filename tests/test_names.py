"""Names: found by their capitals without titles, and matched across their variants."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.values.comparison import Comparison
from pipeline.values.names import NameKind, NameSpan, compare_names, find_names, same_name


def texts(text: str) -> list[str]:
    return [name.text for name in find_names(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Russian Defense Minister Anton Belkin spoke.", ["Russian", "Anton Belkin"]),
        ("Then Captain J. Marr met Mr. Holt.", ["J. Marr", "Holt"]),
        ("He is the Minister of Defence Pia Lund.", ["Pia Lund"]),
        ("The ferry sank near Port Halden.", ["Port Halden"]),
        ("They saw Jan van der Velde and Omar al-Rashid.", ["Jan van der Velde", "Omar al-Rashid"]),
        ("He joined the Ministry of Public Works in Dorn.", ["Ministry of Public Works", "Dorn"]),
        ("The head of the Prime Minister’s office resigned.", []),
        ("Officials said so. Yesterday it rained. Ships left.", []),
        ("Marr left. Then Marr came back.", ["Marr", "Marr"]),
        ("Poland’s premier met U.N. envoys.", ["Poland", "U.N."]),
        ("On Monday and in May they met.", []),
    ],
)
def test_finds_names_without_titles(text: str, names: list[str]) -> None:
    assert texts(text) == names


def test_headlines_give_countries_alone() -> None:
    assert texts("Harbour Master Warns Poland After Storm Breaks Bridge") == ["Poland"]


def test_kinds_are_guessed_from_titles_words_and_prepositions() -> None:
    text = "Mayor Ada Lind met Poland’s envoy in Korsby; the Harbour Council and Lind agreed."
    kinds = {name.text: name.kind for name in find_names(text)}
    assert kinds == {
        "Ada Lind": NameKind.person,
        "Poland": NameKind.country,
        "Korsby": NameKind.place,
        "Harbour Council": NameKind.organisation,
        "Lind": NameKind.person,
    }


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Lind", "Ada Lind"),
        ("Kim Jong Un", "Kim Jong-un"),
        ("A. Lind", "Ada Lind"),
        ("Mayor Ada Lind", "Ada Lind"),
        ("HSB", "Harbour Safety Board"),
        ("MPW", "Ministry of Public Works"),
        ("Russia", "Russian"),
        ("U.S.", "United States"),
        ("American", "US"),
        ("DPRK", "North Korea"),
        ("Moscow", "the Kremlin"),
        ("José Núñez", "Jose Nunez"),
        ("Sergei Belkin", "Sergey Belkin"),
        ("Marr’s", "Marr"),
    ],
)
def test_variants_of_one_name(a: str, b: str) -> None:
    assert same_name(a, b)
    assert same_name(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("North Korea", "South Korea"),
        ("Ada Lind", "Otto Brandt"),
        ("Ada Lind", "Ada Brandt"),
        ("Korsby", "Velden"),
        ("HSB", "Harbour Rescue Union"),
        ("Russia", "Ukraine"),
    ],
)
def test_different_names(a: str, b: str) -> None:
    assert not same_name(a, b)
    assert not same_name(b, a)


def test_names_of_different_kinds_are_incomparable() -> None:
    def of(text: str) -> NameSpan:
        return find_names(text)[0]

    person, other = of("Mayor Ada Lind left."), of("Mayor Otto Brandt left.")
    town, country = of("They met in Korsby today."), of("They met in Poland today.")
    region = of("They met in Korsby Valley today.")
    assert compare_names(person, other) is Comparison.differ
    assert compare_names(person, person) is Comparison.same
    assert compare_names(person, town) is Comparison.incomparable
    assert compare_names(town, country) is Comparison.incomparable
    assert compare_names(of("They met in Velden today."), region) is Comparison.incomparable


prose = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(("Mayor|Ada|Lind|van|der|of|the|Ministry|U.S.|Poland’s|.|\n|“|said").split("|")),
    ),
    max_size=14,
).map(" ".join)


@settings(deadline=None)
@given(prose)
def test_spans_are_exact_ordered_and_apart(text: str) -> None:
    reached = 0
    for name in find_names(text):
        assert text[name.span.start : name.span.end] == name.text
        assert reached <= name.span.start < name.span.end
        reached = name.span.end


@settings(deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_matching_is_symmetric_and_reflexive(a: str, b: str) -> None:
    assert same_name(a, a)
    assert same_name(a, b) == same_name(b, a)


@pytest.mark.parametrize("piece", ["A", "A ", "A.", "Mayor ", "a", " ", "of ", "Aa-", "Lind van "])
def test_long_lines_take_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = time.process_time()
    find_names(text)
    assert time.process_time() - started < 5
