"""What a story of so many articles weighs: its tokens in and out, and the bytes that are kept of it."""

from pathlib import Path
from typing import Final

from benchmarks.speed.command import check, loaded, reports
from benchmarks.speed.mock import Manner, mock
from benchmarks.speed.parts import IN_FLIGHT, SEED
from benchmarks.speed.stories import write_story
from pipeline.store import ANSWERS

ARTICLES: Final = (5, 20, 80)  # of those that docs/speed.md measures the growth of


def weighed(articles: int, folder: Path) -> dict[str, float]:
    """Return the figures of one story, checked in ``folder``."""
    write_story(folder / "in", articles, SEED)
    out = folder / "out"
    with mock(Manner()) as endpoint:
        loaded(check(folder / "in", out, "--concurrency", IN_FLIGHT), endpoint.base_url)
        seen = endpoint.seen()
    kept = {path.name: path.stat().st_size for path in out.iterdir() if path.is_file()}
    answers = sum(size for name, size in kept.items() if name.startswith(ANSWERS))
    return {
        "articles": articles,
        "claims": sum(len(report.claims) for report in reports(out)),
        "calls": seen.answered,
        "tokens_in": seen.tokens_in,
        "tokens_out": seen.tokens_out,
        "answers_bytes": answers,
        "report_bytes": sum(size for name, size in kept.items() if name.startswith(("report.", "run."))),
    }
