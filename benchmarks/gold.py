"""The gold labels of a benchmark story, and the check that they hold: ``python -m benchmarks.gold STORY…``.

``--schema`` prints the JSON Schema of gold.json.

A story is a folder of articles with a ``gold.json``. Every quote is a whole sentence that stands in its
article exactly once; what differs is marked by words of that sentence. The meaning of each label is in
benchmarks/stories/GUIDE.md.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError, model_validator

from schemas.contradiction import ConflictKind

HardKind = Literal[
    "update",
    "speakers_differ",
    "bound",
    "rounding",
    "scope",
    "unit",
    "paraphrase",
    "wire_copy",
    "time_zone",
    "denial",
    "injection",
    "other",
]
Difficulty = Literal["plain", "worded", "hidden"]


class _Gold(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GoldSide(_Gold):
    """One whole sentence of one article; ``differs`` are the words in it that carry the value, if known."""

    article: str
    quote: str
    differs: str | None = None


class GoldConflict(_Gold):
    """Statements about one fact that cannot all be true; every pair of sides is a right flag."""

    id: str
    kind: ConflictKind
    difficulty: Difficulty
    what: str
    why: str
    relation: Literal["contradiction"] = "contradiction"
    sides: tuple[GoldSide, ...]


class HardNegative(_Gold):
    """Statements that look like a conflict and are none; a flag on any pair of sides is wrong."""

    id: str
    type: HardKind
    what: str
    why: str
    sides: tuple[GoldSide, ...]


class GoldAgreement(_Gold):
    """Statements of two or more articles that say the same; a claim from one is supported by the others."""

    what: str
    sides: tuple[GoldSide, ...]


class GoldAlone(_Gold):
    """A fact that one article alone reports; its claim is unsupported."""

    what: str
    article: str
    quote: str


class GoldSpeaker(_Gold):
    """Who says what a sentence states; ``speaker`` is null when the outlet itself does."""

    article: str
    quote: str
    speaker: str | None


class Gold(_Gold):
    """The labels of one story."""

    story: str
    conflicts: tuple[GoldConflict, ...]
    hard_negatives: tuple[HardNegative, ...]
    agreements: tuple[GoldAgreement, ...]
    single_outlet: tuple[GoldAlone, ...]
    speakers: tuple[GoldSpeaker, ...] = ()

    @model_validator(mode="after")
    def _check_ids(self) -> Self:
        entries: tuple[GoldConflict | HardNegative, ...] = (*self.conflicts, *self.hard_negatives)
        counts = Counter(entry.id for entry in entries)
        if twice := [name for name, count in counts.items() if count > 1]:
            raise ValueError(f"ids used twice: {', '.join(twice)}")
        for entry in entries:
            if len(entry.sides) < 2:
                raise ValueError(f"{entry.id} has fewer than two sides")
            if len({side.article for side in entry.sides}) < 2:
                raise ValueError(f"{entry.id} has all its sides in one article")
        return self


def read_gold(story: Path) -> Gold:
    """Read and check the gold of the story in folder ``story``; raises ValueError with one line a fault."""
    try:
        gold = Gold.model_validate_json((story / "gold.json").read_text(encoding="utf-8"))
    except ValidationError as error:
        raise ValueError(
            "\n".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        ) from error
    if faults := _misquoted(gold, story):
        raise ValueError("\n".join(faults))
    return gold


def _misquoted(gold: Gold, story: Path) -> list[str]:
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(story.glob("*.txt"))}
    sides = [side for entry in gold.conflicts for side in entry.sides]
    sides += [side for entry in gold.hard_negatives for side in entry.sides]
    sides += [side for entry in gold.agreements for side in entry.sides]
    quotes = [(side.article, side.quote) for side in sides]
    quotes += [(entry.article, entry.quote) for entry in gold.single_outlet]
    quotes += [(entry.article, entry.quote) for entry in gold.speakers]
    faults = [
        f"{article}: not in it exactly once: {quote!r}"
        for article, quote in dict.fromkeys(quotes)
        if texts.get(article, "").count(quote) != 1
    ]
    faults += [
        f"{side.article}: {side.differs!r} does not stand in {side.quote!r}"
        for side in sides
        if side.differs is not None and side.differs not in side.quote
    ]
    return faults


def gold_schema() -> dict[str, JsonValue]:
    """Return the JSON Schema of gold.json; that quotes stand in their articles is beyond it."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Gold.model_json_schema()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Check each story and print what it holds, in numbers alone; with --schema, print the JSON Schema."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gold", description="Check gold labels.")
    parser.add_argument("stories", nargs="*", type=Path, help="folders with articles and a gold.json")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of gold.json")
    given = parser.parse_args(arguments)
    if not given.stories and not given.schema:
        parser.error("name the folders of the stories to check")
    if given.schema:
        print(json.dumps(gold_schema(), indent=2, ensure_ascii=False))
    return _check(given.stories)


def _check(stories: Sequence[Path]) -> int:
    failed = False
    for story in stories:
        try:
            gold = read_gold(story)
        except (ValueError, OSError) as error:
            print(f"{story}:\n{error}")
            failed = True
            continue
        kinds = Counter(c.kind.value for c in gold.conflicts)
        types = Counter(n.type for n in gold.hard_negatives)
        print(f"{story}: {len(gold.conflicts)} conflicts {dict(kinds)}")
        print(f"  {len(gold.hard_negatives)} hard negatives {dict(types)}")
        print(
            f"  {len(gold.agreements)} agreements, {len(gold.single_outlet)} from one outlet alone,"
            f" {len(gold.speakers)} speakers"
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
