"""Which of a story's candidates are planted: few, of many kinds, spread over the articles, apart."""

from collections import Counter
from collections.abc import Iterable, Sequence
from random import Random

from benchmarks.planting.candidates import Candidate
from benchmarks.planting.lines import Line

_Place = tuple[str, int]  # an article's id and the number of a sentence


def chosen(found: Sequence[Candidate], most: int, rng: Random) -> list[Candidate]:
    """Return up to ``most`` candidates, one kind after the other, from the articles least used so far.

    No sentence is edited twice, and none that a plant conflicts with is edited, so that each plant can be
    told from the others.
    """
    kinds = list(dict.fromkeys(candidate.kind for candidate in found))
    rng.shuffle(kinds)
    left = list(found)
    rng.shuffle(left)
    taken: list[Candidate] = []
    used: Counter[str] = Counter()
    while kinds and len(taken) < most:
        for kind in list(kinds):
            free = [c for c in left if c.kind is kind and all(_are_apart(c, other) for other in taken)]
            if not free:
                kinds.remove(kind)
            elif len(taken) < most:
                best = min(free, key=lambda c: used[c.rewrites[0].line.article.id])
                used[best.rewrites[0].line.article.id] += 1
                left.remove(best)
                taken.append(best)
    return taken


def _are_apart(one: Candidate, other: Candidate) -> bool:
    edited = [_places(rewrite.line for rewrite in c.rewrites) for c in (one, other)]
    facing = [_places((*c.counterparts, *c.unsure)) for c in (one, other)]
    return not (edited[0] & edited[1] or edited[0] & facing[1] or edited[1] & facing[0])


def _places(lines: Iterable[Line]) -> set[_Place]:
    return {(line.article.id, line.sentence.number) for line in lines}
