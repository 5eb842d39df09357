"""Units of measure and currencies: how they are written, and how they convert."""

import re
from typing import Final, NamedTuple


class Measure(NamedTuple):
    """A unit that converts within its dimension: ``value * factor + offset`` in the dimension's base unit.

    ``leeway`` is the relative uncertainty of the unit itself: a "ton" may be short, long or metric.
    """

    dimension: str
    factor: float
    offset: float = 0.0
    leeway: float = 0.0


DAY_S: Final = 86400.0

MEASURES: Final[dict[str, Measure]] = {
    "mm": Measure("length", 0.001),
    "cm": Measure("length", 0.01),
    "m": Measure("length", 1.0),
    "km": Measure("length", 1000.0),
    "inch": Measure("length", 0.0254),
    "ft": Measure("length", 0.3048),
    "yard": Measure("length", 0.9144),
    "mile": Measure("length", 1609.344),
    "nautical mile": Measure("length", 1852.0),
    "gram": Measure("mass", 0.001),
    "kg": Measure("mass", 1.0),
    "tonne": Measure("mass", 1000.0),
    "ton": Measure("mass", 1000.0, leeway=0.1),
    "lb": Measure("mass", 0.45359237),
    "m²": Measure("area", 1.0),
    "km²": Measure("area", 1e6),
    "hectare": Measure("area", 1e4),
    "acre": Measure("area", 4046.8564),
    "sq ft": Measure("area", 0.09290304),
    "sq mile": Measure("area", 2589988.1),
    "km/h": Measure("speed", 1000 / 3600),
    "mph": Measure("speed", 0.44704),
    "m/s": Measure("speed", 1.0),
    "knot": Measure("speed", 1852 / 3600),
    "°C": Measure("temperature", 1.0),
    "°F": Measure("temperature", 5 / 9, offset=-160 / 9),
    "second": Measure("duration", 1.0),
    "minute": Measure("duration", 60.0),
    "hour": Measure("duration", 3600.0),
    "day": Measure("duration", DAY_S),
    "week": Measure("duration", 7 * DAY_S),
    "month": Measure("duration", 30.44 * DAY_S),
    "year": Measure("duration", 365.25 * DAY_S),
    "litre": Measure("volume", 0.001),
    "m³": Measure("volume", 1.0),
    "kW": Measure("power", 1e3),
    "MW": Measure("power", 1e6),
    "GW": Measure("power", 1e9),
}

# Longer spellings first: the alternation takes the first that fits.
_SPELLINGS: Final[tuple[tuple[str, str], ...]] = (
    ("percentage point", r"percentage[ -]points?|per cent points?"),
    ("%", r"%|per[ -]?cent|pc"),
    ("km/h", r"km/h|kph|kmh|(?:kilomet(?:re|er)s?|km) (?:per|an) hour"),
    ("mph", r"mph|miles? (?:per|an) hour"),
    ("m/s", r"met(?:re|er)s? (?:per|a) second"),
    ("knot", r"knots?"),
    ("km²", r"(?:square|sq\.?)[ -](?:kilomet(?:re|er)s?|km)|km2|km²"),
    ("sq mile", r"(?:square|sq\.?)[ -]miles?"),
    ("sq ft", r"(?:square|sq\.?)[ -](?:feet|foot|ft)"),
    ("m²", r"(?:square|sq\.?)[ -]met(?:re|er)s?|m²"),
    ("m³", r"cubic[ -]met(?:re|er)s?"),
    ("nautical mile", r"nautical[ -]miles?"),
    ("km", r"kilomet(?:re|er)s?|kms?"),
    ("cm", r"centimet(?:re|er)s?|cm"),
    ("mm", r"millimet(?:re|er)s?|mm"),
    ("mile", r"miles?"),
    ("m", r"met(?:re|er)s?"),
    ("ft", r"feet|foot|ft"),
    ("inch", r"inch(?:es)?"),
    ("yard", r"yards?"),
    ("tonne", r"metric[ -]tons?|tonnes?"),
    ("ton", r"tons?"),
    ("kg", r"kilogram(?:me)?s?|kilos?|kgs?"),
    ("gram", r"gram(?:me)?s?"),
    ("lb", r"lbs?"),
    ("hectare", r"hectares?|ha"),
    ("acre", r"acres?"),
    ("°C", r"(?:° ?|degrees? )(?:C|celsius|centigrade)"),
    ("°F", r"(?:° ?|degrees? )(?:F|fahrenheit)"),
    ("degree", r"°|degrees?"),
    ("second", r"seconds?"),
    ("minute", r"minutes?|mins?"),
    ("hour", r"hours?|hrs?"),
    ("day", r"days?"),
    ("week", r"weeks?"),
    ("month", r"months?"),
    ("year", r"years?"),
    ("litre", r"lit(?:re|er)s?"),
    ("kW", r"kilowatts?|kw"),
    ("MW", r"megawatts?|mw"),
    ("GW", r"gigawatts?|gw"),
)
_UNIT: Final = re.compile(
    "[ \u00a0-]?(?:"
    + "|".join(f"(?P<u{i}>{pattern})" for i, (_, pattern) in enumerate(_SPELLINGS))
    + r")(?!\w)",
    re.IGNORECASE,
)

