"""Gathers the pairs of sentences that may be in conflict, and weighs each: how likely a reviewer agrees.

Three things raise a suspicion: values of two sentences that exclude each other (``compare``), values of two
claims that do, and two statements that the verifier says cannot both be true. What was measured on a pair
goes into one logistic map, fitted on stories whose conflicts are known (benchmarks/fit_suspicions.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.align import Aligned, Statement
from pipeline.values.differences import Difference, Passage, differences
from pipeline.verifier.judge import Judge, Pair
from pipeline.verifier.stance import Array, log_odds
from schemas.article import Article
from schemas.contradiction import ConflictKind, Side
from schemas.record import Record, Span
from schemas.suspicion import Suspicion

LEAST_CONTRADICTS: Final = 0.5  # the verifier's probability that raises a suspicion by itself
FEATURES: Final = (
    "values",  # 1: values of the two sentences exclude each other
    "claim_values",  # 1: values of two claims do
    "quoted",  # 1: it is about a quotation, its words or its speaker
    "claims",  # log-odds that the two claims contradict each other, the mean of both directions
    "claim_and_sentence",  # the same of a claim and the other sentence, the pair that says most
    "sentences",  # the same of the two sentences
    "agree",  # log-odds that the same claims support each other
    "overlap",  # the weighted share of words of the two statements that says most
)
UNKNOWN: Final = -3.0  # log-odds where there is nothing to measure
WEIGHTS: Final = Path(__file__).parent / "verifier" / "maps" / "suspicion.json"


class SuspicionMap(Record):
    """Fitted weights of ``FEATURES``: the log-odds that a reviewer agrees with a suspicion."""

    schema_version: int = 1
    features: tuple[str, ...] = FEATURES
    weights: tuple[float, ...]
    bias: float
    fitted_on: Mapping[str, int] = {}


@dataclass
class Measured:
    """A pair of sentences with all that speaks for a conflict between them."""

    sides: tuple[Side, Side]
    found: list[Suspicion] = field(default_factory=list)
    claim_values: list[Suspicion] = field(default_factory=list)
    claims: float = UNKNOWN
    claim_and_sentence: float = UNKNOWN
    sentences: float = UNKNOWN
    agree: float = UNKNOWN
    overlap: float = 0.0
    strongest: tuple[Statement, Statement] | None = None

    def row(self) -> tuple[float, ...]:
        """Return one value for each of ``FEATURES``."""
        is_quoted = any(s.kind is ConflictKind.attribution for s in self.found)
        return (
            float(any(s.kind is not ConflictKind.attribution for s in self.found)),
            float(bool(self.claim_values)),
            float(is_quoted),
            self.claims,
            self.claim_and_sentence,
            self.sentences,
            self.agree,
            self.overlap,
        )

    @property
    def is_suspect(self) -> bool:
        """Whether anything at all speaks for a conflict."""
        raised = max(self.claims, self.claim_and_sentence) >= log_odds(LEAST_CONTRADICTS)
        return bool(self.found or self.claim_values) or raised


def suspect(compared: Sequence[Suspicion], aligned: Sequence[Aligned], judge: Judge) -> list[Suspicion]:
    """Return a suspicion for each pair of sentences that may be in conflict, likeliest first."""
    measured = measure(compared, aligned, judge)
    if not measured:
        return []
    likely = _likely(np.array([pair.row() for pair in measured]))
    weighed = [
        suspicion.model_copy(update={"odds": round(float(p), 3)})
        for pair, p in zip(measured, likely, strict=True)
        for suspicion in _raised(pair)
    ]
    return sorted(weighed, key=lambda s: -s.odds)


def measure(compared: Sequence[Suspicion], aligned: Sequence[Aligned], judge: Judge) -> list[Measured]:
    """Return the pairs of sentences that anything speaks against, with what was measured on each."""
    pairs: dict[tuple[tuple[str, int], ...], Measured] = {}

    def of(one: Side, other: Side) -> Measured:
        key = tuple((side.article_id, side.span.start) for side in (one, other))
        if key[::-1] in pairs:
            return pairs[key[::-1]]
        return pairs.setdefault(key, Measured((one, other)))

    for suspicion in compared:
        of(*suspicion.sides).found.append(suspicion)
    for pair, (contradict, agree) in zip(aligned, _both_ways(aligned, judge), strict=True):
        measured = of(_side(pair.one), _side(pair.other))
        _note(measured, pair, contradict, agree)
        measured.claim_values += _claim_values(pair)
    suspects = [pair for pair in pairs.values() if pair.is_suspect]
    ends = list(chain.from_iterable(_sentence_pairs(m) for m in suspects))
    odds = [log_odds(s.scores.contradicted) for s in judge.screen(ends)]
    for i, one in enumerate(suspects):
        one.sentences = (odds[2 * i] + odds[2 * i + 1]) / 2
    return suspects


def _both_ways(aligned: Sequence[Aligned], judge: Judge) -> Iterator[tuple[float, float]]:
    """Yield, for each pair, the mean log-odds of the two directions to contradict, and to support."""
    there = [s.scores for s in judge.screen([_pair(p.one, p.other) for p in aligned])]
    back = [s.scores for s in judge.screen([_pair(p.other, p.one) for p in aligned])]
    for a, b in zip(there, back, strict=True):
        yield (
            (log_odds(a.contradicted) + log_odds(b.contradicted)) / 2,
            (log_odds(a.supported) + log_odds(b.supported)) / 2,
        )


def _pair(evidence: Statement, claim: Statement) -> Pair:
    return Pair(evidence.text, claim.text, (evidence.article.published, claim.article.published))


def _sentence_pairs(measured: Measured) -> tuple[Pair, Pair]:
    one, other = (" ".join(side.quote.split()) for side in measured.sides)
    return Pair(one, other), Pair(other, one)


def _note(measured: Measured, pair: Aligned, contradict: float, agree: float) -> None:
    is_of_claims = pair.one.claim is not None and pair.other.claim is not None
    before = max(measured.claims, measured.claim_and_sentence)
    if is_of_claims:
        measured.claims = max(measured.claims, contradict)
        measured.agree = max(measured.agree, agree)
    else:
        measured.claim_and_sentence = max(measured.claim_and_sentence, contradict)
    if contradict > before:
        measured.strongest = (pair.one, pair.other)
        measured.overlap = pair.overlap


def _claim_values(pair: Aligned) -> Iterator[Suspicion]:
    """Yield the values of two claims that exclude each other, where both stand in the claims' sentences."""
    if pair.one.claim is None or pair.other.claim is None:
        return
    passages = [Passage(text=s.text, published=s.article.published) for s in (pair.one, pair.other)]
    for difference in differences(*passages):
        spans = _in_sentence(pair.one, difference, 0), _in_sentence(pair.other, difference, 1)
        if all(spans) and difference.kind is not ConflictKind.attribution:
            sides = (_side(pair.one, spans[0]), _side(pair.other, spans[1]))
            yield Suspicion(sides=sides, found_by="values", kind=difference.kind, what=difference.what)


