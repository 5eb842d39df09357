"""Title, outlet and publication date: from front matter, else from the page's own lines, else null.

Nothing is guessed from prose. What is impossible or contradicts itself is null, and a note says why.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from pipeline.languages.names import code_of
from pipeline.reading.dateline import read_dateline
from pipeline.reading.published import parse_date, plausible, stamps
from pipeline.reading.toml import read_toml
from schemas.article import Role, Sentence

LONGEST_VALUE: Final = 300  # code points of a title or an outlet
LONGEST_ADDRESS: Final = 8_000  # code points of a URL
LONGEST_ID: Final = 200  # digits of a number that is an id

_FENCE_WITHIN: Final = 100  # lines: a fence that closes later is a rule across the page, not front matter
_PAIR: Final = re.compile(r"([A-Za-z][\w .-]{0,40}?)\s*:(?:\s+(.*))?")
_FIELDS: Final[Mapping[str, str]] = {
    "title": "title",
    "headline": "title",
    "outlet": "outlet",
    "source": "outlet",
    "publisher": "outlet",
    "publication": "outlet",
    "newspaper": "outlet",
    "site": "outlet",
    "sitename": "outlet",
    "published": "published",
    "date": "published",
    "pubdate": "published",
    "publishdate": "published",
    "publisheddate": "published",
    "publicationdate": "published",
    "datepublished": "published",
    "publishedat": "published",
    "publishedon": "published",
    "lang": "language",
    "language": "language",
}

_ADDRESS: Final = re.compile(r"https?://[^\s/?#<>\"'\\]+(?:[/?#][^\s<>\"\\]*)?", re.IGNORECASE)
_HEAD: Final = 8  # paragraphs from the top in which a page says when it was published
_FOOT: Final = 6  # and from the bottom


class Metadata(NamedTuple):
    """What is known of an article besides its text; ``notes`` say what was refused or is unsure."""

    title: str | None = None
    outlet: str | None = None
    published: date | None = None
    notes: tuple[str, ...] = ()
    language: str | None = None
    author: str | None = None
    url: str | None = None  # as ``web_address`` takes it
    given_id: str | None = None  # as ``read_id`` takes it

    def over(self, other: "Metadata") -> "Metadata":
        """Return this, with what it lacks taken from ``other``, and the notes of both."""
        return Metadata(
            self.title or other.title,
            self.outlet or other.outlet,
            self.published or other.published,
            self.notes + other.notes,
            self.language or other.language,
            self.author or other.author,
            self.url or other.url,
            self.given_id or other.given_id,
        )


def read_front_matter(text: str) -> tuple[Metadata, int]:
    """Return what the front matter of ``text`` says and the offset behind it; nothing and 0 without any.

    Front matter stands between ``---`` lines ("key: value", a small part of YAML) or ``+++`` lines (TOML),
    from the first line on. Values that are no plain text or date are left out.
    """
    fence = next(
        (fence for fence in ("---", "+++") if re.match(re.escape(fence) + r"[ \t]*\r?\n", text)), None
    )
    if fence is None:
        return Metadata(), 0
    lines: list[str] = []
    at = text.index("\n") + 1
    while len(lines) < _FENCE_WITHIN and at < len(text):
        stop = text.find("\n", at)
        following = len(text) if stop < 0 else stop + 1
        line = text[at:following].rstrip()
        at = following
        if line == fence or (fence == "---" and line == "..."):
            return _front_matter(lines, fence, at)
        lines.append(line)
    return Metadata(), 0


def read_page(text: str, sentences: Sequence[Sentence], language: str | None = None) -> Metadata:
    """Return what the page itself says: in its headline, its stamps ("Posted on ..."), its dateline."""
    published, notes = _stamped_day(text, sentences, language)
    datelines = (read_dateline(sentence.span.cut(text)) for sentence in sentences if sentence.dateline)
    said = next((dateline for dateline in datelines if dateline and (dateline.outlet or dateline.day)), None)
    if said is None:
        return Metadata(_title(text, sentences), None, published, notes)
    outlet = tidy(said.outlet or "")
    if outlet:
        notes += (f"outlet taken from the dateline: {outlet}",)
    if not any(note.startswith("publication date") for note in notes):
        published = published or said.day
    return Metadata(_title(text, sentences), outlet, published, notes)


def tidy(value: str) -> str | None:
    """Return ``value`` on one line, without control characters, not too long; null if nothing is left."""
    printable = "".join(char if char.isprintable() else " " for char in value[: 4 * LONGEST_VALUE])
    return " ".join(printable.split())[:LONGEST_VALUE].rstrip() or None


def read_id(value: object) -> str | None:
    """Return what somebody calls an article, a text or a number, as text; null for all else."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**LONGEST_ID:
        value = str(value)
    return tidy(value) if isinstance(value, str) else None


