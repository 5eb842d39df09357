"""A pair of passages that may contradict each other, before anybody has judged it."""

from typing import Literal

from schemas.contradiction import ConflictKind, Side
from schemas.record import Record


class Suspicion(Record):
    """Two passages of two articles that may be in conflict.

    ``found_by`` says what raised it: ``values`` that differ, found in code, or a ``model``'s word.
    ``kind`` is null where only a model knows. ``what`` names the difference. ``odds`` is the probability (0
    to 1) that a reviewer agrees.
    """

    sides: tuple[Side, Side]
    found_by: Literal["values", "model"]
    kind: ConflictKind | None = None
    what: str = ""
    odds: float = 0.5
