"""Measures how well claims are put in the order of their worth: ``python -m benchmarks.checkworthy [ROWS]``.

``ROWS`` holds a JSON object a line, with ``claim`` and ``label`` (``check_worthy`` or ``not_check_worthy``).
The default is not part of this repository: sentences of political debates, marked where journalists checked
them (CLEF-2019 CheckThat!, task 1). Two baselines stand beside the score: an order by chance, and one by the
length of the sentence. ``--json FILE`` writes the measures, too.
"""

import argparse
import json
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from benchmarks.stored import CheckworthyResult, OrderMeasure
from pipeline.checkworthy import checkworthiness
from pipeline.store import make_folder, write_text
from schemas.evaluation import Estimate

DEFAULT: Final = Path(__file__).parents[2] / "shared" / "eval" / "checkworthy_clef2019" / "dev.jsonl"
LABELS: Final = {"check_worthy": True, "not_check_worthy": False}
TOP: Final = 50
RESAMPLES: Final = 1000
SEED: Final = 20261122

Measure = Callable[[Sequence[float], Sequence[bool]], float]


def auc(scores: Sequence[float], worthy: Sequence[bool]) -> float:
    """Return the chance that a worthy row has a higher score than another; equal scores count half."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks, first = 0.0, 0
    while first < len(order):
        last = first
        while last + 1 < len(order) and scores[order[last + 1]] == scores[order[first]]:
            last += 1
        ranks += (1 + (first + last) / 2) * sum(worthy[i] for i in order[first : last + 1])
        first = last + 1
    positives = sum(worthy)
    negatives = len(worthy) - positives
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def average_precision(scores: Sequence[float], worthy: Sequence[bool]) -> float:
    """Return the mean precision at each worthy row; rows of equal score in the order given."""
    found, total = 0, 0.0
    for place, is_worthy in enumerate(_ranked(scores, worthy), start=1):
        if is_worthy:
            found += 1
            total += found / place
    return total / found


def precision_at_top(scores: Sequence[float], worthy: Sequence[bool]) -> float:
    """Return the share of worthy rows among the ``TOP`` best."""
    top = _ranked(scores, worthy)[:TOP]
    return sum(top) / len(top)


MEASURES: Final[tuple[tuple[str, Measure], ...]] = (
    ("AUC", auc),
    ("average precision", average_precision),
    (f"precision at {TOP}", precision_at_top),
)


def _ranked(scores: Sequence[float], worthy: Sequence[bool]) -> list[bool]:
    return [worthy[i] for i in sorted(range(len(scores)), key=lambda i: -scores[i])]


def main(path: Path, to: Path | None = None) -> int:
    """Print each measure with its 95 % interval, from rows drawn again with repeats (the bootstrap)."""
    if not path.is_file():
        print(f"There are no rows at {path}: nothing was measured. Name a file of rows as the argument.")
        return 2
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    random.Random(SEED).shuffle(rows)  # a file sorted by label must not settle equal scores
    texts = [str(row["claim"]) for row in rows]
    worthy = [LABELS[row["label"]] for row in rows]
    if len(set(worthy)) < 2:
        print(f"All rows of {path} have one label: there is no order to measure.")
        return 2
    chance = random.Random(SEED)
    orders = {
        "checkworthiness": [checkworthiness(text).score for text in texts],
        "length": [float(len(text)) for text in texts],
        "chance": [chance.random() for _ in texts],
    }
    print(f"{len(rows)} rows, {sum(worthy) / len(rows):.1%} of them check-worthy; 95 % intervals in brackets")
    measures: list[OrderMeasure] = []
    for name, measure in MEASURES:
        print(name)
        found = _estimates(measure, orders, worthy)
        for order, estimate in found.items():
            sign = "+" if order.startswith("gain") else ""
            value, low, high = (estimate.value or 0.0, estimate.low or 0.0, estimate.high or 0.0)
            print(f"  {order:16} {value:{sign}.3f} ({low:.3f} to {high:.3f})")
        measures += [OrderMeasure(measure=name, order=order, estimate=e) for order, e in found.items()]
    if to is not None:
        result = CheckworthyResult(rows=len(rows), worthy=sum(worthy), measures=tuple(measures))
        make_folder(to.parent)
        write_text(to, result.model_dump_json(indent=1) + "\n")
    return 0


def _estimates(
    measure: Measure, orders: dict[str, list[float]], worthy: Sequence[bool]
) -> dict[str, Estimate]:
    """Return the measure of each order, and how far the first is above the second, on the same rows."""
    drawn = _resamples(worthy)
    found = {
        name: [measure([scores[i] for i in rows], [worthy[i] for i in rows]) for rows in drawn]
        for name, scores in orders.items()
    }
    estimates = {name: _estimate(measure(scores, worthy), found[name]) for name, scores in orders.items()}
    first, second, *_ = orders
    gains = [a - b for a, b in zip(found[first], found[second], strict=True)]
    gain = measure(orders[first], worthy) - measure(orders[second], worthy)
    return {**estimates, f"gain on {second}": _estimate(gain, gains)}


def _resamples(worthy: Sequence[bool]) -> list[list[int]]:
    """Return draws of as many rows as there are; a draw in which all have one label is left out."""
    generator = random.Random(SEED)
    drawn = [generator.choices(range(len(worthy)), k=len(worthy)) for _ in range(RESAMPLES)]
    return [rows for rows in drawn if len({worthy[i] for i in rows}) == 2]


def _estimate(value: float, drawn: Sequence[float]) -> Estimate:
    ordered = sorted(drawn)
    low, high = (ordered[round(share * (len(ordered) - 1))] for share in (0.025, 0.975))
    return Estimate(value=round(value, 6), low=round(low, 6), high=round(high, 6))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checkworthy", description=__doc__)
    parser.add_argument("rows", nargs="?", type=Path, metavar="ROWS", default=DEFAULT)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the measures there, too")
    return parser


if __name__ == "__main__":
    asked_for = _parser().parse_args()
    sys.exit(main(asked_for.rows, asked_for.json))
