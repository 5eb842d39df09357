"""Makes docs/speed.md of the stored figures: the text in page.md, with the tables in their places."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from string import Template
from typing import Final, NamedTuple

from benchmarks.peers.table import Row
from benchmarks.quality.figure import NO_VALUE, Written, table
from benchmarks.quality.results import read_results
from benchmarks.speed.embedded import EMBEDDED, LIMITS
from benchmarks.speed.limited import limited
from benchmarks.speed.parts import IN_FLIGHT, LATENCY_S, TRIED
from benchmarks.speed.plot import Line, drawn, rounded
from benchmarks.speed.results import LOAD, SpeedResult, Spread, read_result

DOCS: Final = Path(__file__).parents[2] / "docs"
TEXT: Final = Path(__file__).parent / "page.md"
GROWTH: Final = "speed/growth.svg"
NOT_MEASURED: Final = "Not measured yet."
MOST_GROWTH: Final = 1.2  # of the processor time of a claim, from the second smallest story to the largest
OURS: Final = ("storycheck", "storycheck-rules")
AIM_OF_TOKENS: Final = 0.2  # of the cheapest peer's
BUSY: Final = 1.0  # the load a core from which the page says that times are rough


class Aim(NamedTuple):
    """What should hold of a figure of some case: at most ``bound``, or at least where ``is_least``."""

    what: str
    part: str
    case: str
    figure: str
    bound: float
    is_least: bool = False
    unit: str = ""


AIMS: Final = (
    Aim("wall time over the ideal, one story", "ideal", "one story of 80 articles", "over_ideal", 1.15),
    Aim("wall time over the ideal, 200 stories", "ideal", "200 stories of 5 articles", "over_ideal", 1.15),
    Aim(
        "calls a second over a bare client's",
        "throughput",
        "24 stories of 5 articles",
        "over_bare",
        0.5,
        True,
    ),
    Aim("calls of a second run, 5 articles", "warm", "5 articles", "calls", 0),
    Aim("a second run, 5 articles", "warm", "5 articles", "seconds", 1, unit=" s"),
    Aim("a second run, 320 articles", "warm", "320 articles", "seconds", 10, unit=" s"),
    Aim("`storycheck --help`", "start", "storycheck --help", "seconds", 0.3, unit=" s"),
    Aim(
        "a report of 5,000 claims again", "start", "storycheck report, 5,000 claims", "seconds", 2, unit=" s"
    ),
)


def render(result: SpeedResult) -> dict[str, str]:
    """Return the files of docs/ that ``result`` makes, by path: speed.md, and the diagram of growth."""
    lines = _lines(result)
    text = TEXT.read_text(encoding="utf-8")
    if not lines:
        text = text.replace(f"![Growth]({GROWTH})\n\n", "")
    page = Template(text).substitute(
        about=_about(result),
        aims=_aims(result),
        ideal=_table(result, "ideal", _IDEAL),
        throughput=_throughput(result),
        growth=_growth(result),
        warm=_table(result, "warm", _WARM),
        start=_table(result, "start", {"seconds": "seconds"}),
        in_flight=IN_FLIGHT,
        latency=f"{1000 * LATENCY_S:.0f} ms",
        tried=" and ".join(map(str, TRIED)),
        peers=_peers(),
        limits=limited(),
        embedded=_embedded(),
    )
    files = {"speed.md": page}
    if lines:
        files[GROWTH] = drawn("Growth of one story", "articles", lines)
    return files


_IDEAL: Final = {
    "over_ideal": "over the ideal",
    "seconds": "seconds",
    "least_seconds": "ideal seconds",
    "processor_seconds": "of the processor",
    "calls": "calls",
    "calls_per_claim": "calls a claim",
}
_WARM: Final = {
    "cold_seconds": "first run, s",
    "cold_calls": "calls",
    "seconds": "again, s",
    "calls": "calls again",
    "added_seconds": "one article more, s",
    "added_calls": "calls for it",
}


_EMBEDDED: Final = {
    "seconds": "seconds",
    "calls": "calls",
    "read": "tokens read",
    "cached_percent": "had read before, %",
    "written": "tokens written",
    "tokens_per_s": "tokens a second",
    "of_arithmetic_percent": "of the arithmetic, %",
}
_LIMITS: Final = {"gb_per_s": "GB/s from memory", "gflop_per_s": "GFLOP/s, float32"}


def _about(result: SpeedResult) -> str:
    rounds = max((sample.round for sample in result.samples), default=0)
    told = "1 round" if rounds == 1 else f"{rounds} rounds"
    about = f"Measured with storycheck {result.tool_version} on {result.cores} cores, in {told}."
    loads = [sample.figures[LOAD] for sample in result.samples if LOAD in sample.figures]
    if not loads or median(loads) <= result.cores * BUSY:
        return about
    return (
        f"{about} The machine was busy with other work (a load of {median(loads):.1f}): times are rough, and "
        "longer than they need be; counts are exact."
    )


def _aims(result: SpeedResult) -> str:
    rows: list[Sequence[object]] = []
    for aim in AIMS:
        found = result.spread(aim.part, aim.case, aim.figure)
        bound = f"{'at least' if aim.is_least else 'at most'} {aim.bound:g}{aim.unit}"
        if found is None:
            rows.append((Written(aim.what), bound, "not measured yet", NO_VALUE))
            continue
        is_met = found.median >= aim.bound if aim.is_least else found.median <= aim.bound
        rows.append((Written(aim.what), bound, told(found), "yes" if is_met else "no"))
    rows.append(_constant(result))
    return table(("what", "aim", "measured", "met"), rows, texts=4)


def _constant(result: SpeedResult) -> Sequence[object]:
    """Return the row on whether a claim costs as much in a large story as in a small one."""
    what = "processor time of a claim, largest story over the second smallest"
    bound = f"at most {MOST_GROWTH:g}"
    names = result.cases("growth")
    if len(names) < 3:
        return (what, bound, "not measured yet", NO_VALUE)
    costs = [
        [found["processor_seconds"] / found["claims"] for found in result.rounds("growth", name)]
        for name in (names[1], names[-1])
    ]
    ratios = [large / small for small, large in zip(*costs, strict=False)]
    found = Spread(median(ratios), min(ratios), max(ratios), len(ratios))
    return (what, bound, told(found), "yes" if found.median <= MOST_GROWTH else "no")


def _table(result: SpeedResult, part: str, columns: dict[str, str]) -> str:
    rows = [
        (case, *(told(result.spread(part, case, figure)) for figure in columns))
        for case in result.cases(part)
    ]
    return table(("", *columns.values()), rows) if rows else NOT_MEASURED


def _throughput(result: SpeedResult) -> str:
    parts = []
    for case in result.cases("throughput"):
        figures = next(result.rounds("throughput", case))
        names = [name for name in figures if name.endswith(" in flight")]
        rows = [(name, told(result.spread("throughput", case, name))) for name in names]
        rows.append(
            (
                "the pipeline's best over the best bare client's",
                told(result.spread("throughput", case, "over_bare")),
            )
        )
        parts.append(table((case, "calls a second"), rows))
    return "\n\n".join(parts) or NOT_MEASURED


def _growth(result: SpeedResult) -> str:
    rows = []
    for case in result.cases("growth"):
        found = list(result.rounds("growth", case))
        claims = found[0]["claims"]
        rows.append(
            (
                case,
                f"{claims:,.0f}",
                *(f"{found[0].get(f'{stage}_calls', 0) / claims:.2f}" for stage in _STAGES),
                f"{found[0]['tokens'] / claims:,.0f}",
                f"{found[0]['pairwise_tokens'] / claims:,.0f}",
                told(_spread([1000 * one["processor_seconds"] / one["claims"] for one in found])),
                told(result.spread("growth", case, "memory_mib")),
            )
        )
    head = ("one story", "claims", *(f"{stage} calls a claim" for stage in _STAGES), "tokens a claim")
    tail = ("pair by pair", "processor ms a claim", "memory, MiB")
    return table((*head, *tail), rows) if rows else NOT_MEASURED


_STAGES: Final = ("extract", "ground", "verify", "adjudicate")


def _spread(found: Sequence[float]) -> Spread:
    return Spread(median(found), min(found), max(found), len(found))


def _lines(result: SpeedResult) -> list[Line]:
    """Return what grows, as multiples of the smallest story's; nothing where there are not two stories."""
    firsts = [next(result.rounds("growth", case)) for case in result.cases("growth")]
    if len(firsts) < 2:
        return []
    kinds = {
        "claims": "claims",
        "tokens": "tokens",
        "pairwise_tokens": "tokens, by pairs",
        "processor_seconds": "processor time",
    }
    return [
        Line(name, [(one["articles"], one[figure] / firsts[0][figure]) for one in firsts])
        for figure, name in kinds.items()
    ]


