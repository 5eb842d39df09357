"""Bytes of a file to its text: UTF-8 first, else what its first bytes say, else a guess that is told."""

import codecs
import re
from typing import Final, NamedTuple

from charset_normalizer import from_bytes


class NotText(Exception):
    """The bytes are no article's text; the message is the reason, for a reader."""


class Decoded(NamedTuple):
    """A file's text without its byte order mark, line ends as they are, and how it was decoded."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


_MARKS: Final = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FORMATS: Final = (
    (re.compile(rb"%PDF-"), "a PDF file, not text: save its text first"),
    (re.compile(rb"\{\\rtf"), "an RTF file, not text: save it as plain text first"),
    (
        re.compile(rb"\s*(?:<!doctype html|<html[\s>])", re.IGNORECASE),
        "an HTML page, not text: save its text first",
    ),
)
# Encodings that accept any bytes at all and that no newsroom's text file has.
_UNLIKELY: Final = ["cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140", "utf_7", "hz"]
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x7f]")


def decode(data: bytes) -> Decoded:
    """Return the text of ``data``; raises NotText for an empty or binary file and for other formats."""
    for pattern, reason in _OTHER_FORMATS:
        if pattern.match(data[:200]):
            raise NotText(reason)
    decoded = _decode(data)
    if not decoded.text or decoded.text.isspace():
        raise NotText("empty file")
    if "\x00" in decoded.text or len(_CONTROL.findall(decoded.text)) > 0.01 * len(decoded.text):
        raise NotText("a binary file, not text")
    return decoded


def _decode(data: bytes) -> Decoded:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return Decoded(data.decode(encoding), encoding)
            except UnicodeDecodeError as error:
                raise NotText(
                    f"not valid {encoding.removesuffix('-sig').upper()}, which its first bytes say"
                ) from error
    if b"\x00" in data:
        raise NotText("a binary file, not text")
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _damaged_utf8(data) or _guessed(data)


def _damaged_utf8(data: bytes) -> Decoded | None:
    """Return the text of a file that is UTF-8 but for a few bytes: cut in the middle of a character, say."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    valid = sum(char > "\x7f" for char in text) - bad
    if bad > 20 or valid < 4 * bad:
        return None
    return Decoded(text, "utf-8", (f"{bad} damaged characters (not valid UTF-8), shown as \ufffd",))


def _guessed(data: bytes) -> Decoded:
    best = from_bytes(data, cp_exclusion=_UNLIKELY).best()
    if best is None:
        raise NotText("a binary file, not text, or in an unknown encoding: save it as UTF-8")
    text, encoding = str(best), best.encoding
    if encoding != "cp1252" and _is_as_well(data, text):
        encoding = "cp1252"
    return Decoded(text, encoding, (f"encoding guessed: {encoding}",))


def _is_as_well(data: bytes, text: str) -> bool:
    """Tell whether the commonest one-byte encoding reads the same: then it is named, not a rarer one."""
    try:
        return data.decode("cp1252") == text
    except UnicodeDecodeError:
        return False
