"""The pages of a draft that was checked against sources: told from its side, and as of no outlet's."""

from collections.abc import Sequence
from datetime import date

import pytest

from pipeline.report import render_html, render_markdown
from pipeline.report.agreement import agreements
from pipeline.report.matrix import matrix
from pipeline.report.summary import summarise
from pipeline.report.timeline import timeline
from schemas.cluster import Cluster
from schemas.contradiction import ConflictKind, Contradiction, Relation, Severity
from schemas.report import Report, ReportArticle
from schemas.verdict import Verdict
from tests import sample_report as sample
from tests.hostile_report import TakenApart

DRAFT = ["The mole", "Eleven boats waited at the mole.", "Nobody was hurt.", "The mayor baked a cake."]
GULL = ["At the mole", "Nine boats waited at the mole.", "Nobody was hurt."]
CRIER = ["By the mole", "Nobody was hurt.", "The pier is closed."]


def sources(count: int = 2) -> list[ReportArticle]:
    texts = [GULL, CRIER, *([f"Paper {n}", f"News number {n}."] for n in range(2, count))]
    days = [date(2031, 3, 5), date(2031, 3, 4), *(None for _ in range(2, count))]
    names = ["gull", "crier", *(f"paper-{n}" for n in range(2, count))]
    return [
        sample.article(name, name.title(), day, text, is_source=True)
        for name, day, text in zip(names, days, texts, strict=True)
    ]


def draft_report(count: int = 2, published: date | None = date(2031, 3, 1)) -> Report:
    """Return the report on a draft: one claim contradicted, one in two sources, one in none."""
    draft = sample.article("draft", None, published, DRAFT)
    gull, crier, *rest = sources(count)
    said: Sequence[tuple[int, str, Verdict]] = (
        (2, DRAFT[1], sample.contradicted(sample.evidence(gull, 2))),
        (3, DRAFT[2], sample.supported(sample.evidence(gull, 3), sample.evidence(crier, 2))),
        (4, DRAFT[3], sample.unsupported()),
    )
    claims = tuple(sample.claim(draft, number, text, verdict) for number, text, verdict in said)
    finding = Contradiction(
        id="f1",
        kind=ConflictKind.quantity,
        relation=Relation.contradiction,
        severity=Severity.high,
        confidence=0.9,
        reason="Eleven boats against Nine boats",
        sides=(
            sample.side(draft, 2, "Eleven boats", claim_id=claims[0].id),
            sample.side(gull, 2, "Nine boats"),
        ),
    )
    cluster = Cluster(
        id="k1",
        claim_ids=(claims[1].id,),
        article_ids=("draft", "crier", "gull"),
        first_article_id="crier",
        origins=2,
        text=DRAFT[2],
    )
    return Report(
        story="mole",
        run=sample.run_info(claims),
        articles=(draft, gull, crier, *rest),
        claims=claims,
        contradictions=(finding,),
        clusters=(cluster,),
    )


def test_it_knows_its_draft() -> None:
    report = draft_report()
    assert report.draft is report.articles[0]
    assert sample.sample_report().draft is None
    alone = report.model_copy(update={"articles": report.articles[:1]})
    assert alone.draft is None
    assert Report.model_validate_json(report.model_dump_json()) == report


def test_a_report_that_is_older_than_drafts_has_none() -> None:
    held = sample.sample_report().model_dump(mode="json")
    for article in held["articles"]:
        del article["is_source"]
    assert Report.model_validate(held) == sample.sample_report()


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_the_pages_speak_of_a_draft_and_its_sources(render: object) -> None:
    assert callable(render)
    page, other = render(draft_report()), render(sample.sample_report())
    for words in ("Your draft says", "A source says", "Found in no source given", "What the sources confirm"):
        assert words in page
        assert words not in other
    for words in ("only one outlet", "What the others confirm", "another article"):
        assert words not in page
    assert "3 claims of the draft against 2 sources" in page


def test_the_article_list_tells_draft_and_sources_apart() -> None:
    page = TakenApart(render_html(draft_report()))
    assert "your draft, 3 claims" in page.text
    assert page.text.count("· a source") == 4  # above, and where they can be read in full
    assert "0 claims" not in page.text


def test_many_sources_are_folded() -> None:
    few, many = (render_html(draft_report(count)).partition("</header>")[0] for count in (12, 13))
    assert "<details" not in few
    assert "<summary>13 sources</summary>" in many


def test_the_draft_leads_the_matrix_in_a_column_of_its_own() -> None:
    report = draft_report()
    copied = report.articles[1].model_copy(update={"origin": "draft"})
    shown = matrix(report.model_copy(update={"articles": (report.articles[0], copied, report.articles[2])}))
    assert [(column.names, column.is_draft) for column in shown.columns] == [
        (("draft",), True),
        (("Crier",), False),
        (("Gull",), False),
    ]
    disputed, agreed = shown.rows
    assert disputed.cells.keys() == {0, 2}
    assert agreed.cells.keys() == {0, 1, 2}
    assert "your draft" in render_html(report).partition('id="matrix"')[2]


@pytest.mark.parametrize("published", [None, date(2031, 3, 1)])
def test_a_draft_is_published_on_no_day(published: date | None) -> None:
    told = timeline(draft_report(published=published))
    assert [[article.id for article in day.articles] for day in told.days] == [["crier"], ["gull"]]
    assert (told.undated, told.untold) == ((), 0)
    [first] = told.days[0].shown
    assert [article.id for article in first.articles] == ["crier"]


def test_a_draft_backs_nothing() -> None:
    [agreement] = agreements(draft_report())
    assert (agreement.outlets, agreement.origins) == (2, 2)
    assert agreement.first_article_id == "crier"


def test_what_is_missing_is_told_of_the_draft() -> None:
    report = draft_report()
    empty = report.model_copy(update={"claims": (), "contradictions": (), "clusters": ()})
    assert "No claim was found in the draft." in summarise(empty).gaps
