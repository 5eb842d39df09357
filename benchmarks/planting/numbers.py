"""Another number in the format of the one that is written: digits stay digits, words words."""

import re
from random import Random
from typing import Final

CLEARLY: Final = 1.4  # how many times as large, or as small: beyond "about", and beyond any rounding
_ONES: Final = "one two three four five six seven eight nine".split()
_TEENS: Final = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS: Final = {word: n for n, word in enumerate(_ONES + _TEENS, start=1)} | {
    word: 10 * n for n, word in enumerate(_TENS, start=2)
}
_SPELLED: Final = {n: word for word, n in _WORDS.items()}
_DIGITS: Final = re.compile(r"(\d{1,3}(?:[, \u00a0\u202f\u2009]\d{3})+(?!\d)|\d+)(?:\.(\d+))?")
_WORD: Final = re.compile(r"([A-Za-z]+)(?:(-)([A-Za-z]+))?")
_SCALE: Final = re.compile(
    r"[ \u00a0-]?(?:hundred|thousand|million|billion|trillion|mn|bn|tn|k)\b", re.IGNORECASE
)


def other_number(written: str, rng: Random, *, most: int | None = None) -> str | None:
    """Return ``written`` with a clearly different number, or None for "1", "half a dozen" and the like.

    ``written`` starts with the number; what follows it is kept. The new number is as round as the old one and
    does not exceed ``most``.
    """
    match = _DIGITS.match(written)
    if match:
        changed = _other_digits(
            match[1], match[2] or "", rng, most, has_scale=_has_scale(written, match.end())
        )
    else:
        match = _WORD.match(written)
        changed = _other_word(match, rng, most, has_scale=_has_scale(written, match.end())) if match else None
    return changed + written[match.end() :] if match and changed else None


def _has_scale(written: str, position: int) -> bool:
    return _SCALE.match(written, position) is not None


def _other_digits(whole: str, decimals: str, rng: Random, most: int | None, *, has_scale: bool) -> str | None:
    plain = re.sub(r"\D", "", whole)
    separator = re.sub(r"\d", "", whole)[:1] or ("," if len(plain) < 4 else "")
    if plain.startswith("0") and plain != "0":
        return None
    limit = most * 10 ** len(decimals) if most is not None else None
    number = _pick(int(plain + decimals), rng, limit, is_one_allowed=has_scale or bool(decimals))
    if number is None:
        return None
    digits = str(number).zfill(len(decimals) + 1)
    whole, decimals = (digits[: -len(decimals)], digits[-len(decimals) :]) if decimals else (digits, "")
    if separator:
        whole = f"{int(whole):,}".replace(",", separator)
    return f"{whole}.{decimals}" if decimals else whole


def _other_word(match: re.Match[str], rng: Random, most: int | None, *, has_scale: bool) -> str | None:
    first, hyphen, last = match.groups()
    value = _WORDS.get(first.lower())
    if value is None:
        return None
    is_joined = hyphen is not None and last.lower() in _ONES
    if is_joined and value < 20:
        return None
    tail = "" if is_joined or hyphen is None else hyphen + last
    scaled = has_scale or tail[1:].lower() in ("hundred", "thousand", "million", "billion")
    number = _pick(value + (_WORDS[last.lower()] if is_joined else 0), rng, most or 99, is_one_allowed=scaled)
    if number is None:
        return None
    spelled = spell(number)
    if first[0].isupper():
        spelled = spelled[0].upper() + spelled[1:]
    return spelled + tail


def spell(number: int) -> str:
    """Return a number from 1 to 99 in words."""
    if number in _SPELLED:
        return _SPELLED[number]
    return f"{_SPELLED[number // 10 * 10]}-{_SPELLED[number % 10]}"


def _pick(number: int, rng: Random, most: int | None, *, is_one_allowed: bool) -> int | None:
    """Return a number clearly other than ``number``, with as many zeros at its end; None below 2."""
    if number < 2 and not (is_one_allowed and number == 1):
        return None
    zeros = len(str(number)) - len(str(number).rstrip("0"))
    place = 10**zeros
    lead = number // place
    least = 2 if place == 1 else 1
    if number < 10:
        options = [n for n in range(2, 10) if abs(n - number) >= 2]
    elif lead < 10:
        options = [n * place for n in range(least, 10)]
    else:
        drawn = {round(lead * rng.uniform(0.35, 0.7)) for _ in range(4)}
        drawn |= {round(lead * rng.uniform(CLEARLY, 2.4)) for _ in range(4)}
        options = [n * place for n in sorted(drawn) if n % 10 and n > 1]
    clear = [n for n in options if max(n, number) >= CLEARLY * min(n, number)]
    allowed = [n for n in clear if most is None or n <= most or number > most]
    return rng.choice(allowed) if allowed else None
