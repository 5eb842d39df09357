"""What was measured, as it is stored: the agreement of each method on each pile, and how piles grow."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from benchmarks.grouping.bcubed import Agreement
from pipeline.store import make_folder, write_text
from schemas.record import Record

RESULT: Final = Path(__file__).parent / "grouping.json"


class GroupingResult(Record):
    """The whole of grouping.json: ``quality`` by pile and method, ``growth`` by the number of articles."""

    schema_version: Literal[1] = 1
    tool_version: str
    cores: int
    quality: Mapping[str, Mapping[str, Agreement]] = {}
    growth: Mapping[str, Mapping[str, float]] = {}

    def with_quality(self, pile: str, method: str, found: Agreement) -> "GroupingResult":
        """Return this with one figure more."""
        of_pile = {**self.quality.get(pile, {}), method: found}
        return self.model_copy(update={"quality": {**self.quality, pile: of_pile}})

    def with_growth(self, articles: int, found: Mapping[str, float]) -> "GroupingResult":
        """Return this with a pile of ``articles`` more."""
        figures = {name: round(value, 3) for name, value in found.items()}
        return self.model_copy(update={"growth": {**self.growth, str(articles): figures}})


def read_result(path: Path) -> GroupingResult | None:
    """Return what is stored at ``path``, or None. Raises ValueError where it is not in its contract."""
    return GroupingResult.model_validate_json(path.read_text(encoding="utf-8")) if path.exists() else None


def write_result(path: Path, result: GroupingResult) -> None:
    """Store ``result``; raises InputError where that cannot be."""
    make_folder(path.parent)
    write_text(path, result.model_dump_json(indent=1) + "\n")
