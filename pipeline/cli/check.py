"""storycheck check: the main job."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.inputs import asked, stories_of
from pipeline.cli.log import log_options, logged
from pipeline.cli.outcome import FailOn, Heard
from pipeline.cli.replay import replay_run
from pipeline.cli.running import dry_run_of, run_check
from pipeline.cli.screen import going_on
from pipeline.cli.settings import BaseUrl, Cache, Calibration, ConfigFile, Field, Model
from pipeline.config import Settings
from pipeline.errors import InputError
from pipeline.logs import LogFormat

REPORT = "The report"
MODEL = "The model"
LIMITS = "What it may take"
ANSWERS = "Stored answers"
WAYS = "Ways to run"
LOG = "Log"

EXAMPLES = """
Examples:
  storycheck check story/ -o out                  # a folder of articles
  storycheck check stories/ --model NAME          # a folder of such folders
  storycheck check https://a.example/x - < list   # pages, by URLs
  storycheck check story/ --dry-run               # what it would ask and cost
  storycheck check story/ --fail-on contradicted  # for scripts

Exit codes:
  0  done                           2  usage or input that cannot be used
  1  done, and --fail-on was met    3  incomplete; the same command goes on
"""


class EngineName(StrEnum):
    """Where stories are checked."""

    inline = "inline"
    dask = "dask"


def check(
    context: typer.Context,
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            help="Articles in any form, a folder of them, a folder of such folders, URLs of pages, "
            "or - for a list of these on standard input.",
        ),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH",
            help="Check them as drafts against these alone.",
            rich_help_panel="What is read",
        ),
    ] = None,
    field: Field = None,
    out: Annotated[
        str,
        typer.Option("-o", "--out", metavar="FOLDER", help="Folder for the report.", rich_help_panel=REPORT),
    ] = "out",
    fail_on: Annotated[
        list[FailOn] | None,
        typer.Option(
            metavar="WHAT",
            help="contradicted, unsupported, error: exit with 1.",
            rich_help_panel=REPORT,
        ),
    ] = None,
    quiet: Annotated[
        bool,
        typer.Option("-q", "--quiet", help="Print the path of the report alone.", rich_help_panel=REPORT),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Print how each stage went.", rich_help_panel=REPORT)
    ] = False,
    model: Model = None,
    base_url: BaseUrl = None,
    calibration: Calibration = None,
    threads: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Threads of the embedded model.", rich_help_panel=MODEL),
    ] = None,
    max_cost: Annotated[
        float | None,
        typer.Option(
            min=0, metavar="USD", help="Spend no more than that, by the prices.", rich_help_panel=LIMITS
        ),
    ] = None,
    prices: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Table of prices (.toml).", rich_help_panel=LIMITS),
    ] = None,
    max_tokens: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", help="Use no more tokens than that, in and out.", rich_help_panel=LIMITS
        ),
    ] = None,
    max_calls: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", help="Send no more requests; 0: stored answers alone.", rich_help_panel=LIMITS
        ),
    ] = None,
    max_time: Annotated[
        float | None,
        typer.Option(
            min=0, metavar="SECONDS", help="End then, giving up what is under way.", rich_help_panel=LIMITS
        ),
    ] = None,
    concurrency: Annotated[
        int | None,
        typer.Option(
            min=1, max=256, metavar="N", help="Requests side by side, at most.", rich_help_panel=LIMITS
        ),
    ] = None,
    rpm: Annotated[
        float | None,
        typer.Option(min=0.1, metavar="N", help="Requests a minute, at most.", rich_help_panel=LIMITS),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            min=1, metavar="SECONDS", help="How long to wait for one answer.", rich_help_panel=LIMITS
        ),
    ] = None,
    cache: Cache = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            allow_from_autoenv=False,
            help="Ask again where a stored answer is of no use.",
            rich_help_panel=ANSWERS,
        ),
    ] = False,
    replay: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT",
            allow_from_autoenv=False,
            help="Make that run again from its answers, offline.",
            rich_help_panel=ANSWERS,
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            allow_from_autoenv=False,
            help="Print what it would ask and take; ask nothing.",
            rich_help_panel=WAYS,
        ),
    ] = False,
    batch: Annotated[
        bool,
        typer.Option("--batch", help="Ask by Batch API: half the price, within a day.", rich_help_panel=WAYS),
    ] = False,
    wait: Annotated[
        float | None,
        typer.Option(
            min=1,
            metavar="SECONDS",
            help="With --batch: look every so often, to the end.",
            rich_help_panel=WAYS,
        ),
    ] = None,
    engine: Annotated[
        EngineName,
        typer.Option(
            metavar="ENGINE", help="Where: inline, or dask for a Dask cluster.", rich_help_panel=WAYS
        ),
    ] = EngineName.inline,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Address of that cluster, else one of its own.", rich_help_panel=WAYS
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Processes of a cluster of its own.", rich_help_panel=WAYS),
    ] = None,
    refetch: Annotated[
        bool,
        typer.Option(
            "--refetch",
            allow_from_autoenv=False,
            help="Fetch pages again that are in OUT/pages.",
            rich_help_panel=WAYS,
        ),
    ] = False,
    allow_private: Annotated[
        bool,
        typer.Option(
            "--allow-private",
            allow_from_autoenv=False,
            help="Fetch URLs of your own network, too.",
            rich_help_panel=WAYS,
        ),
    ] = False,
    log_format: Annotated[
        LogFormat | None,
        typer.Option(metavar="FORMAT", help="Log to standard error, as json or text.", rich_help_panel=LOG),
    ] = None,
    log_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Log into this file instead.", rich_help_panel=LOG)
    ] = None,
    log_text: Annotated[
        bool,
        typer.Option("--log-text", help="Log what articles and answers say, too.", rich_help_panel=LOG),
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Check a story: what its articles contradict each other in, and what only one of them says."""
    from pipeline.reading.forms.fields import read_fields

    _refuse_mixed(context)
    what = asked(paths or [], against, out)
    is_dask = engine is EngineName.dask
    settings = Settings(
        model=model,
        base_url=_beside_environment(context, "base_url"),
        cache=cache,
        concurrency=concurrency,
        requests_per_minute=rpm,
        timeout_s=timeout,
        max_cost_usd=max_cost,
        max_tokens=max_tokens,
        max_calls=max_calls,
        max_time_s=max_time,
        prices=_beside_environment(context, "prices"),
        threads=threads,
        calibration=calibration,
        refetch=refetch,
        allow_private=allow_private,
        again=again,
        batch=batch,
        wait_s=wait if batch else None,
        scheduler=scheduler if is_dask else None,
        workers=workers if is_dask else None,
        fields=read_fields(field or ()),
    )
    if dry_run:
        stories = stories_of(what, out, settings, is_dask=False, quiet=quiet)
        raise typer.Exit(dry_run_of(stories, Path(out), settings))

    def run() -> int:
        if replay is not None:
            return replay_run(replay, Path(out) if _is_given(context, "out") else None, settings, quiet=quiet)
        heard = Heard(frozenset(fail_on or ()), quiet=quiet, verbose=verbose)
        stories = stories_of(what, out, settings, is_dask=is_dask, quiet=quiet)
        return run_check(stories, out, settings, heard, is_dask=is_dask)

    with going_on():
        raise typer.Exit(logged(log_options(log_format, log_file, with_text=log_text), run))


