"""A reviewer's days at the desk: check, review, a story that goes on, a colleague, and what is published."""

import csv
import io
import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from pipeline.store import read_decisions
from tests.commands import Serve, run_command
from tests.desk import Desk
from tests.fake_endpoint import Body, Reply, check_answer, scored
from tests.newsroom import REVIEWER, Newsroom, export, review

pytestmark = pytest.mark.browser

POST, NEWS, RADIO, LANTERN = "evening-post.txt", "valley-news.txt", "radio-kestrel.txt", "lantern.txt"
STORY = {
    POST: "The footbridge over the Ellan at Marlow fell into the river on Saturday night.\n\n"
    "Four people were taken to hospital. Repairs in March had cost 80,000 crowns. "
    "Council leader Ida Brandt said no one had warned the council.\n",
    NEWS: "The footbridge over the Ellan at Marlow fell into the river on Saturday night.\n\n"
    "Seven people were taken to hospital. The bridge was built in 1962.\n",
    RADIO: "The footbridge over the Ellan at Marlow fell into the river on Saturday night.\n\n"
    "The bridge was built in 1971. Repairs in March had cost 95,000 crowns. "
    "Divers found nobody in the water.\n",
    "story.toml": f'[articles."{POST}"]\noutlet = "Marlow Evening Post"\npublished = 2031-05-04\n'
    f'[articles."{NEWS}"]\noutlet = "Ellan Valley News"\npublished = 2031-05-04\n'
    f'[articles."{RADIO}"]\noutlet = "Radio Kestrel"\npublished = 2031-05-04\n',
}
REPAIRS, HURT, BUILT = "80,000 crowns", "Seven people", "built in 1971"  # what only one finding has


def only_values(body: Body) -> Reply:
    """Answer that no article contradicts another, but where the values in two sentences do."""
    return scored({"S": -0.1, "C": -5.0, "N": -2.5}) if body.get("logprobs") else check_answer(body)


