"""How a date as written is read: the patterns of news prose, each with the function that resolves it."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from pipeline.values.letters import plain_letters
from pipeline.values.numerals import find_numerals
from pipeline.values.stretches import MONTHS, WEEKDAYS, Stretch, day_of, last_such, month_of, week_of, year_of


class Granularity(StrEnum):
    """How finely a date is written; ``relative`` hangs on the day of writing or on another event."""

    day = "day"
    weekday = "weekday"
    week = "week"
    month = "month"
    season = "season"
    year = "year"
    decade = "decade"
    relative = "relative"


class Reading(NamedTuple):
    """What a pattern makes of its match."""

    granularity: Granularity
    days: Stretch | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None


_MONTH: Final = (
    r"(?P<month>(?:January|February|March|April|May|June|July|August|September|October|November|December)(?!\w)"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)(?!\w)\.?)"
)
_WEEKDAY: Final = r"(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)(?!\w)"
_DAY: Final = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\w%]|[.,:/]\d)"
_TO_DAY: Final = r"(?:(?:[-–]| (?:to|and) )(?P<day2>3[01]|[12]\d|[1-9])(?:st|nd|rd|th)?(?![\w%]|[.,:/]\d))?"
_YEAR: Final = r"(?P<year>(?:1[5-9]|20)\d\d)(?![\w%]|[.,:/-]\d)"
_PART: Final = (
    r"(?P<part>early|mid|late|earlier|later|(?:(?:at|by|toward|towards) )?the "
    r"(?P<edge>end|beginning|start|middle) of)(?:[ -](?:in )?)"
)
_WHICH: Final = r"(?P<which>last|this past|this|next|the past|(?:the )?previous|(?:the )?following|the same)"
_NAME_AFTER: Final = r"(?! (?:Times|Telegraph|Mail|Express|Mirror|Herald|Post|World|Agreement|Night Live))"
_NAME_BEFORE: Final = (
    r"(?<!Black )(?<!Good )(?<!Easter )(?<!Ash )(?<!Bloody )(?<!Super )(?<!Cyber )(?<!Palm )"
)
_SPELLED_COUNT: Final = r"(?P<count>\d{1,3}|[a-z]{1,9}(?:-[a-z]{1,5})?)"


_FUTURE: Final = re.compile(r"(?:\b(?:will|tomorrow|upcoming)\b[^,;“”\"]*|\b(?:by|until) )\Z", re.IGNORECASE)
_OPEN: Final = re.compile(
    r"(?:\b(?:would|could|may|might|should|expected|scheduled|due|planned|plans?|planning|set (?:to|for)"
    r"|to be|ahead of)\b[^,;“”\"]*|\b(?:from|before) )\Z",
    re.IGNORECASE,
)
_UNTIL_THEN: Final = re.compile(r"\b(?:by|until) \Z", re.IGNORECASE)
_HAD: Final = re.compile(r"\bhad\b[^,;“”\"]*\Z")
_HAD_AFTER: Final = re.compile(r"[^.;!?“”\"]{0,80}?\bhad\b")
_WILL_AFTER: Final = re.compile(r"[ ,]{1,2}\w+(?: \w+){0,3} will\b")


def _direction(match: re.Match[str]) -> int | None:
    """Return -1 where a date lies in the past, 1 in the future, None where the words around leave it open."""
    before = re.split(r"[.!?]\s", match.string[max(0, match.start() - 60) : match.start()])[-1]
    if _UNTIL_THEN.search(before) and (_HAD.search(before) or _HAD_AFTER.match(match.string, match.end())):
        return -1  # "by Monday nobody had been found"
    if _FUTURE.search(before):
        return 1
    starts_sentence = len(before.strip()) <= 3
    if starts_sentence and _WILL_AFTER.match(match.string, match.end()):
        return 1
    return None if _OPEN.search(before) else -1


def _full(match: re.Match[str], published: date | None) -> Reading | None:
    """Read "July 27", "27 July 2023" and "2023-07-27"."""
    written = match["month"]
    if not (written.isdigit() or written[0].isupper()):
        return None
    month = int(written) if written.isdigit() else MONTHS[written[:3].lower()]
    day = int(match["day"])
    year = int(match["year"]) if match["year"] else None
    weekday = WEEKDAYS.get((match.groupdict().get("weekday") or "")[:3].lower())
    days = day_of(year, month, day) if year else None
    if not year:
        if day_of(2024, month, day) is None:  # a leap year: any day that exists at all
            return None
        direction = _direction(match)
        if published and direction:
            days = last_such(published, direction, month, day)
    elif days is None:
        return None
    if last := match.groupdict().get("day2"):  # "July 3-5"
        until = day_of(days.start.year, month, int(last)) if days else None
        days = Stretch(days.start, until.end) if days and until and until.end > days.start else None
        return Reading(Granularity.day, days, year, month)
    return Reading(Granularity.day, days, year, month, day, weekday)


def _month(match: re.Match[str], published: date | None) -> Reading | None:
    """Read "in November", "late last December", "this past March" and "March 2022"."""
    groups = match.groupdict()
    if not groups["month"][0].isupper():
        return None
    month = MONTHS[groups["month"][:3].lower()]
    year = int(groups["year"]) if groups.get("year") else None
    part = groups.get("edge") or groups.get("part")
    which = (groups.get("which") or "").lower()
    if year:
        return Reading(Granularity.month, month_of(year, month, part), year, month)
    direction = 1 if which == "next" else -1 if which else _direction(match)
    days = None
    # "last March", said in June, may be of this year or of the year before: it stays open.
    is_open = which == "last" and published is not None and month < published.month
    if published and direction and not is_open and which != "the same":
        days = last_such(published, direction, month, None)
        if days and which == "last" and month == published.month:
            days = month_of(published.year - 1, month, None)
        days = month_of(days.start.year, month, part) if days and days.start else None
    return Reading(Granularity.month, days, None, month)


def _week_of_month(match: re.Match[str], published: date | None) -> Reading | None:
    """Read "the last week of November", generously: a week may begin in the month before."""
    found = _month(match, published)
    if found is None or found.days is None:
        return None
    start, end, leeway = found.days.start, found.days.end, timedelta(days=9)
    days = Stretch(start - timedelta(days=2), start + leeway) if match["week"].lower() == "first" else None
    return found._replace(granularity=Granularity.week, days=days or Stretch(end - leeway, end))


def _weekday(match: re.Match[str], published: date | None) -> Reading | None:
    """Read "Wednesday", "last Thursday" and "next Friday"."""
    groups = match.groupdict()
    if not groups["weekday"][0].isupper():
        return None
    weekday = WEEKDAYS[groups["weekday"][:3].lower()]
    which = (groups["which"] or "").lower()
    days = None
    direction = {"next": 1, "last": -1, "this past": -1}.get(which) if which else _direction(match)
    if published and direction:
        steps = direction * (weekday - published.weekday()) % 7
        if which in ("last", "next"):
            steps = steps or 7
        first = published + direction * timedelta(days=steps)
        days = Stretch(first, first)
        if which in ("last", "next"):  # of this week or of the one beyond: both are meant by such words
            second = first + direction * timedelta(days=7)
            days = Stretch(min(first, second), max(first, second))
    return Reading(Granularity.weekday, days, weekday=weekday)


def _year(match: re.Match[str], _published: date | None) -> Reading | None:
    """Read "2014" and "late 2022"."""
    year = int(match["year"])
    part = match["edge"] or match["part"]
    return Reading(Granularity.year, year_of(year, part), year)


def _decade(match: re.Match[str], _published: date | None) -> Reading | None:
    """Read "the 1990s"."""
    first = int(match["decade"])
    return Reading(Granularity.decade, Stretch(date(first, 1, 1), date(first + 9, 12, 31)))


def _season(match: re.Match[str], _published: date | None) -> Reading | None:
    """Read "last summer" and "the spring of 2021": which months these are depends on the hemisphere."""
    return Reading(Granularity.season, None, int(match["year"]) if match["year"] else None)


_UNIT_GRAINS: Final = {"week": Granularity.week, "month": Granularity.month, "year": Granularity.year}


def _period(match: re.Match[str], published: date | None) -> Reading | None:
    """Read "last week", "late last year" and "earlier this month"."""
    which, unit = match["which"].lower(), match["unit"].lower()
    part = match["edge"] or match["part"]
    step = {"last": -1, "this": 0, "next": 1}.get(which)
    if published is None or step is None:
        return Reading(Granularity.relative if step is None else _UNIT_GRAINS[unit])
    if unit == "week":
        return Reading(Granularity.week, week_of(published, step))
    if unit == "year":
        days = year_of(published.year + step, None if step == 0 else part)
    else:
        months = published.year * 12 + published.month - 1 + step
        days = month_of(months // 12, months % 12 + 1, None if step == 0 else part)
    return Reading(_UNIT_GRAINS[unit], days)


_NEAR: Final = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}


def _near(match: re.Match[str], published: date | None) -> Reading | None:
    """Read "yesterday" and "tomorrow"."""
    if published is None:
        return Reading(Granularity.relative)
    day = published + timedelta(days=_NEAR[match[0].lower()])
    return Reading(Granularity.relative, Stretch(day, day))


def _ago(match: re.Match[str], published: date | None) -> Reading | None:
    """Read "two weeks ago", to the precision it is said with, and "two weeks later", which stays open."""
    written = match["count"]
    numeral = next(find_numerals(written), None)
    count = 1.0 if written.lower() in ("a", "an") else numeral.value if numeral else None
    if count is None or count > 200:
        return None
    if published is None or match["way"].lower() != "ago":
        return Reading(Granularity.relative)
    unit_days, leeway = {"day": (1, 0), "week": (7, 4), "month": (30, 20), "year": (365, 240)}[
        match["unit"].lower()
    ]
    around = published - timedelta(days=int(count * unit_days))
    return Reading(
        Granularity.relative, Stretch(around - timedelta(days=leeway), around + timedelta(days=leeway))
    )


_ANCHORED: Final = re.compile(
    rf"{_SPELLED_COUNT} (?P<unit>day|week|month|year)s?(?P<exact> to the day)?"
    r" (?P<way>before|after|later|earlier)",
    re.IGNORECASE,
)
_PRECISION: Final = {
    "day": (1, 1, Granularity.day),
    "week": (7, 4, Granularity.week),
    "month": (30, 20, Granularity.month),
    "year": (365, 240, Granularity.year),
}


def anchored(written: str, anchor: Stretch) -> Reading | None:
    """Read "two weeks before", said of something on the days of ``anchor``, to the precision it is said with.

    None where ``written`` is nothing of the kind, or counts from nowhere.
    """
    match = _ANCHORED.fullmatch(plain_letters(written))
    numeral = next(find_numerals(match["count"]), None) if match else None
    if match is None or (numeral is None and match["count"].lower() not in ("a", "an")):
        return None
    count = numeral.value if numeral else 1.0
    unit_days, leeway, granularity = _PRECISION[match["unit"].lower()]
    if count > 200:
        return None
    step = timedelta(days=int(count * unit_days)) * (
        -1 if match["way"].lower() in ("before", "earlier") else 1
    )
    give = timedelta(days=0 if match["exact"] else leeway)
    try:
        return Reading(granularity, Stretch(anchor.start + step - give, anchor.end + step + give))
    except OverflowError:  # beyond the calendar
        return None


_Reader = Callable[[re.Match[str], date | None], Reading | None]
PATTERNS: Final[tuple[tuple[re.Pattern[str], _Reader], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (r"(?<![\w.,:/-])(?P<year>(?:19|20)\d\d)-(?P<month>0\d|1[0-2])-(?P<day>[0-3]\d)(?![\w-])", _full),
        (rf"(?<![\w-])(?:{_WEEKDAY},? )?{_MONTH} {_DAY}{_TO_DAY}(?:,? {_YEAR})?", _full),
        (rf"(?<![\w.,:/$£€-])(?:{_WEEKDAY},? )?{_DAY}{_TO_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?", _full),
        (
            rf"(?<![\w-])(?:the )?(?P<week>first|last|final) (?:full )?week of {_MONTH}(?:,? {_YEAR})?",
            _week_of_month,
        ),
        (rf"(?<![\w-])(?:{_PART})?{_MONTH},? (?:of )?{_YEAR}", _month),
        (rf"(?<![\w-])(?:{_PART})?{_WHICH} {_MONTH}", _month),
        (rf"(?<![\w-]){_PART}{_MONTH}", _month),
        (rf"(?<=\b(?:in|by) ){_MONTH}(?! \d|['’]\w)", _month),
        (rf"(?:(?<=\bsince )|(?<=\buntil )|(?<=\bduring )){_MONTH}(?! \d|['’]\w)", _month),
        (rf"(?<![\w-])(?:{_WHICH} )?{_NAME_BEFORE}{_WEEKDAY}{_NAME_AFTER}", _weekday),
        (
            rf"(?<![\w.,:/$£€¥#-])(?:{_PART})?{_YEAR}(?! ?(?:km|miles?|met|tons?|tonnes|kg|people|feet))",
            _year,
        ),
        (r"(?<![\w.,:/$-])(?:the )?(?P<decade>(?:1[5-9]|20)\d0)['’]?s(?!\w)", _decade),
        (
            r"(?<![\w-])(?:(?:last|this past|this|next) (?:spring|summer|autumn|fall|winter)"
            r"|(?:spring|summer|autumn|fall|winter) (?:of )?(?P<year>(?:19|20)\d\d))(?!\w)",
            _season,
        ),
        (rf"(?<![\w-])(?:{_PART})?{_WHICH} (?P<unit>week|month|year)(?!\w)", _period),
        (r"(?<![\w-])(?:today|tonight|yesterday|tomorrow)(?!\w)", _near),
        (
            rf"(?<![\w-]){_SPELLED_COUNT} (?P<unit>day|week|month|year)s?(?: to the day)? "
            r"(?P<way>ago|later|earlier|after|before)(?!\w)",
            _ago,
        ),
    )
)
