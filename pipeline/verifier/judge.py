"""Says what evidence does to a claim: a language model's odds and what code sees, weighed by a fitted map."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.errors import InputError
from pipeline.llm import Llm
from pipeline.prompts import Prompt
from pipeline.verifier.features import features
from pipeline.verifier.fit import Array
from pipeline.verifier.stance import FEATURES, StanceMap, as_scores, log_odds, read_map
from schemas.evaluation import Scores

LETTERS: Final = ("S", "C", "N")
MAPS: Final = Path(__file__).parent / "maps"


@dataclass(frozen=True)
class Pair:
    """A claim and the evidence it is held against, with the days both were published, where known.

    Both are in one ``language``.
    """

    evidence: str
    claim: str
    published: tuple[date | None, date | None] = (None, None)  # of evidence and claim
    language: str | None = None


class Judge:
    """Judges pairs by the language model ``llm``, asked with ``prompt`` and calibrated by ``fitted``.

    Without a map for this model its bare odds of the three letters are taken as they are.
    """

    def __init__(self, llm: Llm, prompt: Prompt, fitted: StanceMap | None) -> None:
        self._llm = llm
        self._prompt = prompt
        self._fitted = fitted

    async def weigh(self, pair: Pair, *, stage: str) -> Scores:
        """Return the stances of ``pair``; raises AnswerError and EndpointError."""
        if self._fitted is None:
            return as_scores(await _odds(pair, self._llm, self._prompt, stage))
        row = await measure(pair, self._llm, self._prompt, stage=stage)
        return as_scores(self._fitted.apply(row[None, :])[0])


async def measure(pair: Pair, llm: Llm, prompt: Prompt, *, stage: str) -> Array:
    """Return what code sees in a pair, and a model's log-odds: one value for each of ``stance.FEATURES``.

    Raises AnswerError and EndpointError.
    """
    odds = await _odds(pair, llm, prompt, stage)
    seen = features(pair.evidence, pair.claim, pair.published, pair.language)
    return np.array([*seen, *map(log_odds, odds)])


def chosen_map(calibration: Path | None, model: str) -> StanceMap | None:
    """Return the map for the odds of ``model``: the user's own, else the shipped one, if there is one.

    Raises InputError where the user's is none, or was fitted for another model.
    """
    if calibration is not None:
        fitted = read_map(calibration, FEATURES)
        if fitted.model != model:
            raise InputError(
                f"{calibration} was fitted for {fitted.model or 'no model'}, not for {model}: fit one by "
                "'storycheck calibrate'."
            )
        return fitted
    shipped_maps = (read_map(path, FEATURES) for path in sorted(MAPS.glob("odds-*.json")))
    return next((fitted for fitted in shipped_maps if fitted.model == model), None)


async def _odds(pair: Pair, llm: Llm, prompt: Prompt, stage: str) -> tuple[float, ...]:
    values = {"evidence": " ".join(pair.evidence.split()), "claim": pair.claim}
    odds = await llm.odds(prompt.fill(values), LETTERS, stage=stage)
    return tuple(odds[letter] for letter in LETTERS)
