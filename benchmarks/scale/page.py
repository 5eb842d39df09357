"""Makes docs/scale.md and its diagrams of stored figures: the text in page.md, with its tables filled in."""

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Final

from benchmarks.quality.figure import NO_VALUE, Written, table
from benchmarks.quality.results import read_results
from benchmarks.scale.limits import growth_mib
from benchmarks.scale.paper import paper
from benchmarks.scale.results import USUAL, Batch, Row, ScaleResult
from benchmarks.scale.running import DRIVER
from benchmarks.scale.storing import BYTES, ROUNDS
from benchmarks.speed.embedded import EMBEDDED
from benchmarks.speed.plot import Line, drawn, plain, rounded
from benchmarks.speed.results import LOAD
from benchmarks.speed.results import RESULT as SPEED
from benchmarks.speed.results import read_result as read_speed

DOCS: Final = Path(__file__).parents[2] / "docs"
TEXT: Final = Path(__file__).parent / "page.md"
PROGRESS: Final = "scale/progress.svg"
MEMORY: Final = "scale/memory.svg"
NOT_MEASURED: Final = "Not measured yet."
BUSY: Final = 1.0  # the load a core from which the page says that times are rough
_COLUMNS: Final = {
    "stories_per_s": "stories a second",
    "seconds": "seconds",
    "ideal_s": "ideal seconds",
    "over_ideal": "over the ideal",
    "calls": "calls",
    "most_in_flight": "in flight at most",
    "asked_twice": "asked twice",
    "missing": "without a report",
    "incomplete": "incomplete",
}


def render(result: ScaleResult | None) -> dict[str, str]:
    """Return the files of docs/ that ``result`` makes, by path: scale.md, and the diagrams there are."""
    files = {} if result is None else _diagrams(result)
    batch = USUAL if result is None else result.batch
    storing = {} if result is None else result.part("storing")
    each = next(iter(storing.values()), {"bytes": BYTES, "rounds": ROUNDS})
    text = TEXT.read_text(encoding="utf-8")
    page = Template(text).substitute(
        **_batch(batch),
        **paper(read_results().timing, read_speed(SPEED), read_speed(EMBEDDED), result),
        about="" if result is None or not result.rows else _about(result),
        rows=NOT_MEASURED if result is None or not result.rows else _rows(result),
        progress=f"![Stories done over time]({PROGRESS})" if PROGRESS in files else "",
        memory=f"![Memory over time]({MEMORY})" if MEMORY in files else "",
        growth="" if result is None else _growth(result),
        peaks="" if result is None or not result.rows else _peaks(result),
        storing=_storing(storing) if storing else NOT_MEASURED,
        storing_rounds=rounded(each["rounds"]),
        answer_bytes=rounded(each["bytes"]),
    )
    return {"scale.md": _tidied(page), **files}


def _batch(batch: Batch) -> dict[str, str]:
    """Return what the text says of the batch."""
    return {
        "stories": f"{batch.stories:,}",
        "articles": str(batch.articles),
        "sentences": str(batch.sentences),
        "latency": f"{1000 * batch.latency_s:.0f} ms",
        "in_flight": str(batch.in_flight),
        "workers": str(batch.workers),
    }


def _about(result: ScaleResult) -> str:
    about = f"Measured with storycheck {result.tool_version} on {result.cores} cores, each row once."
    loads = [row.figures[LOAD] for row in result.rows]
    if not loads or max(loads) <= result.cores * BUSY:
        return about
    return (
        f"{about} The machine was busy with other work (a load of up to {max(loads):.1f} before a row): "
        "times are rough, and longer than they need be; counts are exact."
    )


def _rows(result: ScaleResult) -> str:
    head = ("", *_COLUMNS.values(), "processor ms a claim")
    lines = [
        (
            row.name,
            *(_cell(row.figures[figure]) for figure in _COLUMNS),
            _cell(1000 * sum(row.processor_s.values()) / row.figures["claims"]),
        )
        for row in result.rows
    ]
    return table(head, lines)


def _peaks(result: ScaleResult) -> str:
    names = list(dict.fromkeys(name for row in result.rows for name in row.peak_mib))
    lines = [
        (row.name, *(_cell(row.peak_mib[n]) if n in row.peak_mib else NO_VALUE for n in names))
        for row in result.rows
    ]
    return table(("MiB at most", *names), lines)


def _growth(result: ScaleResult) -> str:
    told = []
    for name in ("inline", "dask"):
        row = result.row(name)
        grows = None if row is None else growth_mib(row, DRIVER)
        if grows is not None:
            told.append(f"{rounded(1000 * grows)} MiB for each 1,000 stories, {name}")
    if not told:
        return ""
    return f"The driver's memory grows, after the first quarter of the stories, by {'; by '.join(told)}."


def _storing(cases: Mapping[str, Mapping[str, float]]) -> str:
    lines = [(case, _cell(figures["answers_per_s"])) for case, figures in cases.items()]
    return table(("processes", "answers a second, together"), lines)


def _diagrams(result: ScaleResult) -> dict[str, str]:
    files = {}
    progress = [_progress(row) for row in result.rows if len(row.looks) > 1]
    if progress:
        files[PROGRESS] = drawn("Stories done; a ring where a process was killed", "seconds", progress, plain)
    memory = [line for row in result.rows if row.name in ("inline", "dask") for line in _memory(row)]
    if memory:
        files[MEMORY] = drawn("Memory of each process, MiB", "seconds", memory, plain)
    return files


def _progress(row: Row) -> Line:
    points = [(look.at_s, float(look.stories)) for look in row.looks]
    name = row.name.partition(", ")[2] or row.name  # a legend is narrow
    return Line(name, points, [(killed.at_s, float(killed.stories)) for killed in row.killed])


def _memory(row: Row) -> list[Line]:
    lines = []
    for name in row.peak_mib:
        points = [(look.at_s, look.memory_mib[name]) for look in row.looks if name in look.memory_mib]
        if len(points) > 1:
            lines.append(Line(f"{row.name}: {name}", points))
    return lines


def _tidied(page: str) -> str:
    """Return ``page`` without the gaps that a table or diagram leaves which is not there."""
    while "\n\n\n" in page:
        page = page.replace("\n\n\n", "\n\n")
    return page


def _cell(value: float) -> Written:
    return Written(rounded(value))
