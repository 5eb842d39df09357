"""What was looked at, and how it stands."""

import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from pipeline.report.words import size

LEAST_FREE: Final = 200 * 10**6  # bytes that a run of some stories writes


class State(StrEnum):
    """How something stands; a warning hinders no run."""

    ok = "ok"
    warning = "warning"
    broken = "broken"


@dataclass(frozen=True)
class Check:
    """What was looked at, how it stands, and in one line what was found and how to mend it."""

    state: State
    name: str
    told: str


def nearest(folder: Path) -> Path:
    """Return ``folder``, or the nearest above it that is there."""
    there = folder.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    return there


def free_space(name: str, folder: Path) -> Check:
    """Look at the room there is where ``folder`` lies or would be made."""
    try:
        free = shutil.disk_usage(nearest(folder)).free
    except OSError as error:
        return Check(State.broken, name, f"{folder} cannot be looked at ({error.strerror})")
    told = f"{size(free)} free at {folder}"
    if free < LEAST_FREE:
        return Check(State.warning, name, f"{told}: make room")
    return Check(State.ok, name, told)
