"""Names in news prose, found by their capitals."""

import re
from bisect import bisect
from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from pipeline.values.comparison import Comparison
from pipeline.values.countries import COUNTRIES
from pipeline.values.samename import fold_name, same_name
from pipeline.values.titles import LOWER_ROLES, NOT_NAMES, ORGANISATION_WORDS, PLACE_WORDS, TITLES
from schemas.record import Record, Span

__all__ = ["NameKind", "NameSpan", "compare_names", "find_names", "same_name"]


class NameKind(StrEnum):
    """A rough guess at what a name names; ``country`` covers its people, its capital and its government."""

    person = "person"
    country = "country"
    place = "place"
    organisation = "organisation"
    other = "other"


class NameSpan(Record):
    """A name at ``span``, without titles and honorifics."""

    text: str
    span: Span
    kind: NameKind = NameKind.other


class _Token(NamedTuple):
    text: str
    start: int
    end: int
    opens: bool  # it is the first word of a sentence

    @property
    def lower(self) -> str:
        return self.text.lower().removesuffix("’s").removesuffix("'s")

    @property
    def is_capital(self) -> bool:
        head, _, rest = self.text.partition("-")
        return self.text[0].isupper() or (head in _PARTICLES and rest[:1].isupper())  # "al-Rashid"


_TOKEN: Final = re.compile(r"[^\W_]+(?:[’'.&-][^\W_]+)*")
_OPENING: Final = re.compile(r"(?:\A|[.!?:…\n])[\s“”\"‘’'()\[\]–—•*-]*\Z")
_PARTICLES: Final = frozenset("al el bin ibn de del della di da dos du la le van von der den ter".split())
_ALSO_FIRST_NAMES: Final = frozenset("jan may april june august will".split())
_INITIALS: Final = re.compile(r"(?:[A-Z]\.){2,6}")
_LINKS: Final = frozenset(("of", "the", "for"))
_PLACE_BEFORE: Final = re.compile(
    r"\b(?:in|at|near|outside|around|across|throughout|to|from|into) \Z", re.IGNORECASE
)
_WHO_AFTER: Final = re.compile(r", who(?:m|se)?\b|, \d{2},")  # "Ann Lee, who …", "Ann Lee, 58, …"
_SAYS_AFTER: Final = re.compile(r",? (?:has |had |also )?(?:said|says|told|added|wrote|stated|noted)\b")
_SAYS_BEFORE: Final = re.compile(r"\b(?:said|told|added|says) \Z")


def find_names(text: str) -> tuple[NameSpan, ...]:
    """Return the names in ``text`` in order: runs of capitalised words, cut at titles and honorifics.

    A single capitalised word that opens a sentence counts only if it is a known country, an acronym, or
    capitalised elsewhere too. Lines in headline capitals give known countries alone. Takes linear time.
    """
    tokens = _tokens(text)
    inner = {token.text for token in tokens if token.is_capital and not token.opens}
    headlines = _headline_spans(text)
    found: list[NameSpan] = []
    for run in _runs(text, tokens):
        before = bisect(headlines, (run[0].start, len(text))) if run else 0
        in_headline = before > 0 and run[0].start < headlines[before - 1][1]
        for name, has_title in _countries_of(run) if in_headline else _names_of(run, inner):
            start, end = name[0].start, _without_possessive(name[-1])
            end += bool(_INITIALS.fullmatch(text[start : end + 1]))
            kind = _kind(text, start, end, has_title=has_title)
            found.append(NameSpan(text=text[start:end], span=Span(start=start, end=end), kind=kind))
    return _with_surnames(found)


def _with_surnames(found: list[NameSpan]) -> tuple[NameSpan, ...]:
    """Return the names, those marked as persons that are part of a person's name elsewhere in the text."""
    people = {word for name in found if name.kind is NameKind.person for word in fold_name(name.text).split()}
    unsure = (NameKind.other, NameKind.place)
    return tuple(
        name.model_copy(update={"kind": NameKind.person})
        if name.kind in unsure and people.issuperset(fold_name(name.text).split() or ("",))
        else name
        for name in found
    )


def compare_names(a: NameSpan, b: NameSpan) -> Comparison:
    """Compare two names: ``differ`` only for two persons, two countries, two places or two organisations.

    A place may lie in another, so a place against a country is ``incomparable``.
    """
    if same_name(a.text, b.text):
        return Comparison.same
    if a.kind is not b.kind or a.kind is NameKind.other:
        return Comparison.incomparable
    regions = [bool(PLACE_WORDS & set(name.text.lower().split())) for name in (a, b)]
    if a.kind is NameKind.place and regions[0] != regions[1]:
        return Comparison.incomparable  # "Dorn" may lie in "Dorn Valley District"
    return Comparison.differ


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    reached = 0
    for match in _TOKEN.finditer(text):
        gap = text[max(reached, match.start() - 12) : match.start()]
        abbreviated = gap == ". " and bool(found) and (len(found[-1].text) == 1 or found[-1].lower in TITLES)
        opens = not found or (not abbreviated and bool(_OPENING.search("\0" + gap)))
        found.append(_Token(match[0], match.start(), match.end(), opens))
        reached = match.end()
    return found


