"""Numbers as German, Spanish and French write them, in digits ("1.234,5", "1 234,5") and in words."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Final

from pipeline.values.numerals import Numeral, slack_of

_DIGITS: Final = (
    r"(?P<digits>\d{1,3}(?:[.,’' \u00a0\u202f\u2009]\d{3}(?!\d)){1,4}+(?:[.,]\d{1,6}+)?"
    r"|\d{1,15}+(?:[.,]\d{1,6}+)?)"
    r"(?!\d|[.,:/h]\d|[ºª]|(?:er|re|e|ème)(?!\w))"  # no hour, no ordinal
)
_GAP: Final = "[ \u00a0\u202f-]"
_ROW: Final = re.compile(_GAP)
_AND: Final = re.compile(" (?:y|et|und) ")


def numerals_of(
    words: Mapping[str, float], scales: Mapping[str, float], vague: Mapping[str, float], *, comma_groups: bool
) -> Callable[[str], Iterator[Numeral]]:
    """Return what finds the numbers of a text, in order.

    ``words`` are spelled numbers, ``scales`` words that multiply, ``vague`` those of no certain number, with
    the least that they can mean. With ``comma_groups`` a comma before three digits is no decimal mark for
    sure: such a number is left out where a scale follows. Numbers in a row that make no number known here
    ("zwei hundert drei") are left out, too.
    """
    spelled, scaled, loose = (
        "|".join(sorted(map(re.escape, table), key=len, reverse=True)) for table in (words, scales, vague)
    )
    number = re.compile(
        rf"(?<![\w.,:/’'])(?:(?:{_DIGITS}|(?P<word>{spelled})(?!\w)|(?=(?:{scaled})(?!\w)))"
        rf"(?:{_GAP}?(?P<scale>{scaled})(?!\w))?|(?P<vague>{loose})(?!\w))",
        re.IGNORECASE,
    )

    def find(text: str) -> Iterator[Numeral]:
        found = [match for match in number.finditer(text) if match[0]]
        unclear = {match.start() for pair in pairwise(found) if _is_one_number(text, *pair) for match in pair}
        for match in found:
            numeral = _numeral(match, words, scales, vague, comma_groups=comma_groups)
            if numeral is not None and match.start() not in unclear:
                yield numeral

    return find


def _is_one_number(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Tell whether two numbers are parts of one that is not known here: "mil quinientos"."""
    between = text[one.end() : other.start()]
    is_spelled = not (one["digits"] or other["digits"])
    return bool(_ROW.fullmatch(between) or (is_spelled and _AND.fullmatch(between)))


def _numeral(
    match: re.Match[str],
    words: Mapping[str, float],
    scales: Mapping[str, float],
    vague: Mapping[str, float],
    *,
    comma_groups: bool,
) -> Numeral | None:
    start, end = match.span()
    if loose := match["vague"]:
        value = vague[loose.lower()]
        return Numeral(start, end, value, value, 0.0, is_digits=False, is_vague=True)
    scale = scales[match["scale"].lower()] if match["scale"] else 1.0
    if digits := match["digits"]:
        read = _read(digits, is_scaled=scale > 1, comma_groups=comma_groups)
        if read is None:
            return None
        mantissa, decimals = read
        return Numeral(
            start, end, mantissa * scale, scale, slack_of(mantissa, scale, decimals), is_digits=True
        )
    mantissa = words[match["word"].lower()] if match["word"] else 1.0
    return Numeral(start, end, mantissa * scale, scale, slack_of(mantissa, scale, 0), is_digits=False)


def _read(digits: str, *, is_scaled: bool, comma_groups: bool) -> tuple[float, int] | None:
    """Return the value of digits with their marks, and how many decimals it has; None where it is open."""
    marks = re.findall(r"\D", digits)
    if not marks:
        return float(digits), 0
    whole, last, rest = digits.rpartition(marks[-1])
    is_group = len(rest) == 3 and not (last == "," and not comma_groups) and len(set(marks)) == 1
    if is_group and last in ".," and is_scaled:
        return None  # "1.234 millones": a thousand and more, or a little more than one
    if is_group or last not in ".,":
        return float(re.sub(r"\D", "", digits)), 0
    return float(f"{re.sub(r'[^0-9]', '', whole)}.{rest}"), len(rest)
