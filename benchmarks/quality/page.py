"""Puts the page together: the text in page.md, with the tables in their places."""

from pathlib import Path
from string import Template
from typing import Final

from benchmarks.quality import finding, judging, running
from benchmarks.quality.aims import about_sets, aims_table
from benchmarks.quality.results import Results

TEXT: Final = Path(__file__).parent / "page.md"


def render(results: Results) -> dict[str, str]:
    """Return the files of docs/ that ``results`` make, by path: quality.md, and its diagrams."""
    page = Template(TEXT.read_text(encoding="utf-8")).substitute(
        aims="\n\n".join(part for part in (aims_table(results), about_sets(results)) if part),
        sets=judging.sets(results),
        stories=finding.stories(results),
        planted=finding.planted(results),
        claims=running.claims(results),
        decomposition=judging.decomposition(results),
        flips=running.flips(results),
        injections=finding.injections(results),
        peers=finding.peers(results),
        checkworthy=judging.checkworthy(results),
        timing=running.timing(results),
        verifier=judging.verifier(results),
        weak_kinds=finding.weak_kinds(results),
    )
    diagrams = judging.pictures(results)
    return {"quality.md": page, **{f"{judging.PICTURES}/{name}": svg for name, svg in diagrams.items()}}
