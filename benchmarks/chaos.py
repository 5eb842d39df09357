"""What is lost when a run dies, or its endpoint fails: ``python -m benchmarks.chaos --kills 200``.

``--kills N`` kills runs with SIGKILL at random moments, N times, starts each again until it is done, and
looks at what lies on disk after every kill. ``--stories N --faults SHARE`` checks a batch of N invented
stories against an endpoint that answers a share of the requests wrongly or not at all, and then once more
against a healthy one. Exits with 1 where anything was lost. No model is needed; POSIX only.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.chaos_faults import faults
from benchmarks.chaos_kills import kills
from benchmarks.chaos_process import worker
from pipeline import __version__


def measure(options: argparse.Namespace, folder: Path) -> Mapping[str, Any]:
    """Return the figures of what was asked for; ``lost`` lists what should not have happened."""
    with worker("commands") as commands:
        if options.kills:
            found = kills(commands, options.kills, options.seed, folder)
        else:
            with worker("endpoint") as endpoint:
                found = faults(commands, endpoint, options, folder)
    return {"tool_version": __version__, "seed": options.seed, **found}


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--kills", type=int, default=0, metavar="N")
    what.add_argument("--stories", type=int, default=0, metavar="N")
    parser.add_argument("--faults", type=float, default=0.3, metavar="SHARE", help="of the requests")
    parser.add_argument("--concurrency", type=int, default=16, help="with --stories: requests in flight")
    parser.add_argument(
        "--timeout", type=float, default=2.0, metavar="S", help="of a request; some faults last until then"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(options, Path(folder))
    text = json.dumps(found, indent=2) + "\n"
    print(text, end="")
    if options.json is not None:
        options.json.write_text(text, "utf-8")
    sys.exit(1 if found["lost"] else 0)


if __name__ == "__main__":
    main()
