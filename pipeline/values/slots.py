"""Names in the same slot of two sentences with one frame: "ashore at X", "Captain X was in command"."""

import re
from collections.abc import Iterator
from typing import Final

from pipeline.values.comparison import Comparison
from pipeline.values.dates import compare_dates
from pipeline.values.names import NameKind, NameSpan
from pipeline.values.passage import Read, Token
from pipeline.values.samename import same_name
from pipeline.values.titles import TITLES

MIN_FRAME: Final = 3  # content words besides names that both sentences must have
MIN_FRAME_SHARE: Final = 0.75  # of those of the sentence that has fewer
_AT: Final = re.compile(r"(?:at|near)", re.IGNORECASE)  # after "in" or "to" one place may lie in the other
_PLACES: Final = frozenset((NameKind.place, NameKind.organisation, NameKind.other))
_PERSONS: Final = frozenset((NameKind.person, NameKind.other))


def names_in_one_slot(
    a: Read, b: Read, names_a: list[NameSpan], names_b: list[NameSpan]
) -> Iterator[tuple[NameSpan, NameSpan]]:
    """Yield pairs of different names that stand in the same slot of two sentences with one frame.

    A slot is a title before a person, or the same word and preposition before a place: there only one name
    can be right. ``names_a`` and ``names_b`` are those that the other sentence does not have.
    """
    frame_a, frame_b = _frame(a), _frame(b)
    shared = frame_a & frame_b
    if len(shared) < max(MIN_FRAME, MIN_FRAME_SHARE * min(len(frame_a), len(frame_b))):
        return
    if any(compare_dates(x, y) is Comparison.differ for x in a.dates for y in b.dates):
        return  # two occasions
    for x in names_a:
        for y in names_b:
            slot = _slot(a, x)
            if slot is not None and slot == _slot(b, y) and not same_name(x.text, y.text):
                yield x, y


def _frame(read: Read) -> frozenset[str]:
    values = [
        *(quantity.span for quantity in read.quantities),
        *(dated.span for dated in read.dates),
        *(time.span for time in read.times),
    ]
    return frozenset(
        token.key
        for token in read.tokens
        if token.is_content
        and token.name is None
        and not any(span.start <= token.start < span.end for span in values)
    )


def _slot(read: Read, name: NameSpan) -> tuple[str, ...] | None:
    """Return what tells the name's role: its title, or the word and the preposition before it."""
    before = [token for token in read.tokens if token.end <= name.span.start][-2:]
    if not before:
        return None
    last = before[-1]
    word = read.text[last.start : last.end].lower()
    if name.kind in _PERSONS and word in TITLES:
        return ("title", last.key)
    if name.kind in _PLACES and _AT.fullmatch(word) and len(before) == 2 and _is_frame_word(before[0]):
        return ("place", before[0].key, last.key)
    return None


def _is_frame_word(token: Token) -> bool:
    return token.is_content and token.name is None
