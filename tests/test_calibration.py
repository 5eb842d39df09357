"""A model's odds become probabilities."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import calibration
from pipeline.calibration import AS_IT_IS, Calibration, calibration_of

ODDS = st.tuples(*[st.floats(1e-4, 1.0)] * 3).map(
    lambda three: {letter: odds / sum(three) for letter, odds in zip("SCN", three, strict=True)}
)


@given(ODDS)
def test_without_a_map_the_odds_are_taken_as_they_are(odds: dict[str, float]) -> None:
    assert AS_IT_IS.apply(odds) == pytest.approx((odds["S"], odds["C"]))


@given(ODDS, st.lists(st.lists(st.floats(-50, 50), min_size=4, max_size=4), min_size=3, max_size=3))
def test_any_map_gives_probabilities(odds: dict[str, float], weights: list[list[float]]) -> None:
    supports, contradicts = Calibration(tuple(map(tuple, weights)), is_fitted=True).apply(odds)
    assert 0.0 <= supports <= 1.0
    assert 0.0 <= contradicts <= 1.0
    assert supports + contradicts <= 1.0 + 1e-9


def test_a_fitted_map_counts_for_its_model_and_prompt_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = [[0.0] * 4, [0.0, 0.0, 0.0, 5.0], [0.0] * 4]
    file = tmp_path / "calibration.json"
    file.write_text(json.dumps({"small": {"prompt_sha256": "ab", "weights": weights}}), encoding="utf-8")
    monkeypatch.setattr(calibration, "FILE", file)
    fitted = calibration_of("small", "ab")
    assert fitted.is_fitted
    assert fitted.apply({"S": 0.9, "C": 0.05, "N": 0.05})[1] > 0.9
    assert calibration_of("small", "another prompt") == AS_IT_IS
    assert calibration_of("other", "ab") == AS_IT_IS


def test_the_file_that_ships_holds_maps_that_work() -> None:
    for model, entry in json.loads(calibration.FILE.read_text(encoding="utf-8")).items():
        fitted = calibration_of(model, entry["prompt_sha256"])
        assert fitted.is_fitted
        supports, contradicts = fitted.apply({"S": 0.98, "C": 0.01, "N": 0.01})
        assert supports > contradicts
