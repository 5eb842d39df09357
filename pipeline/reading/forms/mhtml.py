"""Web archives, as Chromium saves a page with all that belongs to it: the page in one is read."""

from email import message_from_bytes, policy
from typing import Final

from pipeline.reading.decode import NotText
from pipeline.reading.forms.kept import Kept
from pipeline.reading.forms.page import read_page
from pipeline.reading.metadata import Metadata, web_address

_ADDRESSES: Final = ("Snapshot-Content-Location", "Content-Location")


def read_mhtml(data: bytes) -> Kept:
    """Return the article in the first page of a web archive; raises NotText where there is none."""
    message = message_from_bytes(data, policy=policy.compat32)
    for part in message.walk():
        page = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
        if isinstance(page, bytes):
            break
    else:
        raise NotText("no web page in the archive: save the page as HTML")
    charset = part.get_content_charset()
    kept = read_page(page if charset is None else _declaring(charset, page))
    saved = next((found for name in _ADDRESSES if (found := web_address(str(message.get(name, ""))))), None)
    return kept.model_copy(update={"known": kept.known.over(Metadata(url=saved))})


def _declaring(charset: str, page: bytes) -> bytes:
    """Return ``page`` with its encoding declared in it: Chromium says it in the header of the part alone."""
    return f'<meta charset="{charset}">'.encode("ascii", "ignore") + page
