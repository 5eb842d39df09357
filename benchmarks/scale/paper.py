"""The paper part of docs/scale.md: tables of a day of a million articles, and where each figure is from."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.quality.figure import NO_VALUE, Written, table
from benchmarks.scale.day import ARTICLES_A_DAY, DAY_S, LATENCIES_S, Day, days, machines, read_before
from benchmarks.scale.limits import Limit, limits
from benchmarks.scale.results import ScaleResult
from benchmarks.speed.plot import rounded
from benchmarks.speed.results import SpeedResult
from benchmarks.stored import Timing
from pipeline.prices import read_prices

PRICES: Final = Path(__file__).parent / "prices.toml"
NOT_MEASURED: Final = "Not measured yet."
LEAST_CACHED: Final = 1024  # tokens of a question from which OpenAI's cache begins
GIB: Final = 1 << 30


def paper(
    timing: Timing | None, speed: SpeedResult | None, embedded: SpeedResult | None, scale: ScaleResult | None
) -> dict[str, str]:
    """Return the parts of the page by their names in its text."""
    prices = read_prices(PRICES)
    said = dict.fromkeys(("inputs", "takes", "costs", "breaks"), NOT_MEASURED)
    said |= {"real": "", "cached": "", "machines": "", "order": ""}
    said["prices_date"] = f"{max(price.as_of for price in prices)}"
    if timing is None or speed is None or scale is None:
        return said
    found = days(timing, speed, scale)
    if not found:
        return said
    share = None if embedded is None else read_before(embedded)
    tight = limits(found[0], scale)
    return said | {
        "inputs": _inputs(found, timing, share),
        "real": _real(timing),
        "takes": _takes(found, scale),
        "costs": _costs(found, share),
        "cached": _cached(found[0], share),
        "machines": _machines(timing),
        "breaks": _breaks(tight),
        "order": _order(tight),
    }


def _inputs(found: list[Day], timing: Timing, share: float | None) -> str:
    first, *others = found
    real = "[timing.json](../benchmarks/results/timing.json)"
    grown = "[speed.md](speed.md), growth"
    rows: list[tuple[object, ...]] = [
        ("articles a day", _n(ARTICLES_A_DAY), "given"),
        ("articles a story", " or ".join(dict.fromkeys(_n(day.kind.articles) for day in found)), "assumed"),
        (
            "claims an article",
            f"{timing.claims} ÷ {timing.articles} = {_n(first.kind.claims)}",
            Written(real),
        ),
        ("calls a claim", f"{timing.calls} ÷ {timing.claims} = {_n(first.kind.calls)}", Written(real)),
        (
            "tokens in a claim",
            f"{timing.tokens_in:,} ÷ {timing.claims} = {_n(first.kind.tokens_in)}",
            Written(real),
        ),
        (
            "tokens out a claim",
            f"{timing.tokens_out:,} ÷ {timing.claims} = {_n(first.kind.tokens_out)}",
            Written(real),
        ),
        (
            "processor ms a claim, without the model",
            _n(first.kind.processor_ms),
            Written(f"{grown}, at its size"),
        ),
    ]
    for day in others:
        kind = day.kind
        told = f"{_n(kind.calls)} calls, {_n(kind.tokens_in)} tokens in, {_n(kind.tokens_out)} out"
        split = f"{grown}; in and out as in scale.json"
        rows.append((f"a claim {kind.name}", f"{told}, {_n(kind.processor_ms)} ms", Written(split)))
    if share is not None:
        rows.append(
            (
                "of tokens in, read before",
                f"{100 * share:.0f} %",
                Written("[speed.md](speed.md), embedded model"),
            )
        )
    return table(("what", "value", "from"), rows, texts=3)


def _real(timing: Timing) -> str:
    return (
        f"The *real story* is one of {timing.articles} articles by real outlets, {timing.sentences} "
        f"sentences in all, checked by {timing.model}."
    )


def _takes(found: list[Day], scale: ScaleResult) -> str:
    weights = scale.part("sizes")
    lines: list[tuple[object, ...]] = [
        ("stories", *(_n(day.stories) for day in found)),
        ("claims", *(_n(day.claims) for day in found)),
        ("calls", *(_n(day.calls) for day in found)),
        ("tokens in, millions", *(_n(day.tokens_in / 1e6) for day in found)),
        ("tokens out, millions", *(_n(day.tokens_out / 1e6) for day in found)),
        ("requests a second", *(_n(day.calls_per_s) for day in found)),
        ("requests a minute", *(_n(60 * day.calls_per_s) for day in found)),
        (
            "tokens a minute, thousands",
            *(_n((day.tokens_in + day.tokens_out) / 1440 / 1000) for day in found),
        ),
        *((f"in flight, at {s:g} s", *(_n(day.in_flight(s)) for day in found)) for s in LATENCIES_S),
        ("cores busy, without the model", *(_n(day.cores) for day in found)),
        *_workers(found, scale),
        ("answers kept, GiB", *(_kept(day, weights, "answers_bytes") for day in found)),
        ("reports, GiB", *(_kept(day, weights, "report_bytes") for day in found)),
    ]
    return table(("a day", *(day.kind.name for day in found)), lines)


def _workers(found: list[Day], scale: ScaleResult) -> list[tuple[object, ...]]:
    """Return the row on workers of one core, by what a claim took on Dask, if that is known."""
    row = scale.row("dask")
    if row is None:
        return []
    each_s = sum(row.processor_s.values()) / row.figures["claims"]
    return [("the same by the batch on Dask, above", *(_n(day.claims * each_s / DAY_S) for day in found))]


def _kept(day: Day, weights: Mapping[str, Mapping[str, float]], what: str) -> str:
    """Return GiB a day, by the bytes of a claim in an invented story of that size."""
    weight = weights.get(f"{day.kind.articles:g} articles")
    if weight is None:
        return NO_VALUE
    return _n(day.claims * weight[what] / weight["claims"] / GIB)


def _costs(found: list[Day], share: float | None) -> str:
    first = found[0]
    last = found[-1]
    head = ("model", "in", "out", "a day", "by Batch API", "with what was read before cached", last.kind.name)
    lines = []
    for price in sorted(read_prices(PRICES), key=first.cost_usd):
        is_cached = share is not None and price.cached_in is not None
        lines.append(
            (
                price.model,
                f"{price.tokens_in:g}",
                f"{price.tokens_out:g}",
                _usd(first.cost_usd(price)),
                _usd(first.cost_usd(price, by_batch=True)),
                _usd(first.cost_usd(price, share or 0.0)) if is_cached else NO_VALUE,
                _usd(last.cost_usd(price)),
            )
        )
    return table(head, lines)


def _cached(day: Day, share: float | None) -> str:
    if share is None:
        return ""
    mean = day.kind.tokens_in / day.kind.calls
    beyond = "below" if mean < LEAST_CACHED else "above"
    return (
        f"*Cached* takes {100 * share:.0f} % of the tokens in at the price of cached ones: so much had the "
        f"embedded model read before. A question has {mean:,.0f} tokens on average, {beyond} the "
        f"{LEAST_CACHED:,} from which OpenAI's cache begins: the column is for hosts that keep shorter ones."
    )


def _machines(timing: Timing) -> str:
    return (
        f"With the embedded model nothing is paid for by the token, but {timing.articles} articles took "
        f"{timing.seconds:,.0f} s on {timing.cores} cores: {machines(timing):,.0f} such machines, all day."
    )


def _breaks(tight: list[Limit]) -> str:
    lines = [
        (limit.what, limit.unit, _n(limit.need), _n(limit.gives), _n(limit.times), Written(limit.by))
        for limit in tight
    ]
    head = ("what", "in", "a day needs", "it gives", "times", "from")
    return table(head, lines, texts=2)


def _order(tight: list[Limit]) -> str:
    broken = [limit.what for limit in tight if limit.times > 1]
    if not broken:
        return "Nothing here does."
    first, *more = broken
    return f"First breaks {first}{f', second {more[0]}' if more else ''}; {len(broken)} of {len(tight)} do."


def _usd(value: float) -> str:
    return Written(f"{value:,.0f}")


def _n(value: float) -> Written:
    return Written(rounded(value))
