"""Doubles for what weighs a pair, a judge that answers by what a test prepares, and maps made by hand."""

from collections.abc import Callable
from typing import cast

from pipeline.verifier.judge import Judge, Pair
from pipeline.verifier.stance import FEATURES, ODDS, STANCES, StanceMap
from schemas.evaluation import Scores


def scores(supported: float, contradicted: float) -> Scores:
    """Return three scores that sum to 1."""
    rest = round(1.0 - supported - contradicted, 9)
    return Scores(supported=supported, contradicted=contradicted, unsupported=rest)


NEUTRAL = scores(0.1, 0.1)


class JudgeDouble:
    """Weighs each pair by ``answer``; an exception is raised. ``asked`` are the pairs, in order."""

    def __init__(self, answer: Callable[[Pair], Scores | Exception]) -> None:
        self._answer = answer
        self.asked: list[Pair] = []

    async def weigh(self, pair: Pair, *, stage: str) -> Scores:
        """Return what was prepared for the pair."""
        assert stage
        self.asked.append(pair)
        answer = self._answer(pair)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def judge(self) -> Judge:
        """This double, for what asks for a judge."""
        return cast("Judge", self)


def odds_map(model: str = "m", weight: float = 1.0) -> StanceMap:
    """Return a map that goes by the language model's odds of the three letters alone."""
    letters = [FEATURES.index(name) for name in ODDS[: len(STANCES)]]
    rows = [tuple(weight * (i == letter) for i in range(len(FEATURES))) for letter in letters]
    return StanceMap(model=model, features=FEATURES, weights=tuple(rows), bias=(0.0,) * len(STANCES))
