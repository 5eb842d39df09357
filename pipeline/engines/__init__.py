"""Where stories are checked: in this process, or on the workers of a Dask cluster.

An engine takes one story at a time, as often side by side as it has lanes, and gives back what became of it.
The stages know of no engine, and ``batch.py`` of nothing but this.
"""

from dataclasses import dataclass
from typing import Protocol

from pipeline.checking import Checked
from schemas.article import Story


class Unreported(Exception):
    """A story that has no report, through no fault of the endpoint: others may well have one."""


class NotBegun(Unreported):
    """A story that was left where it was, as the run had come to its end."""


@dataclass(frozen=True)
class Ending:
    """How a run ended: ``capped`` says in one line which cap was reached, ``is_cut_short`` that an
    interruption left something unasked.
    """

    capped: str | None
    is_cut_short: bool


class Engine(Protocol):
    """Checks stories, ``lanes`` of them side by side."""

    @property
    def lanes(self) -> int:
        """The stories under way at most."""

    async def check(self, story: Story) -> Checked:
        """Check one story and write its files.

        Raises Unreported where it has no report, EndpointError where going on is pointless, InputError.
        """

    async def ended(self) -> Ending:
        """Return how the run ended, once no story is under way."""
