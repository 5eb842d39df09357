"""Runs the models that come with the package, by onnxruntime on the CPU: the one door to them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.config import silence_libraries

if TYPE_CHECKING:
    from tokenizers import Encoding

FOLDER: Final = Path(__file__).parent / "model"
TOKENIZER: Final = "tokenizer.json"  # beside the weights
MAX_TOKENS: Final = 192  # of a text or a pair; of a pair the longer text is cut
ENGINES: Final = ("onnxruntime", "tokenizers")  # what comes of a text hangs on their versions

Floats = NDArray[np.float32]


class Model:
    """One int8 ONNX file with the tokenizer beside it; it knows nothing of what it is used for.

    Texts are run one after the other: int8 activations are scaled by what is in a batch, and what comes of a
    text must not hang on which others are asked for.
    """

    def __init__(self, weights: Path, output: str) -> None:
        # Loaded with the first model: a run whose vectors are all known needs neither.
        silence_libraries()
        import onnxruntime  # noqa: PLC0415
        from tokenizers import Tokenizer  # noqa: PLC0415

        onnxruntime.disable_telemetry_events()  # Windows has a second kind, which no variable turns off
        self._output = output
        options = onnxruntime.SessionOptions()
        # A text takes two milliseconds: shared between two threads it takes longer, for the same numbers.
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(weights.parent / TOKENIZER))
        self._tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
        self._tokenizer.no_padding()

    def run(self, texts: Sequence[str] | Sequence[tuple[str, str]], width: int) -> Floats:
        """Return one row of ``width`` numbers for each text, or pair of texts."""
        found = np.zeros((len(texts), width), dtype=np.float32)
        for i, encoding in enumerate(self._tokenizer.encode_batch(list(map(_whole, texts)))):
            found[i] = self._session.run([self._output], _feed(encoding))[0][0]
        return found


def _whole(text: str | tuple[str, str]) -> str | tuple[str, str]:
    """Return ``text``, or both texts of a pair, with a question mark for each half of a character."""
    if isinstance(text, str):
        return text.encode("utf-8", "replace").decode("utf-8")
    evidence, claim = (part.encode("utf-8", "replace").decode("utf-8") for part in text)
    return evidence, claim


def _feed(encoding: "Encoding") -> dict[str, NDArray[np.int64]]:
    return {
        "input_ids": np.array([encoding.ids], dtype=np.int64),
        "attention_mask": np.array([encoding.attention_mask], dtype=np.int64),
        "token_type_ids": np.array([encoding.type_ids], dtype=np.int64),
    }
