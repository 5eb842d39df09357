"""Fits the map from features to stances: multinomial logistic regression with a ridge, by Newton's method."""

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
RIDGE = 20.0  # per weight of a standardised feature, against a total row weight of ``len(rows)``
STEPS = 50
CLOSE = 1e-8


def fit_logistic(rows: Array, labels: Sequence[int], classes: int, row_weights: Array | None = None) -> Array:
    """Return weights and bias, classes × (features + 1), the bias last; scores are ``weights · row + bias``.

    Features are standardised for the fit, so that the ridge means the same for each, and the result is given
    for the features as they are. The bias bears no ridge. ``row_weights`` are scaled to a mean of 1.
    """
    count, width = rows.shape
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    spread[spread <= 1e-12 * np.abs(rows).max(axis=0)] = 1.0  # the mean of equal numbers may be off a little
    x = np.hstack([(rows - mean) / spread, np.ones((count, 1))])
    weight = np.ones(count) if row_weights is None else row_weights / row_weights.mean()
    target = np.eye(classes)[np.asarray(labels)]
    ridge = np.append(np.full(width, RIDGE), 1e-6)  # a trace on the bias: classes are known up to a constant
    theta = np.zeros((classes, width + 1))
    for _ in range(STEPS):
        likely = softmax(x @ theta.T)
        slope = ((likely - target) * weight[:, None]).T @ x + theta * ridge
        curve = np.zeros((classes, width + 1, classes, width + 1))
        for i in range(classes):
            for j in range(classes):
                share = likely[:, i] * ((i == j) - likely[:, j]) * weight
                curve[i, :, j, :] = (x * share[:, None]).T @ x
            curve[i, :, i, :] += np.diag(ridge)
        size = classes * (width + 1)
        step = np.linalg.solve(curve.reshape(size, size), slope.reshape(size)).reshape(theta.shape)
        theta -= step
        if float(np.abs(step).max()) < CLOSE:
            break
    scaled = theta[:, :width] / spread
    return np.hstack([scaled, (theta[:, width] - scaled @ mean)[:, None]])


def balanced_weights(groups: Sequence[Hashable]) -> Array:
    """Return a weight for each row, so that every group (a set and label, say) weighs the same in all."""
    counts = Counter(groups)
    return np.array([1.0 / counts[group] for group in groups])


def folds(groups: Sequence[Hashable], count: int, seed: int = 0) -> list[int]:
    """Return a fold number for each row; rows of one group (one claim, say) are in one fold."""
    names = sorted(set(groups), key=repr)
    order = np.random.default_rng(seed).permutation(len(names))
    number = {name: int(order[i]) % count for i, name in enumerate(names)}
    return [number[group] for group in groups]


def softmax(scores: Array) -> Array:
    """Return probabilities, rows × classes, from scores of any size."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely: Array = powers / powers.sum(axis=1, keepdims=True)
    return likely
