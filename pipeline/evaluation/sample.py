"""Draws some of a set's rows: the same ones for one seed, in whatever order the file has them."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence

from schemas.evaluation import LabelledRow


def draw(rows: Sequence[LabelledRow], limit: int | None, seed: int) -> tuple[LabelledRow, ...]:
    """Return ``limit`` of ``rows`` in their order, each label having the share it has in all of them.

    Every label is there where ``limit`` allows it. A smaller draw is a part of a larger one by the same seed,
    so that what was answered for it need not be asked again.
    """
    if limit is None or limit >= len(rows):
        return tuple(rows)
    by_label: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for place, row in enumerate(rows):
        by_label[row.label].append((_lot(row, seed), place))
    # The i-th of a label's m rows stands at i/m: any beginning of this line has each label in proportion.
    line = sorted(
        (rank / len(lots), lot, place)
        for lots in by_label.values()
        for rank, (lot, place) in enumerate(sorted(lots))
    )
    drawn = sorted(place for _, _, place in line[:limit])
    return tuple(rows[place] for place in drawn)


def _lot(row: LabelledRow, seed: int) -> str:
    """Return what decides when a row is drawn: its content, as an id may come from its place in the file."""
    content = json.dumps([seed, row.claim, row.evidence, row.label.value])
    return hashlib.sha256(content.encode()).hexdigest()
