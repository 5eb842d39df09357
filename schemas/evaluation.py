"""What labelled rows are, and what judging them showed: the contract of evaluation.json.

Fields may be added, with a default, so that older files load; a field never changes its meaning.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import Field, JsonValue, model_validator

from schemas.record import Record
from schemas.verdict import Label

SCHEMA_VERSION: Final = 1
ROUNDING: Final = 2e-3  # by how much three chances rounded to three digits may miss a sum of 1

Chance = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Weight = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class GoldLabel(StrEnum):
    """What a person may have labelled a row: one of the three labels of a claim, or what is left of two."""

    supported = Label.supported.value
    contradicted = Label.contradicted.value
    unsupported = Label.unsupported.value
    not_supported = "not_supported"  # contradicted or unsupported
    not_contradicted = "not_contradicted"  # supported or unsupported


class LabelledRow(Record):
    """A claim and a text, with what the text does to the claim in a person's judgement.

    Rows of one ``group`` are not independent of each other, say those of one article.
    """

    id: str
    claim: Annotated[str, Field(min_length=1)]
    evidence: Annotated[str, Field(min_length=1)]
    label: GoldLabel
    group: str | None = None
    meta: dict[str, JsonValue] = {}


class Scores(Record):
    """How likely each label is in a judge's eyes; together 1."""

    supported: Chance
    contradicted: Chance
    unsupported: Chance

    @model_validator(mode="after")
    def _check_sum(self) -> Self:
        if abs(self.supported + self.contradicted + self.unsupported - 1) > ROUNDING:
            raise ValueError("the three scores do not sum to 1")
        return self


class NotJudged(Record):
    """A row that the judge could not judge, and why."""

    reason: str


class Usage(Record):
    """What was spent: requests sent, answers taken from a store, tokens of the requests sent."""

    calls: int = 0
    cached_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


class DecisionWeights(Record):
    """By what each score is multiplied before the highest decides."""

    supported: Weight = 1.0
    contradicted: Weight = 1.0
    unsupported: Weight = 1.0


class Plan(Record):
    """How an evaluation is made.

    ``judge`` names who judges. ``limit`` is the number of rows drawn from each set, by ``seed``, or None for
    all. ``labels`` gives a set's labels where they are not to be taken from its rows, as
    "supported/not_supported". ``resamples`` is the number of bootstrap samples behind each interval, ``bins``
    that of groups of equal size in which confidences are compared with how often they were right.
    """

    judge: str = ""
    seed: int = 0
    limit: Annotated[int, Field(ge=1)] | None = None
    resamples: Annotated[int, Field(ge=0)] = 1000
    bins: Annotated[int, Field(ge=1)] = 10
    labels: dict[str, str] = {}
    weights: DecisionWeights = DecisionWeights()


class LabelClass(Record):
    """One of the labels a set is decided between, and the outcomes whose scores it sums."""

    name: str
    outcomes: tuple[Label, ...]


class Estimate(Record):
    """A measure with the ends of its 95 % interval; null where it is not defined."""

    value: float | None
    low: float | None = None
    high: float | None = None


class LabelResult(Record):
    """How one label of a set fared: ``support`` rows have it, ``decided`` rows were given it."""

    label: LabelClass
    support: int
    decided: int
    precision: Estimate
    recall: Estimate
    f1: Estimate
    auc: Estimate  # of this label against the rest


class Bin(Record):
    """Rows of like confidence: their number, mean confidence, and the share that was decided right."""

    rows: int
    confidence: float
    right: float


class SetResult(Record):
    """What judging one set showed.

    ``rows`` are in the set, ``drawn`` of them were put to the judge, ``judged`` were judged; all measures are
    of these alone. ``not_judged`` counts the others by reason. ``confusion`` counts rows by right label (the
    outer list) and decided label, in the order of ``labels``. ``clusters`` is the number of groups of rows
    that intervals take together.
    """

    name: str
    rows: int
    drawn: int
    judged: int
    not_judged: dict[str, int] = {}
    clusters: int
    labels: tuple[LabelResult, ...]
    confusion: tuple[tuple[int, ...], ...]
    balanced_accuracy: Estimate
    accuracy: Estimate
    macro_f1: Estimate
    macro_auc: Estimate
    calibration_error: Estimate
    brier: Estimate
    bins: tuple[Bin, ...]
    time_s: float  # wall time of the judge
    usage: Usage = Usage()


class Evaluation(Record):
    """The whole of evaluation.json."""

    schema_version: Literal[1] = SCHEMA_VERSION
    tool_version: str
    plan: Plan
    started_at: datetime
    finished_at: datetime
    sets: tuple[SetResult, ...]
