"""The embedder: what a text is about, as a vector. It finds sentences on one subject in other words.

all-MiniLM-L6-v2 (Apache-2.0), as it came. Two texts that say the opposite of each other are close: it tells
what to compare, never how the two stand.
"""

import hashlib
import platform
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from pipeline.remembered import on_forget
from pipeline.verifier.onnx import ENGINES, FOLDER, MAX_TOKENS, TOKENIZER, Floats, Model

WEIGHTS: Final = FOLDER / "embedder.int8.onnx"
WIDTH: Final = 384
_STORED: Final = np.dtype("<f4")  # on every machine


class VectorStore(Protocol):
    """Where vectors are kept as bytes; what it does not hold is computed."""

    def get(self, keys: Iterable[bytes], size: int) -> Mapping[bytes, bytes]:
        """Return what is stored under ``keys`` in ``size`` bytes."""

    def put(self, found: Mapping[bytes, bytes]) -> None:
        """Store what was found, by key."""


class Embedder:
    """Turns texts into vectors, and keeps those for texts asked for again, until it is told to forget them.

    The model is loaded for the first text whose vector is in no store. It may be asked from several threads.
    """

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._weights = weights
        self._known: dict[str, Floats] = {}
        self._store: VectorStore | None = None
        self._turn = threading.Lock()

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Return one vector of length 1 a text, texts × ``WIDTH``: their products are cosines."""
        with self._turn:
            new = [text for text in dict.fromkeys(texts) if text not in self._known]
            self._known.update(self._found(new) if self._store is None else self._kept(new, self._store))
            found = [self._known[text] for text in texts]
        return np.array(found, dtype=np.float32).reshape(len(texts), WIDTH)

    def forget(self) -> None:
        """Forget all vectors."""
        with self._turn:
            self._known.clear()

    @contextmanager
    def keeping_in(self, store: VectorStore) -> Iterator[None]:
        """Look vectors up in ``store`` while the block runs, and store there what had to be computed."""
        before, self._store = self._store, store
        try:
            yield
        finally:
            with self._turn:  # what is being looked up on another thread comes first
                self._store = before

    @cached_property
    def sha256(self) -> Mapping[str, str]:
        """The SHA-256 of the weights and of the tokenizer, by what they are."""
        files = {"embedder": self._weights, "tokenizer": self._weights.parent / TOKENIZER}
        return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}

    def _kept(self, texts: Sequence[str], store: VectorStore) -> Mapping[str, Floats]:
        keys = {text: self._key(text) for text in texts}
        stored = store.get(keys.values(), WIDTH * _STORED.itemsize)
        known = {text: np.frombuffer(stored[k], _STORED) for text, k in keys.items() if k in stored}
        found = self._found([text for text in texts if text not in known])
        if found:
            store.put({keys[text]: vector.astype(_STORED).tobytes() for text, vector in found.items()})
        return {**known, **found}

    def _found(self, texts: Sequence[str]) -> Mapping[str, Floats]:
        return dict(zip(texts, self._model.run(texts, WIDTH), strict=True)) if texts else {}

    @cached_property
    def _model(self) -> Model:
        return Model(self._weights, "vectors")

    def _key(self, text: str) -> bytes:
        """Return a hash of all that makes the vector of ``text`` what it is, bit for bit."""
        return hashlib.sha256(self._made_by + text.encode("utf-8", "surrogatepass")).digest()

    @cached_property
    def _made_by(self) -> bytes:
        engines = [f"{name} {version(name)}" for name in ENGINES]
        parts = [*self.sha256.values(), *engines, platform.machine(), f"{MAX_TOKENS} tokens"]
        return "".join(f"{part}\0" for part in parts).encode()


@cache
def shipped() -> Embedder:
    """Return the embedder that comes with the package, loaded once."""
    embedder = Embedder()
    on_forget(embedder.forget)
    return embedder
