"""Writes a language model of 250 kilobytes with random weights: real to llama.cpp, and of no use at all."""

import random
import struct
from pathlib import Path
from typing import Final

WIDTH: Final = 64
HEADS: Final = 2
UINT32, FLOAT32, STRING, ARRAY, INT32 = 4, 6, 8, 9, 5
TEMPLATE: Final = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "<|im_start|>assistant\n"
)


def write_tiny_gguf(path: Path) -> Path:
    """Write the model to ``path``; its tokens are single bytes, so that any text and any grammar fits."""
    tokens = [*_byte_tokens(), "ab", "<|im_start|>", "<|im_end|>"]
    shapes = _shapes(len(tokens))
    metadata = _metadata(tokens)
    dice = random.Random(7)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(metadata)) + b"".join(metadata)
    data = b""
    for name, shape in shapes.items():
        head += _string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, len(data))
        values = (
            [1.0] * shape[0] if len(shape) == 1 else [dice.gauss(0, 0.2) for _ in range(shape[0] * shape[1])]
        )
        data += struct.pack(f"<{len(values)}f", *values)
    path.write_bytes(head + bytes(-len(head) % 32) + data)
    return path


def _byte_tokens() -> list[str]:
    """Return the 256 characters that stand for the bytes in a byte-level vocabulary."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    spare = iter(range(256, 512))
    return [chr(byte if byte in printable else next(spare)) for byte in range(256)]


def _shapes(vocabulary: int) -> dict[str, tuple[int, ...]]:
    square = (WIDTH, WIDTH)
    return {
        "token_embd.weight": (WIDTH, vocabulary),
        "output.weight": (WIDTH, vocabulary),
        "output_norm.weight": (WIDTH,),
        "blk.0.attn_norm.weight": (WIDTH,),
        "blk.0.attn_q.weight": square,
        "blk.0.attn_k.weight": square,
        "blk.0.attn_v.weight": square,
        "blk.0.attn_output.weight": square,
        "blk.0.ffn_norm.weight": (WIDTH,),
        "blk.0.ffn_gate.weight": square,
        "blk.0.ffn_up.weight": square,
        "blk.0.ffn_down.weight": square,
    }


def _metadata(tokens: list[str]) -> list[bytes]:
    last = len(tokens) - 1
    kinds = [1] * (last - 1) + [3, 3]  # the last two are control tokens
    texts = {
        "general.architecture": "llama",
        "general.name": "tiny",
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.chat_template": TEMPLATE,
    }
    numbers = {
        "llama.context_length": 65_536,
        "llama.embedding_length": WIDTH,
        "llama.block_count": 1,
        "llama.feed_forward_length": WIDTH,
        "llama.attention.head_count": HEADS,
        "llama.rope.dimension_count": WIDTH // HEADS,
        "tokenizer.ggml.bos_token_id": last - 1,
        "tokenizer.ggml.eos_token_id": last,
    }
    epsilon = _string("llama.attention.layer_norm_rms_epsilon") + struct.pack("<If", FLOAT32, 1e-5)
    return [
        *(_string(key) + struct.pack("<I", STRING) + _string(text) for key, text in texts.items()),
        *(_string(key) + struct.pack("<II", UINT32, number) for key, number in numbers.items()),
        epsilon,
        _array("tokenizer.ggml.tokens", STRING, [_string(token) for token in tokens]),
        _array("tokenizer.ggml.token_type", INT32, [struct.pack("<i", kind) for kind in kinds]),
        _array("tokenizer.ggml.merges", STRING, [_string("a b")]),
    ]


def _array(key: str, kind: int, items: list[bytes]) -> bytes:
    return _string(key) + struct.pack("<IIQ", ARRAY, kind, len(items)) + b"".join(items)


def _string(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded
