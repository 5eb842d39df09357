"""What holds for any text: spans, numbers, dates, the reconciling of articles, and the report's schema."""

import re
import tomllib
from collections.abc import Callable, Sequence
from datetime import date
from itertools import permutations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.adjudicate import Adjudged
from pipeline.compare import compare
from pipeline.origins import find_origins
from pipeline.reading.published import is_date_line, parse_date, stamps
from pipeline.reading.toml import read_toml
from pipeline.reconcile import Reconciled, reconcile
from pipeline.values.clock import find_times
from pipeline.values.comparison import Comparison
from pipeline.values.dates import compare_dates, find_dates
from pipeline.values.differences import MOST_PAIRS, Passage, differences, has_conflicting_values
from pipeline.values.letters import plain_letters
from pipeline.values.names import find_names
from pipeline.values.numerals import find_numerals
from pipeline.values.polarity import negations
from pipeline.values.quantities import compare_quantities, find_quantities
from pipeline.values.quotations import find_quotations
from schemas.article import Article
from schemas.contradiction import ConflictKind, Relation
from schemas.record import Span
from tests.fuzz_seeds import seeds
from tests.fuzz_targets import BETWEEN, TARGETS, report
from tests.stories import article

_PIECES = (
    "The mill |burned |Four sheds |12 people |at least |more than 9,000 |3.5 million |two dozen |a third of "
    "|5% |6 km |$7m |on Monday|, 3 May 2031|last year |two weeks after Friday|two days before 1 May|yesterday"
    '|9 a.m. |21:30 GMT |Ann Roe |, the mayor, |said |told reporters |Norwick |“Nobody was hurt,” |“|”|"|not '
    "|never |was opened |was closed |died |survived |. |, |; |\n|—|(|)|ſ|İ|K|\u200b|\u202e|\u0301|١٢|½"
    "|99999999999999999999"
).split("|")
TEXTS = st.one_of(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join), st.text(max_size=200))
DAYS = st.one_of(st.none(), st.dates(), st.sampled_from([date.min, date.max, date(2031, 5, 3)]))
LETTERS = {"i": "İı", "s": "ſ", "k": "K"}


def _spans(text: str, published: date | None) -> list[Span]:
    found: tuple[Sequence[object], ...] = (
        find_dates(text, published, around=published),
        find_quantities(text),
        find_times(text),
        find_names(text),
        find_quotations(text),
        negations(text),
    )
    return [value.span for values in found for value in values]  # type: ignore[attr-defined]


@settings(deadline=None, max_examples=150)
@given(TEXTS, DAYS)
def test_every_span_is_within_its_text(text: str, published: date | None) -> None:
    for span in _spans(text, published):
        assert 0 <= span.start < span.end <= len(text)
    for dated in find_dates(text, published, offset=7):
        assert dated.text == text[dated.span.start - 7 : dated.span.end - 7]
        assert dated.start is None or dated.end is None or dated.start <= dated.end
    for quantity in find_quantities(text, 7):
        assert quantity.text == text[quantity.span.start - 7 : quantity.span.end - 7]
        assert quantity.high is None or quantity.value < quantity.high


@settings(deadline=None, max_examples=100)
@given(TEXTS, TEXTS, DAYS, DAYS)
@example("It was not Never Land.", "It was Never Land.", None, None)
@example("Today it burned.", "Yesterday it burned.", date.max, date.max)
@example("Two weeks after Friday it burned.", "It burned.", date.max, date.min)
@example("A year before Monday it burned.", "It burned.", date.min, date.max)
def test_two_texts_can_always_be_compared_either_way_round(
    a: str, b: str, day_a: date | None, day_b: date | None
) -> None:
    one, other = Passage(text=a, published=day_a), Passage(text=b, published=day_b)
    assert differences(one, one) == ()
    there = {(d.kind, d.a_span, d.b_span) for d in differences(one, other)}
    back = {(d.kind, d.b_span, d.a_span) for d in differences(other, one)}
    assert {kind for kind, *_ in there} == {kind for kind, *_ in back}
    for kind in ConflictKind:
        assert has_conflicting_values(kind, one, other) == has_conflicting_values(kind, other, one)
    for x in find_dates(a, day_a):
        assert compare_dates(x, x) is Comparison.same
        for y in find_dates(b, day_b):
            assert compare_dates(x, y) is compare_dates(y, x)
    for q in find_quantities(a):
        assert compare_quantities(q, q) is Comparison.same
        for r in find_quantities(b):
            assert compare_quantities(q, r) is compare_quantities(r, q)


@settings(deadline=None)
@given(st.integers(0, 10**15 - 1))
def test_a_number_in_digits_is_read_as_it_is(number: int) -> None:
    for written in (str(number), f"{number:,}"):
        (found,) = find_numerals(written)
        assert (found.value, found.start, found.end) == (float(number), 0, len(written))


@settings(deadline=None, max_examples=30)
@given(st.integers(16, 6000), st.sampled_from(["", ","]))
def test_a_number_too_long_to_be_one_costs_nothing(digits: int, comma: str) -> None:
    text = f"It killed {comma.join('9' * digits)} people."
    assert all(numeral.value < 1e16 for numeral in find_numerals(text))
    assert len(find_quantities(text)) <= digits


