"""Which URLs may be asked for, whoever named them: the user, or a site that redirects."""

import re
from typing import Final

import httpx2

from pipeline.fetching.reasons import NotFetched

LONGEST: Final = 2_000  # characters
_CREDENTIALS: Final = re.compile(r"(?<=//)[^/?#]*@")
_HOST: Final = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45}")


def page_address(text: str) -> httpx2.URL:
    """Return the URL of a page as it is asked for: no fragment, its host in lower-case ASCII.

    Raises NotFetched where ``text`` is none that may be asked for.
    """
    if len(text) > LONGEST:
        raise NotFetched(f"a URL of more than {LONGEST:,} characters")
    try:
        url = httpx2.URL(text)
        host = url.raw_host.decode("ascii").removesuffix(".").lower()
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise NotFetched("not a valid URL") from error
    if url.scheme not in ("http", "https"):
        raise NotFetched("no http or https URL: only such pages are fetched")
    if url.userinfo or _CREDENTIALS.search(text):
        raise NotFetched("holds a name or a password, which would end up in the report: give it without")
    if not _HOST.fullmatch(host) or (url.port is not None and not 0 < url.port < 65536):
        raise NotFetched("not a valid URL")
    return url.copy_with(host=host, fragment=None)


def shown_url(text: str) -> str:
    """Return ``text`` without a name and password, which are nobody's to read."""
    return _CREDENTIALS.sub("", text)


def authority(url: httpx2.URL) -> str:
    """Return scheme, host and port of ``url``: what one robots.txt is about."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}"
