"""The marks of a whole pile side by side, and what two of its articles have in common, as numbers.

The weight of a mark is how much it tells: the logarithm of how few articles have it, in this pile and, where
the pile is small, in English at large (Sparck Jones 1972, with a prior).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.grouping.marks import Kind, Marked

PRIOR: Final = 2_000.0  # articles that what is known of English counts for
_PER_RANK: Final = 25.0  # occurrences of the word of rank 1 in an article of some 250 words, by Zipf's law
SUBJECTS: Final = 5  # names that an article is about
MOST_NUMBERS: Final = 12.0  # weight of shared numbers from which more tell nothing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEATURES: Final = (
    "names_least", "names_most", "subjects_least", "subjects_most", "words_and_names", "numbers",
    "same_day", "other_day", "days_apart",
)  # fmt: skip


class Pile:
    """Articles by their place in the pile, from 0; ``published`` are ordinals, 0 where there is none."""

    def __init__(
        self, marked: Sequence[Marked], days: Sequence[Sequence[int]], published: Sequence[int]
    ) -> None:
        self.published = np.asarray(published, dtype=np.int64)
        self.starts = np.cumsum([0, *map(len, marked)])
        self._days = [frozenset(found) for found in days]
        every = np.concatenate(marked)
        distinct, self.keys, counts = np.unique(every["key"], return_inverse=True, return_counts=True)
        ranks = np.full(len(distinct), np.iinfo(np.uint16).max)
        np.minimum.at(ranks, self.keys, every["rank"])
        at_large = PRIOR * -np.expm1(-_PER_RANK / ranks)
        self.weights = np.log((len(marked) + PRIOR + 1) / (counts + at_large + 0.5)).clip(0)
        self._own = self.weights[self.keys]
        self._is_name, self._is_number = (every["kind"] == kind for kind in (Kind.NAME, Kind.NUMBER))
        self._is_subject = self._subjects(every["times"])
        squared = self._own**2
        self._sums = [
            self._summed(weights).clip(1e-9)
            for weights in (
                self._own * self._is_name, self._own * self._is_subject, squared * ~self._is_number,
            )
        ]  # fmt: skip
        # What one article has, by key: as a name, as a subject, as a word, at all.
        self._has = np.zeros((4, len(distinct)))

    def _summed(self, weights: Floats) -> Floats:
        """Return the sum over the marks of each article; one may have none."""
        some = np.flatnonzero(np.diff(self.starts))
        found = np.zeros(len(self))
        if len(some):
            found[some] = np.add.reduceat(weights, self.starts[some])
        return found

    def __len__(self) -> int:
        """Return how many articles there are."""
        return len(self.starts) - 1

    def marks(self, article: int) -> slice:
        """Return where the marks of an article stand in ``keys``."""
        return slice(int(self.starts[article]), int(self.starts[article + 1]))

    def names(self, article: int) -> Ints:
        """Return the keys of the names of an article."""
        at = self.marks(article)
        return np.asarray(self.keys[at][self._is_name[at]])

    def compare(self, article: int, others: Ints) -> Floats:
        """Return what ``article`` and each of ``others`` have in common, others × ``FEATURES``."""
        at = self.marks(article)
        keys, own = self.keys[at], self._own[at]
        masks = (self._is_name[at], self._is_subject[at], ~self._is_number[at], np.ones(len(keys), bool))
        for row, mask in zip(self._has, masks, strict=True):
            row[keys[mask]] = own[mask]
        shared = self._shared(others)
        for row in self._has:
            row[keys] = 0
        names, subjects, words = self._sums
        name = shared[0] / names[others], shared[1] / names[article]
        subject = shared[2] / subjects[others], shared[3] / subjects[article]
        both = shared[4] / np.sqrt(words[others] * words[article])
        number = np.minimum(shared[5], MOST_NUMBERS) / MOST_NUMBERS
        columns = (np.minimum(*name), np.maximum(*name), np.minimum(*subject), np.maximum(*subject))
        return np.column_stack([*columns, both * columns[1], number, *self._when(article, others)])

    def _shared(self, others: Ints) -> Floats:
        """Return sums over the marks of each of ``others`` of what the article held in ``_has`` has too."""
        sizes = self.starts[others + 1] - self.starts[others]
        stops = np.cumsum(sizes)
        flat = np.arange(stops[-1]) + np.repeat(self.starts[others] - stops + sizes, sizes)
        as_name, as_subject, as_word, at_all = self._has[:, self.keys[flat]]
        is_name, is_subject, is_number = (
            mask[flat] for mask in (self._is_name, self._is_subject, self._is_number)
        )
        # Squared in ``words``, so that it is a cosine.
        rows = (
            at_all * is_name, as_name, at_all * is_subject, as_subject, as_word**2, at_all * is_number,
        )  # fmt: skip
        return np.add.reduceat(np.stack(rows), stops - sizes, axis=1)

    def _when(self, article: int, others: Ints) -> tuple[Floats, Floats, Floats]:
        days = self._days[article]
        same = np.array([bool(days & self._days[other]) for other in others], dtype=np.float64)
        known = np.array([bool(days and self._days[other]) for other in others], dtype=np.float64)
        dates = self.published[others], self.published[article]
        is_dated = (dates[0] > 0) & (dates[1] > 0)
        return same, known - same, np.abs(dates[0] - dates[1]) * is_dated.astype(np.float64)

    def _subjects(self, times: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Return which marks are the names that each article is about: said often, and by few others."""
        chosen = np.zeros(len(self.keys), dtype=bool)
        heat = self._own * np.sqrt(times) * self._is_name
        for article in range(len(self)):
            at = self.marks(article)
            best = np.argsort(-heat[at], kind="stable")[:SUBJECTS]
            chosen[at.start + best[heat[at][best] > 0]] = True
        return chosen
