"""Reads what libFuzzer prints while it works: how many inputs were run, and how much code they reached."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_PROGRESS: Final = re.compile(r"^#(?P<ran>\d+)\s+(?P<event>\w+)\s+cov: (?P<places>\d+)")
_TOTAL: Final = re.compile(r"^stat::number_of_executed_units:\s+(?P<ran>\d+)")


@dataclass
class FuzzLog:
    """What several processes did one after the other.

    ``places`` counts the branches of our code that were reached, ``places_of_seeds`` those that the inputs
    to begin with had reached.
    """

    executions: int = 0
    places_of_seeds: int = 0
    places: int = 0

    def hear(self, lines: Iterable[str]) -> None:
        """Read all that one process prints."""
        ran = 0
        for line in lines:
            if told := _PROGRESS.match(line) or _TOTAL.match(line):
                ran = max(ran, int(told["ran"]))
            if progress := _PROGRESS.match(line):
                places = int(progress["places"])
                if progress["event"] == "INITED" and not self.places_of_seeds:
                    self.places_of_seeds = places
                self.places = max(self.places, places)
        self.executions += ran