@pytest.fixture
def room(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    serve(only_values)
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    return Newsroom(tmp_path, STORY)


def card(page: Page, words: str) -> Locator:
    """Return the one finding that has these words in a quote."""
    return page.locator(".finding").filter(has=page.locator(".quote", has_text=words))


def states(page: Page) -> dict[str, str | None]:
    return {words: card(page, words).get_attribute("data-state") for words in (REPAIRS, HURT, BUILT)}


def search(desk: Desk, words: str) -> None:
    """Search by keyboard for words that one finding alone has, and leave the field."""
    desk.press("/")
    expect(desk.page.locator("#filter-text")).to_be_focused()  # keys wait while decisions are read
    desk.press("Control+a")
    desk.page.keyboard.type(words)
    expect(desk.page.locator(".finding:visible")).to_have_count(1)
    desk.press("Escape")


def decide(desk: Desk) -> None:
    """Accept the one, dismiss the other, and leave a note on the third: by keyboard."""
    search(desk, "80,000 95,000")
    desk.press("j", "a")
    desk.says("Accepted: Numbers differ")
    search(desk, "1962 1971")
    desk.press("j", "d", "1")
    desk.says("Dismissed: Dates or times differ")
    search(desk, "seven four")
    desk.press("j", "n")
    expect(desk.page.locator("#note-text")).to_be_focused()
    desk.page.keyboard.type("Ask the hospital; =1+1 is no formula")
    desk.press("Control+Enter")
    desk.says("Noted")
    desk.page.click("#filter-clear")


DECIDED = {REPAIRS: "accepted", BUILT: "dismissed", HURT: "open"}


def test_a_morning_at_the_desk(room: Newsroom, profile: BrowserContext) -> None:
    room.check()
    requests: list[str] = []
    profile.on("request", lambda request: requests.append(request.url))
    with review(room.out) as link:
        desk = Desk(profile, link)
        page = desk.page
        origin = link.partition("/?")[0]
        expect(page).to_have_url(f"{origin}/")
        expect(page.get_by_role("heading", level=1)).to_have_text("marlow")
        assert set(states(page).values()) == {"open"}

        page.select_option("#filter-kind", label="Dates or times differ")
        expect(page.locator(".finding:visible")).to_have_count(1)
        expect(card(page, BUILT)).to_be_visible()
        page.select_option("#filter-outlet", label="Marlow Evening Post")
        expect(page.locator("#filter-none")).to_be_visible()
        page.click("#filter-back")
        decide(desk)
        expect(page.locator("#desk-progress")).to_have_text("2 of 3 decided")

        page.reload()
        expect(page.locator("#desk-progress")).to_have_text("2 of 3 decided")
        assert states(page) == DECIDED
        expect(card(page, BUILT).locator(".ruling")).to_contain_text("Dismissed: same meaning")
        expect(card(page, HURT).locator(".decided .note")).to_contain_text("Ask the hospital")
        assert desk.complaints == []
    assert {url.startswith(f"{origin}/") for url in requests} == {True}
    assert len(read_decisions(room.out)) == 3
    with review(room.out) as link:  # after lunch
        assert states(Desk(profile, link).page) == DECIDED


def test_the_story_goes_on_and_what_was_decided_stays(room: Newsroom, profile: BrowserContext) -> None:
    room.check()
    with review(room.out) as link:
        desk = Desk(profile, link)
        page = desk.page
        decide(desk)

        # Checked again while the page is open: an edit elsewhere in an article, and one more article.
        room.edit(POST, "said no one had warned the council", "said the council had not been warned")
        room.edit(POST, "Four people were", "Rain fell all evening. Four people were")
        lantern = f"{STORY[NEWS].splitlines()[0]}\n\nThe town will hold a silent march on Friday.\n"
        (room.story / LANTERN).write_text(lantern, encoding="utf-8")
        room.check()
        page.reload()
        expect(page.locator("#reader")).to_contain_text("silent march")
        expect(page.locator("#desk-progress")).to_have_text("2 of 3 decided")
        assert states(page) == DECIDED

        # An edit of the very sentence that was decided on.
        room.edit(POST, "Repairs in March had cost 80,000 crowns", "Repairs in March had cost 82,000 crowns")
        room.check()
        page.reload()
        edited = card(page, "82,000 crowns")
        expect(edited).to_have_attribute("data-state", "changed")
        expect(edited.locator(".earlier")).to_contain_text("Changed since you accepted it")
        edited.locator(".earlier summary").click()
        expect(edited.locator(".earlier")).to_contain_text("had cost 80,000 crowns")
        expect(page.locator("#desk-progress")).to_have_text("1 of 3 decided")
        expect(card(page, BUILT)).to_have_attribute("data-state", "dismissed")
        page.select_option("#filter-decision", label="changed since")
        expect(page.locator(".finding:visible")).to_have_count(1)
        desk.press("j", "a")
        desk.says("2 of 3 decided")
        assert desk.complaints == []
    rows = json.loads(export(room.out, "--format", "json").out)["findings"]
    assert sorted(str(row["ruling"]) for row in rows) == ["None", "accepted", "dismissed"]


def test_a_colleague_takes_over_and_the_rulings_are_published(
    room: Newsroom, profile: BrowserContext, browser: Browser, tmp_path: Path
) -> None:
    room.check()
    with review(room.out) as link:
        desk = Desk(profile, link)
        decide(desk)
        sent = tmp_path / "sent.json"
        sent.write_text(desk.exported().model_dump_json(), encoding="utf-8")

    room.check(room.other)
    with review(room.other) as link, browser.new_context() as elsewhere:
        colleague = Desk(elsewhere, link)
        assert set(states(colleague.page).values()) == {"open"}
        colleague.page.set_input_files("#desk-file", sent)
        colleague.says("Imported: 3 taken")
        assert states(colleague.page) == DECIDED
        assert colleague.complaints == []

    text = export(room.other, "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    said = {words: row for row in rows for words in DECIDED if words in row["quote_1"] + row["quote_2"]}
    assert {words: row["ruling"] for words, row in said.items()} == DECIDED | {HURT: ""}
    assert said[BUILT]["dismissal_reason"] == "same_meaning"
    assert said[HURT]["note"].startswith("Ask the hospital")

    graph = json.loads(export(room.other, "--format", "claimreview", *REVIEWER).out)["@graph"]
    assert [node["@type"] for node in graph] == ["ClaimReview"] * 2
    assert {"80,000" in node["itemReviewed"]["text"] for node in graph} == {True, False}
    assert "hospital" not in json.dumps(graph)

    page = browser.new_page(java_script_enabled=False)
    page.goto((room.other / "report.html").as_uri())
    expect(page.locator(".finding .decided")).to_have_count(0)
    assert run_command("report", room.other).code == 0
    page.reload()
    expect(card(page, REPAIRS).locator(".ruling")).to_contain_text("Accepted")
    expect(card(page, BUILT).locator(".ruling")).to_contain_text("Dismissed: same meaning")
    expect(card(page, HURT).locator(".decided .note")).to_contain_text("Ask the hospital")
    page.close()
