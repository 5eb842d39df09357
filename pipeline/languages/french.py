"""French."""

import re
from typing import Final

from pipeline.languages.spelled import numerals_of
from pipeline.languages.vocabulary import Vocabulary, after, before, listed, numbered, snowball, units, whole
from schemas.claim import Bound

_ONES: Final = "un deux trois quatre cinq six sept huit neuf".split()
_TEENS: Final = "dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf".split()
_TENS: Final = "vingt trente quarante cinquante soixante".split()
_NUMBERS: Final = {
    **{word: float(n) for n, word in enumerate(_ONES[1:] + _TEENS, 2)},
    **{ten: 10.0 * n for n, ten in enumerate(_TENS, 2)},
    **{f"{ten}-{one}": 10.0 * n + m for n, ten in enumerate(_TENS, 2) for m, one in enumerate(_ONES, 1)},
    **{f"{ten} et un": 10.0 * n + 1 for n, ten in enumerate(_TENS, 2)},
    **{f"soixante-{word}": 60.0 + n for n, word in enumerate(_TEENS, 10)},
    "soixante et onze": 71.0,
    "quatre-vingts": 80.0,
    "quatre-vingt": 80.0,
    **{f"quatre-vingt-{word}": 80.0 + n for n, word in enumerate(_ONES + _TEENS, 1)},
    "septante": 70.0,
    "huitante": 80.0,
    "nonante": 90.0,
}
_SCALES: Final = {
    "cent": 1e2,
    "cents": 1e2,
    "mille": 1e3,
    "million": 1e6,
    "millions": 1e6,
    "milliard": 1e9,
    "milliards": 1e9,
}
_VAGUE: Final = {
    "des dizaines": 20.0,
    "plusieurs dizaines": 20.0,
    "des centaines": 200.0,
    "plusieurs centaines": 200.0,
    "des milliers": 2000.0,
    "plusieurs milliers": 2000.0,
}
_MONTHS: Final = numbered(
    "janvier/janv février/févr mars avril/avr mai juin juillet/juil août/aout septembre/sept octobre/oct "
    "novembre/nov décembre/déc"
)
_WEEKDAYS: Final = numbered("lundi mardi mercredi jeudi vendredi samedi dimanche", 0)
_MONTH: Final = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_WEEKDAY: Final = rf"(?P<weekday>{'|'.join(_WEEKDAYS)})"
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)(?![\w]|[.,]\d)"
_stem: Final = snowball("french")

