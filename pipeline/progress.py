"""What a run tells whoever waits for it: which stage it is in, and how far."""

from typing import Protocol


class Progress(Protocol):
    """Hears how a run gets on; the stages know this and nothing of terminals."""

    def start(self, stage: str, total: int) -> None:
        """Say that ``total`` more steps of ``stage`` lie ahead; another story may call it again."""

    def step(self, stage: str, n: int = 1) -> None:
        """Say that ``n`` steps of ``stage`` are done."""

    def finish(self, stage: str) -> None:
        """Say that ``stage`` is over, once for each ``start``."""


class Silent:
    """A progress that nobody hears."""

    def start(self, stage: str, total: int) -> None:
        """Hear nothing."""

    def step(self, stage: str, n: int = 1) -> None:
        """Hear nothing."""

    def finish(self, stage: str) -> None:
        """Hear nothing."""
