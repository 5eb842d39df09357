"""Spanish."""

import re
from typing import Final

from pipeline.languages.spelled import numerals_of
from pipeline.languages.vocabulary import Vocabulary, after, before, listed, numbered, snowball, units, whole
from schemas.claim import Bound

_ONES: Final = "uno dos tres cuatro cinco seis siete ocho nueve".split()
_TO_29: Final = (
    "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte veintiuno "
    "veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
).split()
_TENS: Final = "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_HUNDREDS: Final = "doscient trescient cuatrocient quinient seiscient setecient ochocient novecient".split()
_NUMBERS: Final = {
    **{word: float(n) for n, word in enumerate(_ONES[1:], 2)},
    **{word: float(n) for n, word in enumerate(_TO_29, 10)},
    **{ten: 10.0 * n for n, ten in enumerate(_TENS, 3)},
    **{f"{ten} y {one}": 10.0 * n + m for n, ten in enumerate(_TENS, 3) for m, one in enumerate(_ONES, 1)},
    **{f"{hundred}{end}": 100.0 * n for n, hundred in enumerate(_HUNDREDS, 2) for end in ("os", "as")},
    "cien": 100.0,
    "ciento": 100.0,
    "veintiún": 21.0,
    "veintiuna": 21.0,
}
_SCALES: Final = {"mil": 1e3, "millones": 1e6, "millón": 1e6, "mil millones": 1e9, "billones": 1e12}
_VAGUE: Final = {"decenas": 10.0, "docenas": 12.0, "cientos": 100.0, "centenares": 100.0, "miles": 1000.0}
_MONTHS: Final = numbered(
    "enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago "
    "septiembre/setiembre/sept/sep octubre/oct noviembre/nov diciembre/dic"
)
_WEEKDAYS: Final = numbered("lunes martes miércoles jueves viernes sábado domingo", 0)
_MONTH: Final = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_WEEKDAY: Final = rf"(?P<weekday>{'|'.join(_WEEKDAYS)})"
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)(?![\w]|[.,]\d)"
_stem: Final = snowball("spanish")

