"""Asks for one page: redirects followed hop by hop, waits that a site asks for, everything bounded."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

import httpx2

from pipeline import __version__
from pipeline.fetching import body
from pipeline.fetching.address import authority, page_address
from pipeline.fetching.gate import Gate
from pipeline.fetching.reasons import NotFetched, by_hand, certificate_fault, status_refused
from pipeline.fetching.robots import MOST_BYTES as ROBOTS_BYTES
from pipeline.fetching.robots import Robots, read_robots
from pipeline.fetching.turns import Turns
from pipeline.limits import pause_s

T = TypeVar("T")
Read = Callable[[httpx2.Response], Awaitable[T]]

MOST_BYTES: Final = 20_000_000  # of a page as it is unpacked
MOST_HOPS: Final = 5
TRIES: Final = 3
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_BUSY: Final = (429, 503)
_HEADERS: Final = {
    "User-Agent": f"storycheck/{__version__}",
    "Accept": f"{body.ACCEPT}, */*;q=0.1",
    "Accept-Encoding": "gzip",  # what can be unpacked within bounds
}


@dataclass(frozen=True)
class Manner:
    """How sites are asked; all in seconds.

    ``page_s`` is the time that one page may take with all it leads through, ``silence_s`` that of a
    connection that brings nothing, ``wait_s`` the longest wait that a site may ask for, ``again_s`` the wait
    before a broken connection is tried again.
    """

    pause_s: float = 1.0
    page_s: float = 120.0
    silence_s: float = 20.0
    wait_s: float = 30.0
    again_s: float = 1.0
    has_proxy: bool = False  # the environment names one, by which nothing here goes


@dataclass(frozen=True)
class Page:
    """A page that came: ``url`` is where it was in the end, ``suffix`` the form that ``content`` is in."""

    url: str
    status: int
    content_type: str
    suffix: str
    content: bytes


class Asking:
    """Asks for pages, any number of them side by side, each host one at a time."""

    def __init__(self, client: httpx2.AsyncClient, manner: Manner) -> None:
        self._client = client
        self._manner = manner
        self._turns = Turns(manner.pause_s)
        self._robots: dict[str, Robots | str] = {}  # or why it could not be read

    async def page(self, asked: httpx2.URL) -> Page:
        """Return the page at ``asked``. Raises NotFetched where it cannot be had."""
        try:
            async with asyncio.timeout(self._manner.page_s):
                return await self._page(asked)
        except TimeoutError as error:
            raise NotFetched(f"not there after {self._manner.page_s:g} s: try again later") from error

    async def _page(self, asked: httpx2.URL) -> Page:
        url = asked
        for _ in range(MOST_HOPS + 1):
            await self._permitted(url)
            async with self._turns.page(url.host, is_new=url == asked):
                came = await self._answer(url, _read_page)
            if isinstance(came, Page):
                return came
            url = came
        raise by_hand(f"redirects more than {MOST_HOPS} times")

    async def _answer(self, url: httpx2.URL, read: Read[T]) -> T | httpx2.URL:
        """Return what ``read`` makes of the answer, or where it redirects to; tries again what may pass."""
        for left in reversed(range(TRIES)):
            try:
                async with self._client.stream("GET", url, headers=_HEADERS) as response:
                    if response.status_code in _REDIRECTS:
                        return _redirected(url, response)
                    if response.status_code not in _BUSY or not left:
                        return await read(response)
                    wait_s = self._wait_s(response)
            except httpx2.TransportError as error:
                if not left or certificate_fault(error) is not None:
                    raise self._no_connection(error) from error
                wait_s = self._manner.again_s
            await asyncio.sleep(wait_s)
        raise AssertionError("the last try returns or raises")

    def _wait_s(self, response: httpx2.Response) -> float:
        """Return the wait that a busy site asks for. Raises NotFetched where it is too long for anybody."""
        asked_s = pause_s(response.headers)
        if asked_s is None:
            return self._manner.again_s
        if asked_s > self._manner.wait_s:
            minutes = f"{asked_s / 60:,.0f} min" if asked_s >= 90 else f"{asked_s:.0f} s"
            raise NotFetched(f"answered {response.status_code}, and asks to wait {minutes}: try again then")
        return asked_s

    def _no_connection(self, error: httpx2.TransportError) -> NotFetched:
        fault = certificate_fault(error)
        if fault is not None:
            return by_hand(f"its certificate cannot be trusted ({fault})")
        if isinstance(error, httpx2.TimeoutException):
            why = "no answer in time"
        elif isinstance(error, httpx2.ConnectError):
            why = "no connection"
        else:
            why = "the connection broke off"
        if self._manner.has_proxy:  # by one, nobody here could look at the address that is connected to
            return by_hand(f"{why}; pages are fetched without the proxy that the environment names")
        return NotFetched(f"{why}: try again later")

    async def _permitted(self, url: httpx2.URL) -> None:
        """Raise NotFetched unless the site's robots.txt, asked for once, lets programs fetch ``url``."""
        site = authority(url)
        async with self._turns.alone(url.host):
            if site not in self._robots:
                try:
                    self._robots[site] = await self._rules(httpx2.URL(f"{site}/robots.txt"))
                except NotFetched as error:
                    self._robots[site] = str(error)
        rules = self._robots[site]
        if isinstance(rules, str):
            raise NotFetched(rules)
        if not rules.allows(url.raw_path.decode("ascii")):
            raise by_hand("the site's robots.txt asks programs not to fetch it")

    async def _rules(self, url: httpx2.URL) -> Robots:
        """Return what the robots.txt at ``url`` says; a site that has none allows everything (RFC 9309)."""
        for _ in range(MOST_HOPS + 1):
            came = await self._answer(url, _read_rules)
            if isinstance(came, Robots):
                return came
            url = came
        return Robots()


