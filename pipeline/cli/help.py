"""What --help looks like: options under headings, one line each where they fit, and examples at the end.

Written by hand rather than by rich, whose import alone takes longer than all of --help may.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Final, Protocol, cast

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

OTHER: Final = "Options"  # the heading of options that have none
_WIDEST: Final = 28  # of the column of names


class Formatter(Protocol):
    """What typer writes help with."""

    def write(self, string: str) -> None:
        """Write ``string`` as it is."""

    def write_paragraph(self) -> None:
        """Leave a line free."""

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30) -> None:
        """Write two columns, the first no wider than ``col_max``."""

    def section(self, name: str) -> AbstractContextManager[None]:
        """Write the heading ``name``, and indent what follows."""


class Command(TyperCommand):
    """A command whose options are told by section, and whose examples keep their lines."""

    def format_options(self, ctx: object, formatter: Formatter) -> None:
        """Write arguments, then options, a heading for each section in the order they are declared."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for one in self.get_params(cast("typer.Context", ctx)):
            if isinstance(one, TyperArgument):
                sections.setdefault("Arguments", []).append((_argument(one), one.help or ""))
            elif isinstance(one, TyperOption) and not one.hidden:
                sections.setdefault(one.rich_help_panel or OTHER, []).append((_names(one), _told(one)))
        if OTHER in sections:
            sections[OTHER] = sections.pop(OTHER)  # last, with --help in it
        for heading, rows in sections.items():
            with formatter.section(heading):
                formatter.write_dl(rows, col_max=_WIDEST)

    def format_epilog(self, ctx: object, formatter: Formatter) -> None:
        """Write the epilog line by line, as it stands."""
        if self.epilog:
            formatter.write_paragraph()
            formatter.write(f"{self.epilog.strip()}\n")


class Commands(TyperGroup):
    """The commands by section, each with one line that is not cut."""

    def format_commands(self, ctx: object, formatter: Formatter) -> None:
        """Write the commands, a heading for each section in the order they are declared."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for name, command in self.commands.items():
            heading = getattr(command, "rich_help_panel", None) or "Commands"
            sections.setdefault(heading, []).append((name, command.short_help or ""))
        for heading, rows in sections.items():
            with formatter.section(heading):
                formatter.write_dl(rows)

    format_epilog = Command.format_epilog


def examples(command: TyperCommand) -> Iterator[str]:
    """Yield the examples of a command's help, each a line that begins with ``storycheck``."""
    for line in (command.epilog or "").splitlines():
        if line.strip().startswith("storycheck "):
            yield line.partition(" # ")[0].strip()


def _argument(argument: TyperArgument) -> str:
    return f"{argument.metavar or str(argument.name).upper()}{'...' if argument.nargs != 1 else ''}"


def _names(option: TyperOption) -> str:
    names = ", ".join([*sorted(option.opts, key=len), *option.secondary_opts])
    return names if option.is_flag else f"{names} {option.metavar or str(option.name).upper()}"


def _told(option: TyperOption) -> str:
    default = getattr(option.default, "value", option.default)
    shows_default = option.show_default and default is not None and not option.is_flag
    return f"{option.help or ''}{f' [{default}]' if shows_default else ''}"
