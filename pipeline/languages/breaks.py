"""What of a language tells whether a full stop ends a sentence: abbreviations, openers, quotation marks."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from schemas.article import READ_WITHOUT_LANGUAGE


class Breaks(NamedTuple):
    """The words of a language, in lower case, that a full stop may follow without ending a sentence.

    After ``titles`` it never does; after ``abbreviations`` where a word follows that is none of ``openers``;
    after ``before_number`` where a number follows. ``openers`` are words that, capitalised, open a sentence
    rather than go on with a name. Where a slip of the shift key is one, a sentence begins with one of
    ``slips`` in lower case. ``ordinal`` matches a token that is an ordinal with the full stop behind it.
    """

    openers: frozenset[str]
    titles: frozenset[str]
    abbreviations: frozenset[str]
    before_number: frozenset[str]
    slips: frozenset[str] = frozenset()
    ordinal: re.Pattern[str] = re.compile(r"(?!)")
    closing: str = "”»"  # marks that close a quotation, with a space before them or not
    is_glued: bool = False  # sentences often follow each other without a space


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ENGLISH_OPENERS: Final = _words(
    "the a an this that these those he she it they we i you his her its their our my there here in on at "
    "by for from with as after before since during when while where if although though but and or so yet "
    "however meanwhile one some many most all no not what who how why earlier later last next according"
)
_ENGLISH: Final = Breaks(
    openers=_ENGLISH_OPENERS,
    titles=_words(
        "mr mrs ms mx dr prof gov sen sens rep reps gen col lt sgt capt cpl maj adm rev hon pres messrs mme "
        "mlle supt insp cmdr amb fr pvt rt msgr brig det cllr sir dep asst vs v e.g i.e cf viz ph"
    ),
    abbreviations=_words(
        "inc ltd co corp bros jr sr st mt ft ave blvd rd dept govt est approx etc al assn univ intl natl "
        "tel ext ariz calif colo conn fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev okla "
        "ore pa tenn tex va vt wash wis wyo ont que alta"
    ),
    before_number=_words(
        "no nos p pp fig figs art sec vol ch para arts jan feb mar apr jun jul aug sep sept oct nov dec ca c"
    ),
    slips=_ENGLISH_OPENERS - {"and", "or"},
)
_GERMAN: Final = Breaks(
    openers=_words(
        "der die das den dem des ein eine einen einem einer er sie es wir ihr ich man dies diese dieser "
        "dieses dort hier da dann doch aber und oder auch als am an auf aus bei beim bis durch für gegen im "
        "in ins mit nach noch nur nun ob seit so trotz über um unter vom von vor während wegen weil wenn "
        "wer wie wo zu zum zur zwischen alle viele mehr mehrere kein keine nicht laut insgesamt zudem "
        "später zuvor allerdings"
    ),
    titles=_words(
        "dr prof hr hrn fr frl dipl ing med jur phil z d u o i v vgl sog bzw ggf evtl ca inkl exkl geb verh "
        "st str pl nr abs art aufl bd abb red min max lt gem einschl zzgl vs tel"
    ),
    abbreviations=_words("usw etc b a h ä mio mrd tsd chr jh jhd co kg mbh"),
    before_number=_words(
        "s jan feb mär apr jun jul aug sep sept okt nov dez mo di mi do sa so anm kap seite"
    ),
    ordinal=re.compile(r"\d{1,2}"),
    closing="“”‘«",
)
_SPANISH: Final = Breaks(
    openers=_words(
        "el la los las un una unos unas lo al del en de por para con sin según tras desde hasta sobre entre "
        "aunque cuando como si no ni y pero o que quien este esta estos estas ese esa esos esas aquel su sus "
        "también además después antes ahora así ya hay es son fue era muchos varios algunos todos otro otra"
    ),
    titles=_words(
        "sr sra srta sres sras dr dra dres d dña don ud uds vd vds prof profa gral cnel tte cap ing lic arq "
        "mons excmo excma fr sto sta ee p pág págs núm núms art arts av avda ctra aprox vs cf ej"
    ),
    abbreviations=_words("etc uu cía ltda hnos s.a s.l m kg km min hab tel"),
    before_number=_words("no nos ene feb mar abr may jun jul ago sep sept set oct nov dic vol fig cap"),
)
_FRENCH: Final = Breaks(
    openers=_words(
        "le la les l un une des du de d il elle ils elles on nous vous je ce cet cette ces c son sa ses "
        "leur leurs au aux en dans par pour sur sous avec sans selon après avant depuis pendant mais et ou "
        "or donc si quand comme qui que quel quelle tout tous toute plusieurs aucun aucune ainsi alors "
        "cependant puis"
    ),
    titles=_words(
        "m mm mme mmes mlle mlles dr drs pr prof me mgr st ste gal col cdt cap ing av bd bld vs cf p pp env "
        "art vol chap fig ex c.-à-d"
    ),
    abbreviations=_words("etc j.-c min km kg hab tél s.a"),
    before_number=_words("no janv févr avr juil sept oct nov déc"),
)
_KOREAN: Final = Breaks(
    openers=frozenset(),
    titles=_words("dr mr mrs ms vs no"),
    abbreviations=_words("inc co ltd etc"),
    before_number=frozenset(),
    ordinal=re.compile(r"\d{1,4}"),  # "2031. 5. 3."
    is_glued=True,
)
_BREAKS: Final[Mapping[str, Breaks]] = MappingProxyType(
    {"en": _ENGLISH, "de": _GERMAN, "es": _SPANISH, "fr": _FRENCH, "ko": _KOREAN}
)


def breaks_of(language: str | None) -> Breaks:
    """Return what tells sentences apart in ``language``; English, where that is not known here."""
    return _BREAKS.get(language or READ_WITHOUT_LANGUAGE, _ENGLISH)
