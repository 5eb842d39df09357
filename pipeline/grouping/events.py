"""Whether the articles of one story tell of several events, by what `group` tells stories apart by."""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np

from pipeline.grouping.gather import gather
from pipeline.grouping.marks import find_marks
from pipeline.grouping.pile import Floats, Ints, Pile
from pipeline.grouping.sameness import shipped
from schemas.article import READ_WITHOUT_LANGUAGE, Article

_ANY: Final = 1_000_000  # days that a story may take


def events_apart(articles: Sequence[Article]) -> tuple[int, ...]:
    """Return how many articles tell of each of several events, the most first; () where it may be one.

    An event is told by two articles at least, and each of them is unlikely to tell of another's. Only English
    articles are looked at: the map was measured on no other language.
    """
    read = [article for article in articles if article.read_as == READ_WITHOUT_LANGUAGE]
    if not read:
        return ()
    found = [find_marks(a.text, a.sentences, a.title, a.published, a.language) for a in read]
    days = [a.published.toordinal() if a.published else 0 for a in read]
    pile = Pile([one.marked for one in found], [one.days for one in found], days)
    every = np.arange(len(read))
    likely = np.stack([shipped().log_odds(pile, article, every, None) for article in range(len(read))])

    def odds(article: int, others: Ints) -> Floats:
        return np.asarray(likely[article, others])

    signatures = np.stack([one.signature for one in found])
    groups = gather(pile, signatures, [0] * len(read), np.ones(len(read), bool), odds, _ANY).groups
    events = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    told = sorted((members for members in events if len(members) > 1), key=len, reverse=True)
    is_plain = all((likely[np.ix_(one, other)] < 0).all() for one, other in combinations(told, 2))
    return tuple(map(len, told)) if len(told) > 1 and is_plain else ()
