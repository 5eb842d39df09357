"""The probabilities of the three stances of evidence towards a claim, from everything that was measured.

One multinomial logistic map, fitted on labelled pairs (training/, ``storycheck calibrate``) and kept as data:
it turns the cross-encoder's raw scores, what code sees, and a language model's odds where they were asked
for, into probabilities that mean what they say.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InputError
from pipeline.verifier import features as code
from schemas.evaluation import Scores
from schemas.record import Record

Array = NDArray[np.float64]
ENCODER: Final = ("encoder_supported", "encoder_contradicted", "encoder_unsupported")
ODDS: Final = ("odds_s", "odds_c", "odds_n", "odds_yes")
OF_PAIR: Final = (*ENCODER, *code.NAMES)
OF_PAIR_WITH_ODDS: Final = (*OF_PAIR, *ODDS)
STANCES: Final = ("supported", "contradicted", "unsupported")


class StanceMap(Record):
    """The fitted map: a score for each of ``STANCES`` is ``bias + weights · features``, then softmax.

    ``fitted_on`` says on how many pairs of which sets, ``model`` whose odds it reads ("" for none).
    """

    schema_version: int = 1
    model: str = ""
    features: tuple[str, ...]
    weights: tuple[tuple[float, ...], ...]  # stances × features
    bias: tuple[float, ...]
    fitted_on: Mapping[str, int] = {}

    def apply(self, rows: Array) -> Array:
        """Return probabilities, pairs × stances, for rows of features in this map's order."""
        scores = rows @ np.asarray(self.weights).T + np.asarray(self.bias)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely: Array = powers / powers.sum(axis=1, keepdims=True)
        return likely


def read_map(path: Path) -> StanceMap:
    """Read a fitted map; raises InputError with one line where it is none."""
    try:
        return StanceMap.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{path} is no calibration: {reason}") from None


def log_odds(probability: float) -> float:
    """Return the natural log-odds, of a probability held away from 0 and 1 by 1e-4."""
    held = min(max(probability, 1e-4), 1.0 - 1e-4)
    return math.log(held / (1.0 - held))


def as_scores(likely: Sequence[float] | Array) -> Scores:
    """Return one row of probabilities, in the order of ``STANCES``, as a record."""
    supported, contradicted, unsupported = (float(p) for p in likely)
    return Scores(supported=supported, contradicted=contradicted, unsupported=unsupported)
