"""A quotation given to another speaker, where the article stays of a piece."""

import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from benchmarks.planting.edits import Change, Edit
from benchmarks.planting.lines import Line
from benchmarks.planting.naming import surname_of
from benchmarks.planting.readings import read
from pipeline.people import Credit, person_of
from pipeline.quoting import quoted_parts, unquoted
from pipeline.speakers import credit_of
from pipeline.values.quotations import compare_quotations
from pipeline.values.samename import same_name
from schemas.contradiction import ConflictKind
from schemas.record import Span

LEAST_WORDS: Final = 6  # of a quotation that hardly two people say by chance
ALIKE: Final = 0.5  # the share of its content words from which another line says much the same
SAME: Final = 0.8  # the share of equal words from which two quotations are one
# What is told of the speaker after the name would not be true of another.
_TOLD_OF: Final = re.compile(r",? (?:who|whose)\b|, (?:\d|(?!\w+ing\b)[a-z])")
_PRONOUN: Final = re.compile(r"\b(?:he|she|his|her|him)\b", re.IGNORECASE)


def respoken(line: Line, lines: Sequence[Line], speakers: Sequence[str], rng: Random) -> Iterator[Edit]:
    """Yield ``line`` with its quotation given to another of ``speakers``, persons in full.

    ``lines`` are all of the story. Nothing is yielded where other lines of the article rest on who speaks
    here ("he added"), or where more is told of the speaker.
    Nobody is chosen who says much the same elsewhere.
    """
    article, text, start = line.article, line.reading.text, line.sentence.span.start
    own = [other for other in lines if other.article.id == article.id]
    for part, credit in {credit.span: (part, credit) for part, credit in _quoted(line)}.values():
        speaker = person_of(article, credit)
        if speaker is None or not _is_apart(line, credit, own):
            continue
        said = read(part.cut(article.text)).keys
        first, end = credit.span.start - start, credit.span.end - start
        surname = surname_of(speaker)
        others = [
            p
            for p in speakers
            if not same_name(p, speaker)
            and surname_of(p) not in text
            and not any(_says_likewise(p, said, other) for other in lines)
        ]
        if not others or surname in text[:first] + text[end:]:
            continue
        other = _as_named(rng.choice(others), line, is_short=len(credit.speaker.split()) == 1)
        new = text[:first] + other + text[end:]
        yield Edit(ConflictKind.attribution, credit.speaker, other, new, (Change(first, end, other),))


def _says_likewise(person: str, said: frozenset[str], line: Line) -> bool:
    """Tell whether ``line`` names the person beside half the words in question, or is hers and has them."""
    if len(said & line.reading.keys) < ALIKE * len(said):
        return False
    credit = credit_of(line.article, line.sentence)
    speaker = person_of(line.article, credit) if credit else None
    return surname_of(person) in line.reading.text or (speaker is not None and same_name(speaker, person))


def _as_named(name: str, line: Line, *, is_short: bool) -> str:
    """Return how ``line`` would name a person: by surname where short and introduced before."""
    introduced = line.article.text.find(name)
    return surname_of(name) if is_short and 0 <= introduced < line.sentence.span.start else name


def is_same_saying(one: Line, other: Line) -> bool:
    """Tell whether a quotation of ``one`` is in ``other``, too, and said by the same person."""
    for part, credit in _quoted(one):
        for its_part in quoted_parts(other.article, other.sentence):
            wordings = compare_quotations(part.cut(one.article.text), its_part.cut(other.article.text))
            if not wordings.is_same or wordings.shared < LEAST_WORDS or wordings.similarity < SAME:
                continue
            its = credit_of(other.article, other.sentence, its_part)
            speakers = person_of(one.article, credit), person_of(other.article, its) if its else None
            if its and its.is_sure and speakers[0] and speakers[1] and same_name(speakers[0], speakers[1]):
                return True
    return False


def _quoted(line: Line) -> Iterator[tuple[Span, Credit]]:
    """Yield the longer quotations of a line whose speaker the line itself names, with the speaker."""
    start, end = line.sentence.span.start, line.sentence.span.end
    for part in quoted_parts(line.article, line.sentence):
        credit = credit_of(line.article, line.sentence, part)
        is_here = credit is not None and credit.is_sure and start <= credit.span.start < end
        if credit and is_here and len(part.cut(line.article.text).split()) >= LEAST_WORDS:
            yield part, credit


def _is_apart(line: Line, credit: Credit, own: Sequence[Line]) -> bool:
    """Tell whether nothing else in the article hangs on who is named here."""
    article, sentence = line.article, line.sentence
    if _TOLD_OF.match(article.text, credit.span.end):
        return False
    if _PRONOUN.search(unquoted(article, sentence).replace("\0", "")):
        return False
    for other in own:
        its = credit_of(article, other.sentence) if other.sentence.number != sentence.number else None
        if its and credit.span.start <= its.span.start < credit.span.end:
            return False
    return True
