"""Scores a run against a story's gold.json: ``python -m benchmarks.score OUT examples/ellen-marrick``.

A flag (a contradiction, not an update or speakers who differ) is right when both its quotes are sides of one
planted conflict, wrong when they are sides of one lookalike, and otherwise listed to be read by a person.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pipeline.store import read_report
from schemas.contradiction import Relation


def main(out: Path, story: Path) -> int:
    """Print what was found, missed and flagged for nothing."""
    gold = json.loads((story / "gold.json").read_text(encoding="utf-8"))
    report = read_report(out)
    flags = [c for c in report.contradictions if c.relation is Relation.contradiction]
    names = {article.id: article.label for article in report.articles}
    found: set[str] = set()
    wrong: list[str] = []
    other: list[str] = []
    for flag in flags:
        pair = {side.quote for side in flag.sides}
        line = f"{flag.kind.value}, {flag.confidence:.2f}: {flag.reason}"
        hits = _holding(gold["conflicts"], pair)
        if hits:
            found.update(hits)
        elif lookalikes := _holding(gold["lookalikes"], pair):
            wrong.append(f"{line} [{', '.join(lookalikes)}]")
        else:
            sides = "\n".join(f"      {names[s.article_id]}: {s.quote}" for s in flag.sides)
            other.append(f"{line}\n{sides}")
    planted = [entry["id"] for entry in gold["conflicts"]]
    print(f"conflicts found: {len(found)} of {len(planted)}; flags: {len(flags)}")
    print(f"lookalikes flagged: {len(wrong)} of {len(gold['lookalikes'])}; to be read: {len(other)}")
    _list("missed", [entry for entry in planted if entry not in found])
    _list("wrong", wrong)
    _list("to be read", other)
    return 0


def _holding(entries: list[dict[str, Any]], pair: set[str]) -> list[str]:
    return [entry["id"] for entry in entries if pair <= {side["quote"] for side in entry["sides"]}]


def _list(title: str, lines: list[str]) -> None:
    for line in lines:
        print(f"  {title}: {line}")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
