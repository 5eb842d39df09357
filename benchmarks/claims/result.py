"""The contract of claims.json: what the claims of each run are like. Fields may be added, with a default."""

from typing import Literal

from benchmarks.claims.measure import ClaimQuality, Share, Support
from schemas.record import Record


class Entailed(Record):
    """What a judge makes of worded claims, each beside its own sentence and ``before`` ones before it.

    Those that are their sentence word for word follow from it, and are not asked about.
    """

    before: int
    worded: Support


class ClaimRun(Record):
    """One run: ``verbatim`` claims are their sentence word for word; ``worded`` is coverage without them."""

    story: str
    model: str
    tool_version: str
    is_complete: bool
    quality: ClaimQuality
    verbatim: Share
    worded: Share
    entailed: tuple[Entailed, ...] = ()


class ClaimsResult(Record):
    """The whole of claims.json; ``judge`` says who told whether sentences bear claims out, "" for nobody."""

    schema_version: Literal[1] = 1
    judge: str
    runs: tuple[ClaimRun, ...]
