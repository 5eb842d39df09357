"""The embedder that ships: texts on one subject are close, and a text's vector is its own."""

import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.store.vectors import VECTORS, open_vectors
from pipeline.verifier import embedder as embedding
from pipeline.verifier.embedder import WEIGHTS, WIDTH, Embedder, shipped
from pipeline.verifier.onnx import FOLDER, Floats, Model
from tests.commands import READY_S

TEXTS = [
    "The ferry sank off Kelmar.",
    "A ship went down near the coast.",
    "Bread rose by four per cent.",
    "",
    "The talks in Dorrin ended without a word. " * 300,
]


@pytest.fixture(scope="module")
def alone() -> Floats:
    """The vector of each text, asked for by itself."""
    embedder = Embedder()
    return np.vstack([embedder.vectors([text]) for text in TEXTS])


def test_vectors_are_of_length_1(alone: Floats) -> None:
    assert alone.shape == (len(TEXTS), WIDTH)
    assert np.allclose(np.linalg.norm(alone, axis=1), 1.0, atol=1e-4)


@settings(deadline=None, max_examples=5)
@given(order=st.lists(st.sampled_from(range(len(TEXTS))), min_size=2, max_size=6))
def test_a_vector_hangs_on_no_companion_and_no_order(alone: Floats, order: list[int]) -> None:
    assert np.array_equal(Embedder().vectors([TEXTS[i] for i in order]), alone[order])


def test_texts_on_one_subject_are_closer_than_others(alone: Floats) -> None:
    ferry, ship, bread = alone[:3]
    assert ferry @ ship > max(ferry @ bread, ship @ bread)


def test_what_is_beyond_the_limit_is_cut(alone: Floats) -> None:
    longer = shipped().vectors([TEXTS[-1] + "A band played."])[0]
    assert np.array_equal(longer, alone[-1])


@pytest.mark.parametrize("text", ["\ud83d boats", "\0", "\u202e", "👩‍🚒" * 300, "x" * 20_000])
def test_odd_texts_have_a_vector_too(text: str) -> None:
    assert np.isfinite(shipped().vectors([text])).all()


def test_no_texts_have_no_vectors() -> None:
    assert shipped().vectors([]).shape == (0, WIDTH)


def test_the_shipped_model_is_loaded_once() -> None:
    assert shipped() is shipped()


# -- kept between runs --


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, loading the model fails."""

    def fail(_self: Model, _weights: Path, _output: str) -> None:
        raise AssertionError("the model was loaded")

    return lambda: monkeypatch.setattr(Model, "__init__", fail)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of vectors that holds those of all texts."""
    embedder = Embedder()
    with open_vectors(tmp_path / VECTORS) as vectors, embedder.keeping_in(vectors):
        embedder.vectors(TEXTS)
    return tmp_path / VECTORS


def test_vectors_that_were_kept_are_the_same_to_the_bit_and_need_no_model(
    alone: Floats, path: Path, no_model: Callable[[], None]
) -> None:
    no_model()
    embedder = Embedder()
    with open_vectors(path) as vectors, embedder.keeping_in(vectors):
        again = embedder.vectors([*reversed(TEXTS), TEXTS[0]])
    assert again.dtype == alone.dtype
    assert np.array_equal(again, np.vstack([alone[::-1], alone[:1]]))
    assert np.array_equal(embedder.vectors(TEXTS), alone)  # remembered
    embedder.forget()
    with pytest.raises(AssertionError, match="was loaded"):  # the file was for the block alone
        embedder.vectors(TEXTS)


def test_only_what_is_missing_is_computed_and_kept_in_its_turn(
    alone: Floats, path: Path, embedded: list[str]
) -> None:
    new = "Nobody was on the mole.\ud83d"
    for _ in range(2):
        embedder = Embedder()
        with open_vectors(path) as vectors, embedder.keeping_in(vectors):
            assert np.array_equal(embedder.vectors([TEXTS[0], new, *TEXTS[1:]])[[0, 2, 3, 4, 5]], alone)
    assert embedded == [new]


@pytest.mark.parametrize("changed", ["embedder.int8.onnx", "tokenizer.json", "version", "machine"])
def test_vectors_of_another_embedder_are_not_taken(
    path: Path, tmp_path: Path, no_model: Callable[[], None], monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    no_model()
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("embedder.int8.onnx", "tokenizer.json"):
        content = (FOLDER / name).read_bytes()
        (folder / name).write_bytes(content + b"\n" if name == changed else content)
    if changed == "version":
        monkeypatch.setattr(embedding, "version", lambda name: f"{name} 0")
    if changed == "machine":
        monkeypatch.setattr(platform, "machine", lambda: "another")
    embedder = Embedder(folder / WEIGHTS.name)
    with (
        open_vectors(path) as vectors,
        embedder.keeping_in(vectors),
        pytest.raises(AssertionError, match="was loaded"),
    ):
        embedder.vectors(TEXTS[:1])


def test_the_engines_are_loaded_with_the_first_vector_that_is_missing(path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from pipeline.store.vectors import open_vectors; from pipeline.verifier.embedder import shipped\n"
        "engines = lambda: sorted({'onnxruntime', 'tokenizers'} & set(sys.modules))\n"
        "with open_vectors(Path(sys.argv[1])) as vectors, shipped().keeping_in(vectors):\n"
        "    shipped().vectors([sys.argv[2]]); print(engines())\n"
        "    shipped().vectors(['Another text.']); print(engines())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path), TEXTS[0]],
        capture_output=True,
        text=True,
        check=False,
        timeout=READY_S,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["[]", "['onnxruntime', 'tokenizers']"]
