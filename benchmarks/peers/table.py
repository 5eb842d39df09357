"""The outcome as a record for peers.json, and as a Markdown table."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from benchmarks.peers.attempt import Attempt
from benchmarks.peers.contenders import Contender
from benchmarks.peers.proxy import Counts
from benchmarks.peers.score import Place, Score, Text

HEAD = (
    "contender",
    "version",
    "conflicts found",
    "false flags",
    "flags",
    "calls (failed)",
    "tokens in",
    "tokens out",
    "seconds",
    "ended",
    "what was done to it",
)


class Row(BaseModel):
    """One contender's entry; the figures from ``found`` to ``touched`` are None for a story without gold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contender: str
    version: str | None
    ended: Literal["finished", "stopped by the limit", "failed", "not installed"]
    failure: str | None = None
    found: list[str] | None = None
    planted: int | None = None
    flags: int | None = None
    false_flags: int | None = None
    unplaced_flags: int | None = None
    flags_within_one_article: int | None = None
    findings_on_one_passage: int | None = None
    touched: list[str] | None = None
    calls: int = 0
    failed_calls: int = 0
    unmetered_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    models: list[str] = []
    wall_s: float = 0.0
    done_to_it: str
    notes: list[str] = []
    flagged: list[dict[str, Any]] = []
    packages: dict[str, str] = {}


def scored_row(
    contender: Contender, packages: dict[str, str], tried: Attempt, counts: Counts, scored: Score | None
) -> Row:
    """Return the entry of a contender that ran; ``scored`` is None for a story without gold."""
    row = Row(
        contender=contender.name,
        version=packages.get(contender.distribution),
        ended=tried.ended,
        failure=tried.failure,
        calls=counts.calls,
        failed_calls=counts.calls - counts.answered,
        unmetered_calls=counts.unmetered,
        tokens_in=counts.tokens_in,
        tokens_out=counts.tokens_out,
        models=sorted(counts.models),
        wall_s=round(tried.wall_s, 1),
        done_to_it=contender.done_to_it,
        notes=list(tried.told.notes),
        packages=packages,
    )
    if scored is None:
        return row.model_copy(update={"flags": len(tried.told.flags)})
    figures = {
        "found": list(scored.found),
        "flags": scored.flagged,
        "false_flags": scored.false,
        "unplaced_flags": scored.unplaced,
        "flags_within_one_article": scored.within_one_article,
        "findings_on_one_passage": scored.findings,
        "touched": list(scored.touched),
    }
    return row.model_copy(update=figures)


def flagged(scored: Score, texts: dict[str, Text]) -> list[dict[str, Any]]:
    """Return each flag with its sentences, for a person to read."""

    def side(place: Place) -> dict[str, str]:
        article, positions = place
        return {"article": article, "sentence": " ".join(texts[article].sentence(i) for i in positions)}

    return [
        {"sides": [side(place) for place in flag.sides], "conflicts": list(flag.conflicts), "why": flag.why}
        for flag in scored.flags
    ]


def markdown(rows: Sequence[Row]) -> str:
    """Return the table, and under it what its figures leave out."""
    lines = [_line(HEAD), _line(["---"] * len(HEAD)), *(_line(_cells(row)) for row in rows)]
    remarks = [f"- {row.contender}: {remark}" for row in rows for remark in _remarks(row)]
    return "\n".join([*lines, "", *remarks]).rstrip() + "\n"


def _cells(row: Row) -> list[str]:
    return [
        row.contender,
        row.version or "",
        "" if row.found is None else f"{len(row.found)} of {row.planted}",
        _shown(row.false_flags),
        _shown(row.flags),
        f"{row.calls} ({row.failed_calls})",
        str(row.tokens_in),
        str(row.tokens_out),
        f"{row.wall_s:.0f}",
        row.ended,
        row.done_to_it,
    ]


def _remarks(row: Row) -> list[str]:
    remarks = [row.failure] if row.failure else []
    if row.unplaced_flags:
        remarks.append(f"{row.unplaced_flags} of the false flags lie on no sentence of the article they name")
    if row.flags_within_one_article:
        remarks.append(f"{row.flags_within_one_article} flags within one article are set aside")
    if row.findings_on_one_passage:
        touched = f", and touch {len(row.touched or [])} of the planted conflicts" if row.planted else ""
        remarks.append(f"{row.findings_on_one_passage} findings name one passage alone{touched}")
    if row.unmetered_calls:
        remarks.append(f"{row.unmetered_calls} answers told no tokens")
    return remarks + row.notes


def _shown(number: int | None) -> str:
    return "" if number is None else str(number)


def _line(cells: Sequence[str]) -> str:
    """Return one line of the table; what would end a cell is taken out of its text."""
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
