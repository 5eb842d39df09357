"""A batch keeps nothing of a story that it has done with but what its index needs."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.verifier.embedder import Embedder, shipped
from tests.commands import run_command
from tests.fake_endpoint import check_answer, fake_endpoint

SENTENCE = "Eleven boats waited at the mole of Tarnholm."


def test_a_text_is_embedded_once_until_it_is_forgotten(embedded: list[str]) -> None:
    embedder = Embedder()
    first = embedder.vectors([SENTENCE, SENTENCE])
    assert np.array_equal(embedder.vectors([SENTENCE]), first[:1])
    assert embedded == [SENTENCE]
    embedder.forget()
    assert np.array_equal(embedder.vectors([SENTENCE]), first[:1])
    assert embedded == [SENTENCE, SENTENCE]


def test_no_vector_outlives_its_story(
    embedded: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for story in ("harbour", "mole"):
        (tmp_path / "stories" / story).mkdir(parents=True)
        for outlet, day in (("gull", "Monday"), ("crier", "Tuesday")):
            text = f"{SENTENCE} Ships were kept out on {day}."
            (tmp_path / "stories" / story / f"{outlet}.txt").write_text(text)
    with fake_endpoint(check_answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        one_by_one = ("--model", "m", "--concurrency", "4", "-q")
        done = run_command("check", tmp_path / "stories", "-o", tmp_path / "out", *one_by_one)
    assert done.code == 0, done.err
    assert embedded.count(SENTENCE) == 1  # the second story finds it in the file
    shipped().vectors([SENTENCE])
    assert embedded.count(SENTENCE) == 2
