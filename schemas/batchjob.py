"""A batch of questions handed in to an endpoint, and what became of a question in one that failed."""

from datetime import datetime

from schemas.record import Record


class BatchJob(Record):
    """A batch that was not fetched yet: ``token`` is ours, ``id`` the endpoint's, null until it is known."""

    token: str
    id: str | None = None
    handed_in_at: datetime


class Failed(Record):
    """A question that failed ``times`` times: ``error`` is its name in ``pipeline.errors``."""

    error: str
    said: str
    times: int = 1
