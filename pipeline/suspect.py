"""Gathers the pairs of sentences that may be in conflict, and weighs each: how likely a reviewer agrees.

Values of two sentences, or of two claims in them, that exclude each other raise a suspicion; so does a
sentence that the language model says contradicts a claim. What was measured on a pair goes into one logistic
map, fitted on stories whose conflicts are known (benchmarks/fit_suspicions.py).
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from pipeline.align import Aligned, Statement, Wanted, whole
from pipeline.languages.table import reader_of
from pipeline.quoting import told
from pipeline.remembered import remembered
from pipeline.values.differences import Difference, Passage, differences, has_conflicting_values
from schemas.article import Article
from schemas.claim import Claim
from schemas.contradiction import ConflictKind, Side
from schemas.record import Record, Span
from schemas.suspicion import Suspicion
from schemas.verdict import Evidence, Stance

FEATURES: Final = (
    "values",  # 1: values of the two sentences exclude each other in the same role
    "claim_values",  # 1: values of two claims in them do
    "quoted",  # 1: it is about a quotation, its words or its speaker
    "numbers",  # 1: a number of each sentence differs from one of the other, whatever their roles
    "dates",  # 1: the same of dates and hours
    "names",  # 1: each sentence has a name that the other lacks
    "negated",  # 1: one of the two negates more than the other
    "cosine",  # of the two sentences, or of the two claims in them that are nearest
    "mutual",  # 1: neither sentence has a nearer one in the other's article
)
# How often a reviewer agrees with a model that sees a contradiction where code finds none. Set by hand; the
# embedded model's word alone was never right, and must be very sure to come this far.
MODEL_ALONE: Final = 0.7
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
    """A pair of sentences with all that speaks for or against a conflict between them."""

    one: Statement
    other: Statement
    found: list[Suspicion] = field(default_factory=list)
    claims: list[Aligned] = field(default_factory=list)
    cosine: float = 0.0
    is_mutual: bool = False

    @cached_property
    def claim_values(self) -> list[Suspicion]:
        """Values that exclude each other in two claims of the pair; few pairs are ever asked for them."""
        return [suspicion for pair in self.claims for suspicion in _claim_values(pair)]

    @property
    def place(self) -> frozenset[tuple[str, int]]:
        """Where the two sentences stand."""
        return frozenset((s.article.id, s.sentence.span.start) for s in (self.one, self.other))

    def row(self) -> tuple[float, ...]:
        """Return one value for each of ``FEATURES``."""
        passages = [_passage(s) for s in (self.one, self.other)]
        differ = [
            float(has_conflicting_values(kind, *passages))
            for kind in (ConflictKind.quantity, ConflictKind.date, ConflictKind.entity)
        ]
        one, other = (len(reader_of(p.language).negations(p.text)) for p in passages)
        return (
            float(any(s.kind is not ConflictKind.attribution for s in self.found)),
            float(bool(self.claim_values)),
            float(any(s.kind is ConflictKind.attribution for s in self.found)),
            *differ,
            float(one != other),
            self.cosine,
            float(self.is_mutual),
        )


def suspect(
    compared: Sequence[Suspicion],
    aligned: Sequence[Aligned],
    doubted: Sequence[tuple[Claim, Evidence]],
    articles: Mapping[str, Article],
    least: float = 0.0,
) -> tuple[Suspicion, ...]:
    """Return a suspicion for each pair of sentences that may be in conflict, likeliest first.

    ``doubted`` are claims with a sentence that a language model says contradicts them. What is less likely
    than ``least`` is left out.
    """
    pairs = measure(compared, aligned, articles)
    measured = [pair for pair in pairs if _at_most(pair) >= least and raised(pair)]
    weighed = [
        suspicion.model_copy(update={"odds": round(p, 3)})
        for pair, p in zip(measured, weigh(measured), strict=True)
        for suspicion in raised(pair)
    ]
    by_place = {pair.place: pair for pair in pairs}
    by_model = [s for s in _by_model(doubted) if not (at := by_place.get(_place(s))) or not raised(at)]
    likely = [suspicion for suspicion in (*weighed, *by_model) if suspicion.odds >= least]
    return tuple(sorted(likely, key=lambda s: -s.odds))


def worth_aligning(
    compared: Sequence[Suspicion], doubted: Sequence[tuple[Claim, Evidence]], least: float
) -> Wanted:
    """Return what ``suspect`` has to know of to leave nothing out that is as likely as ``least``.

    That is all that was found between two sentences, and what is near enough to make up for nothing found.
    """
    named = defaultdict(set)
    pairs: list[tuple[Side | Claim, Side | Evidence]] = [*doubted, *(found.sides for found in compared)]
    for one, other in pairs:
        named[one.article_id, other.article_id].add((one.span.start, other.span.start))
    return Wanted(named, near=_least_near(least, mutual=False), near_mutual=_least_near(least, mutual=True))


def measure(
    compared: Sequence[Suspicion], aligned: Sequence[Aligned], articles: Mapping[str, Article]
) -> list[Measured]:
    """Return every pair of sentences near in subject, or of differing values, with what was measured."""
    pairs: dict[tuple[str, int, str, int], Measured] = {}
    for pair in aligned:
        _note(_of(pairs, pair.one, pair.other), pair)
    for suspicion in compared:
        one, other = (_statement(side, articles) for side in suspicion.sides)
        _of(pairs, one, other).found.append(suspicion)
    return list(pairs.values())


def weigh(measured: Sequence[Measured]) -> list[float]:
    """Return how likely a reviewer is to agree with each pair, by the fitted map."""
    return [_odds(m.row()) for m in measured]


def _at_most(measured: Measured) -> float:
    """Return how likely a conflict is at most, by what is known of the pair without reading its values.

    Most pairs are of two subjects, and there are as many as pairs of articles: their claims are not compared.
    """
    return 1.0 if measured.found else _most(measured.cosine, measured.is_mutual)


def _most(cosine: float, is_mutual: bool) -> float:
    fitted = _fitted()
    known = {"values": 0.0, "quoted": 0.0, "cosine": cosine, "mutual": float(is_mutual)}
    pairs = zip(fitted.features, fitted.weights, strict=True)
    return round(_odds([known.get(name, float(w > 0)) for name, w in pairs]), 3)


def _least_near(least: float, *, mutual: bool) -> float:
    """Return a cosine below which a pair is less likely than ``least`` where its sentences hold no values."""
    steps = [step / 100 for step in range(-100, 101)]
    return next((cosine - 0.01 for cosine in steps if _most(cosine, mutual) >= least), math.inf)


def _odds(row: Sequence[float]) -> float:
    """Return what the fitted map makes of one value for each of its features."""
    fitted = _fitted()
    score = fitted.bias + sum(w * x for w, x in zip(fitted.weights, row, strict=True))
    return 1.0 / (1.0 + math.exp(-score))


def raised(measured: Measured) -> list[Suspicion]:
    """Return what was found in the pair: in the sentences, else in the claims."""
    return measured.found or measured.claim_values[:1]


def _by_model(doubted: Sequence[tuple[Claim, Evidence]]) -> Iterator[Suspicion]:
    """Yield one suspicion a pair of sentences, the model's surest."""
    best: dict[frozenset[tuple[str, int]], Suspicion] = {}
    for claim, evidence in doubted:
        if evidence.stance is not Stance.contradicts:
            continue
        one = Side(article_id=claim.article_id, span=claim.span, quote=claim.quote, claim_id=claim.id)
        other = Side(article_id=evidence.article_id, span=evidence.span, quote=evidence.quote)
        odds = round(MODEL_ALONE * evidence.confidence, 3)
        suspicion = Suspicion(sides=(one, other), found_by="model", odds=odds)
        kept = best.get(_place(suspicion))
        if kept is None or kept.odds < odds:
            best[_place(suspicion)] = suspicion
    yield from best.values()


