"""What a number counts: the head noun after it, or the name it is only a part of."""

import re
from typing import Final, NamedTuple


class Counted(NamedTuple):
    """The noun that a number counts, in the singular, and where number and noun end."""

    unit: str
    end: int


_NEXT_WORD: Final = re.compile(r"(?:[ \u00a0]|(?<=[\w-])-)([^\W\d_][\w’'-]{0,40}|U\.S\.|U\.K\.)")
# A noun phrase ends before any of these.
_STOPS: Final = frozenset(
    "dozens hundreds thousands millions billions "
    "of in on at to from by for with and or but as is are was were be been being has have had will would "
    "could can may might must should that which who whose whom when while where after before since until "
    "during per than he she it they we you i the a an his her its their our this these those not also if "
    "then there so because into onto over under near against between among across through about around "
    "said says told say reported killed died die dead injured wounded hurt remain remained came went took "
    "made left fled did do does off out up down away ago later earlier both each every all some any no "
    "yes now yet still only just even times already including".split()
)
# "12 dead" counts people; the word itself stays outside the span, because it tells the role.
_CASUALTIES: Final = frozenset(
    "dead killed injured wounded hurt missing died others arrested detained".split()
)
# "Three deaths" are three people, too, and the noun tells the role wherever it stands: "12 confirmed deaths".
_DEATHS: Final = frozenset("deaths fatalities drownings".split())
_PLURALS: Final = {
    "people": "person",
    "persons": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "policemen": "policeman",
    "policewomen": "policewoman",
    "servicemen": "serviceman",
    "gunmen": "gunman",
    "lives": "life",
    "wives": "wife",
    "buses": "bus",
    "crises": "crisis",
    "gases": "gas",
    "aircraft": "aircraft",
    "personnel": "personnel",
    "crew": "crew",
    "staff": "staff",
    "police": "police",
    "troops": "troop",
    "species": "species",
    "series": "series",
    "movies": "movie",
    "cattle": "cattle",
    "sheep": "sheep",
    "mice": "mouse",
    "feet": "foot",
    "teeth": "tooth",
    "knives": "knife",
    "halves": "half",
    "shelves": "shelf",
    "thieves": "thief",
    "leaves": "leaf",
    "wolves": "wolf",
}
_WHO: Final = re.compile(r",? who\b")  # "the 17 who were dug out"
_NOT_PLURAL: Final = re.compile(r"(?:ss|us|is|ous|[’']s)\Z")
_SINGULAR_PERSON: Final = frozenset({"person", "man", "woman", "child"})
_REACH: Final = 5  # words from the number to its noun: "three senior former security officials"

_CAPITALISED: Final = re.compile(r"(?<![\w’'-])([^\W\d_][\w’'-]{0,40})[ \u00a0-]\Z")
_OPENERS: Final = frozenset(
    "the a an in on at of by for from to with and or but as than about around some over under nearly "
    "almost only just between least another all these those its their his her our both first last next "
    "more no after before when if while since during per roughly approximately exactly police officials "
    "killed up".split()
)


def counted_noun(text: str, position: int, *, is_definite: bool = False) -> Counted | None:
    """Return the noun counted by a number that ends at ``position``: the first plural within a few words.

    ``is_definite`` says that "the" comes before the number, so that a verb may follow ("the two signed …").
    """
    found: Counted | None = None
    is_first = True
    if _WHO.match(text, position):
        return Counted("person", position)
    for _ in range(_REACH):
        match = _NEXT_WORD.match(text, position)
        if match is None:
            break
        word = match[1].lower()
        if is_first and word in _CASUALTIES:
            return Counted("person", position)
        if word in _DEATHS:
            return Counted("person", position)
        is_verb = is_first and is_definite and word.endswith("ed")
        if word in _STOPS or is_verb or (word.endswith("ly") and len(word) > 4):
            break
        unit = singular(word)
        if unit:
            found = Counted(unit, match.end())
        elif found:
            break
        elif is_first and word in _SINGULAR_PERSON:
            return Counted("person" if word == "person" else word, match.end())
        is_first = False
        position = match.end()
    return found


def singular(word: str) -> str | None:
    """Return the singular of a lower-case plural noun by simple rules, or None where it looks like none."""
    if word in _PLURALS:
        return _PLURALS[word]
    if len(word) < 4 or not word.endswith("s") or _NOT_PLURAL.search(word):
        return None
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses", "zzes", "oes")):
        return word[:-2]
    return word[:-1]


def is_label(text: str, start: int) -> bool:
    """Tell whether the number at ``start`` belongs to the capitalised name before it, as in "Terminal 5"."""
    match = _CAPITALISED.search(text[max(0, start - 44) : start])
    return bool(match and match[1][0].isupper() and match[1].lower() not in _OPENERS)
