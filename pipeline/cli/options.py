"""The settings there are, read off the commands: an option of one is a setting, unless it says otherwise.

An option about a single run (``--dry-run``) is declared with ``allow_from_autoenv=False``: neither the
environment nor a file gives it. One that several commands share names its variable (``envvar``); the others
have the name of their command in it, but for those of ``check``: STORYCHECK_MAX_COST, STORYCHECK_GROUP_DAYS.
Of commands that are not in ``WITH_SETTINGS`` only what they share with others is one.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from inspect import signature
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

import typer
from typer.models import OptionInfo

from pipeline.config import bounds_of
from pipeline.setting import PREFIX, kind_of

if TYPE_CHECKING:
    from pipeline.setting import Setting

WITH_SETTINGS: Final = ("check", "group", "review", "export")
MAIN: Final = "check"  # the command whose settings stand at the top of a file


def prefix_of(command: str) -> str:
    """Return what the variables of a command's own settings begin with."""
    return PREFIX if command == MAIN else f"{PREFIX}_{command.upper()}"


def within(name: str) -> dict[str, Any]:
    """Return the bounds of an option that gives the field ``name`` of ``Settings``."""
    least, most = bounds_of(name)
    return {"min": least, "max": most}


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
        kind, is_many = kind_of(declared)
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
