"""Takes the time of a finished run from its report: ``python -m benchmarks.timing OUT -o FILE``.

A run is cold when no answer of it was stored before; one that was not is refused. The model must have been
fetched: fetching is in the time of no stage, but in that of the whole run.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.stored import Timing
from pipeline.embedded.server import available_cores
from pipeline.errors import InputError
from pipeline.store import make_folder, read_report, write_text
from schemas.report import Report

RESULT: Final = Path(__file__).parent / "results" / "timing.json"


def timed(report: Report, cores: int) -> Timing:
    """Return the time of a cold run; raises InputError where answers of it were there before."""
    run = report.run
    if run.cached_calls:
        raise InputError(
            f"{run.cached_calls} answers of this run were stored before it: time one in a new folder."
        )
    return Timing(
        story=report.story,
        model=run.model,
        endpoint=run.endpoint,
        tool_version=run.tool_version,
        is_complete=run.complete,
        articles=len(report.articles),
        sentences=run.coverage.sentences,
        claims=run.coverage.claims,
        cores=cores,
        seconds=round((run.finished_at - run.started_at).total_seconds(), 1),
        calls=run.calls,
        tokens_in=run.tokens_in,
        tokens_out=run.tokens_out,
        stages=run.stages,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the time of a run and write it; return 2 where there is no cold run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.timing", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="run directory")
    parser.add_argument("-o", "--json", type=Path, metavar="FILE", default=RESULT, help="where it goes")
    given = parser.parse_args(arguments)
    try:
        found = timed(read_report(given.out), available_cores())
        make_folder(given.json.parent)
        write_text(given.json, found.model_dump_json(indent=1) + "\n")
    except InputError as error:
        print(f"timing: {error}", file=sys.stderr)
        return error.exit_code
    print(f"{found.story}: {found.seconds:.0f} s, {found.calls} calls, {found.cores} cores")
    for stage in found.stages:
        print(f"  {stage.stage:<11} {stage.seconds:8.1f} s  {stage.calls:5} calls")
    return 0


if __name__ == "__main__":
    sys.exit(main())
