"""One sentence with one of its facts changed: ``edited`` is what all the rest is built on."""

import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final, NamedTuple

from benchmarks.planting.days import other_date, other_time
from benchmarks.planting.naming import is_capital, other_country, other_person, other_place
from benchmarks.planting.negating import negated
from benchmarks.planting.numbers import other_number
from pipeline.values.attribution import find_attribution
from pipeline.values.clock import find_times
from pipeline.values.dates import find_dates
from pipeline.values.names import NameKind, NameSpan, find_names
from pipeline.values.numerals import find_numerals
from pipeline.values.quantities import find_quantities
from pipeline.values.samename import same_name
from schemas.claim import Bound
from schemas.contradiction import ConflictKind


class Change(NamedTuple):
    """The characters ``[start, end)`` of a sentence and what takes their place."""

    start: int
    end: int
    after: str


class Edit(NamedTuple):
    """A sentence with one fact changed, at one place or more: ``text`` is the whole new sentence.

    ``before`` and ``after`` are the words at the first place, as they stood and as they are now.
    """

    kind: ConflictKind
    before: str
    after: str
    text: str
    changes: tuple[Change, ...]


class Known(NamedTuple):
    """Names to choose from before any is invented: persons in full and by surname, towns, and countries."""

    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


_NOBODY: Final = Known()
_DEFINITE: Final = re.compile(
    r"\b(?:the|these|those|both|all|his|her|its|their|our|other|another|further|more|additional|extra)\s\Z",
    re.IGNORECASE,
)
_YEAR_LEAD: Final = re.compile(
    r"(?:\b(?:in|since|by|of|from|until|till|to|during|before|after|late|early|mid|around|and)[ -]|\()\Z",
    re.IGNORECASE,
)
_COUNTS: Final = re.compile(r"\w of\Z|\w of |\A, [^,]+,")  # "17 of the injured", "Ana Lind, 34, said"
_ORDINAL: Final = re.compile(
    r"(?<![\w.,/-])(\d{1,3})(st|nd|rd|th)(?= (?!of\b|January|February|March|April|May|June|July|"
    r"August|September|October|November|December|century|Century|Street|Avenue|floor)[a-z])"
)
IN_PLACE: Final = re.compile(
    r"\b(?:in|at|near|outside|across|throughout|around|to|from|into)\s\Z", re.IGNORECASE
)
_STAYS_IN: Final = re.compile(r"\b(?:in|at|near|outside|across|throughout)\s\Z", re.IGNORECASE)
_SOUNDS_LIKE_YOU: Final = re.compile(r"(?:u[kns](?:[^a-z]|i)|eu|one\b|uk)", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"\b(?P<a>[Aa])(?P<n>n)? \Z")
COMPANY: Final = re.compile(r"\b(?:Lines?|Motors|Media|Holdings|Industries|Systems|Energy|Technologies)\Z")
_BOUNDED: Final = (Bound.at_least, Bound.at_most, Bound.more_than, Bound.less_than)


def edited(sentence: str, rng: Random, known: Known = _NOBODY) -> list[Edit]:
    """Return ``sentence`` once for each of its facts that can be changed, with that one changed.

    Works on any text, and is meant for one sentence. The same state of ``rng`` gives the same edits.
    """
    found = [
        *_quantities(sentence, rng),
        *_dates(sentence, rng),
        *_names(sentence, rng, known),
        *_denials(sentence),
    ]
    return [edit for edit in found if not _is_said_anyway(sentence, edit)]


def _is_said_anyway(sentence: str, edit: Edit) -> bool:
    """Tell whether the new value stands in the sentence already, as "1985" in "from 1978 to 1985"."""
    is_denial = edit.kind is ConflictKind.polarity
    return not is_denial and re.search(rf"\b{re.escape(edit.after)}(?!\w)", sentence) is not None


def put(sentence: str, changes: Sequence[Change], kind: ConflictKind) -> Edit:
    """Return the edit that makes ``changes``, given in order, and turns "a" before them to "an" or back."""
    fitted = tuple(_with_article(sentence, change) for change in changes)
    text = sentence
    for start, end, after in reversed(fitted):
        text = text[:start] + after + text[end:]
    first = changes[0]
    return Edit(kind, sentence[first.start : first.end], first.after, text, fitted)


def _with_article(sentence: str, change: Change) -> Change:
    """Return the change, begun at the "a" or "an" before it where that must change with it."""
    start, end, after = change
    article = _ARTICLE.search(sentence, max(0, start - 4), start)
    if not article or not after[:1].isalpha() or not sentence[start:end][:1].isalpha():
        return change
    is_vowel = after[0].lower() in "aeiou" and not _SOUNDS_LIKE_YOU.match(after)
    wanted = f"{article['a']}n " if is_vowel else f"{article['a']} "
    return change if wanted == article[0] else Change(article.start(), end, wanted + after)


