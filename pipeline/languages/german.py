"""German."""

import re
from typing import Final

from pipeline.languages.spelled import numerals_of
from pipeline.languages.vocabulary import Vocabulary, after, before, listed, numbered, snowball, units, whole
from schemas.claim import Bound

_ONES: Final = "ein zwei drei vier fünf sechs sieben acht neun".split()
_TENS: Final = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_TEENS: Final = "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn".split()
_NUMBERS: Final = {
    **{word: float(n) for n, word in enumerate(_ONES[1:] + _TEENS, 2)},
    **{ten: 10.0 * n for n, ten in enumerate(_TENS, 2)},
    **{f"{one}und{ten}": 10.0 * n + m for n, ten in enumerate(_TENS, 2) for m, one in enumerate(_ONES, 1)},
    **{f"{one}hundert": 100.0 * n for n, one in enumerate(_ONES, 1)},
    **{f"{one}tausend": 1000.0 * n for n, one in enumerate(_ONES, 1)},
    "dreissig": 30.0,
    "zwo": 2.0,
}
_SCALES: Final = {
    "hundert": 1e2,
    "tausend": 1e3,
    **dict.fromkeys(("millionen", "million", "mio.", "mio"), 1e6),
    **dict.fromkeys(("milliarden", "milliarde", "mrd.", "mrd"), 1e9),
    **dict.fromkeys(("billionen", "billion"), 1e12),
}
_VAGUE: Final = {
    "dutzende": 12.0,
    "dutzenden": 12.0,
    "mehrere hundert": 100.0,
    "hunderte": 100.0,
    "hunderten": 100.0,
    "mehrere tausend": 1000.0,
    "tausende": 1000.0,
    "tausenden": 1000.0,
}
_MONTHS: Final = numbered(
    "januar/jänner/jan februar/feber/feb märz/mär/mrz april/apr mai juni/jun juli/jul august/aug "
    "september/sept/sep oktober/okt november/nov dezember/dez"
)
_WEEKDAYS: Final = numbered("montag dienstag mittwoch donnerstag freitag samstag/sonnabend sonntag", 0)
_MONTH: Final = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_WEEKDAY: Final = rf"(?P<weekday>{'|'.join(_WEEKDAYS)})"
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)(?![\w]|[.,]\d)"
_stem: Final = snowball("german")

