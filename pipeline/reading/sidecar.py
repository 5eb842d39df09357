"""The sidecar ``story.toml``: what a person knows about a folder's articles; it wins over what they say.

title = "Fire at the Harborough mill"  # of the story

[articles."courier.txt"]
outlet = "The Courier"
published = 2031-05-04
title = "Mill burns in Harborough"
url = "https://courier.example/mill"
language = "en"
id = "c-20310504-17"  # what it is called elsewhere
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.errors import InputError
from pipeline.languages.names import code_of
from pipeline.reading.forms.table import Many, form_of
from pipeline.reading.metadata import Metadata, read_id, tidy, web_address
from pipeline.reading.published import parse_date, plausible
from pipeline.reading.toml import read_toml

SIDECAR: Final = "story.toml"
_LARGEST: Final = 1_000_000  # bytes
_KEYS: Final = ("outlet", "published", "title", "url", "language", "id")


class Sidecar(NamedTuple):
    """What is known of articles, by the names of their files, and what their story is called."""

    articles: Mapping[str, Metadata] = {}
    title: str | None = None


def read_sidecar(path: Path, shown: str) -> Sidecar:
    """Return what the sidecar at ``path`` says; ``shown`` names it in errors.

    Raises InputError, with file and line, where it is not valid TOML or holds anything but the known keys.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise InputError(f"{shown} cannot be read: {error.strerror}; mend it or move it away") from error
    if len(data) > _LARGEST:
        raise InputError(f"{shown} is larger than 1 MB: a sidecar holds a few lines per article")
    try:
        tables = read_toml(data.decode("utf-8-sig"))
    except ValueError as error:  # of the encoding, of TOML, of a number of thousands of digits
        # tomllib gives the line of every fault but one at the end.
        last = f"line {data.count(10) + 1}"
        reason = " ".join(str(error).split()).replace("at end of document", f"at the end, {last}")
        raise InputError(f"{shown} is not valid TOML: {reason}") from error
    text = data.decode("utf-8-sig")
    for key in tables:
        if key not in ("articles", "title"):
            raise InputError(
                f'{_place(text, shown, key)}: unknown key {key!r}; write [articles."file.txt"] tables'
            )
    return Sidecar(_articles(tables, text, shown), _title(tables, text, shown))


def _title(tables: Mapping[str, object], text: str, shown: str) -> str | None:
    value = tables.get("title")
    if value is None:
        return None
    title = tidy(value) if isinstance(value, str) else None
    if title is None:
        raise InputError(f"{_place(text, shown, 'title')}: title must be text in quotes")
    return title


def _articles(tables: Mapping[str, object], text: str, shown: str) -> dict[str, Metadata]:
    articles = tables.get("articles", {})
    if not isinstance(articles, dict):
        raise InputError(f'{_place(text, shown, "articles")}: articles must be tables: [articles."file.txt"]')
    found = {}
    for name, entry in articles.items():
        if not isinstance(entry, dict):
            raise InputError(
                f"{_place(text, shown, name)}: the entry of {name!r} must be a table; "
                'quote the file name: [articles."file.txt"]'
            )
        found[name] = _metadata(name, entry, text, shown)
    return found


def _metadata(name: str, entry: Mapping[str, object], text: str, shown: str) -> Metadata:
    for key, value in entry.items():
        place = _place(text, shown, name, key)
        if key not in _KEYS:
            hint = '; quote the file name: [articles."file.txt"]' if isinstance(value, dict) else ""
            raise InputError(f"{place}: unknown key {key!r} (known: {', '.join(_KEYS)}){hint}")
        if key == "published" and _day(value) is None:
            raise InputError(f"{place}: published must be a date such as 2031-05-04")
        if key == "id":
            _check_id(name, value, place)
        elif key != "published" and (not isinstance(value, str) or tidy(value) is None):
            raise InputError(f"{place}: {key} must be text in quotes")
        if key == "language" and code_of(str(value)) is None:
            raise InputError(f'{place}: language must be a code of two letters such as "de"')
        if key == "url" and web_address(str(value)) is None:
            raise InputError(f"{place}: url must be an address such as https://courier.example/mill")
    texts = {key: tidy(value) for key, value in entry.items() if isinstance(value, str)}
    return Metadata(
        texts.get("title"),
        texts.get("outlet"),
        _day(entry.get("published")),
        language=code_of(texts.get("language") or ""),
        url=web_address(str(entry.get("url", ""))),
        given_id=read_id(entry.get("id")),
    )


def _check_id(name: str, value: object, place: str) -> None:
    if isinstance(form_of(Path(name)), Many):
        raise InputError(f"{place}: an id is that of one article; the rows of {name!r} have their own")
    if read_id(value) is None:
        raise InputError(f"{place}: id must be text in quotes, or a number")


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return plausible(value.date())
    if isinstance(value, date):
        return plausible(value)
    return parse_date(value) if isinstance(value, str) else None


def _place(text: str, shown: str, *keys: str) -> str:
    """Return "story.toml, line 3" for the line that ``keys``, one within the other, stand on."""
    at = 0
    for key in keys:
        match = re.compile(re.escape(key)).search(text, at)
        at = match.start() if match else at
    return f"{shown}, line {text.count(chr(10), 0, at) + 1}"
