"""The articles of a pile, one at a time: text files and lines of JSON, with what is known of each.

A line of a .jsonl file is an object with ``text``, and, where known, ``title``, ``outlet``, ``published``,
``url`` and ``id``. What cannot be read is handed on with its place and the reason, and the rest goes on.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.errors import InputError
from pipeline.ingest import MAX_ARTICLE_BYTES, MAX_SENTENCES, read_regular
from pipeline.reading.decode import NotText, decode
from pipeline.reading.language import find_language
from pipeline.reading.metadata import Metadata, read_front_matter, read_page, tidy
from pipeline.reading.published import parse_date, plausible
from pipeline.reading.sentences import split_sentences
from pipeline.reading.sidecar import SIDECAR, read_sidecar
from pipeline.reading.sources import (
    GROUPING,
    SIDECARS,
    SUFFIXES,
    is_folder,
    is_regular,
    printable,
    real_path,
    shown,
)
from schemas.article import Sentence, Skipped

LINES: Final = ".jsonl"
LONGEST_LINE: Final = 3 * MAX_ARTICLE_BYTES  # bytes; what is quoted in JSON grows
LONGEST_ID: Final = 200  # code points
_ABOUT_FOLDER: Final = ("readme", "license", "licence", "changelog", "contributing")
_NO_ARTICLE: Final = "not a .txt, .md or .jsonl file"


class Given(NamedTuple):
    """One article of the pile; ``place`` is its file, with the line in a .jsonl file."""

    place: str
    name: str
    text: str
    about: Metadata
    sentences: tuple[Sentence, ...]
    id: str | None = None
    url: str | None = None


def read_pile(paths: Sequence[Path], out: Path) -> Iterator[Given | Skipped]:
    """Yield what ``paths`` hold, folders walked in the order of their names; ``out`` itself is left out.

    Raises InputError for a path that is not there.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise InputError(f"{shown(path)} does not exist: give .txt, .md or .jsonl files, or folders.")
    walk = _Walk(out)
    for path in paths:
        yield from walk.through(path)


class _Walk:
    """A way through files and folders that meets nothing twice."""

    def __init__(self, out: Path) -> None:
        self._seen = {real_path(out)}
        self._sidecar: tuple[Path, Mapping[str, Metadata]] | None = None  # of the folder looked at last

    def through(self, path: Path) -> Iterator[Given | Skipped]:
        """Yield what ``path`` holds."""
        if real_path(path) in self._seen:
            yield Skipped(path=shown(path), reason="given twice, or written by this command")
            return
        self._seen.add(real_path(path))
        if is_folder(path):
            yield from self._folder(path)
        elif path.name.lower().endswith(LINES):
            yield from _lines(path)
        elif path.name.lower().endswith(SUFFIXES):
            yield from self._file(path)
        else:
            yield Skipped(path=shown(path), reason=_NO_ARTICLE)

    def _folder(self, folder: Path) -> Iterator[Given | Skipped]:
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            yield Skipped(path=shown(folder), reason=_reason(error), is_lost=True)
            return
        for entry in entries:
            if entry.name in SIDECARS or entry.name.startswith((".", GROUPING)):
                continue
            if entry.stem.lower() in _ABOUT_FOLDER:
                yield Skipped(path=shown(entry), reason="about the folder, not an article")
            else:
                yield from self.through(entry)

    def _file(self, path: Path) -> Iterator[Given | Skipped]:
        if self._sidecar is None or self._sidecar[0] != path.parent:
            sidecar = path.parent / SIDECAR
            self._sidecar = path.parent, {}
            try:
                if is_regular(sidecar):
                    self._sidecar = path.parent, read_sidecar(sidecar, shown(sidecar))
            except InputError as error:  # without it, what the articles say of themselves has to do
                yield Skipped(path=shown(sidecar), reason=str(error), is_lost=True)
        yield _file(path, self._sidecar[1].get(path.name, Metadata()))


def _file(path: Path, known: Metadata) -> Given | Skipped:
    try:
        return _article(read_regular(path), shown(path), printable(path.stem), known)
    except (NotText, OSError) as error:
        return Skipped(path=shown(path), reason=_reason(error), is_lost=True)


def _lines(path: Path) -> Iterator[Given | Skipped]:
    try:
        if not is_regular(path):
            raise NotText("not a regular file")
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                place = f"{shown(path)}:{number}"
                if len(line) > LONGEST_LINE:
                    while line and not line.endswith(b"\n"):
                        line = file.readline(LONGEST_LINE)
                    reason = f"a line of more than {LONGEST_LINE // 1_000_000} MB"
                    yield Skipped(path=place, reason=reason, is_lost=True)
                elif line.strip():
                    yield _line(line, place, f"{printable(path.stem)}-{number}")
    except (NotText, OSError) as error:
        yield Skipped(path=shown(path), reason=_reason(error), is_lost=True)


def _line(line: bytes, place: str, name: str) -> Given | Skipped:
    try:
        found = json.loads(line.decode("utf-8-sig"))
        if not isinstance(found, dict) or not isinstance(found.get("text"), str):
            raise NotText('not an object with a "text": {"text": "…", "outlet": "…", …}')
        data = found["text"].encode("utf-8")
        about, notes = _about(found)
        if notes:
            raise NotText("; ".join(notes))
        article = _article(data, place, name, about)
    except NotText as error:
        return Skipped(path=place, reason=str(error), is_lost=True)
    except UnicodeError:
        return Skipped(path=place, reason="not valid UTF-8", is_lost=True)
    except (ValueError, RecursionError) as error:
        return Skipped(path=place, reason=f"not valid JSON: {error}", is_lost=True)
    given_id, url = (_word(found.get(key)) for key in ("id", "url"))
    return article._replace(id=given_id, url=url)


def _about(found: Mapping[str, object]) -> tuple[Metadata, list[str]]:
    """Return what a line says of its article, and what of it cannot be used."""
    notes = [
        f"{key} must be text"
        for key in ("title", "outlet", "published", "url")
        if not isinstance(found.get(key), str | None)
    ]
    texts = {key: tidy(value) for key, value in found.items() if isinstance(value, str) and key != "text"}
    stamp = texts.get("published")
    # A time of day may follow in any of its forms: the day is what counts.
    day = parse_date(stamp) or parse_date(stamp[:10]) if stamp else None
    if stamp and day is None:
        notes.append("published must be a date such as 2031-05-04")
    return Metadata(texts.get("title"), texts.get("outlet"), plausible(day) if day else None), notes


def _word(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**LONGEST_ID:
        value = str(value)
    return tidy(value[: 4 * LONGEST_ID]) if isinstance(value, str) else None


def _article(data: bytes, place: str, name: str, known: Metadata) -> Given:
    """Return the article that ``data`` is. Raises NotText where `check` would not read it either."""
    if len(data) > MAX_ARTICLE_BYTES:
        raise NotText(f"larger than {MAX_ARTICLE_BYTES // 1_000_000} MB, which no article is")
    text = decode(data).text
    front, start = read_front_matter(text)
    language = known.language or front.language or find_language(text, start).language
    sentences = split_sentences(text, start, most=MAX_SENTENCES, language=language)
    if not sentences:
        raise NotText("front matter only, no article")
    if len(sentences) > MAX_SENTENCES:
        raise NotText(f"more than {MAX_SENTENCES:,} sentences, which no article has")
    about = known.over(front).over(read_page(text, sentences, language))
    return Given(place, name, text, about._replace(language=language), sentences)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}"
    return str(error)
