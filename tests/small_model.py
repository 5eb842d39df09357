"""A model that is small and pinned as a real one is, for the tests of fetching."""

import hashlib
import random

from pipeline.embedded.models import EmbeddedModel, MirrorPart

PART = 300_000
CONTENT = b"GGUF" + random.Random(5).randbytes(2 * PART + 50_000)
PIECES = [CONTENT[start : start + PART] for start in range(0, len(CONTENT), PART)]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def part(number: int, content: bytes) -> MirrorPart:
    member = f"tiny_weights_part{number}/data/part{number:02d}.bin"
    return MirrorPart(f"tiny-weights-part{number}", "0.1.0", member, len(content), sha256(content))


MODEL = EmbeddedModel(
    name="tiny",
    file="tiny.gguf",
    size_bytes=len(CONTENT),
    sha256=sha256(CONTENT),
    licence="Apache-2.0",
    licence_url="https://licence.invalid/",
    source_page="https://page.invalid/",
    official_url="https://page.invalid/tiny.gguf",
    mirror=tuple(part(number, piece) for number, piece in enumerate(PIECES, start=1)),
)


def damaged(content: bytes, position: int) -> bytes:
    return content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]
