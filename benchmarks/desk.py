"""Measures how quickly a large report opens and answers: ``python -m benchmarks.desk [--json FILE]``.

A report of invented text is rendered, opened from a file in headless Chromium, and used: searched, filtered,
ordered, walked and decided on. The report is made by tests/large_report.py, so that it needs a checkout with
what the tests need (``make install``), and Chromium (``apt-get install chromium``); no model. Nothing else
should run on the machine meanwhile.

A time is that from the event to the second frame after it, when the first is painted: two frames at least, as
the row of an event that does nothing shows. ``busy`` is what the main thread of the page worked in that time.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final, Literal

from benchmarks.desk_steps import EAGER, PAINTED, STEP, STEPS
from pipeline import __version__
from pipeline.embedded.server import available_cores
from pipeline.errors import InputError
from pipeline.report import render_html
from pipeline.store import make_folder, write_text
from schemas.record import Record

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

RESULT: Final = Path(__file__).parent / "speed" / "desk.json"
PAINT_MS: Final = 1000  # what a first paint may take
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
IDLE_MS: Final = 1500  # in which the page makes its words ready for searching


class Measure(Record):
    """What one thing took, in milliseconds, over the rounds.

    ``busy_ms`` is a median, null where it was not measured. ``median_ms`` should stay under ``aim_ms``, null
    where there is no aim.
    """

    what: str
    median_ms: float
    least_ms: float
    most_ms: float
    busy_ms: float | None = None
    aim_ms: int | None = None

    @property
    def is_met(self) -> bool:
        """Tell whether the aim, if there is one, is met."""
        return self.aim_ms is None or self.median_ms < self.aim_ms


class DeskResult(Record):
    """The whole of desk.json; ``megabytes`` (10^6) is the size of the page."""

    schema_version: Literal[1] = 1
    tool_version: str
    browser: str
    cores: int
    claims: int
    findings: int
    articles: int
    rounds: int
    megabytes: float
    measures: tuple[Measure, ...]


class _Times:
    """Times by what took them, in the order of the first round."""

    def __init__(self) -> None:
        self._ms: dict[str, list[float]] = {}
        self._busy_ms: dict[str, list[float]] = {}
        self._aims: dict[str, int | None] = {}

    def add(self, what: str, ms: float, busy_ms: float | None = None, aim_ms: int | None = None) -> None:
        self._ms.setdefault(what, []).append(ms)
        self._aims[what] = aim_ms
        if busy_ms is not None:
            self._busy_ms.setdefault(what, []).append(busy_ms)

    def measures(self) -> Iterator[Measure]:
        for what, found in self._ms.items():
            busy = self._busy_ms.get(what)
            yield Measure(
                what=what,
                median_ms=round(median(found), 1),
                least_ms=round(min(found), 1),
                most_ms=round(max(found), 1),
                busy_ms=round(median(busy), 1) if busy else None,
                aim_ms=self._aims[what],
            )


def measured(claims: int, findings: int, rounds: int) -> DeskResult:
    """Measure a report of that size. Raises InputError where there is no Chromium to open it in."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only installed with the tests

    from tests.large_report import large_report  # noqa: PLC0415 - not in the installed package

    chromium = shutil.which("chromium")
    if chromium is None:
        raise InputError("Chromium is not installed (apt-get install chromium)")
    report = large_report(claims, findings)
    times = _Times()
    html = ""
    for _ in range(rounds):
        start = time.perf_counter()
        html = render_html(report)
        times.add("rendering in Python", 1000 * (time.perf_counter() - start))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "report.html"
        write_text(path, html)
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for _ in range(rounds):
            _open(browser, path.as_uri(), times)
            _use(browser, path.as_uri(), times)
        version = browser.version
        browser.close()
    return DeskResult(
        tool_version=__version__,
        browser=f"Chromium {version}",
        cores=available_cores(),
        claims=len(report.claims),
        findings=len(report.contradictions),
        articles=len(report.articles),
        rounds=rounds,
        megabytes=round(len(html.encode()) / 1e6, 2),
        measures=tuple(times.measures()),
    )


def _open(browser: "Browser", address: str, times: _Times) -> None:
    """Time the first paint, and in another window the first answer of the search."""
    with browser.new_context(bypass_csp=True) as context:  # what is waited for is evaluated
        page = context.new_page()
        page.goto(address)
        painted = page.wait_for_function(PAINTED).json_value()
        times.add("first contentful paint", float(painted), aim_ms=PAINT_MS)
    with browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.add_init_script(EAGER)
        page.goto(address)
        answered = page.wait_for_function("window.answered").json_value()
        times.add("first search answered, from opening", float(answered))


def _use(browser: "Browser", address: str, times: _Times) -> None:
    """Time each of ``STEPS`` in a new window."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_timeout(IDLE_MS)
        session = context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        for what, step, aim_ms in STEPS:
            ms, busy_ms = _step(page, session, step)
            times.add(what, ms, busy_ms, aim_ms)


def _step(page: "Page", session: "CDPSession", step: dict[str, str]) -> tuple[float, float]:
    """Return the milliseconds that a step took, and those its page's main thread worked."""
    before = _busy_ms(session)
    ms = float(page.evaluate(STEP, step))
    return ms, _busy_ms(session) - before


def _busy_ms(session: "CDPSession") -> float:
    found: Any = session.send("Performance.getMetrics")
    return 1000 * float(next(one["value"] for one in found["metrics"] if one["name"] == "TaskDuration"))


def lines(result: DeskResult) -> Iterator[str]:
    """Yield the table, line by line."""
    yield (
        f"{result.claims} claims, {result.findings} findings, {result.articles} articles: "
        f"{result.megabytes} MB; {result.browser}, {result.cores} cores, {result.rounds} rounds"
    )
    yield f"{'':<36} {'median':>8}  {'range':<15} {'busy':>6}  aim"
    for one in result.measures:
        spread = f"{one.least_ms:.0f}–{one.most_ms:.0f}"
        busy = "" if one.busy_ms is None else f"{one.busy_ms:.0f}"
        aim = "" if one.aim_ms is None else f"< {one.aim_ms} ms{'' if one.is_met else ': missed'}"
        yield f"{one.what:<36} {one.median_ms:>5.0f} ms  {spread:<15} {busy:>6}  {aim}".rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table and write it; return 2 where it cannot be measured or written."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("--claims", type=int, default=5000)
    parser.add_argument("--findings", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="FILE", default=RESULT, help="where it goes")
    given = parser.parse_args(arguments)
    if min(given.claims, given.findings, given.rounds) < 1:
        parser.error("--claims, --findings and --rounds are at least 1")
    try:
        result = measured(given.claims, given.findings, given.rounds)
        make_folder(given.json.parent)
        write_text(given.json, result.model_dump_json(indent=1) + "\n")
    except InputError as error:
        print(f"desk: {error}", file=sys.stderr)
        return error.exit_code
    print(*lines(result), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
