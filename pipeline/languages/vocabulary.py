"""What of a language its readers have to know, as data: one record a language, each in a file of its own."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import Stemmer

from pipeline.remembered import remembered
from pipeline.values.numerals import Numeral
from pipeline.values.words import Word
from schemas.claim import Bound

_WORD: Final = re.compile(r"[^\W_]+(?:[.,-][^\W_]+)*")

Patterns = tuple[re.Pattern[str], ...]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """A language as far as numbers, dates and hours need it.

    ``stem`` reduces a word in lower case; ``empty`` are words without a meaning of their own. ``numerals``
    finds the numbers of a text. A pattern of ``dates`` has some of the groups ``weekday``, ``day``,
    ``month`` (a key of ``months``, or a number), ``year``; one of ``times`` ``hour``, ``minute`` and ``half``
    (a key of ``halves``, whose hours are added to an hour below twelve). ``units`` are matched behind a
    number, ``bounds`` before it and ``bounds_after`` behind all of it. ``noun`` is what else is counted, in
    its group ``noun``.
    """

    code: str
    stem: Callable[[str], str]
    empty: frozenset[str]
    numerals: Callable[[str], Iterator[Numeral]]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    dates: Patterns
    times: Patterns
    halves: Mapping[str, int]
    units: tuple[tuple[str, re.Pattern[str]], ...]
    noun: re.Pattern[str]
    bounds: tuple[tuple[Bound, re.Pattern[str]], ...]
    bounds_after: tuple[tuple[Bound, re.Pattern[str]], ...]
    no_count: re.Pattern[str]  # numbers that count nothing, or only what is added to others
    coming: re.Pattern[str]  # words by which a weekday may be one to come
    negating: re.Pattern[str]
    saying: re.Pattern[str]
    running: re.Pattern[str]
    roles: tuple[frozenset[str], ...]

    def words(self, text: str) -> list[Word]:
        """Return the words of ``text`` in order, with their stems."""
        return [
            Word(m[0], *m.span(), _stem(self, m[0].lower()), is_content=m[0].lower() not in self.empty)
            for m in _WORD.finditer(text)
        ]


# Signs that mean the same in all of them.
_SIGNS: Final = {
    "km/h": r"km/h",
    "km²": r"km²|km2",
    "m²": r"m²|m2",
    "m³": r"m³|m3",
    "km": r"km",
    "cm": r"cm",
    "mm": r"mm",
    "m": r"m",
    "kg": r"kg",
    "hectare": r"ha",
    "MW": r"MW",
    "°C": r"° ?C",
    "%": r"%",
    "EUR": r"€|EUR",
    "USD": r"US-?\$|\$|USD",
    "GBP": r"£|GBP",
    "CHF": r"CHF",
}


_NO_WORDS: Final = {
    "percent": "%",
    "point": "percentage point",
    "kmh": "km/h",
    "km2": "km²",
    "m2": "m²",
    "m3": "m³",
    "celsius": "°C",
}


def units(
    behind: Callable[[str], re.Pattern[str]], **spelled: str
) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the units of measure with what ``behind`` makes of each: signs, and ``spelled`` in words.

    A unit whose name is no Python word goes by another: ``percent`` for "%", ``kmh`` for "km/h".
    """
    words = {_NO_WORDS.get(name, name): pattern for name, pattern in spelled.items()}
    every = {
        name: "|".join(filter(None, (words.get(name), _SIGNS.get(name)))) for name in {**words, **_SIGNS}
    }
    return tuple((name, behind(pattern)) for name, pattern in every.items())


@remembered(most=65536)  # a story says the same words again and again
def _stem(vocabulary: Vocabulary, word: str) -> str:
    return vocabulary.stem(word)


def snowball(language: str) -> Callable[[str], str]:
    """Return the Snowball stemmer of a language, by its English name."""
    # A stemmer is not safe to share between threads, and cheap to make.
    return lambda word: str(Stemmer.Stemmer(language).stemWord(word))


def whole(*alternatives: str) -> re.Pattern[str]:
    """Return a pattern of whole words, whatever their case."""
    return re.compile(rf"(?<![\w-])(?:{'|'.join(alternatives)})(?![\w-])", re.IGNORECASE)


def before(*alternatives: str) -> re.Pattern[str]:
    """Return a pattern of words that a text ends with, a space behind them or not."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})[ \u00a0]?\Z", re.IGNORECASE)


def after(*alternatives: str) -> re.Pattern[str]:
    """Return a pattern of whole words behind a number, for ``match``."""
    return re.compile(rf"[ \u00a0\u202f-]?(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE)


def listed(words: str) -> frozenset[str]:
    """Return words written with spaces between them."""
    return frozenset(words.split())


def numbered(words: str, first: int = 1) -> dict[str, int]:
    """Return words by their place, from ``first`` on; those joined by "/" share one."""
    return {word: n for n, same in enumerate(words.split(), first) for word in same.split("/")}
