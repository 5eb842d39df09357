"""Gathers the pairs of sentences that may be in conflict, and weighs each: how likely a reviewer agrees.

Three things raise a suspicion: values of two sentences that exclude each other (``compare``), values of two
claims that do, and two statements that the verifier says cannot both be true. What was measured on a pair
goes into one logistic map, fitted on stories whose conflicts are known (benchmarks/fit_suspicions.py). The
likeliest are put to the language model too, one letter each, where its odds are calibrated; a second map
weighs those.
"""

import asyncio
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.align import Aligned, Statement
from pipeline.errors import AnswerError
from pipeline.progress import Progress
from pipeline.values.differences import Difference, Passage, differences, has_conflicting_values
from pipeline.values.polarity import negations
from pipeline.verifier.judge import Judge, Pair
from pipeline.verifier.stance import log_odds
from schemas.article import Article
from schemas.contradiction import ConflictKind, Side
from schemas.record import Record, Span
from schemas.suspicion import Suspicion

FEATURES: Final = (
    "values",  # 1: values of the two sentences exclude each other in the same role
    "claim_values",  # 1: values of two claims in them do
    "quoted",  # 1: it is about a quotation, its words or its speaker
    "numbers",  # 1: a number of each sentence differs from one of the other, whatever their roles
    "dates",  # 1: the same of dates and hours
    "names",  # 1: each sentence has a name that the other lacks
    "negated",  # 1: one of the two negates more than the other
    "sentences",  # log-odds that the two sentences contradict each other, the mean of both directions
    "claims",  # the same of the two claims in them that contradict each other most
    "agree",  # log-odds that two claims in them support each other, the most
    "cosine",  # of the two sentences, or of the two claims where only those are near
    "mutual",  # 1: neither sentence has a nearer one in the other's article
)
ASKED: Final = (*FEATURES, "asked")  # log-odds that they contradict each other, the language model asked too
LEAST_ASKED: Final = 0.1  # how likely a pair must be to be put to the language model
MOST_ASKED: Final = 40  # pairs of a story; the likeliest
STAGE: Final = "suspect"
UNKNOWN: Final = -3.0  # log-odds where there is nothing to measure
MAPS: Final = Path(__file__).parent / "verifier" / "maps"


class SuspicionMap(Record):
    """Fitted weights of ``FEATURES``, or ``ASKED``: the log-odds that a reviewer agrees with a suspicion."""

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
    claim_values: list[Suspicion] = field(default_factory=list)
    sentences: float = UNKNOWN
    claims: float = UNKNOWN
    agree: float = UNKNOWN
    cosine: float = 0.0
    is_mutual: bool = False
    strongest: tuple[Statement, Statement] | None = None  # the claims that contradict each other most
    asked: float | None = None

    def row(self) -> tuple[float, ...]:
        """Return one value for each of ``FEATURES``."""
        passages = [Passage(text=s.text, published=s.article.published) for s in (self.one, self.other)]
        differ = [
            float(has_conflicting_values(kind, *passages))
            for kind in (ConflictKind.quantity, ConflictKind.date, ConflictKind.entity)
        ]
        one, other = (len(negations(s.text)) for s in (self.one, self.other))
        return (
            float(any(s.kind is not ConflictKind.attribution for s in self.found)),
            float(bool(self.claim_values)),
            float(any(s.kind is ConflictKind.attribution for s in self.found)),
            *differ,
            float(one != other),
            self.sentences,
            self.claims,
            self.agree,
            self.cosine,
            float(self.is_mutual),
        )


async def suspect(
    compared: Sequence[Suspicion],
    aligned: Sequence[Aligned],
    articles: Mapping[str, Article],
    judge: Judge,
    progress: Progress,
) -> tuple[Suspicion, ...]:
    """Return a suspicion for each pair of sentences that may be in conflict, likeliest first.

    A question that fails leaves the pair with what was known before; an EndpointError is raised.
    """
    measured = measure(compared, aligned, articles, judge)
    if not measured:
        return ()
    likely = weigh(measured)
    if judge.can_ask:
        order = sorted(range(len(measured)), key=lambda i: -likely[i])
        worth = [measured[i] for i in order[:MOST_ASKED] if likely[i] >= LEAST_ASKED]
        await ask(worth, judge, progress)
        likely = weigh(measured)
    weighed = [
        suspicion.model_copy(update={"odds": round(p, 3)})
        for pair, p in zip(measured, likely, strict=True)
        for suspicion in raised(pair)
    ]
    return tuple(sorted(weighed, key=lambda s: -s.odds))


async def ask(measured: Sequence[Measured], judge: Judge, progress: Progress) -> None:
    """Put the strongest statements of each pair to the language model, and note what comes of it."""
    progress.start(STAGE, len(measured))
    pairs = [_asking(pair) for pair in measured]
    answers = await asyncio.gather(
        *(judge.weigh(p, s, stage=STAGE) for p, s in zip(pairs, judge.screen(pairs), strict=True)),
        return_exceptions=True,
    )
    for pair, answer in zip(measured, answers, strict=True):
        progress.step(STAGE)
        if isinstance(answer, BaseException):
            if not isinstance(answer, AnswerError):
                raise answer
        else:
            pair.asked = log_odds(answer.contradicted)
    progress.finish(STAGE)


