"""A sentence as the planting reads it: its content words, each name as one of them, and its values."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from pipeline.values.clock import ClockTime, find_times
from pipeline.values.countries import COUNTRIES
from pipeline.values.dates import DatedSpan, find_dates
from pipeline.values.names import NameSpan, find_names
from pipeline.values.polarity import negations
from pipeline.values.quantities import find_quantities
from pipeline.values.samename import fold_name
from pipeline.values.words import Word, find_words, stems
from schemas.claim import Quantity

NEAR: Final = 4  # content words on either side of a value that tell what it is the value of
_FAMILY_FIRST: Final = frozenset("kim xi li wang lee park choe choi ri pak".split())


class Reading(NamedTuple):
    """A sentence with its content words, each name as one word, and the values in it."""

    text: str
    words: tuple[Word, ...]
    keys: frozenset[str]
    name_keys: frozenset[str]
    quantities: tuple[Quantity, ...]
    dates: tuple[DatedSpan, ...]
    times: tuple[ClockTime, ...]
    names: tuple[NameSpan, ...]


@lru_cache(maxsize=4096)  # a sentence meets many others
def read(text: str, published: date | None = None) -> Reading:
    """Find the content words and the values of a sentence; negating words are no content."""
    names = find_names(text)
    cues = {i for cue in negations(text) for i in range(cue.span.start, cue.span.end)}
    words = tuple(_with_names([w for w in find_words(text) if w.is_content and w.start not in cues], names))
    starts = {name.span.start for name in names}
    return Reading(
        text=text,
        words=words,
        keys=frozenset(word.key for word in words),
        name_keys=frozenset(word.key for word in words if word.start in starts),
        quantities=find_quantities(text),
        dates=find_dates(text, published),
        times=find_times(text),
        names=names,
    )


def keys_around(reading: Reading, place: tuple[int, int]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the keys of all content words but those at ``place``, and of the nearest on either side."""
    start, end = place
    before = [word.key for word in reading.words if word.end <= start]
    after = [word.key for word in reading.words if word.start >= end]
    return frozenset(before + after), frozenset(before[-NEAR:] + after[:NEAR])


def keys_between(reading: Reading, first: int, last: int) -> frozenset[str]:
    """Return the keys of the content words within ``[first, last)``."""
    return frozenset(word.key for word in reading.words if first <= word.start < last)


def _with_names(words: list[Word], names: tuple[NameSpan, ...]) -> Iterator[Word]:
    """Yield the words, those of a name as one: its country, or the family name."""
    remaining = iter(names)
    name = next(remaining, None)
    for word in words:
        while name and word.start >= name.span.end:
            name = next(remaining, None)
        if name is None or word.start < name.span.start:
            yield word
        elif word.start == name.span.start:
            yield Word(name.text, name.span.start, name.span.end, _name_key(name.text))


def _name_key(name: str) -> str:
    folded = fold_name(name)
    parts = folded.split() or [name.lower()]
    family = parts[0] if parts[0] in _FAMILY_FIRST else parts[-1]
    return COUNTRIES.get(folded) or stems([family])[0]
