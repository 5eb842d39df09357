"""A statement turned into its denial, or back, where the words around make that safe and grammatical."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from benchmarks.planting.verbs import IRREGULAR_PAST, PAST, STEM_OF_PAST, STEM_OF_THIRD, THIRD


class Negating(NamedTuple):
    """The words ``[start, end)`` of a sentence and what takes their place."""

    start: int
    end: int
    after: str


_AUX: Final = "is|are|was|were|will|would|can|could|should|must|has|have|had"
_QUANTIFIED: Final = re.compile(
    r"\b(?:some|many|most|several|few|fewer|all|every|each|any|more|less|both|half|another|other|no|nobody|none|"
    r"nothing|neither|only|one|two|three|four|five|six|seven|eight|nine|ten|dozens|hundreds|thousands|"
    r"people|someone|somebody|everyone|everybody|anyone|anybody|men|women|children|others|"
    r"there|what|who|which|that|how|why|whether|if|when|where|while|as|because|although|not|never|\d[\d,.]*)\b",
    re.IGNORECASE,
)
_SUBJECT: Final = (
    r"(?P<subject>(?:(?!(?:that|which|who|because|although|while|when|if|whether) )[\w’'.&/-]{1,30} ){1,12}?)"
)
# Where a clause can begin: at the start, after "that", after a comma; what may follow a comma is checked.
_HEAD: Final = (
    r"(?:\A[“\"‘]?|(?<=\bthat )(?<!\bso that )|(?<=[.!?] [“\"])|(?<=[.!?] )|(?<=; )"
    r"|(?P<comma>(?<=, ))(?:and |but )?)"
)
_WITH_AUX: Final = re.compile(rf"{_HEAD}{_SUBJECT}(?P<aux>{_AUX})(?= (?P<next>[\w’'-]+))")
_VERBS: Final = "|".join(sorted([*STEM_OF_PAST, *STEM_OF_THIRD], key=len, reverse=True))
_WITH_VERB: Final = re.compile(rf"{_HEAD}{_SUBJECT}(?P<verb>{_VERBS})(?= (?P<next>[\w’'“\"-]+))")
_NO_SUBJECT: Final = re.compile(
    r"(?:in|on|at|among|amid|with|from|by|for|to|of|under|over|after|before|during|since|despite|according|also|"
    r"here|then|now|so|yet|or|nor|than|like|unlike|once|earlier|later|even|just|still|such|\w+ed|\w+ing|\w+ly)\b",
    re.IGNORECASE,
)
_AFTER_COMMA: Final = re.compile(r"(?:[A-Z]|the\b|it\b|he\b|she\b|they\b|we\b|its\b|his\b|her\b|their\b)")
_NO_SUBJECT_END: Final = re.compile(
    r"\b(?:also|still|already|now|then|once|long|last|later|first|again|since|and|or|of|in|for|by|\w+ly) \Z"
    r"|[’']s \Z|\bto | (?:it|he|she|they|we) "
)
_NOT_NEXT: Final = frozenset(
    "said stated claimed announced told noted suggested accused reported alleged also only still already "
    "just even never no not both either such now then once about around nearly almost at more less fewer up "
    "all some any many most several each every one two three four five six seven eight nine ten another to "
    "that there of so too very quite rather among perhaps probably likely today really fully entirely "
    "completely necessarily officially recently currently previously immediately initially originally "
    "finally eventually partly largely mostly mainly usually often always".split()
)
# Words after which it is open what "not" denies, or that do not go with it.
_SCOPE: Final = re.compile(
    r"\b(?:because|until|unless|only|already|still|even|some|both|several|also|too|either|but|not|never|no|"
    r"nothing|nobody|neither|nor|without|least|yet|once)\b|\?",
    re.IGNORECASE,
)
_PARTICIPLE: Final = re.compile(
    r"(?:\w+ly )?(?:been|\w{2,}ed|done|made|gone|taken|given|seen|known|shown|found|left|lost|held|kept|led|"
    r"met|paid|put|read|run|said|sent|set|sold|told|won|begun|broken|brought|built|bought|caught|chosen|come|cut|driven|"
    r"fallen|felt|fought|flown|grown|heard|hidden|hit|risen|spoken|spent|stood|stolen|struck|sunk|worn|"
    r"written|become|withdrawn)\b"
)
_PRONOUN: Final = re.compile(r"(?:it|he|she|they|we|i) ", re.IGNORECASE)
_MANY: Final = re.compile(r"(?:they|we|i|these|those)\b", re.IGNORECASE)
_FINITE: Final = re.compile(rf"\b(?:{_AUX}|did|does|do|may|might)\b")
_CLAUSE_END: Final = re.compile(r"[,;:“”\"]| (?:and|but|which|who|that|when|while|as|after|before|where|if) ")
_DETERMINERS: Final = frozenset("the a an his her its their our this that these those him them".split())
# After a regular past they leave it open whether it is one: "the man charged with", "the plane used for".
_OPEN_AFTER: Final = frozenset(
    "to from by at in on with for of and or as near into under over after before during against about".split()
)
_WITHOUT_OBJECT: Final = frozenset(
    "travel arrive die land collapse happen appear attend participate return vote resign surrender crash "
    "sail disappear escape work live stay walk".split()
)
_MODAL: Final = frozenset("will would can could should must".split())
_POSITIVE: Final = re.compile(
    r"\b(?P<aux>is|are|was|were|will|would|can|could|should|must|has|have|had|did|does|do|may)"
    r"(?:(?P<short>n[’']t)| (?P<word>not|never))(?= (?P<next>[\w’'-]+))"
    r"|\b(?P<can>[Cc]an)not\b|\b(?P<wont>[Ww])on[’']t\b"
)
# They go with a negation alone, or say that it is not the whole story.
_POLAR: Final = re.compile(
    r"\b(?:any|anyone|anybody|anything|anywhere|ever|yet|either|at all|until|because|nor|but|much|only|just|"
    r"even|least|necessarily|long|whether|if|neither|no|unless|instead|rather)\b|\?",
    re.IGNORECASE,
)


def negated(sentence: str) -> list[Negating]:
    """Return the ways to turn ``sentence`` into its denial, or a denial into what it denies."""
    return [*_plain(sentence), *_denied(sentence), *_unsaid(sentence)]


def _plain(sentence: str) -> Iterator[Negating]:
    """Yield "is" made "is not", and the like."""
    for match in _WITH_AUX.finditer(sentence):
        if not _is_safe(match, _rest(sentence, match.end("aux")), is_modal=match["aux"] in _MODAL):
            continue
        if match["aux"] in ("has", "have", "had") and not _PARTICIPLE.match(sentence, match.start("next")):
            continue
        denied = "cannot" if match["aux"] == "can" else f"{match['aux']} not"
        yield Negating(match.start("aux"), match.end("aux"), denied)


def _denied(sentence: str) -> Iterator[Negating]:
    """Yield "struck" made "did not strike", and "carries" made "does not carry"."""
    for match in _WITH_VERB.finditer(sentence):
        verb, after = match["verb"], _rest(sentence, match.end("verb"))
        following = match["next"].lower()
        if not _is_safe(match, after, is_modal=False) or _FINITE.search(after):
            continue  # "the plane used yesterday was"
        is_capital = match["next"][0].isupper()
        if verb in STEM_OF_PAST:
            stem = STEM_OF_PAST[verb]
            is_plain = verb in IRREGULAR_PAST or following not in _OPEN_AFTER or stem in _WITHOUT_OBJECT
            if is_plain or _PRONOUN.fullmatch(match["subject"]):
                yield Negating(match.start("verb"), match.end("verb"), f"did not {stem}")
        elif not _MANY.match(match["subject"]) and (following in _DETERMINERS or is_capital):
            yield Negating(match.start("verb"), match.end("verb"), f"does not {STEM_OF_THIRD[verb]}")


def _unsaid(sentence: str) -> Iterator[Negating]:
    """Yield "was not" made "was", "did not strike" made "struck", and the like."""
    for match in _POSITIVE.finditer(sentence):
        after = _rest(sentence, match.end())
        if _POLAR.search(after) or _POLAR.search(_clause_before(sentence, match.start())):
            continue
        if match["can"] or match["wont"]:
            yield Negating(
                match.start(), match.end(), match["can"] or ("Will" if match["wont"] == "W" else "will")
            )
            continue
        aux = match["aux"]
        if aux not in ("do", "does", "did"):
            whole = "can" if aux == "ca" else aux
            yield Negating(match.start(), match.end(), whole)
            continue
        verb = match["next"]
        if aux == "did" and verb in PAST:
            yield Negating(match.start(), match.end("next"), PAST[verb])
        elif aux == "does" and verb in THIRD:
            yield Negating(match.start(), match.end("next"), THIRD[verb])
        elif aux == "do" and verb in PAST:
            yield Negating(match.start(), match.end("next"), verb)


def _is_safe(match: re.Match[str], after: str, *, is_modal: bool) -> bool:
    """Tell whether the words before and after a verb leave no doubt about what its denial denies."""
    subject, following = match["subject"], match["next"].lower()
    if following in _NOT_NEXT or _QUANTIFIED.search(subject) or _FINITE.search(subject):
        return False
    if _NO_SUBJECT.match(subject) or _NO_SUBJECT_END.search(subject):
        return False
    if match["comma"] is not None and not _AFTER_COMMA.match(subject):
        return False
    if re.match(r"an? ", subject, re.IGNORECASE) and not is_modal:
        return False  # "a man was not arrested" says nothing of the one who was
    return not _SCOPE.search(after) and not re.match(r" (?:[\w’'-]+ ){0,2}(?:\d|[a-z]+teen\b)", after)


def _rest(sentence: str, position: int) -> str:
    """Return the clause from ``position`` on."""
    end = _CLAUSE_END.search(sentence, position)
    return sentence[position : end.start() if end else len(sentence)]


def _clause_before(sentence: str, position: int) -> str:
    start = max((match.end() for match in _CLAUSE_END.finditer(sentence, 0, position)), default=0)
    return sentence[start:position]
