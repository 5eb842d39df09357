"""Writes the trained verifier as an int8 ONNX file: ``python -m training.export FOLDER MODEL_FOLDER``."""

import argparse
import shutil
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from transformers import AutoModelForSequenceClassification

NAME = "verifier.int8.onnx"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class _Logits(torch.nn.Module):
    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
        return self.model(input_ids=ids, attention_mask=mask, token_type_ids=types).logits


def main() -> None:
    """Export, quantise the weights of all matrix products and embeddings, and copy the tokenizer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trained", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    model = AutoModelForSequenceClassification.from_pretrained(options.trained, attn_implementation="eager")
    model.eval()
    sample = tuple(torch.ones(2, 9, dtype=torch.long) for _ in INPUTS)
    axes = {name: {0: "pairs", 1: "tokens"} for name in INPUTS} | {"logits": {0: "pairs"}}
    with tempfile.TemporaryDirectory() as scratch:
        whole, ready = Path(scratch) / "whole.onnx", Path(scratch) / "ready.onnx"
        torch.onnx.export(
            _Logits(model), sample, str(whole), input_names=list(INPUTS), output_names=["logits"],
            dynamic_axes=axes, opset_version=17, dynamo=False,
        )  # fmt: skip
        quant_pre_process(str(whole), str(ready), skip_symbolic_shape=True)
        # A scale for each row of a matrix: a scale for all of it costs accuracy that is had for nothing.
        quantize_dynamic(str(ready), str(options.out / NAME), weight_type=QuantType.QInt8, per_channel=True)
    shutil.copy(options.trained / "tokenizer.json", options.out / "tokenizer.json")
    print(options.out / NAME, (options.out / NAME).stat().st_size)


if __name__ == "__main__":
    main()
