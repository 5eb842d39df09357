"""Measures an exported verifier: ``python -m training.measure FOLDER [--sets DATA] [--planted DIR …]``.

Three figures. Balanced accuracy on the development sets, by a map fitted on its three scores, cross-validated
by claim. How well its score of contradiction tells a planted sentence from the same sentence unedited, held
against the sentence of another article (AUC; the generator is the one it was trained with). And the same on
the open benchmark stories, whose conflicts were written by hand, against all other pairs on one subject.
"""

import argparse
import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.gold import read_gold
from benchmarks.judges import FITTED, LABELS
from benchmarks.planting.planted import read_planted
from pipeline.align import align
from pipeline.evaluation.labels import decide, gold_classes, read_space, space_of
from pipeline.evaluation.rows import read_rows
from pipeline.evaluation.sample import draw
from pipeline.ingest import ingest
from pipeline.verifier.calibrate import cross_validated
from pipeline.verifier.embedder import shipped
from pipeline.verifier.excerpt import excerpt
from schemas.evaluation import DecisionWeights
from training.encoder import NAMES, Encoder

OPEN = Path(__file__).parents[1] / "benchmarks" / "stories" / "open"
Floats = NDArray[np.float64]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", type=Path)
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--planted", type=Path, nargs="*", default=[])
    parser.add_argument("-o", "--out", type=Path)
    options = parser.parse_args()
    encoder = Encoder(options.folder)
    found: dict[str, object] = {"bytes": (options.folder / "verifier.int8.onnx").stat().st_size}
    if options.sets:
        found["balanced_accuracy"] = of_sets(encoder, options.sets, options.limit)
        found["rows_a_set"] = options.limit
    if options.planted:
        found["planted"] = of_planted(encoder, options.planted)
    found["stories"] = of_stories(encoder)
    text = json.dumps(found, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


def of_sets(encoder: Encoder, data: Path, limit: int) -> dict[str, float]:
    """Return the balanced accuracy on each development set."""
    rows, sets = [], []
    for name in FITTED:
        drawn = draw(read_rows(data / name / "dev.jsonl"), limit, 0)
        rows += drawn
        sets += [name] * len(drawn)
    pairs = [(excerpt(row.evidence, row.claim), row.claim) for row in rows]
    scores = cross_validated(NAMES, rows, sets, encoder.scores(pairs).astype(np.float64))
    accuracy = {}
    for name in FITTED:
        mine = [i for i, owner in enumerate(sets) if owner == name]
        of_set = [rows[i] for i in mine]
        space = read_space(LABELS[name]) if name in LABELS else space_of(row.label for row in of_set)
        gold = gold_classes(of_set, space)
        given = decide([scores[i] for i in mine], space, DecisionWeights())
        recalls = [float((given[gold == label] == label).mean()) for label in np.unique(gold)]
        accuracy[name] = round(float(np.mean(recalls)), 4)
    return accuracy


def of_planted(encoder: Encoder, folders: Sequence[Path]) -> dict[str, float]:
    """Return how well edited sentences are told from the same ones unedited."""
    edited, original = [], []
    for plant in (plant for folder in folders for plant in read_planted(folder)):
        quote = plant.counterparts[0].quote
        edited.append((quote, plant.edited))
        original.append((quote, plant.original))
    return _told_apart(_contradicts(encoder, edited), _contradicts(encoder, original))


def of_stories(encoder: Encoder) -> dict[str, float]:
    """Return how well planted conflicts are told from other pairs of sentences on one subject."""
    conflicts, others = [], []
    for folder in sorted(OPEN.iterdir()):
        (story,) = ingest([folder])
        gold = {
            frozenset(_flat(side.quote) for side in pair)
            for conflict in read_gold(folder).conflicts
            for pair in combinations(conflict.sides, 2)
        }
        for pair in align((), story.articles, shipped().vectors):
            texts = (pair.one.text, pair.other.text)
            (conflicts if frozenset(texts) in gold else others).append(texts)
    return _told_apart(_contradicts(encoder, conflicts), _contradicts(encoder, others))


def _contradicts(encoder: Encoder, pairs: Sequence[tuple[str, str]]) -> Floats:
    """Return the mean log-odds of contradiction, asked both ways round."""
    ways = [encoder.scores(pairs), encoder.scores([(b, a) for a, b in pairs])]
    odds: Floats = np.mean([s[:, 1] - np.logaddexp(s[:, 0], s[:, 2]) for s in ways], axis=0)
    return odds


def _told_apart(right: Floats, wrong: Floats) -> dict[str, float]:
    wins = (right[:, None] > wrong[None, :]).mean() + 0.5 * (right[:, None] == wrong[None, :]).mean()
    return {"auc": round(float(wins), 4), "conflicts": len(right), "others": len(wrong)}


def _flat(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
