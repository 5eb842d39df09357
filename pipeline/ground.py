"""Keeps the claims that their own sentence bears out; the others are dropped with the reason, and counted.

A small model swaps subject and object, or turns a denial into the thing denied. What is compared with other
outlets must be what the article says.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.errors import AnswerError
from pipeline.progress import Progress
from pipeline.verifier.judge import Judge, Pair, Screened
from schemas.article import Article
from schemas.claim import Claim, Dropped

STAGE: Final = "ground"
BEFORE: Final = 2  # sentences before a claim's own, for the names its pronouns stand for
SURE: Final = 0.6  # the probability of support from which nobody else is asked
LEAST: Final = 0.35  # what a claim must have once everybody was asked
REASON: Final = "its own sentence does not say it"


@dataclass(frozen=True)
class Grounded:
    """The claims to be compared with other articles, and those left out."""

    claims: tuple[Claim, ...]
    dropped: tuple[Dropped, ...]


async def ground(
    claims: Sequence[Claim], articles: Mapping[str, Article], judge: Judge, progress: Progress
) -> Grounded:
    """Return which of ``claims`` their sentences bear out; one that could not be judged is kept.

    The language model is asked only where the small verifier is not sure. An EndpointError is raised.
    """
    worded = [claim for claim in claims if not claim.is_verbatim]  # a sentence's own words need no check
    pairs = [_pair(claim, articles[claim.article_id]) for claim in worded]
    doubtful = [
        (claim, pair, screened)
        for claim, pair, screened in zip(worded, pairs, judge.screen(pairs), strict=True)
        if screened.scores.supported < SURE
    ]
    progress.start(STAGE, len(doubtful))
    supported = await asyncio.gather(*(_supported(pair, s, judge, progress) for _, pair, s in doubtful))
    progress.finish(STAGE)
    failing = {claim.id for (claim, _, _), p in zip(doubtful, supported, strict=True) if p < LEAST}
    return Grounded(
        tuple(claim for claim in claims if claim.id not in failing),
        tuple(
            Dropped(article_id=claim.article_id, text=claim.text, reason=REASON)
            for claim in worded
            if claim.id in failing
        ),
    )


async def _supported(pair: Pair, screened: Screened, judge: Judge, progress: Progress) -> float:
    try:
        return (await judge.weigh(pair, screened, stage=STAGE)).supported
    except AnswerError:
        return 1.0  # unjudged is not unsaid; the verdict on it will tell of the error
    finally:
        progress.step(STAGE)


def _pair(claim: Claim, article: Article) -> Pair:
    own = [s for s in article.sentences if s.is_readable and s.number <= claim.sentence]
    evidence = " ".join(" ".join(article.quote(s.span).split()) for s in own[-BEFORE - 1 :])
    return Pair(evidence, claim.text, (article.published, article.published))
