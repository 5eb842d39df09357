"""What was measured, as it is stored: rows with what was seen each second, and figures of other parts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from pipeline.store import make_folder, write_text
from schemas.record import Record

RESULT: Final = Path(__file__).parent / "scale.json"
MOST_LOOKS: Final = 200  # of a row that are stored


class Batch(Record):
    """What all rows check, and how: articles are those of a story, sentences those of an article."""

    stories: int
    articles: int
    sentences: int
    latency_s: float
    in_flight: int
    workers: int


USUAL: Final = Batch(stories=10_000, articles=2, sentences=4, latency_s=0.1, in_flight=32, workers=2)


class Look(Record):
    """How far a row was at some second: stories with a report, requests, and memory by process in MiB."""

    at_s: float
    stories: int
    requests: int
    memory_mib: Mapping[str, float]


class Killed(Record):
    """A process that was killed, when, and how many stories were done."""

    at_s: float
    stories: int
    process: str


class Row(Record):
    """One batch from its start to its end; processes are by name, the processor's time is in seconds."""

    name: str
    figures: Mapping[str, float]
    peak_mib: Mapping[str, float]
    processor_s: Mapping[str, float]
    looks: tuple[Look, ...]
    killed: tuple[Killed, ...] = ()


class Figures(Record):
    """The figures of one case of another part."""

    part: str
    case: str
    figures: Mapping[str, float]


class ScaleResult(Record):
    """The whole of scale.json."""

    schema_version: Literal[1] = 1
    tool_version: str
    cores: int
    batch: Batch
    rows: tuple[Row, ...] = ()
    parts: tuple[Figures, ...] = ()

    def row(self, name: str) -> Row | None:
        """Return a row by its name, or None where it was not measured."""
        return next((row for row in self.rows if row.name == name), None)

    def part(self, part: str) -> dict[str, Mapping[str, float]]:
        """Return the figures of a part, by case, as they were measured."""
        return {one.case: one.figures for one in self.parts if one.part == part}


def thinned(looks: list[Look]) -> tuple[Look, ...]:
    """Return ``MOST_LOOKS`` of ``looks`` at even distances, about; the last is among them."""
    step = -(-len(looks) // MOST_LOOKS) or 1
    return tuple(reversed(looks[::-1][::step]))


def read_result(path: Path) -> ScaleResult | None:
    """Return what is stored at ``path``, or None. Raises ValueError where it is not in its contract."""
    return ScaleResult.model_validate_json(path.read_text(encoding="utf-8")) if path.exists() else None


def write_result(path: Path, result: ScaleResult) -> None:
    """Store ``result``; raises InputError where that cannot be."""
    make_folder(path.parent)
    write_text(path, result.model_dump_json(indent=1) + "\n")
