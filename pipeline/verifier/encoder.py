"""Runs the cross-encoder: pairs of evidence and claim in, three raw scores a pair out.

The weights, their tokenizer and their card lie in ``model/``; training/ made them. An int8 ONNX file is run
by onnxruntime on the CPU.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

FOLDER: Final = Path(__file__).parent / "model"
WEIGHTS: Final = FOLDER / "verifier.int8.onnx"
MAX_TOKENS: Final = 192  # of a pair; the longer of the two is cut

Scores = NDArray[np.float32]


class Encoder:
    """The loaded model; ``threads`` of the CPU are used at most."""

    def __init__(self, weights: Path = WEIGHTS, threads: int = 0) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(weights.parent / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
        self._tokenizer.no_padding()

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Scores:
        """Return the logits of supported, contradicted and unsupported, one row a pair of (evidence, claim).

        One pair after the other: int8 activations are scaled by what is in a batch, and the score of a pair
        must not hang on which others are asked for.
        """
        found = np.zeros((len(pairs), 3), dtype=np.float32)
        for i, encoded in enumerate(self._tokenizer.encode_batch(list(pairs))):
            feed = {
                "input_ids": np.array([encoded.ids], dtype=np.int64),
                "attention_mask": np.array([encoded.attention_mask], dtype=np.int64),
                "token_type_ids": np.array([encoded.type_ids], dtype=np.int64),
            }
            found[i] = self._session.run(["logits"], feed)[0][0]
        return found


@cache
def shipped(threads: int = 0) -> Encoder:
    """Return the model that comes with the package, loaded once."""
    return Encoder(WEIGHTS, threads)
