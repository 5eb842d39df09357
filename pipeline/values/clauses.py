"""Sentences of news prose taken apart: insertions between commas, and clauses."""

import re
from typing import Final

from pipeline.remembered import remembered
from schemas.record import Span

# ", which lies off the coast, …" and ", the owner of the line, …"; a list ("boats, a crane and …") is none.
_INSERTION: Final = re.compile(
    r",(?= (?:which|who|whom|whose|where|an?|the|its|his|her|according to|aged|\d{1,2},)[ ,])"
    r" [^,;:.!?()“”\"\n]{1,140},(?! (?:and|or|an?|the|\d+|[A-Z])\b)"
    r"|, \d{1,3}(?=, )|\([^()\n]{1,80}\)"
)
_CUT: Final = re.compile(
    r"[;—\n]|:(?!\d)|[.!?][”\"’')]*\s| [–-] |, ?(?!\d)|[”\"],? "
    r"| (?:but|because|although|though|whereas|while|until|unless) "
)


@remembered(most=4096)  # a sentence meets many others
def insertions(text: str) -> tuple[Span, ...]:
    """Return what stands between two commas, or in brackets, inside a clause that goes on after it."""
    return tuple(Span(start=match.start(), end=match.end()) for match in _INSERTION.finditer(text))


def without_insertions(text: str) -> str:
    """Return ``text``, as long as it is, with its insertions blanked."""
    for span in insertions(text):
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return text


@remembered(most=4096)
def clauses(text: str) -> tuple[Span, ...]:
    """Return the stretches between commas and subordinating words; an insertion is in its clause."""
    plain = without_insertions(text)
    spans, start = [], 0
    for match in _CUT.finditer(plain):
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, len(text)))
    return tuple(Span(start=a, end=b) for a, b in spans if plain[a:b].strip())
