"""The cross-encoder: pairs of evidence and claim in, three raw scores a pair out. Made by training/."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.verifier.onnx import FOLDER, Floats, Model

WEIGHTS: Final = FOLDER / "verifier.int8.onnx"


class Encoder:
    """The loaded cross-encoder."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._model = Model(weights, "logits")

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """Return the logits of supported, contradicted and unsupported, one row a pair (evidence, claim)."""
        return self._model.run(pairs, 3)


@cache
def shipped() -> Encoder:
    """Return the cross-encoder that comes with the package, loaded once."""
    return Encoder()
