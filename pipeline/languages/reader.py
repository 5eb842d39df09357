"""What reads a text, whatever its language: its words, and no values.

A language without rules of its own is read by this alone: what English rules would make of it is worse than
nothing.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from pipeline.values.attribution import Attribution
from pipeline.values.clock import ClockTime
from pipeline.values.dates import DatedSpan
from pipeline.values.names import NameSpan
from pipeline.values.polarity import Negation
from pipeline.values.quotations import Quotation
from pipeline.values.words import Word
from schemas.claim import Quantity

_WORD: Final = re.compile(r"[^\W_]+(?:[.,-][^\W_]+)*")
# Scripts that set no space between words: two signs in a row stand for one.
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{2,}")
Roles = Sequence[frozenset[str]]


class Reader:
    """Reads the words of a language for which there are no rules, and finds no values."""

    has_values = False  # numbers and dates are found
    has_all_rules = False  # and names, denials, roles, quotations and speakers: all that English has

    def words(self, text: str) -> list[Word]:
        """Return the words of ``text`` in order, with what two forms of one word have in common."""
        found = []
        for match in _WORD.finditer(text):
            run = match[0].casefold()
            if _UNSPACED.fullmatch(run):
                pairs = ((run[i : i + 2], match.start() + i) for i in range(len(run) - 1))
                found += [Word(pair, at, at + 2, pair) for pair, at in pairs]
            else:
                found.append(Word(match[0], *match.span(), run))
        return found

    def stems(self, text: str) -> tuple[str, ...]:
        """Return the stems of the content words of ``text``, in order."""
        return tuple(word.key for word in self.words(text) if word.is_content)

    def quantities(self, text: str, offset: int = 0) -> tuple[Quantity, ...]:
        """Return the quantities in ``text`` in order, their spans shifted by ``offset``."""
        return ()

    def sums(self, text: str) -> tuple[Quantity, ...]:
        """Return the people that ``text`` lists in several kinds, added up."""
        return ()

    def dates(
        self, text: str, published: date | None = None, offset: int = 0, around: date | None = None
    ) -> tuple[DatedSpan, ...]:
        """Return the dates in ``text`` in order; ``published`` and ``around`` as for ``find_dates``."""
        return ()

    def times(self, text: str) -> tuple[ClockTime, ...]:
        """Return the times of day in ``text`` in order."""
        return ()

    def names(self, text: str) -> tuple[NameSpan, ...]:
        """Return the names in ``text`` in order."""
        return ()

    def negations(self, text: str) -> tuple[Negation, ...]:
        """Return the negating words in ``text`` in order."""
        return ()

    def attribution(self, text: str, part: Quotation | None = None) -> Attribution | None:
        """Return who says what ``text`` says, or its quotation ``part``, where the text tells it."""
        return None

    def is_of_saying(self, text: str, start: int, end: int) -> bool:
        """Tell whether the date at ``text[start:end]`` may be the day on which something was said."""
        return False

    def is_running(self, text: str) -> bool:
        """Tell whether ``text`` counts what changes from day to day, as the dead and the rescued do."""
        return False

    @property
    def roles(self) -> Roles:
        """The words that give one and the same counted noun opposite roles, as stems."""
        return ()
