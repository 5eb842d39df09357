"""Whether the settings that hold are sound: the files that they stand in, and the store that they name."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pipeline.doctor.finding import Check, State
from pipeline.doctor.rundirectory import check_answers
from pipeline.report.words import counted
from pipeline.settingsfile import Found
from pipeline.store.answers import answers_file

NAME = "settings"


def check_settings(found: Iterable[Found], problem: str | None) -> Check:
    """Return how many settings are ``found``, and where; ``problem`` says why they could not be read."""
    if problem is not None:
        return Check(State.broken, NAME, problem)
    files = Counter(str(one.path) for one in found)
    told = "; ".join(f"{counted(number, 'setting')} in {path}" for path, number in files.items())
    return Check(State.ok, NAME, f"{told or 'none in a file'}: storycheck config shows what holds")


def check_cache(cache: Path) -> Check:
    """Look whether the shared store of answers at ``cache`` is sound; nothing in it is changed."""
    path = answers_file(cache)
    check = check_answers(path)
    told = check.told if path.exists() else f"{path} is not there yet: the first check makes it"
    return Check(check.state, "cache", told)
