"""A reviewer's work in report.html, in a real browser: decide, take back and note, by keys or pointer."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests import sample_report as sample
from tests.browser import DESKTOP, PHONE
from tests.desk import Desk, reworded, written

pytestmark = pytest.mark.browser


def test_decisions_made_by_keys_alone_are_still_there_after_a_reload(
    profile: BrowserContext, tmp_path: Path
) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("j", "a")
    line = "Two dead in one article, three in the other"
    desk.says(f"Accepted: Numbers differ: Veldrik Courier and The Harbour Ledger ({line}). 1 of 4 decided.")
    desk.press("d", "4")
    desk.says("2 of 4 decided")
    desk.press("n")
    desk.page.keyboard.type("Ask j and k about it")  # letters in a note are letters
    desk.press("Control+Enter")
    desk.says("Noted")
    assert [desk.state(f"c{i}") for i in range(1, 5)] == ["accepted", "dismissed", "open", "open"]

    desk.page.reload()
    expect(desk.page.locator("#desk-progress")).to_have_text("2 of 4 decided")
    assert [desk.state(f"c{i}") for i in range(1, 5)] == ["accepted", "dismissed", "open", "open"]
    expect(desk.page.locator("#finding-c2 .ruling")).to_contain_text("Dismissed: different scope")
    expect(desk.page.locator("#finding-c3 .decided .note")).to_contain_text("Ask j and k about it")
    expect(desk.page.locator("#desk-precision")).to_have_text("1 of 2 accepted (50 %)")
    desk.page.click("#desk-kinds summary")
    rows = desk.page.locator("#desk-kinds tbody tr").all_inner_texts()
    assert [row.split("\t") for row in rows] == [
        ["Dates or times differ", "0", "1", "0 %"],
        ["Numbers differ", "1", "0", "100 %"],
        ["One says so, one denies it", "0", "0", "none decided"],
    ]
    assert desk.complaints == []


def test_what_was_decided_is_folded_and_the_next_open_finding_is_in_focus(
    profile: BrowserContext, tmp_path: Path
) -> None:
    desk = Desk(profile, written(tmp_path))
    first, second = (desk.page.locator(f"#finding-c{i}") for i in (1, 2))
    first.get_by_role("button", name="Accept").click()
    expect(second).to_be_focused()
    expect(first.locator(".sides")).to_be_hidden()
    expect(first.locator("h3")).to_contain_text("Veldrik Courier and The Harbour Ledger")
    expect(first.locator(".reason")).to_have_text("Two dead in one article, three in the other.")
    expect(first.locator(".reason")).to_be_visible()
    box = first.bounding_box()
    assert box is not None
    assert box["height"] < 100
    first.get_by_role("button", name="Show").click()
    expect(first.locator(".sides")).to_be_visible()
    first.get_by_role("button", name="Take back").click()
    desk.says("Taken back: Numbers differ")
    assert desk.state("c1") == "open"


def test_undo_takes_back_one_change_after_the_other_even_after_a_reload(
    profile: BrowserContext, tmp_path: Path
) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("j", "a")
    desk.says("1 of 4")
    desk.page.reload()
    desk.press("j", "j", "d", "1")
    desk.says("2 of 4")
    desk.press("u")
    desk.says("Undone: dismissing Dates or times differ")
    assert [desk.state("c1"), desk.state("c2")] == ["accepted", "open"]
    desk.page.click("#desk-undo")
    desk.says("0 of 4 decided")
    desk.press("u")
    desk.says("There is nothing to undo.")
    assert [desk.state("c1"), desk.state("c2")] == ["open", "open"]


def test_undo_says_what_was_taken_back(profile: BrowserContext, tmp_path: Path) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("j", "n")
    desk.page.keyboard.type("First")
    desk.press("Control+Enter", "n")
    desk.page.keyboard.type(" and second")
    desk.press("Control+Enter", "a")
    desk.says("1 of 4 decided")
    desk.page.locator("#finding-c1").get_by_role("button", name="Take back").click()
    desk.says("0 of 4 decided")
    for what in ("taking back", "accepting", "changing the note on", "the note on"):
        desk.press("u")
        desk.says(f"Undone: {what} Numbers differ")


def test_the_same_decision_again_changes_nothing(profile: BrowserContext, tmp_path: Path) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("j", "a")
    desk.says("1 of 4 decided")
    desk.press("k", "a")
    desk.says("Already accepted: Numbers differ")
    desk.press("j", "d", "1")
    desk.says("2 of 4 decided")
    desk.press("k", "d", "1")
    desk.says("Already dismissed: Dates or times differ")
    desk.press("u", "u")
    desk.says("0 of 4 decided")
    assert [desk.state("c1"), desk.state("c2")] == ["open", "open"]


def test_another_reason_is_asked_for_before_the_next_finding_comes(
    profile: BrowserContext, tmp_path: Path
) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("j", "d", "7")
    expect(desk.page.locator("#finding-c1 #note-text")).to_be_focused()
    desk.page.keyboard.type("They count different docks")
    desk.press("Control+Enter")
    desk.says("Noted: Numbers differ")
    expect(desk.page.locator("#finding-c2")).to_be_focused()
    expect(desk.page.locator("#finding-c1 .ruling")).to_contain_text("Dismissed: other reason")
    expect(desk.page.locator("#finding-c1 .decided .note")).to_contain_text("They count different docks")
    desk.press("d", "7", "Escape")
    expect(desk.page.locator("#finding-c3")).to_be_focused()
    assert [desk.state(f"c{i}") for i in (1, 2, 3)] == ["dismissed", "dismissed", "open"]


def test_the_line_that_says_what_was_done_notes_the_finding_it_was_done_to(
    profile: BrowserContext, tmp_path: Path
) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("j", "a")
    expect(desk.page.locator("#finding-c2")).to_be_focused()
    desk.page.click("#told-note")
    expect(desk.page.locator("#finding-c1 #note-text")).to_be_focused()
    desk.page.keyboard.type("Both checked by phone")
    desk.press("Control+Enter")
    desk.says("Noted: Numbers differ")
    expect(desk.page.locator("#told-note")).to_be_hidden()
    expect(desk.page.locator("#finding-c1 .decided .note")).to_contain_text("Both checked by phone")
    expect(desk.page.locator("#finding-c2")).to_be_focused()


def test_what_was_dismissed_is_struck_out_elsewhere_and_no_longer_stands(
    profile: BrowserContext, tmp_path: Path
) -> None:
    desk = Desk(profile, written(tmp_path))
    stand, signs = desk.page.locator("#desk-stand"), desk.page.locator("#matrix [data-finding=c1]")
    assert signs.count() > 1
    expect(stand).to_be_empty()
    desk.press("j", "d", "1")
    expect(stand).to_have_text("2 contradictions found, 1 stands")
    for sign in signs.all():
        expect(sign).to_have_class(re.compile("dismissed"))
        expect(sign).to_contain_text("conflicts dismissed")
    expect(desk.page.locator("#matrix .dismissed")).to_have_count(signs.count())
    desk.page.emulate_media(media="print")
    expect(stand).to_be_visible()
    desk.page.emulate_media(media="screen")
    desk.press("u")
    expect(stand).to_be_empty()
    expect(desk.page.locator("#matrix .dismissed, #matrix .struck")).to_have_count(0)


def test_what_a_finding_is_already_called_is_no_reason_to_dismiss_it(
    profile: BrowserContext, tmp_path: Path
) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("j", "j", "j", "d", "2")
    update = desk.page.locator("#finding-c3")
    expect(update.locator("[data-reason=update]")).to_be_hidden()
    expect(update.locator("[data-reason=speakers_differ]")).to_be_visible()
    assert desk.state("c3") == "open"
    desk.press("3")
    desk.says("1 of 4 decided")
    expect(update.locator(".ruling")).to_contain_text("Dismissed: speakers differ")


def test_keys_are_left_alone_where_they_mean_something_else(profile: BrowserContext, tmp_path: Path) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("/")
    expect(desk.page.locator("#filter-text")).to_be_focused()
    desk.page.keyboard.type("jadu?")
    assert desk.page.input_value("#filter-text") == "jadu?"
    desk.page.fill("#filter-text", "")
    desk.press("Escape", "j", "Control+a", "Alt+d", "Meta+u")
    assert desk.state("c1") == "open"
    desk.press("?")
    expect(desk.page.locator("#help")).to_be_visible()
    desk.press("a")
    assert desk.state("c1") == "open"
    desk.page.uncheck("#help-keys")
    desk.press("Escape")
    expect(desk.page.locator("#help")).to_be_hidden()
    desk.press("a", "j", "d")
    assert desk.state("c1") == "open"
    desk.page.reload()
    desk.press("j", "a")
    assert desk.state("c1") == "open"


def test_a_key_never_decides_on_a_finding_out_of_sight(profile: BrowserContext, tmp_path: Path) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("a")
    desk.says("Press the key again")
    expect(desk.page.locator("#finding-c1")).to_be_focused()
    assert desk.state("c1") == "open"
    desk.paint()  # the finding is scrolled to once more with the next frame
    desk.page.evaluate("document.getElementById('run').scrollIntoView()")
    desk.press("a")
    assert desk.state("c1") == "open"
    expect(desk.page.locator("#finding-c1")).to_be_in_viewport()
    desk.press("a")
    desk.says("Accepted")


def test_arrows_and_letters_walk_the_findings_that_are_shown(profile: BrowserContext, tmp_path: Path) -> None:
    desk = Desk(profile, written(tmp_path))
    walk = []
    for key in ("j", "ArrowDown", "ArrowRight", "k", "ArrowUp"):
        desk.press(key)
        walk.append(desk.page.evaluate("document.activeElement.id"))
    assert walk == ["finding-c1", "finding-c2", "finding-c3", "finding-c2", "finding-c1"]
    desk.page.select_option("#filter-kind", "conflict:date")
    desk.page.locator("#filter-kind").blur()
    desk.press("j")
    expect(desk.page.locator("#finding-c2")).to_be_focused()
    desk.press("j", "j")
    desk.says("That was the last finding.")


def test_a_note_that_was_begun_is_not_lost_by_closing_it(profile: BrowserContext, tmp_path: Path) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("j", "n")
    desk.page.keyboard.type("Half a tho")
    desk.press("Escape")
    expect(desk.page.locator("#finding-c1")).to_be_focused()
    desk.press("j", "d", "Escape", "k", "n")
    assert desk.page.input_value("#note-text") == "Half a tho"


def test_a_click_on_a_link_to_a_finding_opens_it_though_it_is_decided(
    profile: BrowserContext, tmp_path: Path
) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("j", "a")
    desk.says("1 of 4")
    desk.page.goto(f"{written(tmp_path)}#finding-c1")
    expect(desk.page.locator("#finding-c1 .sides")).to_be_visible()
    expect(desk.page.locator("#finding-c1")).to_be_focused()


def test_a_quote_leads_to_its_sentence_and_the_way_back(profile: BrowserContext, tmp_path: Path) -> None:
    desk = Desk(profile, written(tmp_path))
    link = desk.page.locator("#finding-c2 .whole a").first
    link.click()
    sentence = desk.page.locator(f"[id='{(link.get_attribute('href') or '')[1:]}']")
    expect(sentence).to_be_in_viewport()
    expect(sentence).to_contain_text("A loading crane toppled onto the quay")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_whatever_is_open(
    browser: Browser, tmp_path: Path, scheme: str, size: ViewportSize
) -> None:
    with browser.new_context(viewport=size, bypass_csp=True) as profile:
        desk = Desk(profile, written(tmp_path))
        desk.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        desk.press("j", "d", "1", "k", "n")
        desk.page.keyboard.type("x")
        desk.press("Control+Enter")
        written(tmp_path, reworded(sample.sample_report(), "c1"))
        desk.page.reload()
        desk.press("j", "j", "a", "j", "d")
        desk.page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        desk.page.locator("#finding-c4").get_by_role("button", name="Note", exact=True).focus()
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert _violations(desk.page) == []
        desk.press("Escape", "?")
        assert _violations(desk.page) == []


def test_paper_shows_what_was_decided_and_no_control(profile: BrowserContext, tmp_path: Path) -> None:
    desk = Desk(profile, written(tmp_path))
    desk.press("j", "d", "1")
    desk.says("1 of 4")
    desk.page.emulate_media(media="print")
    card = desk.page.locator("#finding-c1")
    expect(card.locator(".sides")).to_be_visible()
    expect(card.locator(".ruling")).to_be_visible()
    visible = desk.page.locator(
        "button:visible, input:visible, select:visible, dialog:visible, progress:visible"
    )
    expect(visible).to_have_count(0)
    assert len(desk.page.pdf()) > 10_000


def _violations(page: Page) -> list[str]:
    # What axe would scroll to is laid out for it first.
    page.add_style_tag(content="* { content-visibility: visible !important }")
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found]
