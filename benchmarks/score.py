"""Scores runs against the gold of their stories: ``python -m benchmarks.score OUT STORY [OUT STORY …]``.

A flag (a contradiction, not an update or speakers who differ) is right when its two quotes are two sides of
one conflict. It counts as wrong when they are two sides of a hard negative, and when they are neither: those
are listed for a person to read, who may find a conflict that nobody planted. 95 % intervals are in brackets.
Stories in a folder named ``unseen`` are always scored blind: only figures are shown or written.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.gold import read_gold
from benchmarks.scoring.judge import judge
from benchmarks.scoring.outcome import Score, StoryOutcome
from benchmarks.scoring.show import figures, findings
from benchmarks.scoring.summarise import summarise
from pipeline.errors import InputError
from pipeline.store import read_report, write_text

UNSEEN: Final = "unseen"


def score(runs: Sequence[tuple[Path, Path]], *, is_blind: bool = False) -> Score:
    """Score each run directory against the gold in its story's folder, all together.

    Raises ValueError, with one line a fault, for gold that does not hold, a report that cannot be read or is
    of another story, and a story that is given twice. A blind score tells nothing of what is in the gold, and
    neither do its errors.
    """
    stories: list[StoryOutcome] = []
    for out, story in runs:
        try:
            stories.append(judge(read_report(out), read_gold(story)))
        except (ValueError, OSError, InputError) as error:
            told = "cannot be scored" if is_blind else str(error)
            raise ValueError(f"{out} against {story}: {told}") from None
    names = [outcome.story for outcome in stories]
    if len(set(names)) < len(names):
        raise ValueError("a story is given twice: its entries would count twice")
    found = summarise(stories)
    return found.model_copy(update={"stories": ()}) if is_blind else found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was found, missed and flagged for nothing; return 2 where nothing could be scored."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.score",
        usage="%(prog)s OUT STORY [OUT STORY ...] [--json FILE] [--quiet | --blind]",
        description="Score runs of storycheck against the gold of their stories.",
    )
    parser.add_argument("paths", nargs="+", type=Path, help="run directory and story folder, in turns")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the score there, too")
    parser.add_argument("--quiet", action="store_true", help="print the figures alone")
    parser.add_argument(
        "--blind", action="store_true", help="print and write the figures alone, and no story's name or text"
    )
    given = parser.parse_args(arguments)
    outs, folders = given.paths[::2], given.paths[1::2]
    if len(outs) != len(folders):
        parser.error("give run directories and story folders in turns, as many of each")
    is_blind = given.blind or any(UNSEEN in folder.resolve().parts for folder in folders)
    try:
        found = score(list(zip(outs, folders, strict=True)), is_blind=is_blind)
        if given.json is not None:
            write_text(given.json, found.model_dump_json(indent=2) + "\n")
    except (ValueError, InputError) as error:
        print(error, file=sys.stderr)
        return 2
    for line in figures(found):
        print(line)
    for line in () if given.quiet else findings(found):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
