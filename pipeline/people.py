"""Tells which person, or which institution, a speaker named in an article is."""

from dataclasses import dataclass
from functools import lru_cache

from pipeline.quoting import unquoted
from pipeline.values.names import NameKind, find_names
from pipeline.values.samename import fold_name, same_name
from pipeline.values.titles import LOWER_ROLES, ORGANISATION_WORDS, TITLES
from pipeline.words import content_stems
from schemas.article import Article
from schemas.record import Span


@dataclass(frozen=True)
class Credit:
    """Who a sentence is credited to: ``speaker`` as written at ``span`` of the article's text.

    ``is_sure`` is False where a pronoun, or a quotation without a speaker of its own, may be somebody else's.
    """

    speaker: str
    span: Span
    is_sure: bool


def person_of(article: Article, credit: Credit) -> str | None:
    """Return the full name of the person that ``credit`` names, as the article has it, or None.

    A surname alone counts only with a title before it, or where the article has the full name of one person
    of that name: "Reuters said" names nobody.
    """
    has_title, name = _named(article, credit)
    if name is None:
        return None
    if len(name.split()) > 1:
        return name
    full = _full_names(article.text).get(fold_name(name), frozenset())
    if len(full) == 1:
        return next(iter(full))
    return name if full or has_title else None


def are_two(one: Article, a: Credit, other: Article, b: Credit) -> bool:
    """Tell whether two credits surely name two speakers: two persons, or two institutions.

    A role ("the mayor") may be anybody's, and a person may speak for an institution.
    """
    persons = person_of(one, a), person_of(other, b)
    if persons[0] and persons[1]:
        return not same_name(persons[0], persons[1])
    if any(persons) or not (is_institution(one, a) and is_institution(other, b)):
        return False
    has_shared_word = bool(set(content_stems(a.speaker)) & set(content_stems(b.speaker)))
    return not has_shared_word and not same_name(a.speaker, b.speaker)


def is_institution(article: Article, credit: Credit) -> bool:
    """Tell whether a credit names an institution or a country, and nobody who speaks for it."""
    words = set(fold_name(credit.speaker).split()) | set(credit.speaker.lower().split())
    if _named(article, credit)[1] is not None or words & LOWER_ROLES:
        return False
    kinds = {name.kind for name in find_names(f"- {credit.speaker}")}
    return bool(words & ORGANISATION_WORDS or kinds & {NameKind.organisation, NameKind.country})


def _named(article: Article, credit: Credit) -> tuple[bool, str | None]:
    """Return the person's name in ``credit``, read in its sentence, and whether a title stands before it."""
    sentence = next(s for s in article.sentences if s.span.start <= credit.span.start < s.span.end)
    start = sentence.span.start
    for name in find_names(unquoted(article, sentence)):
        first = name.span.start + start
        if name.kind is NameKind.person and credit.span.start <= first < credit.span.end:
            before = article.text[credit.span.start : first].lower().replace(".", " ").split()
            return bool(before) and before[-1] in TITLES, name.text
    # A single word that opens its sentence is not found as a name.
    is_word = len(credit.speaker.split()) == 1 and credit.speaker[0].isupper()
    is_known = is_word and fold_name(credit.speaker) in _full_names(article.text)
    return False, credit.speaker if is_known else None


@lru_cache(maxsize=64)
def _full_names(text: str) -> dict[str, frozenset[str]]:
    """Return the names of several words in ``text`` that may be persons', by their last word, folded."""
    found: dict[str, frozenset[str]] = {}
    for name in find_names(text):
        if name.kind in (NameKind.person, NameKind.other) and len(name.text.split()) > 1:
            last = fold_name(name.text.split()[-1])
            kept = found.get(last, frozenset())
            if not any(same_name(name.text, known) for known in kept):
                found[last] = kept | {name.text}
    return found
