"""Reads benchmarks/results/: one JSON file a part, each in the contract of the command that wrote it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from benchmarks.claims.result import ClaimsResult
from benchmarks.injections.tally import Results as InjectionsResult
from benchmarks.scoring.outcome import Score
from benchmarks.stored import (
    CheckworthyResult,
    DecompositionResult,
    PeersResult,
    PlantedResult,
    RerunResult,
    SetsResult,
    Timing,
    VerifierResult,
)

FOLDER: Final = Path(__file__).parents[1] / "results"


@dataclass(frozen=True)
class Results:
    """What was measured, None for each part that was not; a file is named as its field, ``_`` being ``-``."""

    sets: SetsResult | None = None
    stories_open: Score | None = None
    rules_open: Score | None = None
    stories_unseen: Score | None = None
    stories_example: Score | None = None
    planted: PlantedResult | None = None
    claims: ClaimsResult | None = None
    decomposition: DecompositionResult | None = None
    flips: RerunResult | None = None
    injections: InjectionsResult | None = None
    peers: PeersResult | None = None
    checkworthy: CheckworthyResult | None = None
    timing: Timing | None = None
    verifier: VerifierResult | None = None

    def scores(self) -> dict[str, Score]:
        """Return the scores of our own stories that there are, by what they are of."""
        named = {
            "open half": self.stories_open,
            "open half, rules alone": self.rules_open,
            "unseen half": self.stories_unseen,
            "example story": self.stories_example,
        }
        return {name: score for name, score in named.items() if score is not None}


CONTRACTS: Final[dict[str, type[BaseModel]]] = {
    "sets": SetsResult,
    "stories_open": Score,
    "rules_open": Score,
    "stories_unseen": Score,
    "stories_example": Score,
    "planted": PlantedResult,
    "claims": ClaimsResult,
    "decomposition": DecompositionResult,
    "flips": RerunResult,
    "injections": InjectionsResult,
    "peers": PeersResult,
    "checkworthy": CheckworthyResult,
    "timing": Timing,
    "verifier": VerifierResult,
}


def read_results(folder: Path = FOLDER) -> Results:
    """Return what ``folder`` holds. Raises ValueError for a file that is no part, or not in its contract."""
    known = {f"{part.replace('_', '-')}.json": part for part in CONTRACTS}
    found: dict[str, BaseModel] = {}
    for path in sorted(folder.glob("*.json")):
        if path.name not in known:
            raise ValueError(f"{path.name} is no part of the results: one of {', '.join(known)}")
        part = known[path.name]
        try:
            found[part] = CONTRACTS[part].model_validate_json(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{path.name} is not as its command writes it: {error}") from error
    return Results(**found)  # type: ignore[arg-type]
