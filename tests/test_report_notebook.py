"""What a notebook shows of a run: flags and picture, with foreign text as text, and nothing that acts."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from playwright.sync_api import Browser

from pipeline.report.figure import COLUMN_WIDTH, COLUMNS, ROWS, figure
from pipeline.report.matrix import matrix
from pipeline.report.notebook import FLAGS, render_notebook
from pipeline.report.text import one_line
from schemas.report import Report
from tests import sample_report as sample
from tests.browser import Seen
from tests.hostile_report import TakenApart, anything, with_text
from tests.test_report_browser import HOSTILE, hostile_report

ACTS = (
    "script",
    "iframe",
    "object",
    "embed",
    "img",
    "style",
    "link",
    "a",
    "form",
    "animate",
    "set",
    "foreignobject",
)


def test_it_shows_every_flag_with_both_sentences_and_who_says_what() -> None:
    report = sample.sample_report()
    page = TakenApart(render_notebook([report]))
    for finding in report.contradictions:
        assert all(side.quote in page.text for side in finding.sides)
    drawn = figure(matrix(report))
    assert drawn is not None
    assert sum(tag == "svg" for tag, _ in page.tags) == 1 + len(drawn.heads) + len(drawn.bands)
    states = [sign.cell.state.sign for band in drawn.bands for sign in band.signs if sign.cell]
    assert states
    assert [
        text for text in re.findall(r'font-weight="600">([^<·]+)</text>', render_notebook([report])) if text
    ]


def test_a_report_without_findings_is_shown_without_a_table() -> None:
    report = sample.sample_report().model_copy(update={"contradictions": (), "clusters": ()})
    page = TakenApart(render_notebook([report]))
    assert "No contradictions found" in page.text
    assert not any(tag in ("table", "svg") for tag, _ in page.tags)
    assert "storycheck" in render_notebook([])


def test_many_stories_are_told_with_the_strongest_flags_first() -> None:
    report = sample.sample_report()
    page = TakenApart(render_notebook([report.model_copy(update={"story": f"s{i}"}) for i in range(12)]))
    assert sum(tag == "tr" for tag, _ in page.tags) == FLAGS + 1
    assert "and 2 more stories." in page.text
    assert f"and {12 * len(report.contradictions) - FLAGS} more flags." in page.text


def test_the_picture_keeps_within_its_frame() -> None:
    drawn = figure(matrix(sample.sample_report()))
    assert drawn is not None
    assert len(drawn.bands) <= ROWS
    assert len(drawn.heads) <= COLUMNS
    assert drawn.heads[-1].x + COLUMN_WIDTH == drawn.width
    edges = [(band.y, band.y + band.height) for band in drawn.bands]
    assert [low for low, _ in edges] == [drawn.head_height, *(high for _, high in edges[:-1])]
    assert edges[-1][1] == drawn.height
    for band in drawn.bands:
        assert all(0 < line.y < band.height for line in (*band.point, *band.below))
        assert [sign.x for sign in band.signs] == [head.x for head in drawn.heads]


@settings(deadline=None, max_examples=60)
@given(anything)
def test_any_text_is_shown_and_changes_nothing_else(text: str) -> None:
    plain, page = (TakenApart(render_notebook([with_text(t)])) for t in ("x", text))
    kinds = [[tag for tag, _ in made.tags if tag not in ("text", "mark")] for made in (plain, page)]
    assert kinds[0] == kinds[1]
    assert one_line(f"{text}T") in one_line(page.text)


def hostile() -> list[tuple[str, Report]]:
    return [("report", hostile_report()), ("text", with_text(HOSTILE))]


@pytest.mark.parametrize(("name", "report"), hostile())
def test_hostile_text_makes_no_element(name: str, report: Report) -> None:
    page = TakenApart(render_notebook([report]))
    assert not {tag for tag, _ in page.tags} & set(ACTS)
    assert not [one for one, _ in page.attributes if one.startswith("on") or one in ("href", "src")]
    assert "<script>" in page.text


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_asks_for_nothing_and_shows_it_on_light_and_dark(
    browser: Browser, tmp_path: Path, scheme: str
) -> None:
    paper, ink = ("#ffffff", "rgb(17, 17, 17)") if scheme == "light" else ("#111111", "rgb(230, 230, 230)")
    path = tmp_path / "cell.html"
    style = f"background: {paper}; color: {ink}"
    body = render_notebook([sample.sample_report()]) + render_notebook([hostile_report()])
    path.write_text(f'<!doctype html><meta charset="utf-8"><body style="{style}">{body}', encoding="utf-8")
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    seen = Seen(page)
    page.goto(path.as_uri())
    assert (seen.requests, seen.complaints) == ([path.as_uri()], [])
    assert page.evaluate("window.owned") is None
    texts = page.locator("svg > text, svg g > text").all()
    assert texts
    assert {text.evaluate("one => getComputedStyle(one).fill") for text in texts} == {ink}
    widest = page.evaluate("document.documentElement.scrollWidth")
    assert widest <= 1100
