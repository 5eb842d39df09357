"""Measures what is found without a model: ``python -m benchmarks.compare STORY…``.

Only ingest and compare are run. A suspicion that the rules of pipeline/adjudicate.py call a contradiction
is right when its two sentences are two sides of one conflict of the gold, and wrong when they are sides of a
hard negative. What lies on nothing labelled is listed with its sentences, to be read by a person; so is all
of a story without gold.json.
"""

import sys
import time
from collections import Counter
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

from benchmarks.gold import Gold, GoldConflict, HardNegative, read_gold
from benchmarks.scoring.judge import is_same
from benchmarks.scoring.outcome import FlaggedSide
from pipeline.adjudicate import relation_of
from pipeline.compare import compare
from pipeline.ingest import ingest
from schemas.article import Article
from schemas.contradiction import Relation
from schemas.suspicion import Suspicion


class Weighed(NamedTuple):
    """A suspicion with what code makes of it, and the ids of what it lies on."""

    suspicion: Suspicion
    relation: Relation
    conflicts: tuple[str, ...]
    hard: tuple[str, ...]


def weigh(articles: Sequence[Article], gold: Gold | None) -> list[Weighed]:
    """Return all that compare() finds between ``articles``, held against ``gold`` where there is one."""
    by_id = {article.id: article for article in articles}
    weighed = []
    for suspicion in compare(articles):
        sides = tuple(
            FlaggedSide(article=Path(by_id[side.article_id].path).name, quote=side.quote)
            for side in suspicion.sides
        )
        conflicts = tuple(e.id for e in gold.conflicts if _lies_on(sides, e)) if gold else ()
        hard = tuple(f"{e.id} ({e.type})" for e in gold.hard_negatives if _lies_on(sides, e)) if gold else ()
        weighed.append(Weighed(suspicion, relation_of(suspicion, by_id), conflicts, hard))
    return weighed


def _lies_on(sides: tuple[FlaggedSide, ...], entry: GoldConflict | HardNegative) -> bool:
    first, second = sides
    return any(is_same(first, a) and is_same(second, b) for a, b in permutations(entry.sides, 2))


def main(stories: Sequence[Path]) -> int:
    """Print, for each story, what was found by kind, what was flagged wrongly, and what nobody labelled."""
    for story in stories:
        articles = ingest([story])[0].articles
        gold = read_gold(story) if (story / "gold.json").exists() else None
        start = time.process_time()
        weighed = weigh(articles, gold)
        print(f"{story.name}: {time.process_time() - start:.2f} s")
        if gold:
            _print_found(gold, weighed)
        for one in weighed:
            if not one.conflicts:
                _print_other(one, {article.id: article.label for article in articles})
    return 0


def _print_found(gold: Gold, weighed: Sequence[Weighed]) -> None:
    flagged = [one for one in weighed if one.relation is Relation.contradiction]
    found = {name for one in flagged for name in one.conflicts}
    planted = Counter(entry.kind.value for entry in gold.conflicts)
    hits = Counter(entry.kind.value for entry in gold.conflicts if entry.id in found)
    kinds = ", ".join(f"{kind} {hits[kind]}/{count}" for kind, count in sorted(planted.items()))
    print(f"  found {len(found)} of {len(gold.conflicts)}: {kinds}")
    wrong = [one for one in flagged if one.hard and not one.conflicts]
    unread = [one for one in flagged if not one.hard and not one.conflicts]
    print(f"  flagged: on hard negatives {len(wrong)}, on nothing labelled {len(unread)}")
    print(f"  missed: {', '.join(e.id for e in gold.conflicts if e.id not in found)}")
    for one in weighed:
        if one.conflicts:
            print(f"  right, {one.relation.value}: {one.suspicion.what} [{', '.join(one.conflicts)}]")


def _print_other(one: Weighed, labels: dict[str, str]) -> None:
    where = f"hard negative {', '.join(one.hard)}" if one.hard else "nothing labelled"
    kind = one.suspicion.kind.value if one.suspicion.kind else "?"
    print(f"  on {where}: {one.relation.value}, {kind}: {one.suspicion.what}")
    for side in one.suspicion.sides:
        print(f"      {labels[side.article_id]}: {' '.join(side.quote.split())}")


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]]))
