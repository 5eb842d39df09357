"""What was decided in report.html lasts: in the browser, in files, over re-runs and changed sentences."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from pipeline.decided import decided_sides
from pipeline.report import render_html
from tests import sample_report as sample
from tests.desk import Desk, reworded, written
from tests.test_report_browser import HOSTILE

pytestmark = pytest.mark.browser


def test_a_run_that_writes_the_page_anew_keeps_what_was_decided(
    profile: BrowserContext, tmp_path: Path
) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("j", "a")
    desk.says("1 of 4")
    more = sample.sample_report(claims=())
    written(tmp_path, more.model_copy(update={"contradictions": more.contradictions[::-1]}))
    desk.page.reload()
    assert desk.state("c1") == "accepted"


def test_an_export_taken_into_a_fresh_profile_brings_everything(browser: Browser, tmp_path: Path) -> None:
    with browser.new_context() as first, browser.new_context() as second:
        desk = Desk(first, written(tmp_path))
        desk.press("j", "a", "d", "6", "n")
        desk.page.keyboard.type(f"Note: {HOSTILE}")
        desk.press("Control+Enter")
        desk.says("Noted")
        exported = desk.exported()
        assert exported.story == "The Veldrik crane"
        report = sample.sample_report()
        assert [decision.sides for decision in exported.decisions] == [
            decided_sides(finding, report) for finding in report.contradictions[:3]
        ]

        file = tmp_path / "taken.json"
        file.write_text(exported.model_dump_json(), encoding="utf-8")
        other = Desk(second, written(tmp_path))
        assert other.state("c1") == "open"
        other.page.set_input_files("#desk-file", file)
        other.says("Imported: 3 taken, 0 no newer than those here. 2 of 4 decided.")
        assert [other.state("c1"), other.state("c2")] == ["accepted", "dismissed"]
        other.page.locator("#finding-c3").scroll_into_view_if_needed()
        expect(other.page.locator("#finding-c3 .decided .note")).to_contain_text(
            "</blockquote></script><script>"
        )
        expect(other.page.locator("#finding-c3 .decided .note")).to_contain_text("⟨U+202E⟩evil")
        assert other.page.evaluate("window.owned") is None
        assert other.complaints == []
        other.page.set_input_files("#desk-file", file)
        other.says("0 taken, 3 no newer")
        other.press("u")
        other.says("Undone: an import of 3 decisions. 0 of 4 decided.")
        assert {d.finding_id for d in other.exported().decisions} == {"c1", "c2", "c3"}


@pytest.mark.parametrize(
    ("story", "name"),
    [
        ("The Veldrik crane", "The-Veldrik-crane-decisions.json"),
        ("../Größe: <b>41</b>?", "Größe-b-41-b-decisions.json"),
        ("…", "decisions.json"),
    ],
)
def test_an_export_is_named_after_its_story(
    profile: BrowserContext, tmp_path: Path, story: str, name: str
) -> None:
    desk = Desk(profile, written(tmp_path, sample.sample_report(story=story)))
    with desk.page.expect_download() as download:
        desk.page.click("#desk-export")
    assert download.value.suggested_filename == name
    desk.says(f"Exported as {name}.")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"story": "Another"}, "these are decisions on another story, “Another”"),
        ({"schema_version": 2}, "the file comes from a newer version of storycheck"),
        (
            {"decisions": [{"finding_id": "c1", "ruling": "maybe"}]},
            "this is no file of decisions, or a damaged one",
        ),
        (None, "this is no file of decisions, or a damaged one"),
    ],
)
def test_a_file_of_something_else_changes_nothing(
    profile: BrowserContext, tmp_path: Path, change: dict[str, Any] | None, said: str
) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("j", "a")
    desk.says("1 of 4")
    file = tmp_path / "file.json"
    whole = {"schema_version": 1, "story": "The Veldrik crane", "decisions": []}
    file.write_text("{cut off" if change is None else json.dumps(whole | change), encoding="utf-8")
    desk.page.set_input_files("#desk-file", file)
    desk.says(f"Nothing was imported: {said}")
    assert desk.state("c1") == "accepted"


def test_a_finding_whose_sentence_changed_comes_back_with_what_was_decided(
    profile: BrowserContext, tmp_path: Path
) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("j", "d", "1")
    desk.says("1 of 4")
    desk.press("k", "n")
    desk.page.keyboard.type("Both count the dockers.")
    desk.press("Control+Enter")
    desk.says("Noted")
    written(tmp_path, reworded(sample.sample_report(), "c1"))
    desk.page.reload()

    card = desk.page.locator("#finding-new")
    assert desk.state("new") == "changed"
    expect(card.locator(".earlier")).to_contain_text("Changed since you dismissed it: same meaning")
    card.locator(".earlier summary").click()
    expect(card.locator(".earlier")).to_contain_text("Three dockers died when a crane fell")
    expect(card.locator(".earlier")).to_contain_text("Both count the dockers.")
    expect(desk.page.locator("#desk-progress")).to_have_text("0 of 4 decided")
    expect(desk.page.locator("#desk-gone")).to_be_hidden()
    desk.page.select_option("#filter-decision", "changed")
    expect(desk.page.locator("#filter-status")).to_contain_text("1 of")
    desk.page.click("#filter-clear")

    card.get_by_role("button", name="Accept").click()
    desk.says("1 of 4 decided")
    assert desk.state("new") == "accepted"
    assert {decision.finding_id for decision in desk.exported().decisions} == {"c1", "new"}


def test_decisions_on_findings_that_are_gone_are_counted_and_exported(
    profile: BrowserContext, tmp_path: Path
) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("j", "a")
    desk.says("1 of 4")
    report = sample.sample_report()
    written(tmp_path, report.model_copy(update={"contradictions": report.contradictions[1:]}))
    desk.page.reload()
    expect(desk.page.locator("#desk-gone")).to_contain_text("1 decision is on a finding that is no longer")
    assert [decision.finding_id for decision in desk.exported().decisions] == ["c1"]


def test_the_newer_of_a_decision_in_the_page_and_one_in_the_browser_counts(
    profile: BrowserContext, tmp_path: Path
) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("j", "a")
    desk.says("1 of 4")
    kept = desk.exported().decisions[0]
    for day, state in (("2001-01-01", "accepted"), ("2901-01-01", "dismissed")):
        update = {"ruling": "dismissed", "decided_at": f"{day}T00:00:00Z"}
        embedded = type(kept).model_validate(kept.model_dump(mode="json") | update)
        page = render_html(sample.sample_report(), [embedded])
        (tmp_path / "report.html").write_text(page, encoding="utf-8")
        desk.page.reload()
        expect(desk.page.locator("#desk-progress")).to_have_text("1 of 4 decided")
        assert desk.state("c1") == state
    desk.page.locator("#finding-c1").get_by_role("button", name="Take back").click()
    desk.says("0 of 4 decided")  # also over a clock that runs behind
    desk.page.reload()
    assert desk.state("c1") == "open"


def test_a_browser_that_keeps_nothing_says_so_and_works_on(profile: BrowserContext, tmp_path: Path) -> None:
    profile.add_init_script(
        "Object.defineProperty(window, 'localStorage', "
        "{ get() { throw new DOMException('no', 'SecurityError') } })"
    )
    desk = Desk(profile, written(tmp_path))
    desk.says("This browser keeps nothing for this page: export your decisions")
    desk.press("j", "a")
    desk.says("1 of 4 decided")
    desk.press("u")
    desk.says("0 of 4 decided")
    desk.press("a")
    desk.says("1 of 4 decided")
    assert [decision.ruling for decision in desk.exported().decisions] == ["accepted"]
    assert desk.complaints == []


def test_damaged_storage_is_put_aside(profile: BrowserContext, tmp_path: Path) -> None:
    desk = Desk(profile, written(tmp_path))
    key = "storycheck:The Veldrik crane"
    desk.page.evaluate("key => localStorage.setItem(key, '{cut off')", key)
    desk.page.reload()
    desk.press("j", "a")
    desk.says("1 of 4 decided")
    assert desk.page.evaluate("key => localStorage.getItem(key)", f"{key}:damaged") == "{cut off"


def test_two_windows_on_one_story_do_not_overwrite_each_other(
    profile: BrowserContext, tmp_path: Path
) -> None:
    address = written(tmp_path)
    one, other = Desk(profile, address), Desk(profile, address)
    one.press("j", "a")
    one.says("1 of 4")
    expect(other.page.locator("#desk-progress")).to_have_text("1 of 4 decided")
    other.press("j", "j", "d", "2")
    other.says("2 of 4")
    expect(one.page.locator("#desk-progress")).to_have_text("2 of 4 decided")
    one.page.reload()
    assert [one.state("c1"), one.state("c2")] == ["accepted", "dismissed"]
