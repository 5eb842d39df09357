"""What a dry run foretells, and how that is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.prices import Price
from pipeline.report.text import one_line
from pipeline.report.words import counted
from schemas.article import Skipped

SHOWN: Final = 3  # inputs that could not be read, with their reasons


@dataclass(frozen=True)
class Range:
    """What is expected, and the least and the most there can be."""

    least: float
    expected: float
    most: float


@dataclass(frozen=True)
class Plan:
    """What a check would ask: the calls by stage, and in all; tokens, cost in USD, and time in seconds.

    ``cost_usd`` is None where the price is not known, ``time_s`` where no speed is; ``speed`` says whence.
    ``cached`` are the questions that stored answers take care of. ``lost`` are the inputs that were meant as
    articles and cannot be read; ``undated`` of the ``articles`` have no date.
    """

    stages: Mapping[str, Range]
    calls: Range
    tokens_in: Range
    tokens_out: Range
    cost_usd: Range | None
    price: Price | None
    time_s: Range | None
    speed: str
    cached: int
    articles: int
    undated: int
    lost: tuple[Skipped, ...]


def plan_lines(planned: Plan) -> list[str]:
    """Return the plan as lines of text: what is expected, and in brackets the range."""
    lines = [_line("articles", _articles(planned)), *_not_read(planned)]
    lines += [_line(stage, _numbers(planned.stages[stage], "calls")) for stage in planned.stages]
    lines += [
        _line("in all", _numbers(planned.calls, "calls")),
        _line("tokens in", _numbers(planned.tokens_in, "")),
        _line("tokens out", _numbers(planned.tokens_out, "")),
        _line("cost", _cost(planned)),
        _line("time", _time(planned)),
        _line("stored", f"{planned.cached:,} answers that need not be asked for"),
        "Nothing was asked. The range is from a model that says as little as it can to one that says as "
        "much; repeats after faults come on top.",
    ]
    return lines


def _articles(planned: Plan) -> str:
    if not planned.undated:
        return f"{planned.articles:,}"
    return f"{planned.articles:,}, {planned.undated:,} of them without a date"


def _not_read(planned: Plan) -> list[str]:
    """Return how many inputs cannot be read, and why the first of them cannot."""
    if not planned.lost:
        return []
    reasons = [f"  {one_line(lost.path)}: {one_line(lost.reason)}" for lost in planned.lost[:SHOWN]]
    more = [f"  and {len(planned.lost) - SHOWN:,} more"] if len(planned.lost) > SHOWN else []
    return [_line("not read", counted(len(planned.lost), "input")), *reasons, *more]


def _line(name: str, value: str) -> str:
    return f"{name:<12}{value}"


def _numbers(values: Range, unit: str) -> str:
    least, expected, most = (f"{round(value):,}" for value in ends(values))
    return f"{expected} {unit}".rstrip() + f" ({least} to {most})"


def _cost(planned: Plan) -> str:
    if planned.cost_usd is None or planned.price is None:
        return "not known: the model is in no table of prices"
    if not planned.price.model:
        return "nothing: the model runs on this machine"
    least, expected, most = (f"{value:,.4f}" for value in ends(planned.cost_usd))
    return f"{expected} USD ({least} to {most}), by the price of {planned.price.as_of.isoformat()}"


def _time(planned: Plan) -> str:
    if planned.time_s is None:
        return f"not known: {planned.speed}"
    least, expected, most = (_span(value) for value in ends(planned.time_s))
    return f"{expected} ({least} to {most}), {planned.speed}"


def _span(seconds: float) -> str:
    return f"{round(seconds)} s" if seconds < 120 else f"{round(seconds / 60):,} min"


def ends(values: Range) -> tuple[float, float, float]:
    """Return the least, the expected and the most."""
    return values.least, values.expected, values.most
