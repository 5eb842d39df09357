"""The embedder: what a text is about, as a vector. It finds sentences on one subject in other words.

all-MiniLM-L6-v2 (Apache-2.0), as it came. Two texts that say the opposite of each other are close: it tells
what to compare, never how the two stand.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.remembered import on_forget
from pipeline.verifier.onnx import FOLDER, Floats, Model

WEIGHTS: Final = FOLDER / "embedder.int8.onnx"
WIDTH: Final = 384


class Embedder:
    """The loaded embedder; vectors are kept for texts asked for again, until it is told to forget them."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._model = Model(weights, "vectors")
        self._known: dict[str, Floats] = {}

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Return one vector of length 1 a text, texts × ``WIDTH``: their products are cosines."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._model.run(new, WIDTH), strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32).reshape(len(texts), WIDTH)

    def forget(self) -> None:
        """Forget all vectors."""
        self._known.clear()


@cache
def shipped() -> Embedder:
    """Return the embedder that comes with the package, loaded once."""
    embedder = Embedder()
    on_forget(embedder.forget)
    return embedder
