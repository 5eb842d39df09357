"""Tells which of many sets share members, without looking at each pair of them.

A set is a bit of an integer, by its place. What sets have a word is one number, and such numbers are counted
up bit by bit, so that a set is held against all others at once.
"""

from collections.abc import Collection, Iterator, Sequence


class Sharing:
    """Some sets of words, in order."""

    def __init__(self, sets: Sequence[Collection[str]]) -> None:
        self._of: dict[str, int] = {}
        for place, words in enumerate(sets):
            for word in words:
                self._of[word] = self._of.get(word, 0) | 1 << place

    def counts(self, words: Collection[str], most: int) -> list[int]:
        """Return the sets that share one, two and so on, up to ``most``, of ``words`` or more, as bits."""
        reached = [0] * most
        for word in words:
            having = self._of.get(word, 0)
            for i in range(most - 1, 0, -1):
                reached[i] |= reached[i - 1] & having
            reached[0] |= having
        return reached


def places(bits: int) -> Iterator[int]:
    """Yield the places of the bits that are set, lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
