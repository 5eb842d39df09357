"""A pair of passages that may contradict each other, before anybody has judged it."""

from typing import Literal

from schemas.contradiction import ConflictKind, Side
from schemas.record import Record


class Suspicion(Record):
    """Two passages of two articles that may be in conflict.

    ``found_by`` says what raised it: ``values`` that differ, found in code, or the ``model``'s screening,
    with its ``odds`` (0 to 1). ``kind`` is null where only the model knows. ``what`` names the difference.
    """

    sides: tuple[Side, Side]
    found_by: Literal["values", "model"]
    kind: ConflictKind | None = None
    what: str = ""
    odds: float | None = None
