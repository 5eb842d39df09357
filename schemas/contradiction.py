"""Two passages of two articles that cannot both stand as they are written."""

from enum import StrEnum

from schemas.record import Record, Span


class ConflictKind(StrEnum):
    """What the two sides differ in."""

    date = "date"
    quantity = "quantity"
    entity = "entity"
    place = "place"
    polarity = "polarity"
    event = "event"
    attribution = "attribution"


class Relation(StrEnum):
    """How the two sides stand to each other; only ``contradiction`` makes a claim contradicted."""

    contradiction = "contradiction"
    update = "update"
    speakers_differ = "speakers_differ"


class Severity(StrEnum):
    """How much hangs on it for a reader of the story."""

    high = "high"
    medium = "medium"
    low = "low"


class Side(Record):
    """One side of a contradiction; ``quote`` is exactly ``text[start:end]`` of the article.

    ``differs`` are the parts of the quote the two sides differ in, as spans of the article's text.
    """

    article_id: str
    span: Span
    quote: str
    claim_id: str | None = None
    differs: tuple[Span, ...] = ()


class Contradiction(Record):
    """One conflict between two articles, whichever of its directions was noticed first.

    ``confidence`` is the probability (0 to 1) that a reviewer accepts it.
    """

    id: str
    kind: ConflictKind
    relation: Relation
    severity: Severity
    confidence: float
    reason: str
    sides: tuple[Side, Side]