def weigh(measured: Sequence[Measured]) -> list[float]:
    """Return how likely a reviewer is to agree with each pair, by the map for what was measured on it."""
    likely = []
    for pair in measured:
        names = FEATURES if pair.asked is None else ASKED
        row = pair.row() if pair.asked is None else (*pair.row(), pair.asked)
        fitted = _fitted(names)
        score = fitted.bias + sum(w * x for w, x in zip(fitted.weights, row, strict=True))
        likely.append(1.0 / (1.0 + math.exp(-score)))
    return likely


def measure(
    compared: Sequence[Suspicion], aligned: Sequence[Aligned], articles: Mapping[str, Article], judge: Judge
) -> list[Measured]:
    """Return every pair of sentences near in subject, or of differing values, with what was measured."""
    pairs: dict[tuple[str, int, str, int], Measured] = {}
    for pair in aligned:
        _of(pairs, _whole(pair.one), _whole(pair.other))
    for suspicion in compared:
        one, other = (_statement(side, articles) for side in suspicion.sides)
        _of(pairs, one, other).found.append(suspicion)
    for pair, (contradict, agree) in zip(aligned, _both_ways(aligned, judge), strict=True):
        _note(_of(pairs, _whole(pair.one), _whole(pair.other)), pair, contradict, agree)
    unread = [m for m in pairs.values() if m.sentences == UNKNOWN]
    ends = [Aligned(m.one, m.other, m.cosine, is_mutual=False) for m in unread]
    for m, (contradict, _) in zip(unread, _both_ways(ends, judge), strict=True):
        m.sentences = contradict
    return list(pairs.values())


def _of(pairs: dict[tuple[str, int, str, int], Measured], one: Statement, other: Statement) -> Measured:
    key = (one.article.id, one.sentence.number, other.article.id, other.sentence.number)
    back = (*key[2:], *key[:2])
    return pairs[back] if back in pairs else pairs.setdefault(key, Measured(one, other))


def _whole(statement: Statement) -> Statement:
    """Return the sentence of a statement, whole."""
    if statement.claim is None:
        return statement
    text = " ".join(statement.article.quote(statement.sentence.span).split())
    return Statement(statement.article, statement.sentence, text)


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


def _note(measured: Measured, pair: Aligned, contradict: float, agree: float) -> None:
    measured.cosine = max(measured.cosine, pair.cosine)
    if pair.one.claim is None:
        measured.sentences, measured.is_mutual = contradict, pair.is_mutual
        return
    measured.claim_values += _claim_values(pair)
    measured.agree = max(measured.agree, agree)
    if contradict > measured.claims:
        measured.claims, measured.strongest = contradict, (pair.one, pair.other)


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
    words = (difference.a_span, difference.b_span)[side].cut(statement.text).split()
    # Whole values alone: "5 people" does not stand in "15 people", nor "5 million" in "1.5 million".
    value = r"(?<!\w)(?<!\d[.,])" + r"\s+".join(map(re.escape, words)) + r"(?!\w|[.,]\d)"
    found = re.search(value, statement.article.quote(statement.sentence.span))
    if found is None:
        return None
    start = statement.sentence.span.start
    return Span(start=start + found.start(), end=start + found.end())


def _side(statement: Statement, differs: Span | None = None, *, is_claim: bool = False) -> Side:
    article: Article = statement.article
    return Side(
        article_id=article.id,
        span=statement.sentence.span,
        quote=article.quote(statement.sentence.span),
        claim_id=statement.claim.id if statement.claim and (differs or is_claim) else None,
        differs=(differs,) if differs else (),
    )


def _statement(side: Side, articles: Mapping[str, Article]) -> Statement:
    """Return the sentence of a side, whole."""
    article = articles[side.article_id]
    sentence = next(s for s in article.sentences if s.span == side.span)
    return Statement(article, sentence, " ".join(side.quote.split()))


def raised(measured: Measured) -> list[Suspicion]:
    """Return what was found in the pair: in the sentences, else in the claims, else by the verifier alone."""
    if measured.found or measured.claim_values:
        return measured.found or measured.claim_values[:1]
    claims = measured.strongest or (measured.one, measured.other)
    one, other = (_side(statement, is_claim=True) for statement in claims)
    return [Suspicion(sides=(one, other), found_by="model", kind=_kind(measured))]


def _kind(measured: Measured) -> ConflictKind | None:
    """Return what the two sentences can differ in at all, where only one thing comes into question."""
    _, _, _, numbers, dates, _, negated, *_ = measured.row()
    kinds = {ConflictKind.quantity: numbers, ConflictKind.date: dates, ConflictKind.polarity: negated}
    possible = [kind for kind, differs in kinds.items() if differs]
    return possible[0] if len(possible) == 1 else None


def _asking(measured: Measured) -> Pair:
    """Return the two statements that say most; the shorter one is the claim."""
    one, other = measured.strongest or (measured.one, measured.other)
    evidence, claim = (one, other) if _bulk(one) >= _bulk(other) else (other, one)
    return _pair(evidence, claim)


def _bulk(statement: Statement) -> tuple[int, str]:
    return len(statement.text), statement.text


@cache
def _fitted(names: tuple[str, ...]) -> SuspicionMap:
    for path in sorted(MAPS.glob("suspicion*.json")):
        fitted = SuspicionMap.model_validate_json(path.read_text(encoding="utf-8"))
        if fitted.features == names:
            return fitted
    raise LookupError(f"no map for {names}")
