"""What benchmarks/results/ holds: the contracts of its files that no other module here has.

Fields may be added, with a default, so that older results load; a field never changes its meaning.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from benchmarks.claims.measure import Share as Count
from benchmarks.peers.table import Row
from benchmarks.scoring.outcome import Share
from schemas.evaluation import Estimate, Evaluation, Usage
from schemas.record import Record
from schemas.report import StageTime


class JudgeResult(Record):
    """What one judge made of labelled rows, and on which columns of what was measured it rests."""

    judge: str
    columns: tuple[str, ...]
    evaluation: Evaluation


class SetsResult(Record):
    """The whole of sets.json; ``model`` is the language model that was asked, "" for none.

    ``usage`` and ``time_s`` are of measuring all rows once, for all judges together.
    """

    schema_version: Literal[1] = 1
    tool_version: str
    model: str
    model_sha256: str | None
    limit: int | None
    seed: int
    fitted_on: tuple[str, ...]
    usage: Usage
    time_s: float
    judges: tuple[JudgeResult, ...]


class DecompositionSet(Record):
    """How our claims of the ``drawn`` passages of a set fare; ``failed`` are those not fully answered for.

    ``covered`` and ``covered_by_words`` are of the claims of people, ``supported`` is of ours.
    """

    name: str
    passages: int
    drawn: int
    failed: int
    covered: Share
    covered_by_words: Share
    supported: Share


class DecompositionResult(Record):
    """The whole of decomposition.json."""

    schema_version: Literal[1] = 1
    tool_version: str
    model: str
    limit: int | None
    seed: int
    sets: tuple[DecompositionSet, ...]


class Rerun(Record):
    """One more run beside the first, in figures alone: its texts may be anybody's (see ``flips.Flips``)."""

    name: str
    is_complete: bool
    flipped: Count
    changes: dict[str, int]
    errors: int
    unmatched: Count
    kept_flags: int
    gone_flags: int
    new_flags: int


class RerunResult(Record):
    """The whole of flips.json; ``claims`` are those of the first run."""

    schema_version: Literal[1] = 1
    story: str
    model: str
    tool_version: str
    is_complete: bool
    claims: int
    reruns: tuple[Rerun, ...]


class Timing(Record):
    """The whole of timing.json; ``cores`` are those that could be used on the machine of the run."""

    schema_version: Literal[1] = 1
    story: str
    model: str
    endpoint: str
    tool_version: str
    is_complete: bool
    articles: int
    sentences: int
    claims: int
    cores: int
    seconds: float
    calls: int
    tokens_in: int
    tokens_out: int
    stages: tuple[StageTime, ...]


class PlantedRun(Record):
    """One seed: ``found`` of ``planted``, ``right`` of ``flags``; ``unread`` are flags nobody has judged.

    ``share_right_of_new`` is of the flags that the unedited story has not; None where that was not checked.
    """

    planted: int
    found: int
    flags: int
    right: int
    unread: int
    by_kind: dict[str, tuple[int, int]]
    share_right_of_new: float | None = None


class PlantedResult(Record):
    """The whole of planted.json."""

    schema_version: Literal[1] = 1
    story: str
    runs: tuple[PlantedRun, ...]


class OrderMeasure(Record):
    """One measure of one order of rows."""

    measure: str
    order: str
    estimate: Estimate


class CheckworthyResult(Record):
    """The whole of checkworthy.json."""

    schema_version: Literal[1] = 1
    rows: int
    worthy: int
    measures: tuple[OrderMeasure, ...]


class ToldApart(Record):
    """How well conflicts are told from other pairs of sentences, as the area under the ROC curve."""

    auc: float
    conflicts: int
    others: int


class VerifierResult(Record):
    """The whole of verifier.json, as training.measure writes it; ``bytes`` is the size of the weights."""

    bytes: int
    balanced_accuracy: dict[str, float] = {}
    rows_a_set: int | None = None
    planted: ToldApart | None = None
    stories: ToldApart


class PeersResult(BaseModel):
    """The whole of peers.json, as benchmarks.peers writes it."""

    model_config = ConfigDict(frozen=True)

    story: str
    endpoint: str
    model: str
    limit_s: float
    contenders: tuple[Row, ...]
