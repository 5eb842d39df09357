"""Groups of articles that tell of one event, made of the odds of pairs.

Copies of one text go together first, and one of them stands for all. Then the likeliest pair joins its two
groups, and so on; but two groups become one only if their members agree on it on average, so that a chain of
pairs, each alike, does not tie different events together.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.grouping.candidates import Index
from pipeline.grouping.copies import likely_copies
from pipeline.grouping.pile import FEATURES, Floats, Ints, Pile

ASKED: Final = 6  # members of a group that are heard
SAME_SUBJECTS: Final = (
    0.5  # of the names that copies are about, both must have: else a form was filled in anew
)

Bools = NDArray[np.bool_]
Signatures = NDArray[np.uint32]
Odds = Callable[[int, Ints], Floats]  # the log-odds of an article and others


class Gathered(NamedTuple):
    """``groups`` is the group of each article, named by its first member, ``copy_of`` the first of its text.

    ``related`` are pairs of stories, by number, that would be one but for being told apart earlier. ``pairs``
    counts those that were looked at.
    """

    groups: Ints
    copy_of: Ints
    related: tuple[tuple[int, int], ...]
    pairs: int


class _Groups:
    """Groups that are joined step by step; a group of an earlier run keeps its story's number, or 0."""

    def __init__(self, stories: Sequence[int]) -> None:
        self._parent = list(range(len(stories)))
        self._story = list(stories)
        self.members: list[list[int]] = [[article] for article in range(len(stories))]
        self.related: set[tuple[int, int]] = set()
        first: dict[int, int] = {}
        for article, story in enumerate(stories):
            if story:
                self._unite(first.setdefault(story, article), article)

    def of(self, article: int) -> int:
        """Return the member that names the group of ``article``."""
        while self._parent[article] != article:
            self._parent[article] = self._parent[self._parent[article]]
            article = self._parent[article]
        return article

    def join(self, one: int, other: int) -> None:
        """Join two groups, unless both are stories already: then it is noted."""
        one, other = self.of(one), self.of(other)
        stories = sorted((self._story[one], self._story[other]))
        if one != other and stories[0] and stories[0] != stories[1]:
            self.related.add((stories[0], stories[1]))
        else:
            self._unite(one, other)

    def _unite(self, one: int, other: int) -> None:
        one, other = sorted((self.of(one), self.of(other)))
        if one != other:
            self._parent[other] = one
            self._story[one] = self._story[one] or self._story[other]
            self.members[one] += self.members[other]
            self.members[other] = []


def gather(
    pile: Pile,
    signatures: Signatures,
    stories: Sequence[int],
    is_new: Bools,
    odds: Odds,
    days: int,
) -> Gathered:
    """Return the groups of all articles; only those that are new are held against others.

    ``stories`` are the numbers of stories from earlier runs, 0 for none; members of one stay together.
    """
    groups = _Groups(stories)
    copy_of = np.arange(len(pile))
    for one, other in _copies(pile, signatures):
        a, b = groups.of(one), groups.of(other)
        if a == b or _spans(pile, groups.members[a] + groups.members[b]) <= days:
            copy_of[other] = copy_of[one]
            groups.join(one, other)
    stands = copy_of == np.arange(len(pile))
    edges, pairs = _edges(pile, is_new & stands, stands, odds, days)
    refused: set[tuple[int, int, int, int]] = set()
    for _, one, other in edges:
        a, b = groups.of(one), groups.of(other)
        asked = (a, b, len(groups.members[a]), len(groups.members[b]))
        if a == b or asked in refused:
            continue
        heard = [_heard(groups.members[group], stands) for group in (a, b)]
        if _spans(pile, groups.members[a] + groups.members[b]) <= days and _agree(heard, odds):
            groups.join(a, b)
        else:
            refused.add(asked)
    found = np.array([groups.of(article) for article in range(len(pile))], dtype=np.int64)
    return Gathered(found, copy_of, tuple(sorted(groups.related)), pairs)


def _copies(pile: Pile, signatures: Signatures) -> Iterator[tuple[int, int]]:
    at = FEATURES.index("subjects_least")
    for one, other in likely_copies(signatures).tolist():
        if not all(len(pile.keys[pile.marks(article)]) for article in (one, other)):
            continue  # nothing is known of one of them, not even that they are alike
        shared = pile.compare(one, np.array([other]))[0, at]
        if shared >= SAME_SUBJECTS or not len(pile.names(one)):
            yield one, other


def _edges(
    pile: Pile,
    asking: Bools,
    stands: Bools,
    odds: Odds,
    days: int,
) -> tuple[list[tuple[float, int, int]], int]:
    """Return the pairs that are likelier than not, the likeliest first, and how many were looked at."""
    index = Index(pile)
    likely: dict[tuple[int, int], float] = {}
    pairs = 0
    for article in np.flatnonzero(asking).tolist():
        others = index.near(article, days, stands)
        others = others[[_pair(article, other) not in likely for other in others.tolist()]]
        if not len(others):
            continue
        pairs += len(others)
        for other, found in zip(others.tolist(), odds(article, others).tolist(), strict=True):
            if found > 0:
                likely[_pair(article, other)] = found
    return sorted(((-found, *pair) for pair, found in likely.items())), pairs


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _heard(members: Sequence[int], stands: Bools) -> Ints:
    """Return up to ``ASKED`` members, evenly spread, that stand for themselves."""
    own = [member for member in sorted(members) if stands[member]] or members[:1]
    step = max(1, -(-len(own) // ASKED))
    return np.array(own[::step], dtype=np.int64)


def _agree(heard: Sequence[Ints], odds: Odds) -> bool:
    fewer, more = sorted(heard, key=len)
    return float(np.mean([odds(int(article), more) for article in fewer])) > 0


def _spans(pile: Pile, members: Sequence[int]) -> int:
    dated = pile.published[members]
    dated = dated[dated > 0]
    return int(dated.max() - dated.min()) if len(dated) else 0
