"""Pairs the values of two passages that have the same role in both, by the words around them."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeVar

from pipeline.values.clock import ClockTime
from pipeline.values.dates import DatedSpan
from pipeline.values.passage import Read, Surroundings, surroundings
from schemas.claim import Quantity
from schemas.record import Span

# What "the same role" asks for, tried on pairs of sentences from real stories with precision in mind.
MIN_SHARED: Final = 3  # content words around both values, within a dozen words and one sentence
MIN_OVERLAP: Final = 0.5  # of the content words around the value that has fewer
Value = TypeVar("Value", Quantity, DatedSpan, ClockTime)


class Ease(NamedTuple):
    """What may stand for a shared word: a name of several words, as a second one; a day both name, as one."""

    by_name: bool = False
    by_day: bool = False


def in_one_role(
    read_a: Read, read_b: Read, pairs: list[tuple[Value, Value]], ease: Ease
) -> Iterator[tuple[Value, Value]]:
    """Yield the pairs in the same role, each value with the one it is most alike."""
    at_x = {span: surroundings(read_a, span) for span in {x.span for x, _ in pairs}}
    at_y = {span: surroundings(read_b, span) for span in {y.span for _, y in pairs}}
    roles = read_a.reader.roles
    scored = [(_alike(at_x[x.span], at_y[y.span], ease, roles), x, y) for x, y in pairs]
    used: set[tuple[str, Span]] = set()
    for score, x, y in sorted(scored, key=lambda item: -item[0]):
        if score > 0 and not {("a", x.span), ("b", y.span)} & used:
            used |= {("a", x.span), ("b", y.span)}
            yield x, y


def _alike(a: Surroundings, b: Surroundings, ease: Ease, roles: Sequence[frozenset[str]]) -> float:
    """Return how alike the surroundings of two values are: 0 where the role may be another, up to 2."""
    shared, near = a.wide & b.wide, a.near & b.near
    fewest = min(len(a.wide), len(b.wide))
    counted = len(shared)
    if ease.by_name:
        counted += sum(" " in word for word in shared)
    if ease.by_day and counted >= 2:
        counted += 1
    role_a, role_b = _role(a, roles), _role(b, roles)
    if len(shared) >= 2 and role_a is not None and role_a is role_b and role_a.isdisjoint(shared):
        counted += 1  # "died" and "deaths"
    if not near or counted < min(MIN_SHARED, max(2, fewest)) or len(shared) < MIN_OVERLAP * fewest:
        return 0.0
    if None not in (role_a, role_b) and role_a is not role_b:
        return 0.0
    return len(shared) / fewest + len(near) / max(1, min(len(a.near), len(b.near)))


def are_two_roles(read_a: Read, a: Span, read_b: Read, b: Span) -> bool:
    """Tell whether the words around two values surely give them two roles: the dead, and the missing."""
    roles = read_a.reader.roles
    found = {_role(surroundings(read, span), roles) for read, span in ((read_a, a), (read_b, b))}
    return None not in found and len(found) == 2


def _role(around: Surroundings, roles: Sequence[frozenset[str]]) -> frozenset[str] | None:
    return next((role for word in around.ordered for role in roles if word in role), None)
