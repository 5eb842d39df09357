"""The four letters beyond ASCII that a pattern takes for ASCII ones when it ignores case."""

import re
from typing import Final

_ALIKE: Final = {"\u0130": "I", "\u0131": "i", "\u017f": "s", "\u212a": "K"}
_ANY: Final = re.compile(f"[{''.join(_ALIKE)}]")


def plain_letters(text: str) -> str:
    """Return ``text``, as long as it is, with "ſ" as "s" and so on: what "May|Sept" matches is then a key.

    The letters are those for which Python's ``re`` has IGNORECASE match an ASCII letter.
    """
    return _ANY.sub(lambda match: _ALIKE[match[0]], text)