SPANISH: Final = Vocabulary(
    code="es",
    stem=_stem,
    empty=listed(
        "el la los las un una unos unas lo al del de a ante bajo con contra desde en entre hacia hasta para "
        "por según sin sobre tras y e o u ni que qué como cómo cuando cuándo donde quien quién cual si no "
        "su sus se le les me te nos mi tu este esta esto estos estas ese esa eso esos esas aquel es son era "
        "eran fue fueron ser sido ha han había habían haber está están estaba estaban hay ya más muy "
        "también pero porque así dijo dijeron unos cerca menos al"
    ),
    numerals=numerals_of(_NUMBERS, _SCALES, _VAGUE, comma_groups=True),
    months=_MONTHS,
    weekdays=_WEEKDAYS,
    dates=(
        re.compile(
            rf"(?<![\w.,])(?:{_WEEKDAY},? )?(?P<day>\d{{1,2}}|1\.?º|primero) de {_MONTH}(?: del? {_YEAR})?",
            re.IGNORECASE,
        ),
        re.compile(rf"(?<!\w){_WEEKDAY}(?!\w)", re.IGNORECASE),
        re.compile(rf"(?<![\w.,/-]){_YEAR}(?! (?:km|metros|euros|personas))"),
    ),
    times=(
        re.compile(
            r"(?<!\w)a las? (?P<hour>\d{1,2})(?:[:.](?P<minute>[0-5]\d))? (?:horas )?de la "
            r"(?P<half>mañana|madrugada|tarde)(?!\w)",
            re.IGNORECASE,
        ),
        re.compile(
            r"(?<!\w)a las? (?P<hour>[1-9]|1[01])(?:[:.](?P<minute>[0-5]\d))? de la (?P<half>noche)(?!\w)",
            re.IGNORECASE,
        ),
        re.compile(r"(?<![\w.,:])(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d) ?(?:horas|hrs?\.?|h)(?!\w)"),
        re.compile(r"(?<=\ba las )(?P<hour>1[3-9]|2[0-3])(?:[:.](?P<minute>[0-5]\d))?(?![\w:]|[.,]\d)"),
    ),
    halves={"mañana": 0, "madrugada": 0, "tarde": 12, "noche": 12},
    units=units(
        after,
        percent=r"por ciento",
        point=r"puntos? porcentual(?:es)?",
        kmh=r"kilómetros? por hora",
        km2=r"kilómetros? cuadrados?",
        m2=r"metros? cuadrados?",
        m3=r"metros? cúbicos?",
        km=r"kilómetros?",
        cm=r"centímetros?",
        mm=r"milímetros?",
        m=r"metros?(?! (?:cuadrad|cúbic)os)",
        tonne=r"toneladas?",
        kg=r"kilogramos?|kilos?",
        hectare=r"hectáreas?",
        celsius=r"grados?(?: (?:celsius|centígrados))?",
        second=r"segundos?",
        minute=r"minutos?",
        hour=r"horas?",
        day=r"días?",
        week=r"semanas?",
        month=r"mes(?:es)?",
        year=r"años?",
        litre=r"litros?",
        MW=r"megavatios?",
        EUR=r"euros?",
        USD=r"dólares",
        person=r"personas?",
        dead=r"(?:muertos?|fallecidos?|víctimas mortales)",
        injured=r"heridos?",
        missing=r"desaparecidos?",
    ),
    noun=re.compile(r"[ \u00a0](?P<noun>[a-záéíóúüñ]{3,})(?![\w’'])"),
    bounds=(
        (Bound.at_least, before("al menos", "por lo menos", "como mínimo", "no menos de")),
        (Bound.at_most, before("como máximo", "hasta", "no más de", "a lo sumo")),
        (Bound.more_than, before("más de", "superior a", "por encima de")),
        (Bound.less_than, before("menos de", "inferior a")),
        (
            Bound.about,
            before(
                "unos", "unas", "cerca de", "alrededor de", "aproximadamente", "casi", "en torno a", "sobre"
            ),
        ),
    ),
    bounds_after=((Bound.at_least, after("o más")),),
    no_count=re.compile(
        r"https?://\S{1,500}|\+\d[\d ()-]{6,20}\d|\b(?:uno|una|dos|tres|cuatro|\d{1,3}) de cada \w{1,8}\b"
        r"|\b(?:otr[oa]s|núm\.|nº|número|página|artículo|capítulo|sección|vuelo|línea|ruta|carretera|calle|avenida"
        r"|fase|categoría|nivel|sala|andén|kilómetro) \d{1,5}\b"
        r"|\botr[oa]s \w{2,14}\b|\b\d{1,3} más\b(?! de)",
        re.IGNORECASE,
    ),
    coming=whole(
        "será",
        "serán",
        "próxim[oa]",
        "va a",
        "van a",
        "\\w+(?:ará|erá|irá|arán|erán|irán)",
        "que viene",
        "prevé",
        "prevén",
        "previst[oa]s?",
        "podría",
        "hasta",
        "desde",
        "pasado",
    ),
    negating=whole(
        "no", "ni", "nunca", "jamás", "nadie", "nada", "ningún", "ninguna?", "sin", "negó", "niega", "tampoco"
    ),
    saying=whole(
        "dijo",
        "dijeron",
        "dice",
        "informó",
        "informaron",
        "anunció",
        "declaró",
        "explicó",
        "afirmó",
        "señaló",
        "aseguró",
        "indicó",
        "confirmó",
        "comunicado",
        "rueda de prensa",
        "según",
    ),
    running=whole(
        "muert[oa]s?",
        "murieron",
        "murió",
        "fallecid[oa]s?",
        "fallecieron",
        "víctimas",
        "herid[oa]s?",
        "desaparecid[oa]s?",
        "rescatad[oa]s?",
        "evacuad[oa]s?",
        "detenid[oa]s?",
        "infectad[oa]s?",
        "damnificad[oa]s?",
    ),
    roles=tuple(
        frozenset(map(_stem, words.split()))
        for words in (
            "muerto muertos muerta muertas murieron murió fallecido fallecidos fallecieron mortales",
            "herido heridos herida heridas lesionados",
            "desaparecido desaparecidos desaparecidas",
            "detenido detenidos detenidas arrestados",
            "rescatado rescatados rescatadas evacuados evacuadas salvados",
        )
    ),
)
