"""report.html in a real browser: it asks for nothing, runs nothing foreign, fits a phone, and filters."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.report import index_entry, render_html, render_index
from schemas.report import Report
from tests import sample_report as sample
from tests.browser import Seen

HOSTILE = (
    "</blockquote></script><script>window.owned=1</script><img src=x onerror='window.owned=1'>"
    "<svg onload='window.owned=1'><a href='javascript:window.owned=1'>click</a>"
    "<style>body{display:none}</style><iframe src='https://x.example/'></iframe>\u202eevil\u202c \x00"
    + "unbroken"
    * 60
)

pytestmark = pytest.mark.browser


def opened(
    browser: Browser, folder: Path, html: str, width: int = 1280, *, script: bool = True
) -> tuple[Page, Seen]:
    path = folder / "report.html"
    path.write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900}, java_script_enabled=script)
    seen = Seen(page)
    page.goto(path.as_uri())
    return page, seen


def hostile_report() -> Report:
    full = sample.sample_report()
    first, *others = full.contradictions
    side = first.sides[0].model_copy(update={"quote": HOSTILE, "differs": ()})
    finding = first.model_copy(update={"sides": (side, first.sides[1]), "reason": HOSTILE, "id": "c1"})
    claims = tuple(
        claim.model_copy(update={"text": HOSTILE, "quote": HOSTILE + ".", "speaker": HOSTILE})
        for claim in full.claims
    )
    articles = tuple(
        article.model_copy(update={"outlet": HOSTILE, "title": HOSTILE, "path": HOSTILE})
        for article in full.articles
    )
    return full.model_copy(
        update={
            "story": HOSTILE,
            "contradictions": (finding, *others),
            "claims": claims,
            "articles": articles,
            "run": full.run.model_copy(update={"model": HOSTILE, "settings": {HOSTILE: HOSTILE}}),
        }
    )


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["sample", "troubled", "hostile", "index"])
def test_a_page_asks_for_nothing_and_fits(browser: Browser, tmp_path: Path, name: str, width: int) -> None:
    html = {
        "sample": lambda: render_html(sample.sample_report()),
        "troubled": lambda: render_html(sample.troubled_report()),
        "hostile": lambda: render_html(hostile_report()),
        "index": lambda: render_index([index_entry(hostile_report(), "a/report.html")]),
    }[name]()
    page, seen = opened(browser, tmp_path, html, width)
    assert seen.requests == [(tmp_path / "report.html").as_uri()]
    assert seen.complaints == []
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_hostile_text_runs_nothing_and_is_read_as_text(browser: Browser, tmp_path: Path) -> None:
    page, _ = opened(browser, tmp_path, render_html(hostile_report()))
    assert page.evaluate("window.owned") is None
    assert page.locator("img, svg, iframe, main script, body style").count() == 0
    assert page.locator("a:not([href^='#'])").count() == 0
    quote = page.locator("#finding-c1 .quote").first
    quote.scroll_into_view_if_needed()  # what is out of sight is not laid out, and has no inner text
    expect(quote).to_contain_text("evil", use_inner_text=True)
    shown = quote.inner_text()
    assert shown.startswith("</blockquote></script><script>window.owned=1</script><img src=x")
    assert "⟨U+202E⟩evil⟨U+202C⟩ ␀unbroken" in shown
    page.close()


def test_the_policy_stops_what_is_not_ours(browser: Browser, tmp_path: Path) -> None:
    foreign = "<script>window.owned=1</script><img src='https://x.example/x.png'></main>"
    html = render_html(sample.sample_report()).replace("</main>", foreign)
    page, seen = opened(browser, tmp_path, html)
    assert page.evaluate("window.owned") is None
    assert any("Content Security Policy" in complaint for complaint in seen.complaints)
    page.close()


def test_filters_by_words_and_by_kind(browser: Browser, tmp_path: Path) -> None:
    page, _ = opened(browser, tmp_path, render_html(sample.sample_report()))
    items = page.locator("[data-item]")
    total = items.count()
    page.fill("#filter-text", "HARBOUR ledger march")
    expect(page.locator("#filter-status")).not_to_be_empty()
    shown = [item.inner_text() for item in items.all() if item.is_visible()]
    assert any("Union members will march" in text for text in shown)
    assert not any("Hallstad yard" in text for text in shown)
    assert page.locator("#filter-status").inner_text() == f"{len(shown)} of {total} shown"

    page.click("#filter-clear")
    assert page.locator("#filter-status").inner_text() == ""
    assert page.locator("#finding-c1").is_visible()
    assert page.locator("#confirmed details").get_attribute("open") is None

    page.select_option("#filter-kind", "claim:statement")
    assert page.locator(
        "#confirmed [data-kind='claim:statement']"
    ).first.is_visible()  # its fold opened by itself
    assert not page.locator("#finding-c1").is_visible()
    page.select_option("#filter-kind", "conflict:date")
    assert [item.get_attribute("id") for item in items.all() if item.is_visible()] == [
        "finding-c2",
        "finding-c3",
    ]
    page.close()


def test_a_link_to_a_finding_reaches_it_through_a_filter(browser: Browser, tmp_path: Path) -> None:
    page, _ = opened(browser, tmp_path, render_html(sample.sample_report()))
    page.select_option("#filter-kind", "claim:plan")
    page.evaluate("location.hash = 'finding-c2'")
    page.wait_for_selector("#finding-c2", state="visible")
    assert page.locator("#filter-kind").input_value() == ""
    page.close()


def test_the_page_is_complete_without_script(browser: Browser, tmp_path: Path) -> None:
    page, _ = opened(browser, tmp_path, render_html(sample.sample_report()), script=False)
    assert not page.locator("#filters").is_visible()
    assert page.locator(".finding").count() == 4
    page.locator("#confirmed summary").click()
    expect(page.locator("#confirmed .claim").first).to_be_visible()
    page.close()


def test_quotes_stand_side_by_side_and_stack_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    for width, is_beside in ((1280, True), (390, False)):
        page, _ = opened(browser, tmp_path, render_html(sample.sample_report()), width)
        # At once, as what comes into view above them may move both.
        boxes = "all => all.map((side) => side.getBoundingClientRect().toJSON())"
        first, second = page.locator("#finding-c1 .side").evaluate_all(boxes)
        assert (first["y"] == second["y"]) is is_beside
        assert (first["x"] == second["x"]) is not is_beside
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_contrast(browser: Browser, tmp_path: Path, scheme: str) -> None:
    page, _ = opened(browser, tmp_path, render_html(sample.troubled_report()))
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert page.evaluate(_LOW_CONTRAST) == []
    page.set_content(render_html(sample.sample_report()))
    assert page.evaluate(_LOW_CONTRAST) == []
    page.close()


# The elements with text of their own whose colour stands out less than 4.5 to 1 (WCAG 2.2, 1.4.3).
_LOW_CONTRAST = """() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const own = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  return [...document.body.querySelectorAll("*")].filter((e) => own(e) && e.checkVisibility()).map((e) => {
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), e.outerHTML.slice(0, 80)];
  }).filter(([ratio]) => ratio < 4.5);
}"""
