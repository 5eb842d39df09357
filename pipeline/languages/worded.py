"""What reads German, Spanish, French and Korean: words, numbers, dates and hours, by a vocabulary."""

from datetime import date
from typing import Final

from pipeline.languages.days import dates_in, times_in
from pipeline.languages.quantities import quantities_in
from pipeline.languages.reader import Reader, Roles
from pipeline.languages.vocabulary import Vocabulary
from pipeline.values.clock import ClockTime
from pipeline.values.dates import DatedSpan
from pipeline.values.polarity import Negation
from pipeline.values.words import Word
from schemas.claim import Quantity
from schemas.record import Span

_NEAR: Final = 60  # code points around a date in which a word for saying stands


class Worded(Reader):
    """Reads numbers, dates and hours by the ``vocabulary`` of a language; names and speakers it does not."""

    has_values = True

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def words(self, text: str) -> list[Word]:
        """Return the words of ``text`` in order."""
        return self._vocabulary.words(text)

    def quantities(self, text: str, offset: int = 0) -> tuple[Quantity, ...]:
        """Return the quantities in ``text`` in order."""
        return quantities_in(self._vocabulary, text, offset)

    def dates(
        self, text: str, published: date | None = None, offset: int = 0, around: date | None = None
    ) -> tuple[DatedSpan, ...]:
        """Return the dates in ``text`` in order."""
        return dates_in(self._vocabulary, text, published or around, offset)

    def times(self, text: str) -> tuple[ClockTime, ...]:
        """Return the times of day in ``text`` in order."""
        return times_in(self._vocabulary, text)

    def negations(self, text: str) -> tuple[Negation, ...]:
        """Return the negating words in ``text`` in order, lest a denial pass for its opposite."""
        return tuple(
            Negation(text=match[0], span=Span(start=match.start(), end=match.end()))
            for match in self._vocabulary.negating.finditer(text)
        )

    def is_of_saying(self, text: str, start: int, end: int) -> bool:
        """Tell whether a word for saying stands near: two briefings are two days."""
        return self._vocabulary.saying.search(text[max(0, start - _NEAR) : end + _NEAR]) is not None

    def is_running(self, text: str) -> bool:
        """Tell whether ``text`` counts what changes from day to day."""
        return self._vocabulary.running.search(text) is not None

    @property
    def roles(self) -> Roles:
        """The words that give one and the same counted noun opposite roles, as stems."""
        return self._vocabulary.roles
