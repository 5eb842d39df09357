"""What is remembered of the texts of a story while it is worked on, and forgotten with it."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, ParamSpec, TypeVar, cast

Given = ParamSpec("Given")
Result = TypeVar("Result")
_FORGETTING: Final[list[Callable[[], None]]] = []


def remembered(most: int) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Remember what a function returned for the last ``most`` arguments, until the story is over."""

    def wrapped(function: Callable[Given, Result]) -> Callable[Given, Result]:
        kept = lru_cache(maxsize=most)(function)
        on_forget(kept.cache_clear)
        return cast("Callable[Given, Result]", kept)

    return wrapped


def on_forget(clear: Callable[[], None]) -> None:
    """Have ``clear`` called whenever a story is over."""
    _FORGETTING.append(clear)


def forget() -> None:
    """Forget all of it: another story has other texts, and those of thousands would fill the memory."""
    for clear in _FORGETTING:
        clear()
