"""All plants that a story allows: facts that two articles state, each with an edit of one of them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from random import Random
from typing import Final

from benchmarks.planting.edits import Edit, Known, edited
from benchmarks.planting.facts import is_of_speech, states, touches
from benchmarks.planting.lines import (
    Line,
    Rewrite,
    is_said_by_two,
    known_names,
    lines_of,
    mentions,
    reads_alike,
    speakers_of,
)
from benchmarks.planting.naming import is_capital
from benchmarks.planting.persons import renamed
from benchmarks.planting.speakers import is_same_saying, respoken
from pipeline.values.countries import COUNTRIES
from pipeline.values.samename import fold_name
from pipeline.values.titles import LOWER_ROLES
from schemas.article import Article
from schemas.contradiction import ConflictKind

CENTRAL: Final = 3  # a name in more lines of an article is what the article is about
# Counts that go on changing: another number may be another day's.
_RUNNING: Final = re.compile(
    r"\b(?:dead|deaths?|died|dies|toll|killed|kill|missing|injur\w+|wounded|hurt|rescued|evacuated|displaced|"
    r"arrested|detained|hospitali[sz]ed|treated|cases|so far|as of|survivors?|bodies)\b",
    re.IGNORECASE,
)
_GOING: Final = re.compile(
    r"(?:\b(?:travel\w*|trips?|visit\w*|fly|flew|flown|go|going|went|return\w*|came|sail\w*|mov\w+|drove|"
    r"head\w*|arriv\w+) (?:back )?to|\b(?:in|near|outside)) \Z"
)
_SAYS: Final = "said|says|told|added|stated|claimed|noted|according to|stressed|announced|wrote"
_NEXT_NAME: Final = re.compile(r", ((?:[A-Z]\w+ ?){1,3})\b")


@dataclass(frozen=True)
class Candidate:
    """An edit of one article, in one line or more, and the lines of others that it then conflicts with.

    The first of ``rewrites`` is the line that states the fact; ``unsure`` are counterparts that seem to.
    """

    kind: ConflictKind
    rewrites: tuple[Rewrite, ...]
    counterparts: tuple[Line, ...]
    unsure: tuple[Line, ...] = ()


@dataclass(frozen=True)
class _Story:
    lines: Sequence[Line]
    by_article: Mapping[str, Sequence[Line]]
    known: Known
    speakers: Sequence[str]
    rng: Random

    def own(self, line: Line) -> Sequence[Line]:
        return self.by_article[line.article.id]

    def others(self, line: Line) -> list[Line]:
        return [other for other in self.lines if other.article.id != line.article.id]


def candidates(articles: Sequence[Article], rng: Random) -> list[Candidate]:
    """Return every plant that ``articles`` allow, in their order; values are drawn from ``rng``."""
    lines = lines_of(articles)
    by_article = {key: list(group) for key, group in groupby(lines, key=lambda line: line.article.id)}
    story = _Story(lines, by_article, known_names(lines), speakers_of(lines), rng)
    return [candidate for line in lines for candidate in _of_line(line, story)]


def _of_line(line: Line, story: _Story) -> Iterator[Candidate]:
    for edit in edited(line.reading.text, story.rng, story.known):
        rewrite = Rewrite(line, edit)
        if not _counterparts(rewrite, story, is_sure=True) or not _is_sound(edit, line, story.own(line)):
            continue
        rewrites = _throughout(rewrite, story)
        if rewrites and reads_alike(line.article, rewrites):
            sure = _once(other for each in rewrites for other in _counterparts(each, story, is_sure=True))
            unsure = _once(other for each in rewrites for other in _counterparts(each, story, is_sure=False))
            yield Candidate(edit.kind, rewrites, sure, tuple(line for line in unsure if line not in sure))
    for edit in respoken(line, story.lines, story.speakers, story.rng):
        rewrites = (Rewrite(line, edit),)
        counterparts = _once(other for other in story.others(line) if is_same_saying(line, other))
        if counterparts and reads_alike(line.article, rewrites):
            yield Candidate(edit.kind, rewrites, counterparts)


def _counterparts(rewrite: Rewrite, story: _Story, *, is_sure: bool) -> list[Line]:
    """Return the lines of other articles that state, or seem to state, the fact as it was."""
    line, edit = rewrite.line, rewrite.edit
    return [
        other
        for other in story.others(line)
        if states(edit, line.reading, other.reading, is_sure=is_sure)
        and not is_said_by_two(line, other)
        and not _is_update(edit, line, other)
    ]


def _once(lines: Iterable[Line]) -> tuple[Line, ...]:
    found = {(line.article.id, line.sentence.number): line for line in lines}
    return tuple(found[key] for key in found)


def _is_sound(edit: Edit, line: Line, own: Sequence[Line]) -> bool:
    """Tell whether the edit alone would strike a reader as a conflict, and not as nonsense."""
    start, end, _ = edit.changes[0]
    text = line.reading.text
    if edit.kind is ConflictKind.date:
        return not is_of_speech(text, start, end)
    if edit.kind is ConflictKind.attribution:
        return False  # quotations have their own way
    if edit.kind is ConflictKind.polarity:
        return not text.startswith(" able ", end)  # "we are not able to share that" denies nothing
    if edit.kind in (ConflictKind.entity, ConflictKind.place) and fold_name(edit.before) in COUNTRIES:
        if is_capital(edit.before) and edit.kind is ConflictKind.place:
            return len(edit.changes) == 1 and _is_visited(text, start, end)
        return mentions(own, edit.before) <= CENTRAL
    return True


def _is_visited(text: str, start: int, end: int) -> bool:
    """Tell whether a capital is a town here, and no government: somebody goes there, or is there."""
    following = _NEXT_NAME.match(text, end)
    is_of_country = following is not None and fold_name(following[1]) in COUNTRIES
    return _GOING.search(text, max(0, start - 60), start) is not None and not is_of_country


def _is_update(edit: Edit, one: Line, other: Line) -> bool:
    if edit.kind is not ConflictKind.quantity or not _RUNNING.search(one.reading.text):
        return False
    return one.article.published is None or one.article.published != other.article.published


def _throughout(first: Rewrite, story: _Story) -> tuple[Rewrite, ...] | None:
    """Return the edit with all that must change with it in the article, or None where that is not certain."""
    edit, line = first.edit, first.line
    own = story.own(line)
    if edit.kind is ConflictKind.entity and fold_name(edit.before) not in COUNTRIES:
        return _for_person(first, own, story.rng)
    if edit.kind is ConflictKind.quantity and _is_sum(edit, line, own):
        return None
    rewrites = [first]
    for other in own:
        if other is line or not touches(edit, line.reading, other.reading):
            continue
        same = _same_edit(edit, other, story)
        if same is None:
            return None
        rewrites.append(Rewrite(other, same))
    return tuple(rewrites)


def _is_sum(edit: Edit, line: Line, own: Sequence[Line]) -> bool:
    """Tell whether the article tells the parts of the number, too: "187 passengers and 27 crew" of 214."""
    start = edit.changes[0].start
    value = next((q.value for q in line.reading.quantities if q.span.start <= start < q.span.end), None)
    return any(
        one.value + other.value == value
        for each in own
        for one, other in combinations(each.reading.quantities, 2)
    )


def _for_person(first: Rewrite, own: Sequence[Line], rng: Random) -> tuple[Rewrite, ...] | None:
    """Return a person renamed throughout, or exchanged for another of the story where no office is told."""
    edit, line = first.edit, first.line
    throughout = renamed(edit.before, own, rng)
    if throughout is not None:
        rest = tuple(rewrite for rewrite in throughout if rewrite.line is not line)
        mine = tuple(rewrite for rewrite in throughout if rewrite.line is line)
        return mine + rest if mine else None
    before = line.reading.text[: edit.changes[0].start].split()[-1:]
    has_office = bool(before) and before[0].lower() in LOWER_ROLES
    is_known = re.search(rf"\b{re.escape(edit.after)}\b", line.article.text) is not None
    if has_office or not is_known or len(edit.changes) > 1 or _is_speaking(edit.before, line):
        return None
    touched = any(o is not line and touches(edit, line.reading, o.reading) for o in own)
    return None if touched else (first,)


def _is_speaking(name: str, line: Line) -> bool:
    escaped = re.escape(name)
    around = rf"{escaped},? (?:\w+ )?(?:{_SAYS})\b|\b(?:{_SAYS}) (?:[\w’-]+ ){{0,8}}{escaped}\b"
    return re.search(around, line.reading.text) is not None


def _same_edit(edit: Edit, other: Line, story: _Story) -> Edit | None:
    """Return the same change made in another line of the article, or None where it has no such place."""
    if edit.kind is ConflictKind.polarity:
        return None
    for its in edited(other.reading.text, story.rng, story.known):
        if its.kind is edit.kind and its.before == edit.before and len(its.changes) == 1:
            start, end, _ = its.changes[0]
            if other.reading.text[start:end] != edit.before:
                return None  # an article before it would change, too
            change = its.changes[0]._replace(after=edit.after)
            text = other.reading.text
            return its._replace(
                after=edit.after, text=text[:start] + edit.after + text[end:], changes=(change,)
            )
    return None
