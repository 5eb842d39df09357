"""Numbers as news prose writes them, in digits ("1,200", "3.5 million") and in words ("two dozen")."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from pipeline.values.letters import plain_letters


class Numeral(NamedTuple):
    """A number at ``text[start:end]``.

    ``scale`` is the multiplier it was written with (1000000 for "3.5 million"). ``slack`` is how far the true
    value may lie from a number rounded as this one is written. ``is_vague`` marks "hundreds" and the like,
    whose value is the least they can mean.
    """

    start: int
    end: int
    value: float
    scale: float
    slack: float
    is_digits: bool
    is_vague: bool = False


_ONES: Final = tuple("one two three four five six seven eight nine".split())
_TEENS: Final = tuple(
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
)
_TENS: Final = tuple("twenty thirty forty fifty sixty seventy eighty ninety".split())
_SMALL: Final = {
    "zero": 0.0,
    **{word: float(n) for n, word in enumerate(_ONES + _TEENS, start=1)},
    **{word: 10.0 * n for n, word in enumerate(_TENS, start=2)},
}
_SCALES: Final = {
    "dozen": 12.0,
    "hundred": 100.0,
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
}

_GAP: Final = "[ \u00a0-]"
_TO_99: Final = (
    rf"(?:(?:{'|'.join(_TENS)})(?:{_GAP}(?:{'|'.join(_ONES)})\b)?|{'|'.join(_TEENS + _ONES)}|zero)\b"
)
_TO_999: Final = rf"(?:(?:{_TO_99}|an?){_GAP}hundred\b(?:(?: and)? {_TO_99})?|{_TO_99})"
_BIG: Final = r"(?:thousand|million|billion|trillion)\b"
_DIGITS: Final = (
    r"(?P<digits>\d{1,3}(?:[, \u00a0\u202f\u2009]\d{3}(?!\d)){1,4}+(?:\.\d{1,6}+)?|\d{1,15}+(?:\.\d{1,6}+)?)"
    r"(?!\d|[.,:/]\d)"
    rf"(?:(?:{_GAP}?(?P<scale>hundred|thousand|million|billion|trillion|dozen|mn|bn|tn)|(?P<k>k))(?!\w))?"
)
_VAGUE: Final = (
    r"(?P<vague>(?:several|many|a few|few) (?:dozen|hundred|thousand|million|billion)"
    r"|(?:(?:tens|dozens|hundreds) of )?(?:dozens|hundreds|thousands|millions|billions))(?![\w’'-])"
)
_WORDS: Final = (
    rf"(?P<words>half an? (?:dozen|hundred|{_BIG})|(?:{_TO_99}|a) dozen"
    rf"|(?:{_TO_999}|an?){_GAP}{_BIG}(?:(?: and)? {_TO_999}(?: thousand\b)?){{0,2}}|{_TO_999})(?![\w’'])"
    # "two-thirds" and "twenty-first" are no counts
    rf"(?!{_GAP}(?:half|halves|thirds?|quarters?|first|second|(?:four|fif|six|seven|eigh|nin|ten|hundred)ths?)\b)"
)
# A letter and a hyphen before digits make a name: the "12" of an invented "Storm-12" is no count.
_NUMERAL: Final = re.compile(
    rf"(?<![\w.,:/’'])(?<![^\W\d_][-‑])(?:{_DIGITS}|{_VAGUE}|{_WORDS})", re.IGNORECASE
)


def find_numerals(text: str) -> Iterator[Numeral]:
    """Yield the numbers in ``text`` in order, whatever they count; takes time linear in the text."""
    for match in _NUMERAL.finditer(plain_letters(text)):
        start, end = match.span()
        if digits := match["digits"]:
            scale = (
                _SCALES[(match["scale"] or match["k"] or "one").lower()]
                if match["scale"] or match["k"]
                else 1.0
            )
            mantissa = float(re.sub(r"[^\d.]", "", digits))
            decimals = len(digits.partition(".")[2])
            slack = slack_of(mantissa, scale, decimals)
            yield Numeral(start, end, mantissa * scale, scale, slack, is_digits=True)
        elif vague := match["vague"]:
            value = 1.0
            for word in vague.lower().split():
                value *= {"tens": 10.0}.get(word) or _SCALES.get(word.removesuffix("s"), 1.0)
            yield Numeral(start, end, value, value, 0.0, is_digits=False, is_vague=True)
        else:
            value, scale = _spelled(match["words"].lower())
            slack = 0.1 * value if scale == 12 else slack_of(value / scale, scale, 0)
            yield Numeral(start, end, value, scale, slack, is_digits=False)


def _spelled(words: str) -> tuple[float, float]:
    """Return the value of a number in words, and the largest multiplier in it (1 below a thousand)."""
    total, current, largest = 0.0, 0.0, 1.0
    for word in re.split(r"[\s-]+", words):
        if word == "half":
            current = 0.5
        elif word in _SMALL:
            current += _SMALL[word]
        elif word in _SCALES:
            scale = _SCALES[word]
            current = (current or 1.0) * scale
            if scale != 100:
                largest = max(largest, scale)
                total, current = total + current, 0.0
    return total + current, largest


def slack_of(mantissa: float, scale: float, decimals: int) -> float:
    """Return how far rounding to the digits as written can have moved a number.

    Half the place of the last digit that is not a trailing zero, but no more than a tenth of the number (a
    quarter for a single digit before "million"): nobody writes 1,400 as 1,000. Small whole counts are exact.
    """
    value = mantissa * scale
    if decimals:
        return float(0.5 * 10.0**-decimals * scale)
    if scale < 1000 and value < 100:
        return 0.0
    if mantissa != int(mantissa):
        return 0.1 * value
    whole = int(mantissa)
    place = 1
    while whole and whole % 10 == 0:
        whole //= 10
        place *= 10
    return min(0.5 * place * scale, (0.25 if mantissa < 10 else 0.1) * value)
