"""The vectors of leads, made when somebody asks for one, and stored with their articles."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.store.grouping import Grouping
from pipeline.verifier.embedder import WIDTH, shipped

STORED: Final = np.float16
AT_A_TIME: Final = 500  # vectors stored in one go


class Leads:
    """The leads of articles by their place in the pile; ``numbers`` are those of the store."""

    def __init__(self, store: Grouping, numbers: Sequence[int]) -> None:
        self._store = store
        self._numbers = numbers
        self._known: dict[int, NDArray[np.float16]] = {}
        self._new: list[int] = []

    def vectors(self, articles: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of ``articles``, articles × ``WIDTH``, each of length 1 but for rounding."""
        for article in dict.fromkeys(articles.tolist()):
            if article not in self._known:
                self._known[article] = self._found(article)
        if len(self._new) >= AT_A_TIME:
            self.store()
        found = [self._known[article] for article in articles.tolist()]
        return np.array(found, dtype=np.float32).reshape(len(found), WIDTH)

    def store(self) -> None:
        """Store the vectors that are not stored yet."""
        self._store.keep_vectors((self._known[one].tobytes(), self._numbers[one]) for one in self._new)
        self._new.clear()

    def _found(self, article: int) -> NDArray[np.float16]:
        lead, vector = self._store.lead(self._numbers[article])
        if vector is not None:
            return np.frombuffer(vector, np.float16)
        self._new.append(article)
        found: NDArray[np.float16] = shipped().vectors([lead])[0].astype(STORED)
        shipped().forget()  # it would keep all of them, as long again
        return found
