"""What reads English: the rules of ``pipeline/values/``, all of which were made for it."""

from datetime import date
from typing import Final

from pipeline.languages.reader import Reader, Roles
from pipeline.values.attribution import Attribution, find_attribution
from pipeline.values.attribution import speaker_of as nearest_attribution
from pipeline.values.clock import ClockTime, find_times
from pipeline.values.dates import DatedSpan, find_dates
from pipeline.values.names import NameSpan, find_names
from pipeline.values.polarity import Negation, negations
from pipeline.values.quantities import find_quantities
from pipeline.values.quotations import Quotation
from pipeline.values.sums import sums
from pipeline.values.words import Word, find_words, stems
from pipeline.words import content_stems
from schemas.claim import Quantity

# Words that give one and the same counted noun opposite roles.
_ROLES: Final = tuple(
    frozenset(stems(words.split()))
    for words in (
        "killed dead died deaths death toll kill kills fatalities drowned drowning drownings perished",
        "injured wounded hurt injuries injuring wounding hospitalised hospitalized treated",
        "missing unaccounted search searched searching",
        "arrested detained arrests detentions held custody",
        "rescued saved evacuated displaced homeless",
    )
)


class English(Reader):
    """Reads English: words, values, names, denials and speakers."""

    has_values = True
    has_all_rules = True

    def words(self, text: str) -> list[Word]:
        """Return the words of ``text`` in order."""
        return find_words(text)

    def stems(self, text: str) -> tuple[str, ...]:
        """Return the stems of the content words of ``text``, in order."""
        return content_stems(text)

    def quantities(self, text: str, offset: int = 0) -> tuple[Quantity, ...]:
        """Return the quantities in ``text`` in order."""
        return find_quantities(text, offset)

    def sums(self, text: str) -> tuple[Quantity, ...]:
        """Return the people that ``text`` lists in several kinds, added up."""
        return sums(text)

    def dates(
        self, text: str, published: date | None = None, offset: int = 0, around: date | None = None
    ) -> tuple[DatedSpan, ...]:
        """Return the dates in ``text`` in order."""
        return find_dates(text, published, offset, around)

    def times(self, text: str) -> tuple[ClockTime, ...]:
        """Return the times of day in ``text`` in order."""
        return find_times(text)

    def names(self, text: str) -> tuple[NameSpan, ...]:
        """Return the names in ``text`` in order."""
        return find_names(text)

    def negations(self, text: str) -> tuple[Negation, ...]:
        """Return the negating words in ``text`` in order."""
        return negations(text)

    def attribution(self, text: str, part: Quotation | None = None) -> Attribution | None:
        """Return who says what ``text`` says, or its quotation ``part``."""
        return nearest_attribution(text, part) if part is not None else find_attribution(text)

    @property
    def roles(self) -> Roles:
        """The words that give one and the same counted noun opposite roles, as stems."""
        return _ROLES
