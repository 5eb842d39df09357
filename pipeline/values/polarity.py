"""Negation in news prose, found and compared."""

import re
from typing import Final

from pipeline.remembered import remembered
from pipeline.values.comparison import Comparison
from pipeline.values.words import Word, find_words
from schemas.record import Record, Span


class Negation(Record):
    """A word that negates, at ``span``."""

    text: str
    span: Span


_CUE: Final = re.compile(
    r"(?<![\w’'-])(?:not|never|no longer|neither|none of|nobody|no one|cannot|without|no|denied|denies"
    r"|refused to|refuses to|failed to|fails to|declined to|unable to|\w{2,6}n[’']t)(?![\w’'-])",
    re.IGNORECASE,
)
# They look like negations and negate nothing.
_NO_CUE: Final = re.compile(
    r"\b(?:not only|not just|not least|no doubt|not (?:fewer|less|more) than|no matter|no wonder|no one knows"
    r"|no (?:fewer|less|more|later|sooner) than|no\. ?\d|not to mention)\b",
    re.IGNORECASE,
)
# What is tried, asked or possible is not said to be so, and one who denies it denies something else.
_UNREAL: Final = re.compile(
    r"\b(?:tr(?:y|ies|ied)|attempts?|attempted|whether|if|would|could|might|may)\b", re.IGNORECASE
)
_MIN_SHARED: Final = 4
_MIN_OVERLAP: Final = 0.8


def negations(text: str, offset: int = 0) -> tuple[Negation, ...]:
    """Return the negating words in ``text`` in order, their spans shifted by ``offset``."""
    hidden = _NO_CUE.sub(lambda match: "\0" * len(match[0]), text)
    return tuple(
        Negation(text=match[0], span=Span(start=match.start() + offset, end=match.end() + offset))
        for match in _CUE.finditer(hidden)
    )


def compare_polarity(a: str, b: str) -> Comparison:
    """Compare the polarity of two sentences that otherwise say the same.

    ``differ`` only if one has exactly one negation and the other none, at least 4 content words and four
    fifths of each sentence's are shared, and the negated word itself stands in both. Sentences that share
    less, or negate twice, are ``incomparable``.
    """
    if bool(_UNREAL.search(a)) != bool(_UNREAL.search(b)):
        return Comparison.incomparable
    negated_a, negated_b = negations(a), negations(b)
    words_a, words_b = _content(a, negated_a), _content(b, negated_b)
    keys_a, keys_b = {w.key for w in words_a}, {w.key for w in words_b}
    shared = keys_a & keys_b
    if len(shared) < _MIN_SHARED or len(shared) < _MIN_OVERLAP * max(len(keys_a), len(keys_b)):
        return Comparison.incomparable
    if len(negated_a) == len(negated_b) <= 1:
        return Comparison.same
    if len(negated_a) + len(negated_b) != 1:
        return Comparison.incomparable
    cue, words = (negated_a[0], words_a) if negated_a else (negated_b[0], words_b)
    following = next((w for w in words if w.start >= cue.span.end), None)
    return Comparison.differ if following and following.key in shared else Comparison.incomparable


@remembered(most=4096)  # a sentence meets many others
def _content(text: str, cues: tuple[Negation, ...]) -> tuple[Word, ...]:
    """Return the content words of ``text`` outside its negating words."""
    inside = {i for cue in cues for i in range(cue.span.start, cue.span.end)}
    return tuple(w for w in find_words(text) if w.is_content and w.start not in inside)
