"""Says what evidence does to a claim: the cross-encoder and code at once, a language model where asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.errors import InputError
from pipeline.llm import Llm
from pipeline.prompts import Prompt
from pipeline.verifier.encoder import Encoder, shipped
from pipeline.verifier.features import features
from pipeline.verifier.stance import (
    OF_PAIR,
    OF_PAIR_WITH_ODDS,
    Array,
    StanceMap,
    as_scores,
    log_odds,
    read_map,
)
from schemas.evaluation import Scores

LETTERS: Final = ("S", "C", "N")
MAPS: Final = Path(__file__).parent / "maps"


@dataclass(frozen=True)
class Pair:
    """A claim and the evidence it is held against, with the days both were published, where known."""

    evidence: str
    claim: str
    published: tuple[date | None, date | None] = (None, None)  # of evidence and claim


@dataclass(frozen=True)
class Screened:
    """The stances of one pair without any question asked, and what they rest on (``stance.OF_PAIR``)."""

    scores: Scores
    measured: Array


class Judge:
    """The verifier with its calibration; ``llm`` is None where no language model is to be asked.

    ``with_odds`` is the map that reads the language model's odds too; without one for this model its answers
    could not be weighed, and it is not asked.
    """

    def __init__(
        self,
        llm: Llm | None = None,
        prompt: Prompt | None = None,
        with_odds: StanceMap | None = None,
        encoder: Encoder | None = None,
    ) -> None:
        self._llm = llm
        self._prompt = prompt
        self._encoder = encoder
        self._screen = screen_map()
        self._with_odds = with_odds

    @property
    def can_ask(self) -> bool:
        """Whether a language model can be asked whose odds are calibrated."""
        return self._llm is not None and self._prompt is not None and self._with_odds is not None

    def screen(self, pairs: Sequence[Pair]) -> list[Screened]:
        """Return the stances of all pairs by the cross-encoder and code alone, in milliseconds a pair."""
        if not pairs:
            return []
        rows = measure(pairs, self._encoder or shipped())
        return [Screened(as_scores(p), row) for p, row in zip(self._screen.apply(rows), rows, strict=True)]

    async def weigh(self, pair: Pair, screened: Screened, *, stage: str) -> Scores:
        """Return the stances with the language model's odds put in, where it can be asked.

        Raises AnswerError and EndpointError.
        """
        if self._llm is None or self._prompt is None or self._with_odds is None:
            return screened.scores
        odds = await ask_odds(pair, self._llm, self._prompt, stage=stage)
        row = np.append(screened.measured, odds)
        return as_scores(self._with_odds.apply(row[None, :])[0])


def screen_map() -> StanceMap:
    """Return the map that screens every run, without any language model."""
    return read_map(MAPS / "screen.json", OF_PAIR)


def chosen_map(calibration: Path | None, model: str) -> StanceMap | None:
    """Return the map for the odds of ``model``: the user's own, else the shipped one, if there is one.

    Raises InputError where the user's is none, or was fitted for another model.
    """
    if calibration is not None:
        fitted = read_map(calibration, OF_PAIR_WITH_ODDS)
        if fitted.model != model:
            raise InputError(f"{calibration} was fitted for {fitted.model or 'no model'}, not for {model}.")
        return fitted
    shipped_maps = (read_map(path, OF_PAIR_WITH_ODDS) for path in sorted(MAPS.glob("odds-*.json")))
    return next((fitted for fitted in shipped_maps if fitted.model == model), None)


def measure(pairs: Sequence[Pair], encoder: Encoder) -> Array:
    """Return what the cross-encoder and code measure: pairs × ``stance.OF_PAIR``."""
    scores = encoder.scores([(pair.evidence, pair.claim) for pair in pairs])
    seen = [features(pair.evidence, pair.claim, pair.published) for pair in pairs]
    return np.hstack([scores.astype(np.float64), np.array(seen)])


async def ask_odds(pair: Pair, llm: Llm, prompt: Prompt, *, stage: str) -> tuple[float, ...]:
    """Return the language model's log-odds of each of ``LETTERS``; raises AnswerError and EndpointError."""
    values = {"evidence": " ".join(pair.evidence.split()), "claim": pair.claim}
    odds = await llm.odds(prompt.fill(values), LETTERS, stage=stage)
    return tuple(log_odds(odds[letter]) for letter in LETTERS)
