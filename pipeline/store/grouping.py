"""What ``storycheck group`` knows of the articles it was given, in DIR/grouping.sqlite.

An article is stored with its marks before anything is made of it. Its text stays here until it is written
into a story's folder. Its number never changes, nor does its story, once it has one.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple
from zlib import compress, decompress

from pipeline.errors import InputError
from pipeline.store.groupingfile import GROUPING, prepare


class Kept(NamedTuple):
    """An article as it is stored."""

    id: str
    place: str
    given_id: str | None
    title: str | None
    outlet: str | None
    url: str | None
    name: str
    published: date | None
    text: str
    lead: str
    marked: bytes
    signature: bytes
    days: bytes


class Listed(NamedTuple):
    """What lists say of an article."""

    number: int
    id: str
    place: str
    given_id: str | None
    title: str | None
    outlet: str | None
    url: str | None
    name: str
    published: str | None
    story: int
    copy_of: int


class Marked(NamedTuple):
    """What an article is compared by; ``published`` is an ISO date or None."""

    number: int
    published: str | None
    story: int
    is_seen: int
    marked: bytes
    signature: bytes
    days: bytes


class Counts(NamedTuple):
    """How many articles are stored, how many are copies of another, and how many in no story's folder."""

    articles: int
    copies: int
    alone: int


_ALONE: Final = "story NOT IN (SELECT number FROM story WHERE has_folder)"
_COUNTS: Final = f"SELECT count(*), coalesce(sum(copy_of > 0), 0), coalesce(sum({_ALONE}), 0) FROM article"  # noqa: S608
_INSERT: Final = (
    "INSERT OR IGNORE INTO article (id, place, given_id, title, outlet, url, name, published, text, lead, "
    "marked, signature, days) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_LISTED: Final = (
    "SELECT number, id, place, given_id, title, outlet, url, name, published, story, copy_of FROM article"
)


class Grouping:
    """The open file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, articles: Iterable[Kept]) -> int:
        """Store those that are not there yet, all or none, and return how many those were."""
        before = self._connection.total_changes
        with self._connection:
            self._connection.executemany(_INSERT, map(_row, articles))
        return self._connection.total_changes - before

    def place_of(self, article_id: str) -> str | None:
        """Return where an article came from, None where it is not stored."""
        row = self._one("SELECT place FROM article WHERE id = ?", article_id)
        return None if row is None else str(row[0])

    def marked(self) -> Iterator[Marked]:
        """Yield all articles, in the order of their numbers."""
        rows = self._connection.execute(
            "SELECT number, published, story, is_seen, marked, signature, days FROM article ORDER BY number"
        )
        yield from (Marked(*row) for row in rows)

    def lead(self, number: int) -> tuple[str, bytes | None]:
        """Return the lead of an article, and its vector, once there is one."""
        row = self._one("SELECT lead, vector FROM article WHERE number = ?", number)
        lead, vector = row if row else ("", None)
        return str(lead), vector if isinstance(vector, bytes) else None

    def keep_vectors(self, vectors: Iterable[tuple[bytes, int]]) -> None:
        """Store vectors, each with the number of its article."""
        with self._connection:
            self._connection.executemany("UPDATE article SET vector = ? WHERE number = ?", vectors)

    def settle(
        self,
        stories: Sequence[tuple[int, str]],
        found: Iterable[tuple[int, int, int]],
        related: Iterable[tuple[int, int]],
    ) -> None:
        """Store new stories (number, id), where articles belong (story, copy of, number), which are related.

        All of it is stored, or nothing.
        """
        with self._connection:
            self._connection.executemany("INSERT OR IGNORE INTO related VALUES (?, ?)", related)
            self._connection.executemany("INSERT INTO story VALUES (?, ?, 0)", stories)
            self._connection.executemany(
                "UPDATE article SET story = ?, copy_of = ?, is_seen = 1 WHERE number = ?", found
            )

    def last_story(self) -> int:
        """Return the highest number of a story, 0 where there is none."""
        row = self._one("SELECT coalesce(max(number), 0) FROM story")
        return row[0] if row and isinstance(row[0], int) else 0

    def stories(self) -> list[tuple[int, str, bool]]:
        """Return the stories: number, id, and whether each has a folder."""
        rows = self._connection.execute("SELECT number, id, has_folder FROM story ORDER BY number")
        return [(number, story_id, bool(has_folder)) for number, story_id, has_folder in rows]

    def of_story(self, story: int) -> list[Listed]:
        """Return the articles of a story, in the order of their numbers."""
        question = f"{_LISTED} WHERE story = ? ORDER BY number"
        return [Listed(*row) for row in self._connection.execute(question, (story,))]

    def alone(self) -> Iterator[Listed]:
        """Yield the articles that are in no story's folder, in the order of their numbers."""
        yield from (
            Listed(*row) for row in self._connection.execute(f"{_LISTED} WHERE {_ALONE} ORDER BY number")
        )

    def listed(self, number: int) -> Listed:
        """Return what lists say of an article."""
        row = self._connection.execute(f"{_LISTED} WHERE number = ?", (number,)).fetchone()
        return Listed(*row)

    def related(self) -> list[tuple[int, int]]:
        """Return the pairs of stories that may tell of one event."""
        return list(self._connection.execute("SELECT one, other FROM related ORDER BY one, other"))

    def counts(self) -> "Counts":
        """Return how many articles there are, of what kind."""
        return Counts(*self._connection.execute(_COUNTS).fetchone())

    def text(self, number: int) -> str | None:
        """Return the text of an article that is in no folder yet, None for others."""
        row = self._one("SELECT text FROM article WHERE number = ?", number)
        return decompress(row[0]).decode() if row and isinstance(row[0], bytes) else None

    def written(self, story: int) -> None:
        """Note that the story's articles are all in its folder."""
        with self._connection:
            self._connection.execute("UPDATE article SET text = NULL WHERE story = ?", (story,))
            self._connection.execute("UPDATE story SET has_folder = 1 WHERE number = ?", (story,))

    def unwritten(self) -> set[int]:
        """Return the numbers of stories that have articles which are in no folder."""
        rows = self._connection.execute(
            "SELECT DISTINCT story FROM article WHERE story > 0 AND text IS NOT NULL"
        )
        return {number for (number,) in rows}

    def _one(self, question: str, *given: object) -> tuple[object, ...] | None:
        found: tuple[object, ...] | None = self._connection.execute(question, given).fetchone()
        return found


def _row(article: Kept) -> tuple[object, ...]:
    day = str(article.published) if article.published else None
    return *article[:7], day, compress(article.text.encode()), *article[9:]


@contextmanager
def open_grouping(folder: Path) -> Iterator[Grouping]:
    """Open, or make, the store in ``folder``. Raises InputError where it cannot be used or written."""
    path = folder / GROUPING
    try:
        with closing(sqlite3.connect(path)) as connection:
            prepare(connection, path)
            yield Grouping(connection)
    except sqlite3.Error as error:
        raise InputError(
            f"{path} cannot be used ({error}): make room for it, or move it away to group everything anew "
            "into another folder."
        ) from error
