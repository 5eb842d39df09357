"""What a sentence says of one thing in words of its own: who leads it, how old it is, its rank, its size.

Two sentences that share few words may give one and the same fact. It is told by a relation (a table of
phrases of the news) and by what the fact is about, so that the rest of the sentence need not agree.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from pipeline.values.clauses import clauses
from pipeline.values.comparison import Comparison
from pipeline.values.dates import DatedSpan, compare_dates
from pipeline.values.passage import Read
from pipeline.values.quantities import compare_quantities
from pipeline.values.samename import same_name
from pipeline.values.words import stems
from schemas.claim import Quantity
from schemas.contradiction import ConflictKind
from schemas.record import Span


class Fact(NamedTuple):
    """One value of one thing, at ``span``.

    ``about`` are the words for the thing, as folded stems; none mean that nothing is known of it ("it", "the
    firm"), or that ``subject``, its name, tells all. ``beside`` is how many more words two sentences must
    share; ``scope`` is within what it holds ("the world"), "" where that is not said.
    """

    relation: str
    about: frozenset[str]
    value: Quantity | DatedSpan | str | int
    span: Span
    kind: ConflictKind
    subject: str = ""
    beside: int = 0
    scope: str = ""


FactFinder = Callable[[Read], Iterator[Fact]]
LEAST_ABOUT: Final = 0.5  # more than this share of the words of the shorter description


def is_apart(x: Fact, y: Fact) -> bool:
    """Tell whether two facts are of one relation and one thing, with values that exclude each other."""
    if x.relation != y.relation or (x.subject and y.subject and not same_name(x.subject, y.subject)):
        return False
    if x.scope and y.scope and not same_name(x.scope, y.scope):
        return False
    return is_one_thing(x.about, y.about) and has_other_value(x, y)


def has_other_value(x: Fact, y: Fact) -> bool:
    """Tell whether the values of two facts exclude each other."""
    a, b = x.value, y.value
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        return compare_quantities(a, b) is Comparison.differ
    if isinstance(a, DatedSpan) and isinstance(b, DatedSpan):
        return compare_dates(a, b) is Comparison.differ
    if isinstance(a, str) and isinstance(b, str):
        return not same_name(a, b)
    return isinstance(a, int) and isinstance(b, int) and a != b


def is_one_thing(a: frozenset[str], b: frozenset[str]) -> bool:
    """Tell whether two descriptions may be of one thing: "the rescue team" and "the medical team" are not."""
    if not a or not b:
        return True
    return len(a & b) > LEAST_ABOUT * min(len(a), len(b))


# Nouns by which a text means a firm or a body that it has named before.
GENERIC: Final = frozenset(
    stems("it its firm company business group organisation body concern outfit he she they".split())
)


_PRONOUN: Final = re.compile(r"(?:it|its|they|their|he|his|she|her) ", re.IGNORECASE)


def subject_before(read: Read, position: int) -> tuple[frozenset[str], str]:
    """Return the words, and the name if any, of what the clause at ``position`` tells of.

    "His firm, founded in 1871" tells of the firm, "Founded in 1871, the firm …" of it too.
    """
    known = clauses(read.text)
    if any(_PRONOUN.match(read.text, c.start) for c in known if c.start <= position < c.end):
        return frozenset(), ""
    i = next((i for i, c in enumerate(known) if c.start <= position < c.end), 0)
    content = [t for t in read.tokens if t.is_content]
    tokens = [t for t in content if known[i].start <= t.start and t.end <= position] if known else []
    if not tokens and i:
        tokens = [t for t in content if t.end <= known[i].start][-2:]
    elif not tokens and i + 1 < len(known):
        tokens = [t for t in content if known[i + 1].start <= t.start < known[i + 1].end][:2]
    name = next((t.name.text for t in tokens if t.name), "")
    return frozenset(t.key for t in tokens if not t.name) - GENERIC, name


def names_one_year_only(a: Read, b: Read) -> bool:
    """Tell whether one sentence names a year and the other none: then it may tell of another time."""
    years = [any(d.year is not None for d in read.dates) for read in (a, b)]
    return years[0] != years[1]


def is_other_occasion(a: Read, b: Read) -> bool:
    """Tell whether the dates of two sentences, or a year in one of them, set them apart."""
    found = [compare_dates(x, y) for x in a.dates for y in b.dates]
    return (Comparison.differ in found and Comparison.same not in found) or names_one_year_only(a, b)
