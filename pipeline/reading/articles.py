"""Files to articles: the one way by which `check` and `group` read, whatever form a file has."""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from io import BufferedReader
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pipeline.reading.decode import NotText
from pipeline.reading.forms.apart import Apart
from pipeline.reading.forms.fields import Fields
from pipeline.reading.forms.kept import Kept
from pipeline.reading.forms.table import Many, Refused, Single, form_of
from pipeline.reading.language import Told, find_language
from pipeline.reading.metadata import Metadata, read_page
from pipeline.reading.sentences import split_sentences
from pipeline.reading.sources import NO_ARTICLE, printable, shown
from schemas.article import Article, Sentence, Skipped

MAX_SENTENCES: Final = 5_000  # ten times the longest article; comparing takes time by their square


class Reading:
    """Reads articles while its block lasts; ``fields`` are the names that rows have for ours."""

    def __init__(self, fields: Fields | None = None) -> None:
        self._fields: Mapping[str, str] = fields or {}
        self._apart = Apart()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what was begun for it."""
        self._apart.__exit__(kind, error, trace)

    def articles(self, path: Path, known: Metadata) -> Iterator[Article | Skipped]:
        """Yield the article that the file at ``path`` is, or those that its rows are.

        What cannot be read is told with its reason. ``known`` is what a person says of the file, and wins.
        """
        form = form_of(path)
        try:
            if form is None or isinstance(form, Refused):
                raise NotText(form.reason if form else NO_ARTICLE)
            with open_regular(path) as file:
                if isinstance(form, Many):
                    yield from self._rows(form, file, path, known)
                else:
                    yield self._article(form, file, path, known)
        except (NotText, OSError) as error:
            yield _lost(shown(path), error, known.url)

    def _article(self, form: Single, file: BufferedReader, path: Path, known: Metadata) -> Article:
        data = file.read(form.most_bytes + 1) or b""  # None where there is nothing to read as yet
        if len(data) > form.most_bytes:
            raise NotText(f"larger than {form.most_bytes // 1_000_000} MB, which no article is")
        suffix = path.suffix.lower() or path.name.lower()
        kept = self._apart.read(suffix, data) if form.is_apart else form.read(data)
        return make_article(kept, shown(path), printable(path.stem), known, hashlib.sha256(data).hexdigest())

    def _rows(
        self, form: Many, file: BufferedReader, path: Path, known: Metadata
    ) -> Iterator[Article | Skipped]:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        for line, found in form.rows(file, self._fields):
            place = shown(path) if line is None else f"{shown(path)}:{line}"
            try:
                if isinstance(found, str):
                    raise NotText(found)
                yield make_article(found, place, f"{printable(path.stem)}-{line}", known, sha256)
            except NotText as error:
                yield _lost(place, error)


def make_article(kept: Kept, place: str, name: str, known: Metadata, file_sha256: str) -> Article:
    """Return the article that ``kept`` is: in sentences, with what is known of it.

    What a person says (``known``) goes before what its form says of it, and that before what its own lines
    say. Raises NotText where it is none.
    """
    text = kept.text
    said = known.over(kept.known)
    told = Told(said.language) if said.language else find_language(text, kept.start)
    sentences = split_sentences(text, kept.start, most=MAX_SENTENCES, language=told.language)
    if not sentences:
        raise NotText("front matter only, no article")
    if len(sentences) > MAX_SENTENCES:
        raise NotText(
            f"more than {MAX_SENTENCES:,} sentences, which no article has: split it into its articles"
        )
    found = said.over(read_page(text, sentences, told.language))
    notes = found.notes
    if said.outlet:
        notes = tuple(note for note in notes if not note.startswith("outlet taken"))
    if said.published:
        notes = tuple(note for note in notes if not note.startswith("publication date"))
    return Article(
        id="a" + hashlib.sha256(text.encode()).hexdigest()[:12],
        path=place,
        name=name,
        title=found.title,
        outlet=found.outlet,
        published=found.published,
        author=found.author,
        url=found.url,
        given_id=found.given_id,
        encoding=kept.encoding,
        file_sha256=file_sha256,
        text=text,
        sentences=_with_pages(sentences, kept),
        notes=kept.notes + notes + told.notes + _unread(sentences),
        language=told.language,
    )


def _with_pages(sentences: tuple[Sentence, ...], kept: Kept) -> tuple[Sentence, ...]:
    if not kept.pages:
        return sentences
    return tuple(one.model_copy(update={"page": kept.page(one.span.start)}) for one in sentences)


def _unread(sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """Return a note where claims can be drawn from none of an article's sentences."""
    if any(sentence.is_readable for sentence in sentences):
        return ()
    return ("no running text found: nothing in it but bylines, page furniture or signs",)


def _lost(place: str, error: Exception, url: str | None = None) -> Skipped:
    reason = f"cannot be read: {error.strerror or error}" if isinstance(error, OSError) else str(error)
    return Skipped(path=place, reason=f"{reason} ({url})" if url else reason, is_lost=True)


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file, and nothing else: opening a pipe would wait for ever, a device might never end.

    Raises NotText where it is none, and OSError.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise NotText("not a regular file")
    # Another process may put a pipe in its place meanwhile: without O_NONBLOCK this would hang.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    file = open(descriptor, "rb")  # noqa: PTH123, SIM115 - a descriptor, no path; the caller closes it
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise NotText("not a regular file")
    return file
