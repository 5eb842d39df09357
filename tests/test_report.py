"""report.html: everything is on it, in order, as text, and it asks for nothing."""

import json
import re
import time
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.decided import decided_sides
from pipeline.report import render_html, render_markdown, words
from pipeline.report.passage import parts, passage
from pipeline.report.reader import anchor
from pipeline.report.summary import summarise
from pipeline.report.text import visible
from schemas.decision import Decision, DismissalReason, Ruling
from schemas.record import Span
from schemas.report import Failure, Report
from schemas.verdict import Label
from tests import sample_report as sample
from tests.hostile_report import TakenApart, anything, with_text

HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=alert(1)>"
    "\"><a href='javascript:alert(1)'>x</a> &amp; {{ 7*7 }} \u202egnp.exe\u202c \x00\x1b[2J"
)
BENIGN_TAGS = TakenApart(render_html(with_text("benign"))).tags


def spaced(text: str) -> str:
    return " ".join(text.split())


@settings(deadline=None)
@given(anything)
def test_no_text_becomes_markup(hostile: str) -> None:
    report = with_text(hostile)
    html = render_html(report)
    page = TakenApart(html)
    html.encode()
    assert page.tags == BENIGN_TAGS
    assert spaced(visible(f"{hostile}.")) in spaced(page.by_id["finding-x"])


def test_hostile_text_is_shown_as_text() -> None:
    html = render_html(with_text(HOSTILE))
    page = TakenApart(html)
    assert page.tags == BENIGN_TAGS
    assert "<script>document.title" not in html
    assert "⟨U+202E⟩gnp.exe⟨U+202C⟩ ␀␛[2J" in page.text
    assert "{{ 7*7 }}" in page.text


def test_each_quote_stands_once_in_its_card() -> None:
    report = sample.sample_report()
    page = TakenApart(render_html(report))
    for finding in report.contradictions:
        card = page.by_id[f"finding-{finding.id}"]
        assert finding.reason in card
        for side in finding.sides:
            assert card.count(side.quote) == 1


def test_sections_come_in_order_and_updates_apart() -> None:
    page = TakenApart(render_html(sample.sample_report()))
    assert page.headings == [
        "Review",
        "Contradictions",
        "Different, but no contradiction",
        "Who says what",
        "When it was published",
        "What only one outlet says",
        "What the others confirm",
        "The articles",
        "Coverage, and how this was made",
        "Keys",
    ]
    assert "Two dead in one article" in page.by_id["contradictions"]
    assert "later day for the end" not in page.by_id["contradictions"]
    assert "later day for the end" in page.by_id["not-contradictions"]
    assert "union leader says it was not" in page.by_id["not-contradictions"]


def test_a_passage_shows_its_neighbours_but_no_headline_and_marks_what_differs() -> None:
    courier = sample.sample_articles()[0]
    span = courier.sentences[3].span
    found = passage(courier, span, span.cut(courier.text), [sample.span_of(courier, "At least 12")])
    assert found.before == sample.COURIER[2]
    assert found.after == sample.COURIER[4]
    assert [part.text for part in found.parts if part.differs] == ["At least 12"]
    third = courier.sentences[2].span
    assert (
        passage(courier, third, third.cut(courier.text)).before == ""
    )  # a byline, and above it the headline
    html = render_html(sample.sample_report())
    assert "<mark>two dockers</mark>" in html
    assert "<mark>Three dockers</mark>" in html


@given(st.text(), st.integers(0, 50), st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90))))
def test_the_parts_of_a_quote_join_to_the_quote(
    quote: str, start: int, ranges: list[tuple[int, int]]
) -> None:
    found = parts(quote, start, [Span(start=first, end=last) for first, last in ranges])
    assert "".join(part.text for part in found) == quote
    marked = {place for first, last in ranges for place in range(first, last)}
    place = start
    for part in found:
        assert {here in marked for here in range(place, place + len(part.text))} == {part.differs}
        place += len(part.text)


@pytest.mark.parametrize("report", [sample.sample_report(), sample.troubled_report()])
def test_no_claim_is_left_out_and_no_id_stands_twice(report: Report) -> None:
    page = TakenApart(render_html(report))
    assert len(page.ids) == len(set(page.ids))
    linked = {side.claim_id for finding in report.contradictions for side in finding.sides}
    for claim in report.claims:
        if claim.verdict.label is Label.error:
            assert claim.text in page.by_id["errors"]
        elif claim.id not in linked:
            assert claim.text in page.by_id[f"claim-{claim.id}"]


def test_a_passage_of_several_findings_stands_in_each_card_with_what_differs_there() -> None:
    report = sample.sample_report()
    courier, ledger = sample.sample_articles()[:2]
    differing = ["two dockers", "on Tuesday", "two dockers"]
    findings = tuple(
        report.contradictions[0].model_copy(
            update={"id": f"f{i}", "sides": (sample.side(courier, 3, part), sample.side(ledger, 2))}
        )
        for i, part in enumerate(differing)
    )
    html = render_html(report.model_copy(update={"contradictions": findings}))
    cards = re.findall("<article .*?</article>", html, re.DOTALL)
    assert [re.findall("<mark>(.*?)</mark>", card) for card in cards] == [[part] for part in differing]


def test_a_contradicted_claim_without_a_pair_is_still_shown() -> None:
    report = sample.sample_report(contradictions=())
    page = TakenApart(render_html(report))
    assert "The crane killed three dockers." in page.by_id["contradictions"]
    assert "The crane killed three dockers." in render_markdown(report)


