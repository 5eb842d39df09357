"""The table of what an endpoint's limits cost, of the figures that ``benchmarks.speed.limits`` stored."""

import json
from pathlib import Path
from typing import Final

from benchmarks.quality.figure import Written, table

RESULT: Final = Path(__file__).parent / "limits.json"
NOT_MEASURED: Final = "Not measured yet."
HEAD: Final = ("the endpoint's limit", "requests", "at best, s", "over that", "refused")


def limited(path: Path = RESULT) -> str:
    """Return a row for each limit: the time over the least possible, and how many requests were refused."""
    if not path.is_file():
        return NOT_MEASURED
    rows = []
    for case in json.loads(path.read_bytes())["cases"]:
        ratio = case["ratio"]
        over = f"{ratio['median']:.2f} [{ratio['least']:.2f}–{ratio['most']:.2f}]"
        rows.append(
            (
                case["case"],
                case["asked"],
                f"{case['ideal_s']:.1f}",
                Written(over),
                f"{case['refused']['median']:g}",
            )
        )
    return table(HEAD, rows)
