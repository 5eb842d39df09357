"""Words of a text with their places, folded so that spellings and inflections of one word are equal."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import Stemmer

from pipeline.remembered import remembered
from pipeline.values.irregular import BASES

_WORD: Final = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+)*")
FUNCTION_WORDS: Final = frozenset(
    "a an the of in on at to from by for with and or but as is are was were be been being am has have had "
    "do does did will would can could may might shall should must that which who whom whose when while "
    "where if then than so such this these those it its he she they them his her their him we us our you "
    "your i my me there here into onto over under about around after before during since until between "
    "among against through also just still even already very more most much many some any all both each "
    "other another said says say saying told according s t re ve ll d mr mrs ms dr".split()
)
# British and American spellings of one word; applied before stemming.
_SPELLING: Final = (
    (re.compile(r"(?<=[a-z]{2})our(?=s|ed|ing|able|ful|ite|hood|\Z)"), "or"),
    (re.compile(r"is(?=e[ds]?\Z|ing\Z|ation)"), "iz"),
    (re.compile(r"(?<=[ef])ence\Z|ense\Z"), "ens"),
    (re.compile(r"(?<=[a-z]{2})tre(?=s?\Z)"), "ter"),
    (re.compile(r"ll(?=ed\Z|ing\Z|er\Z)"), "l"),
    (re.compile(r"ogramme"), "ogram"),
)


class Word(NamedTuple):
    """A word at ``text[start:end]``; ``key`` is its folded stem.

    ``is_content`` tells that it carries meaning of its own.
    """

    text: str
    start: int
    end: int
    key: str
    is_content: bool = True


def find_words(text: str) -> list[Word]:
    """Return the words of ``text`` in order; takes time linear in the text."""
    matches = list(_WORD.finditer(text))
    keys = stems([match[0] for match in matches])
    return [
        Word(m[0], m.start(), m.end(), key, m[0].lower() not in FUNCTION_WORDS)
        for m, key in zip(matches, keys, strict=True)
    ]


def stems(words: Sequence[str]) -> list[str]:
    """Return the folded stem of each word: lower case, no possessive, one spelling, no inflection.

    Irregular forms are brought to one too: "fell" and "fallen" to "fall".
    """
    return [_stem(word) for word in words]


@remembered(most=65536)  # a story says the same words again and again
def _stem(word: str) -> str:
    plain = re.sub(r"[’']s?\Z", "", word.lower()).replace("’", "'").replace("-", "").replace(".", "")
    for pattern, spelling in _SPELLING:
        plain = pattern.sub(spelling, plain)
    # A stemmer is not safe to share between threads, and cheap to make.
    return str(Stemmer.Stemmer("english").stemWord(BASES.get(plain, plain)))
