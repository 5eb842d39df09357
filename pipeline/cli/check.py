"""storycheck check: the main job."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.given import EngineName, beside_environment, is_given, refuse_mixed
from pipeline.cli.inputs import asked, stories_of
from pipeline.cli.limits import (
    Concurrency,
    MaxCalls,
    MaxCost,
    MaxTime,
    MaxTokens,
    Prices,
    Rpm,
    Threads,
    Timeout,
)
from pipeline.cli.log import log_options, logged
from pipeline.cli.options import within
from pipeline.cli.outcome import FailOn, Heard, failing
from pipeline.cli.replay import replay_run
from pipeline.cli.running import dry_run_of, run_check
from pipeline.cli.screen import going_on
from pipeline.cli.settings import BaseUrl, Cache, Calibration, ConfigFile, Field, Model
from pipeline.config import Settings
from pipeline.logs import LogFormat

REPORT = "The report"
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
            help="contradicted, unsupported, error or none: exit with 1.",
            rich_help_panel=REPORT,
        ),
    ] = None,
    fail_confidence: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            metavar="P",
            help="For contradictions at least that sure, 0 to 1.",
            rich_help_panel=REPORT,
        ),
    ] = 0.0,
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
    threads: Threads = None,
    max_cost: MaxCost = None,
    prices: Prices = None,
    max_tokens: MaxTokens = None,
    max_calls: MaxCalls = None,
    max_time: MaxTime = None,
    concurrency: Concurrency = None,
    rpm: Rpm = None,
    timeout: Timeout = None,
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
            metavar="SECONDS",
            help="With --batch: look every so often, to the end.",
            rich_help_panel=WAYS,
            **within("wait_s"),
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
        typer.Option(
            metavar="N", help="Processes of a cluster of its own.", rich_help_panel=WAYS, **within("workers")
        ),
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

    refuse_mixed(context)
    failing_on = failing(fail_on or ())
    what = asked(paths or [], against, out)
    is_dask = engine is EngineName.dask
    settings = Settings(
        model=model,
        base_url=beside_environment(context, "base_url"),
        cache=cache,
        concurrency=concurrency,
        requests_per_minute=rpm,
        timeout_s=timeout,
        max_cost_usd=max_cost,
        max_tokens=max_tokens,
        max_calls=max_calls,
        max_time_s=max_time,
        prices=beside_environment(context, "prices"),
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
            return replay_run(replay, Path(out) if is_given(context, "out") else None, settings, quiet=quiet)
        heard = Heard(failing_on, fail_confidence, quiet=quiet, verbose=verbose)
        stories = stories_of(what, out, settings, is_dask=is_dask, quiet=quiet)
        return run_check(stories, out, settings, heard, is_dask=is_dask)

    with going_on():
        raise typer.Exit(logged(log_options(log_format, log_file, with_text=log_text), run))
