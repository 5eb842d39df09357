"""Pages made from the code itself: the command line, the settings, and the fields of report.json."""

import ast
import builtins
import inspect
import io
import json
import sys
import tokenize
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Any, Final, get_args, get_origin

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipeline import cli
from pipeline.cli.options import settings_of
from pipeline.setting import Setting
from schemas.report import Report
from schemas.run import RunRecord

_NAMES: Final[Mapping[object, str]] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    date: "date",
    datetime: "date and time",
    type(None): "null",
}


# -- the command line --


def commands() -> dict[str, Any]:
    """Return the commands of the command line by name, in their order."""
    return dict(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]


def command_line() -> str:
    """Return the page of all commands with their arguments and options."""
    parts = ["# Command line\n\nMade from the command itself: `storycheck COMMAND --help` prints the same.\n"]
    for name, command in commands().items():
        context = command.make_context(name, ["--help"], resilient_parsing=True)
        usage = " ".join(("storycheck", name, *command.collect_usage_pieces(context)))
        parts.append(f"## storycheck {name}\n\n```text\n{usage}\n```\n\n{_paragraphs(command.help)}\n")
        told = [parameter.get_help_record(context) for parameter in command.params]
        rows = [(f"`{_escaped(names)}`", _escaped(said)) for names, said in filter(None, told)]
        if rows:
            parts.append(_table(("Option", "What it does"), rows))
    return "\n".join(parts)


def settings() -> str:
    """Return the page of all settings, each as the file, the environment and the command line have it."""
    parts = [
        "# All settings\n\nMade from the command itself; [settings](../configuration.md) says which of the "
        "three wins. `storycheck init` writes a file with all of them.\n"
    ]
    by_section: dict[str, list[Setting]] = {}
    for setting in settings_of(cli.app):
        section = setting.section or (f"storycheck {setting.table}" if setting.table else "The articles")
        by_section.setdefault(section, []).append(setting)
    for section, found in by_section.items():
        rows = [
            (
                f"`{setting.key}`",
                f"`{setting.flag}`",
                f"`{setting.variable}`",
                _escaped(setting.allowed(is_file=True)),
                "" if setting.default is None else f"`{json.dumps(setting.default)}`",
                _escaped(setting.help),
            )
            for setting in found
        ]
        head = ("In a file", "Option", "Variable", "Takes", "Default", "What it does")
        parts.append(f"## {section}\n\n{_table(head, rows)}")
    return "\n".join(parts)


# -- report.json --


def fields_of(root: type[BaseModel], title: str, about: str) -> str:
    """Return the page of every record in ``root``, with its fields, their types and what is said of them."""
    parts = [f"# {title}\n\n{about}\n"]
    for record in _records(root):
        parts.append(f"## {record.__name__}\n\n{_paragraphs(inspect.getdoc(record))}\n")
        if issubclass(record, StrEnum):
            parts.append(", ".join(f"`{member.value}`" for member in record) + "\n")
            continue
        said = _said_of_fields(record)
        rows = [
            (f"`{name}`", _type(field.annotation), _default(field), said.get(name, ""))
            for name, field in record.model_fields.items()
        ]
        parts.append(_table(("Field", "Type", "Default", "What it is"), rows))
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


# -- Markdown --


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _paragraphs(text: str | None) -> str:
    return "\n\n".join(" ".join(part.split()) for part in (text or "").split("\n\n")).replace("``", "`")


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.strip() for cell in line)} |\n" for line in lines)


def library() -> str:
    """Return the page of what can be called from Python; mkdocstrings reads it off the docstrings."""
    return (
        "# Python\n\nMade from the docstrings; [as a library](../library.md) shows how it is used.\n\n"
        "::: pipeline.api\n"
    )


# By their place in the site: what makes each page.
PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "reference/cli.md": command_line,
    "reference/settings.md": settings,
    "reference/python.md": library,
    "reference/report.md": partial(
        fields_of,
        Report,
        "report.json",
        "Made from the records themselves; `storycheck schema` prints the same as a JSON Schema. Fields may "
        "be added, and keep their meaning.",
    ),
    "reference/run.md": partial(
        fields_of, RunRecord, "run.json", "All that made one report. Made from the records themselves."
    ),
}

if __name__ == "__main__":
    sys.stdout.write(PAGES[sys.argv[1]]())
