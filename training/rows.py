"""Training rows: a claim, its evidence, and which of the three stances are right."""

import gzip
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

# The order of the model's outputs, everywhere.
STANCES = ("supported", "contradicted", "unsupported")
# Which stances a label allows: FEVER as DocNLI gives it does not tell the last two apart.
ALLOWED = {
    "supported": (0,),
    "contradicted": (1,),
    "unsupported": (2,),
    "not_supported": (1, 2),
}


@dataclass(frozen=True)
class Row:
    """A pair with its label (a key of ``ALLOWED``) and where it comes from."""

    evidence: str
    claim: str
    label: str
    source: str


def read_rows(path: Path) -> list[Row]:
    """Read gzipped JSON Lines of ``{source, evidence, claim, label}``."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = map(json.loads, lines)
        return [
            Row(tidy(r["evidence"]), tidy(r["claim"]), r["label"], r["source"])
            for r in records
            if r["evidence"].strip() and r["claim"].strip()
        ]


def tidy(text: str) -> str:
    """Undo the spacing and brackets of treebank tokenisation, which no article has."""
    for written, plain in (
        ("-LRB-", "("), ("-RRB-", ")"), ("``", '"'), ("''", '"'), (" ,", ","), (" .", "."), (" ;", ";"),
        (" :", ":"), (" 's", "'s"), (" n't", "n't"), ("( ", "("), (" )", ")"), (" -- ", " – "),
    ):  # fmt: skip
        text = text.replace(written, plain)
    return " ".join(text.split())


def capped(rows: Iterable[Row], most: dict[str, int], rng: random.Random) -> list[Row]:
    """Return ``rows`` in random order with at most so many of each source named in ``most``."""
    shuffled = list(rows)
    rng.shuffle(shuffled)
    left = dict(most)
    kept = []
    for row in shuffled:
        if left.get(row.source, 1) > 0:
            kept.append(row)
            if row.source in left:
                left[row.source] -= 1
    return kept


def batches(lengths: Sequence[int], size: int, rng: random.Random) -> Iterator[list[int]]:
    """Yield batches of indices of about equal length, in random order: little of them is padding."""
    order = sorted(range(len(lengths)), key=lambda i: lengths[i] + rng.uniform(0.0, 6.0))
    cut = [order[i : i + size] for i in range(0, len(order), size)]
    rng.shuffle(cut)
    yield from cut
