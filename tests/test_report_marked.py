"""The draft, sentence by sentence: each has one mark, and none is called settled that was not looked at."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given, settings
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, expect

from pipeline.report import render_html, render_markdown
from pipeline.report.marked import Mark, MarkedSentence, marked
from pipeline.report.text import one_line
from schemas.claim import Dropped
from schemas.contradiction import ConflictKind, Contradiction, Relation, Severity
from schemas.report import Coverage, Failure, Report, ReportClaim
from schemas.verdict import Label, UnsupportedReason, Verdict
from tests import sample_report as sample
from tests.hostile_report import TakenApart, anything

TEXTS = (
    "The mole",
    "By Ann Teller",
    "Eleven boats waited, and two of them sank.",
    "Nobody was hurt.",
    "The mayor baked a cake, and nobody was hurt.",
    "It rained.",
    "The pier closes at nine.",
    "Boats, boats.",
    "Nobody was hurt, it has to be said again.",
    "Oh dear.",
)
DRAFT = sample.article("draft", None, date(2031, 3, 1), TEXTS)
GULL = sample.article(
    "gull",
    "Gull",
    date(2031, 3, 5),
    ["At it", "Nine boats waited.", "Nobody was hurt."],
    is_source=True,
)
CRIER = sample.article(
    "crier", "Crier", date(2031, 3, 4), ["By it", "Nobody was hurt.", "The pier is open."], is_source=True
)
BOATS = sample.claim(DRAFT, 3, "Eleven boats waited.", sample.contradicted(sample.evidence(GULL, 2)))
SANK = sample.claim(DRAFT, 3, "Two boats sank.", sample.unsupported())
HURT = sample.claim(
    DRAFT,
    4,
    TEXTS[3],
    sample.supported(sample.evidence(GULL, 3), sample.evidence(CRIER, 2)),
    repeats=(DRAFT.sentences[8].span,),
)
CAKE = sample.claim(DRAFT, 5, "The mayor baked a cake.", sample.unsupported())
HURT_TOO = sample.claim(DRAFT, 5, "Nobody was hurt.", sample.supported(sample.evidence(GULL, 3)))
PIER = sample.claim(DRAFT, 7, TEXTS[6], sample.unsupported())
CLAIMS = (BOATS, SANK, HURT, CAKE, HURT_TOO, PIER)
UNREAD = Failure(stage="extract", article_id="draft", where="draft, 6", reason="Silence.", sentences=(6,))
LEFT_OUT = Dropped(article_id="draft", text="Boats boat.", reason="it says something else", sentence=8)


def finding(relation: Relation, claim: ReportClaim, source: str, number: int) -> Contradiction:
    other = {"gull": GULL, "crier": CRIER}[source]
    return Contradiction(
        id=relation.value,
        kind=ConflictKind.quantity,
        relation=relation,
        severity=Severity.high,
        confidence=0.9,
        reason="They differ.",
        sides=(sample.side(DRAFT, claim.sentence, claim_id=claim.id), sample.side(other, number)),
    )


def draft_report(
    claims: Sequence[ReportClaim] = CLAIMS,
    failures: Sequence[Failure] = (UNREAD,),
    dropped: Sequence[Dropped] = (LEFT_OUT,),
    read: int = 8,
) -> Report:
    coverage = Coverage(
        sentences=10,
        sentences_readable=9,
        sentences_read=read,
        claims=len(claims),
        claims_judged=len(claims),
        errors=len(failures),
    )
    held = [claim.id for claim in claims]
    findings = (
        finding(Relation.contradiction, BOATS, "gull", 2),
        finding(Relation.update, PIER, "crier", 3),
    )
    return Report(
        story="mole",
        run=sample.run_info(claims, coverage=coverage, failures=tuple(failures)),
        articles=(DRAFT, GULL, CRIER),
        claims=tuple(claims),
        contradictions=tuple(one for one in findings if one.sides[0].claim_id in held),
        dropped=tuple(dropped),
    )


def sentences(report: Report) -> Sequence[MarkedSentence]:
    found = marked(report)
    assert found is not None
    return found.sentences


def mark_of(claim: ReportClaim) -> Mark:
    """Return the mark of the sentence of the only claim of a report."""
    return sentences(draft_report([claim]))[claim.sentence - 1].mark


def test_each_sentence_has_one_mark_and_they_add_up() -> None:
    found = marked(draft_report())
    assert found is not None
    assert [(one.number, one.told) for one in found.sentences] == [
        (1, "nothing to check"),
        (2, "nothing to check"),
        (3, "contradicted, in part"),
        (4, "supported"),
        (5, "said by no source, in part"),
        (6, "not checked"),
        (7, "said by no source"),
        (8, "not checked"),
        (9, "supported"),  # it says again what another does
        (10, "nothing to check"),
    ]
    assert list(found.counts) == list(Mark)
    assert list(found.counts.values()) == [1, 2, 2, 2, 3]
    assert ["".join(part.text for part in one.parts) for one in found.sentences] == list(TEXTS)


def test_a_mark_that_rests_on_no_claim_has_its_reason() -> None:
    why = {one.number: one.why for one in sentences(draft_report()) if one.why}
    assert why.keys() == {2, 6, 8}
    assert "byline" in why[2]
    assert "read" in why[6]
    assert LEFT_OUT.reason in why[8]


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (Verdict(label=Label.error, confidence=0, error="Silence."), Mark.not_checked),
        (sample.unsupported(UnsupportedReason.inconclusive), Mark.in_no_source),
        (sample.unsupported(UnsupportedReason.other_languages), Mark.not_checked),
        (sample.unsupported(UnsupportedReason.nothing_to_compare), Mark.not_checked),
        (sample.contradicted(), Mark.contradicted),  # where no pair of passages was settled on, too
    ],
)
def test_what_was_not_compared_is_not_called_unsaid(verdict: Verdict, expected: Mark) -> None:
    assert mark_of(sample.claim(DRAFT, 10, "Oh dear.", verdict)) is expected


def test_an_update_alone_neither_contradicts_a_sentence_nor_settles_it() -> None:
    loose = finding(Relation.update, PIER, "crier", 3)
    side = loose.sides[0].model_copy(update={"claim_id": None})
    report = draft_report([]).model_copy(
        update={"contradictions": (loose.model_copy(update={"sides": (side, loose.sides[1])}),)}
    )
    assert sentences(report)[6].mark is Mark.not_checked
    assert "#finding-update" in render_html(report).partition('class="marked"')[2].partition("</ol>")[0]


@pytest.mark.parametrize(
    "report",
    [
        draft_report(failures=[UNREAD.model_copy(update={"sentences": ()})]),
        draft_report(dropped=[LEFT_OUT.model_copy(update={"sentence": None})]),
    ],
)
def test_an_older_report_calls_no_sentence_empty_that_may_not_have_been_read(report: Report) -> None:
    marks = [one.mark for one in sentences(report)]
    assert marks[1] is Mark.nothing  # a byline
    assert {marks[n - 1] for n in (1, 6, 8, 10)} == {Mark.not_checked}


def test_a_story_has_none() -> None:
    report = sample.sample_report()
    assert marked(report) is None
    assert "sentence by sentence" not in (render_html(report) + render_markdown(report)).lower()


def test_the_page_leads_from_each_mark_to_what_it_rests_on() -> None:
    page = TakenApart(render_html(draft_report()))
    links = [value for name, value in page.attributes if name == "href" and value.startswith("#")]
    assert {"#finding-contradiction", "#finding-update", f"#claim-{CAKE.id}", "#s-gull-3"} <= set(links)
    assert {link.removeprefix("#") for link in links} <= set(page.ids)
    said = page.by_id["draft"]
    assert said.index("contradicted, in part") < said.index(TEXTS[2]) < said.index("Numbers differ, Gull")


def test_the_page_for_a_chat_tells_the_same() -> None:
    told = render_markdown(draft_report()).partition("## Your draft, sentence by sentence")[2]
    told = told.partition("\n## ")[0]
    assert "3. **contradicted, in part**: “Eleven boats waited, and two of them sank.”" in told
    assert "contradiction 1: Numbers differ, Gull, 90 %" in told
    assert "4. **supported**: “Nobody was hurt.”\n   - supported by Gull and Crier" in told
    assert "- *not checked*, 2:" in told


def saying(text: str) -> Report:
    """Return a report with ``text`` wherever a draft, its sources or a model can put one."""
    draft = sample.article("draft", text, None, ["Head", f"{text}."], title=None)
    gull = sample.article("gull", f"{text}G", None, ["Head", f"{text}!"], is_source=True)
    claims = (
        sample.claim(draft, 2, f"{text}; worded", sample.supported(sample.evidence(gull, 2))),
        sample.claim(draft, 2, "Other.", Verdict(label=Label.error, confidence=0, error=f"{text} failed")),
    )
    return draft_report(()).model_copy(update={"articles": (draft, gull), "claims": claims})


BENIGN = TakenApart(render_html(saying("benign"))).tags


@settings(deadline=None, max_examples=30)
@given(anything.map(lambda text: f"x{text}x"))
def test_what_a_draft_says_stays_text(hostile: str) -> None:
    report = saying(hostile)
    assert TakenApart(render_html(report)).tags == BENIGN
    told = render_markdown(report).partition("sentence by sentence")[2].partition("\n## ")[0]
    assert told.count("\n2. **not checked, in part**: ") == 1
    tokens = MarkdownIt("commonmark").parse(told)
    shown = ["".join(child.content for child in token.children or ()) for token in tokens]
    assert any(one_line(f"{hostile}.") in text for text in shown)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_and_can_be_read_by_ear_and_by_keyboard(browser: Browser, tmp_path: Path, width: int) -> None:
    path = tmp_path / "report.html"
    path.write_text(render_html(draft_report()), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page, context="#draft")
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("link", name="contradiction: Numbers differ, Gull").press("Enter")
    expect(page.locator("#finding-contradiction")).to_be_in_viewport()
    page.locator("#draft").get_by_role("link", name="Gull", exact=True).first.press("Enter")
    expect(page.locator("#s-gull-3")).to_be_focused()
    page.close()


@pytest.mark.browser
def test_paper_has_every_sentence_with_its_mark(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(render_html(draft_report()), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.emulate_media(media="print")
    lines = page.locator("#draft .marked > li")
    assert lines.count() == len(TEXTS)
    assert all(line.is_visible() and line.locator(".mark").is_visible() for line in lines.all())
    page.close()
