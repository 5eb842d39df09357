"""Tells how much a claim is worth checking, by signs in its words: the reasons can be shown to a reader.

What makes a claim check-worthy follows Hassan et al., "Toward automated fact-checking" (2017): a fact that
readers have a stake in, and no opinion, wish or courtesy. The weights are set by hand, in quarters;
benchmarks/checkworthy.py measures the order they give.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from pipeline.languages.reader import Reader
from pipeline.languages.table import reader_of
from schemas.claim import ClaimKind, Quantity

START: Final = -2.0  # log-odds of a claim without any sign
FULL: Final = 6  # content words from which more of them tell no more
FULL_WEIGHT: Final = 1.25  # for as many as that, and in proportion for fewer
LARGE: Final = 1000


@dataclass(frozen=True)
class Worth:
    """How much a claim is worth checking: ``score`` (0 to 1) puts claims in order and is no probability.

    ``reasons`` are the signs that speak for it, as plain words, the weightiest first.
    """

    score: float
    reasons: tuple[str, ...]


class _Sign(NamedTuple):
    """A sign by its words, with its weight in log-odds; a claim of ``kind`` has it whatever its words."""

    name: str
    weight: float
    words: re.Pattern[str]
    kind: ClaimKind | None = None


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w’'-])(?:{'|'.join(alternatives)})(?![\w-])", re.IGNORECASE)


_ACCUSED: Final = _words(
    r"accus(?:e|es|ed|ing|ations?)|alleg(?:e|es|ed|edly|ations?)|blam(?:e|es|ed|ing)|denounc(?:e|es|ed)",
    r"fraud(?:ulent)?|corrupt(?:ion)?|brib(?:e|es|ed|ery|ing)|embezzl\w+|launder(?:ed|ing)|extort\w*",
    r"lied|liars?|lying|deceiv\w+|mislead(?:s|ing)?|misled|cheat(?:s|ed|ing)?|rigged|hoax|scams?|fake",
    r"cover(?:ed)?[ -]up|conceal\w*|hid|hidden|deleted|leaked|tamper\w+|forged|hypocri\w+|betray\w*",
    r"illegal(?:ly)?|unlawful(?:ly)?|unconstitutional|criminal(?:s|ly)?|crimes?|guilty|convicted",
    r"arrested|detained|indicted|charged with|prosecuted|sued|lawsuits?|fined|suspended|sacked|expelled",
    r"violat\w+|breach(?:es|ed)?|abus\w+|assault\w*|rap(?:e|ed|ist)|murder\w*|massacr\w+|tortur\w+|harass\w*",
    r"steal(?:s|ing)?|stole|stolen|loot(?:ed|ing)|hack(?:ed|ers?|ing)|spied|espionage|cyberattacks?",
    r"fail(?:s|ed|ing|ures?)?|neglect\w*|negligen\w+|ignor(?:es?|ed|ing)|scandals?|disaster(?:s|ous)?",
    r"refus(?:e|es|ed|ing)|block(?:ed|ing)|unsafe|unfit|overloaded|discriminat\w+|racis[tm]|exploit(?:s|ed|ing)?",
    r"harm(?:s|ed|ing)?|ruin(?:s|ed|ing)?|threaten\w*|unpaid|underpaid|overcharg\w+|evad(?:e|es|ed|ing)",
)
_HARMED: Final = _words(
    r"kill(?:s|ed|ing)?|dead|died|dies|deaths?|injur(?:ed|ies|ing)|wounded|casualt(?:y|ies)|missing|victims?",
    r"attack(?:s|ed|ing)?|bomb(?:s|ed|ing)?|shot|shooting|struck|exploded|explosions?|crash(?:es|ed)?|sank",
    r"destroy(?:s|ed|ing)?|collaps(?:es?|ed|ing)|evacuated|outbreaks?|infected|poisoned|drowned|derailed",
)
_RECORD: Final = _words(
    r"(?:the|a|an|its|his|her|their|our) (?:very )?first(?! (?:of all|lady|minister|aid|name))",
    r"for the first time|first(?:-| )ever|(?:a|the|its|all-time|on) records?|record (?:high|low)s?",
    r"unprecedented|histor(?:y|ic|ical)|the (?:only|sole|most|least)|no other|number one|half a century",
    r"in (?:\w+ )?(?:decades|generations)"
    r"|the last(?! (?:\w+ )?(?:day|week|month|year|decade|night|hour|minute|time)s?(?!\w))",
    r"(?:wor|be|large|bigge|highe|lowe|deadlie|longe|shorte|greate|faste|slowe|olde|younge|stronge|weake|heavie"
    r"|smalle|riche|poore|earlie|hotte|colde|drie|wette|busie|costlie|bloodie|grave|safe|cheape|fewe)st",
)
_MOVED: Final = _words(
    r"ris(?:e|es|en|ing)|rose|fall(?:s|en|ing)?|fell|grow(?:s|n|ing|th)?|grew|(?:in|de)creas(?:es?|ed|ing)",
    r"declin(?:es?|ed|ing)|drop(?:s|ped|ping)?|shr(?:inks?|ank|unk)|cut(?:s|ting)?|reduc(?:es?|ed|ing|tions?)",
    r"raised|raising|lower(?:ed|ing|s)|slash(?:ed|ing)|gain(?:s|ed)|lost|losing|loses|loss(?:es)?|surg(?:e|ed|ing)",
    r"soar(?:s|ed|ing)|plung(?:es?|ed|ing)|(?:doubl|tripl|halv)(?:es?|ed|ing)|expand(?:s|ed|ing)?|wors(?:e|ened)",
    r"(?:go|goes|going|gone|went|is|are|was|were|been) (?:up|down)|pour(?:s|ed|ing)|fle(?:e|es|d|eing)",
    r"cost(?:s|ing)?|spen(?:ds?|t|ding)|eliminat(?:es?|ed|ing)|creat(?:ed|ing)",
)
_COMPARED: Final = _words(
    r"(?:more|less|fewer|better|worse|(?!other|over|rather|never|under|another|whether)\w{3,}er)"
    r" (?:\w+ ){0,3}than|compared (?:with|to)|twice|times (?:as|more|less|longer|higher|larger)",
    r"as (?:many|much) as|half (?:of )?(?:the|all)|most of|majority of|(?:on|above|below) average",
)
_CAUSED: Final = _words(
    r"because|caus(?:es?|ed|ing)|(?:leads?|led|leading) to|result(?:s|ed|ing)? (?:in|from)|due to|triggered",
    r"as a (?:result|consequence)|responsible for|contribut(?:es?|ed|ing) to|forc(?:ed|ing)|brought about",
)
_STANCE: Final = _words(
    r"claim(?:s|ed)|promis(?:es?|ed|ing)|pledg(?:es?|ed)|vow(?:s|ed)|vot(?:es?|ed|ing)|support(?:s|ed)",
    r"oppos(?:es?|ed)|endors(?:es?|ed)|den(?:y|ies|ied)|admit(?:s|ted)?|agreed|announc(?:es?|ed)|propos(?:es?|ed)",
    r"approv(?:es?|ed)|reject(?:s|ed)|prais(?:es?|ed)|critici[sz](?:es?|ed)|conclud(?:es?|ed)|rul(?:ed|ing)",
    r"call(?:s|ed) (?:for|on|it|him|her|them|the)|confirm(?:s|ed)|warn(?:s|ed)|said|says|told|wrote|quoted",
    r"according to|in favou?r of|backed",
)
_WHOLE: Final = _words(
    r"never|nobody|no one|none|nothing|always|everyone|everybody|everything|not (?:one|a single)|all of",
    r"at all|entirely|no (?:evidence|proof|sign|way|quote|word|warning|alarm|reason)|every (?:single )?\w+",
)
_DONE: Final = _words(
    # "are cancelled" and "a retired teacher" are states
    r"(?<!is )(?<!are )(?<!be )(?<!being )(?<!a )(?<!an )(?<!the )"
    r"(?!(?:need|indeed|speed|seed|feed|breed|hundred|proceed|succeed|exceed)(?!\w))\w{2,}ed",
    r"was|were|had|did|been|began|broke|built|came|fell|found|gave|got|held|left|lost|made|met|ran|sank|sent",
    r"sold|spent|struck|took|went|won|hit|paid|put|shut|knew|became|brought|bought|rose|grew|led|stood|saw",
    r"kept|drew|chose|fled|tore|hid|drove",
)
_FELT: Final = _words(
    r"I (?:think|believe|guess|feel|hope|wish|suppose|love|like|want|understand|agree|know|appreciate)",
    r"we (?:believe|think|hope|want|wish)|in my (?:opinion|view)|(?:hopeful|(?:un)?fortunate|frank|honest)ly",
    r"wonderful|terrific|beautiful|tremendous|amazing|incredible|fantastic|great|proud|sad|glad|honou?red",
)
_WANTED: Final = _words(
    r"should(?:n[’']t)?|must|ought|let[’']?s|let us|needs? to|have to|has to|(?:got|want|wants) to|deserves?"
)
_COMING: Final = _words(
    r"will|won[’']t|shall|\w+[’']ll|(?:is|are|am|\w+[’'](?:re|m|s)) going to|gonna|may|might(?! have)",
    r"(?:is|are) (?:due|expected|set|likely|to)|(?:plan|intend|hope|seek)s? to",
)
_POLITE: Final = _words(
    r"thanks?(?: you)?|welcome|good (?:evening|night|morning)|please|excuse me|sorry|congratulations",
    r"go ahead|ladies and gentlemen|our thoughts (?:are|go)|next question",
)
_SELF: Final = re.compile(r"(?<!\w)(?:I|me|my|mine|myself)(?!\w)")
_ASKED: Final = re.compile(r"\?\W*\Z")
_BROKEN: Final = re.compile(r"\A\W*(?:…|\.\.\.)|(?:…|\.\.\.|—|--|–)[\s”\"’']*\Z")

_SIGNS: Final = (
    _Sign("an accusation", 0.75, _ACCUSED),
    _Sign("harm done", 0.5, _HARMED),
    _Sign("a first or a record", 0.5, _RECORD),
    _Sign("a change or a cost", 0.75, _MOVED),
    _Sign("a comparison", 0.5, _COMPARED),
    _Sign("a cause", 0.5, _CAUSED),
    _Sign("what somebody said or stands for", 0.25, _STANCE, ClaimKind.statement),
    _Sign("a claim without exception", 0.25, _WHOLE),
    _Sign("a past event", 0.5, _DONE),
    _Sign("an opinion", -0.75, _FELT),
    _Sign("what ought to be", -0.5, _WANTED),
    _Sign("what is to come", -0.75, _COMING),
    _Sign("a courtesy", -0.75, _POLITE),
    _Sign("about oneself", -0.5, _SELF),
    _Sign("a question", -1.25, _ASKED),
    _Sign("a broken sentence", -1.0, _BROKEN),
)
_FIGURES: Final = (("a large figure or a share", 1.5), ("a figure", 1.0))

_SHARE: Final = _words(
    r"(?:\d{1,5}|one|two|three|four|nine) (?:in|out of) (?:every )?(?:\d{1,5}|two|three|four|five|six|ten)"
)
_AGE: Final = re.compile(r", \d{1,3}(?:,|\W*\Z)")
_KNOWN: Final = re.compile(r"\b(?:the|these|those|both|its|his|her|their) \Z", re.IGNORECASE)


def checkworthiness(
    text: str, kind: ClaimKind | None = None, speaker: str | None = None, language: str | None = None
) -> Worth:
    """Return how much the claim ``text`` is worth checking.

    That ``speaker`` says it is no sign by itself: those words are set aside where the claim has them. The
    signs are English; in another ``language`` figures alone count, and how much is said.
    """
    reader = reader_of(language)
    said = _without_saying(text, speaker)
    signs = [
        (s.name, s.weight)
        for s in (_SIGNS if reader.has_all_rules else ())
        if s.words.search(said) or (kind is not None and s.kind is kind)
    ]
    signs += _figure(said, reader)
    fullness = min(len(reader.stems(said)), FULL) / FULL
    odds = START + FULL_WEIGHT * fullness + sum(weight for _, weight in signs)
    speaking_for = sorted((s for s in signs if s[1] > 0), key=lambda s: -s[1])
    return Worth(round(1 / (1 + math.exp(-odds)), 3), tuple(name for name, _ in speaking_for))


def _figure(text: str, reader: Reader) -> Iterator[tuple[str, float]]:
    """Yield the sign of the numbers in ``text``, if there is one that tells something."""
    large, small = _FIGURES
    found = [q for q in reader.quantities(text) if not _tells_little(text, q)]
    is_large = any(_is_share_or_sum(q.unit) or q.value >= LARGE for q in found)
    if is_large or _SHARE.search(text):
        yield large
    elif found:
        yield small


def _tells_little(text: str, number: Quantity) -> bool:
    """Tell whether a number is small and known ("the two leaders"), or the age of somebody named."""
    is_known = number.value < 10 and _KNOWN.search(text[: number.span.start]) is not None
    is_age = not number.unit and _AGE.match(text, max(0, number.span.start - 2)) is not None
    return is_known or is_age


def _is_share_or_sum(unit: str) -> bool:
    return unit in ("%", "percentage point") or unit.isupper()  # a currency


def _without_saying(text: str, speaker: str | None) -> str:
    """Return ``text`` without "``speaker`` said (that)" before it or ", ``speaker`` said" after it."""
    if not speaker or not speaker.strip():
        return text
    name = re.escape(speaker.strip())
    bare = re.sub(rf"\A\W*{name} (?:said|says|told \w+)(?: that)? ", "", text, flags=re.IGNORECASE)
    return re.sub(rf",? (?:{name} (?:said|says)|(?:said|says) {name})\W*\Z", "", bare, flags=re.IGNORECASE)
