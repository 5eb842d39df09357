"""One entry per conflict, one verdict per claim, whatever the order things were found in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adjudicate import Adjudged
from pipeline.compare import compare
from pipeline.origins import find_origins
from pipeline.reconcile import Reconciled, reconcile
from pipeline.verify import Judged
from schemas.article import Article
from schemas.claim import Claim
from schemas.contradiction import ConflictKind, Relation, Side
from schemas.suspicion import Suspicion
from schemas.verdict import Evidence, Label, Stance
from tests.stories import DAY, article, claim, sentence, side

ONE = article(
    "The storm broke 12 boats in Kelmar harbour and closed the old pier.\n"
    "Nine sailors were hurt.\n"
    "The port will stay shut until Friday.",
    "one",
)
TWO = article("A storm broke 31 boats in Kelmar harbour.\nThe port opens again on Monday.", "two")
THREE = article("Some 40 boats were broken in Kelmar harbour.\nNobody was hurt.", "three")
STORY = (ONE, TWO, THREE)
BOATS = claim(ONE, "12 boats", "The storm broke 12 boats in Kelmar harbour.")
PIER = claim(ONE, "12 boats", "The storm closed the old pier.")
SAILORS = claim(ONE, "Nine", "Nine sailors were hurt in the storm.")
BOATS_TWO = claim(TWO, "31 boats", "A storm broke 31 boats in Kelmar harbour.")
CLAIMS = (BOATS, PIER, SAILORS, BOATS_TWO)


def adjudged(
    one: Side,
    other: Side,
    relation: Relation | None = Relation.contradiction,
    kind: ConflictKind = ConflictKind.quantity,
    by_model: float | None = None,
    reason: str = "12 boats against 31 boats",
) -> Adjudged:
    """Return a conflict of values, or one that the model suspected with the odds ``by_model``."""
    found = Suspicion(
        sides=(one, other),
        found_by="model" if by_model else "values",
        kind=None if by_model else kind,
        odds=by_model or 0.8,
    )
    return Adjudged(found, relation, kind, reason, agreed=False)


def evidence(
    source: Article, words: str, stance: Stance = Stance.supports, confidence: float = 0.8
) -> Evidence:
    home = sentence(source, words)
    quote = source.quote(home.span)
    return Evidence(article_id=source.id, span=home.span, quote=quote, stance=stance, confidence=confidence)


def run(
    outcomes: Sequence[Adjudged] = (),
    judged: Sequence[Judged] | None = None,
    claims: Sequence[Claim] = CLAIMS,
    story: Sequence[Article] = STORY,
) -> Reconciled:
    if judged is None:
        judged = [Judged(c.id, ()) for c in claims]
    by_id = {j.claim_id: j for j in judged}
    return reconcile(story, find_origins(story), claims, by_id, outcomes)


def labels(result: Reconciled) -> dict[str, Label]:
    return {c.id: c.verdict.label for c in result.claims}


CONFLICT = adjudged(side(ONE, "12 boats", "12 boats"), side(TWO, "31 boats", "31 boats"))


def test_a_conflict_makes_the_claims_on_both_sides_contradicted_and_no_other() -> None:
    result = run([CONFLICT])
    (entry,) = result.contradictions
    assert [s.claim_id for s in entry.sides] == [BOATS.id, BOATS_TWO.id]
    expected = {BOATS.id: Label.contradicted, BOATS_TWO.id: Label.contradicted}
    assert labels(result) == {PIER.id: Label.unsupported, SAILORS.id: Label.unsupported, **expected}
    verdict = result.claims[0].verdict
    assert [(e.article_id, e.stance) for e in verdict.evidence] == [(TWO.id, Stance.contradicts)]
    assert verdict.reason == entry.reason


def test_a_conflict_about_something_else_in_the_sentence_is_no_claims() -> None:
    result = run([CONFLICT], claims=[PIER])
    (entry,) = result.contradictions
    assert [s.claim_id for s in entry.sides] == [None, None]
    assert labels(result) == {PIER.id: Label.unsupported}


def test_what_the_model_found_is_about_the_claim_nearest_to_the_other_sides() -> None:
    stays = claim(TWO, "opens", "The old pier stayed open in the storm.")
    outcome = adjudged(
        side(TWO, "opens", claim_id=stays.id), side(ONE, "12 boats"), kind=ConflictKind.event, by_model=0.8
    )
    result = run([outcome], claims=[BOATS, PIER, stays])
    assert [s.claim_id for s in result.contradictions[0].sides] == [PIER.id, stays.id]


def test_a_misattributed_quotation_is_about_the_claim_of_its_speaker() -> None:
    by_lind = claim(ONE, "Nine", "The pier leaks.", speaker="Ada Lind")
    source = article("“The pier leaks,” Ada Lind said.", "four")
    about = by_lind.model_copy(
        update={"article_id": source.id, "span": source.sentences[0].span, "quote": source.text}
    )
    outcome = adjudged(
        side(source, "leaks", "Ada Lind"), side(TWO, "31 boats"), kind=ConflictKind.attribution
    )
    result = run([outcome], claims=[about, BOATS_TWO], story=(*STORY, source))
    assert labels(result)[about.id] is Label.contradicted


@pytest.mark.parametrize("relation", [Relation.update, Relation.speakers_differ])
def test_neither_an_update_nor_two_speakers_who_differ_contradict_a_claim(relation: Relation) -> None:
    outcome = replace(CONFLICT, relation=relation)
    result = run([outcome])
    assert [c.relation for c in result.contradictions] == [relation]
    assert Label.contradicted not in labels(result).values()


def test_what_was_found_compatible_is_no_entry() -> None:
    assert run([replace(CONFLICT, relation=None)]).contradictions == ()


def test_both_directions_of_a_conflict_are_one_entry() -> None:
    backwards = adjudged(*CONFLICT.suspicion.sides[::-1])
    assert run([CONFLICT, backwards]) == run([CONFLICT]) == run([backwards])


def test_two_differences_of_one_kind_in_one_pair_are_one_entry_that_shows_both() -> None:
    one = article("The storm broke 12 boats and 40 lamps in Kelmar.", "one")
    two = article("The storm broke 31 boats and 70 lamps in Kelmar.", "two")
    pair = [
        adjudged(side(one, "storm", "12 boats"), side(two, "storm", "31 boats"), reason="boats"),
        adjudged(side(one, "storm", "40 lamps"), side(two, "storm", "70 lamps"), reason="lamps"),
    ]
    result = run(pair, claims=(), story=(one, two))
    (entry,) = result.contradictions
    assert entry.reason == "boats; lamps"
    assert [[d.cut(one.text) for d in entry.sides[0].differs]] == [["12 boats", "40 lamps"]]
    assert run(pair[::-1], claims=(), story=(one, two)) == result


def test_the_models_word_on_a_pair_adds_nothing_to_what_code_located() -> None:
    echo = adjudged(
        side(ONE, "12 boats"), side(TWO, "31 boats"), kind=ConflictKind.event, by_model=0.99, reason="echo"
    )
    assert run([echo, CONFLICT]) == run([CONFLICT])
    assert [c.reason for c in run([echo]).contradictions] == ["echo"]


def test_a_conflict_within_one_article_is_no_entry() -> None:
    inside = adjudged(side(ONE, "12 boats", "12 boats"), side(ONE, "Nine", "Nine"))
    assert run([inside]).contradictions == ()


def test_conflicts_come_strongest_first_and_updates_last() -> None:
    update = adjudged(side(ONE, "12 boats", "12 boats"), side(THREE, "40 boats", "40 boats"), Relation.update)
    weak = adjudged(side(ONE, "Nine"), side(THREE, "Nobody"), kind=ConflictKind.event, by_model=0.7)
    agreed = replace(
        adjudged(side(TWO, "31 boats", "31 boats"), side(THREE, "40 boats", "40 boats")), agreed=True
    )
    found = run([update, weak, CONFLICT, agreed]).contradictions
    assert [c.relation for c in found] == [Relation.contradiction] * 3 + [Relation.update]
    assert [c.confidence for c in found[:3]] == sorted((c.confidence for c in found[:3]), reverse=True)
    assert found[0].sides[0].article_id == THREE.id


@pytest.mark.parametrize(("agreed", "is_less"), [(True, False), (None, False), (False, True)])
def test_the_confidence_is_the_odds_and_less_where_the_model_sees_no_conflict(
    *, agreed: bool | None, is_less: bool
) -> None:
    (entry,) = run([replace(CONFLICT, agreed=agreed)]).contradictions
    odds = CONFLICT.suspicion.odds
    assert 0.0 < entry.confidence <= odds
    assert (entry.confidence < odds) is is_less


@pytest.mark.parametrize(
    ("one", "other", "days", "caveat"),
    [
        ("killed 4 sailors", "killed 6 sailors", (DAY, None), "one article has no date"),
        ("killed 4 sailors", "killed 6 sailors", (None, None), "neither article has a date"),
        ("killed 4 sailors", "killed 6 sailors", (DAY, DAY), None),
        ("broke 12 boats", "has now broken 31 boats", (DAY, None), "one article has no date"),
        ("broke 12 boats", "has now broken 31 boats", (None, DAY), "one article has no date"),
        ("broke 12 boats", "broke 31 boats", (DAY, None), None),
    ],
)
def test_a_count_that_grows_is_less_sure_where_a_day_is_missing(
    one: str, other: str, days: tuple[date | None, date | None], caveat: str | None
) -> None:
    texts = [f"The storm off Kelmar {words}." for words in (one, other)]
    story = [article(*told) for told in zip(texts, ("one", "two"), days, strict=True)]
    sides = [side(a, words, words) for a, words in zip(story, (one, other), strict=True)]
    for found in (adjudged(sides[0], sides[1]), adjudged(sides[1], sides[0], by_model=0.8)):
        (entry,) = run([replace(found, agreed=True)], claims=(), story=story).contradictions
        reason = found.reason + (f"; this may be an update: {caveat}" if caveat else "")
        assert (entry.relation, entry.reason) == (Relation.contradiction, reason)
        assert entry.confidence == (0.4 if caveat else 0.8)


def test_a_supported_claim_names_its_origins() -> None:
    judged = [Judged(BOATS.id, (evidence(TWO, "31 boats"), evidence(THREE, "40 boats")))]
    verdict = run([], judged, [BOATS]).claims[0].verdict
    assert verdict.label is Label.supported
    assert verdict.reason == f"3 articles say so, from {verdict.origins} origins"
    assert verdict.origins >= 2


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ((), "nothing_found"),
        ((evidence(TWO, "31 boats", Stance.neutral),), "inconclusive"),
        ((evidence(TWO, "31 boats", Stance.contradicts),), "inconclusive"),
    ],
)
def test_an_unsupported_claim_says_why(found: tuple[Evidence, ...], reason: str) -> None:
    verdict = run([], [Judged(BOATS.id, found)], [BOATS]).claims[0].verdict
    assert (verdict.label, verdict.reason) == (Label.unsupported, reason)
    assert verdict.evidence == found


def test_with_one_article_there_is_nothing_to_compare_with() -> None:
    verdict = run([], claims=[BOATS], story=[ONE]).claims[0].verdict
    assert (verdict.label, verdict.reason) == (Label.unsupported, "nothing_to_compare")


@pytest.mark.parametrize("found", [(), (evidence(TWO, "31 boats"),)])
def test_a_claim_whose_question_failed_is_an_error_that_keeps_its_evidence(
    found: tuple[Evidence, ...],
) -> None:
    verdict = run([], [Judged(BOATS.id, found, "cut off")], [BOATS]).claims[0].verdict
    assert (verdict.label, verdict.error) == (Label.error, "cut off")
    assert verdict.evidence == found


def test_a_claim_that_was_never_judged_is_an_error() -> None:
    assert labels(run([], [], [BOATS])) == {BOATS.id: Label.error}


def test_a_conflict_that_was_found_counts_though_a_question_failed() -> None:
    result = run([CONFLICT], [Judged(c.id, (), "cut off") for c in CLAIMS])
    assert labels(result)[BOATS.id] is Label.contradicted


def test_ids_survive_an_edit_elsewhere_in_the_article() -> None:
    edited = article("A new first line.\n" + ONE.text + "\nAnd a last one.", "one")
    again = adjudged(side(edited, "12 boats", "12 boats"), side(TWO, "31 boats", "31 boats"))
    (first,) = run([CONFLICT]).contradictions
    (second,) = run([again], claims=[BOATS_TWO], story=(edited, TWO, THREE)).contradictions
    assert first.id == second.id
    assert first.sides[0].span != second.sides[0].span
    other = article(ONE.text.replace("12 boats", "13 boats"), "one")
    changed = adjudged(side(other, "13 boats", "13 boats"), side(TWO, "31 boats", "31 boats"))
    assert run([changed], claims=[], story=(other, TWO)).contradictions[0].id != first.id


PLACES = [(a, s) for a in STORY for s in a.sentences]


@st.composite
def outcomes(draw: st.DrawFn) -> Adjudged:
    (a, s), (b, t) = draw(st.lists(st.sampled_from(PLACES), min_size=2, max_size=2))
    is_located = draw(st.booleans())
    sides = []
    for source, home in ((a, s), (b, t)):
        words = source.quote(home.span)
        sides.append(side(source, words, words.split()[draw(st.integers(0, 2))] if is_located else ""))
    return adjudged(
        sides[0],
        sides[1],
        draw(st.sampled_from([*Relation, None])),
        draw(st.sampled_from(list(ConflictKind))),
        None if is_located else draw(st.sampled_from([0.6, 0.9])),
        draw(st.sampled_from(["this", "that"])),
    )


@st.composite
def judgements(draw: st.DrawFn) -> list[Judged]:
    judged = []
    for c in CLAIMS:
        others = [(a, s) for a, s in PLACES if a.id != c.article_id]
        chosen = draw(st.lists(st.sampled_from(others), max_size=3, unique_by=lambda p: p[0].id))
        rows = tuple(
            evidence(a, a.quote(s.span), draw(st.sampled_from(list(Stance))), 0.7) for a, s in chosen
        )
        judged.append(Judged(c.id, rows, draw(st.sampled_from([None, None, "cut off"]))))
    return judged


@settings(deadline=None, max_examples=80)
@given(st.lists(outcomes(), max_size=6), judgements())
def test_whatever_was_found_the_result_is_sound(found: list[Adjudged], judged: list[Judged]) -> None:
    result = run(found, judged)
    texts = {a.id: a.text for a in STORY}
    for entry in result.contradictions:
        one, other = entry.sides
        assert one.article_id != other.article_id
        for part in entry.sides:
            assert part.quote == part.span.cut(texts[part.article_id])
            assert all(part.span.start <= d.start < d.end <= part.span.end for d in part.differs)
    assert [c.id for c in result.claims] == [c.id for c in CLAIMS]
    pairs = [(e.kind, *((s.article_id, s.span.start) for s in e.sides)) for e in result.contradictions]
    assert len(pairs) == len(set(pairs)) == len({e.id for e in result.contradictions})
    hit = {s.claim_id for e in result.contradictions if e.relation is Relation.contradiction for s in e.sides}
    failed = {j.claim_id for j in judged if j.error}
    for c in result.claims:
        assert (c.verdict.label is Label.contradicted) == (c.id in hit)
        assert (c.verdict.label is Label.error) == (c.id in failed - hit)
        assert all(e.quote == e.span.cut(texts[e.article_id]) for e in c.verdict.evidence)
        assert all(e.article_id != c.article_id for e in c.verdict.evidence)


@settings(deadline=None, max_examples=60)
@given(st.lists(outcomes(), max_size=6), judgements(), st.data())
def test_order_changes_nothing(found: list[Adjudged], judged: list[Judged], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(found))
    turned = [
        replace(o, suspicion=o.suspicion.model_copy(update={"sides": o.suspicion.sides[::-1]}))
        if data.draw(st.booleans())
        else o
        for o in shuffled
    ]
    story = data.draw(st.permutations(STORY))
    assert run(turned, judged[::-1], story=story) == run(found, judged)


@pytest.mark.parametrize("text", [ONE.text, TWO.text, f"{ONE.text}\n{TWO.text}\n{THREE.text}"])
def test_identical_articles_never_contradict_each_other(text: str) -> None:
    copies = [article(text, "one"), article(text, "two")]
    found = [
        Adjudged(s, Relation.contradiction, s.kind or ConflictKind.event, s.what, agreed=None)
        for s in compare(copies)
    ]
    assert run(found, claims=(), story=copies).contradictions == ()


def test_different_articles_do_contradict_each_other() -> None:
    found = compare(STORY)
    assert "12 boats against 31 boats" in [s.what for s in found]