def _headline_spans(text: str) -> list[tuple[int, int]]:
    """Return the lines whose longer words are nearly all capitalised."""
    spans = []
    for line in re.finditer(r"[^\n]+", text):
        long_words: list[str] = re.findall(r"[^\W\d_]{4,}", line[0][:400])
        is_sentence = line[0].rstrip().endswith((".", "!", "?", "”", '"'))
        capitals = sum(word[0].isupper() for word in long_words)
        if not is_sentence and len(long_words) >= 5 and capitals >= 0.8 * len(long_words):
            spans.append(line.span())
    return spans


def _runs(text: str, tokens: list[_Token]) -> Iterator[list[_Token]]:
    """Yield runs of capitalised words, with the particles inside a name and the "of" inside an office."""
    run: list[_Token] = []
    for i, token in enumerate(tokens):
        if run:
            gap = text[tokens[i - 1].end : token.start]
            breaks = gap not in (" ", "\u00a0", ". ") or (gap == ". " and token.opens)
            if (
                breaks
                or (tokens[i - 1].text.endswith(("’s", "'s")) and tokens[i - 1].lower[:6] != "people")
                or len(run) > 12
            ):
                yield _trimmed(run)
                run = []
        if token.is_capital or (run and _links(run, token)):
            run.append(token)
        elif run:
            yield _trimmed(run)
            run = []
    if run:
        yield _trimmed(run)


def _links(run: list[_Token], token: _Token) -> bool:
    """Tell whether a lower-case word goes on with the name before it."""
    if token.text in _PARTICLES:
        return True
    heads = ORGANISATION_WORDS | TITLES
    return token.text in _LINKS and (run[-1].lower in heads or run[-1].text == "of")


def _trimmed(run: list[_Token]) -> list[_Token]:
    while run and not run[-1].is_capital:
        run.pop()
    return run


def _names_of(run: list[_Token], inner: set[str]) -> Iterator[tuple[list[_Token], bool]]:
    """Yield the names in a run of capitalised words, each with whether a title stands before it."""
    while (
        run
        and run[0].lower in NOT_NAMES
        and (run[0].opens or run[0].lower not in _ALSO_FIRST_NAMES or len(run) == 1)
    ):
        run = run[1:]
    cut = max(
        (
            i
            for i, token in enumerate(run)
            if token.lower in TITLES
            and not (i + 1 < len(run) and run[i + 1].lower in ORGANISATION_WORDS)
            and not (i > 0 and i + 1 == len(run) and run[i - 1].lower in ORGANISATION_WORDS)
        ),
        default=None,
    )
    parts = [(run, False)] if cut is None else [(run[:cut], False), (run[cut + 1 :], True)]
    for part, after_title in parts:
        is_person = after_title and bool(part) and part[0].is_capital
        start, end = 0, len(part)
        while end and (part[end - 1].lower in TITLES or not part[end - 1].is_capital):
            end -= 1
        while start < end and not part[start].is_capital and part[start].text not in _PARTICLES:
            start += 1
        name = part[start:end]
        if len(name) > 1 or (name and _stands_alone(name[0], inner)):
            yield name, is_person


def _countries_of(run: list[_Token]) -> Iterator[tuple[list[_Token], bool]]:
    """Yield the known countries in a run of capitalised words."""
    i = 0
    while i < len(run):
        sizes = (n for n in (3, 2, 1) if fold_name(" ".join(t.text for t in run[i : i + n])) in COUNTRIES)
        size = next(sizes, 0)
        if size:
            yield run[i : i + size], False
        i += size or 1


def _stands_alone(token: _Token, inner: set[str]) -> bool:
    """Tell whether a single capitalised word is a name."""
    if token.lower in NOT_NAMES or len(token.text) < 2:
        return False
    return (
        not token.opens or token.text.isupper() or token.text in inner or fold_name(token.text) in COUNTRIES
    )


def _without_possessive(token: _Token) -> int:
    return token.end - 2 if token.text.endswith(("’s", "'s")) else token.end


def _kind(text: str, start: int, end: int, *, has_title: bool) -> NameKind:
    """Guess what a name names from its words and its neighbours."""
    words = [word.lower() for word in text[start:end].replace("-", " ").split()]
    before, after = text[max(0, start - 24) : start], text[end : end + 24]
    previous = before.split()[-1].lower() if before.split() and before.endswith((" ", "\u00a0")) else ""
    if fold_name(text[start:end]) in COUNTRIES:
        return NameKind.country
    if has_title or previous in LOWER_ROLES:
        return NameKind.person
    if ORGANISATION_WORDS.intersection(words) or (len(words) == 1 and text[start:end].isupper()):
        return NameKind.organisation
    if PLACE_WORDS.intersection(words):
        return NameKind.place
    if len(words) > 1 and _WHO_AFTER.match(after):
        return NameKind.person
    if _SAYS_AFTER.match(after) or _SAYS_BEFORE.search(before):
        return NameKind.person
    return NameKind.place if _PLACE_BEFORE.search(before) else NameKind.other
