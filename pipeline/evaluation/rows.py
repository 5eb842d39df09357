"""Reads labelled rows from a user's files: JSON Lines, or tables with a head line (.csv, .tsv).

A row has ``claim``, ``evidence`` and ``label``, and may have ``id`` and ``group``; whatever else it has is
kept as ``meta``.
"""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from pipeline.errors import InputError
from pipeline.reading.sources import printable, shown
from schemas.evaluation import GoldLabel, LabelledRow

_NEEDED: Final = ("claim", "evidence", "label")
_KNOWN: Final = (*_NEEDED, "id", "group", "meta")
_DELIMITERS: Final = {".csv": ",", ".tsv": "\t"}
_JSON_LINES: Final = (".jsonl", ".ndjson")
_FAULTS_SHOWN: Final = 20
_LONGEST_SHOWN: Final = 40  # characters of a value in a message


class _BadRow(Exception):
    """A row cannot be used; the message says why."""


def read_sets(paths: Sequence[Path]) -> dict[str, tuple[LabelledRow, ...]]:
    """Read files of labelled rows, each a set named after its file, and its folder too where two share it.

    Raises InputError when a file cannot be read, or holds a row that cannot be used.
    """
    stems = Counter(path.stem for path in paths)
    sets: dict[str, tuple[LabelledRow, ...]] = {}
    for path in paths:
        name = printable(path.stem if stems[path.stem] == 1 else f"{path.parent.name}/{path.stem}")
        if name in sets:
            raise InputError(f"{shown(path)} is the second file to be called {name}: rename it.")
        sets[name] = read_rows(path)
    return sets


def read_rows(path: Path) -> tuple[LabelledRow, ...]:
    """Read one file of labelled rows, in its order.

    A row without an id gets one from its text. Raises InputError, with a line for each row that is bad.
    """
    text = _text(path)
    rows: list[LabelledRow] = []
    faults: list[str] = []
    lines_of: dict[str, int] = {}
    for number, fields in _fields(path, text):
        try:
            row = _row(fields)
            if row.id in lines_of:
                if "id" in fields:
                    raise _BadRow(f"its id {_short(row.id)} is that of line {lines_of[row.id]}, too")
                row = row.model_copy(update={"id": f"{row.id}-{number}"})
        except _BadRow as fault:
            faults.append(f"line {number}: {fault}")
            continue
        lines_of[row.id] = number
        rows.append(row)
    if faults:
        raise InputError(f"{shown(path)} cannot be used:\n" + "\n".join(_first(faults)))
    if not rows:
        raise InputError(f"{shown(path)} holds no rows: give one {{claim, evidence, label}} a line.")
    return tuple(rows)


def _text(path: Path) -> str:
    if path.suffix.lower() not in (*_JSON_LINES, *_DELIMITERS):
        raise InputError(f"{shown(path)} is no file of labelled rows: give a .jsonl, .csv or .tsv file.")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{shown(path)} cannot be read ({error.strerror}): make it readable.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{shown(path)} is not UTF-8 (byte {error.start:,}): save it as UTF-8.") from error


def _fields(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """Yield each row's line number with its fields, or with what is wrong with it."""
    delimiter = _DELIMITERS.get(path.suffix.lower())
    if delimiter is None:
        yield from _json_lines(text)
        return
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        if missing := [name for name in _NEEDED if name not in (table.fieldnames or ())]:
            raise InputError(
                f"{shown(path)} has no column {', '.join(missing)}: name the columns in its first line."
            )
        for fields in table:
            is_whole = None not in fields and None not in fields.values()
            given = {name: value for name, value in fields.items() if value or name in _NEEDED}
            yield table.line_num, given if is_whole else "it has not as many fields as the first line"
    except csv.Error as error:
        yield table.line_num, f"{error}, and nothing after it was read"


def _json_lines(text: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError):
            yield number, "it is not JSON"
        else:
            yield number, fields if isinstance(fields, dict) else "it is not an object of named fields"


def _row(fields: Mapping[str, Any] | str) -> LabelledRow:
    if isinstance(fields, str):
        raise _BadRow(fields)
    for name in _NEEDED:
        value = fields.get(name)
        if not isinstance(value, str) or not value.strip():
            raise _BadRow(f"it has no {name}" if value is None else f"its {name} is no text, or empty")
    if fields["label"] not in tuple(GoldLabel):
        raise _BadRow(f"its label is {_short(fields['label'])}, not one of {', '.join(GoldLabel)}")
    given = {name: _name(fields[name]) for name in (*_NEEDED, "id", "group") if fields.get(name) is not None}
    own = fields.get("meta")
    rest = {name: value for name, value in fields.items() if name not in _KNOWN}
    meta = {**own, **rest} if isinstance(own, dict) else rest if own is None else {**rest, "meta": own}
    made = {"id": _id(fields["claim"], fields["evidence"])}
    try:
        return LabelledRow.model_validate({**made, **given, "meta": meta})
    except ValidationError as error:
        first = error.errors()[0]
        raise _BadRow(f"its {first['loc'][0]} cannot be used: {first['msg']}") from error


def _name(value: Any) -> Any:  # noqa: ANN401 - whatever stood in the file
    """Return a number as text: ids are often numbers."""
    return str(value) if type(value) is int else value


def _id(claim: str, evidence: str) -> str:
    return hashlib.sha256(json.dumps([claim, evidence]).encode()).hexdigest()[:12]


def _short(value: str) -> str:
    shown_value = printable(value)
    return repr(shown_value if len(shown_value) <= _LONGEST_SHOWN else f"{shown_value[:_LONGEST_SHOWN]}…")


def _first(faults: Sequence[str]) -> Iterator[str]:
    yield from faults[:_FAULTS_SHOWN]
    if len(faults) > _FAULTS_SHOWN:
        yield f"and {len(faults) - _FAULTS_SHOWN:,} more rows"
