"""The two stages of training: what is learnt from, how fast, and the mixture of rows of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from training.planted import plant_rows
from training.rows import Row, capped


@dataclass(frozen=True)
class Stage:
    """One pass over a mixture of rows: the peak learning rate, and the most rows of a source."""

    name: str
    peak: float
    batch: int
    most: dict[str, int]
    planted: int  # how many rows are made by rules


STAGES = (
    Stage("pairs", 1e-4, 64, {"breaking_nli": 5000}, planted=0),
    Stage(
        "planted",
        6e-5,
        64,
        {
            "snli": 2000,
            "cad_snli": 2000,
            "breaking_nli": 1000,
            "conjnli": 2000,
            "mnli": 8000,
            "semiauto_wiki": 8000,
            "fever_binary": 10_000,
        },
        planted=26_000,
    ),
)


def mixture(rows: Sequence[Row], stage: Stage, rng: Random) -> list[Row]:
    """Return the rows of one stage, in random order."""
    return capped(rows, stage.most, rng) + plant_rows(rows, stage.planted, rng)
