"""The weights of suspicions are fitted on finished runs over stories with gold labels."""

import json
import sys
from pathlib import Path

import pytest

from benchmarks import fit_suspicions
from pipeline.suspect import FEATURES, SuspicionMap
from tests.commands import run_command
from tests.fake_endpoint import check_answer, fake_endpoint

STORIES = {
    "harbour": (
        "The storm broke 12 boats in Tarnholm harbour. Ada Lind runs the old pier.",
        "A storm in Tarnholm harbour broke 31 boats. Ada Lind runs the old pier and the mole.",
    ),
    "bridge": (
        "The toll bridge at Wexley cost 40 million crowns. It opened in June.",
        "The toll bridge at Wexley cost 65 million crowns. People were glad of it.",
    ),
    "market": (
        "The market of Sorn was shut by 14 traders in the spring. Bread was dear.",
        "In the spring the market of Sorn was shut by 29 traders. Rain fell.",
    ),
}


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Finished runs over three small stories with gold labels: OUT STORY OUT STORY …"""
    paths = []
    with fake_endpoint(check_answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        for name, texts in STORIES.items():
            folder, out = tmp_path / name, tmp_path / f"{name}-out"
            folder.mkdir()
            for outlet, text in zip(("crier", "gull"), texts, strict=True):
                (folder / f"{outlet}.txt").write_text(text)
            sides = [
                {"article": f"{outlet}.txt", "quote": text.partition(". ")[0] + "."}
                for outlet, text in zip(("crier", "gull"), texts, strict=True)
            ]
            conflict = {
                "id": f"{name}-number",
                "kind": "quantity",
                "difficulty": "plain",
                "what": "how many",
                "why": "two numbers",
                "sides": sides,
            }
            rest: dict[str, list[str]] = {k: [] for k in ("hard_negatives", "agreements", "single_outlet")}
            (folder / "gold.json").write_text(json.dumps({"story": name, "conflicts": [conflict], **rest}))
            assert run_command("check", folder, "-o", out, "--model", "m", "-q").code == 0
            paths += [str(out), str(folder)]
    return paths


def fit(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["fit_suspicions", *arguments])
    fit_suspicions.main()


def test_a_map_is_fitted_and_finds_the_conflicts_of_a_story_it_has_not_seen(
    runs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fit(monkeypatch, *runs, "-o", str(tmp_path / "map.json"), "--show")
    printed = capsys.readouterr().out
    lines = [line for line in printed.splitlines() if line.startswith("from ")]
    assert lines[0].startswith("from 0.2: found 3 of 3, right 3 of 3 flags")
    found = [int(line.split("found ")[1].split()[0]) for line in lines]
    assert found == sorted(found, reverse=True)
    assert "RIGHT harbour-number" in printed
    fitted = SuspicionMap.model_validate_json((tmp_path / "map.json").read_text())
    assert fitted.features == FEATURES
    assert set(fitted.fitted_on) == set(STORIES)
    assert dict(zip(FEATURES, fitted.weights, strict=True))["values"] > 0.0


def test_the_labels_are_those_of_the_gold_and_only_of_both_sides(runs: list[str]) -> None:
    measured = fit_suspicions.labelled(Path(runs[0]), Path(runs[1]))
    assert (measured.story, measured.planted) == ("harbour", 1)
    assert measured.rows.shape == (len(measured.pairs), len(FEATURES))
    right = [
        {pair.one.text, pair.other.text}
        for pair, is_right in zip(measured.pairs, measured.right, strict=True)
        if is_right
    ]
    assert right == [{text.partition(". ")[0] + "." for text in STORIES["harbour"]}]
    assert len(measured.pairs) > 1
    assert [bool(ids) for ids in measured.conflicts] == [bool(r) for r in measured.right]


@pytest.mark.parametrize("arguments", [["out"], ["out", "story"], ["out", "story", "out"]])
def test_fewer_than_two_pairs_of_run_and_story_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        fit(monkeypatch, *arguments)
    assert ended.value.code == 2
    assert "two or more pairs" in capsys.readouterr().err
