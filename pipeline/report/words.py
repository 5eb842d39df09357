"""The report's words for labels, kinds, dates, numbers and chances, the same on every page."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from pipeline.values.numerals import find_numerals
from schemas.claim import Bound, Claim, ClaimKind, Quantity, When
from schemas.contradiction import ConflictKind, Relation
from schemas.decision import DismissalReason, Ruling
from schemas.verdict import Label, UnsupportedReason

CONFLICT: Mapping[ConflictKind, str] = MappingProxyType(
    {
        ConflictKind.date: "Dates or times differ",
        ConflictKind.quantity: "Numbers differ",
        ConflictKind.entity: "Names differ",
        ConflictKind.place: "Places differ",
        ConflictKind.polarity: "One says so, one denies it",
        ConflictKind.event: "Accounts of the event differ",
        ConflictKind.attribution: "One quotation, told in two ways",
    }
)
RELATION: Mapping[Relation, str] = MappingProxyType(
    {
        Relation.contradiction: "contradiction",
        Relation.update: "update",
        Relation.speakers_differ: "speakers differ",
    }
)
LABEL: Mapping[Label, str] = MappingProxyType(
    {
        Label.contradicted: "contradicted",
        Label.unsupported: "unsupported",
        Label.supported: "supported",
        Label.error: "error",
    }
)
KIND: Mapping[ClaimKind, str] = MappingProxyType({kind: kind.value for kind in ClaimKind})
REASON: Mapping[str, str] = MappingProxyType(
    {
        UnsupportedReason.nothing_found.value: "nothing found",
        UnsupportedReason.inconclusive.value: "inconclusive",
        UnsupportedReason.nothing_to_compare.value: "nothing to compare with",
        UnsupportedReason.other_languages.value: "nothing in its language to compare with",
    }
)
REASON_EXPLAINED: Mapping[str, str] = MappingProxyType(
    {
        UnsupportedReason.nothing_found.value: "no sentence of another article shares enough words with it",
        UnsupportedReason.inconclusive.value: "another article touches on it, but does not settle it",
        UnsupportedReason.nothing_to_compare.value: "there was no other article to compare it with",
        UnsupportedReason.other_languages.value: (
            "the other articles are in other languages, with which it was not compared"
        ),
    }
)
RULING: Mapping[Ruling, str] = MappingProxyType({Ruling.accepted: "Accepted", Ruling.dismissed: "Dismissed"})
DISMISSAL: Mapping[DismissalReason, str] = MappingProxyType(
    {
        DismissalReason.same_meaning: "same meaning",
        DismissalReason.update: "update",
        DismissalReason.speakers_differ: "speakers differ",
        DismissalReason.different_scope: "different scope",
        DismissalReason.bad_quote: "bad quote",
        DismissalReason.not_checkable: "not checkable",
        DismissalReason.other: "other reason",
    }
)
DISMISSAL_EXPLAINED: Mapping[DismissalReason, str] = MappingProxyType(
    {
        DismissalReason.same_meaning: "both say the same in other words",
        DismissalReason.update: "both were true at their time",
        DismissalReason.speakers_differ: "two people are quoted, and both quotations can be faithful",
        DismissalReason.different_scope: "they are about different things, places or times",
        DismissalReason.bad_quote: "a sentence is cut wrongly, or read without what it needs",
        DismissalReason.not_checkable: "an opinion, a plan, or too vague to be wrong",
        DismissalReason.other: "say it in a note",
    }
)
OPENING = ("“", '"', "„", "«", "»")  # marks that open a quotation, in some language
REASONS_SHOWN = 3  # of those that make a claim worth checking, the weightiest
_BOUND: Mapping[Bound, str] = MappingProxyType(
    {
        Bound.exact: "",
        Bound.about: "about ",
        Bound.at_least: "at least ",
        Bound.more_than: "more than ",
        Bound.at_most: "at most ",
        Bound.less_than: "less than ",
    }
)


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a count with its noun, say ``3 contradictions`` or ``1 claim``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(parts: list[str]) -> str:
    """Return words as a list in a sentence: ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def spelled(number: int) -> str:
    """Return a small number as a word, a larger one in figures."""
    words = "no one two three four five six seven eight nine ten".split()
    return words[number] if 0 <= number < len(words) else f"{number:,}"