@settings(deadline=None)
@given(st.dates())
def test_a_date_is_read_back_where_a_newspaper_can_have_come_out(day: date) -> None:
    written = [
        day.isoformat(),
        f"{day.day} {day:%B} {day.year:04}",
        f"{day:%A}, {day:%B} {day.day}, {day.year:04}",
    ]
    expected = day if 1800 <= day.year <= 2200 else None
    assert [parse_date(text) for text in written] == [expected] * 3


_LIKE_ASCII = (
    "On Friday, 5 September six million people and 5 thousand soldiers left since Monday, the second-largest "
    "six kilometres in the sixth division, on the west side. It was constructed in 2031, two weeks ago."
)


@pytest.mark.parametrize(("plain", "alike"), [(p, a) for p, letters in LETTERS.items() for a in letters])
def test_letters_that_only_look_like_ascii_are_read_as_such(plain: str, alike: str) -> None:
    odd = _LIKE_ASCII.replace(plain, alike)
    assert re.fullmatch(plain, alike, re.IGNORECASE)
    assert len(plain_letters(odd)) == len(odd)
    spans = [[d.span for d in find_dates(text, date(2031, 9, 30))] for text in (_LIKE_ASCII, odd)]
    assert spans[0] == spans[1] != []
    assert [q.value for q in find_quantities(odd)] == [q.value for q in find_quantities(_LIKE_ASCII)]
    assert differences(Passage(text=odd), Passage(text=_LIKE_ASCII)) == ()
    line = "Posted on Friday, 5 September 2031"
    odd_line = line.replace(plain, alike)
    assert [stamp.day for stamp in stamps(odd_line)] == [date(2031, 9, 5)]
    assert is_date_line(odd_line) == is_date_line(line)


def test_two_tables_of_numbers_are_not_set_side_by_side() -> None:
    row = "Norwick mill fire sheds "
    one, other = (Passage(text=" ".join(f"{row}{i} men" for i in range(n, n + 60))) for n in (1, 1000))
    assert len(find_quantities(one.text)) ** 2 > MOST_PAIRS
    assert not [d for d in differences(one, other) if d.kind is ConflictKind.quantity]


_KEYS = st.lists(
    st.sampled_from(["a", '"b.c"', "'d'", ".", " . ", "=", "[", "]", "{", "}", "1", "\n"]), max_size=300
)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=300), _KEYS.map("".join)))
def test_toml_is_read_or_refused(text: str) -> None:
    try:
        found = read_toml(text)
    except ValueError:
        return
    assert tomllib.loads(text) == found


@pytest.mark.parametrize(
    "text", ["n = " + "9" * 5000, "n = " + "[" * 5000, "a." * 60 + "b = 1", "['x'" + ".'x'" * 60]
)
def test_toml_that_would_take_for_ever_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_toml(text)


def _reconciled(articles: Sequence[Article]) -> Reconciled:
    found = [
        Adjudged(s, Relation.contradiction, s.kind or ConflictKind.event, s.what, agreed=None)
        for s in compare(articles)
    ]
    return reconcile(articles, find_origins(articles), (), {}, found)


STORIES = st.lists(TEXTS.filter(lambda text: bool(text.strip())), min_size=2, max_size=3, unique=True)


@settings(deadline=None, max_examples=60)
@given(STORIES)
@example(
    [
        "Four sheds at the Norwick mill burned on Monday.",
        "Nine sheds at the Norwick mill burned on Tuesday.",
        "Nobody was hurt.",
    ]
)
def test_the_order_of_articles_does_not_matter(texts: list[str]) -> None:
    articles = [article(text, f"paper-{i}") for i, text in enumerate(texts)]
    results = [_reconciled(order).contradictions for order in permutations(articles)]
    assert all({c.id for c in found} == {c.id for c in results[0]} for found in results)


@settings(deadline=None, max_examples=60)
@given(TEXTS.filter(lambda text: bool(text.strip())), DAYS, DAYS)
def test_identical_articles_never_contradict_each_other(
    text: str, day: date | None, other_day: date | None
) -> None:
    copies = [article(text, "one", day), article(text, "two", other_day)]
    assert _reconciled(copies).contradictions == ()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["1", "2", "3", "4", "reason", "relation", "kind"]), inner)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=25)
@given(TEXTS, st.lists(st.one_of(st.binary(max_size=60), _JSON.map(repr).map(str.encode)), max_size=4))
def test_a_report_satisfies_its_schema_whatever_a_model_answers(text: str, said: list[bytes]) -> None:
    found = report(BETWEEN.join([text.encode("utf-8", "replace"), *said]))
    assert {a.name for a in found.articles} == {"odd", "good"}


@pytest.mark.parametrize("target", TARGETS)
def test_the_fuzzers_own_seeds_hold(target: str) -> None:
    run: Callable[[bytes], None] = TARGETS[target]
    for data in list(seeds(target))[::6]:
        run(data)
