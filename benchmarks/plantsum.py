"""Adds up the scores of planted stories: ``python -m benchmarks.plantsum STORY SCORE…``.

STORY is the name of the story that was planted in, each SCORE a file that ``benchmarks.plant --score`` wrote,
one a seed. The sum holds figures alone: the scores quote articles, which may be anybody's.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.stored import PlantedResult, PlantedRun
from pipeline.errors import InputError
from pipeline.store import make_folder, write_text

RESULT: Final = Path(__file__).parent / "results" / "planted.json"


def read_score(path: Path) -> PlantedRun:
    """Return the figures of one score; raises InputError where the file is none."""
    try:
        score: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        counts = Counter(flag["counts_as"] for flag in score["read"])
        return PlantedRun(
            planted=score["planted"],
            found=score["found"],
            flags=score["flags"],
            right=score["right"],
            unread=counts["control"] + counts["false"],
            by_kind={kind: tuple(pair) for kind, pair in score["by_kind"].items()},
            share_right_of_new=score.get("share_right_of_new"),
        )
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is no score of benchmarks.plant: {error!r}.") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Print and write the sum; return 2 where a score cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plantsum", description=__doc__)
    parser.add_argument("story", help="the name of the story")
    parser.add_argument("scores", nargs="+", type=Path, metavar="SCORE")
    parser.add_argument("--json", type=Path, metavar="FILE", default=RESULT, help="where the sum goes")
    given = parser.parse_args(arguments)
    try:
        result = PlantedResult(story=given.story, runs=tuple(read_score(path) for path in given.scores))
        make_folder(given.json.parent)
        write_text(given.json, result.model_dump_json(indent=1) + "\n")
    except InputError as error:
        print(f"plantsum: {error}", file=sys.stderr)
        return error.exit_code
    found, planted = (sum(getattr(run, name) for run in result.runs) for name in ("found", "planted"))
    right, flags = (sum(getattr(run, name) for run in result.runs) for name in ("right", "flags"))
    print(f"{len(result.runs)} seeds: {found} of {planted} found; {right} of {flags} flags right")
    return 0


if __name__ == "__main__":
    sys.exit(main())
