"""Counts what the benchmark stories hold, in numbers alone: ``python -m benchmarks.census``.

The table it prints is the one in benchmarks/stories/DATASHEET.md.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final, get_args

from benchmarks.gold import Difficulty, Gold, HardKind, read_gold
from pipeline.reading.sentences import split_sentences
from schemas.contradiction import ConflictKind

STORIES: Final = Path(__file__).parent / "stories"
HALVES: Final = ("open", "unseen")


def census(story: Path) -> Counter[str]:
    """Count one story's articles, sentences, words and labels. Raises ValueError where its gold is faulty.

    The error says how many faults there are, and nothing of the story: it may be one that is not to be read.
    """
    try:
        gold = read_gold(story)
    except ValueError as error:
        faults = len(str(error).splitlines())
        raise ValueError(f"{story}: {faults} fault(s); python -m benchmarks.gold names them") from None
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(story.glob("*.txt"))}
    sentences = [(name, s.span.cut(text)) for name, text in texts.items() for s in split_sentences(text)]
    conflicts = {(side.article, side.quote) for entry in gold.conflicts for side in entry.sides}
    negatives = {(side.article, side.quote) for entry in gold.hard_negatives for side in entry.sides}
    counts = Counter(
        {
            "stories": 1,
            "articles": len(texts),
            "words": sum(len(text.split()) for text in texts.values()),
            "sentences": len(sentences),
            "sentences that are a side of a conflict": sum(at in conflicts for at in sentences),
            "sentences that are a side of a hard negative": sum(at in negatives for at in sentences),
            "sentences that are either": sum(at in conflicts | negatives for at in sentences),
        }
    )
    counts.update(_labels(gold))
    return counts


def _labels(gold: Gold) -> Iterator[str]:
    for conflict in gold.conflicts:
        yield from ("conflicts", f"conflicts: {conflict.kind.value}", f"conflicts: {conflict.difficulty}")
    for negative in gold.hard_negatives:
        yield from ("hard negatives", f"hard negatives: {negative.type}")
    yield from ("agreements" for _ in gold.agreements)
    yield from ("facts of one outlet alone" for _ in gold.single_outlet)
    yield from ("sentences with their speaker" for _ in gold.speakers)


def rows() -> tuple[str, ...]:
    """Return what is counted, in the order of the table."""
    kinds = (f"conflicts: {name}" for name in chain(ConflictKind, get_args(Difficulty)))
    types = (f"hard negatives: {name}" for name in get_args(HardKind))
    sides = ("a side of a conflict", "a side of a hard negative", "either")
    return (
        *("stories", "articles", "words", "sentences"),
        *(f"sentences that are {side}" for side in sides),
        *("conflicts", *kinds, "hard negatives", *types),
        *("agreements", "facts of one outlet alone", "sentences with their speaker"),
    )


def table(parts: Sequence[tuple[str, Counter[str]]]) -> str:
    """Return a Markdown table with a column for each of ``parts``, a name and its counts, and one for all."""
    columns = [*parts, ("all", sum((counts for _, counts in parts), Counter[str]()))]
    lines = [
        f"| | {' | '.join(name for name, _ in columns)} |",
        f"|---|{'---:|' * len(columns)}",
        *(f"| {row} | {' | '.join(_cell(row, counts) for _, counts in columns)} |" for row in rows()),
    ]
    return "\n".join(lines)


def _cell(row: str, counts: Counter[str]) -> str:
    number = f"{counts[row]:,}"
    is_share = row.startswith("sentences that are") and counts["sentences"]
    return f"{number} ({counts[row] / counts['sentences']:.0%})" if is_share else number


def halves(stories: Path = STORIES) -> list[tuple[str, Counter[str]]]:
    """Count both halves of the benchmark; raises ValueError where a story's gold is faulty."""
    folders = {half: sorted(path.parent for path in (stories / half).glob("*/gold.json")) for half in HALVES}
    return [(half, sum(map(census, found), Counter[str]())) for half, found in folders.items()]


if __name__ == "__main__":
    print(table(halves()))
