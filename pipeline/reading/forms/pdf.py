"""PDF with text in it: pypdf gives the lines of each page, of which paragraphs are made.

What a file says of itself is believed little: its date is that of a printout, and its title stands only where
the first page says it, too.
"""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from math import hypot
from typing import TYPE_CHECKING, Any, Final

from pipeline.reading.decode import NotText
from pipeline.reading.forms.kept import Kept
from pipeline.reading.forms.lines import Line, joined, without_running
from pipeline.reading.metadata import Metadata, tidy, web_address

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

MOST_PAGES: Final = 200
_LEAST_LETTERS: Final = 20
_LIGATURES: Final = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\xa0": " "}
)
_ADDRESS: Final = re.compile(r"https?://\S{4,2000}")
_TITLED: Final = re.compile(r"\s[|–—-]\s")  # "Mill burns | The Gull"
_SCANNED: Final = "a PDF without text, a scan maybe: have its text recognised (OCR) first, or save it as text"
_UNREADABLE: Final = "the letters of the PDF cannot be told from their shapes: save its text, and give that"


def read_pdf(data: bytes) -> Kept:
    """Return the article in a PDF; raises NotText where there is none.

    Lines are joined to paragraphs, over the end of a page, too; headers, footers and page numbers left out.
    """
    from pypdf.errors import PyPdfError

    try:
        reader = _opened(data)
        pages = [list(_lines(page, number)) for number, page in enumerate(reader.pages, 1)]
        title = tidy(str((reader.metadata and reader.metadata.title) or ""))
    except PyPdfError as error:
        raise NotText(f"a damaged PDF ({_one_line(error)}): save it anew, or save its text") from error
    _refuse_unread([line.text for page in pages for line in page])
    lines, left_out = without_running(pages)
    text, starts = joined(lines, len(pages))
    url = next((m[0] for line in left_out if (m := _ADDRESS.search(line)) and web_address(m[0])), None)
    known = Metadata(_title(title, lines), url=url)
    return Kept(text=text, known=known, pages=starts, notes=tuple(_notes(pages, left_out)))


def _opened(data: bytes) -> "PdfReader":
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import DependencyError

    if b"%PDF-" not in data[:1024]:
        raise NotText("no PDF, whatever its name says" if data else "empty file")
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted:
        try:  # many are locked against changes alone
            is_open = reader.decrypt("") is not PasswordType.NOT_DECRYPTED
        except DependencyError:
            is_open = False
        if not is_open:
            raise NotText("an encrypted PDF: save it without a password")
    if len(reader.pages) > MOST_PAGES:
        raise NotText(
            f"a PDF of more than {MOST_PAGES} pages, which no article has: give those of the article"
        )
    return reader


def _lines(page: "PageObject", number: int) -> Iterator[Line]:
    """Yield the lines of a page, each with the size of its largest letters."""
    texts, sizes = [""], [0.0]

    def hear(text: str, whole: Sequence[float], own: Sequence[float], _font: Any, size: float) -> None:  # noqa: ANN401
        height = round(size * hypot(own[2], own[3]) * hypot(whole[2], whole[3]), 1)
        first, *others = text.split("\n")
        for i, part in enumerate((first, *others)):
            if i:
                texts.append("")
                sizes.append(0.0)
            texts[-1] += part
            if part.strip():
                sizes[-1] = max(sizes[-1], height)

    page.extract_text(visitor_text=hear)
    for text, size in zip(texts, sizes, strict=True):
        line = " ".join(text.translate(_LIGATURES).split())
        if line:
            yield Line(line, size, number)


def _refuse_unread(lines: Sequence[str]) -> None:
    """Raise NotText where a PDF has no text, or none whose letters are known."""
    text = "".join(lines)
    letters = sum(char.isalpha() for char in text)
    unknown = sum(not char.isprintable() or char == "\ufffd" for char in text)
    if unknown > letters / 10:
        raise NotText(_UNREADABLE)
    if letters < _LEAST_LETTERS:
        raise NotText(_SCANNED)


def _title(said: str | None, lines: Sequence[Line]) -> str | None:
    """Return the title that a file gives itself, or the part before its outlet, if its first page has it."""
    first = _letters("".join(line.text for line in lines if line.page == lines[0].page))
    for title in (said, _TITLED.split(said)[0]) if said else ():
        if len(title.split()) > 1 and _letters(title) in first:
            return title
    return None


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _notes(pages: Sequence[Sequence[Line]], left_out: Sequence[str]) -> Iterator[str]:
    if left_out:
        shown = tidy(left_out[0]) or ""
        more = f" and {len(left_out) - 1} more" if len(left_out) > 1 else ""
        yield f"headers, footers and page numbers left out: {shown}{more}"
    bare = [str(number) for number, page in enumerate(pages, 1) if not page]
    if bare:
        yield f"no text on page {', '.join(bare[:10])}{', ...' if len(bare) > 10 else ''}: a picture, maybe"


def _one_line(error: Exception) -> str:
    return (tidy(str(error)) or type(error).__name__)[:120]
