"""Outcomes of the news that exclude each other: resigned and dismissed, acquitted and convicted, withdrew and
went through.

Each entry of the table is a matter, with its outcomes as the forms of their verbs. Two sentences with two
outcomes of one matter are in conflict where the same person or thing stands in both, by the guards below.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from pipeline.remembered import remembered
from pipeline.values.clauses import clauses, without_insertions
from pipeline.values.comparison import Comparison
from pipeline.values.dates import compare_dates
from pipeline.values.facts import names_one_year_only
from pipeline.values.passage import Passage, Read, Token, read_passage
from pipeline.values.polarity import negations
from pipeline.values.samename import same_name
from schemas.record import Span

_MATTERS: Final = (
    # how somebody lost a post
    (
        r"resigned|stepped down|quit|handed in (?:his|her|their) (?:notice|resignation)",
        r"(?:was|were|been|being|got) (?:fired|sacked|dismissed|ousted|removed)|lost (?:his|her) job",
        r"retired",
    ),
    # a verdict
    (
        r"acquitted|cleared of|found not guilty",
        r"convicted|found guilty",
        r"pleaded guilty",
    ),
    (r"pleaded not guilty|den(?:ied|ies) the charges?", r"pleaded guilty|admitted the charges?"),
    # a deal, a plan, a purchase
    (
        r"(?:withdr[ae]w|withdrawn|pull(?:ed|ing)? out|back(?:ed|ing)? out|walk(?:ed|ing)? away) (?:of|from)"
        r"|abandon(?:ed|ing)?|scrap(?:ped|ping)?|call(?:ed|ing)? off|cancel(?:led|ed|ling)?",
        r"(?:go|goes|going|went|gone|press(?:ed|ing)?|push(?:ed|ing)?) (?:through|ahead) with"
        r"|proceed(?:ed|ing)? with|stick(?:ing)? to|stuck to|complet(?:e|ed|ing)",
    ),
    # a proposal, an offer, a bill
    (
        r"accepted|approved|adopted|endorsed|voted for|backed|agreed to",
        r"rejected|turned down|voted down|voted against|vetoed|threw out|thrown out|refused",
    ),
    # a ship
    (r"sank|sunk|went down", r"stayed afloat|remained afloat|was kept afloat|was refloated"),
    # a price, a rate, a number
    (
        r"raised|increased|put up|jacked up|lifted|hiked|rais(?:es|ing)|increas(?:es|ing)",
        r"lowered|reduced|cut|slashed|brought down",
        r"left (?:it |[\w ]{0,24}\b)?unchanged|kept [\w ]{0,24}\bunchanged",
    ),
    (
        r"rose|climbed|jumped|soared|went up|gained",
        r"fell|dropped|declined|slumped|plunged|went down|sank|lost",
    ),
    # a match, an election, a vote
    (r"won|beat|defeated", r"lost|(?:was|were) (?:beaten|defeated)", r"drew|(?:was|were) drawn"),
    # what was done with goods or remains
    (
        r"burn(?:ed|t)|incinerated|cremated",
        r"buried",
        r"sold",
        r"dumped at sea|thrown into the sea",
        r"given away|donated",
        r"recycled",
    ),
    # a manner of travel
    (
        r"flew|(?:was|were) flown|by (?:plane|helicopter|air)",
        r"(?:was|were) driven|by (?:car|bus|coach|road|ambulance)",
        r"by (?:train|rail)",
        r"on foot|walked",
        r"by (?:boat|ship|ferry|sea)",
    ),
    # a person
    (r"died|was killed|were killed", r"survived"),
    # an order of leaving or coming
    (
        r"(?:was|were) (?:the|among the) first (?:[\w-]+ ){0,2}to leave|left (?:[\w-]+ ){0,4}in the first",
        r"(?:was|were) the last (?:[\w-]+ ){0,2}to leave|left (?:[\w-]+ ){0,4}in the last",
    ),
    # a vote
    (r"unanimous(?:ly)?", r"(?:by )?(?:a )?(?:narrow|split|casting) (?:vote|majority)|narrowly"),
)
_OUTCOMES: Final = tuple(
    tuple(re.compile(rf"(?<![\w’'-])(?:{forms})(?![\w’'-])", re.IGNORECASE) for forms in matter)
    for matter in _MATTERS
)
_UNREAL: Final = re.compile(
    r"\b(?:if|whether|could|might|may|should|hop(?:e|es|ed|ing)|ask(?:ed|s|ing)|want(?:s|ed|ing)?"
    r"|call(?:s|ed)? (?:for|on)|demand(?:s|ed)?|threaten(?:s|ed)?|refus(?:es|ed|ing) to|forced to|had"
    r"|almost|nearly|vow(?:s|ed)?|urg(?:es|ed)|fear(?:s|ed)?|first|earlier|previously)\b",
    re.IGNORECASE,
)
LEAST_SHARED: Final = 3  # names and content words besides the outcome; a name and a day that agree count too


class Outcome(NamedTuple):
    """An outcome of a matter, by their numbers in the table, at ``span`` in a clause with the given words."""

    matter: int
    which: int
    span: Span
    before: tuple[Token, ...]
    after: tuple[Token, ...]


@remembered(most=4096)  # a sentence meets many others
def outcomes(text: str) -> tuple[Outcome, ...]:
    """Return the outcomes that a text tells as facts: none of those denied, wished for or merely possible."""
    plain = without_insertions(text)
    found = []
    for clause in clauses(text):
        for matter, patterns in enumerate(_OUTCOMES):
            for which, pattern in enumerate(patterns):
                match = pattern.search(plain, clause.start, clause.end)
                if match is None or _is_unreal(plain, clause, match):
                    continue
                read = read_passage(Passage(text=text))
                words = [
                    t for t in read.tokens if clause.start <= t.start < clause.end and plain[t.start] != " "
                ]
                before = tuple(t for t in words if t.end <= match.start() and t.is_content)
                after = tuple(t for t in words if t.start >= match.end() and t.is_content)
                span = Span(start=match.start(), end=match.end())
                found.append(Outcome(matter, which, span, before, after))
    return tuple(found)


def _is_unreal(plain: str, clause: Span, match: re.Match[str]) -> bool:
    before = plain[clause.start : match.start()][-60:]
    is_negated = any(n.span.end > len(before) - 25 for n in negations(before))
    return is_negated or bool(_UNREAL.search(before[-30:]))


def excluding(a: Read, b: Read) -> Iterator[tuple[Span, Span]]:
    """Yield the places of two outcomes that exclude each other, of one person or thing and at one time."""
    found_a, found_b = outcomes(a.text), outcomes(b.text)
    if not found_a or not found_b or names_one_year_only(a, b):
        return
    days = [compare_dates(x, y) for x in a.dates for y in b.dates]
    if Comparison.differ in days:
        return
    for x in found_a:
        for y in found_b:
            if x.matter != y.matter or x.which == y.which:
                continue
            if {o.which for o in found_a if o.matter == x.matter} & {
                o.which for o in found_b if o.matter == x.matter
            }:
                continue
            if _is_one_matter(x, y, has_day=Comparison.same in days):
                yield x.span, y.span


def _is_one_matter(x: Outcome, y: Outcome, *, has_day: bool) -> bool:
    """Tell whether two outcomes are of one thing: what stands before the verb agrees, and enough in all."""
    subject_x, subject_y = x.before[-4:], y.before[-4:]
    for side_x, side_y in ((subject_x, subject_y), (x.before + x.after, y.before + y.after)):
        names = [[t.name.text for t in side if t.name] for side in (side_x, side_y)]
        if names[0] and names[1] and not any(same_name(n, m) for n in names[0] for m in names[1]):
            return False
    shared_subject = {t.key for t in subject_x} & {t.key for t in subject_y}
    before_x, before_y = {t.key for t in x.before}, {t.key for t in y.before}
    all_x, all_y = {t.key for t in x.before + x.after}, {t.key for t in y.before + y.after}
    shared = all_x & all_y
    counted = len(shared) + sum(" " in key for key in shared_subject) + has_day
    fewest = min(len(all_x), len(all_y))
    is_all = len(shared) == fewest >= 2  # one of them says nothing else
    is_same_subject = len(shared_subject) >= 2 and shared_subject == before_x == before_y
    return bool(shared_subject) and (
        is_all or is_same_subject or (counted >= LEAST_SHARED and 2 * len(shared) >= fewest - 1)
    )
