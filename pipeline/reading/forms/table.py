"""Which form a file has, by its suffix: the one place that knows them all."""

from collections.abc import Callable, Iterator, Mapping
from io import BufferedReader
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.reading.forms.fields import Fields
from pipeline.reading.forms.jsonlines import read_json_lines
from pipeline.reading.forms.kept import Kept, Row
from pipeline.reading.forms.mhtml import read_mhtml
from pipeline.reading.forms.page import read_page
from pipeline.reading.forms.pdf import read_pdf
from pipeline.reading.forms.tables import read_table
from pipeline.reading.forms.text import MAX_TEXT_BYTES, read_text
from pipeline.reading.forms.word import read_word

MAX_FILE_BYTES: Final = 20_000_000  # of a form that holds pictures and scripts beside its text


class Single(NamedTuple):
    """A form of files that are one article each. ``is_apart``: it is read in a process of its own."""

    read: Callable[[bytes], Kept]
    most_bytes: int = MAX_FILE_BYTES
    is_apart: bool = True


class Many(NamedTuple):
    """A form of files that hold an article a row; they may be of any size."""

    rows: Callable[[BufferedReader, Fields], Iterator[Row]]


class Refused(NamedTuple):
    """A form that articles come in, and that is not read: ``reason`` says what to do."""

    reason: str


_TEXT: Final = Single(read_text, MAX_TEXT_BYTES, is_apart=False)
_PAGE: Final = Single(read_page)
_ARCHIVE: Final = Single(read_mhtml)
_LINES: Final = Many(read_json_lines)
_TABLE: Final = Many(read_table)

FORMS: Final[Mapping[str, Single | Many | Refused]] = {
    ".txt": _TEXT,
    ".md": _TEXT,
    ".html": _PAGE,
    ".htm": _PAGE,
    ".xhtml": _PAGE,
    ".mhtml": _ARCHIVE,
    ".mht": _ARCHIVE,
    ".pdf": Single(read_pdf),
    ".docx": Single(read_word),
    ".jsonl": _LINES,
    ".ndjson": _LINES,
    ".csv": _TABLE,
    ".tsv": _TABLE,
    ".doc": Refused("an old Word file: save it as .docx"),
    ".rtf": Refused("an RTF file: save it as .docx"),
    ".odt": Refused("an OpenDocument file: save it as .docx"),
    ".pages": Refused("a Pages file: export it as .docx"),
}
# One suffix of each form is enough to name it.
NAMED: Final = ", ".join(
    suffix
    for suffix, form in FORMS.items()
    if suffix not in (".htm", ".xhtml", ".mht", ".ndjson", ".tsv") and not isinstance(form, Refused)
)


def form_of(path: Path) -> Single | Many | Refused | None:
    """Return the form of the file at ``path`` by its name, if it has one that is known."""
    # ".txt" is all name to pathlib, so that it would have no suffix there.
    return FORMS.get("." + path.name.lower().rpartition(".")[2]) if "." in path.name else None
