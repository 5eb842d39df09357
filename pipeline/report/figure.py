"""The matrix of a story as a picture: where everything stands in it, in SVG units, one of them a pixel."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pipeline.report.matrix import Cell, Column, Matrix, Row, State
from pipeline.report.text import clip, one_line
from pipeline.report.words import CONFLICT, day

ROWS: Final = 12  # that are drawn; a picture that has to be scrolled is none
COLUMNS: Final = 12
TEXT_WIDTH: Final = 400
TEXT_CHARACTERS: Final = 52  # of the type of a point, in that width
COLUMN_WIDTH: Final = 104
COLUMN_CHARACTERS: Final = 12
LINE: Final = 16
PADDING: Final = 8
# So light that the text upon them, which has the colour of the page around, reads on light and dark alike.
TINTS: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.conflicts: "#d23b2f",
        State.update: "#2f7fd2",
        State.speakers_differ: "#8a5fd0",
        State.asserts: "#2f9e5f",
    }
)


@dataclass(frozen=True)
class Line:
    """A line of text; its baseline is at ``y`` of what it stands in."""

    y: int
    text: str


@dataclass(frozen=True)
class Head:
    """The head of a column, which begins at ``x``: names, and the day below them."""

    x: int
    names: tuple[Line, ...]
    below: Line


@dataclass(frozen=True)
class Sign:
    """What stands in a cell, which begins at ``x``; ``cell`` is None where its column is silent."""

    x: int
    cell: Cell | None
    letters: str
    told: str  # for those who cannot see it


@dataclass(frozen=True)
class Band:
    """A row of the picture: the point, what is said on it, and a sign a column."""

    y: int
    height: int
    point: tuple[Line, ...]
    below: tuple[Line, ...]
    signs: tuple[Sign, ...]


@dataclass(frozen=True)
class Figure:
    """A picture of a matrix; ``left_out`` says what of the matrix is not in it, "" where all is."""

    width: int
    height: int
    head_height: int
    heads: tuple[Head, ...]
    bands: tuple[Band, ...]
    left_out: str


def figure(matrix: Matrix) -> Figure | None:
    """Return the picture of the first rows and columns of ``matrix``, or None where it has no row."""
    rows, columns = matrix.rows[:ROWS], matrix.columns[:COLUMNS]
    if not rows:
        return None
    names = [_wrapped(" / ".join(column.names), COLUMN_CHARACTERS, 3) for column in columns]
    head_height = LINE * (max(map(len, names), default=0) + 1) + 2 * PADDING
    heads = tuple(_head(i, column, names[i], head_height) for i, column in enumerate(columns))
    bands: list[Band] = []
    top = head_height
    for row in rows:
        bands.append(_band(row, columns, top))
        top += bands[-1].height
    return Figure(
        width=TEXT_WIDTH + COLUMN_WIDTH * len(columns),
        height=top,
        head_height=head_height,
        heads=heads,
        bands=tuple(bands),
        left_out=_left_out(matrix, len(rows), len(columns)),
    )


def _head(place: int, column: Column, names: Sequence[str], height: int) -> Head:
    first = height - PADDING - LINE * len(names)
    lines = tuple(Line(first + LINE * i - 4, name) for i, name in enumerate(names))
    below = "your draft" if column.is_draft else day(column.published)
    return Head(_left(place), lines, Line(height - PADDING, clip(below, COLUMN_CHARACTERS + 4)))


def _band(row: Row, columns: Sequence[Column], top: int) -> Band:
    point = _wrapped(row.text or row.worded, TEXT_CHARACTERS, 2)
    below = [CONFLICT[row.finding.kind]] if row.finding else []
    below += [f"{position.letter}  {one_line(position.words)}" for position in row.positions[:4]]
    height = LINE * (len(point) + len(below)) + 2 * PADDING
    told = [*point, *(clip(text, TEXT_CHARACTERS + 6) for text in below)]  # in smaller type
    lines = [Line(PADDING + LINE * (i + 1) - 4, text) for i, text in enumerate(told)]
    signs = tuple(_sign(place, column, row.cells.get(column.number)) for place, column in enumerate(columns))
    return Band(top, height, tuple(lines[: len(point)]), tuple(lines[len(point) :]), signs)


def _sign(place: int, column: Column, cell: Cell | None) -> Sign:
    letters = " ".join(cell.letters) if cell else ""
    told = f"{cell.state.value} {letters}".rstrip() if cell else "silent"
    return Sign(_left(place), cell, letters, f"{' / '.join(column.names)}: {told}")


def _left(place: int) -> int:
    return TEXT_WIDTH + COLUMN_WIDTH * place


def _wrapped(text: str, width: int, most: int) -> list[str]:
    return textwrap.wrap(one_line(text), width, max_lines=most, placeholder="…") or ["—"]


def _left_out(matrix: Matrix, rows: int, columns: int) -> str:
    more = [
        (len(matrix.rows) + len(matrix.rest) - rows, "point", "points"),
        (len(matrix.all_columns) - columns, "text", "texts"),
    ]
    return " and ".join(f"{n:,} more {one if n == 1 else many}" for n, one, many in more if n)
