"""Where the reports of a run go: a folder of this machine, or a URL that several machines reach."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_URL: Final = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def is_url(where: str) -> bool:
    """Tell whether ``where`` is a URL, and no path."""
    return _URL.match(where) is not None


@dataclass(frozen=True)
class Layout:
    """The place ``out`` of a run, a path or a URL; in a batch each story has a folder of its own in it."""

    out: str
    is_batch: bool

    def __post_init__(self) -> None:
        """Bring ``out`` into the form in which it is shown."""
        plain = self.out.rstrip("/") if is_url(self.out) else str(Path(self.out))
        object.__setattr__(self, "out", plain)

    def folder(self, story: str) -> str:
        """Return where the report of the story of that name goes."""
        return self.within(story) if self.is_batch else self.out

    def within(self, name: str) -> str:
        """Return the path or URL of ``name`` in ``out``."""
        return f"{self.out}/{name}" if is_url(self.out) else str(Path(self.out) / name)
