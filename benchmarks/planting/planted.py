"""The record of what was planted: ``planted.json`` beside the edited story."""

from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter

from schemas.contradiction import ConflictKind

PLANTED: Final = "planted.json"


class _Planted(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rewritten(_Planted):
    """A sentence of the edited article, before and after."""

    original: str
    edited: str


class Counterpart(_Planted):
    """A sentence of another article that states the fact as it was.

    ``is_copy`` says that both articles carry one text; ``is_sure`` is False where the sentence only seems to
    state the fact: a flag on it is right, but it alone would be no ground for the plant.
    """

    article: str
    quote: str
    is_copy: bool = False
    is_sure: bool = True


class Plant(_Planted):
    """One fact changed in one article, and all that now conflicts with it.

    ``original`` and ``edited`` are the sentence that states it; ``also`` are further sentences of the article
    that were edited so that it does not contradict itself.
    """

    id: str
    kind: ConflictKind
    article: str
    before: str
    after: str
    original: str
    edited: str
    also: tuple[Rewritten, ...] = ()
    counterparts: tuple[Counterpart, ...]


_PLANTS: Final = TypeAdapter(tuple[Plant, ...])


def read_planted(folder: Path) -> tuple[Plant, ...]:
    """Return the plants of the story in ``folder``; raises ValueError or OSError where there are none."""
    return _PLANTS.validate_json((folder / PLANTED).read_bytes())


def write_planted(folder: Path, plants: tuple[Plant, ...]) -> None:
    """Write the plants beside the story's articles."""
    (folder / PLANTED).write_bytes(_PLANTS.dump_json(plants, indent=2) + b"\n")
