"""What a date goes with: the verb, or the noun of something that happens, in its part of the sentence.

Two dates exclude each other only where they are of one event. That two sentences name one place says little:
"the store opened in 1987" and "gas escaped from the store on Tuesday" are both true.
"""

import re
from itertools import pairwise
from typing import Final

from pipeline.remembered import remembered
from pipeline.values.clauses import clauses
from pipeline.values.irregular import BASES
from pipeline.values.passage import Read, Token
from pipeline.values.words import stems
from schemas.record import Span

# Where another event begins: "on Tuesday after gas leaked".
_CUT: Final = re.compile(r" (?:after|before|when|since|who|which|that|where) ", re.IGNORECASE)
_COUNTED: Final = re.compile(r" (?:after|before)\Z", re.IGNORECASE)  # "two days before": from another event
# "A 2010 film", "the Tuesday meeting", "(2014)": the date goes with the word beside it, and no verb.
_BESIDE_NOUN: Final = re.compile(r"(?:\b(?:an?|the|its|his|her|their) |\()\Z", re.IGNORECASE)
_NOUN_AFTER: Final = re.compile(r" [a-z]|\)", re.IGNORECASE)
# Verbs are told by their form, all of the past and the irregular in any, or by the word before them.
_PAST: Final = re.compile(r"[a-z]{2,}ed", re.IGNORECASE)
_MODAL: Final = re.compile(r"\b(?:will|would|may|might|can|could|must|shall|should) \Z", re.IGNORECASE)
_NO_VERB: Final = frozenset("hundred kindred need speed seed breed weed greed deed shed sacred naked".split())
_UNCHANGED: Final = "bet burst cast cost cut hit hurt let put quit read set shut split spread".split()
_IRREGULAR: Final = frozenset(stems([*BASES, *_UNCHANGED]))
_SAYING: Final = frozenset(
    stems("said stated told reported announced claimed confirmed warned accused revealed suggested".split())
)
# Nouns of what happens, and of what has one day; extend as needed.
_NOUNS: Final = frozenset(
    stems(
        "accident arrest arrival attack auction battle birth blast blaze briefing ceremony closure "
        "collapse collision conference crash cyclone death debate debut decision demonstration "
        "departure derailment disaster earthquake election eruption escape evacuation examination "
        "execution exercise exhibition explosion fall festival fine fire flood funeral game hearing "
        "inauguration incident inquest inspection interview invasion investigation journey landing launch "
        "leak letter marriage massacre match merger murder negotiation opening operation outage outbreak "
        "parade performance premiere protest race raid rally referendum release rescue resignation riot "
        "robbery ruling search sentence session shooting shutdown siege signing sinking storm strike "
        "summit surgery survey takeover talks test theft tour transfer treaty trial trip verdict visit "
        "vote walkout war wedding".split()
    )
)
# Each line one event, in words that have no stem in common; extend as needed.
_WORDED: Final = tuple(
    re.compile(rf"\b(?:{forms})(?!\w)", re.IGNORECASE)
    for forms in (
        # accidents
        r"derail(?:s|ed|ment)?|(?:c[ao]mes?|left|leaves|jumped|ran) (?:off )?the (?:rails|tracks?)",
        r"r[au]ns? aground|ground(?:s|ed|ing)|hits?|strikes?|struck",
        r"s[aiu]nks?|sinking|capsize[ds]?|w[eo]nt down|goes down",
        r"collision|collide[ds]?|crash(?:es|ed)?",
        r"collapse[ds]?|f[ae]ll|falls|g[ai]ves? way|c[ao]mes? down|caved in",
        r"leak(?:s|ed|ing)?|escape[ds]?|spill(?:s|ed)?|spilt",
        r"explosion|explode[ds]?|blasts?|bl[eo]wn? up",
        r"fires?|blaze|burn(?:s|ed|t|ing)?",
        r"evacuat(?:ed|ion)|led out|moved out",
        # a life
        r"born|birth",
        r"married|marriage|wedding|wed",
        r"died|deaths?|killed|murdered",
        r"buried|burial|funeral|laid to rest",
        # beginnings, ends and visits
        r"beg[aiu]n|begins|start(?:s|ed)?|launch(?:ed)?|br(?:eaks?|oken?) out|outbreak",
        r"founded|established|set up|incorporated|created",
        r"built|erected|constructed|completed",
        r"open(?:s|ed|ing)?|inaugurat(?:ed|ion)",
        r"close[ds]?|closure|shut|shutdown",
        r"visit(?:s|ed|ing)?|tour(?:s|ed|ing)?|trips?|travel(?:s|led|ed)?|journeys?",
        r"arrive[ds]?|arrival|landed|landing|reached|docked",
        r"depart(?:s|ed|ure)|left|leaves|set off",
        # an office, work and business
        r"leav(?:e|es|ing) office|left office|last day|step(?:s|ped|ping)? down|resign(?:s|ed|ation)?|quit",
        r"dismiss(?:ed|al)|sacked|fired|ousted|removed",
        r"appointed|appointment|named|elected|sworn in|took office|became",
        r"walk(?:ed)?[ -]?out|strikes?|downed tools",
        r"bought|purchased?|acquired|acquisition|took over|takeover",
        r"released|published|issued|c[ao]me out|premiered?|debuted|aired|broadcast",
        r"sent|posted|mailed|dated|written|wrote",
        # parliaments, courts, police and war
        r"passed|adopted|enacted|approved|approval|vote[ds]?",
        r"decision|decide[ds]?|ruled|ruling",
        r"sign(?:ed|ing)|agreed|agreement|treaty",
        r"met|meetings?|talks|summit|negotiations?",
        r"inspect(?:ed|ion)|examined|examination|checked|surveyed|survey",
        r"arrest(?:s|ed)?|detained|detention|custody",
        r"convicted|conviction|found guilty|verdict|sentenced?",
        r"robbe(?:d|ry)|stolen?|theft",
        r"attack(?:s|ed)?|bombed|bombing|shelled|shelling|raid(?:s|ed)?|strikes?|struck|hit",
        r"invasion|invaded?",
    )
)


