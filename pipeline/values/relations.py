"""Every way known to find a fact in a sentence, and the facts of two articles that exclude each other."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pipeline.values.facts import Fact, FactFinder, is_apart, is_other_occasion
from pipeline.values.moments import beginnings, last_times
from pipeline.values.passage import Read
from pipeline.values.places import seats, sides
from pipeline.values.ranks import COUNT_OF, anniversaries, ranks, sizes
from pipeline.values.roles import ages, appointed, doers, office_holders
from schemas.contradiction import ConflictKind

FINDERS: Final[tuple[FactFinder, ...]] = (
    doers,
    appointed,
    office_holders,
    ages,
    ranks,
    anniversaries,
    sizes,
    beginnings,
    last_times,
    sides,
    seats,
)


class Told(NamedTuple):
    """A fact with its sentence, the sentence's number, and the words that may tell what it is about."""

    fact: Fact
    read: Read
    sentence: int
    words: frozenset[str]


def told_in(sentences: Sequence[tuple[int, Read, frozenset[str]]]) -> tuple[Told, ...]:
    """Return the facts that an article gives, each with one value alone.

    ``sentences`` are its sentences with number and content words. What it gives in two ways is left out: then
    nobody knows which of them another article means.
    """
    told = [
        Told(fact, read, number, words)
        for number, read, words in sentences
        for find in FINDERS
        for fact in find(read)
    ]
    return tuple(
        one
        for one in told
        if not any(is_apart(one.fact, other.fact) for other in told)
        and not _is_counted_elsewhere(one, sentences)
    )


def _is_counted_elsewhere(one: Told, sentences: Sequence[tuple[int, Read, frozenset[str]]]) -> bool:
    if not one.fact.relation.startswith(COUNT_OF):
        return False
    return any(
        quantity.span != one.fact.span or read is not one.read
        for _, read, _ in sentences
        for quantity in read.quantities
        if one.fact.relation == f"{COUNT_OF} {quantity.unit}"
    )


def facts_apart(one: Sequence[Told], other: Sequence[Told]) -> Iterator[tuple[Told, Told]]:
    """Yield the facts of two articles that exclude each other, and are of one occasion."""
    for x in one:
        for y in other:
            if not is_apart(x.fact, y.fact):
                continue
            beside = (x.words & y.words) - (x.fact.about & y.fact.about)
            if not x.fact.about or not y.fact.about:  # "it" is what both speak of
                beside &= (x.fact.about | y.fact.about) or beside
            is_dated = x.fact.kind is ConflictKind.date  # then the dates are the values themselves
            is_apart_in_time = not is_dated and is_other_occasion(x.read, y.read)
            if len(beside) >= max(x.fact.beside, y.fact.beside) and not is_apart_in_time:
                yield x, y
