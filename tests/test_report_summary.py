"""The arithmetic of a report: agreement, gaps, and no "none" of what was not checked."""

import pytest

from pipeline.report import render_html, render_markdown
from pipeline.report.summary import summarise
from schemas.report import Coverage, Report
from schemas.verdict import Label, UnsupportedReason
from tests import sample_report as sample
from tests.hostile_report import TakenApart


def test_claims_that_agree_are_told_once_with_their_origins() -> None:
    groups = summarise(sample.sample_report()).agreements
    inspected = next(group for group in groups if "inspection" in group.claim.text)
    assert len(inspected.others) == 2
    assert (inspected.outlets, inspected.origins, inspected.is_one_speaker) == (3, 1, True)
    taken = next(group for group in groups if group is not inspected)
    assert len(groups) == 2
    assert not taken.is_one_speaker
    confirmed = TakenApart(render_html(sample.sample_report())).by_id["confirmed"]
    assert "3 outlets, 1 origin" in confirmed
    assert "All of them quote Jonna Teek" in confirmed


def test_one_sentence_with_two_claims_joins_only_the_nearest() -> None:
    first = sample.article("a", "A", None, ["Two ships sank and the pier burned."])
    second = sample.article("b", "B", None, ["The pier burned.", "Two ships sank."])
    claims = (
        sample.claim(first, 1, "Two ships sank.", sample.supported(sample.evidence(second, 2))),
        sample.claim(first, 1, "The pier burned down.", sample.supported(sample.evidence(second, 1))),
        sample.claim(second, 1, "The pier burned.", sample.supported(sample.evidence(first, 1))),
        sample.claim(second, 2, "Two ships did sink.", sample.supported(sample.evidence(first, 1))),
    )
    report = sample.sample_report(articles=(first, second), claims=claims, contradictions=())
    found = {
        frozenset(each.text for each in (group.claim, *group.others))
        for group in summarise(report).agreements
    }
    assert found == {
        frozenset({"Two ships sank.", "Two ships did sink."}),
        frozenset({"The pier burned.", "The pier burned down."}),
    }


def _nothing_found(**run: object) -> Report:
    claims = tuple(
        claim for claim in sample.sample_report().claims if claim.verdict.label is not Label.contradicted
    )
    return sample.sample_report(claims=claims, contradictions=(), run=sample.run_info(claims, **run))


def test_none_is_only_said_of_what_was_checked() -> None:
    assert summarise(_nothing_found()).outcome == "No contradictions found"
    html, text = render_html(_nothing_found()), render_markdown(_nothing_found())
    assert "Not everything was checked" not in html + text

    for troubled in (sample.troubled_report(), _nothing_found(complete=False)):
        for page in (render_html(troubled), render_markdown(troubled)):
            assert "No contradictions found" not in page
            assert "No contradictions in what was checked, but not everything was" in page
            assert "Not everything was checked" in page


@pytest.mark.parametrize(("read", "judged"), [(20, 12), (21, 11), (0, 0)])
def test_every_shortfall_of_coverage_is_a_gap(read: int, judged: int) -> None:
    coverage = Coverage(
        sentences=21, sentences_readable=21, sentences_read=read, claims=12, claims_judged=judged, errors=0
    )
    summary = summarise(_nothing_found(coverage=coverage))
    assert summary.gaps
    assert summary.outcome != "No contradictions found"


def test_what_was_not_judged_at_all_has_no_result() -> None:
    coverage = Coverage(sentences=21, sentences_read=21, claims=0, claims_judged=0, errors=0)
    report = sample.sample_report(
        claims=(), contradictions=(), run=sample.run_info(coverage=coverage, complete=True)
    )
    page = TakenApart(render_html(report))
    assert "Nothing was checked" in page.by_id["contradictions"]
    assert "No claim was found in any article." in page.text


def test_one_article_has_nothing_to_compare_with() -> None:
    only = sample.sample_articles()[0]
    claims = (
        sample.claim(only, 3, "Two died.", sample.unsupported(UnsupportedReason.nothing_to_compare)),
        sample.claim(only, 7, "Built in 1987.", sample.unsupported(UnsupportedReason.nothing_to_compare)),
    )
    report = sample.sample_report(
        articles=(only,), claims=claims, contradictions=(), run=sample.run_info(claims)
    )
    for page in (TakenApart(render_html(report)).text, render_markdown(report)):
        assert "Nothing to compare with" in page
        assert "there was no other article to compare it with" in page
        assert "No contradictions" not in page
