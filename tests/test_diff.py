"""storycheck diff: what is new, gone or changed between two runs over one story."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.diff import diff
from pipeline.errors import InputError
from pipeline.report.difference import render_difference
from pipeline.report.text import visible
from schemas.contradiction import ConflictKind, Contradiction, Relation, Severity, Side
from schemas.difference import ArticleChange, Difference, FindingChange
from schemas.record import Span
from schemas.report import Report
from schemas.verdict import Label
from tests.commands import run_command
from tests.hostile_report import anything, with_text
from tests.sample_report import sample_report
from tests.stored_runs import write_run

REPORT = sample_report()


def with_findings(*findings: Contradiction) -> Report:
    return REPORT.model_copy(update={"contradictions": findings})


def finding(
    kind: ConflictKind, quotes: Sequence[str], articles: Sequence[str], **more: object
) -> Contradiction:
    """Return a finding whose id comes from what it says, as that of a run does."""
    one, other = (
        Side(article_id=article, span=Span(start=0, end=len(quote)), quote=quote)
        for article, quote in zip(articles, quotes, strict=True)
    )
    facts: dict[str, object] = {
        "id": f"f{kind}{quotes}{articles}",
        "kind": kind,
        "relation": Relation.contradiction,
        "severity": Severity.high,
        "confidence": 0.9,
        "reason": "Why.",
        "sides": (one, other),
    }
    return Contradiction.model_validate(facts | more)


PAIRS = st.sampled_from([("courier", "ledger"), ("courier", "wire"), ("wire", "ledger")])
ANY_FINDING = st.builds(
    finding,
    st.sampled_from([ConflictKind.date, ConflictKind.quantity]),
    st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")),
    PAIRS,
    confidence=st.sampled_from([0.5, 0.55, 0.9]),
    relation=st.sampled_from(Relation),
)
REPORTS = st.builds(
    lambda findings, claims, articles: REPORT.model_copy(
        update={"contradictions": tuple(findings), "claims": tuple(claims), "articles": tuple(articles)}
    ),
    st.lists(ANY_FINDING, max_size=6, unique_by=lambda found: found.id),
    st.lists(st.sampled_from(REPORT.claims), max_size=5, unique_by=lambda claim: claim.id),
    st.lists(st.sampled_from(REPORT.articles[1:]), unique_by=lambda article: article.id).map(
        lambda rest: [REPORT.articles[0], *rest]
    ),
)


# -- laws --


# Findings of one kind between two articles, so that each may be the rewording of several others.
CROWDED = st.lists(
    st.builds(
        finding,
        st.just(ConflictKind.date),
        st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")),
        st.just(("courier", "wire")),
    ),
    min_size=2,
    max_size=8,
    unique_by=lambda found: found.id,
).map(lambda findings: with_findings(*findings))


@given(REPORTS)
def test_nothing_differs_from_itself(report: Report) -> None:
    difference = diff(report, report)
    assert difference.is_empty
    assert difference.before == difference.after


@settings(deadline=None)
@given(REPORTS | CROWDED, REPORTS | CROWDED)
def test_turned_round_what_is_new_is_gone(one: Report, other: Report) -> None:
    there, back = diff(one, other), diff(other, one)
    assert by_id(there.findings_new) == by_id(back.findings_gone)
    assert by_id(there.findings_gone) == by_id(back.findings_new)
    assert {(c.before.id, c.after.id, c.what) for c in there.findings_changed} == {
        (c.after.id, c.before.id, c.what) for c in back.findings_changed
    }
    assert (there.claims_new, there.claims_gone) == (back.claims_gone, back.claims_new)
    assert (there.articles_added, there.articles_removed) == (back.articles_removed, back.articles_added)
    assert there.articles_edited == back.articles_edited
    assert there.is_empty == back.is_empty


@settings(deadline=None)
@given(REPORTS | CROWDED, REPORTS | CROWDED)
def test_every_finding_is_accounted_for_once(one: Report, other: Report) -> None:
    difference = diff(one, other)
    changed = difference.findings_changed
    old = [found.id for found in difference.findings_gone] + [pair.before.id for pair in changed]
    new = [found.id for found in difference.findings_new] + [pair.after.id for pair in changed]
    assert len(old) == len(set(old))
    assert len(new) == len(set(new))
    same = {found.id for found in one.contradictions} & {found.id for found in other.contradictions}
    assert {found.id for found in one.contradictions} == same | set(old)
    assert {found.id for found in other.contradictions} == same | set(new)


def by_id(findings: Sequence[object]) -> set[str]:
    return {str(found) for found in findings}


# -- cases --


def test_a_finding_with_one_side_reworded_is_changed_not_new() -> None:
    was = finding(ConflictKind.date, ("On Monday.", "On Tuesday."), ("courier", "wire"))
    now = finding(ConflictKind.date, ("On Monday.", "On Wednesday."), ("courier", "wire"))
    difference = diff(with_findings(was), with_findings(now))
    [changed] = difference.findings_changed
    assert changed.what == (FindingChange.wording,)
    assert (changed.before.sides[1].quote, changed.after.sides[1].quote) == ("On Tuesday.", "On Wednesday.")
    assert not difference.findings_new
    assert not difference.findings_gone


@pytest.mark.parametrize(
    "now",
    [
        finding(ConflictKind.quantity, ("On Monday.", "On Friday."), ("courier", "wire")),
        finding(ConflictKind.date, ("On Monday.", "On Friday."), ("courier", "ledger")),
        finding(ConflictKind.date, ("On Sunday.", "On Friday."), ("courier", "wire")),
    ],
    ids=["another kind", "another article", "both sides"],
)
def test_what_is_more_than_one_side_reworded_is_new_and_gone(now: Contradiction) -> None:
    was = finding(ConflictKind.date, ("On Monday.", "On Tuesday."), ("courier", "wire"))
    difference = diff(with_findings(was), with_findings(now))
    assert [found.id for found in difference.findings_new] == [now.id]
    assert [found.id for found in difference.findings_gone] == [was.id]
    assert not difference.findings_changed


def test_of_several_rewordings_the_likest_belong_together() -> None:
    was, now = (
        [finding(ConflictKind.date, ("He left.", quote), ("courier", "wire")) for quote in quotes]
        for quotes in (
            ("Alarm rang at two.", "Doors stuck fast."),
            ("A door stuck fast.", "Then the alarm rang at two."),
        )
    )
    pairs = diff(with_findings(*was), with_findings(*now)).findings_changed
    assert [pair.before.sides[1].quote for pair in pairs] == ["Doors stuck fast.", "Alarm rang at two."]


def test_a_finding_judged_otherwise_is_changed_and_a_small_move_is_none() -> None:
    was = finding(ConflictKind.date, ("a", "b"), ("courier", "wire"))
    small = was.model_copy(update={"confidence": 0.84})
    assert diff(with_findings(was), with_findings(small)).is_empty
    other = was.model_copy(update={"relation": Relation.update, "severity": Severity.low, "confidence": 0.4})
    [changed] = diff(with_findings(was), with_findings(other)).findings_changed
    assert changed.what == (FindingChange.relation, FindingChange.severity, FindingChange.confidence)


def test_claims_are_new_gone_or_relabelled() -> None:
    first, second, third, *_ = REPORT.claims
    verdict = second.verdict.model_copy(update={"label": Label.contradicted})
    before = REPORT.model_copy(update={"claims": (first, second)})
    after = REPORT.model_copy(update={"claims": (second.model_copy(update={"verdict": verdict}), third)})
    difference = diff(before, after)
    assert [claim.id for claim in difference.claims_new] == [third.id]
    assert [claim.id for claim in difference.claims_gone] == [first.id]
    [relabelled] = difference.claims_relabelled
    assert (relabelled.claim.id, relabelled.before, relabelled.after) == (
        second.id,
        Label.supported,
        Label.contradicted,
    )


def test_articles_are_added_removed_or_edited() -> None:
    courier, ledger, wire, _ = REPORT.articles
    edited = courier.model_copy(update={"text": f"{courier.text}!", "title": None})
    before = REPORT.model_copy(update={"articles": (courier, ledger)})
    difference = diff(before, REPORT.model_copy(update={"articles": (wire, edited)}))
    assert difference.articles_added == ("wire",)
    assert difference.articles_removed == ("ledger",)
    [change] = difference.articles_edited
    assert (change.name, change.what) == ("courier", (ArticleChange.text, ArticleChange.heading))


def test_runs_without_a_common_article_are_not_compared() -> None:
    other = REPORT.model_copy(
        update={"articles": tuple(a.model_copy(update={"name": f"{a.name}2"}) for a in REPORT.articles)}
    )
    with pytest.raises(InputError, match="two runs over one story"):
        diff(REPORT, other)


# -- in words --


@settings(deadline=None, max_examples=50)
@given(anything)
def test_no_text_moves_the_terminal_or_breaks_a_line(hostile: str) -> None:
    def lines(text: str) -> list[str]:
        full = with_text(text)
        bare = full.model_copy(update={"contradictions": (), "claims": ()})
        return render_difference(diff(bare, full)).split("\n")

    found = lines(hostile)
    assert len(found) == len(lines("benign"))
    assert all(line == visible(line) for line in found)
    assert not set("\x1b\r\t\v\f") & set("".join(found))


def test_the_text_names_what_changed() -> None:
    was, other, *_ = REPORT.contradictions
    model = REPORT.run.model_copy(update={"model": "another-7b"})
    reworded = was.model_copy(
        update={"id": "c9", "sides": (was.sides[0], was.sides[1].model_copy(update={"quote": "Four died."}))}
    )
    after = with_findings(reworded, other).model_copy(update={"run": model})
    text = render_difference(diff(REPORT, after))
    assert "another-7b" in text
    assert "Findings that are gone (2)" in text
    assert "Changed findings (1)" in text
    assert "“Four died.”" in text
    assert was.sides[1].quote[:60] in text
    assert "New findings" not in text


def test_the_text_says_how_a_finding_is_judged_otherwise_and_by_which_prompt() -> None:
    was, *others = REPORT.contradictions
    now = was.model_copy(update={"relation": Relation.update, "severity": Severity.low, "confidence": 0.2})
    run = REPORT.run.model_copy(update={"prompts": {"extract": REPORT.run.prompts["extract"]}})
    text = render_difference(diff(REPORT, with_findings(now, *others).model_copy(update={"run": run})))
    assert "relation: contradiction -> update" in text
    assert "severity: high -> low" in text
    assert "confidence: 93 % -> 20 %" in text
    assert "prompt adjudicate" in text
    assert "prompt extract" not in text


# -- the command --


def test_the_command_tells_the_same_as_text_and_as_json(tmp_path: Path) -> None:
    before, after = write_run(tmp_path / "1", with_findings()), write_run(tmp_path / "2", REPORT)
    done = run_command("diff", before, after)
    assert (done.code, done.err) == (0, "")
    assert "New findings (4)" in done.out
    told = run_command("diff", before, after, "--format", "json")
    assert Difference.model_validate(json.loads(told.out)) == diff(with_findings(), REPORT)


def test_fail_on_new_is_1_only_where_a_finding_is_new(tmp_path: Path) -> None:
    few, many = write_run(tmp_path / "1", with_findings()), write_run(tmp_path / "2", REPORT)
    assert run_command("diff", few, many, "--fail-on", "new").code == 1
    assert run_command("diff", many, few, "--fail-on", "new").code == 0
    same = run_command("diff", many, many, "--fail-on", "new")
    assert same.code == 0
    assert "No finding, claim or article differs." in same.out


def test_what_cannot_be_compared_is_told(tmp_path: Path) -> None:
    run = write_run(tmp_path / "out", REPORT)
    other = write_run(tmp_path / "other", with_text("x"))
    batch = tmp_path / "batch"
    write_run(batch / "a", REPORT)
    for told, name in (
        (other, "two runs over one story"),
        (batch, "folder of one"),
        (tmp_path / "no", "no run"),
    ):
        done = run_command("diff", run, told)
        assert (done.code, done.out) == (2, "")
        assert name in done.told