def web_address(value: str) -> str | None:
    """Return ``value`` where it is an address that a page can be fetched from; null for all others."""
    value = value.strip()
    is_one = len(value) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(value) is not None
    return value if is_one and value.isprintable() else None


def _front_matter(lines: Sequence[str], fence: str, end: int) -> tuple[Metadata, int]:
    notes: list[str] = []
    if fence == "+++":
        try:
            pairs: list[tuple[str, object]] = list(read_toml("\n".join(lines)).items())
        except ValueError:  # of TOML itself, of a number of thousands of digits
            return Metadata(notes=("front matter is not valid TOML and was not used",)), end
    else:
        pairs = list(_yaml_pairs(lines))
        if not pairs and any(lines):
            return Metadata(), 0
    found: dict[str, str] = {}
    published: date | None = None
    for key, value in pairs:
        field = _FIELDS.get(re.sub(r"[\s_.-]", "", key).lower())
        if field == "published" and published is None and value != "":
            published = _as_day(value)
            if published is None:
                notes.append("publication date in front matter is not one clear date and was not used")
        elif field == "language" and isinstance(value, str):
            found.setdefault(field, code_of(value) or "")
        elif (
            field in ("title", "outlet")
            and isinstance(value, str)
            and not value.startswith(("http:", "https:"))
        ):
            found.setdefault(field, tidy(value) or "")
    texts = (found.get(field) or None for field in ("title", "outlet", "language"))
    title, outlet, language = texts
    return Metadata(title, outlet, published, tuple(notes), language), end


def _yaml_pairs(lines: Sequence[str]) -> Iterator[tuple[str, object]]:
    """Yield the unindented ``key: value`` lines; nested values belong to keys nobody asks for here."""
    for line in lines:
        match = _PAIR.fullmatch(line)
        if not match:
            continue
        value = (match[2] or "").strip()
        if len(value) > 1 and value[0] in "\"'" and value.find(value[0], 1) > 0:
            quote = value[0]
            # The closing quote is the last one; a comment may follow it.
            value = value[1 : value.rfind(quote)]
            value = value.replace("''", "'") if quote == "'" else value.replace('\\"', '"')
        else:
            value = re.split(r"(?:^|\s)#", value, maxsplit=1)[0].rstrip()
        yield match[1], value


def _as_day(value: object) -> date | None:
    if isinstance(value, datetime):
        return plausible(value.date())
    if isinstance(value, date):
        return plausible(value)
    return parse_date(value) if isinstance(value, str) else None


def _title(text: str, sentences: Sequence[Sentence]) -> str | None:
    """Return the first headline above the prose, a marked one ("# ...") before others."""
    candidates: list[int] = []
    for sentence in sentences:
        if sentence.role is Role.prose:
            break
        if sentence.role is Role.headline and sentence.paragraph not in candidates:
            candidates.append(sentence.paragraph)
    titles = []
    for number in candidates[:_HEAD]:
        spans = [sentence.span for sentence in sentences if sentence.paragraph == number]
        titles.append(text[spans[0].start : spans[-1].end])
    chosen = next((title for title in titles if title.startswith("# ")), titles[0] if titles else "")
    return tidy(chosen.lstrip("#").rstrip("#").strip(" *_"))


def _stamped_day(
    text: str, sentences: Sequence[Sentence], language: str | None
) -> tuple[date | None, tuple[str, ...]]:
    """Return the one day that the page's own lines agree on, and a note where they do not."""
    last = sentences[-1].paragraph if sentences else 0
    found = [
        stamp
        for sentence in sentences
        if sentence.role is Role.byline and (sentence.paragraph <= _HEAD or sentence.paragraph > last - _FOOT)
        for stamp in stamps(sentence.span.cut(text), language)
    ]
    first = [stamp for stamp in found if not stamp.is_update]
    labelled = [stamp for stamp in first if stamp.is_labelled]
    updates = [stamp.day for stamp in found if stamp.is_update and stamp.day]
    days = {stamp.day for stamp in labelled or first}
    if not days:
        note = ("publication date taken from the page's last update",) if updates else ()
        return (min(updates), note) if updates else (None, ())
    day = days.pop() if len(days) == 1 else None
    if day is None:
        return None, (
            "publication date on the page is impossible, ambiguous or contradictory, and was not used",
        )
    if any(update < day for update in updates):
        return None, ("publication date on the page is later than its update, and was not used",)
    return day, ()
