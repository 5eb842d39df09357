"""Writes int8 ONNX files: ``python -m training.export verifier|embedder FOLDER MODEL_FOLDER``.

The verifier is what training/train.py made. The embedder is the encoder as it came, with the mean of its last
layer's vectors as output.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from transformers import AutoModel, AutoModelForSequenceClassification

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = {"verifier": "logits", "embedder": "vectors"}


class _Verifier(torch.nn.Module):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.model = AutoModelForSequenceClassification.from_pretrained(folder, attn_implementation="eager")

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
        return self.model(input_ids=ids, attention_mask=mask, token_type_ids=types).logits


class _Embedder(torch.nn.Module):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.model = AutoModel.from_pretrained(folder, attn_implementation="eager")

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
        hidden = self.model(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        share = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * share).sum(dim=1) / share.sum(dim=1)
        return torch.nn.functional.normalize(mean, dim=-1)


def main() -> None:
    """Export, quantise the weights of all matrix products and embeddings, and copy the tokenizer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=sorted(OUTPUTS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    output, written = OUTPUTS[options.what], options.out / f"{options.what}.int8.onnx"
    model = (_Verifier if options.what == "verifier" else _Embedder)(options.folder).eval()
    sample = tuple(torch.ones(2, 9, dtype=torch.long) for _ in INPUTS)
    axes = {name: {0: "texts", 1: "tokens"} for name in INPUTS} | {output: {0: "texts"}}
    with tempfile.TemporaryDirectory() as scratch:
        whole, ready = Path(scratch) / "whole.onnx", Path(scratch) / "ready.onnx"
        torch.onnx.export(
            model, sample, str(whole), input_names=list(INPUTS), output_names=[output],
            dynamic_axes=axes, opset_version=17, dynamo=False,
        )  # fmt: skip
        quant_pre_process(str(whole), str(ready), skip_symbolic_shape=True)
        # A scale for each row of a matrix: a scale for all of it costs accuracy that is had for nothing.
        quantize_dynamic(str(ready), str(written), weight_type=QuantType.QInt8, per_channel=True)
    shutil.copy(options.folder / "tokenizer.json", options.out / "tokenizer.json")
    print(written, written.stat().st_size)


if __name__ == "__main__":
    main()
