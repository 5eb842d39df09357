"""The body of an answer: unpacked within bounds as it comes, and told by what it is, not by its URL.

Content types as in RFC 9110; that the first bytes have a say is what browsers do, too
(https://mimesniff.spec.whatwg.org).
"""

import codecs
import re
import zlib
from collections.abc import AsyncIterator
from typing import Final

from pipeline.fetching.reasons import NotFetched, by_hand
from pipeline.reading.forms.table import FORMS
from pipeline.reading.sources import printable

_PIECE: Final = 1 << 16  # bytes
_GZIP: Final = 16 + zlib.MAX_WBITS  # zlib's way of saying: with the head of gzip
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SUFFIXES: Final = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "application/pdf": ".pdf",
    _DOCX: ".docx",
}
_BY_TYPE: Final = {kind: suffix for kind, suffix in _SUFFIXES.items() if suffix in FORMS}
ACCEPT: Final = ", ".join(_BY_TYPE)
_FILES: Final = (".pdf", ".docx")
_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UNTOLD: Final = ("", "application/octet-stream", "binary/octet-stream", "application/x-download")
_HTML: Final = re.compile(rb"<!doctype html|<html[\s>]", re.IGNORECASE)
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
# Of Python's encodings those that pages are in; some of the others take time by the square of the length.
_PAGES_ENCODING: Final = re.compile(
    r"iso-?8859-?\d{1,2}|windows-\d{3,4}|cp125\d|koi8-[ru]|shift_jis|euc-(?:jp|kr)|gbk|gb2312|gb18030|big5|utf-16(?:le|be)?",
    re.IGNORECASE,
)


async def unpack(chunks: AsyncIterator[bytes], encoding: str, most_bytes: int) -> bytes:
    """Return a body unpacked, or its beginning, little more than ``most_bytes`` of it, where it is longer.

    Little more is ever held, however tightly it was packed. ``encoding`` is the Content-Encoding. Raises
    NotFetched for another one than was asked for, and where the body is damaged or broke off.
    """
    name = encoding.strip().lower()
    if name not in ("", "identity", "gzip", "x-gzip"):
        raise by_hand("packed in a way that was not asked for")
    packed = zlib.decompressobj(_GZIP) if "gzip" in name else None
    came = bytearray()
    try:
        async for chunk in chunks:
            came += chunk if packed is None else b""
            left = chunk
            while packed is not None and left and not packed.eof and len(came) <= most_bytes:
                came += packed.decompress(left, _PIECE)
                left = packed.unconsumed_tail
            if len(came) > most_bytes:
                return bytes(came)
        came += b"" if packed is None else packed.flush()
    except zlib.error as error:
        raise NotFetched("damaged on its way: try again later") from error
    if packed is not None and not packed.eof:
        raise NotFetched("broke off before its end: try again later")
    return bytes(came)


def refuse_type(content_type: str) -> None:
    """Raise NotFetched where a header ``Content-Type`` alone tells that nothing in it can be read."""
    kind = _kind(content_type)
    if kind not in _BY_TYPE and kind not in _UNTOLD:
        raise _unread(printable(kind[:60]))


def form(content_type: str, body: bytes) -> str:
    """Return the suffix of the form of ``body``. Raises NotFetched where it is in none that is read."""
    if not body.strip():
        raise by_hand("answered with nothing")
    refuse_type(content_type)
    told, seen = _BY_TYPE.get(_kind(content_type)), _seen(body)
    if seen in _FILES or told is None:
        told = seen
    elif told in _FILES:  # and is none: a page may stand before the file, say to log in
        told = ".html" if seen else None
    if told is None:
        raise by_hand(
            "is not what it is said to be" if _kind(content_type) in _BY_TYPE else "of no known form"
        )
    if told not in FORMS:
        raise _unread(f"a {told} file")
    return told


def as_kept(content_type: str, body: bytes) -> bytes:
    """Return ``body`` as it is kept: as UTF-8, with its mark, where the header alone tells how to read it.

    A file has no header. What says so itself, or is UTF-8 anyway, stays as it came.
    """
    named = _CHARSET.search(content_type)
    if named is None or not _PAGES_ENCODING.fullmatch(named[1]) or body.startswith(_MARKS) or _is_utf8(body):
        return body
    # What is said to be Latin-1 on the web is the encoding of Windows (https://encoding.spec.whatwg.org).
    encoding = "cp1252" if named[1].lower() in ("iso-8859-1", "iso8859-1") else named[1]
    try:
        return codecs.BOM_UTF8 + body.decode(encoding).encode("utf-8")
    except (LookupError, UnicodeError):  # it is not in it: the reader has to guess
        return body


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in body  # UTF-16 would be UTF-8, too


def _unread(what: str) -> NotFetched:
    return NotFetched(f"is {what}: only {', '.join(dict.fromkeys(_BY_TYPE.values()))} are read")


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _seen(body: bytes) -> str | None:
    """Return the suffix that the bytes themselves tell, if they do."""
    if b"%PDF-" in body[:1024]:
        return ".pdf"
    if body.startswith(b"PK\x03\x04") and b"word/document.xml" in body:
        return ".docx"
    return ".html" if _HTML.search(body[:1024]) else None
