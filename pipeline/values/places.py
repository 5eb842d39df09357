"""Where a thing stands or a firm sits: "on the north side of the square", "its head office in X"."""

import re
from collections.abc import Iterator
from typing import Final

from pipeline.values.facts import Fact
from pipeline.values.passage import Read
from pipeline.values.words import find_words
from schemas.contradiction import ConflictKind
from schemas.record import Span

_SIDE: Final = re.compile(
    r"(?P<thing>[^\W\d_][\w’'-]{0,40}),? (?:(?:which|that) )?"
    r"(?:(?:is|was|are|were|lies|lay|stands|stood|sits|sat|runs|ran) )?"
    r"(?:on|at|along|in) the (?P<way>north|south|east|west|left|right)(?:ern)?(?:[- ]hand)? "
    r"(?P<side>side|end|edge|bank|wing|shore|coast|corner|flank|slope)\b",
    re.IGNORECASE,
)
_SEAT: Final = re.compile(
    r"\b(?:headquartered|based|(?:head ?offices?|headquarters)(?: is| are| lies)?"
    r"|run from (?:an? )?(?:[\w-]+ ){0,4}?) ?(?:in|at) \Z",
    re.IGNORECASE,
)


def sides(read: Read) -> Iterator[Fact]:
    """Yield on which side a thing stands: "the tower, which stands on the north side"."""
    for match in _SIDE.finditer(read.text):
        thing = find_words(match["thing"])
        span = Span(start=match.start("way"), end=match.end("side"))
        about = frozenset((f"{thing[0].key} {match['side'].lower()}",))
        if thing[0].is_content:
            yield Fact("side", about, _WAYS.index(match["way"].lower()), span, ConflictKind.place)


_PRONOUN: Final = re.compile(r"(?:It|Its|They|Their)\b")
_WAYS: Final = ("north", "south", "east", "west", "left", "right")


def seats(read: Read) -> Iterator[Fact]:
    """Yield where a firm has its head office, told by the first word or name of the sentence."""
    for name in read.names:
        before = read.text[max(0, name.span.start - 60) : name.span.start]
        seat = _SEAT.search(before)
        first = next((t for t in read.tokens if t.is_content), None)
        if seat and first and first.start < name.span.start:
            is_pronoun = _PRONOUN.match(read.text) is not None
            about = frozenset() if is_pronoun else frozenset((first.key, *first.key.split()))
            yield Fact("seat", about, name.text, name.span, ConflictKind.place, "", int(is_pronoun))
