"""How long the command takes over piles that grow, how much memory, and over how many pairs. POSIX only."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from benchmarks.grouping.events import Hardness, Told, stream
from pipeline.cli.screen import DONE

COMMAND: Final = Path(sys.executable).parent / "storycheck"
ADDED: Final = 1_000
_A_STORY: Final = 3.6  # articles, about


def measured(folder: Path, articles: int) -> Mapping[str, float]:
    """Return what a pile of ``articles`` took, and what ``ADDED`` more took after it."""
    told = stream("develop", round(articles / _A_STORY * 1.2) + 400, _hardness(articles), 77)
    first, more = folder / "first.jsonl", folder / "more.jsonl"
    write_pile(first, (next(told) for _ in range(articles)))
    write_pile(more, (next(told) for _ in range(ADDED)))
    whole = _run(first, folder / "out")
    added = _run(more, folder / "out")
    return {
        "articles": articles,
        **whole,
        "all_pairs": articles * (articles - 1) / 2,
        **{f"added_{name}": value for name, value in added.items()},
    }


def write_pile(path: Path, articles: Iterable[Told]) -> None:
    """Write articles as JSON Lines, without what they are to be grouped by."""
    with path.open("w", encoding="utf-8") as file:
        for number, one in enumerate(articles):
            row = {
                "id": str(number),
                "title": one.title,
                "outlet": one.outlet,
                "published": str(one.published) if one.published else None,
                "text": one.text,
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _hardness(articles: int) -> Hardness:
    """Return a year's news for a large pile, a fortnight's for a small one; towns as there are events."""
    return Hardness(days=max(14, articles // 300), towns=max(40, articles // 20), most_told=5)


def _run(pile: Path, out: Path) -> Mapping[str, float]:
    started = time.monotonic()
    process = subprocess.Popen([COMMAND, "group", pile, "-o", out], stdout=subprocess.PIPE, text=True)
    said = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != DONE:
        raise RuntimeError(f"storycheck group ended with {process.returncode}")
    return {
        "seconds": time.monotonic() - started,
        "processor_seconds": usage.ru_utime + usage.ru_stime,
        "memory_mib": usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2),
        "pairs": _number(said, " pairs of articles"),
        "stories": _number(said, " stories"),
    }


def _number(said: str, before: str) -> float:
    return float(said[: said.index(before)].rsplit(maxsplit=1)[-1].replace(",", ""))
