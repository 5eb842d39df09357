"""Runs an exported verifier: pairs of evidence and claim in, three raw scores a pair out."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.verifier.onnx import Floats, Model

NAMES = ("encoder_supported", "encoder_contradicted", "encoder_unsupported")


class Encoder:
    """The cross-encoder in ``folder``, as training/export.py wrote it."""

    def __init__(self, folder: Path) -> None:
        self._model = Model(folder / "verifier.int8.onnx", "logits")

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """Return the logits of supported, contradicted and unsupported, one row a pair (evidence, claim)."""
        return self._model.run(pairs, len(NAMES))
