"""Fits the weights of suspicions on stories with gold labels.

``python -m benchmarks.fit_suspicions [-o FILE] OUT STORY [OUT STORY …]``: OUT is a finished run over STORY,
whose claims are taken as they are. A pair of sentences is right when both are sides of one planted conflict;
pairs that code takes for an update or two speakers who differ are left out, for they are no flags. All pairs
near in subject are fitted on, so that the weights know what is ordinary; flags are those in which something
was found. Printed is how the fit does on each story when it was made without it.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.gold import Gold, read_gold
from pipeline.adjudicate import relation_of
from pipeline.align import align
from pipeline.compare import compare
from pipeline.ingest import ingest
from pipeline.store import read_report
from pipeline.suspect import FEATURES, Measured, SuspicionMap, measure, raised
from pipeline.verifier.embedder import shipped
from pipeline.verifier.fit import Array, fit_logistic
from schemas.contradiction import Relation


@dataclass(frozen=True)
class Labelled:
    """The measured pairs of one story with their labels; ``conflicts`` are the ids a pair would find."""

    story: str
    pairs: tuple[Measured, ...]
    rows: Array
    right: Array
    conflicts: tuple[tuple[str, ...], ...]
    planted: int


def main() -> None:
    """Fit, print the left-out scores, and write the map."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--out", type=Path)
    parser.add_argument("--show", action="store_true", help="list each pair with its odds")
    parser.add_argument("runs", nargs="+", type=Path)
    options = parser.parse_args()
    if len(options.runs) % 2 or len(options.runs) < 4:
        parser.error("name two or more pairs of OUT and STORY: each story is scored by a fit without it")
    stories = [labelled(out, story) for out, story in zip(options.runs[::2], options.runs[1::2], strict=True)]
    odds = [_odds(_fitted([other for other in stories if other is not s]), s.rows) for s in stories]
    for least in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        _print_at(least, stories, odds)
    if options.show:
        _show(stories, odds)
    fitted = _fitted(stories)
    print(dict(zip(FEATURES, fitted.weights, strict=True)), fitted.bias)
    if options.out:
        options.out.write_text(fitted.model_dump_json(indent=1) + "\n", encoding="utf-8")


def labelled(out: Path, folder: Path) -> Labelled:
    """Return the pairs of sentences of a finished run that anything speaks against, with their labels."""
    (story,) = ingest([folder])
    gold = read_gold(folder)
    articles = {article.id: article for article in story.articles}
    claims = read_report(out).claims
    pairs = []
    for pair in measure(compare(story.articles), align(claims, story.articles, shipped().vectors), articles):
        found = raised(pair)
        if not found or any(relation_of(s, articles) is Relation.contradiction for s in found):
            pairs.append(pair)
    ids = [_ids(pair, gold, {a.id: Path(a.path).name for a in story.articles}) for pair in pairs]
    return Labelled(
        story=story.name,
        pairs=tuple(pairs),
        rows=np.array([pair.row() for pair in pairs]).reshape(len(pairs), len(FEATURES)),
        right=np.array([float(bool(found)) for found in ids]),
        conflicts=tuple(ids),
        planted=len(gold.conflicts),
    )


def _ids(pair: Measured, gold: Gold, names: dict[str, str]) -> tuple[str, ...]:
    sides = {(names[s.article.id], s.text) for s in (pair.one, pair.other)}
    return tuple(
        conflict.id
        for conflict in gold.conflicts
        if len(sides & {(side.article, " ".join(side.quote.split())) for side in conflict.sides}) == 2
    )


def _fitted(stories: list[Labelled]) -> SuspicionMap:
    rows, right = np.vstack([s.rows for s in stories]), np.concatenate([s.right for s in stories])
    theta = fit_logistic(rows, [int(r) for r in right], 2)
    slope = theta[1] - theta[0]
    return SuspicionMap(
        weights=tuple(round(float(w), 4) for w in slope[:-1]),
        bias=round(float(slope[-1]), 4),
        fitted_on={s.story: len(s.pairs) for s in stories},
    )


def _odds(fitted: SuspicionMap, rows: Array) -> Array:
    likely: Array = 1.0 / (1.0 + np.exp(-(rows @ np.asarray(fitted.weights) + fitted.bias)))
    return likely


def _print_at(least: float, stories: list[Labelled], odds: list[Array]) -> None:
    told = []
    for story, likely in zip(stories, odds, strict=True):
        flagged = [i for i, p in enumerate(likely) if p >= least and raised(story.pairs[i])]
        found = {name for i in flagged for name in story.conflicts[i]}
        right = sum(bool(story.conflicts[i]) for i in flagged)
        told.append((len(found), story.planted, right, len(flagged)))
    found, planted, right, flags = (sum(column) for column in zip(*told, strict=True))
    each = " ".join(f"{f}/{p}:{r}/{n}" for f, p, r, n in told)
    print(f"from {least}: found {found} of {planted}, right {right} of {flags} flags ({each})")


def _show(stories: list[Labelled], odds: list[Array]) -> None:
    for story, likely in zip(stories, odds, strict=True):
        for i in np.argsort(-likely):
            if likely[i] >= 0.2:
                pair, ids = story.pairs[i], story.conflicts[i]
                values = " ".join(
                    f"{name}={value:.1f}" for name, value in zip(FEATURES, story.rows[i], strict=True)
                )
                print(f"\n{likely[i]:.2f} {'RIGHT ' + ' '.join(ids) if ids else 'WRONG'} {values}")
                for statement in (pair.one, pair.other):
                    print(f"    {statement.text}")


if __name__ == "__main__":
    main()
