"""What an article can be known by again: its words, names and numbers, and the days it tells of.

A word is a hash of its stem, with how common it is in English at large: the embedder's vocabulary stands in
the order of frequency, so that a word's place in it is a rank (Zipf), whatever few articles are at hand.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import IntEnum
from functools import cache
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pipeline.grouping.copies import Signature, signature
from pipeline.languages.reader import Reader
from pipeline.languages.table import reader_of
from pipeline.values.names import find_names
from pipeline.verifier.onnx import FOLDER, TOKENIZER
from schemas.article import READ_WITHOUT_LANGUAGE, Role, Sentence

READ: Final = 3_000  # code points from the top: what an article is about stands there
MOST: Final = 96  # marks of an article: names and numbers first, then the rarest words
LEAD: Final = 300  # code points that are embedded
FIRST_RANK: Final = 1995  # the vocabulary's number before that of its commonest word
UNRANKED: Final = 30_000
MARK: Final = np.dtype([("key", "<u4"), ("rank", "<u2"), ("kind", "u1"), ("times", "u1")])
_NUMBER: Final = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")

Marked = NDArray[np.void]


class Kind(IntEnum):
    """What a mark is."""

    WORD = 0
    NAME = 1
    NUMBER = 2


class Marks(NamedTuple):
    """The marks of one article, of type ``MARK``; ``days`` are ordinals, ``lead`` what to embed."""

    marked: Marked
    signature: Signature
    days: tuple[int, ...]
    lead: str


def find_marks(
    text: str,
    sentences: Sequence[Sentence],
    title: str | None,
    published: date | None,
    language: str | None = None,
) -> Marks:
    """Return the marks of an article, from its title and its running text.

    Articles in two languages have none in common, numbers included: by words nobody can tell whether they are
    of one event.
    """
    reader = reader_of(language)
    pieces = list(_running(text, sentences))
    if title and not any(title in piece for piece in pieces[:2]):
        pieces.insert(0, title)
    body = "\n".join(pieces)
    head = body[:READ]
    days = {
        dated.start.toordinal()
        for dated in reader.dates(head, published)
        if dated.start is not None and dated.start == dated.end
    }
    return Marks(
        _marked(head, title or "", language),
        signature(_stems(body, reader)),
        tuple(sorted(days)),
        _lead(title, pieces),
    )


def _running(text: str, sentences: Sequence[Sentence]) -> Iterator[str]:
    """Yield the sentences that report; of an article without any, all of them."""
    readable = [s for s in sentences if s.role in (Role.headline, Role.prose)] or sentences
    for sentence in readable:
        yield " ".join(sentence.span.cut(text).split())


def _lead(title: str | None, pieces: Sequence[str]) -> str:
    text = " ".join(pieces)
    return (text if title and text.startswith(title) else f"{title or ''}. {text}")[:LEAD].strip(". ")


def _stems(text: str, reader: Reader) -> list[str]:
    return [word.key for word in reader.words(text) if word.is_content]


def _marked(text: str, title: str, language: str | None) -> Marked:
    reader = reader_of(language)
    own = "" if language in (None, READ_WITHOUT_LANGUAGE) else f"{language}:"
    # Rules for English find what is capitalised: in German nouns too, which makes marks of them, no claims.
    in_names = {key for name in find_names(text) for key in _stems(name.text, reader)}
    times: Counter[str] = Counter()
    ranks: dict[str, int] = {}
    for word in reader.words(f"{title}\n{text}"):
        is_number = word.text[0].isdigit()
        if is_number or (word.is_content and len(word.key) > 1):
            key = word.key
            times[key] += 1
            ranks[key] = min(ranks.get(key, UNRANKED), _rank(word.text.lower(), key))
    numbers = {match[0].replace(",", "") for match in _NUMBER.finditer(text)}
    rows = [
        (
            crc32(f"{own}{key}".encode()),
            ranks[key],
            Kind.NAME if key in in_names else Kind.WORD,
            min(count, 255),
        )
        for key, count in times.items()
        if not key[0].isdigit()
    ]
    rows += [
        (crc32(f"{own}#{number}".encode()), _rank(number, number), Kind.NUMBER, 1)
        for number in sorted(numbers)
        if not (number.isdigit() and 1900 <= int(number) < 2100)
    ]
    rows.sort(key=lambda row: (row[2] == Kind.WORD, -row[1], row[0]))
    found = np.array(rows[:MOST], dtype=MARK)
    return found[np.unique(found["key"], return_index=True)[1]]


def _rank(word: str, key: str) -> int:
    bare = word.removesuffix("'s").removesuffix("’s")
    return min(_ranks().get(bare, UNRANKED), _ranks().get(key, UNRANKED))


@cache
def _ranks() -> Mapping[str, int]:
    """Return the rank of each whole word of the embedder's vocabulary, from 1."""
    tokenizer = json.loads((FOLDER / TOKENIZER).read_text(encoding="utf-8"))
    numbers: Mapping[str, int] = tokenizer["model"]["vocab"]
    return {
        word: number - FIRST_RANK
        for word, number in numbers.items()
        if number > FIRST_RANK and not word.startswith("##")
    }
