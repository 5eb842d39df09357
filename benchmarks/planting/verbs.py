"""The verbs of news prose whose past can be told from their stem, for "struck" and "did not strike"."""

from typing import Final

_IRREGULAR: Final = """
become became, begin began, blow blew, break broke, bring brought, build built, burn burned, buy bought,
catch caught, choose chose, come came, cut cut, draw drew, drive drove, eat ate, fall fell, feel felt,
fight fought, find found, flee fled, fly flew, forget forgot, get got, give gave, go went, grow grew,
hear heard, hide hid, hit hit, hold held, keep kept, know knew, lay laid, lead led, leave left, lose lost,
make made, mean meant, meet met, pay paid, ride rode, rise rose, run ran, see saw, seek sought, sell sold,
send sent, shoot shot, show showed, sing sang, sink sank, speak spoke, spend spent, stand stood, steal stole,
strike struck, swim swam, take took, teach taught, throw threw, undergo underwent, understand understood,
wear wore, win won, withdraw withdrew
"""
_REGULAR: Final = """
abandon accept achieve acquire address adopt agree aim allow appear appoint approve arrest arrive ask attack
attempt attend attract back ban beat belong block board call cancel capture carry cause change charge check
choose clash clear close collapse collect commit compete complete condemn conduct contact contain continue
control convict cost cover crash create cross deliver deploy describe design destroy detain develop die
direct discover discuss disappear drop earn elect employ enable encounter end enjoy enter escape establish
evacuate exchange execute expand expect experience explode express extend face fail finish fire follow force
form gain gather happen head help host identify ignore impose improve include increase injure inspect invade
invest investigate invite involve issue join jump kidnap kill lack land last launch lift like live
locate look maintain manage mark marry miss move murder need notify obtain offer open operate order organise
organize own participate pass perform persuade plan play post prepare present prevent produce promise protect
provide publish pull purchase push raise reach receive recover reduce refer register release remain remove
repair replace represent request require rescue resign respond restore retain retire return sail save
score search seize serve settle share shut sign start stay step stop store suffer supply support surrender
survive suspend target test torch touch trade train transfer transport travel treat trigger turn unveil use
violate visit vote wait walk want watch welcome work wound wreck
"""
_DOUBLED: Final = frozenset("ban commit drop plan refer shut step stop transfer".split())
_BE_LIKE: Final = frozenset("beat choose cost shut".split())  # irregular, or its past looks like its stem


def _past(stem: str) -> str:
    if stem.endswith("e"):
        return f"{stem}d"
    if stem.endswith("y") and stem[-2] not in "aeiou":
        return f"{stem[:-1]}ied"
    return f"{stem}{stem[-1]}ed" if stem in _DOUBLED else f"{stem}ed"


def _third(stem: str) -> str:
    if stem.endswith(("s", "x", "ch", "sh", "o")):
        return f"{stem}es"
    if stem.endswith("y") and stem[-2] not in "aeiou":
        return f"{stem[:-1]}ies"
    return f"{stem}s"


_PAIRS: Final = [pair.split() for pair in _IRREGULAR.replace("\n", " ").split(",")]
PAST: Final[dict[str, str]] = {stem: _past(stem) for stem in _REGULAR.split() if stem not in _BE_LIKE}
PAST.update((stem, past) for stem, past in _PAIRS)
STEM_OF_PAST: Final[dict[str, str]] = {past: stem for stem, past in PAST.items()} | {
    "travelled": "travel",  # the British spellings
    "cancelled": "cancel",
}
IRREGULAR_PAST: Final = frozenset(past for past in STEM_OF_PAST if not past.endswith("ed"))
THIRD: Final[dict[str, str]] = {stem: _third(stem) for stem in PAST}
STEM_OF_THIRD: Final[dict[str, str]] = {third: stem for stem, third in THIRD.items()}
