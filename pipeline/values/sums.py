"""Parts that a sentence lists and that make up a whole: "nine pupils and four teachers" are 13 people."""

import re
from collections.abc import Iterator
from typing import Final

from pipeline.remembered import remembered
from pipeline.values.quantities import find_quantities
from schemas.claim import Bound, Quantity
from schemas.record import Span

# Nouns that count people who are not counted again under the next noun of a list.
PERSONS: Final = frozenset(
    "person man woman child boy girl pupil student teacher adult grown-up grownup minor parent passenger "
    "crew staff member employee worker soldier sailor officer civilian guest patient visitor spectator "
    "player fan tourist resident villager firefighter policeman guard nurse doctor monk nun miner fisherman "
    "volunteer driver pilot official inmate prisoner guardian steward".split()
)
_JOINS: Final = re.compile(r",? and |, ")
_MEMBERS: Final = re.compile(r"(?: of (?:the )?(?:staff|crew|team|public))?")
_NO_LIST: Final = re.compile(
    r"\b(?:killed|injured|wounded|dead|missing|including|among them|between)\b", re.IGNORECASE
)


@remembered(most=4096)  # a sentence meets many others
def sums(text: str) -> tuple[Quantity, ...]:
    """Return the people that a sentence lists in two or more kinds, added up, each at the span of its list.

    Only exact counts joined by "and" are added: "about 40 men and some children" have no sum.
    """
    return tuple(_sum(text, run) for run in _lists(text))


def _lists(text: str) -> Iterator[list[Quantity]]:
    run: list[Quantity] = []
    for quantity in find_quantities(text):
        if run and not _is_next(text, run[-1], quantity):
            if _is_list(text, run):
                yield run
            run = []
        if _is_part(quantity):
            run.append(quantity)
    if _is_list(text, run):
        yield run


def _is_part(quantity: Quantity) -> bool:
    return quantity.unit in PERSONS and quantity.bound is Bound.exact and quantity.high is None


def _is_next(text: str, one: Quantity, other: Quantity) -> bool:
    members = _MEMBERS.match(text, one.span.end)
    after = members.end() if members else one.span.end
    return _is_part(other) and bool(_JOINS.fullmatch(text[after : other.span.start]))


def _is_list(text: str, run: list[Quantity]) -> bool:
    """Tell whether a run of counts is a whole list: two at least, of two kinds, none a part of another."""
    if len(run) < 2 or len({quantity.unit for quantity in run}) < len(run):
        return False
    if any(quantity.unit == "person" for quantity in run):
        return False  # "30 people and two children"
    start, end = run[0].span.start, run[-1].span.end
    return " and " in text[run[-2].span.end : run[-1].span.start] and not _NO_LIST.search(
        text[max(0, start - 20) : end]
    )


def _sum(text: str, run: list[Quantity]) -> Quantity:
    span = Span(start=run[0].span.start, end=run[-1].span.end)
    total = sum(quantity.value for quantity in run)
    return Quantity(text=str(int(total)), span=span, value=total, unit="person", bound=Bound.exact)