def percent(chance: float) -> str:
    """Return a chance (0 to 1) in percent, never rounded to a certainty it is not."""
    if not 0 <= chance <= 1:
        return "unknown"
    if 0.995 <= chance < 1:
        return "over 99 %"
    if 0 < chance < 0.005:
        return "under 1 %"
    return f"{round(100 * chance)} %"


def share(part: int, whole: int) -> str:
    """Return ``part`` of ``whole`` in percent, rounded down: only all of it is 100 %."""
    return f"{100 * part // whole} %" if whole > 0 else "0 %"


def likelihood(chance: float) -> str:
    """Return a chance (0 to 1) as words."""
    bounds = ((0.9, "very likely"), (0.75, "likely"), (0.5, "more likely than not"), (0.0, "uncertain"))
    return next((words for least, words in bounds if least <= chance <= 1), "unknown")


def day(when: date | None) -> str:
    """Return a date as ``1 September 2031``, or that there is none."""
    return f"{when.day} {when:%B} {when.year}" if when else "no date"


def seconds(time_s: float) -> str:
    """Return a duration in seconds as ``4.2 s``, ``3 min 12 s`` or ``2 h 5 min``."""
    if round(time_s, 1) < 60:
        return f"{time_s:.1f} s"
    whole = round(time_s)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def size(count: int) -> str:
    """Return a number of bytes as ``1.1 GB``, ``20.5 MB`` or ``3.0 kB``."""
    for unit, bytes_each in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= bytes_each:
            return f"{count / bytes_each:,.1f} {unit}"
    return counted(count, "byte")


def rewording(claim: Claim) -> str:
    """Return the model's wording of a claim, or "" where it is the sentence's own."""
    is_own = claim.text.rstrip(".").split() == claim.quote.rstrip(".").split()
    return "" if claim.is_verbatim or is_own else claim.text


def quoted(sentence: str) -> str:
    """Return a sentence in quotation marks, unless it begins with one: then it reads as quoted already."""
    return sentence if sentence[:1] in OPENING else f"“{sentence}”"


def when_words(when: When) -> str:
    """Return a time as written, with the days it was resolved to where the words alone don't give them."""
    if when.start is None and when.end is None:
        return when.text
    if when.start and when.end and when.start != when.end:
        resolved = f"{day(when.start)} to {day(when.end)}"
    elif when.start is None or when.end is None:
        resolved = f"until {day(when.end)}" if when.end else f"from {day(when.start)}"
    else:
        resolved = day(when.start)
    return when.text if resolved in when.text else f"{when.text} ({resolved})"


def quantity_words(quantity: Quantity) -> str:
    """Return a quantity as written, with what it was read as where the words don't show it themselves.

    A figure shows itself, and so does a plain number word ("two"); "a dozen" or "half" does not.
    """
    values = [value for value in (quantity.value, quantity.high) if value is not None]
    figures = [_number(value) for value in values]
    plain = quantity.text.replace(",", "")
    spelled_out = {found.value for found in find_numerals(quantity.text) if found.scale == 1}
    if all(
        figure.replace(",", "") in plain or value in spelled_out
        for value, figure in zip(values, figures, strict=True)
    ):
        return quantity.text
    unit = "" if quantity.unit.casefold() in quantity.text.casefold() else f" {quantity.unit}"
    return f"{quantity.text} ({_BOUND[quantity.bound]}{' to '.join(figures)}{unit})"


def _number(value: float) -> str:
    if abs(value) < 1e15 and value == int(value):
        return f"{int(value):,}"
    return f"{value:,.10g}"
