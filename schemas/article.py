"""One article of a story, split into sentences with exact offsets."""

from datetime import date
from enum import StrEnum
from typing import Final

from schemas.record import Record, Span

READ_WITHOUT_LANGUAGE: Final = "en"


class Role(StrEnum):
    """What a sentence is on its page; claims are drawn from headline, prose and caption alone."""

    headline = "headline"
    prose = "prose"
    caption = "caption"
    byline = "byline"
    furniture = "furniture"


class Sentence(Record):
    """One sentence of an article: ``article.text[span.start:span.end]``, without outer white space.

    The first ``dateline`` code points of it are a dateline, and tell nothing of what the sentence does.
    """

    number: int  # position in the article, from 1
    span: Span
    role: Role
    paragraph: int  # position of its paragraph in the article, from 1
    page: int | None = None  # of a PDF that it begins on, from 1
    dateline: int = 0

    @property
    def is_readable(self) -> bool:
        """Tell whether claims may be drawn from this sentence."""
        return self.role in (Role.headline, Role.prose, Role.caption)


class Article(Record):
    """One article as it was read.

    ``id`` comes from the text; ``path`` is as the user gave it (joined with the file's name where a folder
    was given), for a row of a file of many with its line ("dump.jsonl:17"), and ``given_id`` what that row,
    or story.toml, calls it; ``text`` is what spans index; ``notes`` says what a reader should know about how
    it was read (an encoding that was guessed, say). ``language`` is its code of two letters (ISO 639-1), null
    where it is not known: then it is read as English.
    """

    id: str
    path: str
    name: str  # the file's name without its suffix, safe to show
    title: str | None = None
    outlet: str | None = None
    published: date | None = None
    author: str | None = None
    url: str | None = None  # http or https
    given_id: str | None = None
    encoding: str = "utf-8"
    file_sha256: str = ""  # of the bytes of its file, which rows have in common
    text: str
    sentences: tuple[Sentence, ...] = ()
    notes: tuple[str, ...] = ()
    language: str | None = None

    @property
    def label(self) -> str:
        """What to call this article's source in front of a reader: its outlet, else the file's name."""
        return self.outlet or self.name

    @property
    def read_as(self) -> str:
        """The code of the language by whose rules it is read."""
        return self.language or READ_WITHOUT_LANGUAGE

    def quote(self, span: Span) -> str:
        """Return the text that ``span`` covers."""
        return span.cut(self.text)


class Skipped(Record):
    """An input that was not read as an article, and why: nothing is dropped silently.

    ``is_lost`` says that it was meant as an article and could not be read, so that the check is not complete.
    """

    path: str
    reason: str
    is_lost: bool = False


class Story(Record):
    """The articles of one story, in the order of their paths, which are checked against each other.

    ``name`` is the key that it is kept under, ``title`` what story.toml calls it. Where there are
    ``sources``, the articles are checked against those alone, and the sources not at all. ``left_out`` is
    what `group` put into no story of its batch, which the first one tells of.
    """

    name: str
    title: str | None = None
    articles: tuple[Article, ...]
    skipped: tuple[Skipped, ...] = ()
    left_out: tuple[Skipped, ...] = ()
    sources: tuple[Article, ...] = ()

    @property
    def texts(self) -> tuple[Article, ...]:
        """All that was read: the articles, then the sources."""
        return (*self.articles, *self.sources)
