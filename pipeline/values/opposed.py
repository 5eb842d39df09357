"""Clauses of two sentences of which one denies what the other says."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from pipeline.remembered import remembered
from pipeline.values.clauses import clauses, without_insertions
from pipeline.values.comparison import Comparison
from pipeline.values.dates import compare_dates
from pipeline.values.passage import Passage, Read, Token, read_passage
from pipeline.values.polarity import Negation, negations
from schemas.record import Span

MIN_SHARED: Final = 3  # content words, times and numbers left out
MIN_OF_DENIED: Final = 0.74  # of those of the clause that denies
MIN_OF_SAID: Final = 0.55  # of those of the other, which may say more
# Where a thing may be so at one time and not at another, or is not said to be so at all.
_OPEN: Final = re.compile(
    r"\b(?:no longer|not yet|yet to|still|again|would|could|should|may|might|if|whether|unless|until|asked"
    r"|attempt(?:s|ed)?|tr(?:y|ies|ied) to|plan(?:s|ned)? to|sought to|want(?:s|ed)? to|hop(?:e|es|ed|ing)"
    r"|fear(?:s|ed)?|only|all|every|enough|so far|such|other|another|more|first|second)\b|\?",
    re.IGNORECASE,
)
_REPORTED: Final = re.compile(
    r"\A[^,;“”\"]{0,60}\b(?:said|says|told|showed?|shown|shows|found|finds|reported|confirmed|announced|added"
    r"|wrote|revealed|established|indicated|stated|concluded|noted)\b[^,;“”\"]{0,30}\bthat (?=.{12})",
    re.IGNORECASE,
)
_TIME_WORDS: Final = frozenset(
    "day night even morn afternoon noon dawn dusk midnight hour minut week month year time moment earlier "
    "later previous so befor after that tonight never ever".split()
)
_BE: Final = re.compile(r"\b(?:is|are|was|were)\b", re.IGNORECASE)


class _Clause(NamedTuple):
    span: Span
    words: tuple[Token, ...]  # content words outside values and words of time
    negations: tuple[Negation, ...]

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(word.key for word in self.words)


def opposed(a: Read, b: Read) -> Iterator[tuple[Span, Span]]:
    """Yield what denies in one sentence and what it denies in the other, in the order of ``a`` and ``b``.

    A clause with exactly one negation stands against one without any that has its words, the negated one
    among them, and adds little of its own. Hypothetical clauses and dates that differ make it no conflict.
    """
    clauses_a, clauses_b = _clauses(a.text), _clauses(b.text)
    if not any(clause.negations for clause in (*clauses_a, *clauses_b)):
        return
    if any(compare_dates(x, y) is Comparison.differ for x in a.dates for y in b.dates):
        return
    for x in clauses_a:
        for y in clauses_b:
            if len(x.negations) + len(y.negations) != 1:
                continue
            spans = _denied(a, x, b, y) if x.negations else _denied(b, y, a, x)
            if spans:
                yield spans if x.negations else spans[::-1]


@remembered(most=4096)  # a sentence meets many others
def _clauses(text: str) -> tuple[_Clause, ...]:
    read = read_passage(Passage(text=text))
    values = [v.span for group in (read.quantities, read.dates, read.times) for v in group]
    plain = without_insertions(read.text)
    found = []
    for span in clauses(read.text):
        start = span.start
        if reported := _REPORTED.match(plain[span.start : span.end]):
            start += reported.end()
        if _OPEN.search(plain, start, span.end):
            continue
        cues = tuple(
            cue.model_copy(update={"span": Span(start=cue.span.start + start, end=cue.span.end + start)})
            for cue in negations(plain[start : span.end])
        )
        words = tuple(
            token
            for token in read.tokens
            if start <= token.start < span.end
            and token.is_content
            and plain[token.start] != " "
            and token.key not in _TIME_WORDS
            and not any(v.start <= token.start < v.end for v in values)
            and not any(cue.span.start <= token.start < cue.span.end for cue in cues)
        )
        found.append(_Clause(Span(start=start, end=span.end), words, cues))
    return tuple(found)


def _denied(no: Read, denying: _Clause, yes: Read, said: _Clause) -> tuple[Span, Span] | None:
    """Return the places of what ``denying`` denies and ``said`` says, or None where they are compatible."""
    shared = denying.keys & said.keys
    if not _is_same_matter(no, denying, yes, said):
        return None
    cue = denying.negations[0]
    word = next((w for w in denying.words if w.start >= cue.span.end), None)
    twin = next((w for w in said.words if word and w.key == word.key), None)
    if word is None or twin is None or word.key not in shared:
        return None
    return Span(start=cue.span.start, end=word.end), Span(start=twin.start, end=twin.end)


def _is_same_matter(no: Read, denying: _Clause, yes: Read, said: _Clause) -> bool:
    shared = denying.keys & said.keys
    if not denying.keys or not said.keys:
        return False
    if len(shared) >= MIN_SHARED:
        share_denied, share_said = len(shared) / len(denying.keys), len(shared) / len(said.keys)
        return share_denied >= MIN_OF_DENIED and share_said >= MIN_OF_SAID
    # "None of the oil reached the River X by Monday": "Oil was in the River X on Monday."
    has_name = any(word.name and word.key in shared for word in said.words)
    is_state = _BE.search(yes.text, said.span.start, said.span.end) is not None
    has_day = any(compare_dates(x, y) is Comparison.same for x in no.dates for y in yes.dates)
    return len(shared) == 2 and has_name and is_state and has_day and shared == said.keys
