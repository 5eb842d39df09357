"""Holds the new articles of a store against all of them, and settles in which story each is."""

from datetime import date
from typing import Final

import numpy as np

from pipeline.grouping.copies import SIGNATURE
from pipeline.grouping.gather import Gathered, gather
from pipeline.grouping.intake import DAYS
from pipeline.grouping.leads import Leads
from pipeline.grouping.marks import MARK
from pipeline.grouping.pile import Floats, Ints, Pile
from pipeline.grouping.sameness import Sameness
from pipeline.grouping.stories import story_id
from pipeline.progress import Progress
from pipeline.store.grouping import Grouping, Marked

STAGE: Final = "comparing"


def settle(store: Grouping, days: int, sameness: Sameness, progress: Progress) -> int:
    """Settle in which story each article is that none has been looked for yet; return the pairs looked at."""
    found = list(store.marked())
    is_new = np.array([not one.is_seen for one in found], dtype=bool)
    if not is_new.any():
        return 0
    numbers, stories = [one.number for one in found], [one.story for one in found]
    signatures = np.stack([np.frombuffer(one.signature, SIGNATURE) for one in found])
    pile = _pile(found)
    found.clear()  # the pile holds the same, for a whole pile of articles
    leads = Leads(store, numbers)
    heard: set[int] = set()

    def odds(article: int, others: Ints) -> Floats:
        if article not in heard:
            heard.add(article)
            progress.step(STAGE)
        return sameness.log_odds(pile, article, others, leads.vectors)

    progress.start(STAGE, int(is_new.sum()))
    gathered = gather(pile, signatures, stories, is_new, odds, days)
    leads.store()
    progress.finish(STAGE)
    _settled(store, numbers, stories, gathered)
    return gathered.pairs


def _pile(found: list[Marked]) -> Pile:
    return Pile(
        [np.frombuffer(one.marked, MARK) for one in found],
        [np.frombuffer(one.days, DAYS).tolist() for one in found],
        [date.fromisoformat(one.published).toordinal() if one.published else 0 for one in found],
    )


def _settled(store: Grouping, numbers: list[int], stories: list[int], gathered: Gathered) -> None:
    members: dict[int, list[int]] = {}
    for article, name in enumerate(gathered.groups.tolist()):
        members.setdefault(name, []).append(article)
    last = store.last_story()
    made: list[tuple[int, str]] = []
    rows: list[tuple[int, int, int]] = []
    for group in members.values():
        story = max(stories[article] for article in group)
        if not story and len(group) > 1:
            last += 1
            story = last
            made.append((story, story_id(store.listed(numbers[group[0]]))))
        for article in group:
            first = int(gathered.copy_of[article])
            rows.append((story, numbers[first] if first != article else 0, numbers[article]))
    store.settle(made, rows, gathered.related)
