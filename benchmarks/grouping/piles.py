"""The piles that are measured: no seed of theirs, and of the invented ones no wording, was used for a fit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from benchmarks.grouping.bcubed import Scored, scored
from benchmarks.grouping.events import Hardness, Told, pile
from benchmarks.grouping.fit import fitted
from benchmarks.grouping.methods import by_tool, without_vectors
from benchmarks.grouping.transposed import own_stories, transposed
from pipeline.grouping.sameness import Sameness

_SEEDS: Final = (301, 302, 303)


def invented() -> Mapping[str, Callable[[], list[Told]]]:
    """Return the piles of invented events, by what makes each hard."""
    return {
        "mixed: 60 events in a month": _joined(60, Hardness(days=30, towns=40, most_told=5)),
        "one week: 60 events in 20 towns": _joined(60, Hardness(days=6, towns=20, most_told=4)),
        "close: 60 events in 8 towns and 4 days": _joined(60, Hardness(days=4, towns=8, most_told=6)),
        "large stories: 15 events, up to 12 articles": _joined(15, Hardness(8, 12, most_told=12)),
        "undated: half of the articles": _joined(60, Hardness(20, 20, most_told=4, undated=0.5)),
    }


def _joined(events: int, hardness: Hardness) -> Callable[[], list[Told]]:
    """Return a maker of one pile of three seeds, whose events fall on the same days."""
    return lambda: [one for seed in _SEEDS for one in pile("measure", events, hardness, seed)]


Own = Callable[[str, Mapping[str, list[Told]]], Sequence[Told]]


def _among_ours(_name: str, stories: Mapping[str, list[Told]]) -> list[Told]:
    return [one for story in stories.values() for one in story]


def _with_distractors(name: str, stories: Mapping[str, list[Told]]) -> list[Told]:
    return _among_ours(name, stories) + pile("measure", 80, Hardness(60, 30, most_told=3), 310)


def _as_other_events(name: str, stories: Mapping[str, list[Told]]) -> list[Told]:
    others = [one for number in range(6) for one in transposed(stories[name], 100 + number, number)]
    return [*stories[name], *others]


OWN: Final[Mapping[str, Own]] = {
    "our five stories": _among_ours,
    "our five stories among 80 invented events": _with_distractors,
    "each of ours among six of the same words": _as_other_events,
}


def own_scores() -> Iterator[tuple[str, str, Scored]]:
    """Yield, by pile and method, how our own stories are grouped, each by a map fitted without it."""
    stories = own_stories()
    maps = {name: fitted(name) for name in stories}
    for what, made in OWN.items():
        for method, of in (("storycheck", _same), ("without vectors", without_vectors)):
            parts = [_score(name, made(name, stories), of(maps[name])) for name in stories]
            yield what, method, _together(parts)


def _same(sameness: Sameness) -> Sameness:
    return sameness


def _score(name: str, told: Sequence[Told], sameness: Sameness) -> Scored:
    """Return the scores of the articles of one story, and of those made of it."""
    found = scored([one.event for one in told], by_tool(told, sameness))
    ours = np.array([one.event.startswith(name) for one in told])
    return Scored(found.precision[ours], found.recall[ours], found.events[ours])


def _together(parts: Sequence[Scored]) -> Scored:
    """Return all scores; events keep apart, and are numbered from 0."""
    events = np.concatenate([1_000_000 * i + part.events for i, part in enumerate(parts)])
    numbers = np.unique(events, return_inverse=True)[1].astype(np.intp)
    precision, recall = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    return Scored(precision, recall, numbers)
