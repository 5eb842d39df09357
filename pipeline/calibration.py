"""Turns a model's odds into probabilities, by a small map fitted per model and kept as data.

The map is multinomial logistic regression on the log-odds (Platt scaling with three labels). A model without
one is taken at its word; ``benchmarks/calibrate.py`` fits another.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "calibration.json"
LABELS = ("S", "C", "N")


@dataclass(frozen=True)
class Calibration:
    """Per label the weights of log S, log C, log N and 1; the label with the largest sum is likeliest."""

    weights: tuple[tuple[float, ...], ...]
    is_fitted: bool

    def apply(self, odds: Mapping[str, float]) -> tuple[float, float]:
        """Return the probabilities that the evidence supports, and that it contradicts, the claim."""
        features = [*(math.log(odds[label]) for label in LABELS), 1.0]
        sums = [sum(w * x for w, x in zip(row, features, strict=True)) for row in self.weights]
        highest = max(sums)
        shares = [math.exp(value - highest) for value in sums]
        supports, contradicts, _ = (share / sum(shares) for share in shares)
        return supports, contradicts


AS_IT_IS = Calibration(((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0)), is_fitted=False)


def calibration_of(model: str, prompt_sha256: str) -> Calibration:
    """Return the map fitted for ``model`` with this screening prompt, or one that changes nothing."""
    fitted = json.loads(FILE.read_text(encoding="utf-8")).get(model)
    if fitted is None or fitted["prompt_sha256"] != prompt_sha256:
        return AS_IT_IS
    return Calibration(tuple(tuple(row) for row in fitted["weights"]), is_fitted=True)
