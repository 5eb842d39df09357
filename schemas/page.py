"""One fetch of a page, as it is recorded beside the pages that are kept."""

from datetime import datetime
from typing import Literal

from schemas.record import Record


class Fetch(Record):
    """That a URL was asked for, and what came of it; a page that came is ``file`` in the same folder.

    ``sha256`` and ``size_bytes`` are those of the file as it was written; ``problem`` says why there is none.
    """

    schema_version: Literal[1] = 1
    url: str
    fetched_at: datetime
    final_url: str | None = None  # after redirects
    status: int | None = None
    content_type: str | None = None
    file: str | None = None
    sha256: str | None = None
    size_bytes: int | None = None
    problem: str | None = None
