"""What a form makes of the bytes of an article: the text that is kept, and what is known of it."""

from bisect import bisect_right
from typing import NamedTuple

from pipeline.reading.metadata import Metadata
from schemas.record import Record


class Kept(Record):
    """The text that spans index, which from ``start`` on is the article's own, and what its form knows of it.

    ``pages`` are the offsets that its pages begin at, in a form that has pages.
    """

    text: str
    encoding: str = "utf-8"
    start: int = 0
    known: Metadata = Metadata()
    pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    def page(self, offset: int) -> int | None:
        """Return the number, from 1, of the page that the character at ``offset`` stands on, if any."""
        return bisect_right(self.pages, offset) or None


class Row(NamedTuple):
    """A row of a file of many articles: the line it begins on, and its article, or else why it is none.

    Without a line, it is about the whole file.
    """

    line: int | None
    found: Kept | str
