"""storycheck config: every setting, its value, and where that came from."""

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import typer
from typer.core import TyperCommand, TyperGroup

from pipeline.cli.options import MAIN, WITH_SETTINGS
from pipeline.cli.settings import ConfigFile, defaults_for, known_settings
from pipeline.config import first_set, read_environment, shown_address
from pipeline.errors import InputError
from pipeline.setting import MODELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.setting import Setting, Value
    from pipeline.settingsfile import Found

EXAMPLES = """
Examples:
  storycheck config                  # what holds here
  storycheck config --max-cost 2     # what would hold for 'check --max-cost 2'
  storycheck config --json           # for scripts
"""
NOT_SET = "not set"


class Row(NamedTuple):
    """One setting as it holds: ``source`` is flag, environment, file or default, ``where`` names it."""

    setting: str
    value: "Value"
    source: str
    where: str | None = None
    line: int | None = None


def config(
    context: typer.Context,
    given: Annotated[
        list[str] | None,
        typer.Argument(metavar="OPTION", help="Options of 'check', to see what they change."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", allow_from_autoenv=False, help="Print JSON, for machines.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Show every setting, its value, and where it came from: a flag, the environment, a file, or a default.

    Keys and passwords are never shown.
    """
    rows = list(_rows(context, given or [], config))
    if as_json:
        import json

        typer.echo(json.dumps([row._asdict() for row in rows], indent=2))
        return
    width = max(len(row.setting) for row in rows)
    for row in rows:
        typer.echo(f"{row.setting:<{width}}  {_shown(row.value)}  ({_source(row)})")


def _rows(context: typer.Context, given: list[str], named: Path | None) -> Iterator[Row]:
    from pipeline.settingsfile import find_settings

    environment = read_environment()
    key = first_set("OPENAI_API_KEY", "OPENAI_API_KEY_FILE") if environment.api_key else None
    yield Row("(key)", "set, not shown" if key else None, "environment" if key else "default", key)
    models = first_set(MODELS)
    where = "environment" if models else "default"
    yield Row("(folder of models)", str(environment.models_dir), where, models)
    known = known_settings()
    found = find_settings(named, lambda: known)
    contexts = {name: _context(context, name, given, found) for name in WITH_SETTINGS}
    for setting in known:
        yield _row(setting, contexts[setting.table or MAIN], found)


def _command(context: typer.Context, name: str) -> TyperCommand:
    root = cast("TyperGroup", context.find_root().command)
    return cast("TyperCommand", root.commands[name])


def _context(
    context: typer.Context, name: str, given: list[str], found: "Mapping[str, Found]"
) -> typer.Context:
    """Return how a command would be set: ``check`` with what was ``given``, others without anything."""
    command, parent = _command(context, name), context.parent
    values = defaults_for(command, name, found)
    if name == MAIN:  # wrong options are told as check tells them
        file = [word for path in (context.params["config"],) if path for word in ("--config", str(path))]
        made = command.make_context(name, [*file, *given], parent=parent)
    else:  # what they cannot do without is not asked for
        made = command.make_context(name, [], parent=parent, resilient_parsing=True, default_map=values)
    return cast("typer.Context", made)


def _row(setting: "Setting", context: typer.Context, found: "Mapping[str, Found]") -> Row:
    value, source = (
        _plain(context.params.get(setting.parameter)),
        context.get_parameter_source(setting.parameter),
    )
    match source.name if source is not None else "DEFAULT":
        case "COMMANDLINE":
            return Row(setting.key, value, "flag", setting.flag)
        case "ENVIRONMENT":
            if value is None:  # what does not fit is passed over in the settings of other commands than check
                raise InputError(f"{setting.variable} takes {setting.allowed(is_file=False)}.")
            return Row(setting.key, value, "environment", setting.variable)
        case "DEFAULT_MAP":
            at = found[setting.variable]
            return Row(setting.key, value, "file", str(at.path), at.line)
    return Row(setting.key, value, "default")


def _plain(value: object) -> "Value":
    """Return a value as JSON has it, without the password of an address."""
    if isinstance(value, list | tuple):
        return [str(_plain(one)) for one in value] or None
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return shown_address(str(value)) if "://" in str(value) else str(value)


def _shown(value: "Value") -> str:
    from pipeline.report.text import one_line

    if value is None:
        return NOT_SET
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return one_line(f"{value:,}" if isinstance(value, int | float) else str(value))


def _source(row: Row) -> str:
    match row.source:
        case "file":
            return f"{row.where}, line {row.line}"
        case "environment":
            return f"environment, {row.where}"
        case "flag":
            return f"given, {row.where}"
    return "default"
