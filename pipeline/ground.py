"""Keeps the claims that their own sentence bears out; the others are dropped with the reason, and counted.

A small model swaps subject and object, or turns a denial into the thing denied. What is compared with other
outlets must be what the article says. Most claims are their sentence's own words in its own order; the model
is asked only about those that are not.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import LCSseq

from pipeline.errors import AnswerError
from pipeline.languages.reader import Reader
from pipeline.languages.table import reader_of
from pipeline.logs import about
from pipeline.progress import Progress
from pipeline.verifier.judge import Judge, Pair
from schemas.article import Article
from schemas.claim import Claim, Dropped

STAGE: Final = "ground"
BEFORE: Final = 2  # sentences before a claim's own, for the names its pronouns stand for
IN_ORDER: Final = 0.9  # the share of its words that a claim has from its sentence in order, to go unasked
LEAST: Final = 0.35  # the probability of support that a claim must have where the model is asked
REASON: Final = "its own sentence does not say it"


@dataclass(frozen=True)
class Grounded:
    """The claims to be compared with other articles, and those left out."""

    claims: tuple[Claim, ...]
    dropped: tuple[Dropped, ...]


async def ground(
    claims: Sequence[Claim], articles: Mapping[str, Article], judge: Judge, progress: Progress
) -> Grounded:
    """Return which of ``claims`` their sentences bear out; one that could not be judged is kept."""
    doubtful = [
        claim
        for claim in claims
        if not claim.is_verbatim and not _is_in_order(claim, reader_of(articles[claim.article_id].language))
    ]
    progress.start(STAGE, len(doubtful))
    supported = await asyncio.gather(
        *(_supported(c, _pair(c, articles[c.article_id]), judge, progress) for c in doubtful)
    )
    progress.finish(STAGE)
    failing = {claim.id for claim, chance in zip(doubtful, supported, strict=True) if chance < LEAST}
    return Grounded(
        tuple(claim for claim in claims if claim.id not in failing),
        tuple(
            Dropped(article_id=claim.article_id, text=claim.text, reason=REASON, sentence=claim.sentence)
            for claim in doubtful
            if claim.id in failing
        ),
    )


def _is_in_order(claim: Claim, reader: Reader) -> bool:
    """Tell whether a claim is cut from its sentence, but for a word or two, with all its negations."""
    said, claimed = reader.stems(claim.quote), reader.stems(claim.text)
    if len(reader.negations(claim.text)) != len(reader.negations(claim.quote)):
        return False
    if not reader.has_values:  # what negates is not known
        return claimed == said
    return LCSseq.similarity(claimed, said) >= IN_ORDER * len(claimed)


async def _supported(claim: Claim, pair: Pair, judge: Judge, progress: Progress) -> float:
    try:
        with about(claim=claim.id):
            return (await judge.weigh(pair, stage=STAGE)).supported
    except AnswerError:
        return 1.0  # unjudged is not unsaid; the verdict on it will tell of the error
    finally:
        progress.step(STAGE)


def _pair(claim: Claim, article: Article) -> Pair:
    own = [s for s in article.sentences if s.is_readable and s.number <= claim.sentence]
    evidence = " ".join(" ".join(article.quote(s.span).split()) for s in own[-BEFORE - 1 :])
    return Pair(evidence, claim.text, (article.published, article.published), article.language)
