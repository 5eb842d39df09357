"""Texts that are no files, as a program has them, to articles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.errors import InputError
from pipeline.ingest import without_copies
from pipeline.reading.articles import make_article
from pipeline.reading.decode import NotText
from pipeline.reading.forms.fields import article
from pipeline.reading.metadata import Metadata, tidy
from pipeline.reading.sources import printable, reasons
from pipeline.trace import sha256
from schemas.article import Article, Skipped, Story

NAME: Final = "texts"  # of a story of them
_PLACE: Final = "(text)"  # in place of a folder: no file is there


@dataclass(frozen=True)
class Text:
    """The text of an article, and what is known of it, which goes before what its own lines say.

    ``published`` is a day, or words for one as a row of a file has them; ``language`` a code of two letters.
    ``name`` is what a report calls a text without an outlet.
    """

    text: str
    outlet: str | None = None
    published: date | str | None = None
    title: str | None = None
    author: str | None = None
    url: str | None = None
    language: str | None = None
    name: str | None = None


def read_texts(texts: Sequence[Text]) -> Story:
    """Return the story that ``texts`` make. Raises InputError where none of them is an article."""
    found = list(_articles(texts))
    skipped = [one for one in found if isinstance(one, Skipped)]
    articles = without_copies((one for one in found if isinstance(one, Article)), skipped)
    if not articles:
        raise InputError(f"no article among the texts given ({reasons(skipped)}): give the text of some.")
    return Story(name=NAME, articles=tuple(articles), skipped=tuple(skipped))


def _articles(texts: Sequence[Text]) -> Iterator[Article | Skipped]:
    for number, text in enumerate(texts, start=1):
        name = printable(text.name or f"text-{number}").replace("/", "-")
        place = f"{_PLACE}/{name}"
        row = {name: getattr(text, name) for name in ("text", "title", "outlet", "url", "language")}
        try:
            kept = article(row | {"published": str(text.published or "")}, {})
            known = Metadata(author=tidy(text.author or ""))
            yield make_article(kept, place, name, known, sha256(text.text.encode()))
        except UnicodeEncodeError:
            yield Skipped(path=place, reason="it holds half a character (a lone surrogate)", is_lost=True)
        except NotText as error:
            yield Skipped(path=place, reason=str(error), is_lost=True)
