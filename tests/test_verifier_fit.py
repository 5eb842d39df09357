"""The logistic fit finds the smallest penalised loss, whatever the scale and order of what it is given."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.verifier.fit import RIDGE, Array, balanced_weights, fit_logistic, folds


def chances(theta: Array, rows: Array) -> Array:
    scores = rows @ theta[:, :-1].T + theta[:, -1]
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely: Array = powers / powers.sum(axis=1, keepdims=True)
    return likely


def drawn(seed: int, count: int, theta: Array) -> tuple[Array, list[int]]:
    """Return rows and labels that ``theta`` gave them."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, theta.shape[1] - 1))
    labels = [int(rng.choice(len(theta), p=p)) for p in chances(theta, rows)]
    return rows, labels


TRUE = np.array([[2.0, -1.0, 0.5], [-1.0, 1.5, 0.0], [0.0, 0.0, -0.5]])
ROWS, LABELS = drawn(1, 400, TRUE)


def loss(theta: Array, rows: Array, labels: list[int], row_weights: Array) -> float:
    """Return what the fit minimises, reckoned anew: log loss and a ridge on standardised features."""
    likely = chances(theta, rows)[range(len(labels)), labels]
    ridge = RIDGE / 2 * float(((theta[:, :-1] * rows.std(axis=0)) ** 2).sum())
    return ridge - float(row_weights @ np.log(likely))


def test_the_weights_that_made_the_labels_are_found_again() -> None:
    rows, labels = drawn(7, 6000, TRUE)
    found = fit_logistic(rows, labels, 3)
    # Only differences between classes are known.
    assert found - found[2] == pytest.approx(TRUE - TRUE[2], abs=0.2)


def test_no_step_away_from_the_fit_makes_the_loss_smaller() -> None:
    rng = np.random.default_rng(3)
    row_weights = rng.uniform(0.2, 3.0, size=len(LABELS))
    found = fit_logistic(ROWS, LABELS, 3, row_weights)
    scaled = row_weights / row_weights.mean()
    least = loss(found, ROWS, LABELS, scaled)
    for size in (1e-3, 1e-2, 0.1, 1.0):
        for _ in range(20):
            step = rng.normal(size=found.shape) * size
            assert loss(found + step, ROWS, LABELS, scaled) > least - 1e-4 * size


def test_classes_that_can_be_told_apart_are_and_the_weights_stay_finite() -> None:
    rows = np.array([[x, y] for x in (-3.0, -2.0, 2.0, 3.0) for y in (-1.0, 1.0)])
    labels = [int(x > 0) for x, _ in rows]
    found = fit_logistic(rows, labels, 2)
    assert np.isfinite(found).all()
    assert chances(found, rows).argmax(axis=1).tolist() == labels


@settings(deadline=None, max_examples=15)
@given(
    st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=2),
    st.lists(st.floats(-50, 50), min_size=2, max_size=2),
)
def test_scale_and_origin_of_a_feature_change_no_chance(scale: list[float], origin: list[float]) -> None:
    moved = ROWS * np.array(scale) + np.array(origin)
    before = chances(fit_logistic(ROWS, LABELS, 3), ROWS)
    assert chances(fit_logistic(moved, LABELS, 3), moved) == pytest.approx(before, abs=1e-5)


def test_the_order_of_rows_changes_nothing() -> None:
    order = np.random.default_rng(5).permutation(len(LABELS))
    found = fit_logistic(ROWS[order], [LABELS[i] for i in order], 3)
    assert found == pytest.approx(fit_logistic(ROWS, LABELS, 3), abs=1e-8)


def test_equal_weights_are_no_weights() -> None:
    found = fit_logistic(ROWS, LABELS, 3, np.full(len(LABELS), 0.25))
    assert found == pytest.approx(fit_logistic(ROWS, LABELS, 3))


@pytest.mark.parametrize("value", [0.0, 0.1, -2.197, 1e6])
def test_a_feature_that_never_changes_says_nothing_and_the_weighted_shares_are_the_chances(
    value: float,
) -> None:
    rows, labels = np.full((90, 1), value), [0] * 60 + [1] * 30
    weights = np.array([1.0] * 60 + [6.0] * 30)
    even, weighted = fit_logistic(rows, labels, 2), fit_logistic(rows, labels, 2, weights)
    assert chances(even, rows[:1])[0] == pytest.approx([2 / 3, 1 / 3], abs=1e-3)
    assert chances(weighted, rows[:1])[0] == pytest.approx([0.25, 0.75], abs=1e-3)
    assert chances(even, rows[:1] + 0.5)[0] == pytest.approx([2 / 3, 1 / 3], abs=1e-3)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.floats(-30, 30), st.sampled_from([0.0, 1.0])), min_size=3, max_size=40
    )
)
def test_whatever_the_rows_the_fit_is_finite_and_better_than_none(
    given_rows: list[tuple[int, float, float]],
) -> None:
    labels = [label for label, _, _ in given_rows]
    rows = np.array([[x, y] for _, x, y in given_rows])
    found = fit_logistic(rows, labels, 3)
    assert np.isfinite(found).all()
    even = np.ones(len(labels))
    assert loss(found, rows, labels, even) <= loss(np.zeros((3, 3)), rows, labels, even) + 1e-6


GROUPS = st.lists(st.sampled_from("abcdefghijklm"), min_size=1, max_size=60)


@given(GROUPS)
def test_every_group_weighs_the_same(groups: list[str]) -> None:
    weights = balanced_weights(groups)
    sums = {g: sum(w for w, h in zip(weights, groups, strict=True) if h == g) for g in groups}
    assert all(total == pytest.approx(1.0) for total in sums.values())


@given(GROUPS, st.integers(2, 6), st.data())
def test_a_group_is_in_one_fold_and_folds_are_of_one_size(
    groups: list[str], count: int, data: st.DataObject
) -> None:
    numbers = dict(zip(groups, folds(groups, count), strict=True))
    assert folds(groups, count) == [numbers[g] for g in groups]
    assert set(numbers.values()) <= set(range(count))
    sizes = [list(numbers.values()).count(fold) for fold in range(count)]
    assert max(sizes) - min(sizes) <= 1
    shuffled = data.draw(st.permutations(groups))
    assert dict(zip(shuffled, folds(shuffled, count), strict=True)) == numbers


def test_another_seed_is_another_deal() -> None:
    groups = [str(n) for n in range(40)]
    assert folds(groups, 5, seed=1) != folds(groups, 5, seed=2)
