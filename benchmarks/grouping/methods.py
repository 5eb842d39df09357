"""What is compared: the tool as it is, the tool without vectors, and what could be done with less.

All but the tool itself gather by the tool's own rule: only what decides on a pair is another.
"""

import json
import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.grouping.bcubed import agreement, scored
from benchmarks.grouping.events import Hardness, Told, pile
from benchmarks.grouping.fit import marks_of, pile_of
from benchmarks.grouping.scale import write_pile
from pipeline.grouping.gather import Odds, gather
from pipeline.grouping.marks import Marks
from pipeline.grouping.run import Asked, group
from pipeline.grouping.sameness import Sameness, shipped
from pipeline.progress import Silent
from pipeline.verifier.embedder import shipped as embedder
from pipeline.words import content_stems

DAYS: Final = 7
Grouped = list[str]
_STEPS: Final = tuple(round(0.3 + 0.05 * i, 2) for i in range(13))
_TUNED_ON: Final = (40, Hardness(days=6, towns=15, most_told=4), 6)  # a pile of "fit" topics


def by_tool(told: Sequence[Told], sameness: Sameness, parts: int = 1) -> Grouped:
    """Return the group of each article, by the whole command, given in ``parts`` one after the other."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out = folder / "out"
        out.mkdir()
        size = -(-len(told) // parts)
        numbers: list[int] = list(range(len(told)))
        random.Random(parts).shuffle(numbers)
        place: dict[str, int] = {}
        for part in range(parts):
            chosen = numbers[part * size : (part + 1) * size]
            file = folder / f"{part}.jsonl"
            write_pile(file, (told[number] for number in chosen))
            place |= {f"{file}:{i + 1}": number for i, number in enumerate(chosen)}
            group(Asked((file,), DAYS), out, Silent(), sameness=sameness)
        return _read(out, place, told)


def _read(out: Path, place: Mapping[str, int], told: Sequence[Told]) -> Grouped:
    """Return the groups as written; an article given twice is in the group of the first."""
    found: dict[int, str] = {}
    for line in (out / "alone.jsonl").read_text(encoding="utf-8").splitlines():
        number = place[json.loads(line)["from"]]
        found[number] = f"alone-{number}"
    for line in (out / "groups.jsonl").read_text(encoding="utf-8").splitlines():
        story = json.loads(line)
        found |= {place[one["from"]]: story["story"] for one in story["articles"]}
    of_text = {(told[number].outlet, told[number].text): group for number, group in found.items()}
    return [of_text[one.outlet, one.text] for one in told]


def without_vectors(sameness: Sameness) -> Sameness:
    """Return the same map, which decides by words, names, numbers and days alone."""
    return sameness.model_copy(update={"full": (*sameness.plain[:-1], 0.0, sameness.plain[-1])})


def alone(told: Sequence[Told]) -> Grouped:
    """Return each article as a group of its own."""
    return [str(number) for number in range(len(told))]


def by_vectors(told: Sequence[Told]) -> Grouped:
    """Return groups by the cosine of two leads and one threshold, within the same days."""
    return _gathered(told, marks_of(told), _cosines, _threshold(_cosines))


def by_title(told: Sequence[Told]) -> Grouped:
    """Return groups by the share of title words, and one threshold, within the same days."""
    return _gathered(told, marks_of(told), _titles, _threshold(_titles))


Likeness = Callable[[Sequence[Told], Sequence[Marks]], Odds]


def _cosines(_told: Sequence[Told], marks: Sequence[Marks]) -> Odds:
    vectors = embedder().vectors([one.lead for one in marks])
    embedder().forget()
    return lambda article, others: (vectors[others] @ vectors[article]).astype(np.float64)


def _titles(told: Sequence[Told], _marks: Sequence[Marks]) -> Odds:
    words = [frozenset(content_stems(one.title or one.text.split("\n")[0])) for one in told]

    def shared(article: int, other: int) -> float:
        every = words[article] | words[other]
        return len(words[article] & words[other]) / len(every) if every else 0.0

    return lambda article, others: np.array([shared(article, int(other)) for other in others])


def _gathered(told: Sequence[Told], marks: Sequence[Marks], likeness: Likeness, threshold: float) -> Grouped:
    alike = likeness(told, marks)
    signatures = np.stack([one.signature for one in marks])
    new = np.ones(len(told), dtype=bool)
    found = gather(
        pile_of(told, marks), signatures, [0] * len(told), new, lambda a, b: alike(a, b) - threshold, DAYS
    )
    return [str(name) for name in found.groups.tolist()]


@cache
def _threshold(likeness: Likeness) -> float:
    """Return the threshold that does best on a pile of the topics that the tool is fitted on."""
    told = pile("fit", *_TUNED_ON)
    marks = marks_of(told)
    key = [one.event for one in told]

    def f1(threshold: float) -> float:
        return agreement(scored(key, _gathered(told, marks, likeness, threshold))).f1

    return max(_STEPS, key=f1)


METHODS: Final[Mapping[str, Callable[[Sequence[Told]], Grouped]]] = {
    "storycheck": lambda told: by_tool(told, shipped()),
    "in two halves": lambda told: by_tool(told, shipped(), parts=2),
    "without vectors": lambda told: by_tool(told, without_vectors(shipped())),
    "vectors, one threshold": by_vectors,
    "title words and days": by_title,
    "all alone": alone,
}
