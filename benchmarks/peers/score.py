"""Decides which flags of a contender are right, by one rule for all.

A flag is a pair of texts, each said to be of one article. Each text is placed on a sentence of its article,
or of the passage that it was read from, where the contender tells: the shortest sentence that holds it word
for word; else every sentence of four words and more that it holds word for word; else the sentence that
shares most words with it, a word counting the more the fewer sentences of the article have it (``log(1 +
sentences / sentences that have it)``), and of equals the shorter. Words are runs of letters and digits,
without regard to case.

Flags on one pair of sentences are one flag. It is right when its two sentences lie on two different sides of
one planted conflict of gold.json, and false otherwise, also where a text shares no word with its article. A
conflict is found when a right flag lies on it. Flags between two passages of one article are set aside:
nobody planted conflicts there. So are findings that name one passage alone; of them it is only said how many
planted conflicts they touch, on any side.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.gold import Gold
from benchmarks.peers.attempt import Told, ToldSide
from pipeline.reading.sentences import split_sentences

MIN_HELD = 4  # words of a sentence that counts as held by a longer text
_WORD = re.compile(r"[^\W_]+")

Place = tuple[str, tuple[int, ...]]  # an article, and the positions of sentences in it


@dataclass(frozen=True)
class Flag:
    """A pair of places that was flagged, once or more often, and the planted conflicts it lies on."""

    sides: tuple[Place, Place]
    conflicts: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Score:
    """What a contender's flags are worth; ``false`` includes the ``unplaced``, which lie on no sentence."""

    found: tuple[str, ...]
    flags: tuple[Flag, ...]
    unplaced: int
    within_one_article: int
    findings: int
    touched: tuple[str, ...]

    @property
    def flagged(self) -> int:
        """The flags that count."""
        return len(self.flags) + self.unplaced

    @property
    def false(self) -> int:
        """The flags that lie on no planted conflict."""
        return sum(not flag.conflicts for flag in self.flags) + self.unplaced


class Text:
    """One article in sentences, and which words each of them has."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = [sentence.span for sentence in split_sentences(text)]
        self._words = [_words(span.cut(text)) for span in self.spans]
        self._having = Counter(word for words in self._words for word in set(words))

    def sentence(self, position: int) -> str:
        """Return the sentence at ``position``, from 0."""
        return self.spans[position].cut(self.text)

    def place(self, text: str, passage: str | None = None) -> tuple[int, ...]:
        """Return the positions of the sentences that ``text`` lies on by this module's rule, or none."""
        words = _words(text)
        pool = self.overlapping(passage) if passage else ()
        pool = pool or tuple(range(len(self.spans)))
        if not words or not pool:
            return ()
        if holding := [i for i in pool if _holds(self._words[i], words)]:
            return (min(holding, key=lambda i: len(self._words[i])),)
        if held := [i for i in pool if len(self._words[i]) >= MIN_HELD and _holds(words, self._words[i])]:
            return tuple(held)
        best = max(pool, key=lambda i: (self._shared(words, i), -len(self._words[i])))
        return (best,) if self._shared(words, best) else ()

    def overlapping(self, quote: str) -> tuple[int, ...]:
        """Return the positions of the sentences that the first ``quote`` in this text overlaps."""
        start = self.text.find(quote)
        if start < 0:
            return ()
        end = start + len(quote)
        return tuple(i for i, span in enumerate(self.spans) if span.start < end and start < span.end)

    def _shared(self, words: Sequence[str], position: int) -> float:
        shared = set(words) & set(self._words[position])
        return sum(math.log1p(len(self.spans) / self._having[word]) for word in sorted(shared))


def score(told: Told, gold: Gold, texts: dict[str, Text]) -> Score:
    """Score what a contender told against ``gold``; ``texts`` are the articles by file name."""
    planted = _Planted(gold, texts)
    flags: dict[frozenset[Place], Flag] = {}
    unplaced: set[frozenset[ToldSide]] = set()
    within = 0
    for flag in told.flags:
        a, b = (_place(side, texts) for side in flag.sides)
        if flag.sides[0].article == flag.sides[1].article:
            within += 1
        elif a is None or b is None:
            unplaced.add(frozenset(flag.sides))
        else:
            flags.setdefault(frozenset((a, b)), Flag((a, b), planted.between(a, b), flag.why))
    found = {conflict for flag in flags.values() for conflict in flag.conflicts}
    single = [place for finding in told.findings if (place := _place(finding.side, texts))]
    touched = {conflict for place in single for conflict, _ in planted.at(place)}
    return Score(
        found=planted.ordered(found),
        flags=tuple(flags.values()),
        unplaced=len(unplaced),
        within_one_article=within,
        findings=len(told.findings),
        touched=planted.ordered(touched),
    )


def read_texts(story: Path) -> dict[str, Text]:
    """Read the articles of ``story``, by file name."""
    return {path.name: Text(path.read_text(encoding="utf-8")) for path in sorted(story.glob("*.txt"))}


class _Planted:
    """Which sides of which planted conflicts lie on each sentence."""

    def __init__(self, gold: Gold, texts: dict[str, Text]) -> None:
        self._ids = [conflict.id for conflict in gold.conflicts]
        self._on: dict[tuple[str, int], set[tuple[str, int]]] = {}
        for conflict in gold.conflicts:
            for number, side in enumerate(conflict.sides):
                for position in texts[side.article].overlapping(side.quote):
                    self._on.setdefault((side.article, position), set()).add((conflict.id, number))

    def at(self, place: Place) -> set[tuple[str, int]]:
        """Return the sides, as conflict and number, that lie on any sentence of ``place``."""
        article, positions = place
        return {side for position in positions for side in self._on.get((article, position), ())}

    def between(self, a: Place, b: Place) -> tuple[str, ...]:
        """Return the conflicts that have one side at ``a`` and another at ``b``."""
        return self.ordered({c for c, n in self.at(a) for d, m in self.at(b) if c == d and n != m})

    def ordered(self, ids: set[str]) -> tuple[str, ...]:
        """Return ``ids`` in the order of gold.json."""
        return tuple(name for name in self._ids if name in ids)


def _place(side: ToldSide, texts: dict[str, Text]) -> Place | None:
    text = texts.get(side.article)
    positions = text.place(side.text, side.passage) if text else ()
    return (side.article, positions) if positions else None


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _holds(longer: Sequence[str], shorter: Sequence[str]) -> bool:
    size = len(shorter)
    return size > 0 and any(longer[i : i + size] == shorter for i in range(len(longer) - size + 1))
