"""Reads benchmarks/reliability/: one JSON file a part, each in the contract of the command that wrote it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, Field

from benchmarks.fuzz import FuzzResult
from benchmarks.mutants import Findings
from schemas.record import Record

FOLDER: Final = Path(__file__).parent


class Tried(Record):
    """One test, and how each of its cases ended; a test without cases has one, named ""."""

    module: str
    test: str
    held: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """What must hold, in words: the name of the test is a sentence."""
        return self.test.removeprefix("test_").replace("_", " ")


class FaultsResult(Record):
    """The whole of faults.json: the tests of what goes wrong around the tool, run on one machine."""

    tool_version: str
    python: str
    platform: str
    seconds: float
    tests: tuple[Tried, ...]


class KillsResult(Record):
    """The whole of kills.json; ``lost`` says what should not have happened."""

    tool_version: str
    seed: int
    concurrency: int
    undisturbed_s: float
    kills: int
    runs_brought_to_an_end: int
    requests: int
    asked_again: int
    most_asked_again_after_a_kill: int
    answers_stored: int
    files_looked_at: int
    leftovers: int
    killed: dict[str, int]
    lost: tuple[str, ...]


class Sample(Record):
    """The most memory in use while about so many stories were done."""

    stories: int
    mib: float


class MemoryTaken(Record):
    """The memory of a command over a batch; its growth is by least squares after the first quarter."""

    samples: tuple[Sample, ...]
    growth_kib_a_story: float | None


class ChaosRun(Record):
    """One check of the batch; the sums are over all reports."""

    seconds: float
    exit_code: int
    requests: int
    questions: int
    answered_well_before: int
    answers_stored: int
    memory: MemoryTaken
    stories: int = 0
    stories_without_a_report: int = 0
    complete: int = 0
    sentences: int = 0
    sentences_read: int = 0
    sentences_with_an_error: int = 0
    claims: int = 0
    claims_judged: int = 0
    claims_with_an_error: int = 0
    failures: int = 0


class ChaosRuns(Record):
    """The batch under faults, and then once more without any."""

    with_faults: ChaosRun = Field(alias="with faults")
    without: ChaosRun


class ChaosResult(Record):
    """The whole of chaos.json; ``share`` of the requests met a fault."""

    tool_version: str
    seed: int
    share: float
    concurrency: int
    runs: ChaosRuns
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Results:
    """What was tried, None for each part that was not; a file is named as its field."""

    faults: FaultsResult | None = None
    kills: KillsResult | None = None
    chaos: ChaosResult | None = None
    fuzz: FuzzResult | None = None
    mutation: Findings | None = None


CONTRACTS: Final[dict[str, type[BaseModel]]] = {
    "faults": FaultsResult,
    "kills": KillsResult,
    "chaos": ChaosResult,
    "fuzz": FuzzResult,
    "mutation": Findings,
}


def read_results(folder: Path = FOLDER) -> Results:
    """Return what ``folder`` holds. Raises ValueError for a file that is no part, or not in its contract."""
    found: dict[str, BaseModel] = {}
    for path in sorted(folder.glob("*.json")):
        if path.stem not in CONTRACTS:
            raise ValueError(f"{path.name} is no part of the results: one of {', '.join(CONTRACTS)}")
        try:
            found[path.stem] = CONTRACTS[path.stem].model_validate_json(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{path.name} is not as its command writes it: {error}") from error
    return Results(**found)  # type: ignore[arg-type]
