"""Writes docs/reliability.md from the stored results: ``python -m benchmarks.reliability``.

With ``--tests``, runs the tests of faults and hostile input first, and stores how each case ended.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.reliability.page import render
from benchmarks.reliability.results import FOLDER, read_results
from pipeline.errors import InputError
from pipeline.store import write_text

PAGE: Final = Path(__file__).parents[2] / "docs" / "reliability.md"


def main(arguments: Sequence[str] | None = None, results: Path = FOLDER, page: Path = PAGE) -> int:
    """Run the command; returns 1 where a case did not hold, 2 where the results are faulty."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability", description=__doc__)
    parser.add_argument("--tests", action="store_true", help="run the tests first, some minutes")
    given = parser.parse_args(arguments)
    try:
        if given.tests:
            from benchmarks.reliability.tried import try_all  # noqa: PLC0415 - needs pytest

            write_text(results / "faults.json", try_all().model_dump_json(indent=1) + "\n")
        found = read_results(results)
        write_text(page, render(found))
    except (InputError, ValueError) as error:
        print(f"reliability: {error}", file=sys.stderr)
        return 2
    print(f"{page} written")
    return 1 if found.faults and any(test.failed for test in found.faults.tests) else 0


if __name__ == "__main__":
    sys.exit(main())
