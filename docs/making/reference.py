"""Pages made from the code itself: the command line, the settings, and the fields of report.json."""

import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import typer

from docs.making.records import fields_of
from docs.making.tables import escaped, paragraphs, table
from pipeline import cli
from pipeline.cli.options import settings_of
from pipeline.setting import Setting
from schemas.report import Report
from schemas.run import RunRecord


def commands() -> dict[str, Any]:
    """Return the commands of the command line by name, in their order."""
    return dict(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]


def command_line() -> str:
    """Return the page of all commands with their arguments and options."""
    parts = ["# Command line\n\nMade from the command itself: `storycheck COMMAND --help` prints the same.\n"]
    for name, command in commands().items():
        context = command.make_context(name, ["--help"], resilient_parsing=True)
        usage = " ".join(("storycheck", name, *command.collect_usage_pieces(context)))
        parts.append(f"## storycheck {name}\n\n```text\n{usage}\n```\n\n{paragraphs(command.help)}\n")
        told = [parameter.get_help_record(context) for parameter in command.params]
        rows = [(f"`{escaped(names)}`", escaped(said)) for names, said in filter(None, told)]
        if rows:
            parts.append(table(("Option", "What it does"), rows))
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
                escaped(setting.allowed(is_file=True)),
                "" if setting.default is None else f"`{json.dumps(setting.default)}`",
                escaped(setting.help),
            )
            for setting in found
        ]
        head = ("In a file", "Option", "Variable", "Takes", "Default", "What it does")
        parts.append(f"## {section}\n\n{table(head, rows)}")
    return "\n".join(parts)


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
