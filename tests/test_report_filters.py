"""The filters and the order of report.html, and how little a large report has laid out for them."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser import PHONE
from tests.desk import Desk, written
from tests.large_report import large_report

pytestmark = pytest.mark.browser


def test_every_filter_and_order(profile: BrowserContext, tmp_path: Path) -> None:
    desk = Desk(profile, written(tmp_path))
    page = desk.page

    def shown() -> list[str]:
        cards = page.locator(".finding:not([hidden])")
        return [str(card.get_attribute("id")) for card in cards.all()]

    for name, value, found in (
        ("relation", "update", ["c3"]),
        ("relation", "speakers_differ", ["c4"]),
        ("outlet", "The Harbour Ledger", ["c1", "c4"]),
        ("confidence", "75 % or more", ["c1", "c4"]),
        ("decision", "open", ["c1", "c2", "c3", "c4"]),
        ("kind", "Dates or times differ", ["c2", "c3"]),
    ):
        choice: dict[str, Any] = {"value": value} if name == "relation" else {"label": value}
        page.select_option(f"#filter-{name}", **choice)
        assert shown() == [f"finding-{finding}" for finding in found]
        page.click("#filter-clear")
    desk.press("Escape", "j", "a")
    desk.says("1 of 4")
    page.select_option("#filter-decision", "accepted")
    assert shown() == ["finding-c1"]
    page.select_option("#filter-decision", "dismissed")
    assert shown() == []
    expect(page.locator("#filter-none")).to_be_visible()
    expect(page.locator("#filter-status")).to_contain_text("0 of")
    page.click("#filter-back")
    assert len(shown()) == 4
    # A word on a button is no word of a finding.
    page.fill("#filter-text", "dismiss")
    expect(page.locator("#filter-none")).to_be_visible()
    page.fill("#filter-text", "")

    contradictions = page.locator("#contradictions .finding")
    for order, first in (("kind", "c2"), ("outlet", "c2"), ("newest", "c1"), ("", "c1")):
        page.select_option("#filter-order", order)
        expect(contradictions.first).to_have_id(f"finding-{first}")


def test_a_large_report_is_laid_out_only_where_it_is_seen_and_once_a_filter(
    profile: BrowserContext, tmp_path: Path
) -> None:
    """What takes time on a large report; how much it takes, ``benchmarks.desk`` measures."""
    desk = Desk(profile, written(tmp_path, large_report()))
    quotes = desk.page.locator(".finding .quote")
    desk.page.locator(".finding").first.scroll_into_view_if_needed()
    desk.paint()
    laid_out = "all => all.filter((one) => one.checkVisibility({contentVisibilityAuto: true})).length"
    assert 0 < quotes.evaluate_all(laid_out) < quotes.count() / 10

    metrics = profile.new_cdp_session(desk.page)
    metrics.send("Performance.enable")

    def layouts() -> int:
        found = metrics.send("Performance.getMetrics")["metrics"]
        return next(int(each["value"]) for each in found if each["name"] == "LayoutCount")

    for name, value in (("text", "union"), ("text", "union orrin"), ("text", ""), ("outlet", "3")):
        before = layouts()
        desk.page.evaluate(_SET, [f"filter-{name}", value])
        desk.paint()
        assert 0 < layouts() - before <= 3, (
            name,
            value,
        )  # once a frame, not once a finding


def test_on_a_phone_the_filters_are_out_of_the_way_until_wanted(browser: Browser, tmp_path: Path) -> None:
    with browser.new_context(viewport=PHONE) as profile:
        page = Desk(profile, written(tmp_path)).page
        expect(page.locator("#filter-text")).to_be_visible()
        expect(page.locator("#filter-kind")).to_be_hidden()
        page.get_by_role("button", name="More filters").click()
        expect(page.locator("#filter-kind")).to_be_visible()


_SET = """([id, value]) => {
  const field = document.getElementById(id);
  field.value = value;
  field.dispatchEvent(new Event(id === "filter-text" ? "input" : "change"));
}"""