@asynccontextmanager
async def open_asking(gate: Gate, manner: Manner) -> AsyncIterator[Asking]:
    """Open what asks through ``gate``; proxies and passwords of the environment have no part in it."""
    timeout = httpx2.Timeout(manner.silence_s)
    async with httpx2.AsyncClient(transport=gate, timeout=timeout, trust_env=False) as client:
        yield Asking(client, manner)


def _redirected(url: httpx2.URL, response: httpx2.Response) -> httpx2.URL:
    location = response.headers.get("location", "")
    if not location:
        raise by_hand("redirects, and does not say where to")
    try:
        target = page_address(str(url.join(location)))
    except (NotFetched, httpx2.InvalidURL, ValueError) as error:
        raise NotFetched(f"redirects to what is no page ({error})") from error
    if url.scheme == "https" and target.scheme == "http":
        raise by_hand("redirects from https to http, where anybody could change it")
    return target


async def _read_page(response: httpx2.Response) -> Page:
    if response.status_code != 200:
        raise status_refused(response.status_code)
    content_type = response.headers.get("content-type", "")
    body.refuse_type(content_type)
    content = await body.unpack(response.aiter_raw(), _encoding(response), MOST_BYTES)
    if len(content) > MOST_BYTES:
        raise NotFetched(f"larger than {MOST_BYTES // 1_000_000} MB, which no page is")
    return Page(
        url=str(response.request.url),
        status=response.status_code,
        content_type=content_type[:200],
        suffix=body.form(content_type, content),
        content=body.as_kept(content_type, content),
    )


async def _read_rules(response: httpx2.Response) -> Robots:
    """Return what a robots.txt says. Raises NotFetched where the site has a fault: all is forbidden then."""
    if response.status_code >= 500:
        raise NotFetched(
            f"its robots.txt answered {response.status_code}, so nothing is fetched: try again later"
        )
    if response.status_code != 200:
        return Robots()
    content = await body.unpack(response.aiter_raw(), _encoding(response), ROBOTS_BYTES)
    return read_robots(content[:ROBOTS_BYTES])


def _encoding(response: httpx2.Response) -> str:
    return response.headers.get("content-encoding", "")
