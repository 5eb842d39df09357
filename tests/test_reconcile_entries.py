"""What an entry and a verdict say: ids that last, severities, reasons in order, the claim a side is about."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from pipeline.adjudicate import Adjudged
from pipeline.checkworthy import checkworthiness
from pipeline.verify import Judged
from schemas.article import Article
from schemas.claim import Claim, ClaimKind
from schemas.contradiction import ConflictKind, Contradiction, Relation, Severity
from schemas.verdict import Label, Stance
from tests.stories import article, claim, side
from tests.test_reconcile import BOATS, BOATS_TWO, CONFLICT, ONE, PIER, THREE, TWO, adjudged, evidence, run

STORM = article("The storm broke 12 boats and 40 lamps in Kelmar.", "one")
GALE = article("The gale broke 31 boats and 70 lamps in Kelmar.", "two")


def boats(reason: str = "boats", **more: object) -> Adjudged:
    pair = side(STORM, "storm", "12 boats"), side(GALE, "gale", "31 boats")
    return replace(adjudged(*pair, reason=reason), **more)  # type: ignore[arg-type]


def lamps(reason: str = "lamps", **more: object) -> Adjudged:
    pair = side(STORM, "storm", "40 lamps"), side(GALE, "gale", "70 lamps")
    return replace(adjudged(*pair, reason=reason), **more)  # type: ignore[arg-type]


def entries(
    *found: Adjudged, claims: Sequence[Claim] = (), story: Sequence[Article] = (STORM, GALE)
) -> list[Contradiction]:
    """Return the entries, which are the same in whatever order things were found."""
    first, *rest = [
        list(run(each, claims=claims, story=story).contradictions) for each in permutations(found)
    ]
    assert all(other == first for other in rest)
    return first


# -- entries --


def test_an_id_is_that_of_every_version_so_that_a_decision_finds_its_finding() -> None:
    [entry] = entries(boats())
    assert entry.id == "f26208b5a0787"


def test_a_file_name_that_is_no_unicode_does_not_stop_a_report() -> None:
    story = [STORM.model_copy(update={"name": "\udcff"}), GALE]
    [entry] = entries(boats(), story=story)
    assert entry.kind is ConflictKind.quantity


def test_two_kinds_of_conflict_in_one_pair_are_two_entries() -> None:
    found = entries(boats(), lamps(kind=ConflictKind.date))
    assert {(entry.kind, entry.reason) for entry in found} == {
        (ConflictKind.quantity, "boats"),
        (ConflictKind.date, "lamps"),
    }
    assert len({entry.id for entry in found}) == 2


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        (ConflictKind.event, Severity.high),
        (ConflictKind.polarity, Severity.high),
        (ConflictKind.quantity, Severity.high),
        (ConflictKind.attribution, Severity.medium),
        (ConflictKind.date, Severity.medium),
        (ConflictKind.entity, Severity.medium),
        (ConflictKind.place, Severity.medium),
    ],
)
def test_a_contradiction_is_as_severe_as_its_kind_and_all_else_is_low(
    kind: ConflictKind, severity: Severity
) -> None:
    assert [entry.severity for entry in entries(boats(kind=kind))] == [severity]
    for relation in (Relation.update, Relation.speakers_differ):
        assert [e.severity for e in entries(boats(kind=kind, relation=relation))] == [Severity.low]


def test_of_equal_confidence_the_more_severe_comes_first() -> None:
    found = entries(boats(kind=ConflictKind.date), lamps(kind=ConflictKind.event))
    assert [entry.kind for entry in found] == [ConflictKind.event, ConflictKind.date]


def test_the_surest_of_what_was_found_says_how_sure_an_entry_is() -> None:
    [entry] = entries(boats("a"), lamps("b", agreed=True))
    assert entry.confidence == 0.8
    assert entry.reason == "b; a"


def test_differences_as_sure_as_each_other_are_told_in_the_order_of_the_text() -> None:
    [entry] = entries(boats("z, the first"), lamps("a, the second"))
    assert entry.reason == "z, the first; a, the second"


def test_in_one_place_reasons_are_in_their_own_order_and_none_is_told_twice() -> None:
    [entry] = entries(boats("b"), boats("a"), boats("b", agreed=None))
    assert entry.reason == "b; a"
    [entry] = entries(boats("b"), boats("a"))
    assert entry.reason == "a; b"


def test_where_a_pair_is_a_contradiction_and_an_update_it_is_the_contradiction_alone() -> None:
    [entry] = entries(boats("a", relation=Relation.update), lamps("z"))
    assert (entry.relation, entry.reason) == (Relation.contradiction, "z")
    assert [d.cut(STORM.text) for d in entry.sides[0].differs] == ["40 lamps"]


def test_of_what_the_model_said_of_a_pair_only_the_surest_is_told() -> None:
    pair = side(STORM, "storm"), side(GALE, "gale")
    one = adjudged(*pair, kind=ConflictKind.event, by_model=0.9, reason="sure")
    other = adjudged(*pair, kind=ConflictKind.event, by_model=0.8, reason="less sure")
    [entry] = entries(one, other)
    assert (entry.reason, entry.confidence) == ("sure", 0.63)


def test_a_confidence_has_three_digits() -> None:
    pair = side(STORM, "storm"), side(GALE, "gale")
    found = adjudged(*pair, kind=ConflictKind.event, by_model=0.81239)
    [entry] = entries(replace(found, agreed=True))
    assert entry.confidence == 0.812


# -- the claim of a side --


def about(story: Sequence[Article], claims: Sequence[Claim], *found: Adjudged) -> list[str | None]:
    """Return the text of the claim on each side of the one entry."""
    [entry] = entries(*found, claims=claims, story=story)
    texts = {claim.id: claim.text for claim in claims}
    return [None if s.claim_id is None else texts[s.claim_id] for s in entry.sides]


def test_a_claim_that_any_of_the_differences_is_about_is_the_sides() -> None:
    lit = claim(STORM, "storm", "Kelmar is lit.")
    broken = claim(STORM, "storm", "The storm broke 12 boats.")
    known = adjudged(side(STORM, "storm", "40 lamps", lit.id), side(GALE, "gale", "70 lamps"))
    assert about((STORM, GALE), [broken, lit], boats(agreed=True), known) == ["Kelmar is lit.", None]
    assert about((STORM, GALE), [broken, lit], boats(agreed=True)) == ["The storm broke 12 boats.", None]


def test_of_two_that_are_as_good_the_same_claim_is_taken_in_any_order() -> None:
    claims = [claim(STORM, "storm", text) for text in ("Boats broke.", "Boats sank.", "Boats fell.")]
    pairs = [(side(STORM, "storm", "12 boats", c.id), side(GALE, "gale", "31 boats")) for c in claims]
    [taken, _] = about((STORM, GALE), claims, *(adjudged(*pair) for pair in pairs))
    assert taken in {c.text for c in claims}


def test_a_claim_of_another_sentence_or_article_is_never_a_sides() -> None:
    elsewhere = claim(ONE, "Nine", "Nine sailors saw 12 boats break.")
    twin = article(ONE.text, "twin")
    copied = claim(twin, "12 boats", "The storm broke 12 boats.")
    assert copied.span == BOATS.span
    assert about((ONE, TWO, twin), [elsewhere, copied], CONFLICT) == [None, None]


def test_a_claim_made_again_in_another_sentence_is_that_sentences_too() -> None:
    source = article("The pier is shut. It rained. The pier is shut since noon.", "four")
    shut = claim(source, "shut.", "The pier is shut.")
    again = shut.model_copy(update={"repeats": (source.sentences[2].span,)})
    found = adjudged(side(source, "noon", "pier"), side(TWO, "31 boats", "boats"))
    assert about((source, TWO), [again], found) == ["The pier is shut.", None]
    assert about((source, TWO), [shut], found) == [None, None]


def test_the_claim_is_the_one_that_holds_what_differs_wherever_the_sentence_stands() -> None:
    late, port = claim(TWO, "opens", "Monday is late."), claim(TWO, "opens", "The port opens again.")
    shut = side(ONE, "Friday", "Friday")
    assert about((ONE, TWO), [port, late], adjudged(shut, side(TWO, "opens", "Monday"))) == [None, late.text]
    old = claim(TWO, "opens", "An old port.")
    again = claim(TWO, "opens", "It opens again on Monday.")
    assert about((ONE, TWO), [again, old], adjudged(shut, side(TWO, "opens", "port"))) == [None, old.text]


def test_a_claim_that_holds_all_that_differs_is_nearer_than_one_that_holds_a_part() -> None:
    one = article("Boats and lamps broke in Kelmar.", "one")
    part, whole = claim(one, "Boats", "Boats broke."), claim(one, "Boats", "Boats and lamps.")
    none = claim(one, "Boats", "Kelmar.")
    found = [
        adjudged(side(one, "Boats", words), side(GALE, "gale", other))
        for words, other in (("Boats", "boats"), ("lamps", "lamps"))
    ]
    assert about((one, GALE), [none, part, whole], *found) == ["Boats and lamps.", None]


# -- verdicts --


@pytest.mark.parametrize(
    "made",
    [
        BOATS,
        claim(
            ONE,
            "12 boats",
            "Minister Ada Lind said that the storm broke 12 boats.",
            speaker="Minister Ada Lind",
        ),
        BOATS.model_copy(update={"kind": ClaimKind.statement, "speaker": "Ada Lind"}),
        BOATS.model_copy(update={"kind": ClaimKind.quantity}),
        BOATS.model_copy(update={"kind": ClaimKind.plan}),
    ],
)
def test_a_claim_has_its_worth_with_reasons(made: Claim) -> None:
    worth = checkworthiness(made.text, made.kind, made.speaker)
    [told] = run([], claims=[made]).claims
    assert (told.worth, told.worth_reasons) == (worth.score, worth.reasons)


def test_two_articles_are_something_to_compare_with() -> None:
    [told] = run([], claims=[BOATS], story=[ONE, TWO]).claims
    assert (told.verdict.reason, told.verdict.confidence) == ("nothing_found", 1.0)
    [told] = run([], claims=[BOATS], story=[ONE]).claims
    assert (told.verdict.reason, told.verdict.confidence) == ("nothing_to_compare", 1.0)


def test_an_inconclusive_claim_is_as_sure_as_the_least_sure_of_its_evidence() -> None:
    found = evidence(TWO, "31 boats", Stance.neutral, 0.7), evidence(THREE, "40 boats", Stance.neutral, 0.6)
    [told] = run([], [Judged(BOATS.id, found)], [BOATS]).claims
    assert told.verdict.confidence == 0.6


def test_a_claim_without_an_answer_is_no_verdict_of_any_confidence() -> None:
    [told] = run([], [], [BOATS]).claims
    assert (told.verdict.label, told.verdict.confidence) == (Label.error, 0.0)
    assert told.verdict.error == "it was not judged"


def test_a_supported_claim_shows_what_supports_it_and_counts_origins() -> None:
    yes = evidence(TWO, "31 boats", confidence=0.7), evidence(THREE, "40 boats", confidence=0.9)
    no = evidence(THREE, "Nobody", Stance.neutral)
    [told] = run([], [Judged(BOATS.id, (yes[0], no, yes[1]))], [BOATS]).claims
    assert (told.verdict.evidence, told.verdict.confidence) == (yes, 0.9)
    assert told.verdict.reason == "3 articles say so, from 3 origins"
    [told] = run([], [Judged(BOATS.id, yes[:1])], [BOATS]).claims
    assert told.verdict.reason == "2 articles say so, from 2 origins"
    copy = article(ONE.text, "copy")
    [told] = run([], [Judged(BOATS.id, (evidence(copy, "12 boats"),))], [BOATS], (ONE, copy)).claims
    assert told.verdict.reason == "2 articles say so, from 1 origin"


def test_a_contradicted_claim_shows_both_who_contradicts_and_who_supports_it() -> None:
    yes, no = evidence(THREE, "40 boats"), evidence(THREE, "Nobody", Stance.neutral)
    same = evidence(TWO, "31 boats")  # the sentence that contradicts it
    [told] = run([CONFLICT], [Judged(BOATS.id, (no, same, yes))], [BOATS]).claims
    assert told.verdict.label is Label.contradicted
    against, *rest = told.verdict.evidence
    assert (against.article_id, against.span, against.stance) == (TWO.id, same.span, Stance.contradicts)
    assert (against.quote, against.confidence) == (same.quote, 0.56)
    assert rest == [yes]
    assert told.verdict.confidence == 0.56


def test_a_contradicted_claim_tells_the_strongest_conflict_first() -> None:
    surer = adjudged(side(THREE, "40 boats", "40 boats"), side(ONE, "12 boats", "12 boats"), reason="surer")
    result = run([CONFLICT, replace(surer, agreed=True)], claims=[PIER, BOATS, BOATS_TWO])
    verdict = result.claims[1].verdict
    assert [e.article_id for e in verdict.evidence] == [THREE.id, TWO.id]
    assert (verdict.reason, verdict.confidence) == ("surer", 0.8)
    assert result.claims[0].verdict.label is Label.unsupported