def _quantities(sentence: str, rng: Random) -> Iterator[Edit]:
    for quantity in find_quantities(sentence):
        numerals = list(find_numerals(quantity.text))
        if (
            len(numerals) != 1
            or numerals[0].is_vague
            or quantity.high is not None
            or quantity.bound in _BOUNDED
        ):
            continue
        start = quantity.span.start + numerals[0].start
        if _DEFINITE.search(sentence[max(0, start - 12) : start]):
            continue
        if not quantity.unit and not _COUNTS.search(sentence[max(0, start - 2) : quantity.span.end + 3]):
            continue  # "platform 9"
        written = quantity.text[numerals[0].start : numerals[0].end]
        if len(re.findall(rf"\b{re.escape(written)}\b", sentence)) > 1:
            continue  # which of the two is meant elsewhere cannot be told
        is_share_or_age = quantity.unit in ("%", "percentage point", "")
        if other := other_number(written, rng, most=99 if is_share_or_age else None):
            yield put(sentence, [Change(start, start + len(written), other)], ConflictKind.quantity)
    for match in _ORDINAL.finditer(sentence):
        if int(match[1]) > 4 and (other := other_number(match[1], rng)):
            suffix = "th" if other[-2:-1] == "1" else {"1": "st", "2": "nd", "3": "rd"}.get(other[-1], "th")
            yield put(sentence, [Change(match.start(), match.end(), other + suffix)], ConflictKind.quantity)


def _dates(sentence: str, rng: Random) -> Iterator[Edit]:
    for dated in find_dates(sentence):
        start = dated.span.start
        if sentence.count(dated.text) > 1:
            continue
        is_bare_year = dated.text.isdigit()
        if is_bare_year and not _YEAR_LEAD.search(sentence[max(0, start - 12) : start]):
            continue  # a part of a name: "Lisbon 2024"
        if other := other_date(dated, rng):
            yield put(sentence, [Change(start, dated.span.end, other)], ConflictKind.date)
    for time in find_times(sentence):
        if other := other_time(time, rng):
            yield put(sentence, [Change(time.span.start, time.span.end, other)], ConflictKind.date)


def _names(sentence: str, rng: Random, known: Known) -> Iterator[Edit]:
    said = find_attribution(sentence)
    names = find_names(sentence)
    others = [name.text for name in names]
    for i, name in enumerate(names):
        if any(_is_changed_with(name, earlier) for earlier in names[:i]):
            continue
        same = [n for n in names[i:] if _is_changed_with(name, n)]
        start = name.span.start
        is_speaker = said is not None and said.span.start <= start < said.span.end
        before = sentence[max(0, start - 12) : start]
        after: Sequence[str] | None = None
        kind = ConflictKind.place if IN_PLACE.search(before) else ConflictKind.entity
        is_person = name.kind is NameKind.person or name.text in known.people
        if is_person and not COMPANY.search(name.text):
            kind = ConflictKind.attribution if is_speaker else ConflictKind.entity
            after = _persons([n.text for n in same], rng, [p for p in known.people if p not in others])
        elif name.kind is NameKind.country:
            after = other_country([n.text for n in same], rng, others, known.countries)
        elif len(same) == 1 and _is_place(name, before, sentence[name.span.end :][:2]):
            other = other_place(name.text, rng, [p for p in known.places if p not in others])
            after = [other] if other else None
        if after:
            yield put(
                sentence,
                [Change(n.span.start, n.span.end, new) for n, new in zip(same, after, strict=True)],
                kind,
            )


def _is_changed_with(name: NameSpan, other: NameSpan) -> bool:
    """Tell whether two names are one, so that they change together; a capital is a town of its own."""
    if is_capital(name.text) or is_capital(other.text):
        return name.text == other.text
    return same_name(name.text, other.text)


def _persons(names: Sequence[str], rng: Random, known: Sequence[str]) -> list[str] | None:
    """Return another person's name for each of ``names`` of one person: in full, or the surname."""
    if any(name not in (names[0], names[0].split()[-1]) for name in names):
        return None
    other = other_person(names[0], rng, known)
    return [other if name == names[0] else other.split()[-1] for name in names]


def _is_place(name: NameSpan, before: str, after: str) -> bool:
    if name.kind is not NameKind.place or after.startswith(("’", "'")):
        return False
    return bool(_STAYS_IN.search(before))


def _denials(sentence: str) -> Iterator[Edit]:
    for start, end, after in negated(sentence):
        yield put(sentence, [Change(start, end, after)], ConflictKind.polarity)
