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
    assert (inspected.outlets, inspected.origins) == (3, 1)
    assert (inspected.speaker, inspected.first_article_id) == ("harbour master Jonna Teek", None)
    taken = next(group for group in groups if group is not inspected)
    assert len(groups) == 2
    assert (taken.outlets, taken.origins, taken.speaker, taken.first_article_id) == (2, 2, None, "courier")


def test_one_speaker_and_who_was_first_are_said() -> None:
    confirmed = TakenApart(render_html(sample.sample_report())).by_id["confirmed"]
    assert "3 outlets, 1 origin" in confirmed
    assert "One speaker, three outlets. All of them quote harbour master Jonna Teek" in confirmed
    assert confirmed.count("One speaker") == 1
    assert "first published by Veldrik Courier, 5 March 2031" in confirmed
    assert confirmed.count("first published by") == 1
    text = render_markdown(sample.sample_report())
    assert "**One speaker, three outlets**: all of them quote harbour master Jonna Teek" in text
    assert text.count("first published by Veldrik Courier, 5 March 2031") == 1


def test_an_older_report_without_clusters_is_grouped_anew() -> None:
    groups = summarise(sample.sample_report(clusters=())).agreements
    inspected = next(group for group in groups if "inspection" in group.claim.text)
    assert len(inspected.others) == 2
    assert (inspected.outlets, inspected.origins, inspected.speaker) == (3, 1, "Jonna Teek")
    assert inspected.first_article_id is None


def test_each_confirmed_claim_is_told_once_whatever_the_clusters_say() -> None:
    report = sample.sample_report()
    cluster = report.clusters[0]
    odd = (
        cluster,
        cluster.model_copy(update={"id": "k9"}),
        cluster.model_copy(update={"id": "k8", "claim_ids": ("gone",)}),
    )
    groups = summarise(report.model_copy(update={"clusters": odd})).agreements
    told = [claim.id for group in groups for claim in (group.claim, *group.others)]
    supported = [claim.id for claim in report.claims if claim.verdict.label is Label.supported]
    assert sorted(told) == sorted(supported)


def test_two_articles_of_one_outlet_are_one_outlet() -> None:
    report = sample.sample_report()
    articles = tuple(
        article.model_copy(update={"outlet": "Northsea Wire", "published": None})
        for article in report.articles
    )
    groups = summarise(report.model_copy(update={"articles": articles})).agreements
    assert {group.outlets for group in groups} == {1}


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


def dated(*has_date: bool) -> Report:
    """Return a report on articles with a date or without one."""
    report = sample.sample_report()
    one = report.articles[0]
    return report.model_copy(
        update={
            "articles": tuple(
                one.model_copy(
                    update={"id": f"a{n}", "outlet": f"Post {n}", "published": one.published if has else None}
                )
                for n, has in enumerate(has_date)
            )
        }
    )


EFFECT = "what changed over time cannot be told from a contradiction there; give it in story.toml."


@pytest.mark.parametrize(
    ("has_date", "told"),
    [
        ((True, False, True), f"1 of 3 articles has no date (Post 1): {EFFECT}"),
        ((False, False, True), f"2 of 3 articles have no date (Post 0 and Post 1): {EFFECT}"),
        ((False,) * 5, f"5 of 5 articles have no date (Post 0, Post 1, Post 2 and 2 more): {EFFECT}"),
    ],
)
def test_articles_without_a_date_are_pointed_out_wherever_a_report_begins(
    has_date: tuple[bool, ...], told: str
) -> None:
    report = dated(*has_date)
    markdown = render_markdown(report)
    assert f"\n\n{told}\n\n" in markdown
    assert markdown.index(told) < markdown.index("## Contradictions")
    html = render_html(report)
    head = html.partition("</header>")[0]
    assert told in TakenApart(head + "</header></body></html>").text
    for n, has in enumerate(has_date[:3]):
        assert (f'<a href="#article-a{n}">' in head) is not has


@pytest.mark.parametrize("has_date", [(True, True), (False,)])
def test_nothing_is_said_of_dates_where_all_are_known_or_nothing_hangs_on_them(
    has_date: tuple[bool, ...],
) -> None:
    report = dated(*has_date)
    assert EFFECT not in render_markdown(report)
    assert EFFECT not in TakenApart(render_html(report)).text
