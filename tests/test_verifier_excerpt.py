"""A long text is cut to the sentences that a claim is about."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reading.sentences import split_sentences
from pipeline.verifier.excerpt import excerpt
from pipeline.words import content_stems

FILLER = [f"Street number {n} was swept by the town in the usual way on that day." for n in range(40)]
BELL = "Divers brought up the lost bronze bell off Kelmar."
TOWER = "The bell will hang in the tower of the museum."


def text_with(*placed: tuple[int, str]) -> str:
    lines = list(FILLER)
    for place, line in placed:
        lines.insert(place, line)
    return " ".join(lines)


def test_a_short_text_is_kept_on_one_line() -> None:
    assert excerpt("The bell\n  rang.\u00a0Twice.", "A bell rang.") == "The bell rang. Twice."


def test_the_sentence_that_holds_most_of_the_claim_is_there() -> None:
    for place in (0, 17, 40):
        found = excerpt(text_with((place, BELL)), "The bronze bell off Kelmar was found by divers.", words=30)
        assert BELL in found


def test_sentences_keep_their_order_and_what_one_lacks_another_brings() -> None:
    claim = "The bronze bell off Kelmar will hang in the museum tower."
    found = excerpt(text_with((5, TOWER), (30, BELL)), claim, words=20)
    assert found == f"{TOWER} {BELL}"


def test_what_a_sentence_has_said_already_is_not_said_by_another_again() -> None:
    text = text_with((3, BELL), (9, "The bronze bell off Kelmar is lost no more, divers say."), (30, TOWER))
    claim = "The lost bronze bell that divers found off Kelmar will hang in the museum tower."
    assert excerpt(text, claim, words=12) == f"{BELL} {TOWER}"


def test_a_text_that_has_none_of_the_claims_words_gives_its_beginning() -> None:
    found = excerpt(text_with(), "Xylophones jazz.", words=40)
    assert " ".join(FILLER).startswith(found)
    assert 40 <= len(found.split()) <= 40 + len(FILLER[0].split())


def test_nothing_is_nothing() -> None:
    assert excerpt("", "A bell rang.") == ""


LINES = st.lists(
    st.lists(
        st.sampled_from("bell Kelmar divers bronze museum tower port storm rain road".split()),
        min_size=1,
        max_size=9,
    ).map(lambda words: "The " + " ".join(words) + "."),
    min_size=1,
    max_size=14,
)


@settings(deadline=None, max_examples=80)
@given(
    LINES, st.integers(1, 40), st.sampled_from(["A bronze bell rang.", "Divers at the museum.", "Zebras."])
)
def test_it_is_sentences_of_the_text_in_order_and_hardly_longer_than_asked(
    lines: list[str], words: int, claim: str
) -> None:
    text = "\n".join(lines)
    found = excerpt(text, claim, words)
    if len(text.split()) <= words:
        assert found == " ".join(text.split())
        return
    sentences = [s.span.cut(text) for s in split_sentences(text)]
    taken = _taken(found, sentences)
    assert taken is not None
    longest = max(len(s.split()) for s in sentences)
    assert 0 < len(found.split()) < words + longest
    held = [len(set(content_stems(claim)) & set(content_stems(s))) for s in sentences]
    if max(held) > 0 and sum(n > 0 for n in held) == 1:
        assert held.index(max(held)) in taken


def _taken(found: str, sentences: list[str]) -> list[int] | None:
    """Return places of sentences that make up ``found`` in order, or None; all where texts recur."""
    taken, rest = [], found
    for i, sentence in enumerate(sentences):
        if rest == sentence or rest.startswith(sentence + " "):
            taken.append(i)
            rest = rest[len(sentence) + 1 :]
    return taken if not rest else None


@pytest.mark.parametrize("text", ["word " * 3000, ". " * 500, "- " * 400])
def test_a_text_without_sentences_is_cut_all_the_same(text: str) -> None:
    assert 0 < len(excerpt(text, "A word.", words=20).split()) < 3000
