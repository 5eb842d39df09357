"""Ranks and sizes: "the second-largest port", "third in the league", "the 70th anniversary", "40 staff"."""

import re
from collections.abc import Iterator
from typing import Final

from pipeline.values.facts import Fact, subject_before
from pipeline.values.passage import Read
from pipeline.values.titles import NOT_NAMES
from pipeline.values.units import MEASURES
from pipeline.values.words import find_words
from schemas.claim import Quantity
from schemas.contradiction import ConflictKind
from schemas.record import Span

_WORDS: Final = tuple(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
)
_ORDINAL: Final = rf"(?:{'|'.join(_WORDS)}|\d{{1,3}}(?:st|nd|rd|th))"
_SUPERLATIVES: Final = {
    "biggest": "largest",
    "most populous": "largest",
    "tallest": "highest",
    "loftiest": "highest",
}
_RANKED: Final = re.compile(
    rf"(?<!of the )(?<!of its )(?:\b(?P<n>{_ORDINAL})[- ])?\b(?P<best>largest|biggest|oldest|highest|tallest"
    r"|longest|smallest|busiest|richest|poorest|deadliest|worst|most populous|youngest)"
    r" (?P<what>[^\W_][\w’'-]*(?: [^\W_][\w’'-]*)?)",
    re.IGNORECASE,
)
_SCOPE: Final = (
    r"(?P<scope>world|country|nation|region|city|state|continent|town|county|[A-Z][\w-]+(?: [A-Z][\w-]+)?)"
)
_SCOPE_BEFORE: Final = re.compile(rf"\b{_SCOPE}[’']s? \Z")
_SCOPE_AFTER: Final = re.compile(rf" (?:in|of) (?:the )?{_SCOPE}\b")
_PLACED: Final = re.compile(
    rf"\b(?P<n>{_ORDINAL}|bottom|top|last) (?:place )?(?:in|of) the (?P<what>(?:[^\W_][\w’'-]* ){{0,2}}"
    r"(?:division|league|table|standings|group|rankings?|championship|polls?))\b",
    re.IGNORECASE,
)
_ANNIVERSARY: Final = re.compile(
    rf"\b(?P<n>{_ORDINAL}) (?:anniversary|birthday|jubilee) of (?P<what>[^,.;:()]{{3,60}})", re.IGNORECASE
)
_ONE_OF: Final = re.compile(
    r"\bor \Z|\b(?:one|some|among|two|three|many|several) (?:of )?(?:the|its)?[^,.;]{0,20}\Z", re.IGNORECASE
)


def ranks(read: Read) -> Iterator[Fact]:
    """Yield ranks by size or age, and places in a table; the thing ranked is told by its noun."""
    ranked = list(_RANKED.finditer(read.text))
    placed = list(_PLACED.finditer(read.text))
    if len(ranked) == 1:  # "its largest moon, and the second-largest of all" are two ranks of one thing
        yield from _ranked(read, ranked[0])
    if len(placed) == 1:
        match = placed[0]
        about = frozenset((" ".join(word.key for word in find_words(match["what"])),))
        rank = {"top": 1, "bottom": 999, "last": 999}.get(match["n"].lower()) or _rank(match["n"])
        span = Span(start=match.start("n"), end=match.end("n"))
        name = _named_before(read, match.start())
        yield Fact("place in", about, rank, span, ConflictKind.quantity, name, 1)


def anniversaries(read: Read) -> Iterator[Fact]:
    """Yield which anniversary of something it is; what it is of tells the two apart."""
    for match in _ANNIVERSARY.finditer(read.text):
        about = [word.key for word in find_words(match["what"]) if word.is_content][:3]
        if about:
            span = Span(start=match.start("n"), end=match.end("n"))
            yield Fact("anniversary", frozenset(about), _rank(match["n"]), span, ConflictKind.quantity)


def _ranked(read: Read, match: re.Match[str]) -> Iterator[Fact]:
    before = read.text[max(0, match.start() - 40) : match.start()]
    nouns = find_words(match["what"])
    if _ONE_OF.search(before) or not nouns[0].is_content:
        return
    best = _SUPERLATIVES.get(match["best"].lower(), match["best"].lower())
    span = Span(start=match.start(), end=match.end("best"))
    scope = _SCOPE_BEFORE.search(before) or _SCOPE_AFTER.match(
        read.text, match.start("what") + len(nouns[0].text)
    )
    yield Fact(
        "rank",
        frozenset((f"{best} {nouns[0].key}",)),
        _rank(match["n"]) if match["n"] else 1,
        span,
        ConflictKind.quantity,
        _named_before(read, match.start()),
        1,
        scope["scope"] if scope else "",
    )


def _rank(written: str) -> int:
    low = written.lower()
    return _WORDS.index(low) + 1 if low in _WORDS else int(re.sub(r"\D", "", low))


def _named_before(read: Read, position: int) -> str:
    """Return the name that the words at ``position`` are in apposition to, or the subject of "is", if any."""
    for name in read.names:
        between = read.text[name.span.end : position]
        if name.span.end <= position and re.fullmatch(
            r"(?:,|,? (?:is|was|are|were|remains|which is|which was)) (?:(?:the|a|its|now|still|also) )*"
            r"(?:[^\W_][\w’' -]{0,40})?",
            between,
        ):
            return name.text
    # A single word that opens its sentence is not found as a name.
    opening = _OPENING.match(read.text)
    return opening[1] if opening and opening[1].lower() not in NOT_NAMES and opening.end() <= position else ""


_OPENING: Final = re.compile(r"([A-Z][\w-]+)(?:,| is| was| are| were| remains) ")
_STAFF: Final = re.compile(
    r"\b(?:employ(?:s|ed|ing)?"
    r"|(?:workforce|payroll|staff|crew) (?:of|runs to|numbers|numbered|is|was|stands at))"
    r" (?:a mere |just |only |now |some )*\Z",
    re.IGNORECASE,
)
_HOLDS: Final = re.compile(
    r"(?:\b(?:has|have|had|runs to|ran to|numbers|numbered|counts|counted|contains|comprises|comprised"
    r"|consists? of|consisted of|made up of)|\A(?:at|with))(?: a mere| just| only| exactly)* \Z",
    re.IGNORECASE,
)
COUNT_OF: Final = "count of"  # how a relation is called that is told by the unit counted
_PEOPLE: Final = frozenset("person people man woman child name other time".split())


def sizes(read: Read) -> Iterator[Fact]:
    """Yield how many employ, and how many of something a thing has where it is counted nowhere else."""
    for quantity in read.quantities:
        before = read.text[max(0, quantity.span.start - 60) : quantity.span.start]
        if staff := _STAFF.search(before):
            value = quantity.model_copy(update={"unit": "person"})
            about, name = subject_before(read, quantity.span.start - len(before) + staff.start())
            yield Fact("staff", about, value, quantity.span, ConflictKind.quantity, name)
        elif _is_count(quantity) and (holds := _HOLDS.search(before)):
            about, name = subject_before(read, quantity.span.start - len(before) + holds.start())
            told = ConflictKind.quantity, name, int(not about)
            yield Fact(f"{COUNT_OF} {quantity.unit}", about, quantity, quantity.span, *told)


def _is_count(quantity: Quantity) -> bool:
    unit = quantity.unit
    return (
        bool(unit) and unit not in MEASURES and unit not in _PEOPLE and not unit.isupper() and unit.isalpha()
    )
