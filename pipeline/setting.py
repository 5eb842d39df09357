"""What may be set, and what it takes: a record for each option that the environment and a file give, too."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Final, get_args, get_origin

Value = bool | int | float | str | list[str] | None  # of a setting, as a file has it

PREFIX: Final = "STORYCHECK"  # of every variable that is ours
CONFIG: Final = "STORYCHECK_CONFIG"
MODELS: Final = "STORYCHECK_MODELS"
# What is read of the environment beside the variables of settings.
OTHER_VARIABLES: Final = (CONFIG, MODELS, "OPENAI_API_KEY", "OPENAI_API_KEY_FILE")

_WORDS: Final[dict[type, tuple[str, str]]] = {  # what is wanted, one and several
    bool: ("true or false", "values true or false"),
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    str: ("text in quotes", "texts in quotes"),
    Path: ("a path in quotes", "paths in quotes"),
}

_TOO_LARGE: Final = 2**53  # from here on a float skips whole numbers; infinities and no-numbers are out, too


@dataclass(frozen=True, kw_only=True)
class Takes:
    """What something that is set takes: one of ``kind`` (bool, int, float, str or Path), or a list of them.

    ``choices`` are the words of a str that may be one of a few; ``least`` and ``most`` bound a number.
    """

    kind: type
    is_many: bool = False
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None

    def allowed(self, *, is_file: bool) -> str:
        """Return what it takes in words: as a file has it, or as the command and the environment do."""
        one, several = _WORDS[self.kind]
        if self.choices:
            quote = '"' if is_file else ""
            one = several = " or ".join(f"{quote}{choice}{quote}" for choice in self.choices)
        wanted = f"a list of {several}" if self.is_many and is_file else one
        if not is_file:
            wanted = wanted.removesuffix(" in quotes")
        if self.least is not None and self.most is not None:
            return f"{wanted} from {self.least:,g} to {self.most:,g}"
        if self.least is not None:
            return f"{wanted} of at least {self.least:,g}"
        return wanted if self.most is None else f"{wanted} of at most {self.most:,g}"

    def takes(self, value: object) -> bool:
        """Tell whether ``value``, as it stands in a file, can be its value."""
        if self.is_many:
            return isinstance(value, list) and all(self._takes(one) for one in value)
        return self._takes(value)

    def _takes(self, value: object) -> bool:
        if isinstance(value, bool) or self.kind is bool:
            return isinstance(value, bool) and self.kind is bool
        if self.kind is int or self.kind is float:
            is_number = isinstance(value, int) or (self.kind is float and isinstance(value, float))
            return is_number and self._is_within(value)  # type: ignore[arg-type] # a number, as just seen
        is_word = isinstance(value, str) and value.isprintable()
        return is_word and (not self.choices or value in self.choices)

    def _is_within(self, number: float) -> bool:
        least, most = self.least, self.most
        is_sane = abs(number) < _TOO_LARGE
        return is_sane and (least is None or number >= least) and (most is None or number <= most)


@dataclass(frozen=True, kw_only=True)
class Setting(Takes):
    """One setting: ``name`` in the table ``table`` of a file (None: at its top); a variable, a flag.

    ``parameter`` is what the command calls it. ``default`` is None for none.
    """

    name: str
    parameter: str
    table: str | None
    variable: str
    flag: str
    help: str
    section: str
    default: Value = None

    @property
    def key(self) -> str:
        """The name with its table, say ``group.days``."""
        return f"{self.table}.{self.name}" if self.table else self.name


def kind_of(declared: object) -> tuple[type, bool]:
    """Return the kind that a declared type stands for, and whether it takes several: ``list[T] | None``."""
    given = [one for one in get_args(declared) if one is not NoneType]
    one = given[0] if given and get_origin(declared) is not list else declared
    if get_origin(one) is list:
        return get_args(one)[0], True
    if isinstance(one, type) and (one in (bool, int, float, str, Path) or issubclass(one, Enum)):
        return one, False
    return str, False


def misnamed(names: Iterable[str], settings: Iterable[Setting]) -> list[str]:
    """Return a line for each variable of ours among ``names`` that nothing reads, with what may be meant."""
    known = {*OTHER_VARIABLES, *(setting.variable for setting in settings)}
    by_rest = {variable.partition("_")[2]: variable for variable in sorted(known)}
    told = []
    for name in sorted(names):
        if name.startswith(f"{PREFIX}_") and name not in known:
            near = get_close_matches(name.partition("_")[2].upper(), by_rest, n=1)
            all_named = "'storycheck init' writes a file that names them all."
            meant = f"did you mean {by_rest[near[0]]}?" if near else all_named
            told.append(f"the variable {name} sets nothing: {meant}")
    return told
