"""What scoring finds: how each entry of the gold and each flag fared, and the figures made of them.

``Score`` is the contract of the JSON that benchmarks.score writes. Fields may be added, with a default.
"""

from typing import Literal

from benchmarks.gold import Difficulty, HardKind
from schemas.contradiction import ConflictKind, Relation
from schemas.record import Record


class FlaggedSide(Record):
    """One side of a flag: the file name of its article, and the sentence."""

    article: str
    quote: str


class FlagOutcome(Record):
    """One flag of a run: a contradiction that it reports, not an update and not speakers who differ.

    ``right``: its quotes are two sides of the conflicts in ``entries``. ``wrong``: they are two sides of the
    hard negatives in ``entries``, and of no conflict. ``other``: neither; ``entries`` is empty.
    """

    outcome: Literal["right", "wrong", "other"]
    entries: tuple[str, ...]
    kind: ConflictKind
    confidence: float
    reason: str
    sides: tuple[FlaggedSide, FlaggedSide]


class ConflictOutcome(Record):
    """One conflict of the gold; ``told_as`` is what the run calls two of its sides where it flags none."""

    id: str
    kind: ConflictKind
    difficulty: Difficulty
    is_found: bool
    told_as: Relation | None = None


class HardNegativeOutcome(Record):
    """One hard negative; ``is_recognised`` where the run gives two of its sides its type as relation."""

    id: str
    type: HardKind
    is_flagged: bool
    is_recognised: bool


class AgreementOutcome(Record):
    """One agreement by its pairs of sentences from two articles.

    ``supported`` of the ``pairs`` have a claim with that label on one side; ``evidenced`` of them have one
    that rests on the other side's sentence.
    """

    what: str
    pairs: int
    supported: int
    evidenced: int


class AloneOutcome(Record):
    """One sentence that stands alone: the claims drawn from it, and whether all of them are unsupported."""

    what: str
    claims: int
    is_unsupported: bool


class StoryOutcome(Record):
    """How one run over one story fared, entry by entry."""

    story: str
    model: str
    tool_version: str
    is_complete: bool
    conflicts: tuple[ConflictOutcome, ...]
    hard_negatives: tuple[HardNegativeOutcome, ...]
    flags: tuple[FlagOutcome, ...]
    agreements: tuple[AgreementOutcome, ...]
    single_outlet: tuple[AloneOutcome, ...]


class Share(Record):
    """``part`` of ``whole``, their ratio, and the ends of its 95 % interval; null where there is none."""

    part: int
    whole: int
    value: float | None
    low: float | None = None
    high: float | None = None


class Calibration(Record):
    """How well the flags' confidence fits the share of right ones; both measures 0 to 1, less is better."""

    brier: float
    calibration_error: float


class Score(Record):
    """The figures of one or many runs, and what each is made of; ``stories`` is empty in a blind score.

    ``conflicts`` counts those found, ``flags`` the right ones, ``hard_negatives`` the flagged ones,
    ``recognised`` the hard negatives that have their type for a relation, ``told_otherwise`` the conflicts
    that are not flagged, but called an update or speakers who differ. ``single_outlet`` is of the sentences
    that have a claim, ``single_outlet_sentences`` are all.
    """

    schema_version: Literal[1] = 1
    runs: int
    incomplete_runs: int
    models: tuple[str, ...]
    tool_versions: tuple[str, ...]
    conflicts: Share
    conflicts_by_kind: dict[ConflictKind, Share]
    conflicts_by_difficulty: dict[Difficulty, Share]
    told_otherwise: int
    flags: Share
    wrong: int
    other: int
    hard_negatives: Share
    hard_negatives_by_type: dict[HardKind, Share]
    recognised: dict[HardKind, Share]
    agreements: Share
    agreements_evidenced: Share
    single_outlet: Share
    single_outlet_sentences: int
    calibration: Calibration | None
    resamples: int
    seed: int
    stories: tuple[StoryOutcome, ...] = ()
