"""Makes docs/grouping.md of the stored figures: the text in page.md, with the tables in their places."""

from pathlib import Path
from string import Template
from typing import Final

from benchmarks.grouping.bcubed import Agreement
from benchmarks.grouping.results import GroupingResult
from benchmarks.quality.figure import Written, table

DOCS: Final = Path(__file__).parents[2] / "docs"
PAGE: Final = "grouping.md"
TEXT: Final = Path(__file__).parent / "page.md"
NOT_MEASURED: Final = "Not measured yet."
BUSY: Final = 1.0  # the load a core from which the page says that times are rough


def render(result: GroupingResult) -> str:
    """Return the page that ``result`` makes."""
    return Template(TEXT.read_text(encoding="utf-8")).substitute(
        version=result.tool_version,
        cores=result.cores,
        quality=_quality(result),
        growth=_growth(result),
        added=_added(result),
        load=_load(result),
    )


def _quality(result: GroupingResult) -> str:
    rows = [
        (pile, method, f"{found.articles:,}", f"{found.events:,}", *_figures(found))
        for pile, methods in result.quality.items()
        for method, found in methods.items()
    ]
    head = ("pile", "method", "articles", "events", "precision", "recall", "F1")
    return table(head, rows, texts=2) if rows else NOT_MEASURED


def _figures(found: Agreement) -> tuple[str, str, Written]:
    f1 = f"{found.f1:.3f}"
    if found.f1_low is not None and found.f1_high is not None:
        f1 += f" [{found.f1_low:.3f}–{found.f1_high:.3f}]"
    return f"{found.precision:.3f}", f"{found.recall:.3f}", Written(f1)


def _growth(result: GroupingResult) -> str:
    rows = [
        (
            f"{one['articles']:,.0f}",
            f"{one['seconds']:,.0f}",
            f"{one['processor_seconds']:,.0f}",
            f"{1000 * one['processor_seconds'] / one['articles']:.1f}",
            f"{one['memory_mib']:,.0f}",
            f"{one['pairs']:,.0f}",
            f"{100 * one['pairs'] / one['all_pairs']:.3g} %",
            f"{one['stories']:,.0f}",
        )
        for one in result.growth.values()
    ]
    head = (
        "articles", "seconds", "of the processor", "ms an article", "memory, MiB", "pairs looked at",
        "of all pairs", "stories",
    )  # fmt: skip
    return table(head, rows, texts=0) if rows else NOT_MEASURED


def _added(result: GroupingResult) -> str:
    rows = [
        (
            f"{one['articles']:,.0f}",
            f"{one['added_seconds']:,.0f}",
            f"{one['added_processor_seconds']:,.0f}",
            f"{one['added_memory_mib']:,.0f}",
            f"{one['added_pairs']:,.0f}",
        )
        for one in result.growth.values()
    ]
    head = ("articles there", "seconds", "of the processor", "memory, MiB", "pairs looked at")
    return table(head, rows, texts=0) if rows else NOT_MEASURED


def _load(result: GroupingResult) -> str:
    loads = [one["load"] for one in result.growth.values()]
    if not loads or max(loads) <= BUSY * result.cores:
        return ""
    return (
        f"The machine was busy with other work (a load of up to {max(loads):.1f}): seconds are longer than "
        "they need be. Processor seconds, memory and counts are the tool's own.\n"
    )
