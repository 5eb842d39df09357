"""The options of check that bound what a run takes: money, requests, time, threads."""

from pathlib import Path
from typing import Annotated, Final

import typer

from pipeline.cli.options import within

LIMITS: Final = "What it may take"

Threads = Annotated[
    int | None,
    typer.Option(
        metavar="N", help="Threads of the embedded model.", rich_help_panel="The model", **within("threads")
    ),
]
MaxCost = Annotated[
    float | None,
    typer.Option(
        metavar="USD",
        help="Spend no more than that, by the prices.",
        rich_help_panel=LIMITS,
        **within("max_cost_usd"),
    ),
]
Prices = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Table of prices (.toml).", rich_help_panel=LIMITS),
]
MaxTokens = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Use no more tokens than that, in and out.",
        rich_help_panel=LIMITS,
        **within("max_tokens"),
    ),
]
MaxCalls = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Send no more requests; 0: stored answers alone.",
        rich_help_panel=LIMITS,
        **within("max_calls"),
    ),
]
MaxTime = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        help="End then, giving up what is under way.",
        rich_help_panel=LIMITS,
        **within("max_time_s"),
    ),
]
Concurrency = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Requests side by side, at most.",
        rich_help_panel=LIMITS,
        **within("concurrency"),
    ),
]
Rpm = Annotated[
    float | None,
    typer.Option(
        metavar="N",
        help="Requests a minute, at most.",
        rich_help_panel=LIMITS,
        **within("requests_per_minute"),
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        help="How long to wait for one answer.",
        rich_help_panel=LIMITS,
        **within("timeout_s"),
    ),
]
