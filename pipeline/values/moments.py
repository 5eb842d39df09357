"""When a thing began, or when something was last done: "founded in 1871", "not painted since May"."""

import re
from collections.abc import Iterator
from typing import Final

from pipeline.values.facts import Fact, subject_before
from pipeline.values.passage import Read
from pipeline.values.words import find_words, stems
from schemas.contradiction import ConflictKind

# Things happen once to a firm, a house or a person: each line one beginning, as its participles.
_BEGINNINGS: Final = {
    "founded": "founded|established|set up|incorporated",
    "built": "built|constructed|erected|completed",
    "born": "born",
}
_BEGAN: Final = re.compile(
    rf"\b(?P<verb>{'|'.join(_BEGINNINGS.values())}) (?:in|on|back in) (?=[\dA-Z])", re.IGNORECASE
)
_OF_VERB: Final = {verb: kind for kind, verbs in _BEGINNINGS.items() for verb in verbs.split("|")}
_LAST: Final = re.compile(r"\blast (?P<verb>[a-z]{3,14}(?:ed|t|n|de))\b", re.IGNORECASE)
_NOT_SINCE: Final = re.compile(
    r"\b(?:not|never|nor|no|nobody|none)\b[^,;:.]{0,90}?\b(?P<verb>[a-z]{3,14}(?:ed|t|n|de))\b[^,;:.]{0,60}?"
    r"\bsince (?:the )?\Z",
    re.IGNORECASE,
)
# Verbs for one kind of care: what was last renewed has not been replaced since.
_CARE: Final = tuple(
    frozenset(stems(words.split()))
    for words in (
        "inspected examined checked tested surveyed audited reviewed assessed",
        "renewed replaced repaired rebuilt refurbished overhauled restored relaid serviced repainted painted",
        "visited seen attended appeared",
    )
)


def beginnings(read: Read) -> Iterator[Fact]:
    """Yield when a thing was founded or built, or somebody born."""
    for match in _BEGAN.finditer(read.text):
        dated = next((d for d in read.dates if d.span.start - match.end() in range(4)), None)
        if dated is None:
            continue
        kind = _OF_VERB[match["verb"].lower()]
        about, name = subject_before(read, match.start())
        yield Fact(kind, about, dated, dated.span, ConflictKind.date, name)


def last_times(read: Read) -> Iterator[Fact]:
    """Yield when something was last done: said so, or told by what has not been done since."""
    for dated in read.dates:
        if dated.start is None and dated.year is None and dated.month is None:
            continue
        before = read.text[max(0, dated.span.start - 160) : dated.span.start]
        match = _NOT_SINCE.search(before) or _last(before)
        if match is None:
            continue
        start = dated.span.start - len(before)
        verb = stems([match["verb"]])[0]
        care = next((i for i, verbs in enumerate(_CARE) if verb in verbs), None)
        if care is None:
            continue
        words = find_words(read.text[max(0, start + match.start() - 60) : dated.span.start])
        about = frozenset(w.key for w in words if w.is_content) - _NO_THING - _CARE[care]
        yield Fact(f"last {care}", about, dated, dated.span, ConflictKind.date)


_NO_THING: Final = frozenset(
    stems("last not never nobody no none nor show record own back way a an the".split())
)


def _last(before: str) -> re.Match[str] | None:
    found = None
    for match in _LAST.finditer(before):
        found = match
    if found and re.fullmatch(r"(?: [\w’'-]+){0,4} (?:in|on|at|during)(?: the)? ?", before[found.end() :]):
        return found
    return None
