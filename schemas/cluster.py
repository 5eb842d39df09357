"""Claims of several articles that say one and the same thing."""

from schemas.record import Record


class Cluster(Record):
    """One statement that several articles make.

    ``claim_ids`` and ``article_ids`` are in the order of publication, those without a date last. An article
    may be among them for a sentence that supports a claim, without a claim of its own. ``first_article_id``
    is the one that was published first; null where one of them has no date, or two share the first day.
    ``origins`` counts the independent ones among the articles: near-copies of one text count once, and so do
    those that quote one speaker. A draft that is checked against sources leads the articles, and is no
    origin, nor the first. ``speaker`` is whom all of them quote, by the fullest form of the name, or null.
    ``text`` is the wording of the claim that is nearest to all others.
    """

    id: str
    claim_ids: tuple[str, ...]
    article_ids: tuple[str, ...]
    first_article_id: str | None = None
    origins: int = 1
    speaker: str | None = None
    text: str
