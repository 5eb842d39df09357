"""Wrong usage, told as every other error is: one line, what is wrong and what to do."""

import typer
from typer.core import TyperOption

from pipeline.cli.screen import USAGE, told


def told_usage(error: typer.TyperException) -> int:
    """Say on standard error what is wrong with a command, and return its exit code.

    A command that goes with arguments alone, and has none, shows its help there.
    """
    said = error.format_message()
    if said.startswith("Usage: "):
        typer.echo(said, err=True)
        return USAGE
    context = getattr(error, "ctx", None)
    line = " ".join(said.split()).rstrip(".")
    asked = f"{'' if line.endswith('?') else '.'} See '{context.command_path} --help'." if context else "."
    return told(_wanted(error, context) or f"{line}{asked}", USAGE)


def _wanted(error: typer.TyperException, context: typer.Context | None) -> str | None:
    """Return what an option takes, where it was given something else; None where the error is another."""
    from pipeline.cli.settings import known_settings, variable_of

    option = getattr(error, "param", None)
    if context is None or not isinstance(option, TyperOption) or not error.message:
        return None
    source = context.get_parameter_source(option.name)
    is_from_environment = source is not None and source.name == "ENVIRONMENT"
    variable = variable_of(option, str(context.info_name))
    for setting in known_settings():
        if setting.variable == variable:
            return (
                f"{variable if is_from_environment else setting.flag} takes {setting.allowed(is_file=False)}."
            )
    return None
