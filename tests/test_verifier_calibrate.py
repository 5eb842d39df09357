"""Maps fitted on labelled rows, and scores of rows that their map has not seen."""

import numpy as np
import pytest

from pipeline.verifier.calibrate import LEAST_OF_A_LABEL, LEAST_ROWS, cross_validated, fit_map, usable_rows
from pipeline.verifier.fit import Array
from pipeline.verifier.stance import STANCES
from schemas.evaluation import GoldLabel, LabelledRow

FEATURES = ("warm", "cold")
HINTS = {"supported": (2.0, 0.0), "contradicted": (0.0, 2.0), "unsupported": (0.0, 0.0)}


def row(number: int, label: str, claim: str = "") -> LabelledRow:
    return LabelledRow(
        id=str(number), claim=claim or f"claim {number}", evidence=f"e {number}", label=GoldLabel(label)
    )


def rows_of(*labels: str) -> list[LabelledRow]:
    return [row(n, label) for n, label in enumerate(labels)]


def measured_on(rows: list[LabelledRow], seed: int = 0) -> Array:
    """Return features that hint at each row's label, with noise."""
    noise = np.random.default_rng(seed).normal(scale=0.7, size=(len(rows), 2))
    hinted: Array = noise + np.array([HINTS.get(r.label.value, (1.0, 1.0)) for r in rows])
    return hinted


EVEN = rows_of(*(STANCES * 30))
VALUES = measured_on(EVEN)


def test_a_map_learns_what_the_features_hint_at() -> None:
    fitted = fit_map(FEATURES, EVEN, ["set"] * len(EVEN), VALUES, "some-model")
    assert (fitted.model, fitted.features, fitted.fitted_on) == ("some-model", FEATURES, {"set": len(EVEN)})
    likely = fitted.apply(np.array(list(HINTS.values())))
    assert likely.argmax(axis=1).tolist() == [STANCES.index(label) for label in HINTS]


def test_rows_of_a_wider_label_are_left_out_and_each_set_counts_its_own() -> None:
    rows = [*EVEN, *(row(100 + n, "not_supported") for n in range(20))]
    sets = ["one"] * 30 + ["two"] * 60 + ["wide"] * 20
    values = np.vstack([VALUES, np.full((20, 2), 50.0)])
    fitted = fit_map(FEATURES, rows, sets, values, "")
    assert fitted.fitted_on == {"one": 30, "two": 60}
    assert fitted == fit_map(FEATURES, EVEN, sets[:90], VALUES, "")


def test_a_label_that_is_rare_in_its_set_weighs_as_much_as_the_others() -> None:
    rows = rows_of(*["supported"] * 200, *["contradicted"] * 20, *["unsupported"] * 20)
    blind = fit_map(("same",), rows, ["set"] * len(rows), np.zeros((len(rows), 1)), "")
    assert blind.apply(np.zeros((1, 1)))[0] == pytest.approx([1 / 3] * 3, abs=1e-3)


@pytest.mark.parametrize(
    "labels",
    [
        STANCES * (LEAST_ROWS // 3 - 1),
        ("supported", "contradicted") * LEAST_ROWS,
        ("supported", "not_supported") * LEAST_ROWS,
        ("supported", "contradicted") * LEAST_ROWS + ("unsupported",) * (LEAST_OF_A_LABEL - 1),
        (),
    ],
)
def test_too_few_rows_or_too_few_of_a_label_are_refused(labels: tuple[str, ...]) -> None:
    rows = rows_of(*labels)
    with pytest.raises(ValueError, match=f"at least {LEAST_ROWS}"):
        usable_rows(rows)
    with pytest.raises(ValueError, match=f"at least {LEAST_ROWS}"):
        fit_map(FEATURES, rows, ["set"] * len(rows), np.zeros((len(rows), 2)), "")


def test_just_enough_rows_are_taken() -> None:
    rows = rows_of(*(STANCES * (LEAST_ROWS // 3)))
    assert usable_rows(rows) == list(range(LEAST_ROWS))


def test_every_row_gets_scores_and_most_are_right() -> None:
    found = cross_validated(FEATURES, EVEN, ["set"] * len(EVEN), VALUES)
    assert len(found) == len(EVEN)
    right = [max(STANCES, key=lambda s: getattr(score, s)) for score in found]
    assert np.mean([a == r.label.value for a, r in zip(right, EVEN, strict=True)]) > 0.7


def test_no_map_has_seen_a_row_of_the_claim_it_judges_in_any_set() -> None:
    rows = [row(n, r.label.value, claim=f"Claim {n % 30}") for n, r in enumerate(EVEN)]
    sets = ["one"] * 45 + ["two"] * 45
    before = cross_validated(FEATURES, rows, sets, VALUES)
    # What is told of one claim in another spelling of its case changes nothing for its own rows.
    values = VALUES.copy()
    mine = [i for i, r in enumerate(rows) if r.claim == "Claim 7"]
    label = GoldLabel.not_supported  # out of every fit
    told = [
        r.model_copy(update={"label": label, "claim": "CLAIM 7"}) if i in mine else r
        for i, r in enumerate(rows)
    ]
    after = cross_validated(FEATURES, told, sets, values)
    assert [after[i] for i in mine] == [before[i] for i in mine]
    assert after != before  # others' maps had seen them
