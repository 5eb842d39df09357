"""A report in a browser, with what a reviewer does to it: for the tests of the page's own script."""

from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from pipeline.report import render_html
from schemas.decision import Decisions
from schemas.report import Report
from tests import sample_report as sample
from tests.browser import Seen


class Desk:
    """A report that somebody reviews."""

    def __init__(self, profile: BrowserContext, address: str) -> None:
        self.page = profile.new_page()
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.complaints = Seen(self.page).complaints
        self.page.goto(address)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def paint(self) -> None:
        """Wait for two frames: what the page puts off until a frame is then done, and painted."""
        self.page.evaluate(_FRAMES)

    def says(self, words: str) -> None:
        expect(self.page.locator("#told-text")).to_contain_text(words)

    def state(self, finding_id: str) -> str | None:
        return self.page.locator(f"#finding-{finding_id}").get_attribute("data-state")

    def exported(self) -> Decisions:
        with self.page.expect_download() as download:
            self.page.click("#desk-export")
        return Decisions.model_validate_json(Path(download.value.path()).read_text(encoding="utf-8"))


def written(folder: Path, report: Report | None = None, name: str = "report.html") -> str:
    path = folder / name
    path.write_text(render_html(report or sample.sample_report()), encoding="utf-8")
    return path.as_uri()


def reworded(report: Report, finding_id: str) -> Report:
    """Run it again after the second side's sentence was edited: another quote, and so another id."""
    changed = []
    for finding in report.contradictions:
        if finding.id != finding_id:
            changed.append(finding)
            continue
        one, other = finding.sides
        edited = other.model_copy(update={"quote": other.quote.replace("Three", "At least three")})
        changed.append(finding.model_copy(update={"id": "new", "sides": (one, edited)}))
    return report.model_copy(update={"contradictions": tuple(changed)})


_FRAMES = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  await frame();
  await frame();
}"""
