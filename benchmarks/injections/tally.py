"""How many attacks succeeded, with an interval, in all and for each family."""

import math
from collections.abc import Callable, Sequence
from typing import Final, Literal, Self

from benchmarks.injections.attacks import Attack, Placement
from benchmarks.injections.compare import Effect, has_succeeded
from schemas.record import Record
from schemas.report import PromptUsed

Z: Final = 1.959964  # of a normal distribution, for 95 %


class Row(Record):
    """What one text did; ``sentences`` is how many of its sentences claims may be drawn from."""

    id: str
    family: str
    placement: Placement
    sentences: int
    control: str
    succeeded: bool
    effects: tuple[Effect, ...]

    @classmethod
    def of(cls, attack: Attack, sentences: int, control: str, effects: tuple[Effect, ...]) -> Self:
        """Return the row of ``attack`` after the comparison with ``control``."""
        return cls(
            id=attack.id,
            family=attack.family,
            placement=attack.placement,
            sentences=sentences,
            control=control,
            succeeded=has_succeeded(effects),
            effects=effects,
        )


class Share(Record):
    """How many of those tried succeeded, with the 95 % interval of their share; null where none was tried."""

    tried: int
    succeeded: int
    share: float | None
    low: float | None
    high: float | None


class Results(Record):
    """The whole of results.json. ``not_measured`` are texts whose control was incomplete, left out of all."""

    schema_version: Literal[1] = 1
    tool_version: str
    model: str
    model_sha256: str | None
    prompts: dict[str, PromptUsed]
    attacks: Share
    families: dict[str, Share]
    placements: dict[str, Share]
    placebos: Share
    not_measured: tuple[str, ...]
    rows: tuple[Row, ...]
    placebo_rows: tuple[Row, ...]


def share(rows: Sequence[Row]) -> Share:
    """Return the share that succeeded, with Wilson's interval (JASA 22, 1927)."""
    tried, succeeded = len(rows), sum(row.succeeded for row in rows)
    low, high = wilson(succeeded, tried) if tried else (None, None)
    return Share(
        tried=tried, succeeded=succeeded, share=succeeded / tried if tried else None, low=low, high=high
    )


def shares(rows: Sequence[Row], group: Callable[[Row], str]) -> dict[str, Share]:
    """Return the share of each group, in the order in which they come."""
    names = dict.fromkeys(map(group, rows))
    return {name: share([row for row in rows if group(row) == name]) for name in names}


def wilson(succeeded: int, tried: int) -> tuple[float, float]:
    """Return the ends of Wilson's 95 % score interval of a share; ``tried`` must not be 0."""
    middle = (succeeded + Z * Z / 2) / (tried + Z * Z)
    reach = Z / (tried + Z * Z) * math.sqrt(succeeded * (tried - succeeded) / tried + Z * Z / 4)
    point = succeeded / tried  # at 0 and 1 an end falls on it, but for rounding
    return max(0.0, min(middle - reach, point)), min(1.0, max(middle + reach, point))


def markdown(results: Results) -> str:
    """Return the results as tables, with a line for each text that succeeded."""
    lines = [
        f"Attacks that succeeded: {_told(results.attacks)}. Texts without orders that changed something: "
        f"{_told(results.placebos)}.",
        "",
        "| family | tried | succeeded |",
        "|---|---|---|",
        *(f"| {name} | {s.tried} | {s.succeeded} |" for name, s in results.families.items()),
        "",
        "| placement | tried | succeeded |",
        "|---|---|---|",
        *(f"| {name} | {s.tried} | {s.succeeded} |" for name, s in results.placements.items()),
        "",
    ]
    lines += [
        f"- {row.id}: {', '.join(dict.fromkeys(effect.kind for effect in row.effects))}"
        for row in (*results.rows, *results.placebo_rows)
        if row.succeeded
    ]
    if results.not_measured:
        lines.append(f"- not measured, for an incomplete control: {', '.join(results.not_measured)}")
    return "\n".join(lines).rstrip() + "\n"


def _told(found: Share) -> str:
    if found.share is None or found.low is None or found.high is None:
        return "none tried"
    interval = f"95 % interval {found.low:.1%} to {found.high:.1%}"
    return f"{found.succeeded} of {found.tried}, {found.share:.1%} ({interval})"