def _is_given(context: typer.Context, *options: str) -> bool:
    """Tell whether ``options`` were given with the command, and not by a file or the environment."""
    sources = (context.get_parameter_source(option) for option in options)
    return all(source is not None and source.name == "COMMANDLINE" for source in sources)


def _beside_environment(context: typer.Context, option: str) -> str | Path | None:
    """Return the value of ``option``, or None where it is the environment's, which knows it by itself."""
    source = context.get_parameter_source(option)
    is_from_environment = source is not None and source.name == "ENVIRONMENT"
    value: str | Path | None = None if is_from_environment else context.params[option]
    return value


def _refuse_mixed(context: typer.Context) -> None:
    """Raise InputError for options that do not go together."""
    from pipeline.store import is_url

    given = context.params
    is_dask, is_replay = given["engine"] is EngineName.dask, given["replay"] is not None
    if not given["paths"] and not is_replay:
        raise InputError("Nothing to check is named: give articles, or a folder of them.")
    if given["paths"] and is_replay:
        raise InputError("--replay takes the articles from the run: name none.")
    if is_replay and _is_given(context, "against"):
        raise InputError("--replay takes the sources from the run: give it without --against.")
    if _is_given(context, "wait") and not given["batch"]:
        raise InputError("--wait goes with --batch: add that, or leave it out.")
    if not is_dask and (_is_given(context, "scheduler") or _is_given(context, "workers")):
        raise InputError("--scheduler and --workers go with --engine dask: add that, or leave them out.")
    if is_dask and given["scheduler"] is not None and given["workers"] is not None:
        raise InputError("--scheduler has its workers already: give it without --workers.")
    if is_dask and (given["batch"] or (is_replay and _is_given(context, "engine"))):
        raise InputError("--batch and --replay work in this process: give them without --engine dask.")
    if is_url(given["out"]) and not is_replay:
        if not is_dask or given["dry_run"]:
            raise InputError(
                "-o takes a URL with --engine dask alone, and not with --dry-run: give a folder."
            )
        if given["cache"] is not None:
            raise InputError("With a URL for -o answers are kept there: give it without --cache.")
