"""The embedder that ships: texts on one subject are close, and a text's vector is its own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.verifier.embedder import WIDTH, Embedder, shipped
from pipeline.verifier.onnx import Floats

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
