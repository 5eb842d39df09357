"""What a story would take that is checked pair by pair: every claim against every claim of another article.

It is reckoned, not run: extraction as it was, and one question a pair, in the words of our screening prompt.
"""

from collections import Counter
from typing import NamedTuple

from benchmarks.speed.answers import size, tokens_of
from pipeline.config import DEFAULT_PROMPTS
from pipeline.prompts import load_prompt
from schemas.report import Report

EXTRACT = "extract"


class Pairwise(NamedTuple):
    """The calls and the tokens, in and out, that it would take."""

    calls: int
    tokens: int


def pairwise(report: Report) -> Pairwise:
    """Return what checking the claims of ``report`` in pairs would take, each pair once."""
    prompt = load_prompt("screen", DEFAULT_PROMPTS["screen"]).fill({"evidence": "", "claim": ""})
    own, sizes = Counter[str](), Counter[str]()
    for claim in report.claims:
        own[claim.article_id] += 1
        sizes[claim.article_id] += size(claim.text)
    total = own.total()
    pairs = sum(number * (total - number) for number in own.values()) // 2
    # A claim stands in one pair with each claim of the other articles.
    texts = sum(sizes[article] * (total - own[article]) for article in own)
    [extract] = [stage for stage in report.run.stages if stage.stage == EXTRACT]
    spent = extract.tokens_in + extract.tokens_out
    return Pairwise(extract.calls + pairs, spent + pairs * (tokens_of(prompt) + 1) + texts)