GERMAN: Final = Vocabulary(
    code="de",
    stem=_stem,
    empty=listed(
        "der die das den dem des ein eine einen einem einer eines und oder aber auch als am an auf aus bei "
        "beim bis da dann dass daß dem durch es er sie wir ihr ich man für gegen hat haben hatte hatten im "
        "in ins ist mit nach noch nur nun ob seit sein seine seinen seiner seinem ihre ihren ihrem ihrer "
        "sich sind so über um unter vom von vor war waren werden wird worden wurde wurden wie wo zu zum zur "
        "zwischen was wer wenn weil während wegen dieser diese dieses diesem diesen jener dort hier sagte "
        "sagten teilte mit laut etwa rund mehr als bereits schon sehr"
    ),
    numerals=numerals_of(_NUMBERS, _SCALES, _VAGUE, comma_groups=False),
    months=_MONTHS,
    weekdays=_WEEKDAYS,
    dates=(
        re.compile(
            rf"(?<![\w.,])(?:{_WEEKDAY}, ?(?:de[nm] )?)?(?P<day>\d{{1,2}})\. ?{_MONTH}(?: {_YEAR})?",
            re.IGNORECASE,
        ),
        re.compile(
            rf"(?<![\w.,])(?:{_WEEKDAY}, ?(?:de[nm] )?)?(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.{_YEAR}",
            re.IGNORECASE,
        ),
        re.compile(
            rf"(?<!\w){_WEEKDAY}(?=(?:morgen|mittag|nachmittag|abend|nacht|vormittag)?s?\b)", re.IGNORECASE
        ),
        re.compile(rf"(?<![\w.,/-]){_YEAR}(?! (?:km|Meter|Euro|Menschen|Personen))"),
    ),
    times=(
        re.compile(
            r"(?<![\w.,:])(?P<hour>[01]?\d|2[0-4])(?:[.:](?P<minute>[0-5]\d))? Uhr"
            r"(?: (?P<after>[0-5]\d)(?![\w.,:]))?"
        ),
        re.compile(r"(?<![\w.,:])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?![\w:]|[.,]\d)"),
    ),
    halves={},
    units=units(
        after,
        percent=r"prozent",
        point=r"prozentpunkte?n?",
        kmh=r"stundenkilometern?|kilometern? pro stunde",
        km2=r"quadratkilometern?",
        m2=r"quadratmetern?",
        m3=r"kubikmetern?",
        km=r"kilometern?",
        cm=r"zentimetern?",
        mm=r"millimetern?",
        m=r"metern?",
        tonne=r"tonnen?",
        kg=r"kilogramm|kilo",
        hectare=r"hektar",
        celsius=r"grad(?: celsius)?",
        second=r"sekunden?",
        minute=r"minuten?",
        hour=r"stunden?",
        day=r"tagen?|tag",
        week=r"wochen?",
        month=r"monaten?|monat",
        year=r"jahren?|jahr",
        litre=r"litern?",
        MW=r"megawatt",
        EUR=r"euro",
        USD=r"(?:us-)?dollar",
        CHF=r"(?:schweizer )?franken",
        GBP=r"(?:britische )?pfund",
        person=r"(?:menschen|personen|leuten?)",
        dead=r"(?:toten?|todesopfern?|getöteten?|leichen)",
        injured=r"(?:\w*verletzten?r?)(?! (?:\w+ )?[A-ZÄÖÜ])",
        missing=r"vermissten?",
    ),
    noun=re.compile(
        r"(?:[ \u00a0](?:[a-zäöüß]{3,}(?:e|en|er|es|em)) ?){0,2}[ \u00a0]?"
        r"(?P<noun>(?<= )[A-ZÄÖÜ][a-zäöüß-]{2,})(?!\w)"
    ),
    bounds=(
        (Bound.at_least, before("mindestens", "wenigstens", "nicht weniger als", "zumindest")),
        (Bound.at_most, before("höchstens", "maximal", "bis zu", "nicht mehr als")),
        (Bound.more_than, before("mehr als", "über", "mehr wie")),
        (Bound.less_than, before("weniger als", "unter")),
        (
            Bound.about,
            before(
                "etwa",
                "rund",
                "ungefähr",
                "circa",
                "ca\\.",
                "knapp",
                "fast",
                "gut",
                "gegen",
                "nahezu",
                "an die",
                "beinahe",
                "geschätzt",
            ),
        ),
    ),
    bounds_after=((Bound.at_least, after("oder mehr")),),
    no_count=re.compile(
        r"https?://\S{1,500}|\+\d[\d ()/-]{6,20}\d|\b\d{1,2} zu \d{1,2}\b|\b\d{1,3}:\d{1,3}\b"
        r"|(?:\b(?:weitere[nrs]?|andere[nrs]?|zusätzliche[nrs]?|Nr\.|Nummer|Seite|Artikel|Paragra(?:f|ph)|Absatz|Linie|Gleis"
        r"|Kapitel|Flug|Zimmer|Halle|Platz|Kategorie|Stufe|Autobahn|Absatz|§)|[AB]) ?\d{1,5}\b"
        r"|\b(?:weitere|andere|zusätzliche)[nrs]? \w{2,12}\b"
        r"|\b(?:jede[rns]?|einer von|zwei von) \w{1,8}\b",
        re.IGNORECASE,
    ),
    coming=whole(
        "wird",
        "werden",
        "soll",
        "sollen",
        "will",
        "wollen",
        "kommende[nmrs]?",
        "nächste[nmrs]?",
        "geplant",
        "könnte",
        "bis",
        "ab",
        "würde",
        "vorige[nmrs]?",
        "seit",
    ),
    negating=whole(
        "nicht",
        "kein(?:e[nmrs]?)?",
        "nie",
        "niemals",
        "niemand",
        "nichts",
        "weder",
        "ohne",
        "bestritt(?:en)?",
        "bestreitet",
        "dementiert(?:e|en)?",
    ),
    saying=whole(
        "sagt(?:e|en)?",
        "teilt(?:e|en)?",
        "erklärt(?:e|en)?",
        "berichtet(?:e|en)?",
        "mitgeteilt",
        "meldet(?:e|en)?",
        "kündigt(?:e|en)?",
        "betont(?:e|en)?",
        "hieß es",
        "gab bekannt",
        "Mitteilung",
        "Erklärung",
        "Pressekonferenz",
        "veröffentlicht",
    ),
    running=whole(
        "tote[nr]?",
        "todesopfern?",
        "starb(?:en)?",
        "gestorben",
        "getötet(?:e[nr]?)?",
        "ums leben",
        "\\w*verletzt(?:e[nr]?)?",
        "vermisst(?:e[nr]?)?",
        "gerettet(?:e[nr]?)?",
        "evakuiert",
        "festgenommen",
        "infiziert(?:e[nr]?)?",
        "erkrankt",
        "obdachlos",
    ),
    roles=tuple(
        frozenset(map(_stem, words.split()))
        for words in (
            "tot tote toten todesopfer starb starben gestorben getötet leben opfer",
            "verletzt verletzte verletzten verwundet schwerverletzt leichtverletzt",
            "vermisst vermisste vermissten",
            "festgenommen verhaftet",
            "gerettet evakuiert geborgen",
        )
    ),
)
