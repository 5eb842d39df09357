"""Web pages: trafilatura finds the article in one, and what the page says of itself."""

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from pipeline.reading.decode import NotText, decode_page
from pipeline.reading.forms.kept import Kept
from pipeline.reading.forms.walls import is_wall
from pipeline.reading.metadata import Metadata, tidy, web_address
from pipeline.reading.published import parse_date

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

MAX_ELEMENTS: Final = 100_000  # the largest live tickers have some ten thousand
_BLOCKS: Final = frozenset("p head item quote row lb list table code div ab".split())
_SHORT: Final = 250  # code points
_END: Final = 100  # code points of a line that tell how it ends
_CLOSED: Final = re.compile(r"[.!?…。！？।][\"'”’»)\]]*$")
_HEAD: Final = 3  # lines among which a page's own headline stands, if it is in the text at all
_SAVED_FROM: Final = re.compile(
    r"<!--\s*saved from url=\(\d+\)(\S+)|<!--\s*Page saved with [^>]{0,200}?url:\s*(\S+)"
)
# htmldate takes no day to come for a date, unless it is told that it may.
_DATES: Final = {
    "original_date": True,
    "extensive_search": False,
    "min_date": "1800-01-01",
    "max_date": "2200-12-31",
}
_NO_TEXT: Final = (
    "no running text in the page: save it from a browser once its text is there, or save the text"
)
_WALL: Final = (
    "the page shows a notice (of cookies, a subscription or the like) where its text should be: open it in a "
    "browser, and save it once its text is there"
)  # fmt: skip
_OURS: Final = "a page that storycheck wrote, not an article"


def read_page(data: bytes) -> Kept:
    """Return the article in an HTML page; raises NotText where there is none.

    Its text has a paragraph a line, the page's headline first. Left out are what readers comment, which is
    not the outlet's, and captions. Nothing is left out for being said twice: what a page repeats is set aside
    by the roles of its sentences, as in a text file.
    """
    decoded = decode_page(data)
    tree = _tree(decoded.text)
    found, lines = _extracted(tree)
    if len("".join(lines)) < _SHORT:  # so little that all the page was taken, its frame included
        found, lines = _extracted(tree, favor_precision=True)
    if not any(_CLOSED.search(line[-_END:]) for line in lines):
        raise NotText(_NO_TEXT)
    if is_wall("\n".join(lines)):
        raise NotText(_WALL)
    known = _known(found, decoded.text)
    if known.title and not _has(lines, known.title):
        lines.insert(0, known.title)
    text = "\n\n".join(lines) + "\n"
    return Kept(text=text, encoding=decoded.encoding, known=known, notes=decoded.notes)


def _tree(markup: str) -> "HtmlElement":
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        tree = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError as error:  # nothing in it is an element
        raise NotText(_NO_TEXT) from error
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        raise NotText(f"more than {MAX_ELEMENTS:,} elements in the page, which no article has")
    if tree.xpath("string(//meta[@name='generator']/@content)") == "storycheck":
        raise NotText(_OURS)
    return tree


def _extracted(tree: "HtmlElement", *, favor_precision: bool = False) -> tuple[Any, list[str]]:
    """Return what trafilatura finds, a record of its own, and the lines of the text; maybe none."""
    from trafilatura import bare_extraction

    found: Any = bare_extraction(
        tree,
        favor_precision=favor_precision,
        include_comments=False,
        include_tables=True,
        deduplicate=False,  # it would remember the pages that were read before
        with_metadata=True,
        date_extraction_params=_DATES,
    )
    return found, list(_lines(found.body)) if found is not None and found.body is not None else []


def _lines(body: "_Element") -> Iterator[str]:
    """Yield the paragraphs, headings, items and rows of a text, a line each; cells are parted by a bar."""
    from lxml.etree import iterwalk

    parts: list[str] = []
    for event, element in iterwalk(body, events=("start", "end")):
        is_block = element.tag in _BLOCKS
        if is_block and (line := _line(parts)):
            yield line
        if event == "start":
            parts.append(element.text or "")
        else:
            if element.tag == "cell":
                parts.append(" | ")
            parts.append(element.tail or "")
    if line := _line(parts):
        yield line


def _line(parts: list[str]) -> str:
    """Return what ``parts`` hold, on one line, and empty them."""
    line = " ".join("".join(parts).split()).strip("| ")
    parts.clear()
    return line


def _known(found: Any, markup: str) -> Metadata:  # noqa: ANN401 - a record of trafilatura's, which has no types
    outlet, title = tidy(found.sitename or ""), tidy(found.title or "")
    if title and outlet:  # "Mill burns | The Gull"
        title = re.sub(rf"\s[|–—·:-]\s{re.escape(outlet)}$", "", title) or title
    saved = _SAVED_FROM.search(markup, 0, 2_000)
    address = web_address(found.url or "") or web_address((saved[1] or saved[2]) if saved else "")
    return Metadata(title, outlet, _day(found.date), author=tidy(found.author or ""), url=address)


def _day(stamp: str | None) -> date | None:
    return parse_date(stamp) if stamp else None


def _has(lines: list[str], title: str) -> bool:
    """Tell whether the headline ``title``, or one that says more or less of it, is among the first lines."""
    wanted = _letters(title)
    first = [_letters(line) for line in lines[:_HEAD] if len(line) <= 2 * len(title) + 40]
    return any(wanted in line or (len(line) > 12 and line in wanted) for line in first)


def _letters(line: str) -> str:
    return "".join(char for char in line.casefold() if char.isalnum())
