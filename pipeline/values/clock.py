"""Times of day in news prose, found with their time zones and compared."""

import re
from typing import Final

from pipeline.values.comparison import Comparison
from schemas.record import Record, Span


class ClockTime(Record):
    """A time of day as written: ``minute`` counts from midnight in ``zone`` ("" where none is named)."""

    text: str
    span: Span
    minute: int
    zone: str = ""
    is_full_hour: bool = False  # written without minutes, so rounded to the hour


# Only zones with one meaning: "IST", "CST" and "BST" are several, and "local time" is wherever it is.
_OFFSETS_H: Final = {
    "GMT": 0,
    "UTC": 0,
    "CET": 1,
    "CEST": 2,
    "EST": -5,
    "EDT": -4,
    "PST": -8,
    "PDT": -7,
    "KST": 9,
    "JST": 9,
}
_ZONE: Final = r"(?: (?P<zone>[A-Z]{3,4}(?!\w)|(?i:local time)))?"
_TIME: Final = re.compile(
    r"(?<![\w.,:/$£€-])(?:(?P<hour12>1[0-2]|0?[1-9])(?:[:.](?P<minute12>[0-5]\d))? ?"
    r"(?P<half>(?i:[ap])(?:\.m\.|(?i:m)\b))"
    r"|(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?![\w:]|\.\d)"
    r"|(?P<hour4>[01]\d|2[0-3])(?P<minute4>[0-5]\d)(?= (?:GMT|UTC|local time)))" + _ZONE
)


def find_times(text: str, offset: int = 0) -> tuple[ClockTime, ...]:
    """Return the times of day in ``text`` ("9 a.m.", "21:30 GMT") in order, spans shifted by ``offset``."""
    found = []
    for match in _TIME.finditer(text):
        if match["half"]:
            hour = int(match["hour12"]) % 12 + (12 if match["half"][0] in "pP" else 0)
            minutes = match["minute12"]
        else:
            hour = int(match["hour"] or match["hour4"])
            minutes = match["minute"] or match["minute4"]
        zone = (match["zone"] or "").lower()
        found.append(
            ClockTime(
                text=match[0],
                span=Span(start=match.start() + offset, end=match.end() + offset),
                minute=hour * 60 + int(minutes or 0),
                zone=zone if zone == "local time" else zone.upper(),
                is_full_hour=minutes is None,
            )
        )
    return tuple(found)


def compare_times(a: ClockTime, b: ClockTime) -> Comparison:
    """Compare two times of day; times in zones that code cannot convert are ``incomparable``.

    A bare hour is taken as rounded: "9 a.m." fits 9.20.
    """
    if a.zone == b.zone:
        apart = abs(a.minute - b.minute)
    elif a.zone in _OFFSETS_H and b.zone in _OFFSETS_H:
        apart = abs((a.minute - 60 * _OFFSETS_H[a.zone]) - (b.minute - 60 * _OFFSETS_H[b.zone])) % 1440
    else:
        return Comparison.incomparable
    leeway = 30 if a.is_full_hour != b.is_full_hour else 0
    return Comparison.differ if min(apart, 1440 - apart) > leeway else Comparison.same
