"""Publication dates as pages write them: strict, and only on lines that are about the page itself.

Dates inside prose are another matter (they need a publication date to be resolved against). Here a date has a
year, exists in the calendar, agrees with the weekday written beside it, and cannot be read two ways.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

from pipeline.languages.french import FRENCH
from pipeline.languages.german import GERMAN
from pipeline.languages.spanish import SPANISH
from pipeline.values.letters import plain_letters

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_VOCABULARIES: Final = (GERMAN, SPANISH, FRENCH)
_OTHER_MONTHS: Final = {name: n for known in _VOCABULARIES for name, n in known.months.items()}
_OTHER_WEEKDAYS: Final = {name: n for known in _VOCABULARIES for name, n in known.weekdays.items()}


def _any_of(names: Iterable[str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?"
    r"|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_DAY_NUMBER = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|er|º|\.)?(?!\d)"
_ANY_MONTH = rf"(?:{_MONTH}|{_any_of(_OTHER_MONTHS)})\b"
# Parts of a date without groups of their own, for patterns that hold one.
WEEKDAY: Final = rf"(?:{_WEEKDAY}|{_any_of(_OTHER_WEEKDAYS)})\b"
DAY_OF_MONTH: Final = (
    rf"(?:{_ANY_MONTH}\.? {_DAY_NUMBER}|(?:le |den |dem |el )?{_DAY_NUMBER} (?:of |de )?{_ANY_MONTH}\.?)"
)
_DATE = (
    rf"(?:\b(?P<weekday>{_WEEKDAY})\.?,?\s{{1,3}})?"
    r"(?:"
    r"\b(?P<iso_y>\d{4})[-/.](?P<iso_m>\d{1,2})[-/.](?P<iso_d>\d{1,2})(?!\d)(?:\.(?=\s))?"
    rf"|\b(?P<dmy_d>\d{{1,2}})(?:st|nd|rd|th)?(?:\sof)?[\s-](?P<dmy_m>{_MONTH})\.?,?[\s-](?P<dmy_y>\d{{4}})(?!\d)"
    rf"|\b(?P<mdy_m>{_MONTH})\.?\s(?P<mdy_d>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<mdy_y>\d{{4}})(?!\d)"
    # "Dienstag, 3. Mai 2031", "mardi 3 mai 2031", "3 de mayo de 2031"
    rf"|(?:\b(?P<other_weekday>{_any_of(_OTHER_WEEKDAYS)}),?\s(?:den\s|dem\s|le\s|el\s)?)?"
    rf"\b(?P<other_d>\d{{1,2}})(?:\.|er|º)?\s(?:de\s)?(?P<other_m>{_any_of(_OTHER_MONTHS)})\b\.?\s(?:del?\s)?"
    r"(?P<other_y>\d{4})(?!\d)"
    r"|\b(?P<ko_y>\d{4})(?:년|\.)\s?(?P<ko_m>\d{1,2})(?:월|\.)\s?(?P<ko_d>\d{1,2})(?:일|\.)(?:\s?\([월화수목금토일]\))?"
    r"|\b(?P<num_a>\d{1,2})[/.](?P<num_b>\d{1,2})[/.](?P<num_y>\d{4})(?!\d)"
    r")"
)
_TIME = (
    r"(?:(?:T|[\s,|–—-]{0,4}(?:(?:at|um|à|a\slas|오전|오후)\s)?)\d{1,2}(?:[:.h]\d{2}(?:[:.]\d{2}(?:\.\d{1,9})?)?)?\s?(?:[ap]\.?m\b\.?|Uhr\b|horas\b|h\b)?"
    r"\s?(?:Z\b|[A-Z]{2,5}\b|[+-]\d{2}:?\d{2})?)?"
)
_LABEL = (
    r"(?P<label>\b(?:(?:first|originally|last)\s)?"
    r"(?:posted|published|publication date|date published|pub(?:lished)? date"
    r"|updated?|modified|created|issued|dated?)"
    r"(?:\s(?:on|at))?\s?[:|–—-]?\s?"
    r"|\b(?:veröffentlicht|erstellt|aktualisiert|stand|publié|mis\sà\sjour|publicado|actualizado)"
    r"(?:\s(?:am|le|el))?\s?[:|–—-]?\s?"
    r"|(?:기사\s?)?(?:입력|등록|게시|승인|수정)\s?[:|–—-]?\s?)"
)
_STAMP: Final = re.compile(rf"{_LABEL}?{_DATE}{_TIME}", re.IGNORECASE)
_WHOLE: Final = re.compile(rf"\s*{_DATE}{_TIME}\s*", re.IGNORECASE)
_BETWEEN: Final = " \t\xa0|·•,;:()[]–—-/"

_UPDATED: Final = (
    "update",
    "modified",
    "last",
    "aktualisiert",
    "stand",
    "mis à jour",
    "actualizado",
    "수정",
    "기사 수정",
)
_DAY_FIRST: Final = ("de", "es", "fr")

LONGEST_LINE: Final = 160  # code points; a longer line is prose, whatever dates it holds


class Stamp(NamedTuple):
    """A date on a line about the page; ``day`` is null where it is impossible, contradictory or ambiguous."""

    day: date | None
    is_update: bool
    is_labelled: bool


def parse_date(text: str) -> date | None:
    """Return the date that ``text`` is, with or without weekday and time, or null if it is not one date."""
    match = _WHOLE.fullmatch(plain_letters(text)) if len(text) <= LONGEST_LINE else None
    return _day(match) if match else None


def plausible(day: date) -> date | None:
    """Return ``day``, or null where no newspaper can have come out on it: a year mistyped, say."""
    return day if 1800 <= day.year <= 2200 else None


def stamps(line: str, language: str | None = None) -> list[Stamp]:
    """Return every date on ``line`` with what its label says about it; none on a line too long for one.

    In a ``language`` that sets the day first, 03.05.2031 can be read in one way alone.
    """
    if len(line) > LONGEST_LINE:
        return []
    found = []
    for match in _STAMP.finditer(plain_letters(line)):
        label = (match["label"] or "").lower()
        is_update = label.startswith(_UPDATED)
        is_day_first = language in _DAY_FIRST
        found.append(Stamp(_day(match, is_day_first=is_day_first), is_update, bool(label)))
    return found


def is_date_line(line: str) -> bool:
    """Tell whether ``line`` holds nothing but dates, times, their labels and separators."""
    if len(line) > LONGEST_LINE:
        return False
    rest, count = _STAMP.subn("", line)
    return bool(count) and not rest.strip(_BETWEEN)


def _day(match: re.Match[str], *, is_day_first: bool = False) -> date | None:
    if match["iso_y"]:
        year, month, day = int(match["iso_y"]), int(match["iso_m"]), int(match["iso_d"])
    elif match["dmy_y"]:
        year, month, day = int(match["dmy_y"]), _month(match["dmy_m"]), int(match["dmy_d"])
    elif match["mdy_y"]:
        year, month, day = int(match["mdy_y"]), _month(match["mdy_m"]), int(match["mdy_d"])
    elif match["other_y"]:
        year, day = int(match["other_y"]), int(match["other_d"])
        month = _OTHER_MONTHS[match["other_m"].lower()]
    elif match["ko_y"]:
        year, month, day = (int(match[name]) for name in ("ko_y", "ko_m", "ko_d"))
    else:
        year, first, second = int(match["num_y"]), int(match["num_a"]), int(match["num_b"])
        if first != second and first <= 12 and second <= 12 and not is_day_first:
            return None  # 03/08/2023 is March in one country and August in the next
        day, month = (first, second) if second <= 12 else (second, first)
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    other = match["other_weekday"]
    if other and _OTHER_WEEKDAYS[other.lower()] != found.weekday():
        return None
    weekday = match["weekday"]
    if weekday and _WEEKDAYS[found.weekday()] != weekday[:3].lower():
        return None
    return plausible(found)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1
