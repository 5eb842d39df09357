"""TOML from files that anybody may have written: tomllib, without the inputs that it takes for ever over."""

import re
import tomllib
from typing import Any, Final

_MOST_PARTS: Final = 50  # tomllib takes time and memory by the square of a dotted key's parts
_LONG_KEY: Final = re.compile(
    r"(?<![\w-])(?:(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+\.[ \t]*+){" + str(_MOST_PARTS) + "}"
)


def read_toml(text: str) -> dict[str, Any]:
    """Return the tables of ``text``; raises ValueError where it is no TOML of a sane shape."""
    if _LONG_KEY.search(text):
        raise ValueError(f"a key of more than {_MOST_PARTS} parts")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("values nested too deep") from error