def _in_sentence(statement: Statement, difference: Difference, side: int) -> Span | None:
    span = (difference.a_span, difference.b_span)[side]
    start = statement.article.quote(statement.sentence.span).find(span.cut(statement.text))
    if start < 0:
        return None
    start += statement.sentence.span.start
    return Span(start=start, end=start + span.end - span.start)


def _side(statement: Statement, differs: Span | None = None) -> Side:
    article: Article = statement.article
    return Side(
        article_id=article.id,
        span=statement.sentence.span,
        quote=article.quote(statement.sentence.span),
        claim_id=statement.claim.id if statement.claim and differs else None,
        differs=(differs,) if differs else (),
    )


def _raised(measured: Measured) -> list[Suspicion]:
    """Return what was found in the pair: in the sentences, else in the claims, else by the verifier alone."""
    if measured.found or measured.claim_values:
        return measured.found or measured.claim_values
    claims = [s.claim.id if s.claim else None for s in measured.strongest or ()]
    ids = dict(zip((s.article.id for s in measured.strongest or ()), claims, strict=True))
    one, other = (side.model_copy(update={"claim_id": ids.get(side.article_id)}) for side in measured.sides)
    return [Suspicion(sides=(one, other), found_by="model")]


def _likely(rows: Array) -> Array:
    fitted = _fitted()
    likely: Array = 1.0 / (1.0 + np.exp(-(rows @ np.asarray(fitted.weights) + fitted.bias)))
    return likely


@cache
def _fitted() -> SuspicionMap:
    return SuspicionMap.model_validate_json(WEIGHTS.read_text(encoding="utf-8"))