_CURRENCY_SIGNS: Final = {
    "us$": "USD",
    "a$": "AUD",
    "c$": "CAD",
    "hk$": "HKD",
    "nz$": "NZD",
    "$": "USD",
    "£": "GBP",
    "€": "EUR",
    "¥": "JPY",
    "₩": "KRW",
    "₹": "INR",
    "₽": "RUB",
    "₴": "UAH",
}
_CODES: Final = "USD|EUR|GBP|JPY|CNY|RUB|KRW|INR|CHF|AUD|CAD|UAH|HKD|NZD|SEK|NOK|DKK|PLN|TRY|BRL|ZAR|MXN"
_SIGN_BEFORE: Final = re.compile(
    rf"(?P<sign>(?:US|A|C|HK|NZ)?\$|[£€¥₩₹₽₴])[ \u00a0]?\Z|(?<!\w)(?P<code>{_CODES})[ \u00a0]?\Z"
)
_CURRENCY_WORDS: Final[tuple[tuple[str, str], ...]] = (
    ("CAD", r"canadian dollars?"),
    ("AUD", r"australian dollars?"),
    ("HKD", r"hong kong dollars?"),
    ("NZD", r"new zealand dollars?"),
    ("USD", r"(?:us |u\.s\. |american )?dollars?"),
    ("EUR", r"euros?|€"),
    ("GBP", r"pounds? sterling|british pounds?"),
    ("JPY", r"(?:japanese )?yen"),
    ("CNY", r"(?:chinese )?(?:yuan|renminbi)"),
    ("KRW", r"south korean won"),
    ("RUB", r"(?:russian )?rou?bles?"),
    ("INR", r"indian rupees?"),
    ("CHF", r"swiss francs?"),
    ("UAH", r"hryvnias?"),
)
_CURRENCY_AFTER: Final = re.compile(
    r"[ \u00a0-]?(?:of )?(?:"
    + "|".join(f"(?P<{code}>{pattern})" for code, pattern in _CURRENCY_WORDS)
    + rf"|(?-i:(?P<code>{_CODES})))(?!\w)",
    re.IGNORECASE,
)


def unit_at(text: str, position: int) -> tuple[str, int] | None:
    """Return the unit of measure written at ``position`` (after a number), and where it ends."""
    match = _UNIT.match(text, position)
    if match is None or match.lastgroup is None:
        return None
    return _SPELLINGS[int(match.lastgroup[1:])][0], match.end()


def currency_before(text: str, position: int) -> tuple[str, int] | None:
    """Return the currency whose sign or code ends at ``position``, and where that starts."""
    from_ = max(0, position - 5)
    match = _SIGN_BEFORE.search(text[from_:position])
    if match is None:
        return None
    code = match["code"] or _CURRENCY_SIGNS[match["sign"].lower()]
    return code, from_ + match.start()


def currency_at(text: str, position: int) -> tuple[str, int] | None:
    """Return the currency named at ``position`` (after a number), and where its name ends."""
    match = _CURRENCY_AFTER.match(text, position)
    if match is None or match.lastgroup is None:
        return None
    code = match["code"] if match.lastgroup == "code" else match.lastgroup
    return code, match.end()
