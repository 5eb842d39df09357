"""The lines of printed pages: which run from page to page, and which go on in the next.

A line breaks where it is full, or after the end of a paragraph: told by its length beside its neighbours', by
the size of its letters, and by how it ends and the next begins. In doubt lines are joined: two paragraphs in
one do no harm, as sentences are told apart by other means, while half a sentence does.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

_EDGE: Final = 3  # lines from the top of a page, and from its foot, that may be there again on others
_FULL: Final = 0.65  # of the longest line about it
_NARROWEST: Final = 30  # code points of a column
_ABOUT: Final = 3  # lines before and behind
_LARGER: Final = 1.15  # letters of a headline, beside those of most lines
_CLOSED: Final = re.compile(r"[.!?…。！？।:][\"'”’»)\]]*$")
_HYPHEN: Final = re.compile(r"(?<![^\W\d_])([^\W\d_]++)[-‐\xad]$")
_COMPOUND: Final = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:[-‐][^\W\d_]++)+")
_END: Final = 100  # code points of a line that tell how it ends
_BULLET: Final = re.compile(r"[•‣▪◦●*+–—-]\s|\d{1,3}[.)]\s")
_NUMBER: Final = re.compile(
    r"\W*(?:page|p\.|seite|página|pág\.)?\s?\d{1,4}(?:\s?(?:/|of|von|de|sur)\s?\d{1,4})?\W*", re.IGNORECASE
)
_PRINTED: Final = re.compile(  # what browsers print round a page: address and day
    r"(?:https?://|file:///)\S+(?:\s\d{1,4}(?:/\d{1,4})?)?"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{2,4},?\s\d{1,2}[:.]\d{2}\b.{0,200}"
)


class Line(NamedTuple):
    """A line of a page: its text, without outer white space, the height of its letters, the page from 1."""

    text: str
    size: float
    page: int


def without_running(pages: Sequence[Sequence[Line]]) -> tuple[list[Line], list[str]]:
    """Return the lines of ``pages`` but for headers, footers and page numbers, and those, each once."""
    seen = Counter(key for page in pages for place in range(len(page)) for key in _keys(page, place))
    least = max(2, (len(pages) + 1) // 2)
    kept: list[Line] = []
    left_out: dict[str, str] = {}
    for page in pages:
        for place, line in enumerate(page):
            keys = _keys(page, place)
            is_again = any(seen[key] >= least for key in keys)
            if is_again or (keys and (_NUMBER.fullmatch(line.text) or _PRINTED.fullmatch(line.text))):
                left_out.setdefault(keys[0][1], line.text)
            else:
                kept.append(line)
    return kept, list(left_out.values())


def _keys(page: Sequence[Line], place: int) -> list[tuple[int, str]]:
    """Return what a line at the edge of a page has in common with that of the next, whatever its numbers.

    It is the same line where it is as far from the top, or from the foot; one elsewhere has nothing.
    """
    told = re.sub(r"\d+", "#", page[place].text.casefold())
    return [(edge, told) for edge in (place, place - len(page)) if -_EDGE <= edge < _EDGE]


def joined(lines: Sequence[Line], pages: int) -> tuple[str, tuple[int, ...]]:
    """Return the text that ``lines`` are, a paragraph a line, and the offsets that its ``pages`` begin at."""
    words = {word for line in lines for word in _COMPOUND.findall(line.text)}
    usual = Counter(line.size for line in lines for _ in line.text).most_common(1)[0][0] if lines else 0.0
    parts: list[str] = []
    starts: list[int] = []
    at = 0
    for i, line in enumerate(lines):
        if i:
            between = _between(lines, i - 1, usual)
            if between == "" and not _is_compound(parts[-1], line.text, words):
                parts[-1] = parts[-1][:-1]
                at -= 1
            parts.append(between)
            at += len(between)
        starts += [at] * (line.page - len(starts))
        parts.append(line.text)
        at += len(line.text)
    parts.append("\n")
    return "".join(parts), (*starts, *[at] * (pages - len(starts)))


def _between(lines: Sequence[Line], i: int, usual: float) -> str:
    """Return what stands between line ``i`` and the next in the text: nothing where a word is parted."""
    line, following = lines[i], lines[i + 1]
    is_one_size = abs(line.size - following.size) <= 0.1 * max(line.size, following.size)
    if not is_one_size or _BULLET.match(following.text):
        return "\n\n"
    begins_low = following.text[0].islower()
    if _HYPHEN.search(line.text[-_END:]) and begins_low:
        return ""
    is_closed = _CLOSED.search(line.text[-_END:]) is not None
    if begins_low and not is_closed:
        return " "
    if line.size > _LARGER * usual:  # a headline of several lines
        return "\n\n" if is_closed or line.page != following.page else " "
    about = [one for one in lines[max(0, i - _ABOUT) : i + _ABOUT + 1] if one.size == line.size]
    longest = max(_NARROWEST, *(len(one.text) for one in about))
    return " " if len(line.text) >= _FULL * longest else "\n\n"


def _is_compound(before: str, after: str, words: set[str]) -> bool:
    """Tell whether the hyphen between two lines is the word's own: it is written so elsewhere."""
    first, second = _HYPHEN.search(before[-_END:]), re.match(r"[^\W\d_]+", after)
    return bool(first and second and f"{first[1]}-{second[0]}" in words)
