"""Quotations: found with exact spans, given to their speakers, and misquotes told from fragments."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.values.attribution import find_attribution, speaker_of
from pipeline.values.quotations import compare_quotations, find_quotations

LONG = (
    "The island asked for warm blankets, dry firewood and two strong lanterns before the first snow, "
    "and nobody on the coast had any to spare that week"
)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("“We saw it,” she said. “It sank.”", ["We saw it,", "It sank."]),
        ('"We saw it," she said. "It sank."', ["We saw it,", "It sank."]),
        ('“We saw it," she said.', ["We saw it,"]),
        ("‘It’s the captain’s boat,’ he said.", ["It’s the captain’s boat,"]),
        ("It sank at once,” she said.", ["It sank at once,"]),
        ("She said: “It sank at once.", ["It sank at once."]),
        ("The captain’s boat didn’t sink.", []),
    ],
)
def test_finds_quoted_words(text: str, quoted: list[str]) -> None:
    assert [q.text for q in find_quotations(text)] == quoted


@pytest.mark.parametrize(
    ("text", "speaker", "verb", "is_pronoun"),
    [
        ("“It sank,” Marr said.", "Marr", "said", False),
        ("“It sank,” said harbour master Ivo Marr on Monday.", "harbour master Ivo Marr", "said", False),
        ("“It sank,” said Harbour Master Ivo Marr on Monday.", "Harbour Master Ivo Marr", "said", False),
        ("Port spokesman Ivo Marr told reporters that it sank.", "Port spokesman Ivo Marr", "told", False),
        ("Ivo Marr, head of the port, said on Monday that it sank.", "Ivo Marr", "said", False),
        ("It was dark. Marr said that it sank.", "Marr", "said", False),
        ("It was dark. Mr. Ivo P. Marr said that it sank.", "Mr. Ivo P. Marr", "said", False),
        ("It sank, according to the Harbour Board.", "the Harbour Board", "according to", False),
        ("“It sank,” she added.", "she", "added", True),
        ("The board has also announced a new pier.", "The board", "announced", False),
        ("It was closed, the mayor said on Monday.", "the mayor", "said", False),
        ("Port to close, says mayor’s office", None, None, False),
        ("He is said to own a boat.", None, None, False),
        ("The company added 300 boats.", None, None, False),
        ("The reported trip was long.", None, None, False),
        ("It sank on Monday.", None, None, False),
    ],
)
def test_finds_who_says_it(text: str, speaker: str | None, verb: str | None, is_pronoun: bool) -> None:
    found = find_attribution(text)
    if speaker is None:
        assert found is None
        return
    assert found is not None
    assert (found.speaker, found.verb, found.is_pronoun) == (speaker, verb, is_pronoun)
    assert found.span.cut(text) == found.speaker


def test_the_words_inside_a_quotation_name_no_speaker() -> None:
    assert find_attribution("“The mayor said it sank.”") is None


def test_each_quotation_has_its_nearest_speaker() -> None:
    text = "“It sank,” Ivo Marr said, and Ada Lind added: “It did not.”"
    first, second = find_quotations(text)
    speakers = [speaker_of(text, first), speaker_of(text, second)]
    assert [s and s.speaker for s in speakers] == ["Ivo Marr", "Ada Lind"]


def test_an_outlet_cited_is_not_the_speaker() -> None:
    text = "“It sank at once,” Ivo Marr said, according to the Korsby Herald."
    found = speaker_of(text, find_quotations(text)[0])
    assert found is not None
    assert found.speaker == "Ivo Marr"


def test_a_misquote_shows_the_words_that_differ() -> None:
    fragment = "warm blankets, dry firewood and two strong ponies"
    wordings = compare_quotations(fragment, LONG)
    assert wordings.is_same
    assert [(x.cut(fragment), y.cut(LONG)) for x, y in wordings.differs] == [("ponies", "lanterns")]
    turned = compare_quotations(LONG, fragment)
    assert [(y, x) for x, y in turned.differs] == list(wordings.differs)


@pytest.mark.parametrize(
    "other",
    [
        "asked for warm blankets, dry firewood and two strong lanterns",
        "The island asked for warm blankets … before the first snow, and nobody on the coast had any",
        "[The island] asked for warm blankets, dry firewood and two strong [lamps] before the first snow",
        "The island asked for warm blanket, dry firewood and two strong lanterns before the first snow",
        LONG.upper(),
    ],
)
def test_fragments_omissions_insertions_and_spellings_are_no_misquotes(other: str) -> None:
    wordings = compare_quotations(LONG, other)
    assert wordings.is_same
    assert wordings.differs == ()


@pytest.mark.parametrize(
    "other",
    [
        "We will rebuild the old pier before the winter storms",
        "The port is closed",
        "",
        "!?",
    ],
)
def test_other_words_are_another_quotation(other: str) -> None:
    assert not compare_quotations(LONG, other).is_same


prose = st.lists(
    st.one_of(
        st.text(max_size=6),
        st.sampled_from(('“|”|"|‘|’|said|Marr|the mayor|,|.|it sank|…|[|]|he|added').split("|")),
    ),
    max_size=14,
).map(" ".join)


@settings(deadline=None)
@given(prose)
def test_spans_are_exact(text: str) -> None:
    for quotation in find_quotations(text):
        assert quotation.span.cut(text) == quotation.text
        speaker_of(text, quotation)
    found = find_attribution(text)
    assert found is None or found.span.cut(text) == found.speaker != ""


@settings(deadline=None)
@given(prose, prose)
def test_comparison_is_symmetric_and_never_parts_a_quotation_from_itself(a: str, b: str) -> None:
    assert compare_quotations(a, a).differs == ()
    there, back = compare_quotations(a, b), compare_quotations(b, a)
    assert there.is_same == back.is_same
    assert there.differs == tuple((y, x) for x, y in back.differs)


@pytest.mark.parametrize(
    "piece", ["“", '"', "‘a", "said ", "Ab, ", "a", " ", "according to ", "(a ", "[", ". "]
)
def test_long_lines_take_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = time.process_time()
    find_quotations(text)
    find_attribution(text)
    compare_quotations(text, text)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("a", "b", "is_other"),
    [
        ("I would sail with that crew again", "I would not sail with that crew again", True),
        ("We will never sell the mill to them", "We will sell the mill to them", True),
        ("We had no word from the pilot that night", "We had some word from the pilot that night", True),
        ("I would sail with that crew again", "I would gladly sail with that crew again", False),
        ("I would sail with that crew again", "would sail with that crew", False),
    ],
)
def test_a_negation_in_one_wording_alone_is_a_difference(a: str, b: str, is_other: bool) -> None:
    for one, other in ((a, b), (b, a)):
        found = compare_quotations(one, other)
        assert found.is_same
        assert bool(found.differs) is is_other