def test_reasons_and_errors_are_said() -> None:
    page = TakenApart(render_html(sample.sample_report()))
    assert "inconclusive" in page.by_id["single"]
    assert words.REASON_EXPLAINED["nothing_found"] in page.by_id["single"]
    assert words.REASON_EXPLAINED["nothing_to_compare"] not in page.by_id["single"]
    troubled = TakenApart(render_html(sample.troubled_report()))
    assert "The answer was cut off at the length limit." in troubled.by_id["errors"]
    assert "Veldrik Courier, sentences 5 to 7" in troubled.by_id["errors"]
    assert "It is not text." in troubled.by_id["run"]


def test_an_error_that_is_also_a_failure_is_told_once() -> None:
    report = sample.troubled_report()
    failed = next(claim for claim in report.claims if claim.verdict.label is Label.error)
    failure = Failure(stage="verify", claim_id=failed.id, where="the claim", reason="Refused.")
    run = report.run.model_copy(update={"failures": (failure,)})
    problems = summarise(report.model_copy(update={"run": run})).problems
    assert [(problem.reason, len(problem.places)) for problem in problems] == [
        ("The answer was cut off at the length limit.", 3),
        ("Refused.", 1),
    ]


def test_the_page_allows_only_its_own_style_and_script() -> None:
    html = render_html(sample.sample_report())
    page = TakenApart(html)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    rules = policy[1].replace("&#39;", "'")
    assert rules.startswith("default-src 'none'; ")
    assert "base-uri 'none'; form-action 'none'" in rules
    assert "unsafe" not in rules
    for tag in ("style", "script"):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert len(inside) == 1
        digest = b64encode(sha256(inside[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in rules
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("style", "src")]
    assert re.findall(r"<script ([^>]*)>", html) == ['type="application/json" id="desk-data"']
    links = [value for name, value in page.attributes if name == "href"]
    assert all(link.startswith("#") or link == "data:," for link in links)
    assert {link[1:] for link in links if link.startswith("#")} <= set(page.ids)


@given(anything, anything)
def test_no_text_leaves_the_data_block(hostile: str, note: str) -> None:
    report = with_text(hostile)
    decision = _decision(report, note=note)
    html = render_html(report, [decision])
    block = re.search(r'<script type="application/json" id="desk-data">(.*?)</script>', html, re.DOTALL)
    assert block is not None
    assert block[1].isascii()
    assert not set("<>&") & set(block[1])
    data = json.loads(block[1])
    assert data["story"] == report.story
    assert [side["quote"] for side in data["findings"][0]["sides"]] == [
        side.quote for side in report.contradictions[0].sides
    ]
    assert data["decisions"][0]["note"] == note
    html.encode()
    assert spaced(visible(note)) in spaced(TakenApart(html).by_id["finding-x"])


def test_what_was_decided_before_stands_on_its_finding_without_any_script() -> None:
    report = sample.sample_report()
    dismissed = _decision(report, reason=DismissalReason.same_meaning, note="Read <b>both</b>.")
    page = TakenApart(render_html(report, [dismissed]))
    assert "Dismissed: same meaning 9 March 2031" in spaced(page.by_id["finding-c1"])
    assert "Read <b>both</b>." in page.by_id["finding-c1"]
    assert "Dismissed" not in page.by_id["finding-c2"]
    withdrawn = dismissed.model_copy(update={"ruling": None, "reason": None, "note": ""})
    assert "Dismissed" not in TakenApart(render_html(report, [withdrawn])).by_id["finding-c1"]


def test_each_side_leads_to_its_sentence_in_the_whole_article() -> None:
    page = TakenApart(render_html(sample.sample_report()))
    report = sample.sample_report()
    article = {article.id: article for article in report.articles}
    links = {value for name, value in page.attributes if name == "href"}
    for finding in report.contradictions:
        for side in finding.sides:
            place = anchor(article[side.article_id], side.span)
            assert f"#{place}" in links
            assert place is not None
            assert side.quote in page.by_id[place]


def _decision(report: Report, **more: object) -> Decision:
    finding = report.contradictions[0]
    facts: dict[str, Any] = {
        "finding_id": finding.id,
        "ruling": Ruling.dismissed,
        "decided_at": datetime(2031, 3, 9, 12, 0, tzinfo=UTC),
        "kind": finding.kind,
        "relation": finding.relation,
        "sides": decided_sides(finding, report),
    }
    return Decision.model_construct(**(facts | more))  # any note: foreign text is not made by our rules


def test_how_the_run_was_made_is_told() -> None:
    run = TakenApart(render_html(sample.sample_report())).by_id["run"]
    for fact in ("example-1.5b-q4", "embedded", "212 sent, 14 from the cache", "48,210 in", "3 min 7 s"):
        assert fact in run
    for fact in ("v2 cdcdcdcdcdcd", "chunk_sentences", "Read as cp1252: a guess."):
        assert fact in spaced(run)


def test_five_thousand_claims_render_in_seconds() -> None:
    report = sample.sample_report()
    claims = tuple(
        claim.model_copy(update={"id": f"{claim.id}-{copy}"})
        for copy in range(360)
        for claim in report.claims
    )
    began = time.process_time()
    render_html(report.model_copy(update={"claims": claims, "clusters": ()}))
    assert time.process_time() - began < 15  # about 2 s; the rest is for a busy machine