def _place(suspicion: Suspicion) -> frozenset[tuple[str, int]]:
    return frozenset((side.article_id, side.span.start) for side in suspicion.sides)


def _of(pairs: dict[tuple[str, int, str, int], Measured], one: Statement, other: Statement) -> Measured:
    """Return what was measured of the sentences of two statements."""
    key = (one.article.id, one.sentence.number, other.article.id, other.sentence.number)
    back = (*key[2:], *key[:2])
    known = pairs.get(key) or pairs.get(back)
    if known is None:
        known = pairs[key] = Measured(_whole(one), _whole(other))
    return known


def _whole(statement: Statement) -> Statement:
    return statement if statement.claim is None else whole(statement.article, statement.sentence)


def _note(measured: Measured, pair: Aligned) -> None:
    if pair.one.claim is None:
        measured.is_mutual = pair.is_mutual
    else:
        measured.claims.append(pair)
    measured.cosine = max(measured.cosine, pair.cosine)


def _claim_values(pair: Aligned) -> Iterator[Suspicion]:
    """Yield the values of two claims that exclude each other, where both stand in the claims' sentences."""
    passages = [_passage(s) for s in (pair.one, pair.other)]
    for difference in _differences(*passages):
        spans = _in_sentence(pair.one, difference, 0), _in_sentence(pair.other, difference, 1)
        if all(spans) and difference.kind is not ConflictKind.attribution:
            sides = (_side(pair.one, spans[0]), _side(pair.other, spans[1]))
            yield Suspicion(sides=sides, found_by="values", kind=difference.kind, what=difference.what)


@remembered(most=65536)  # what many articles say alike is set against each other again and again
def _differences(one: Passage, other: Passage) -> tuple[Difference, ...]:
    return tuple(differences(one, other))


def _in_sentence(statement: Statement, difference: Difference, side: int) -> Span | None:
    words = (difference.a_span, difference.b_span)[side].cut(statement.text).split()
    # Whole values alone: "5 people" does not stand in "15 people", nor "5 million" in "1.5 million".
    value = r"(?<!\w)(?<!\d[.,])" + r"\s+".join(map(re.escape, words)) + r"(?!\w|[.,]\d)"
    found = re.search(value, told(statement.article, statement.sentence))
    if found is None:
        return None
    start = statement.sentence.span.start
    return Span(start=start + found.start(), end=start + found.end())


def _passage(statement: Statement) -> Passage:
    article = statement.article
    text = told(article, statement.sentence) if statement.claim is None else statement.text
    return Passage(text=text, published=article.published, language=article.language)


def _side(statement: Statement, differs: Span | None) -> Side:
    article = statement.article
    return Side(
        article_id=article.id,
        span=statement.sentence.span,
        quote=article.quote(statement.sentence.span),
        claim_id=statement.claim.id if statement.claim else None,
        differs=(differs,) if differs else (),
    )


def _statement(side: Side, articles: Mapping[str, Article]) -> Statement:
    """Return the sentence of a side, whole."""
    article = articles[side.article_id]
    sentence = next(s for s in article.sentences if s.span == side.span)
    return whole(article, sentence)


@cache
def _fitted() -> SuspicionMap:
    return SuspicionMap.model_validate_json(WEIGHTS.read_text(encoding="utf-8"))
