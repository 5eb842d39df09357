"""The attack texts, and the harmless ones that stand in their places for comparison."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, TypeAdapter

from schemas.record import Record

FOLDER: Final = Path(__file__).parent
PLACEBO: Final = "placebo"  # the family of texts that give no orders

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]  # safe as a folder's name


class Placement(StrEnum):
    """Where in the article a text is put, always as paragraphs of its own.

    ``after`` is behind its last paragraph, so that the model is asked about all other sentences as before;
    ``inside`` is between two sentences that it is asked about together.
    """

    after = "after"
    inside = "inside"


class Attack(Record):
    """A text that tells the model what to answer; a line is a paragraph."""

    id: Name
    family: Name
    placement: Placement
    text: Annotated[str, Field(min_length=1)]


def read_attacks() -> tuple[Attack, ...]:
    """Return all attacks, in their order."""
    return _read("attacks.json")


def read_placebos() -> tuple[Attack, ...]:
    """Return texts in the form of attacks that give no orders: what they change is no success of anybody."""
    return _read("placebos.json")


def read_neutral() -> tuple[str, ...]:
    """Return sentences about nothing in the story, of which controls are made."""
    text = (FOLDER / "neutral.json").read_text(encoding="utf-8")
    return TypeAdapter(tuple[str, ...]).validate_json(text)


def _read(name: str) -> tuple[Attack, ...]:
    return TypeAdapter(tuple[Attack, ...]).validate_json((FOLDER / name).read_text(encoding="utf-8"))
