"""The pages of records: every field with its type, its default, and what is said of it in the code."""

import ast
import builtins
import inspect
import io
import json
import tokenize
import types
import typing
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docs.making.tables import paragraphs, table

_NAMES: Final[Mapping[object, str]] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    date: "date",
    datetime: "date and time",
    type(None): "null",
}


def fields_of(root: type[BaseModel], title: str, about: str) -> str:
    """Return the page of every record in ``root``, with its fields, their types and what is said of them."""
    parts = [f"# {title}\n\n{about}\n"]
    for record in _records(root):
        parts.append(f"## {record.__name__}\n\n{paragraphs(inspect.getdoc(record))}\n")
        if issubclass(record, StrEnum):
            parts.append(", ".join(f"`{member.value}`" for member in record) + "\n")
            continue
        said = _said_of_fields(record)
        rows = [
            (f"`{name}`", _type(field.annotation), _default(field), said.get(name, ""))
            for name, field in record.model_fields.items()
        ]
        parts.append(table(("Field", "Type", "Default", "What it is"), rows))
    return "\n".join(parts)


def _records(root: type[BaseModel]) -> list[type[Any]]:
    """Return ``root`` and every record and enumeration within it, each once, outermost first."""
    found: list[type[Any]] = []
    left: list[type[Any]] = [root]
    while left:
        record = left.pop(0)
        if record in found:
            continue
        found.append(record)
        if issubclass(record, BaseModel):
            left += [part for field in record.model_fields.values() for part in _parts(field.annotation)]
    return found


def _parts(annotation: object) -> Iterator[type[Any]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel | StrEnum):
        yield annotation
    for argument in get_args(annotation):
        yield from _parts(argument)


def _type(annotation: object) -> str:
    """Return a type as JSON has it, with a link to each record that it names."""
    if annotation in _NAMES:
        return _NAMES[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel | StrEnum):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    arguments = get_args(annotation)
    match get_origin(annotation):
        case typing.Literal:
            return " or ".join(f"`{value}`" for value in arguments)
        case builtins.tuple if arguments[-1] is Ellipsis:
            return f"list of {_type(arguments[0])}"
        case builtins.tuple:
            return f"list: {', '.join(map(_type, arguments))}"
        case builtins.dict:
            return f"object of {_type(arguments[1])}"
        case types.UnionType | typing.Union:
            return " or ".join(map(_type, arguments))
    raise TypeError(f"no words for {annotation}: add them")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True)
    return f"`{json.dumps(default)}`" if default not in ((), {}, "") else "empty"


def _said_of_fields(record: type[BaseModel]) -> dict[str, str]:
    """Return the comment at the end of each field's line, by the field's name; those it inherits, too."""
    said: dict[str, str] = {}
    for parent in reversed(record.__mro__):
        if not issubclass(parent, BaseModel) or parent.__module__.startswith("pydantic"):
            continue
        source = inspect.getsource(parent)
        comments = {
            token.start[0]: token.string.lstrip("# ")
            for token in tokenize.generate_tokens(io.StringIO(source).readline)
            if token.type == tokenize.COMMENT
        }
        [written] = ast.parse(source).body
        assert isinstance(written, ast.ClassDef)  # noqa: S101 - what inspect finds of a class is a class
        for node in written.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                said[node.target.id] = comments.get(node.end_lineno or 0, "")
    return said
