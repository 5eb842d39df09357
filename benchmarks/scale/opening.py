"""How long Chromium takes to open an index of thousands of stories."""

import shutil
import time
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.desk import FLAGS

ROUNDS: Final = 3
MOST_MS: Final = 300_000


def opened_s(page: Path) -> float | None:
    """Return the seconds until ``page`` is loaded, scripts included: the median; None without Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return None
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only installed with the tests

    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS), timeout=MOST_MS)
        for _ in range(ROUNDS):
            with browser.new_context() as context:
                window = context.new_page()
                begun = time.perf_counter()
                window.goto(page.absolute().as_uri(), timeout=MOST_MS)
                found.append(time.perf_counter() - begun)
        browser.close()
    return round(median(found), 3)
