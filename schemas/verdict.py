"""What the other articles say about a claim. The labels are defined here and used unchanged everywhere."""

from enum import StrEnum

from schemas.record import Record, Span


class Label(StrEnum):
    """The outcome for one claim."""

    supported = "supported"
    contradicted = "contradicted"
    unsupported = "unsupported"
    error = "error"


class Stance(StrEnum):
    """What one piece of evidence does to a claim."""

    supports = "supports"
    contradicts = "contradicts"
    neutral = "neutral"


class UnsupportedReason(StrEnum):
    """Why no other article settles a claim."""

    nothing_found = "nothing_found"
    inconclusive = "inconclusive"
    nothing_to_compare = "nothing_to_compare"
    other_languages = "other_languages"


class Evidence(Record):
    """One sentence of another article, and its stance; ``quote`` is exactly ``text[start:end]``."""

    article_id: str
    span: Span
    quote: str
    stance: Stance
    confidence: float  # probability (0 to 1) of the stance


class Verdict(Record):
    """The label of one claim with the evidence it rests on.

    ``origins`` counts the independent origins of the claim's own article and the supporting ones:
    near-copies of one wire text count once, and so do articles that quote one and the same speaker. A draft
    that is checked against sources counts for none.
    """

    label: Label
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None
    error: str | None = None
    origins: int = 0
