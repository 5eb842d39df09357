"""The fitted map: probabilities out of measured features, and one clear line where a file is no map."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.errors import InputError
from pipeline.verifier.fit import Array
from pipeline.verifier.judge import MAPS
from pipeline.verifier.stance import FEATURES, STANCES, StanceMap, as_scores, log_odds, read_map
from tests.judging import odds_map

WIDTH = len(FEATURES)
NUMBERS = st.floats(-20, 20)


def made(weights: Array, bias: Array) -> StanceMap:
    return StanceMap(
        features=FEATURES, weights=tuple(map(tuple, weights.tolist())), bias=tuple(bias.tolist())
    )


@given(
    arrays(float, (3, WIDTH), elements=NUMBERS),
    arrays(float, 3, elements=NUMBERS),
    arrays(float, (4, WIDTH), elements=NUMBERS),
)
def test_whatever_is_measured_the_stances_are_likely_to_1_in_all(
    weights: Array, bias: Array, rows: Array
) -> None:
    likely = made(weights, bias).apply(rows)
    assert likely.shape == (4, len(STANCES))
    assert (likely >= 0.0).all()
    assert likely.sum(axis=1) == pytest.approx(1.0)
    best = (rows @ weights.T + bias).max(axis=1)
    chosen = np.take_along_axis(rows @ weights.T + bias, likely.argmax(axis=1)[:, None], axis=1)[:, 0]
    assert chosen == pytest.approx(best)
    for row in likely:
        assert as_scores(row).supported == row[0]


def test_a_feature_speaks_for_the_stance_whose_weight_it_has() -> None:
    weights = np.zeros((3, WIDTH))
    weights[1, 4] = 2.0
    row = np.zeros((1, WIDTH))
    fitted = made(weights, np.zeros(3))
    assert fitted.apply(row)[0] == pytest.approx([1 / 3] * 3)
    row[0, 4] = 1.0
    assert fitted.apply(row)[0] == pytest.approx(np.exp([0, 2, 0]) / np.exp([0, 2, 0]).sum())


@given(st.floats(0, 1))
def test_log_odds_are_finite_and_undone_by_the_logistic_function(probability: float) -> None:
    odds = log_odds(probability)
    assert math.isfinite(odds)
    assert 1 / (1 + math.exp(-odds)) == pytest.approx(probability, abs=1.1e-4)
    assert log_odds(1.0 - probability) == pytest.approx(-odds, abs=1e-6)


def test_a_map_is_read_as_it_was_written(tmp_path: Path) -> None:
    fitted = odds_map("some-model")
    (tmp_path / "map.json").write_text(fitted.model_dump_json())
    assert read_map(tmp_path / "map.json", FEATURES) == fitted


def map_text(**changed: Any) -> str:  # noqa: ANN401 - any JSON
    whole = {
        "features": list(FEATURES),
        "weights": [[0.0] * WIDTH] * 3,
        "bias": [0.0, 0.0, 0.0],
    }
    return json.dumps({**whole, **changed})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no calibration"),
        ("{", "no calibration"),
        ("[]", "no calibration"),
        ('{"claim": "A bell rang."}', "no calibration"),
        (map_text(weights=[[0.0] * WIDTH] * 2), "3 rows"),
        (map_text(weights=[[0.0] * (WIDTH - 1)] * 3), f"{WIDTH} weights"),
        (map_text(bias=[0.0]), "bias"),
        (map_text(weights=[[math.nan] * WIDTH] * 3), "weights"),
        (map_text(extra=1), "extra"),
        (map_text(features=list(FEATURES[::-1])), "other features"),
        (map_text(features=[f"{name}!" for name in FEATURES]), "other features"),
    ],
)
def test_what_is_no_map_of_these_features_is_told_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "map.json"
    path.write_text(text)
    with pytest.raises(InputError) as told:
        read_map(path, FEATURES)
    assert str(path) in str(told.value)
    assert words in str(told.value)
    assert len(str(told.value).splitlines()) == 1


def test_a_file_that_cannot_be_read_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "nowhere.json", tmp_path, tmp_path / "binary.json"):
        with pytest.raises(InputError) as told:
            read_map(path, FEATURES)
        assert str(path) in str(told.value)
        assert len(str(told.value).splitlines()) == 1


def test_every_map_that_ships_can_be_read_and_names_its_model() -> None:
    maps = [read_map(path, FEATURES) for path in sorted(MAPS.glob("odds-*.json"))]
    assert all(fitted.model for fitted in maps)
    assert len({fitted.model for fitted in maps}) == len(maps)
