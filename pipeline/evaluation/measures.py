"""Measures of a judge, each over all rows at once and over many weightings of them.

``weights`` is (samples, rows): how often a row counts in a sample. A row of ones measures the rows as they
are, a bootstrap sample counts some of them several times and others not at all. Every measure returns one
value a sample, NaN where it is not defined there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Judged:
    """Judged rows: right and decided label by position, (rows,), and each label's chance, (rows, labels)."""

    gold: Ints
    decided: Ints
    chances: Floats

    @property
    def confidence(self) -> Floats:
        """The chance of the label decided on, (rows,)."""
        taken: Floats = np.take_along_axis(self.chances, self.decided[:, None], axis=1)[:, 0]
        return taken

    @property
    def is_right(self) -> Bools:
        """Whether the label decided on is the right one, (rows,)."""
        equal: Bools = self.gold == self.decided
        return equal


@dataclass(frozen=True)
class BinSums:
    """What the rows of each bin add up to, (samples, bins): weight, confidence, and the right ones."""

    mass: Floats
    confidence: Floats
    right: Floats


def confusion(judged: Judged, weights: Floats) -> Floats:
    """Return the weight of the rows by right and decided label, (samples, labels, labels)."""
    labels = judged.chances.shape[1]
    cells = np.eye(labels * labels)[judged.gold * labels + judged.decided]
    counts: Floats = (weights @ cells).reshape(-1, labels, labels)
    return counts


def precision(cells: Floats) -> Floats:
    """Return, per label, the share of right ones among the rows decided so, (samples, labels)."""
    return _ratio(_diagonal(cells), cells.sum(axis=1))


def recall(cells: Floats) -> Floats:
    """Return, per label, the share of its rows that were decided so, (samples, labels)."""
    return _ratio(_diagonal(cells), cells.sum(axis=2))


def f1(cells: Floats) -> Floats:
    """Return, per label, the harmonic mean of precision and recall, (samples, labels); 0 for none right."""
    return _ratio(2 * _diagonal(cells), cells.sum(axis=1) + cells.sum(axis=2))


def balanced_accuracy(cells: Floats, present: Ints) -> Floats:
    """Return the mean recall over the labels in ``present``, those that the set has rows of.

    Brodersen et al. 2010, The balanced accuracy and its posterior distribution; for more than two labels, the
    same mean.
    """
    mean: Floats = recall(cells)[:, present].mean(axis=1)
    return mean


def accuracy(cells: Floats) -> Floats:
    """Return the share of rows decided right."""
    return _ratio(_diagonal(cells).sum(axis=1), cells.sum(axis=(1, 2)))


def auc(scores: Floats, is_label: Bools, weights: Floats) -> Floats:
    """Return the chance that a row of the label scores higher than another row, ties counting half.

    The area under the ROC curve: Hanley and McNeil 1982.
    """
    order = np.argsort(scores, kind="stable")
    ranked, labelled, weight = scores[order], is_label[order], weights[:, order]
    ties = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])  # where each run of equal scores begins
    positive = np.add.reduceat(weight * labelled, ties, axis=1)
    negative = np.add.reduceat(weight * ~labelled, ties, axis=1)
    below = np.cumsum(negative, axis=1) - negative
    won = (positive * (below + negative / 2)).sum(axis=1)
    return _ratio(won, positive.sum(axis=1) * negative.sum(axis=1))


def brier(judged: Judged, weights: Floats) -> Floats:
    """Return the mean over rows of the squared errors of all chances together, 0 to 2 (Brier 1950)."""
    truth = np.eye(judged.chances.shape[1])[judged.gold]
    errors = ((judged.chances - truth) ** 2).sum(axis=1)
    return _ratio(weights @ errors, weights.sum(axis=1))


def bin_sums(judged: Judged, weights: Floats, bins: int) -> BinSums:
    """Sum up the rows in bins of equal weight by confidence, lowest first; equal confidences share one.

    A row's bin is the share of the weight below its confidence, so that the order of rows is of no account.
    """
    order = np.argsort(judged.confidence, kind="stable")
    confidence, weight = judged.confidence[order], weights[:, order]
    first_equal = np.searchsorted(confidence, confidence, side="left")
    below = (np.cumsum(weight, axis=1) - weight)[:, first_equal]
    number = (below * bins // weight.sum(axis=1, keepdims=True)).astype(np.intp).clip(max=bins - 1)
    flat = (number + bins * np.arange(len(weight))[:, None]).ravel()

    def summed(values: Floats) -> Floats:
        sums = np.bincount(flat, weights=values.ravel(), minlength=bins * len(weight))
        return sums.astype(np.float64).reshape(len(weight), bins)

    is_right = judged.is_right[order]
    return BinSums(summed(weight), summed(weight * confidence), summed(weight * is_right))


def calibration_error(sums: BinSums) -> Floats:
    """Return the expected calibration error: how far confidence and share of right ones are apart in a bin.

    The mean over bins of equal weight, Naeini et al. 2015, Obtaining well calibrated probabilities using
    Bayesian binning; of the label decided on, as Guo et al. 2017. Chance alone makes it more than 0, the more
    so the fewer rows there are.
    """
    return _ratio(np.abs(sums.right - sums.confidence).sum(axis=1), sums.mass.sum(axis=1))


def _diagonal(cells: Floats) -> Floats:
    return np.diagonal(cells, axis1=1, axis2=2)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)
