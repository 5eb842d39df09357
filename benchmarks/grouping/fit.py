"""Fits how likely two articles tell of one event, on invented piles: ``python -m benchmarks.grouping.fit``.

The pairs are those that the tool itself would look at. Half of the topics alone are used, by seeds that
nothing is measured on.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from benchmarks.grouping.events import Hardness, Told, pile
from benchmarks.grouping.transposed import own_stories, transposed
from pipeline.grouping.candidates import Index
from pipeline.grouping.copies import likely_copies
from pipeline.grouping.marks import Marks, find_marks
from pipeline.grouping.pile import FEATURES, Floats, Pile
from pipeline.grouping.sameness import MAP, Sameness, with_cosines
from pipeline.reading.sentences import split_sentences
from pipeline.store import write_text
from pipeline.verifier.embedder import shipped
from pipeline.verifier.fit import fit_logistic

DAYS: Final = 7
PILES: Final = (  # events, how hard, seed
    (30, Hardness(days=40, towns=60, most_told=5), 1),
    (60, Hardness(days=6, towns=20, most_told=4), 2),
    (60, Hardness(days=4, towns=8, most_told=6), 3),
    (12, Hardness(days=10, towns=12, most_told=12), 4),
    (40, Hardness(days=60, towns=15, most_told=3, undated=0.3), 5),
)
AGAINST: Final = ("other_day", "days_apart")  # features that speak for two events
OWN_SEEDS: Final = (10, 20)


def marks_of(told: Sequence[Told]) -> list[Marks]:
    """Return the marks of articles, as the command finds them."""
    return [find_marks(one.text, split_sentences(one.text, 0), one.title, one.published) for one in told]


def pile_of(told: Sequence[Told], marks: Sequence[Marks]) -> Pile:
    """Return articles side by side."""
    published = [one.published.toordinal() if one.published else 0 for one in told]
    return Pile([one.marked for one in marks], [one.days for one in marks], published)


def pairs_of(told: Sequence[Told]) -> Iterator[tuple[Floats, Floats]]:
    """Yield what each article and its candidates have in common, as the map takes it, and what are one."""
    marks = marks_of(told)
    side_by_side = pile_of(told, marks)
    index = Index(side_by_side)
    stands = np.ones(len(told), dtype=bool)
    stands[likely_copies(np.stack([one.signature for one in marks]))[:, 1]] = False
    vectors = shipped().vectors([one.lead for one in marks])
    shipped().forget()
    for article in np.flatnonzero(stands).tolist():
        others = index.near(article, DAYS, stands)
        if len(others):
            compared = side_by_side.compare(article, others)
            same = np.array([told[article].event == told[other].event for other in others])
            yield with_cosines(compared, vectors[others] @ vectors[article]), same.astype(np.float64)


def fitted(left_out: str | None = None) -> Sameness:
    """Return the mean of two maps: one from piles of ``fit`` topics, and one from our own stories.

    Both say much the same. Fitted together they would not: what two short invented texts share by chance is
    as much as two long ones share that tell of one event. The story ``left_out``, and what is transposed from
    it, is not looked at.
    """
    made = _rows([pile("fit", *parts) for parts in PILES])
    own = _rows([_own_pile(seed, left_out) for seed in OWN_SEEDS])
    plain = [_fitted(rows[:, : len(FEATURES)], same) for rows, same in (made, own)]
    full = [_fitted(rows, same) for rows, same in (made, own)]
    return Sameness(plain=_mean(plain), full=_mean(full))


def _mean(maps: Sequence[Floats]) -> tuple[float, ...]:
    return tuple(round(float(weight), 4) for weight in np.mean(maps, axis=0))


def _rows(piles: Iterable[Sequence[Told]]) -> tuple[Floats, Floats]:
    found = [pair for told in piles for pair in pairs_of(told)]
    rows, same = (np.concatenate(part) for part in zip(*found, strict=True))
    return rows, same


def _own_pile(seed: int, left_out: str | None) -> list[Told]:
    """Return our own stories, each with others of the same words on some day of the same week."""
    stories = [story for name, story in own_stories().items() if name != left_out]
    others = [one for story in stories for one in transposed(story, seed, seed % 6)]
    return [one for story in stories for one in story] + others


def _fitted(rows: Floats, same: Floats) -> Floats:
    """Return weights whose signs make sense: what two articles share never speaks against them.

    In piles made to mislead, likeness itself may: such a feature is left out, the worst first.
    """
    signs = np.array([-1.0 if name in AGAINST else 1.0 for name in (*FEATURES, "cosine")[: rows.shape[1]]])
    used = np.ones(rows.shape[1], dtype=bool)
    while True:
        different, one = fit_logistic(rows * used, same.astype(int).tolist(), 2)
        weights = one - different
        wrong = weights[:-1] * signs * rows.std(axis=0) * used
        if wrong.min() >= 0:
            return np.append(weights[:-1] * used, weights[-1])
        used[int(wrong.argmin())] = False


def main() -> None:
    """Fit the map and store it where the tool looks for it."""
    made = fitted()
    write_text(MAP, made.model_dump_json(indent=1) + "\n")
    for kind, weights, names in (("plain", made.plain, FEATURES), ("full", made.full, (*FEATURES, "cosine"))):
        told = [f"{name} {weight:g}" for name, weight in zip((*names, "bias"), weights, strict=True)]
        print(f"{kind}: {', '.join(told)}")


if __name__ == "__main__":
    main()
