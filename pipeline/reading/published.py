"""Publication dates as pages write them: strict, and only on lines that are about the page itself.

Dates inside prose are another matter (they need a publication date to be resolved against). Here a date has a
year, exists in the calendar, agrees with the weekday written beside it, and cannot be read two ways.
"""

import re
from datetime import date
from typing import Final, NamedTuple

from pipeline.values.letters import plain_letters

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?"
    r"|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_DATE = (
    rf"(?:\b(?P<weekday>{_WEEKDAY})\.?,?\s{{1,3}})?"
    r"(?:"
    r"\b(?P<iso_y>\d{4})[-/.](?P<iso_m>\d{1,2})[-/.](?P<iso_d>\d{1,2})(?!\d)"
    rf"|\b(?P<dmy_d>\d{{1,2}})(?:st|nd|rd|th)?(?:\sof)?[\s-](?P<dmy_m>{_MONTH})\.?,?[\s-](?P<dmy_y>\d{{4}})(?!\d)"
    rf"|\b(?P<mdy_m>{_MONTH})\.?\s(?P<mdy_d>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<mdy_y>\d{{4}})(?!\d)"
    r"|\b(?P<num_a>\d{1,2})[/.](?P<num_b>\d{1,2})[/.](?P<num_y>\d{4})(?!\d)"
    r")"
)
_TIME = (
    r"(?:(?:T|[\s,|–—-]{0,4}(?:at\s)?)\d{1,2}(?:[:.h]\d{2}(?:[:.]\d{2}(?:\.\d{1,9})?)?)?\s?(?:[ap]\.?m\b\.?)?"
    r"\s?(?:Z\b|[A-Z]{2,5}\b|[+-]\d{2}:?\d{2})?)?"
)
_LABEL = (
    r"(?P<label>\b(?:(?:first|originally|last)\s)?"
    r"(?:posted|published|publication date|date published|pub(?:lished)? date"
    r"|updated?|modified|created|issued|dated?)"
    r"(?:\s(?:on|at))?\s?[:|–—-]?\s?)"
)
_STAMP: Final = re.compile(rf"{_LABEL}?{_DATE}{_TIME}", re.IGNORECASE)
_WHOLE: Final = re.compile(rf"\s*{_DATE}{_TIME}\s*", re.IGNORECASE)
_BETWEEN: Final = " \t\xa0|·•,;:()[]–—-/"

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


def stamps(line: str) -> list[Stamp]:
    """Return every date on ``line`` with what its label says about it; none on a line too long for one."""
    if len(line) > LONGEST_LINE:
        return []
    found = []
    for match in _STAMP.finditer(plain_letters(line)):
        label = (match["label"] or "").lower()
        is_update = label.startswith(("update", "modified", "last"))
        found.append(Stamp(_day(match), is_update, bool(label)))
    return found


def is_date_line(line: str) -> bool:
    """Tell whether ``line`` holds nothing but dates, times, their labels and separators."""
    if len(line) > LONGEST_LINE:
        return False
    rest, count = _STAMP.subn("", line)
    return bool(count) and not rest.strip(_BETWEEN)


def _day(match: re.Match[str]) -> date | None:
    if match["iso_y"]:
        year, month, day = int(match["iso_y"]), int(match["iso_m"]), int(match["iso_d"])
    elif match["dmy_y"]:
        year, month, day = int(match["dmy_y"]), _month(match["dmy_m"]), int(match["dmy_d"])
    elif match["mdy_y"]:
        year, month, day = int(match["mdy_y"]), _month(match["mdy_m"]), int(match["mdy_d"])
    else:
        year, first, second = int(match["num_y"]), int(match["num_a"]), int(match["num_b"])
        if first != second and first <= 12 and second <= 12:
            return None  # 03/08/2023 is March in one country and August in the next
        day, month = (first, second) if second <= 12 else (second, first)
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    weekday = match["weekday"]
    if weekday and _WEEKDAYS[found.weekday()] != weekday[:3].lower():
        return None
    return plausible(found)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1