FRENCH: Final = Vocabulary(
    code="fr",
    stem=_stem,
    empty=listed(
        "le la les un une des du de d l au aux à et ou où mais donc or ni car que qu qui quoi dont ce c cet "
        "cette ces se s sa son ses leur leurs mon ma mes notre nos votre vos je j tu il elle on nous vous "
        "ils elles lui y en dans par pour sur sous avec sans entre vers chez depuis pendant avant après "
        "contre selon est sont était étaient été être a ont avait avaient avoir fut furent ne n pas plus "
        "très aussi comme si tout tous toute toutes m t a-t-il a-t-elle dit indiqué environ près"
    ),
    numerals=numerals_of(_NUMBERS, _SCALES, _VAGUE, comma_groups=False),
    months=_MONTHS,
    weekdays=_WEEKDAYS,
    dates=(
        re.compile(
            rf"(?<![\w.,])(?:{_WEEKDAY} )?(?P<day>1er|\d{{1,2}}) {_MONTH}(?: {_YEAR})?", re.IGNORECASE
        ),
        re.compile(rf"(?<!\w){_WEEKDAY}(?!\w)", re.IGNORECASE),
        re.compile(rf"(?<![\w.,/-]){_YEAR}(?! (?:km|mètres|euros|personnes))"),
    ),
    times=(
        re.compile(
            r"(?:(?<=\bà )|(?<=\bvers )|(?<=\bdès )|(?<=\bavant )|(?<=\baprès ))"
            r"(?P<hour>[01]?\d|2[0-4]) ?(?:h(?:eures?)?(?!\w)|h(?=\d)) ?(?P<minute>[0-5]\d)?(?!\w)",
            re.IGNORECASE,
        ),
    ),
    halves={},
    units=units(
        after,
        percent=r"pour cent",
        point=r"points? de pourcentage",
        kmh=r"kilomètres?[ -](?:à l[’']|par[ -])heure|kilomètres?-heure",
        km2=r"kilomètres? carrés?",
        m2=r"mètres? carrés?",
        m3=r"mètres? cubes?",
        km=r"kilomètres?(?![ -](?:carré|à|par|heure))",
        cm=r"centimètres?",
        mm=r"millimètres?",
        m=r"mètres?(?! (?:carré|cube))",
        tonne=r"tonnes?",
        kg=r"kilogrammes?|kilos?",
        hectare=r"hectares?",
        celsius=r"degrés?(?: celsius)?",
        second=r"secondes?",
        minute=r"minutes?",
        hour=r"heures?",
        day=r"jours?",
        week=r"semaines?",
        month=r"mois",
        year=r"ans?|années?",
        litre=r"litres?",
        MW=r"mégawatts?",
        EUR=r"euros?",
        USD=r"dollars?",
        CHF=r"francs? suisses?",
        person=r"personnes?",
        dead=r"(?:morts?|décès|tués?|victimes)",
        injured=r"blessés?",
        missing=r"disparus?",
    ),
    noun=re.compile(r"[ \u00a0](?P<noun>[a-zàâçéèêëîïôûùüœæ]{3,})(?![\w’'])"),
    bounds=(
        (Bound.at_least, before("au moins", "pas moins de", "au minimum")),
        (Bound.at_most, before("au plus", "au maximum", "jusqu[’']à", "pas plus de")),
        (Bound.more_than, before("plus de", "plus d[’']", "supérieur à", "au-delà de")),
        (Bound.less_than, before("moins de", "inférieur à")),
        (
            Bound.about,
            before("environ", "près de", "quelque", "quelques", "autour de", "presque", "à peu près", "une"),
        ),
    ),
    bounds_after=((Bound.at_least, after("ou plus")), (Bound.about, after("environ"))),
    no_count=re.compile(
        r"https?://\S{1,500}|\+\d[\d ().-]{6,20}\d"
        r"|\b(?:une?|deux|trois|quatre|\d{1,3}) \w{0,12} ?sur \w{1,6}\b"
        r"|\b(?:n°|numéro|page|article|chapitre|section|vol|ligne|route|rue|avenue|phase|catégorie|niveau|salle"
        r"|quai|voie|porte|autoroute) ?\d{1,5}\b"
        r"|\b\w{1,14} autres\b|\b\d{1,3} de plus\b",
        re.IGNORECASE,
    ),
    coming=whole(
        "prochaine?",
        "sera",
        "seront",
        "va",
        "vont",
        "\\w+(?:era|eront|ira|iront)",
        "prévue?s?",
        "devrait",
        "doit",
        "jusqu[’']à",
        "dès",
        "depuis",
        "pourrait",
        "dernier",
        "dernière",
    ),
    negating=whole(
        "pas",
        "ne",
        "n",
        "jamais",
        "aucune?",
        "personne ne",
        "rien",
        "ni",
        "sans",
        "nie",
        "nié",
        "dément",
        "démenti",
    ),
    saying=whole(
        "dit",
        "déclaré",
        "annoncé",
        "indiqué",
        "affirmé",
        "expliqué",
        "précisé",
        "ajouté",
        "rapporté",
        "confirmé",
        "assuré",
        "communiqué",
        "conférence de presse",
        "selon",
        "publié",
    ),
    running=whole(
        "morts?",
        "mortes?",
        "décès",
        "décédés?",
        "tuée?s?",
        "victimes",
        "blessée?s?",
        "disparue?s?",
        "secourue?s?",
        "évacuée?s?",
        "arrêtée?s?",
        "interpellée?s?",
        "infectée?s?",
        "sinistrée?s?",
        "péri",
    ),
    roles=tuple(
        frozenset(map(_stem, words.split()))
        for words in (
            "mort morts mortes décès décédé décédés tué tués tuées péri",
            "blessé blessés blessée blessées",
            "disparu disparus disparues",
            "arrêté arrêtés arrêtées interpellé interpellés interpellées",
            "secouru secourus secourues évacué évacués évacuées sauvés",
        )
    ),
)
