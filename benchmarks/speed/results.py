"""What was measured, as it is stored: a set of figures for each case of each part, round by round."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Final, Literal, NamedTuple

from pipeline.store import make_folder, write_text
from schemas.record import Record

RESULT: Final = Path(__file__).parent / "speed.json"
LOAD: Final = "load"  # the figure, of every sample, that says how busy the machine was before it


class Sample(Record):
    """The figures of one case of a part in one round; ratios are within the round."""

    part: str
    case: str
    round: int
    figures: Mapping[str, float]


class SpeedResult(Record):
    """The whole of speed.json; ``cores`` are those that the machine has for it."""

    schema_version: Literal[1] = 1
    tool_version: str
    cores: int
    samples: tuple[Sample, ...] = ()

    def has(self, part: str, case: str, number: int) -> bool:
        """Tell whether a case was measured in a round."""
        return any((s.part, s.case, s.round) == (part, case, number) for s in self.samples)

    def cases(self, part: str) -> list[str]:
        """Return the cases of a part, as first measured."""
        return list(dict.fromkeys(s.case for s in self.samples if s.part == part))

    def spread(self, part: str, case: str, figure: str) -> "Spread | None":
        """Return the median and range of a figure over its rounds, or None where it was not measured."""
        found = [
            s.figures[figure]
            for s in self.samples
            if (s.part, s.case) == (part, case) and figure in s.figures
        ]
        return Spread(median(found), min(found), max(found), len(found)) if found else None

    def rounds(self, part: str, case: str) -> Iterator[Mapping[str, float]]:
        """Yield the figures of a case, round by round."""
        yield from (s.figures for s in self.samples if (s.part, s.case) == (part, case))


class Spread(NamedTuple):
    """The median of some rounds, the least, and the most."""

    median: float
    least: float
    most: float
    rounds: int


def read_result(path: Path) -> SpeedResult | None:
    """Return what is stored at ``path``, or None. Raises ValueError where it is not in its contract."""
    return SpeedResult.model_validate_json(path.read_text(encoding="utf-8")) if path.exists() else None


def write_result(path: Path, result: SpeedResult) -> None:
    """Store ``result``; raises InputError where that cannot be."""
    make_folder(path.parent)
    write_text(path, result.model_dump_json(indent=1) + "\n")
