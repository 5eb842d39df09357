"""Datelines: where a report was sent from, on which day and by whom, before its first word.

"TORHOLM, March 17 (AFP) - ": a source of the publication date and of the outlet, and of nothing else. None
of it is what the report tells, so values are looked for behind it alone.
"""

import re
from datetime import date
from typing import Final, NamedTuple

from pipeline.reading.published import DAY_OF_MONTH, WEEKDAY, parse_date

LONGEST: Final = 200  # code points of a sentence's beginning that are looked at

_DAY: Final = rf"(?i:(?:{WEEKDAY}\.?,? )?(?:\d{{4}}-\d\d-\d\d|{DAY_OF_MONTH}(?:,? \d{{4}}(?!\d))?)|{WEEKDAY})"
_HOUR: Final = r"\d{1,2}[:.]\d{2}(?: ?[AaPp]\.?[Mm]\b\.?)?(?: [A-Z]{2,4}\b)?"
# No place begins with these: "On March 17 (Easter Monday) – The day", "In May 2031 – The year".
_NO_PLACE: Final = (
    "on|in|at|by|from|since|until|after|before|for|and|but|as|when|while|if|this|that|it|he|she|they"
)
_WORD: Final = rf"(?!{_DAY})[A-ZÀ-ÖØ-Þ][\w.'’-]"
_PLACE: Final = (
    rf"(?!(?i:{_NO_PLACE})\b){_WORD}{{1,30}}(?:[ /]{_WORD}{{0,30}}){{0,3}}"
    rf"(?:, {_WORD}{{1,30}}(?: {_WORD}{{1,30}})?){{0,2}}"
)
_AGENCY: Final = (
    rf"[(\[/](?!{_DAY})(?P<agency>[A-ZÀ-ÖØ-Þ][\w.,/&'’ -]{{1,40}}?|[a-z]{{2,8}})[)\]/](?:,? {_DAY})?"
)
_KNOWN_AGENCY: Final = (
    "(?:AP|AFP|Reuters|CNN|UPI|Xinhua|TASS|Yonhap|ANI|IANS|PTI|dpa|EFE|Kyodo|Bloomberg|BBC|ANSA|KCNA|Anadolu)"
)
_KNOWN: Final = re.compile(rf"{_KNOWN_AGENCY}(?:[/,] ?{_KNOWN_AGENCY})*", re.IGNORECASE)
_DATELINE: Final = re.compile(
    rf"[*_]{{0,3}}(?:(?P<place>{_PLACE})(?P<comma>,| [—–-]{{1,2}}(?= {_DAY}))?)? ?(?P<day>{_DAY})?"
    rf"(?:,? {_HOUR})?[.,]?? ?(?:{_AGENCY})?[*_]{{0,3}}"
    r" ?(?:(?P<dash>[—–-]{1,3})|(?P<stop>[.:]))?[*_]{0,3}(?: +|\Z|(?<=—)|(?<=[)\]][–-]))"
)
_OPENING: Final = re.compile(r"[\"“„«‘'¿¡(\[]*(?:\d|[^\W\d_a-zß-öø-ÿ])|[$£€]|\Z")  # of the sentence proper
_ANOTHER_DASH: Final = re.compile(r"—|\s[–-]{1,3}\s")


class Dateline(NamedTuple):
    """A dateline as it is read: its length in code points, and the outlet and the full date in it."""

    size: int
    outlet: str | None
    day: date | None


def read_dateline(sentence: str) -> Dateline | None:
    """Return the dateline that ``sentence`` begins with, or null.

    In doubt there is none: "Ann Roe (Labour) said" and "The mill – once the pride of Norwick – burned" have
    other shapes. An outlet in doubt, as in "Ann Roe (Labour) – The councillor", is null.
    """
    head = re.sub(r"\s", " ", sentence[:LONGEST])
    match = _DATELINE.match(head)
    if match is None or not _OPENING.match(head, match.end()):
        return None
    is_sure = _has_outlet(match)
    if not is_sure and not _is_placed(match):
        return None
    day = parse_date(match["day"]) if match["day"] else None
    return Dateline(match.end(), match["agency"] if is_sure else None, day)


def _has_outlet(match: re.Match[str]) -> bool:
    """Tell whether what stands in brackets is surely who sent the report."""
    agency, place = match["agency"] or "", match["place"] or ""
    is_set_off = match["comma"] or (match["dash"] and (match["day"] or place.isupper()))
    return bool(_KNOWN.fullmatch(agency) or (agency[:1].isupper() and is_set_off))


def _is_placed(match: re.Match[str]) -> bool:
    """Tell whether it surely is a place that the report is sent from."""
    place, day = match["place"] or "", match["day"]
    if not place:
        return False
    if day:
        return bool(match["dash"] or (match["comma"] and (match["stop"] or day.endswith("."))))
    # "Ann Roe – Mayor of Norwick – resigned"
    is_whole = place.isupper() or not _ANOTHER_DASH.search(match.string, match.end())
    return bool(match["dash"]) and not match["comma"] and is_whole
