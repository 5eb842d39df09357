"""Scores a run over a planted story: what was found of the plants, and how many flags are right.

A flag is a contradiction in the report, no update and no speakers who differ. It finds a plant when one side
is an edited sentence and the other one that states the fact as it was. Any other flag is right only where a
person judged it right, by its two sentences: flags of the control run are read one by one, and come back in a
planted run. What was judged is a JSON list, or a TOML array of tables ``flags``, of
``{quotes = [one, other], right = true}``. All else counts as false until it is read.
"""

import json
import sys
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.planting.planted import Plant, read_planted
from pipeline.store import read_report
from schemas.contradiction import Contradiction, Relation
from schemas.report import Report

SCORE = "plantscore.json"
SHORTEST_PART = 20  # characters; less is in many a sentence
_Pair = frozenset[str]


@dataclass(frozen=True)
class ReadFlag:
    """One flag and how it counts: ``found``, ``right``, ``wrong`` (judged so), ``control`` or ``false``.

    ``control`` is a flag that the control has, too, and nobody has judged; ``is_near`` marks one on an edited
    sentence that finds no plant: read these first.
    """

    counts_as: str
    plants: tuple[str, ...]
    kind: str
    confidence: float
    reason: str
    quotes: tuple[str, str]
    is_near: bool = False


@dataclass(frozen=True)
class Score:
    """The figures of one run; ``by_kind`` has for each kind how many plants were found, and of how many."""

    planted: int
    found: int
    recall: float | None
    by_kind: Mapping[str, tuple[int, int]]
    flags: int
    right: int
    share_right: float | None
    share_right_of_new: float | None  # of the flags that the control does not have
    control_flags: int | None
    missed: tuple[str, ...]
    read: tuple[ReadFlag, ...] = field(repr=False)


def score(
    plants: Sequence[Plant], report: Report, control: Report | None, judged: Mapping[_Pair, bool]
) -> Score:
    """Compare the flags of ``report``, a run over a planted story, with what was planted."""
    names = {article.id: Path(article.path).name for article in report.articles}
    known = {_pair(flag) for flag in _flags(control)} if control else set()
    read = [_read(flag, plants, names, known, judged) for flag in _flags(report)]
    hit = {plant for flag in read for plant in flag.plants}
    counts = Counter(flag.counts_as for flag in read)
    right = counts["found"] + counts["right"]
    new = len(read) - sum(frozenset(flag.quotes) in known for flag in read)
    kinds = sorted({plant.kind.value for plant in plants})
    of_kind = {kind: [plant.id for plant in plants if plant.kind.value == kind] for kind in kinds}
    return Score(
        planted=len(plants),
        found=len(hit),
        recall=len(hit) / len(plants) if plants else None,
        by_kind={kind: (len(hit & set(ids)), len(ids)) for kind, ids in of_kind.items()},
        flags=len(read),
        right=right,
        share_right=right / len(read) if read else None,
        share_right_of_new=counts["found"] / new if new else None,
        control_flags=len(known) if control else None,
        missed=tuple(plant.id for plant in plants if plant.id not in hit),
        read=tuple(read),
    )


def read_judged(path: Path) -> dict[_Pair, bool]:
    """Return what a person said of flags, by their two quotes; raises ValueError for another form of file."""
    text = path.read_text(encoding="utf-8")
    entries = tomllib.loads(text).get("flags", []) if path.suffix == ".toml" else json.loads(text)
    try:
        return {frozenset(entry["quotes"]): bool(entry["right"]) for entry in entries}
    except (TypeError, KeyError) as error:
        raise ValueError(
            f"{path}: each flag needs quotes = [one, other] and right = true or false"
        ) from error


def report_score(planted: Path, out: Path, control: Path | None, judged: Path | None, to: Path | None) -> int:
    """Print the score of the run in ``out`` over the story in ``planted``, write it as JSON, and return 0."""
    plants = read_planted(planted)
    found = score(
        plants,
        read_report(out),
        read_report(control) if control else None,
        read_judged(judged) if judged else {},
    )
    (to or out / SCORE).write_text(
        json.dumps(asdict(found), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    _print(found, plants)
    return 0


def _flags(report: Report) -> list[Contradiction]:
    return [c for c in report.contradictions if c.relation is Relation.contradiction]


def _pair(flag: Contradiction) -> _Pair:
    return frozenset(side.quote for side in flag.sides)


def _read(
    flag: Contradiction,
    plants: Sequence[Plant],
    names: Mapping[str, str],
    known: set[_Pair],
    judged: Mapping[_Pair, bool],
) -> ReadFlag:
    sides = [(names[side.article_id], side.quote) for side in flag.sides]
    hits = tuple(plant.id for plant in plants if _finds(plant, sides) or _finds(plant, sides[::-1]))
    pair = _pair(flag)
    counts_as = "false"
    if hits:
        counts_as = "found"
    elif pair in judged:
        counts_as = "right" if judged[pair] else "wrong"
    elif pair in known:
        counts_as = "control"
    return ReadFlag(
        counts_as=counts_as,
        plants=hits,
        kind=flag.kind.value,
        confidence=flag.confidence,
        reason=flag.reason,
        quotes=(sides[0][1], sides[1][1]),
        is_near=not hits and any(_is_edited(plant, side) for plant in plants for side in sides),
    )


def _finds(plant: Plant, sides: Sequence[tuple[str, str]]) -> bool:
    (name, quote), other = sides[1], sides[0]
    return _is_edited(plant, other) and any(
        counterpart.article == name and _is_one(counterpart.quote, quote)
        for counterpart in plant.counterparts
    )


def _is_edited(plant: Plant, side: tuple[str, str]) -> bool:
    article, quote = side
    edited = (plant.edited, *(rewritten.edited for rewritten in plant.also))
    return article == plant.article and any(_is_one(text, quote) for text in edited)


def _is_one(sentence: str, quote: str) -> bool:
    """Tell whether a side quotes the sentence, whole or in part, or with its neighbour."""
    if min(len(sentence), len(quote)) < SHORTEST_PART:
        return sentence == quote
    return quote in sentence or sentence in quote


def _print(found: Score, plants: Sequence[Plant]) -> None:
    print(f"plants found: {found.found} of {found.planted}")
    for kind, (hit, of) in found.by_kind.items():
        print(f"  {kind}: {hit} of {of}")
    counts = Counter(flag.counts_as for flag in found.read)
    print(f"flags: {found.flags}; right: {found.right} ({_percent(found.share_right)})")
    print(f"  {', '.join(f'{n} {name}' for name, n in sorted(counts.items()))}")
    if found.control_flags is not None:
        share = _percent(found.share_right_of_new)
        print(f"  the control has {found.control_flags}; right of those it has not: {share}")
    for plant in plants:
        if plant.id in found.missed:
            print(
                f"  missed {plant.id}, {plant.kind.value}, {plant.article}: {plant.before} -> {plant.after}"
            )
    for flag in found.read:
        if flag.counts_as != "found":
            near = ", on an edited sentence" if flag.is_near else ""
            print(f"  {flag.counts_as}{near}, {flag.kind}, {flag.confidence:.2f}: {flag.reason}")
            print("".join(f"      {quote}\n" for quote in flag.quotes), end="")


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.0%}"


if __name__ == "__main__":
    sys.exit(report_score(Path(sys.argv[1]), Path(sys.argv[2]), None, None, None))
