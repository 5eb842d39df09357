"""Checks the built site, ``python -m docs.making.links out/site``: each link leads somewhere, none is loaded.

What a page shows or runs must come with the site. A link to elsewhere, which a reader may click, is not
followed: only that it is an https address is checked.
"""

import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

LOADED: Final = {"link": "href", "object": "data"} | dict.fromkeys(
    ("script", "img", "iframe", "source"), "src"
)
PLACES: Final = {"canonical", "prev", "next", "edit"}  # what a <link> names without loading it


class Page(HTMLParser):
    """The anchors of a page, what it links to and what it loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors = {"", "__skip"}
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element names, links to or loads."""
        told = {name: value or "" for name, value in attrs}
        self.anchors |= {told.get("id", ""), told.get("name", "") if tag == "a" else ""}
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        if told.get(LOADED.get(tag, "")) and told.get("rel") not in PLACES:
            self.loaded.append(told[LOADED[tag]])


def faults(site: Path) -> Iterator[str]:
    """Yield what is wrong with the links of the site in the folder ``site``."""
    site = site.resolve()
    pages = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        where = path.relative_to(site).as_posix()
        for link in page.loaded:
            if urlsplit(link).scheme not in ("", "data") or link.startswith("//"):
                yield f"{where} loads {link}"
        for link in (*page.links, *page.loaded):
            # A server shows this page in place of any other: it alone goes by the root.
            fault = _fault(path, link.removeprefix("/") if where == "404.html" else link, pages)
            if fault:
                yield f"{where} links to {link}: {fault}"


def _fault(path: Path, link: str, pages: dict[Path, Page]) -> str | None:
    address = urlsplit(link)
    if address.scheme in ("mailto", "data", "javascript"):
        return None if address.scheme != "javascript" else "that is a script"
    if address.scheme or address.netloc:
        return None if address.scheme == "https" and "." in (address.hostname or "") else "no https address"
    target = (path.parent / unquote(address.path)).resolve() if address.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.is_file():
        return "there is no such file"
    if target in pages and unquote(address.fragment) not in pages[target].anchors:
        return "there is no such place in it"
    return None


if __name__ == "__main__":
    found = list(faults(Path(sys.argv[1])))
    sys.stderr.writelines(f"{fault}\n" for fault in found)
    sys.exit(bool(found))
