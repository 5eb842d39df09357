"""How a command comes by what was not given to it: --config, and the options that several commands share.

A flag wins over the environment, that over a file, and a file over what is built in. typer looks so,
by itself, once it knows the values of the file (``default_map``) and the names of variables.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from typer.core import TyperCommand, TyperOption

from pipeline.cli.options import prefix_of
from pipeline.cli.screen import DONE, told
from pipeline.config import names_set
from pipeline.errors import InputError
from pipeline.setting import CONFIG, PREFIX, misnamed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.setting import Setting
    from pipeline.settingsfile import Found

PROBLEM = "storycheck.settings"  # under which a command that goes on without them finds what is wrong


def known_settings() -> "Sequence[Setting]":
    """Return every setting of every command."""
    from pipeline.cli import app
    from pipeline.cli.options import settings_of

    return settings_of(app)


def warn_of_variables() -> None:
    """Say in a line each which variables of ours nothing reads: one that is misspelt must not go unheard."""
    if not any(name.startswith(PREFIX) for name in names_set()):
        return
    for line in misnamed(names_set(), known_settings()):
        from pipeline.report.text import one_line

        told(one_line(line), DONE)


def variable_of(option: TyperOption, command: str) -> str:
    """Return the environment variable of an option of ``command``."""
    return str(option.envvar or "") or f"{prefix_of(command)}_{str(option.name).upper()}"


def defaults_for(command: TyperCommand, name: str, found: "Mapping[str, Found]") -> dict[str, Any]:
    """Return what ``found`` sets of the options of ``command``, which is called ``name``."""
    options = {o.name: variable_of(o, name) for o in command.params if isinstance(o, TyperOption)}
    return {option: found[variable].value for option, variable in options.items() if variable in found}


def _take(context: typer.Context, named: Path | None) -> Path | None:
    if not context.resilient_parsing:
        from pipeline.settingsfile import find_settings

        command = cast("TyperCommand", context.command)
        found = find_settings(named, known_settings)
        context.default_map = defaults_for(command, str(context.info_name), found)
    return named


def _take_if_sound(context: typer.Context, named: Path | None) -> Path | None:
    try:
        return _take(context, named)
    except InputError as error:
        context.meta[PROBLEM] = str(error)
    return named


_FILE: dict[str, Any] = {
    "metavar": "FILE",
    "is_eager": True,
    "envvar": CONFIG,
    "allow_from_autoenv": False,
    "help": "Settings, instead of storycheck.toml here.",
}
ConfigFile = Annotated[Path | None, typer.Option("--config", callback=_take, **_FILE)]
ConfigFileIfSound = Annotated[Path | None, typer.Option("--config", callback=_take_if_sound, **_FILE)]

Field = Annotated[
    list[str] | None,
    typer.Option(
        metavar="OURS=THEIRS",
        envvar="STORYCHECK_FIELD",
        help="What rows call a field, as outlet=source.",
        rich_help_panel="What is read",
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        envvar="STORYCHECK_MODEL",
        help="At the endpoint, embedded, a .gguf, or 'rules': none.",
        rich_help_panel="The model",
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        envvar="OPENAI_BASE_URL",
        help="Address of the endpoint.",
        rich_help_panel="The model",
    ),
]
Calibration = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        envvar="STORYCHECK_CALIBRATION",
        help="How far its odds are to be trusted; see 'calibrate'.",
        rich_help_panel="The model",
    ),
]
Cache = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        envvar="STORYCHECK_CACHE",
        help="Shared store of answers, instead of that in OUT.",
        rich_help_panel="Stored answers",
    ),
]
