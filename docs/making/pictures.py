"""Makes the pictures in docs/ anew: ``make pictures``, from a run over the example story as it was recorded.

Look at each before it is committed. A test compares the words of check.svg with what the command prints.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, ViewportSize, expect
from rich.console import Console
from rich.text import Text

from docs.making.outside import ROOT
from tests.browser import chromium
from tests.recorded_command import ADDRESS, recorded_endpoint

DOCS: Final = ROOT / "docs"
STORY: Final = "examples/ellen-marrick"
DESK: Final[ViewportSize] = {"width": 1280, "height": 1350}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
COLUMNS: Final = 100
_FONT_FACE: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def main() -> None:
    """Check the example story, and take its pictures."""
    with tempfile.TemporaryDirectory() as folder, recorded_endpoint() as model:
        out = Path(folder) / "out"
        ours = {ADDRESS: model.base_url, "PYTHONPATH": str(ROOT), "COLUMNS": str(COLUMNS), "FORCE_COLOR": "1"}
        environment = {**os.environ, **ours}
        for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "NO_COLOR"):
            environment.pop(name, None)
        command = [sys.executable, "-m", "tests.recorded_command"]
        said = subprocess.run(  # noqa: S603 - our own command
            [*command, "check", str(ROOT / STORY), "-o", "out"],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=True,
        ).stdout
        (DOCS / "check.svg").write_text(terminal(f"storycheck check {STORY} -o out", said), encoding="utf-8")
        with chromium() as browser:
            _pages(browser, (out / "report.html").as_uri())


def terminal(command: str, said: str) -> str:
    """Return a picture of a terminal in which ``command`` printed ``said``, colours included, as SVG."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere)
        console.print(Text(f"$ {command}", style="bold"))
        console.print(Text.from_ansi(said.rstrip("\n")))
        drawn = console.export_svg(title="", unique_id="check")
    return _FONT_FACE.sub("", drawn).replace("Fira Code", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono")


def _pages(browser: Browser, address: str) -> None:
    with browser.new_context(viewport=DESK, color_scheme="light") as context:
        page = context.new_page()
        page.goto(address)
        page.screenshot(path=DOCS / "report.png")
        page.locator("#matrix").scroll_into_view_if_needed()
        page.evaluate("document.querySelector('#matrix').scrollIntoView()")
        page.screenshot(path=DOCS / "matrix.png")
    with browser.new_context(viewport={**DESK, "height": 900}, color_scheme="light") as context:
        page = context.new_page()
        page.goto(address)
        page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.locator("[data-state=accepted]").first).to_be_attached()
        page.screenshot(path=DOCS / "review.png")
    with browser.new_context(viewport=PHONE, device_scale_factor=2, color_scheme="light") as context:
        page = context.new_page()
        page.goto(address)
        page.screenshot(path=DOCS / "report-phone.png")


if __name__ == "__main__":
    main()
