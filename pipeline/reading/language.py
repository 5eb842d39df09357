"""The language of an article, from its running text; null where the text does not tell it.

Plain English is told by its commonest words, at once; everything else by py3langid, whose model takes about
half a second to load and is loaded for the first such text alone.
"""

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.languages.names import NAMES

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

READ: Final = 4_000  # code points from the top
LEAST_BYTES: Final = (
    20  # of words in UTF-8, where a script of more signs takes more for each: fewer tell nothing
)
LEAST_SURE: Final = 0.7  # the probability from which the language that py3langid finds likeliest is taken
LEAST_ENGLISH: Final = 0.25  # the same for English, as which a text is read in doubt anyway
HALVED: Final = 600  # code points from which both halves are asked, so that a text in two languages is found

_WORD: Final = re.compile(r"[^\W\d_]+")
_LINK: Final = re.compile(r"(?:https?://|www\.)\S{1,500}|\S{1,100}@\S{1,100}")
# Each of them is rare, or no word at all, in any other language; of plain news one word in six is of them.
_ENGLISH: Final = frozenset(("the and that with from were said which they their this have has been").split())
_PLAINLY: Final = 0.06


class Told(NamedTuple):
    """The language of a text, and a note where it is not known or was hard to tell."""

    language: str | None
    notes: tuple[str, ...] = ()


def find_language(text: str, start: int = 0) -> Told:
    """Return the language (ISO 639-1) of ``text`` from offset ``start`` on; takes bounded time."""
    read = _LINK.sub(" ", text[start : start + READ])
    if len(read) < HALVED:
        return Told(*_of(read))
    middle = len(read) // 2
    found = [_of(part) for part in (read[:middle], read[middle:])]
    codes = {code for code, _ in found if code}
    if len(codes) == 2 and all(code for code, _ in found):
        names = " and ".join(sorted(NAMES[code] for code in codes))
        return Told(None, (f"in more than one language ({names}): read as English",))
    return Told(codes.pop()) if codes else Told(None, found[0][1])


def _of(text: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the language of a text in one language, and a note where it is not told."""
    words = [word.lower() for word in islice((m[0] for m in _WORD.finditer(text)), 1000)]
    if sum(len(word.encode("utf-8", "replace")) for word in words) < LEAST_BYTES:
        return None, ()
    if sum(word in _ENGLISH for word in words) >= _PLAINLY * len(words):
        return "en", ()
    code, sure = _identifier().classify(text)
    if sure >= (LEAST_ENGLISH if code == "en" else LEAST_SURE):
        return code, ()
    return None, ("its language could not be told: read as English",)


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - takes long to load

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages(sorted(NAMES.keys() & set(found.labels)))
    return found
