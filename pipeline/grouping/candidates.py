"""Which few articles of a pile could tell of the event that another tells of, without looking at all pairs.

Two articles are looked at when they share marks that few have, within the days that a story may take.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.grouping.pile import Ints, Pile

KEYS: Final = 24  # marks of an article that are looked up: those that tell most
REACH: Final = 64  # articles on either side of its day that are looked at for one mark
MOST: Final = 24  # candidates of an article
LEAST_WEIGHT: Final = 5.0  # of the marks shared
TOO_COMMON: Final = 0.05  # the share of a pile, from which a mark is not looked up
ALWAYS: Final = 50  # articles; a mark that fewer have is never too common


class Index:
    """The articles that have a mark, in the order of their days, undated ones first."""

    def __init__(self, pile: Pile) -> None:
        self._pile = pile
        owners = np.repeat(np.arange(len(pile)), np.diff(pile.starts))
        order = np.lexsort((owners, pile.published[owners], pile.keys))
        self._owners = owners[order]
        self._days = pile.published[self._owners]
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(pile.keys, minlength=len(pile.weights)))])
        self._sizes = np.diff(self._starts)
        self._most = max(ALWAYS, TOO_COMMON * len(pile))

    def near(self, article: int, days: int, is_open: NDArray[np.bool_]) -> Ints:
        """Return the candidates of an article among those that are ``is_open``, the likeliest first."""
        pile = self._pile
        keys = pile.keys[pile.marks(article)]
        keys = keys[(self._sizes[keys] > 1) & (self._sizes[keys] <= self._most)]
        keys = keys[np.argsort(-pile.weights[keys], kind="stable")[:KEYS]]
        if not len(keys):
            return np.empty(0, dtype=np.int64)
        found = [self._having(int(key), int(pile.published[article]), days) for key in keys]
        every = np.concatenate(found)
        weights = np.repeat(pile.weights[keys], [len(one) for one in found])
        others, place = np.unique(every, return_inverse=True)
        shared = np.bincount(place, weights, minlength=len(others))
        chosen = (others != article) & is_open[others] & (shared >= LEAST_WEIGHT)
        others, shared = others[chosen], shared[chosen]
        return np.asarray(others[np.argsort(-shared, kind="stable")[:MOST]], dtype=np.int64)

    def _having(self, key: int, day: int, days: int) -> Ints:
        """Return who has ``key`` within ``days`` of ``day``, the nearest alone where they are many."""
        low, high = int(self._starts[key]), int(self._starts[key + 1])
        if not day:
            return self._owners[low : min(high, low + 2 * REACH)]
        dates = self._days[low:high]
        undated = int(np.searchsorted(dates, 1))
        first, middle, last = (
            low + int(np.searchsorted(dates, at)) for at in (max(day - days, 1), max(day, 1), day + days + 1)
        )
        near = self._owners[max(first, middle - REACH) : min(last, middle + REACH)]
        return np.concatenate([self._owners[low : min(low + undated, low + REACH)], near])
