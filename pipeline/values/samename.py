"""Whether two names, as written, may be variants of one name."""

import re
import unicodedata
from typing import Final

from rapidfuzz.fuzz import ratio

from pipeline.remembered import remembered
from pipeline.values.countries import COUNTRIES
from pipeline.values.titles import TITLES

_SMALL_WORDS: Final = frozenset("of the and for de la al in on".split())
# Spellings that transliteration swaps freely.
_SOUNDS: Final = (
    ("kh", "h"),
    ("ph", "f"),
    ("ck", "k"),
    ("y", "i"),
    ("j", "i"),
    ("w", "v"),
    ("c", "k"),
    ("q", "k"),
)
_CUT_OFF: Final = 88.0  # one letter in seven or eight


@remembered(most=65536)  # a story has few names, which meet each other often
def same_name(a: str, b: str) -> bool:
    """Tell whether two names may be one: a surname, an acronym, a demonym or another spelling of the other.

    Errs towards True: a conflict needs names that surely differ.
    """
    fold_a, fold_b = fold_name(a), fold_name(b)
    if not fold_a or not fold_b or fold_a == fold_b:
        return True
    country_a, country_b = COUNTRIES.get(fold_a), COUNTRIES.get(fold_b)
    if country_a and country_b:
        return country_a == country_b
    words_a, words_b = fold_a.split(), fold_b.split()
    if _is_acronym(a, words_b) or _is_acronym(b, words_a):
        return True
    shorter, longer = sorted((words_a, words_b), key=len)
    if all(any(_same_word(word, other) for other in longer) for word in shorter):
        return True
    joined_a, joined_b = "".join(words_a), "".join(words_b)
    return min(len(joined_a), len(joined_b)) >= 5 and ratio(_sound(joined_a), _sound(joined_b)) >= _CUT_OFF


def fold_name(name: str) -> str:
    """Return a name in lower case without diacritics, hyphens, possessive, article and titles."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    plain = re.sub(r"[’']s\b|[’'.]", "", plain)
    words = re.findall(r"[^\W_]+", plain)
    if len(words) > 1 and words[0] == "the" and " ".join(words) not in COUNTRIES:
        words = words[1:]
    kept = [word for word in words if word not in TITLES]
    return " ".join(kept or words)


def _same_word(a: str, b: str) -> bool:
    if a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]):  # "J." for "Jane"
        return True
    sound_a, sound_b = _sound(a), _sound(b)
    return sound_a == sound_b or (min(len(a), len(b)) >= 5 and ratio(sound_a, sound_b) >= _CUT_OFF)


def _sound(word: str) -> str:
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    return re.sub(r"(.)\1+", r"\1", word)


def _is_acronym(short: str, words: list[str]) -> bool:
    """Tell whether ``short`` is written of the first letters of ``words``, with or without the small ones."""
    letters = re.sub(r"[^\w]", "", short)
    if not 2 <= len(letters) <= 8 or not letters.isupper():
        return False
    initials = "".join(word[0] for word in words)
    main = "".join(word[0] for word in words if word not in _SMALL_WORDS)
    return letters.lower() in (initials, main)
