"""Tells which claims of several articles are one claim, by what was verified and by their words.

A sentence that supports a claim is a link to the claim drawn from it that is likest in words. Two groups are
joined only while all their wordings are alike and have the same values (complete linkage), so that a chain of
links does not drift from one claim to another.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from pipeline.remembered import remembered
from pipeline.values.clock import ClockTime, compare_times, find_times
from pipeline.values.comparison import Comparison
from pipeline.values.differences import Passage, differences, has_conflicting_values
from pipeline.values.passage import read_passage
from pipeline.values.quantities import compare_quantities
from schemas.article import Article
from schemas.claim import Quantity
from schemas.contradiction import ConflictKind
from schemas.record import Span
from schemas.report import ReportArticle, ReportClaim
from schemas.verdict import Evidence, Label, Stance

# Tried on the links in one invented and one real story: pairs above are one claim, pairs below mostly two.
LINKED = 0.65  # twice the shared content words by those of both claims (Dice), for a link
STILL_ALIKE = 0.5  # the same for any two claims of one group

Articles = Mapping[str, Article | ReportArticle]  # by id
_Place = tuple[str, Span]  # an article's id and a sentence of it
_Value = TypeVar("_Value", Quantity, ClockTime)


def group_claims(claims: Sequence[ReportClaim], articles: Articles) -> list[list[ReportClaim]]:
    """Return the supported and contradicted claims in groups that say the same, in the order of their first.

    A claim without its like is a group of its own. Time is linear in the claims and their evidence, but for
    the different wordings at one sentence or in one group.
    """
    known = {c.id: c for c in claims if c.verdict.label in (Label.supported, Label.contradicted)}
    passages = {claim.id: passage_of(claim, articles) for claim in known.values()}
    groups = {name: [name] for name in known}
    for one, other in _links(known, passages):
        first, second = groups[one], groups[other]
        if first is not second and _are_alike(first, second, passages):
            first += second
            groups |= dict.fromkeys(second, first)
    distinct = {id(names): names for names in groups.values()}
    return [[known[name] for name in names] for names in distinct.values()]


def passage_of(claim: ReportClaim, articles: Articles) -> Passage:
    """Return the wording of a claim, as it is compared with others."""
    article = articles.get(claim.article_id)
    if article is None:
        return Passage(text=claim.text)
    return Passage(text=claim.text, published=article.published, language=article.language)


def supporting(claim: ReportClaim) -> tuple[Evidence, ...]:
    """Return the sentences that support ``claim``, without those that lack an hour it names."""
    times = find_times(claim.text)
    return tuple(
        evidence
        for evidence in claim.verdict.evidence
        if evidence.stance is Stance.supports and not _lacks(times, find_times(evidence.quote), compare_times)
    )


def likeness(one: Passage, other: Passage) -> float:
    """Return how alike two claims are, 0 to 1, by Dice's coefficient of their content words.

    A country is one word by any of its names. Claims whose numbers, hours, days, names in one place or
    negations are not the same are not alike at all. The order of the two does not matter.
    """
    return _likeness(*sorted((one, other), key=lambda p: (p.text, p.published or date.min, p.language or "")))


def _links(known: Mapping[str, ReportClaim], passages: Mapping[str, Passage]) -> list[tuple[str, str]]:
    """Return pairs of claims: one, and the likest to it at a sentence that supports it; likest first."""
    stated: dict[_Place, list[str]] = defaultdict(list)
    for claim in known.values():
        for span in {claim.span, *claim.repeats}:
            stated[claim.article_id, span].append(claim.id)
    links: dict[tuple[str, str], float] = {}
    for claim in known.values():
        for evidence in supporting(claim):
            rivals = stated.get((evidence.article_id, evidence.span), ())
            scored = [(likeness(passages[claim.id], passages[rival]), rival) for rival in rivals]
            strength, rival = max(scored, default=(0.0, ""))
            if strength >= LINKED:
                links[min(claim.id, rival), max(claim.id, rival)] = strength
    return sorted(links, key=lambda pair: (-links[pair], pair))


def _are_alike(one: Sequence[str], other: Sequence[str], passages: Mapping[str, Passage]) -> bool:
    wordings, rivals = ({passages[name] for name in names} for names in (one, other))
    return all(likeness(a, b) >= STILL_ALIKE for a in wordings for b in rivals)


@remembered(most=65536)  # a claim meets the rivals of each sentence that supports it
def _likeness(one: Passage, other: Passage) -> float:
    words, others = (
        {token.key for token in read_passage(p).tokens if token.is_content} for p in (one, other)
    )
    if not words or not others:
        return 0.0
    alike = 2 * len(words & others) / (len(words) + len(others))
    return alike if alike < STILL_ALIKE or _have_same_values(one, other) else 0.0


def _have_same_values(one: Passage, other: Passage) -> bool:
    """Tell whether both have the same numbers, hours and negations, and no days or names that differ.

    A day is often left out, or told as "on Tuesday"; a number or an hour is what the claim is about.
    """
    a, b = read_passage(one), read_passage(other)
    return (
        len(a.reader.negations(one.text)) == len(b.reader.negations(other.text))
        and not _lacks(a.quantities, b.quantities, compare_quantities)
        and not _lacks(b.quantities, a.quantities, compare_quantities)
        and not _lacks(a.times, b.times, compare_times)
        and not _lacks(b.times, a.times, compare_times)
        and not has_conflicting_values(ConflictKind.date, one, other)
        and not differences(one, other)
    )


def _lacks(
    wanted: Sequence[_Value], found: Sequence[_Value], compare: Callable[[_Value, _Value], Comparison]
) -> bool:
    """Tell whether one of the ``wanted`` values is not among those ``found``."""
    return not all(any(compare(x, y) is Comparison.same for y in found) for x in wanted)
