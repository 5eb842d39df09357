"""A typed claim: who says it, and what, with its exact place in the article."""

from datetime import date
from enum import StrEnum

from schemas.record import Record, Span


class ClaimKind(StrEnum):
    """What a claim is about."""

    event = "event"
    quantity = "quantity"
    date = "date"
    statement = "statement"
    status = "status"
    plan = "plan"


class Bound(StrEnum):
    """How a quantity limits the true value."""

    exact = "exact"
    about = "about"
    at_least = "at_least"
    more_than = "more_than"
    at_most = "at_most"
    less_than = "less_than"


class Quantity(Record):
    """A number as written, normalised: ``value`` (and ``high`` of a range) in ``unit``.

    ``unit`` is a singular lower-case noun ("soldier"), an SI or customary unit ("km"), an ISO 4217 currency
    code ("USD"), "%" for percent, or "" where the text names none. ``span`` indexes the article's text.
    """

    text: str
    span: Span
    value: float
    high: float | None = None
    unit: str = ""
    bound: Bound = Bound.exact


class When(Record):
    """A point or stretch of time as written, resolved to the days ``start`` to ``end``, both included.

    Both are null where the text alone, with the article's publication date, does not settle them.
    """

    text: str
    start: date | None = None
    end: date | None = None


class Claim(Record):
    """One claim of one article.

    ``span`` is the sentence that states it and ``quote`` exactly that text; ``text`` reads alone.
    ``speaker`` is null when the outlet itself asserts the claim. ``repeats`` are further sentences of the
    same article that state it again. ``is_verbatim`` says that ``text`` is the sentence's own words, since
    the model worded no claim for it.
    """

    id: str
    article_id: str
    sentence: int
    span: Span
    quote: str
    text: str
    kind: ClaimKind
    speaker: str | None = None
    when: When | None = None
    quantities: tuple[Quantity, ...] = ()
    repeats: tuple[Span, ...] = ()
    is_verbatim: bool = False


class Dropped(Record):
    """A claim that the model made and the text does not bear out; kept in the report, judged by nobody.

    ``sentence`` is the number of the one that it was drawn from, null in older reports.
    """

    article_id: str
    text: str
    reason: str
    sentence: int | None = None
