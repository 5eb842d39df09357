"""Labelled pairs of sentences for training, made from pairs that say the same: hard negatives by rule."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from benchmarks.planting.edits import Edit, Known, edited
from benchmarks.planting.facts import holds
from benchmarks.planting.readings import read
from schemas.contradiction import ConflictKind
from schemas.verdict import Label


class Pair(NamedTuple):
    """A claim, evidence, and how it stands to the claim; ``kind`` is what was changed, if anything."""

    evidence: str
    claim: str
    label: Label
    kind: ConflictKind | None = None


def labelled(evidence: str, claim: str, rng: Random, known: Known | None = None) -> Iterator[Pair]:
    """Yield the pair as it is, ``supported``, and once ``contradicted`` for each value of the claim changed.

    ``evidence`` must say what ``claim`` says. Only values that it states, too, are changed; names come from
    ``known`` where it has any, and are made up otherwise.
    """
    yield Pair(evidence, claim, Label.supported)
    for edit in contradicting(evidence, claim, rng, known):
        yield Pair(evidence, edit.text, Label.contradicted, edit.kind)


def contradicting(evidence: str, claim: str, rng: Random, known: Known | None = None) -> list[Edit]:
    """Return the edits of ``claim`` that ``evidence``, which says the same, then contradicts."""
    edits = edited(claim, rng, known or Known())
    if not edits:
        return []  # reading long evidence costs more than all the rest
    one, other = read(claim), read(evidence)
    return [edit for edit in edits if holds(edit, one, other)]
