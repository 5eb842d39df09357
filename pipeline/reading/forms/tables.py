"""Tables as text (.csv, .tsv): a row each is an article, below a row of names.

What parts the columns is found by the names: it is what makes one of them that of the text. Cells may hold
line ends and what looks like a formula; nothing is computed.
"""

import codecs
import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from io import BufferedReader, TextIOWrapper
from typing import Final, NamedTuple

from pipeline.reading.decode import MARKS, NotText, decode
from pipeline.reading.forms.fields import LONGEST_FIELD, Fields, Unmet, article
from pipeline.reading.forms.kept import Kept, Row

_PARTED_BY: Final[Mapping[str, str]] = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_USUAL: Final = (",", "\t")
_SAYS: Final = re.compile(r"sep=(.)\s*")  # a first line of Excel's
_GUESSED_BY: Final = 500_000  # bytes
_AT_A_TIME: Final = 1 << 20
_HEAD: Final = 1_000  # bytes in which a table that is none shows it
_SHOWN: Final = 8  # names of columns that a reason lists


class _Names(NamedTuple):
    """The first row of a table: its names, what parts them, and how many lines it is."""

    names: tuple[str, ...]
    parted_by: str
    lines: int


def read_table(file: BufferedReader, fields: Fields) -> Iterator[Row]:
    """Yield the articles of ``file``, and what is none with its reason; empty rows are passed over."""
    csv.field_size_limit(LONGEST_FIELD)
    try:
        encoding, is_guessed = _encoding(file)
        text = TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    except NotText as error:
        yield Row(None, str(error))
        return
    try:
        names = _names(text, fields.get("text", "text"))
        unmet = Unmet(fields)
        unmet.look(_folded(names.names))
        if told := unmet.told():
            raise NotText(told)
        notes = _notes(names, encoding if is_guessed else None)
        for line, cells in _rows(text, names):
            yield Row(line, cells if isinstance(cells, str) else _found(names.names, cells, fields, notes))
    except NotText as error:
        yield Row(None, str(error))
    finally:
        text.detach()  # whoever opened the file closes it


def _encoding(file: BufferedReader) -> tuple[str, bool]:
    """Return what all of ``file`` is encoded in, and whether that is a guess; leaves it at its start."""
    head = file.read(_GUESSED_BY)
    file.seek(0)
    marked = next((encoding for mark, encoding in MARKS if head.startswith(mark)), None)
    if marked is None and b"\0" not in head[:_HEAD] and _is_utf8(file):
        marked = "utf-8"
    file.seek(0)
    return (marked, False) if marked else (decode(head).encoding, True)


def _is_utf8(file: BufferedReader) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while part := file.read(_AT_A_TIME):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _names(text: TextIOWrapper, wanted: str) -> _Names:
    """Read the first row. Raises NotText where none of its names is ``wanted``."""
    line, lines = _line(text), 1
    said = _SAYS.fullmatch(line)
    if said:
        line, lines = _line(text), 2
    if not line.strip():
        raise NotText("no names of columns in its first line")
    found = [
        _Names(tuple(name.strip() for name in next(csv.reader([line], delimiter=sign))), sign, lines)
        for sign in ((said[1],) if said else _PARTED_BY)
    ]
    chosen = next((one for one in found if wanted in _folded(one.names)), None)
    if chosen is None:
        widest = max(found, key=lambda one: len(one.names)).names
        more = ", ..." if len(widest) > _SHOWN else ""
        raise NotText(
            f"no column {wanted!r} (its columns: {', '.join(widest[:_SHOWN])[:300]}{more}): name the one "
            "with the text by --field text=NAME, and so title, outlet, published, url and id"
        )
    return chosen


def _folded(names: Sequence[str]) -> dict[str, str]:
    """Return names as they are, and in small letters, by which ours are found, too."""
    return {**{name.lower(): name for name in names}, **{name: name for name in names}}


def _rows(text: TextIOWrapper, names: _Names) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each row with the line that it begins on: its cells, or what is wrong with it."""
    reader = csv.reader(iter(lambda: _line(text), ""), delimiter=names.parted_by, strict=True)
    while True:
        line = names.lines + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"no row of a table: {error}"
            continue
        if len(cells) > len(names.names):
            yield (
                line,
                f"{len(cells)} cells for {len(names.names)} columns: a quotation mark is missing, maybe",
            )
        elif any(cell.strip() for cell in cells):
            yield line, cells


def _line(text: TextIOWrapper) -> str:
    line = text.readline(LONGEST_FIELD + 1)
    if len(line) > LONGEST_FIELD:
        raise NotText(f"a line of more than {LONGEST_FIELD // 1_000_000} MB; nothing from there on was read")
    return line


def _found(names: Sequence[str], cells: Sequence[str], fields: Fields, notes: tuple[str, ...]) -> Kept | str:
    own = dict(zip(names, cells, strict=False))
    given = {alias: own.get(name, "") for alias, name in _folded(names).items()}
    try:
        kept = article(given, fields)
    except NotText as error:
        return str(error)
    return kept.model_copy(update={"notes": notes + kept.notes})


def _notes(names: _Names, guessed: str | None) -> tuple[str, ...]:
    parted = names.parted_by not in _USUAL
    told = (f"columns parted by {_PARTED_BY.get(names.parted_by, repr(names.parted_by))}",) if parted else ()
    return told + ((f"encoding guessed: {guessed}",) if guessed else ())
