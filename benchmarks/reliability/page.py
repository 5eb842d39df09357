"""Puts docs/reliability.md together: the text in page.md, with the tables in their places."""

from pathlib import Path
from string import Template
from typing import Final

from benchmarks.reliability import endpoint, runs
from benchmarks.reliability.results import Results
from benchmarks.reliability.summary import summary
from pipeline.interruption import FINISH_S

TEXT: Final = Path(__file__).parent / "page.md"
NOT_RUN: Final = "Not run yet."


def render(results: Results) -> str:
    """Return the page that ``results`` make; what was not run is said to be so."""
    faults, kills, chaos = results.faults, results.kills, results.chaos
    made_with = NOT_RUN
    if faults:
        made_with = (
            f"Last run on {faults.platform}, Python {faults.python}, storycheck {faults.tool_version}."
        )
    return Template(TEXT.read_text(encoding="utf-8")).substitute(
        summary=summary(results),
        finish_s=f"{FINISH_S:g}",
        made_with=made_with,
        faults=endpoint.faults(faults) if faults else NOT_RUN,
        files=endpoint.files(faults) if faults else NOT_RUN,
        others=endpoint.others(faults) if faults else NOT_RUN,
        kills=runs.kills(kills) if kills else NOT_RUN,
        chaos=runs.chaos(chaos) if chaos else NOT_RUN,
        fuzz=runs.fuzz(results.fuzz) if results.fuzz else NOT_RUN,
        mutation=runs.mutation(results.mutation) if results.mutation else NOT_RUN,
    )
