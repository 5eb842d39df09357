"""Fetches the pages that a command names, several sites side by side, and keeps each as it comes."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx2

from pipeline.config import Settings, first_set
from pipeline.errors import InputError
from pipeline.fetching.address import page_address, shown_url
from pipeline.fetching.asking import Asking, Manner, open_asking
from pipeline.fetching.gate import Gate, Resolve, resolve
from pipeline.fetching.given import Given
from pipeline.fetching.reasons import NotFetched
from pipeline.progress import Progress
from pipeline.reading.sources import Files, printable, reasons
from pipeline.store import prepare_run_directory
from pipeline.store.lock import alone
from pipeline.store.pages import Pages
from schemas.article import Skipped
from schemas.page import Fetch

_PROXIES: Final = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy")
SITES: Final = 8  # asked side by side
STAGE: Final = "fetch"


@dataclass(frozen=True)
class Wanted:
    """The pages that are wanted, by their URLs as they were given.

    ``is_anew`` fetches also those that are kept, ``allow_private`` lets the hosts of ``urls`` be ones of the
    user's own network.
    """

    urls: tuple[str, ...]
    is_anew: bool = False
    allow_private: bool = False


def fetch_given(given: Given, out: Path, settings: Settings, progress: Progress) -> Files:
    """Return the files of ``given``, its pages fetched into the run directory ``out``, which is made.

    Raises InputError where ``out`` cannot be used, and where pages are all that was given, and none came.
    """
    wanted = Wanted(given.urls, is_anew=settings.refetch, allow_private=settings.allow_private)
    manner = Manner(has_proxy=first_set(*_PROXIES) is not None)
    prepare_run_directory(out)
    with alone(out):
        fetched = asyncio.run(fetch_pages(wanted, Pages(out), manner, progress))
    if not (given.paths or fetched.paths):
        raise InputError(f"no page could be fetched ({reasons(fetched.unread)}).")
    return Files((*given.paths, *fetched.paths), fetched.unread)


async def fetch_pages(
    wanted: Wanted, pages: Pages, manner: Manner, progress: Progress, resolve: Resolve = resolve
) -> Files:
    """Return the files of the pages, in the order of their URLs; what is not kept in ``pages`` is fetched.

    What could not be had is told with its reason, and so is what could not be had anew.

    Raises InputError where a page cannot be written.
    """
    work = _Work(pages, is_anew=wanted.is_anew)
    asked = work.sorted_out(wanted.urls)
    hosts = frozenset(url.host for url in asked) if wanted.allow_private else frozenset[str]()
    progress.start(STAGE, len(asked))
    try:
        async with open_asking(Gate(hosts, resolve), manner) as asking:
            await work.fetch_all(asking, asked, lambda: progress.step(STAGE))
    finally:
        pages.write_sidecar()
        progress.finish(STAGE)
    paths = (work.paths.get(url) for url in asked)
    return Files(tuple(path for path in paths if path is not None), tuple(work.skipped))


class _Work:
    """What came of the URLs of one command so far."""

    def __init__(self, pages: Pages, *, is_anew: bool) -> None:
        self.paths: dict[httpx2.URL, Path] = {}
        self.skipped: list[Skipped] = []
        self._pages = pages
        self._is_anew = is_anew

    def sorted_out(self, urls: Sequence[str]) -> list[httpx2.URL]:
        """Return those of ``urls`` that may be asked for, each once."""
        asked: dict[httpx2.URL, None] = {}
        for text in urls:
            shown = printable(shown_url(text))
            try:
                url = page_address(text)
            except NotFetched as error:
                self.skipped.append(Skipped(path=shown, reason=str(error), is_lost=True))
                continue
            if url in asked:
                self.skipped.append(Skipped(path=shown, reason="given twice"))
            asked[url] = None
        return list(asked)

    async def fetch_all(
        self, asking: Asking, urls: Sequence[httpx2.URL], fetched: Callable[[], None]
    ) -> None:
        """Fetch ``urls``, those of one host one after the other; ``fetched`` is called after each."""
        lanes: dict[str, list[httpx2.URL]] = {}
        for url in urls:
            lanes.setdefault(url.host, []).append(url)
        room = asyncio.Semaphore(SITES)

        async def go_through(lane: Sequence[httpx2.URL]) -> None:
            async with room:
                for url in lane:
                    await self._fetch(asking, url)
                    fetched()

        try:
            async with asyncio.TaskGroup() as group:
                for lane in lanes.values():
                    group.create_task(go_through(lane))
        except BaseExceptionGroup as errors:  # a disk that is full is so for all of them
            raise errors.exceptions[0] from None

    async def _fetch(self, asking: Asking, url: httpx2.URL) -> None:
        kept = self._pages.kept(str(url))
        if kept is not None and not self._is_anew:
            self.paths[url] = kept
            return
        fetch = Fetch(url=str(url), fetched_at=datetime.now(UTC))
        try:
            page = await asking.page(url)
        except NotFetched as error:
            self._pages.note(fetch.model_copy(update={"problem": str(error)}))
            self._not_fetched(url, kept, str(error))
            return
        about = {"final_url": page.url, "status": page.status, "content_type": page.content_type}
        self.paths[url] = self._pages.keep(fetch.model_copy(update=about), page.suffix, page.content)

    def _not_fetched(self, url: httpx2.URL, kept: Path | None, why: str) -> None:
        if kept is None:
            self.skipped.append(Skipped(path=str(url), reason=f"not fetched: {why}", is_lost=True))
            return
        self.paths[url] = kept
        day = datetime.fromtimestamp(kept.stat().st_mtime, UTC).date()
        reason = f"not fetched anew: {why}; the page of {day} was read"
        self.skipped.append(Skipped(path=str(url), reason=reason))