def may_be_one_event(a: Read, x: Span, b: Read, y: Span) -> bool:
    """Tell whether the dates or hours ``x`` in ``a`` and ``y`` in ``b`` may be of one event.

    They are not where each goes with an event, and neither has what the other goes with. Events are known in
    English alone.
    """
    if not a.reader.has_all_rules:
        return True
    events_a, words_a = _beside(a, x)
    events_b, words_b = _beside(b, y)
    return not events_a or not events_b or bool(events_a & words_b or events_b & words_a)


@remembered(most=4096)  # a sentence meets many others
def _beside(read: Read, span: Span) -> tuple[frozenset[str], frozenset[str]]:
    """Return the events that a date may go with, and all words of the parts of the sentence that have them.

    They stand in its own part, or else in the nearest on either side that has any.
    """
    if _BESIDE_NOUN.search(read.text[: span.start]) and _NOUN_AFTER.match(read.text, span.end):
        return frozenset(), frozenset()
    parts = _parts(read.text, span)
    own = next(i for i, part in enumerate(parts) if span.start < part.end)
    found = [_told_in(read, parts[own])]
    if not found[0][0]:
        sides = (reversed(parts[:own]), parts[own + 1 :])
        near = (next((told for part in side if (told := _told_in(read, part))[0]), None) for side in sides)
        found = [told for told in near if told]
    events, words = (frozenset[str]().union(*(told[i] for told in found)) for i in (0, 1))
    return events, words


def _told_in(read: Read, part: Span) -> tuple[frozenset[str], frozenset[str]]:
    """Return the events in a part of a sentence, and all its words."""
    dated = [*(d.span for d in read.dates), *(t.span for t in read.times)]
    words = [
        token
        for token in read.tokens
        if part.start <= token.start < part.end
        and token.is_content
        and token.name is None
        and not any(span.start <= token.start < span.end for span in dated)
    ]
    worded = frozenset(
        f"event {i}" for i, forms in enumerate(_WORDED) if forms.search(read.text, part.start, part.end)
    )
    events = frozenset(token.key for token in words if _is_event(read.text, token)) - _SAYING
    return events | worded, frozenset(token.key for token in words) | worded


def _parts(text: str, span: Span) -> list[Span]:
    """Return ``text`` cut into clauses, and where another event begins; ``span`` is within one of them."""
    cuts = [*(match.start() for match in _CUT.finditer(text)), *(clause.end for clause in clauses(text))]
    if _COUNTED.search(span.cut(text)):
        cuts.append(span.end)
    ends = sorted({0, len(text), *(at for at in cuts if not span.start < at < span.end)})
    return [Span(start=start, end=end) for start, end in pairwise(ends)]


def _is_event(text: str, token: Token) -> bool:
    word = text[token.start : token.end].lower()
    is_past = _PAST.fullmatch(word) is not None and word not in _NO_VERB
    is_modal = _MODAL.search(text[max(0, token.start - 7) : token.start]) is not None
    return is_past or is_modal or token.key in _IRREGULAR or token.key in _NOUNS
