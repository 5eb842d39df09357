"""The settings there are, read off the commands: an option of one is a setting, unless it says otherwise.

An option about a single run (``--dry-run``) is declared with ``allow_from_autoenv=False``: neither the
environment nor a file gives it. One that several commands share names its variable (``envvar``); the others
have the name of their command in it, but for those of ``check``: STORYCHECK_MAX_COST, STORYCHECK_GROUP_DAYS.
Of commands that are not in ``WITH_SETTINGS`` only what they share with others is one.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from inspect import signature
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin, get_type_hints

import typer
from typer.models import OptionInfo

from pipeline.setting import PREFIX

if TYPE_CHECKING:
    from pipeline.setting import Setting

WITH_SETTINGS: Final = ("check", "group", "review", "export")
MAIN: Final = "check"  # the command whose settings stand at the top of a file


def prefix_of(command: str) -> str:
    """Return what the variables of a command's own settings begin with."""
    return PREFIX if command == MAIN else f"{PREFIX}_{command.upper()}"


def settings_of(app: typer.Typer) -> "Sequence[Setting]":
    """Return every setting of the commands of ``app``, those that commands share once."""
    found: dict[str, Setting] = {}
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        if command.callback is not None and name in WITH_SETTINGS:
            for setting in _settings(name, command.callback):
                found.setdefault(setting.variable, setting)
    return tuple(found.values())


def _settings(command: str, callback: Callable[..., Any]) -> "Iterator[Setting]":
    from pipeline.setting import Setting

    hints = get_type_hints(callback, include_extras=True)
    for name, parameter in signature(callback).parameters.items():
        declared, *extras = get_args(hints[name])[:2] or (None,)
        option = extras[0] if extras else None
        if not isinstance(option, OptionInfo) or not option.allow_from_autoenv:
            continue
        kind, is_many = _kind(declared)
        flag = _flag(name, option)
        variable = option.envvar if isinstance(option.envvar, str) else f"{prefix_of(command)}_{name.upper()}"
        default = None if parameter.default is parameter.empty else parameter.default
        yield Setting(
            name=flag.removeprefix("--").replace("-", "_"),
            parameter=name,
            table=None if command == MAIN else command,
            variable=variable,
            flag=flag,
            kind=str if issubclass(kind, Enum) else kind,
            help=option.help or "",
            section=option.rich_help_panel or "",
            default=default.value if isinstance(default, Enum) else default,
            is_many=is_many,
            choices=tuple(one.value for one in kind) if issubclass(kind, Enum) else (),
            least=option.min,
            most=option.max,
        )


def _flag(name: str, option: OptionInfo) -> str:
    # Within Annotated, typer keeps the first of the names where a default used to stand.
    names = (option.default, *(option.param_decls or ()))
    long = [part for part in names if isinstance(part, str) and part.startswith("--")]
    return long[0].partition("/")[0] if long else f"--{name.replace('_', '-')}"


def _kind(declared: object) -> tuple[type, bool]:
    """Return the type of an option, and whether it takes several: of ``T | None`` or ``list[T] | None``."""
    given = [one for one in get_args(declared) if one is not NoneType]
    one = given[0] if given and get_origin(declared) is not list else declared
    if get_origin(one) is list:
        return get_args(one)[0], True
    if isinstance(one, type) and (one in (bool, int, float, str, Path) or issubclass(one, Enum)):
        return one, False
    return str, False
