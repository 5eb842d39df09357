"""The words that carry a sentence's meaning, reduced to stems, for comparing one text with another."""

import re
from collections.abc import Callable

import Stemmer

from pipeline.remembered import remembered

Stems = Callable[[str], tuple[str, ...]]
_WORD = re.compile(r"[^\W_]+(?:[.,’'-][^\W_]+)*")
_EMPTY = frozenset(
    """
    a about after again all also although am among an and any are as at be because been before being
    both but by can could did do does doing during each few for from further had has have having he
    her here hers him his how i if in into is it its itself just may me might more most mr mrs ms
    must my no nor not now of off on once one only or other our out over own said same say says
    shall she should so some such than that the their them then there these they this those through
    to told too under until up upon us very was we were what when where which while who whom why
    will with would you your added adding according
    """.split()
)


@remembered(most=16384)
def content_stems(text: str) -> tuple[str, ...]:
    """Return the stems of the content words of ``text``, in order, lower-case.

    Stemming by the Snowball English stemmer (Porter2); possessives and the empty words of English are left
    out, but not acronyms that look like them ("US", "WHO"). Numbers and hyphenated names stay whole.
    """
    bare = (match.group().replace("’", "'").removesuffix("'s") for match in _WORD.finditer(text))
    words = (_folded(word) for word in bare if word.lower() not in _EMPTY or _is_acronym(word))
    # A stemmer is not safe to share between threads, and cheap to make.
    return tuple(Stemmer.Stemmer("english").stemWords(list(words)))


def _folded(word: str) -> str:
    """Return the word in lower case, "1,200" as "1200" and "U.S" as "us"."""
    is_dotted = re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", word)
    return word.lower().replace(",", "").replace(".", "" if is_dotted else ".")


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def containment(part: str, whole: str, stems: Stems = content_stems) -> float:
    """Return the share (0 to 1) of the content words of ``part`` that occur in ``whole``; 0 without any.

    ``stems`` are those of the language of both, English ones by default.
    """
    wanted = set(stems(part))
    if not wanted:
        return 0.0
    return len(wanted & set(stems(whole))) / len(wanted)
