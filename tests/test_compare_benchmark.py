"""What benchmarks.compare prints: found, wrong, and what nobody labelled, told apart by the gold."""

import json
from pathlib import Path

import pytest

from benchmarks.compare import main

ONE = "The storm broke 12 boats in Kelmar harbour. The mill in Kelmar lost 40 tiles that night."
OTHER = "The storm broke 31 boats in Kelmar harbour. The mill in Kelmar lost 90 tiles that night."


@pytest.fixture
def story(tmp_path: Path) -> Path:
    for name, text in (("one.txt", ONE), ("two.txt", OTHER)):
        (tmp_path / name).write_text(text + "\n", encoding="utf-8")
    return tmp_path


def gold(story: Path, conflicts: list[int], hard: list[int]) -> None:
    """Write a gold.json in which the sentences of these numbers are a conflict, or a hard negative."""
    pairs = [(f"{a}.", f"{b}.") for a, b in zip(ONE[:-1].split(". "), OTHER[:-1].split(". "), strict=True)]

    def entry(i: int, **more: str) -> dict[str, object]:
        sides = [{"article": n, "quote": q} for n, q in zip(("one.txt", "two.txt"), pairs[i], strict=True)]
        return {"id": f"e{i}", "what": "How many.", "why": "Two numbers.", "sides": sides, **more}

    written = {
        "story": story.name,
        "conflicts": [entry(i, kind="quantity", difficulty="plain") for i in conflicts],
        "hard_negatives": [entry(i, type="scope") for i in hard],
        "agreements": [],
        "single_outlet": [],
    }
    (story / "gold.json").write_text(json.dumps(written), encoding="utf-8")


def test_right_and_wrong_are_told_apart_by_the_gold(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold(story, [0], [1])
    assert main([story]) == 0
    printed = capsys.readouterr().out
    assert "found 1 of 1: quantity 1/1" in printed
    assert "on hard negatives 1, on nothing labelled 0" in printed
    assert "right, contradiction: 12 boats against 31 boats [e0]" in printed
    assert "on hard negative e1 (scope): contradiction, quantity: 40 tiles against 90 tiles" in printed


def test_what_nobody_labelled_is_listed_with_its_sentences(
    story: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold(story, [0], [])
    assert main([story]) == 0
    assert "on nothing labelled 1" in capsys.readouterr().out
    (story / "gold.json").unlink()
    assert main([story]) == 0
    printed = capsys.readouterr().out
    assert printed.count("on nothing labelled: contradiction") == 2
    assert "The mill in Kelmar lost 90 tiles that night." in printed
