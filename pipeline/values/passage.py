"""A passage prepared for alignment: its words, and the values in it with their neighbours."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from pipeline.languages.reader import Reader
from pipeline.languages.table import reader_of
from pipeline.remembered import remembered
from pipeline.values.clauses import insertions
from pipeline.values.clock import ClockTime
from pipeline.values.countries import COUNTRIES
from pipeline.values.dates import DatedSpan
from pipeline.values.letters import plain_letters
from pipeline.values.names import NameSpan
from pipeline.values.samename import fold_name
from pipeline.values.words import Word, stems
from schemas.claim import Quantity
from schemas.record import Span


class Passage(NamedTuple):
    """A sentence or two of one article, with the day it was published, and its language where it is known.

    ``around`` is a day near the story's events, for an article whose own day is not known.
    """

    text: str
    published: date | None = None
    around: date | None = None
    language: str | None = None


class Token(NamedTuple):
    """A word, or a whole name as one, by the country where it names one."""

    key: str
    start: int
    end: int
    is_content: bool
    name: NameSpan | None = None


@dataclass(frozen=True, eq=False)  # told apart as an object: to hash all of it takes longer than to read it
class Read:
    """A passage with all that ``reader`` found in it; ``text`` has plain letters."""

    reader: Reader
    text: str
    tokens: tuple[Token, ...]
    quantities: tuple[Quantity, ...]
    dates: tuple[DatedSpan, ...]
    times: tuple[ClockTime, ...]
    names: tuple[NameSpan, ...]


_BREAK: Final = re.compile(
    r"[.!?;:][”\"’')]? |\n| – |—"
    r"|, (?:an?|which|who|where|when|while|after|before|as|but|and|although|because|with) "
)
MOST: Final = 16384  # sentences and claims of a story of 500 articles: with fewer kept, each is read again
# What parts the counts of a sentence, each with its own role: "four dead and three missing".
_JOINT: Final = re.compile(r"[,;–—]|\b(?:and|but|plus|while|with|und|sowie|et|y)\b", re.IGNORECASE)
_REACH: Final = 12  # words and names on either side that may tell what a value is about
NEAR: Final = 3  # content words on either side that say what role it has


class Surroundings(NamedTuple):
    """The content words around a value, as folded stems: all within reach, and the nearest of them.

    ``ordered`` has them nearest first, but those of the value's own part of the sentence before any other.
    """

    wide: frozenset[str]
    near: frozenset[str]
    ordered: tuple[str, ...]


@remembered(most=MOST)  # a sentence meets many others
def read_passage(passage: Passage) -> Read:
    """Find the words and the values of a passage."""
    text, reader = plain_letters(passage.text), reader_of(passage.language)
    names = reader.names(text)
    return Read(
        reader=reader,
        text=text,
        tokens=tuple(_tokens(reader.words(text), names)),
        quantities=reader.quantities(text),
        dates=reader.dates(text, passage.published, around=passage.around),
        times=reader.times(text),
        names=names,
    )


@remembered(most=2 * MOST)  # as often as its passage meets another
def surroundings(read: Read, span: Span) -> Surroundings:
    """Return the content words around ``span`` within its sentence, other quantities and dates left out."""
    before = _content(read, [t for t in read.tokens if t.end <= span.start][::-1], span)
    after = _content(read, [t for t in read.tokens if t.start >= span.end], span)
    joints = [joint.start() for joint in _JOINT.finditer(read.text)]
    by_nearness = [token for pair in _in_turn(before, after) for token in pair]
    ordered = sorted(by_nearness, key=lambda token: _is_parted(joints, *_gap(token, span)))
    near = (*before[:NEAR], *after[:NEAR])
    return Surroundings(_keys(before + after), _keys(near), tuple(token.key for token in ordered))


def _keys(tokens: Iterable[Token]) -> frozenset[str]:
    return frozenset(token.key for token in tokens)


def _is_parted(joints: Iterable[int], start: int, end: int) -> bool:
    return any(start <= joint < end for joint in joints)


def _gap(token: Token, span: Span) -> tuple[int, int]:
    """Return where the text between a word and a value begins and ends."""
    return (token.end, span.start) if token.end <= span.start else (span.end, token.start)


def _content(read: Read, tokens: list[Token], span: Span) -> list[Token]:
    values = [
        *(q.span for q in read.quantities),
        *(d.span for d in read.dates),
        *(t.span for t in read.times),
    ]
    text = read.text
    skipped = [i for i in insertions(text) if _BREAK.match(text, i.start)]
    if any(i.start <= span.start < i.end for i in skipped):
        skipped = []
    for inside in skipped:  # the clause goes on after it
        text = text[: inside.start] + " " * (inside.end - inside.start) + text[inside.end :]
    found = []
    tokens = [t for t in tokens if not any(i.start <= t.start < i.end for i in skipped)]
    for token in tokens[:_REACH]:
        if _BREAK.search(text, *_gap(token, span)):
            break
        if token.is_content and not any(v.start <= token.start < v.end for v in values):
            found.append(token)
    return found


def _tokens(words: list[Word], names: tuple[NameSpan, ...]) -> Iterator[Token]:
    remaining = iter(names)
    name = next(remaining, None)
    for word in words:
        while name and word.start >= name.span.end:
            name = next(remaining, None)
        if name is None or word.start < name.span.start:
            yield Token(word.key, word.start, word.end, word.is_content)
        elif word.start == name.span.start:
            folded = fold_name(name.text)
            # A single word that opens a sentence is not known for a name: it must equal one that is.
            key = COUNTRIES.get(folded) or (folded if " " in folded or not folded else stems([folded])[0])
            yield Token(key, name.span.start, name.span.end, is_content=True, name=name)


def _in_turn(before: list[Token], after: list[Token]) -> list[list[Token]]:
    return [before[i : i + 1] + after[i : i + 1] for i in range(max(len(before), len(after)))]
