"""Bytes of a file to its text: UTF-8 first, else what its first bytes say, else a guess that is told.

A web page says itself what it is encoded in; where that does not hold, the same follows.
"""

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


MARKS: Final = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FORMATS: Final = (
    (re.compile(rb"%PDF-"), "a PDF file, not text: give it a name that ends in .pdf"),
    (re.compile(rb"\{\\rtf"), "an RTF file, not text: save it as .docx or plain text first"),
    (
        re.compile(rb"\s*(?:<!doctype html|<html[\s>])", re.IGNORECASE),
        "an HTML page, not text: give it a name that ends in .html",
    ),
)
_DECLARED: Final = re.compile(
    rb"<meta[^>]{0,200}?\bcharset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{2,40})"
    rb"|<\?xml[^>]{0,100}?\bencoding\s{0,9}=\s{0,9}[\"']([\w.:-]{2,40})",
    re.IGNORECASE,
)
_DECLARED_WITHIN: Final = 8_192  # bytes; the standard says 1,024, and pages say it later
# What pages declare, and what browsers take it for (encoding.spec.whatwg.org).
_WIDER: Final = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
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


def decode_page(data: bytes) -> Decoded:
    """Return the markup that ``data`` is, by its mark, by what it declares, or as other text is decoded.

    Raises NotText for a file that is empty or no markup.
    """
    decoded = _as_declared(data) or _decode(data)
    if not decoded.text or decoded.text.isspace():
        raise NotText("empty file")
    if "<" not in decoded.text:
        raise NotText("no HTML in it: give plain text a name that ends in .txt")
    return decoded._replace(text=_CONTROL.sub(" ", decoded.text))


def _as_declared(data: bytes) -> Decoded | None:
    declared = _DECLARED.search(data, 0, _DECLARED_WITHIN)
    if declared is None or data.startswith(tuple(mark for mark, _ in MARKS)):
        return None
    try:
        name = codecs.lookup((declared[1] or declared[2]).decode("ascii", "replace")).name
        name = _WIDER.get(name, name)
        # A declaration that could be read is in no encoding of two bytes a letter, whatever it says.
        return Decoded(data.decode(name), name) if not name.startswith("utf-") else None
    except (LookupError, UnicodeDecodeError):
        return None


def _decode(data: bytes) -> Decoded:
    for mark, encoding in MARKS:
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
