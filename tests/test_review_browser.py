"""The review in a real browser: its own page works there, and a page of another site gets nowhere."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.store import read_decisions, write_report
from schemas.decision import Ruling
from tests.browser import Seen
from tests.review_client import Client, reviewed
from tests.sample_report import sample_report

pytestmark = pytest.mark.browser

# What a page elsewhere can try with a browser in which the review is open.
ATTACK = """
async ([origin, finding]) => {
    const body = JSON.stringify({ruling: "dismissed", reason: null, note: "owned"});
    const headers = {"Content-Type": "application/json"};
    const tries = [
        [`${origin}/decisions/${finding}`, {method: "PUT", body, headers}],
        [`${origin}/undo`, {method: "POST", body: "{}", mode: "no-cors"}],
        [`${origin}/import`, {method: "POST", body, headers}],
        [`${origin}/decisions`, {}],
        [`${origin}/`, {}],
    ];
    const read = [];
    for (const [url, options] of tries) {
        try {
            read.push(await (await fetch(url, {...options, credentials: "include"})).text());
        } catch { /* refused by the browser */ }
    }
    const frame = document.createElement("iframe");
    frame.src = `${origin}/`;
    const loaded = new Promise((done) => { frame.onload = done; });
    document.body.append(frame);
    await loaded;
    return read.join("");
}
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    write_report(tmp_path / "run", sample_report())
    return tmp_path / "run"


@pytest.fixture
def served(out: Path) -> Iterator[Client]:
    with reviewed(out) as client:
        yield client


@pytest.fixture
def elsewhere(tmp_path: Path, served: Client) -> Iterator[str]:
    """A page of another site, with a link to the review."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "index.html").write_text(f'<title>elsewhere</title><a href="{served.link}">open</a>')
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_address[1]}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_decision_by_keyboard_is_on_disk_and_still_there_after_a_reload(
    page: Page, served: Client, out: Path
) -> None:
    complaints = Seen(page).complaints
    page.goto(served.link)
    expect(page).to_have_url(f"{served.origin}/")
    page.keyboard.press("j")
    with page.expect_response("**/decisions/*") as answered:
        page.keyboard.press("a")
    assert answered.value.status == 200
    [kept] = read_decisions(out)
    assert kept.ruling is Ruling.accepted
    page.reload()
    expect(page.locator(f"#finding-{kept.finding_id}")).to_contain_text("ccepted")
    with page.expect_response("**/undo") as answered:
        page.keyboard.press("u")
    assert answered.value.status == 200
    assert [one.is_withdrawn for one in read_decisions(out)] == [True]
    assert complaints == []


def test_a_link_on_a_page_elsewhere_opens_the_review(page: Page, served: Client, elsewhere: str) -> None:
    page.goto(elsewhere)
    page.get_by_role("link", name="open").click()
    expect(page).to_have_url(f"{served.origin}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Veldrik")


def test_a_page_elsewhere_reads_and_changes_nothing(
    page: Page, served: Client, out: Path, elsewhere: str
) -> None:
    page.goto(served.link)
    other = page.context.new_page()
    for foreign in (elsewhere, elsewhere.replace("localhost", "127.0.0.1")):  # the second brings the cookie
        other.goto(foreign)
        read = other.evaluate(ATTACK, [served.origin, "c1"])
        assert "Veldrik" not in read
        assert all("Veldrik" not in frame.content() for frame in other.frames)
    assert read_decisions(out) == ()


def test_a_second_browser_is_told_how_to_get_in(browser: Browser, page: Page, served: Client) -> None:
    page.goto(served.link)
    other = browser.new_context()
    stranger = other.new_page()
    stranger.goto(served.link)
    expect(stranger.get_by_role("heading")).to_have_text("This review is not open in this browser")
    expect(stranger.locator("body")).not_to_contain_text("Veldrik")
    other.close()
