"""The probabilities of the three stances of evidence towards a claim, from everything that was measured.

One multinomial logistic map for each language model, fitted on labelled pairs (benchmarks/sets.py,
``storycheck calibrate``) and kept as data: it turns the model's odds, and what code sees, into probabilities
that mean what they say.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, Self

import numpy as np
from pydantic import Field, ValidationError, model_validator

from pipeline.errors import InputError
from pipeline.reading.sources import printable, shown
from pipeline.verifier import features as code
from pipeline.verifier.fit import Array, softmax
from schemas.evaluation import Scores
from schemas.record import Record

ODDS: Final = ("odds_s", "odds_c", "odds_n")  # log-odds of a language model's three letters
FEATURES: Final = (*code.NAMES, *ODDS)
STANCES: Final = ("supported", "contradicted", "unsupported")

Weight = Annotated[float, Field(allow_inf_nan=False)]


class StanceMap(Record):
    """The fitted map: a score for each of ``STANCES`` is ``bias + weights · features``, then softmax.

    ``fitted_on`` says on how many pairs of which sets, ``model`` whose odds it reads ("" for none).
    """

    schema_version: int = 1
    model: str = ""
    features: tuple[str, ...]
    weights: tuple[tuple[Weight, ...], ...]  # stances × features
    bias: tuple[Weight, ...]
    fitted_on: Mapping[str, int] = {}

    @model_validator(mode="after")
    def _check_widths(self) -> Self:
        widths = [len(row) for row in self.weights]
        if widths != [len(self.features)] * len(STANCES) or len(self.bias) != len(STANCES):
            raise ValueError(
                f"it needs {len(STANCES)} rows of {len(self.features)} weights and as many biases as rows"
            )
        return self

    def apply(self, rows: Array) -> Array:
        """Return probabilities, pairs × stances, for rows of features in this map's order."""
        scores = rows @ np.asarray(self.weights).T + np.asarray(self.bias)
        return softmax(scores)


def read_map(path: Path, features: Sequence[str]) -> StanceMap:
    """Read a fitted map of ``features``, in this order; raises InputError with one line where it is none."""
    try:
        fitted = StanceMap.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{shown(path)} cannot be read ({error.strerror}): make it readable.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        reason = printable(f"{where}: {first['msg']}" if where else first["msg"])
        raise InputError(
            f"{shown(path)} is no calibration ({reason}): give a file of 'storycheck calibrate'."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{shown(path)} is no calibration (no UTF-8): give a file of 'storycheck calibrate'."
        ) from error
    if fitted.features != tuple(features):
        raise InputError(
            f"{shown(path)} was fitted on other features than this version measures: run 'storycheck "
            "calibrate' again."
        )
    return fitted


def log_odds(probability: float) -> float:
    """Return the natural log-odds, of a probability held away from 0 and 1 by 1e-4."""
    held = min(max(probability, 1e-4), 1.0 - 1e-4)
    return math.log(held / (1.0 - held))


def as_scores(likely: Sequence[float] | Array) -> Scores:
    """Return one row of probabilities, in the order of ``STANCES``, as a record."""
    supported, contradicted, unsupported = (float(p) for p in likely)
    return Scores(supported=supported, contradicted=contradicted, unsupported=unsupported)
