"""Word documents (.docx): the text of the body, paragraphs and rows of tables a line each.

Read is what stands there once all tracked changes are accepted. Headers, footers, notes and comments are not
read. Of what the document says of itself only a title that its first lines say, too, is believed: the rest is
of a template, or of whoever typed it.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Final
from zipfile import BadZipFile, ZipFile

from pipeline.reading.decode import NotText
from pipeline.reading.forms.kept import Kept
from pipeline.reading.metadata import Metadata, tidy

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_UNPACKED: Final = 100_000_000  # bytes of all that is packed into the file
MOST_PARTS: Final = 5_000
_OLD: Final = b"\xd0\xcf\x11\xe0"  # of compound files, which old and encrypted documents are
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ANOTHER_TIME: Final = (
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # of what was said
)
_SPACES: Final = frozenset(_W + name for name in ("tab", "br", "cr", "ptab"))
_CHANGES: Final = tuple(_W + name for name in ("ins", "del", "moveFrom", "moveTo"))
_HEAD: Final = 5  # lines among which a document's own title stands


def read_word(data: bytes) -> Kept:
    """Return the article in a Word document; raises NotText where there is none."""
    from docx import Document

    _refuse(data)
    try:
        document = Document(BytesIO(data))
        body, title = document.element.body, tidy(document.core_properties.title or "")
    except (BadZipFile, KeyError, ValueError, AttributeError, SyntaxError) as error:  # lxml's is the last
        raise NotText("a damaged Word file, or none: save it anew as .docx") from error
    lines = list(_lines(body))
    if not lines:
        raise NotText("no text in the Word file")
    is_known = title is not None and any(_same(title, line) for line in lines[:_HEAD])
    has_changes = next(body.iter(*_CHANGES), None) is not None
    return Kept(
        text="\n\n".join(lines) + "\n",
        known=Metadata(title if is_known else None),
        notes=("it has tracked changes, and is read as if all were accepted",) if has_changes else (),
    )


def _refuse(data: bytes) -> None:
    """Raise NotText for what is no package of Word's, or unpacks to more than one holds."""
    if data.startswith(_OLD):
        raise NotText("an old or encrypted Word file: save it as .docx, without a password")
    try:
        with ZipFile(BytesIO(data)) as package:
            parts = package.infolist()
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise NotText(
            "a damaged Word file, or none: save it anew as .docx" if data else "empty file"
        ) from error
    if sum(part.file_size for part in parts) > MOST_UNPACKED or len(parts) > MOST_PARTS:
        raise NotText(f"unpacks to more than {MOST_UNPACKED // 1_000_000} MB, which no article does")


def _lines(body: "_Element") -> Iterator[str]:
    from lxml.etree import iterwalk

    parts: list[str] = []
    rows = 0  # that are open, one in a cell of the other
    walk = iterwalk(body, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in (_ANOTHER_TIME, _W + "moveFrom"):
                walk.skip_subtree()
            rows += tag == _W + "tr"
            continue
        if tag == _W + "t":
            parts.append(element.text or "")
        elif tag == _W + "noBreakHyphen":
            parts.append("-")
        elif tag in _SPACES:
            parts.append(" ")
        elif tag == _W + "tc":
            parts.append(" | ")
        elif tag in (_W + "p", _W + "tr"):
            rows -= tag == _W + "tr"
            parts.append(" ")
            if not rows and (line := " ".join("".join(parts).split()).strip("| ")):
                yield line
            if not rows:
                parts.clear()


def _same(title: str, line: str) -> bool:
    return title.casefold() == line.casefold()
