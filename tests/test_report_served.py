"""report.html as a server shows it: decisions are kept there, and none is lost where that fails."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from pipeline.decided import decided_sides
from pipeline.report import render_html
from schemas.report import Report
from tests import sample_report as sample
from tests.desk import Desk

pytestmark = pytest.mark.browser


class Server:
    """What `storycheck review` answers, as its contract has it, and when it does not answer."""

    address = "http://review.example/"

    def __init__(self, profile: BrowserContext, report: Report) -> None:
        self.report = report
        self.kept: dict[str, dict[str, Any]] = {}
        self.changes: list[tuple[str, dict[str, Any] | None]] = []
        self.error: str | None = None
        self.locked: str | None = None
        self.is_slow = False
        self.waiting: list[Route] = []
        profile.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        request = route.request
        path = request.url.removeprefix(self.address)
        if path in ("", "favicon.ico"):
            page = render_html(self.report, is_served=True, locked=self.locked)
            route.fulfill(body=page, content_type="text/html")
        elif self.is_slow:
            self.waiting.append(route)
        elif self.error == "gone":
            route.abort()
        elif self.error:
            route.fulfill(status=503, json={"error": self.error})
        elif path in ("decisions", "export"):
            whole = {"schema_version": 1, "story": self.report.story, "decisions": list(self.kept.values())}
            route.fulfill(json=whole)
        elif path == "undo" and not self.changes:
            route.fulfill(status=409, json={"error": "There is nothing to undo."})
        elif path == "undo":
            name, before = self.changes.pop()
            self.kept.pop(name)
            self.kept |= {name: before} if before else {}
            route.fulfill(json={"finding_id": name, "decision": before})
        else:
            route.fulfill(json=self._put(path.removeprefix("decisions/"), request.post_data_json or {}))

    def hurry(self) -> None:
        """Answers what has been waiting, and from now on at once."""
        self.is_slow = False
        while self.waiting:
            self._answer(self.waiting.pop(0))

    def _put(self, finding_id: str, wish: dict[str, Any]) -> dict[str, Any]:
        finding = next(found for found in self.report.contradictions if found.id == finding_id)
        self.changes.append((finding_id, self.kept.get(finding_id)))
        at = f"2031-03-09T00:00:{len(self.changes):02}Z"
        sides = [side.model_dump() for side in decided_sides(finding, self.report)]
        facts = {"kind": finding.kind, "relation": finding.relation, "sides": sides}
        self.kept[finding_id] = {"finding_id": finding_id, "decided_at": at, **wish, **facts}
        return self.kept[finding_id]


def test_a_served_page_keeps_decisions_at_its_server(profile: BrowserContext) -> None:
    server = Server(profile, sample.sample_report())
    desk = Desk(profile, server.address)
    desk.press("j", "a", "d", "3")
    desk.says("2 of 4 decided")
    assert [(d["ruling"], d["reason"]) for d in server.kept.values()] == [
        ("accepted", None),
        ("dismissed", "speakers_differ"),
    ]
    desk.press("u")
    desk.says("Undone: dismissing Dates or times differ")
    assert list(server.kept) == ["c1"]
    assert desk.page.evaluate("localStorage.length") == 0
    assert desk.exported().decisions[0].finding_id == "c1"
    assert desk.complaints == []


def test_keys_pressed_before_the_decisions_are_read_wait_each_for_the_one_before(
    profile: BrowserContext,
) -> None:
    server = Server(profile, sample.sample_report())
    server.is_slow = True
    desk = Desk(profile, server.address)
    desk.press("j", "a", "d", "3", "n", "a", "u")
    server.hurry()
    desk.says("2 of 4 decided")
    expect(desk.page.locator("#note-text")).to_be_focused()
    assert desk.page.input_value("#note-text") == ""
    assert [(name, d["ruling"], d["reason"]) for name, d in server.kept.items()] == [
        ("c1", "accepted", None),
        ("c2", "dismissed", "speakers_differ"),
    ]
    assert desk.complaints == []


@pytest.mark.parametrize(
    ("error", "said"),
    [("The disk is full.", "The disk is full."), ("gone", "is storycheck review still running?")],
)
def test_what_could_not_be_stored_is_shown_as_not_stored_and_tried_again(
    profile: BrowserContext, error: str, said: str
) -> None:
    server = Server(profile, sample.sample_report())
    desk = Desk(profile, server.address)
    desk.press("j", "n")
    expect(desk.page.locator("#note-text")).to_be_focused()  # once the page has read what is decided
    desk.page.keyboard.type("A long thought")
    server.error = error
    desk.press("Control+Enter")
    desk.says(f"Not stored: {'' if error == 'gone' else said}")
    desk.says(said)
    expect(desk.page.locator("#told-text")).not_to_contain_text(f"{said}.")
    assert desk.state("c1") == "open"
    expect(desk.page.locator("#finding-c1 [data-part=unkept]")).to_be_visible()
    expect(desk.page.locator("#finding-c1 .decided .note")).to_be_hidden()
    assert desk.page.input_value("#note-text") == "A long thought"
    desk.page.locator("#finding-c2").get_by_role("button", name="Accept").click()
    desk.says("2 changes wait")
    assert server.kept == {}

    server.error = None
    desk.page.click("#told-again")
    desk.says("Stored. 1 of 4 decided.")
    assert {name: (d["ruling"], d["note"]) for name, d in server.kept.items()} == {
        "c1": (None, "A long thought"),
        "c2": ("accepted", ""),
    }
    expect(desk.page.locator("#finding-c1 [data-part=unkept]")).to_be_hidden()
    expect(desk.page.locator("#note-text")).to_have_count(0)


def test_where_decisions_can_only_be_read_the_page_says_so_and_takes_none(profile: BrowserContext) -> None:
    server = Server(profile, sample.sample_report())
    server.locked = "Nothing can be stored in <there>: give another folder."
    desk = Desk(profile, server.address)
    expect(desk.page.get_by_role("heading", name="Decisions can only be read")).to_be_visible()
    expect(desk.page.locator(".alert")).to_contain_text(server.locked)
    card = desk.page.locator("#finding-c1")
    for name in ("Accept", "Dismiss", "Note"):
        expect(card.get_by_role("button", name=name, exact=True)).to_be_disabled()
    for key in ("a", "d", "n", "u"):
        desk.press("j", key)
        desk.says(f"Decisions can only be read: {server.locked}")
    assert server.kept == {}
    assert desk.complaints == []
