"""Exports as CSV that opens right in a spreadsheet, and in which no cell is a formula.

Form: RFC 4180, after a byte order mark (without it Excel takes UTF-8 for another encoding). What a
spreadsheet takes as a formula: OWASP, "CSV Injection".
"""

import csv
import io
import unicodedata
from collections.abc import Sequence
from typing import Final

from pipeline.export.asked import Asked, What
from pipeline.export.rows import rows
from pipeline.export.stored import Stored
from pipeline.report.text import one_line
from schemas.exported import ClaimRow, FindingRow

MAX_CELL: Final = 32_767  # UTF-16 units that Excel keeps of a cell
CUT: Final = " […]"  # ends a cell that was cut
CUT_COLUMN: Final = "cut"  # the last column: which cells of the row were cut
BOM: Final = "\ufeff"

_SIGNS = "=+-@"
_MINUS = "\u2212"  # which no normal form turns into "-"
_LEAD = " \"'`´‘’‚‛“”„‟‹›«»"  # what may stand before a sign and be thrown away by whoever reads the file


def export_csv(stories: Sequence[Stored], asked: Asked) -> str:
    """Return a header and one row a finding, or a claim, each cell on one line.

    Several values of one cell stand between bars. The last column names the cells that were cut.
    """
    columns = list((FindingRow if asked.what is What.findings else ClaimRow).model_fields)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([*columns, CUT_COLUMN])
    for row in rows(stories, asked.what):
        values = row.model_dump(mode="json")
        cells = [cell(_written(values[column])) for column in columns]
        cut = [column for column, (_, is_cut) in zip(columns, cells, strict=True) if is_cut]
        writer.writerow([*(text for text, _ in cells), " ".join(cut)])
    return BOM + file.getvalue()


def cell(text: str) -> tuple[str, bool]:
    """Return ``text`` as a cell that no spreadsheet computes or cuts, and whether it had to be cut.

    Spreadsheets of half of Europe split a line at semicolons, so that a cell may begin behind each.

    >>> cell("=1+1; -2")
    ("'=1+1;' -2", False)
    """
    safe = ";".join(f"'{piece}" if _is_formula(piece) else piece for piece in one_line(text).split(";"))
    units = safe.encode("utf-16-le")
    if len(units) <= 2 * MAX_CELL:
        return safe, False
    return units[: 2 * (MAX_CELL - len(CUT))].decode("utf-16-le", "ignore") + CUT, True


def _is_formula(piece: str) -> bool:
    first = piece.lstrip(_LEAD)[:1]
    return first == _MINUS or unicodedata.normalize("NFKC", first)[:1] in tuple(_SIGNS)


def _written(value: object) -> str:
    if isinstance(value, list):
        return " | ".join(map(str, value))
    return "" if value is None else str(value)
