"""storycheck init: a file of settings to fill in, made from the options that there are."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.setting import Setting, Value

EXAMPLES = """
Examples:
  storycheck init              # storycheck.toml in this folder
  storycheck init newsroom/    # in that folder, which is made
"""
HEAD: Final = """\
# Settings of storycheck. Take the # off a line to set something; what stands there is the default, or an
# example where nothing is set by itself.
#
# An option given with a command wins over the environment (the names in capitals), that over this file.
# 'storycheck config' shows what holds, and where it comes from.
#
# No key belongs here: it goes into OPENAI_API_KEY, or into a file that OPENAI_API_KEY_FILE names.
#
# Addresses and files (base_url, scheduler, cache ...) are not taken from a storycheck.toml that merely lies
# in the working folder: it could be a stranger's. Name the file then (--config FILE), or set such things in
# {own}
"""
WIDTH: Final = 100  # of a comment
# Sensible numbers for what has no default.
_SAY: Final = {
    "threads": 4,
    "max_cost": 0.5,
    "max_tokens": 1_000_000,
    "max_calls": 1000,
    "max_time": 3600,
    "concurrency": 8,
    "rpm": 60,
    "timeout": 120,
    "wait": 300,
    "workers": 4,
}


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where storycheck.toml goes.")] = Path(),
    force: Annotated[
        bool, typer.Option("--force", allow_from_autoenv=False, help="Write over one that is there.")
    ] = False,
) -> None:
    """Write storycheck.toml, with every setting there is, explained and left at its default."""
    from pipeline.cli.settings import known_settings
    from pipeline.settingsfile import NAME
    from pipeline.store import make_folder, write_text

    path = folder / NAME
    if path.exists() and not force:
        raise InputError(f"{path} is there already: give another folder, or --force to write over it.")
    make_folder(folder)
    write_text(path, settings_text(known_settings()))
    typer.echo(path)
    typer.echo("Next: take the # off what you want to set; 'storycheck config' shows what holds.")


def settings_text(known: "Sequence[Setting]") -> str:
    """Return the text of a file with all settings that are ``known``, each commented out."""
    from pipeline.config import own_folder
    from pipeline.settingsfile import NAME

    lines = [HEAD.format(own=own_folder() / NAME).rstrip()]
    lines += _sections([one for one in known if one.table is None])
    for table in dict.fromkeys(one.table for one in known if one.table is not None):
        lines += ["", "", f"[{table}]  # storycheck {table}"]
        lines += _sections([one for one in known if one.table == table])
    return "\n".join(lines) + "\n"


def _sections(settings: "Sequence[Setting]") -> Iterator[str]:
    for section in dict.fromkeys(one.section for one in settings):
        if section:
            yield from ("", f"# -- {section} --")
        for one in settings:
            if one.section == section:
                yield from _entry(one)


def _entry(setting: "Setting") -> Iterator[str]:
    takes = f" Takes {setting.allowed(is_file=True)}." if setting.kind is not bool else ""
    unset = " Not set by itself." if setting.default is None and not setting.is_many else ""
    yield ""
    told = f"{setting.help}{takes}{unset} ({setting.variable})"
    yield from (f"# {line}" for line in wrap(told, WIDTH, break_on_hyphens=False))
    yield f"#{setting.name} = {_toml(_example(setting))}"


def _example(setting: "Setting") -> "Value":
    if setting.is_many:
        return setting.default or []
    if setting.default is not None or setting.kind not in (int, float):
        return setting.default
    return _SAY.get(setting.name, setting.least or 1)


def _toml(value: "Value") -> str:
    """Return ``value`` as TOML writes it; "" stands for nothing."""
    import json

    return json.dumps("" if value is None else value, ensure_ascii=False, default=str)
