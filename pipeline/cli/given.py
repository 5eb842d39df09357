"""What was given with a check itself, and what of it does not go together."""

from enum import StrEnum
from pathlib import Path

import typer

from pipeline.cli.outcome import FailOn
from pipeline.config import RULES
from pipeline.errors import InputError


class EngineName(StrEnum):
    """Where stories are checked."""

    inline = "inline"
    dask = "dask"


def is_given(context: typer.Context, *options: str) -> bool:
    """Tell whether ``options`` were given with the command, and not by a file or the environment."""
    sources = (context.get_parameter_source(option) for option in options)
    return all(source is not None and source.name == "COMMANDLINE" for source in sources)


def beside_environment(context: typer.Context, option: str) -> str | Path | None:
    """Return the value of ``option``, or None where it is the environment's, which knows it by itself."""
    source = context.get_parameter_source(option)
    is_from_environment = source is not None and source.name == "ENVIRONMENT"
    value: str | Path | None = None if is_from_environment else context.params[option]
    return value


def refuse_mixed(context: typer.Context) -> None:
    """Raise InputError for options that do not go together."""
    from pipeline.store import is_url

    given = context.params
    is_dask, is_replay = given["engine"] is EngineName.dask, given["replay"] is not None
    if not given["paths"] and not is_replay:
        raise InputError("Nothing to check is named: give articles, or a folder of them.")
    if given["paths"] and is_replay:
        raise InputError("--replay takes the articles from the run: name none.")
    if is_replay and is_given(context, "against"):
        raise InputError("--replay takes the sources from the run: give it without --against.")
    _refuse_ends(context)
    if is_given(context, "wait") and not given["batch"]:
        raise InputError("--wait goes with --batch: add that, or leave it out.")
    if not is_dask and (is_given(context, "scheduler") or is_given(context, "workers")):
        raise InputError("--scheduler and --workers go with --engine dask: add that, or leave them out.")
    if is_dask and given["scheduler"] is not None and given["workers"] is not None:
        raise InputError("--scheduler has its workers already: give it without --workers.")
    if is_dask and (given["batch"] or (is_replay and is_given(context, "engine"))):
        raise InputError("--batch and --replay work in this process: give them without --engine dask.")
    if is_url(given["out"]) and not is_replay:
        if not is_dask or given["dry_run"]:
            raise InputError(
                "-o takes a URL with --engine dask alone, and not with --dry-run: give a folder."
            )
        if given["cache"] is not None:
            raise InputError("With a URL for -o answers are kept there: give it without --cache.")


def _refuse_ends(context: typer.Context) -> None:
    """Raise InputError for what cannot end a run with another code."""
    fail_on = context.params["fail_on"] or ()
    if is_given(context, "fail_confidence") and FailOn.contradicted not in fail_on:
        raise InputError("--fail-confidence goes with --fail-on contradicted: add that, or leave it out.")
    if context.params["model"] == RULES and FailOn.unsupported in fail_on:
        raise InputError(
            f"--fail-on unsupported is about claims, and --model {RULES} draws none: take contradicted, or "
            "another model."
        )
