"""Why a page could not be had, in words for a reader."""

import ssl
from typing import Final

_BY_HAND: Final = "open it in a browser, save the page, and give the file"
_REASONS: Final = {
    401: f"asks for a password: {_BY_HAND}",
    402: f"asks for payment: {_BY_HAND}",
    403: f"lets no program in: {_BY_HAND}",
    404: "there is no such page: look whether the URL is whole",
    407: f"a proxy in between asks for a password: {_BY_HAND}",
    410: "the page was taken down: look for it in a web archive",
    429: f"asks programs to come more slowly: try again later, or {_BY_HAND}",
    451: f"may not show it here for legal reasons: {_BY_HAND}",
}


class NotFetched(Exception):
    """A page that could not be had; the message is the reason, in one line."""


def by_hand(why: str) -> NotFetched:
    """Return the error of a page that a person can still save: ``why``, and how."""
    return NotFetched(f"{why}: {_BY_HAND}")


def status_refused(status: int) -> NotFetched:
    """Return the error of a page that was answered with ``status`` and not with itself."""
    if status in _REASONS:
        return NotFetched(f"answered {status}, {_REASONS[status]}")
    if status >= 500:
        return NotFetched(f"answered {status}, the site has a fault: try again later")
    return NotFetched(f"answered {status} and no page: {_BY_HAND}")


def certificate_fault(error: BaseException) -> str | None:
    """Return what is wrong with a site's certificate where that made ``error``, else None."""
    at: BaseException | None = error
    while at is not None:
        if isinstance(at, ssl.SSLCertVerificationError):
            return at.verify_message
        at = at.__cause__ or at.__context__
    return None