def _embedded() -> str:
    """Return what the embedded model took, engine by engine, and what the machine can do at most."""
    found = read_result(EMBEDDED)
    if found is None:
        return "No run of it is stored."
    parts = [_about(found), _table(found, LIMITS, _LIMITS)]
    for engine in dict.fromkeys(s.part for s in found.samples if s.part != LIMITS):
        parts += [f"Engine: {engine}.", _table(found, engine, _EMBEDDED)]
    return "\n\n".join(parts)


def _peers() -> str:
    """Return what our ways of checking took in tokens, and the cheapest peer that asked a model."""
    found = read_results().peers
    rows = [row for row in found.contenders if row.ended == "finished"] if found else []
    ours = [row for row in rows if row.contender in OURS]
    others = [row for row in rows if row.contender not in OURS and _tokens(row)]
    if not ours or not others:
        return "not measured yet."
    cheapest = min(others, key=_tokens)
    told = "; ".join(_took(row) for row in ours)
    met = [
        row for row in ours if _tokens(row) <= AIM_OF_TOKENS * _tokens(cheapest) and _as_good(row, cheapest)
    ]
    aim = f"met by {' and '.join(row.contender for row in met)}" if met else "not met"
    return (
        f"{told}; the cheapest that asked a model: {_took(cheapest)}. A fifth of that, for as much found, "
        f"is {aim}; [quality.md](quality.md) has more."
    )


def _tokens(row: Row) -> int:
    return row.tokens_in + row.tokens_out


def _as_good(row: Row, other: Row) -> bool:
    return len(row.found or ()) >= len(other.found or ())


def _took(row: Row) -> str:
    return f"{row.contender} {_tokens(row):,} for {len(row.found or ())} of {row.planted} conflicts"


def told(spread: Spread | None) -> Written:
    """Return a median with its range, which is left out where it is none."""
    if spread is None:
        return Written(NO_VALUE)
    middle, least, most = (rounded(value) for value in spread[:3])
    return Written(middle if least == most else f"{middle} [{least}–{most}]")
