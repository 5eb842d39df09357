"""A batch of questions that was handed in to an endpoint."""

from datetime import datetime

from schemas.record import Record


class BatchJob(Record):
    """A batch that was not fetched yet: ``token`` is ours, ``id`` the endpoint's, null until it is known."""

    token: str
    id: str | None = None
    handed_in_at: datetime
