"""What a reviewer decided about a finding, and about which wording of it."""

from enum import StrEnum
from typing import Final, Literal

from pydantic import AwareDatetime, Field

from schemas.contradiction import ConflictKind, Relation
from schemas.record import Record

DECISIONS_VERSION: Final = 1
MAX_NOTE: Final = 4000  # characters


class Ruling(StrEnum):
    """What a reviewer makes of a finding."""

    accepted = "accepted"
    dismissed = "dismissed"


class DismissalReason(StrEnum):
    """Why a finding was dismissed."""

    same_meaning = "same_meaning"
    update = "update"
    speakers_differ = "speakers_differ"
    different_scope = "different_scope"
    bad_quote = "bad_quote"
    not_checkable = "not_checkable"
    other = "other"


class DecidedSide(Record):
    """One side of a finding as it read when it was decided; ``article`` is the name of its file."""

    article: str
    quote: str


class Decision(Record):
    """The latest word on one finding; ``ruling`` is null where there is a note alone, or it was withdrawn.

    ``finding_id`` comes from what the sides say, so that it survives a re-run; ``kind``, ``relation`` and
    ``sides`` keep what was decided on, to recognise the finding when a sentence of it was changed.
    """

    finding_id: str
    ruling: Ruling | None = None
    reason: DismissalReason | None = None
    note: str = Field(default="", max_length=MAX_NOTE)
    decided_at: AwareDatetime
    kind: ConflictKind
    relation: Relation
    sides: tuple[DecidedSide, DecidedSide]

    @property
    def is_withdrawn(self) -> bool:
        """Tell whether nothing is left of it but that there was one."""
        return self.ruling is None and not self.note

    def withdrawn(self) -> "Decision":
        """Return what is left of it once it is withdrawn."""
        return self.model_copy(update={"ruling": None, "reason": None, "note": ""})


class Decisions(Record):
    """Decisions on one story, as they are exported and imported."""

    schema_version: Literal[1] = DECISIONS_VERSION
    story: str
    decisions: tuple[Decision, ...] = ()
