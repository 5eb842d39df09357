"""index.html in a real browser: filters, order, links that arrive, and a page that fits and hides nothing."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pipeline.report import IndexEntry, index_entry, render_html, render_index
from schemas.contradiction import ConflictKind
from schemas.decision import Ruling
from schemas.report import Report
from tests import sample_report as sample
from tests.browser import Seen
from tests.stored_runs import decision_on
from tests.test_report_browser import HOSTILE, hostile_report

pytestmark = pytest.mark.browser
NAMES = ("two words", "half # a story", "100 % of it", "why?", "Ærøskøbing – ćevapi", "a&b;c=d+e", "日本")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Write the index over five stories of which each has something of its own, and return its path."""
    storm = moved(sample.sample_report(story="Storm 10"), 400, ConflictKind.place)
    crane = sample.sample_report(story="Storm 9")
    known = (decision_on(crane, "c1", Ruling.accepted), decision_on(crane, "c2", Ruling.dismissed))
    entries = [
        index_entry(storm, "storm/report.html"),
        index_entry(crane, "crane/report.html", known),
        index_entry(sample.troubled_report(story="Åland"), "aland/report.html"),
        index_entry(sample.sample_report(story="calm", contradictions=(), articles=()), "calm/report.html"),
        IndexEntry(name="never", problem="No answer from the endpoint."),
    ]
    path = tmp_path / "index.html"
    path.write_text(render_index(entries), encoding="utf-8")
    return path


def moved(report: Report, days: int, kind: ConflictKind) -> Report:
    """Return a report some days later, its contradictions of another kind and about a lighthouse."""
    articles = [
        article.model_copy(update={"published": article.published.replace(year=2031 + days // 365)})
        for article in report.articles
        if article.published
    ]
    found = [
        finding.model_copy(
            update={
                "kind": kind,
                "sides": tuple(
                    side.model_copy(update={"quote": f"{side.quote} The lighthouse stood."})
                    for side in finding.sides
                ),
            }
        )
        for finding in report.contradictions
    ]
    return report.model_copy(update={"articles": tuple(articles), "contradictions": tuple(found)})


def opened(browser: Browser, path: Path, width: int = 1280, *, script: bool = True) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900}, java_script_enabled=script)
    page.goto(path.as_uri())
    return page


def stories(page: Page) -> list[str]:
    names = page.locator("#stories tbody tr:not([hidden]) th bdi").all()
    return [name.text_content() or "" for name in names]


def findings(page: Page) -> list[str]:
    return [link.get_attribute("href") or "" for link in page.locator(".worst > li:not([hidden]) h3 a").all()]


def settled(page: Page, words: str) -> None:
    expect(page.locator("#filter-status")).to_have_text(words)


def test_words_find_stories_by_name_outlet_and_quote(browser: Browser, index: Path) -> None:
    page = opened(browser, index)
    everything = stories(page)
    page.fill("#filter-text", "LIGHTHOUSE northsea")
    settled(page, "1 of 5 stories, 1 finding listed")
    assert stories(page) == ["Storm 10"]
    assert findings(page) == ["./storm/report.html#finding-c2"]
    page.fill("#filter-text", "aland")
    settled(page, "1 of 5 stories, 0 findings listed")
    assert stories(page) == ["Åland"]
    expect(page.locator("#no-finding")).to_be_visible()
    page.fill("#filter-text", "nowhere at all")
    settled(page, "0 of 5 stories, 0 findings listed")
    expect(page.locator("#no-story")).to_be_visible()
    page.locator("#no-story button").click()
    settled(page, "")
    assert stories(page) == everything
    assert page.locator("#filter-text").input_value() == ""
    page.close()


def test_kinds_and_states_narrow_both_lists(browser: Browser, index: Path) -> None:
    page = opened(browser, index)
    page.select_option("#filter-kind", label="Places differ")
    settled(page, "1 of 5 stories, 2 findings listed")
    assert stories(page) == ["Storm 10"]
    page.select_option("#filter-kind", "")
    for state, found in {
        "contradictions": ["Storm 10", "Storm 9"],
        "open": ["Storm 10", "Storm 9"],
        "incomplete": ["never", "Åland"],
        "errors": ["Åland"],
    }.items():
        page.select_option("#filter-state", state)
        expect(page.locator("#filter-status")).to_contain_text(f"{len(found)} of 5 stories")
        assert stories(page) == found
    page.click("#filter-clear")
    settled(page, "")
    assert len(stories(page)) == 5
    page.close()


def test_stories_are_put_in_order_by_any_column(browser: Browser, index: Path) -> None:
    page = opened(browser, index)
    first = stories(page)

    def press(name: str) -> tuple[list[str], str | None]:
        page.get_by_role("button", name=name).click()
        head = page.locator(f"th:has(button:text-is('{name}'))")
        return stories(page), head.get_attribute("aria-sort")

    assert press("Story") == (["Åland", "calm", "never", "Storm 9", "Storm 10"], "ascending")
    assert press("Story") == (["Storm 10", "Storm 9", "never", "calm", "Åland"], "descending")
    by_date, _ = press("Latest article")
    assert by_date[0] == "Storm 10"
    assert set(by_date[3:]) == {"calm", "never"}  # no date comes last both ways
    assert set(press("Latest article")[0][3:]) == {"calm", "never"}
    assert press("Errors")[0][0] == "Åland"
    assert press("Decided")[0][0] == "Storm 9"
    assert press("Contradictions")[0] == [*(name for name in first if name != "never"), "never"]
    assert page.locator("[aria-sort]").count() == 1
    page.close()


def test_it_works_by_keyboard_alone(browser: Browser, index: Path) -> None:
    page = opened(browser, index)
    page.keyboard.press("/")
    page.keyboard.type("lighthouse")
    settled(page, "1 of 5 stories, 2 findings listed")
    page.locator("#stories thead button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort]")).to_have_text("Story")
    page.locator("#filter-text").focus()
    page.keyboard.type("/")
    assert page.locator("#filter-text").input_value() == "lighthouse/"
    page.close()


def test_who_comes_back_finds_the_list_as_it_was_left(browser: Browser, index: Path) -> None:
    (index.parent / "storm").mkdir()
    (index.parent / "storm" / "report.html").write_text("<title>there</title>")
    page = opened(browser, index)
    page.get_by_role("button", name="Story").click()
    page.select_option("#filter-state", "contradictions")
    page.fill("#filter-text", "storm")
    settled(page, "2 of 5 stories, 3 findings listed")
    page.locator("#stories a", has_text="Storm 10").click()
    expect(page).to_have_title("there")
    page.go_back()
    expect(page.locator("#filter-text")).to_have_value("storm")
    settled(page, "2 of 5 stories, 3 findings listed")
    assert stories(page) == ["Storm 9", "Storm 10"]
    page.close()


def test_who_follows_a_link_at_once_loses_nothing_of_what_was_typed(browser: Browser, index: Path) -> None:
    (index.parent / "storm").mkdir()
    (index.parent / "storm" / "report.html").write_text("<title>there</title>")
    page = opened(browser, index)
    page.evaluate("""() => {
      const field = document.getElementById("filter-text");
      field.value = "lighthouse";
      field.dispatchEvent(new Event("input"));
      document.querySelector("#stories a[href*=storm]").click();
    }""")
    expect(page).to_have_title("there")
    page.go_back()
    settled(page, "1 of 5 stories, 2 findings listed")
    page.close()


def test_links_arrive_at_the_finding_whatever_the_folder_is_called(browser: Browser, tmp_path: Path) -> None:
    entries = []
    for name in NAMES:
        report = sample.sample_report(story=name)
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.html").write_text(render_html(report), encoding="utf-8")
        entries.append(index_entry(report, f"{name}/report.html"))
    (tmp_path / "index.html").write_text(render_index(entries), encoding="utf-8")
    page = opened(browser, tmp_path / "index.html")
    targets = [str(link.evaluate("link => link.href")) for link in page.locator("main a").all()]
    assert len(targets) >= 5 * len(NAMES)
    for target in dict.fromkeys(targets):
        page.goto(target)
        assert page.locator("h1").text_content() in NAMES
        _, _, anchor = target.partition("#")
        if anchor:
            expect(page.locator(f"#{anchor}:target")).to_be_visible()
    page.close()


def test_the_page_is_whole_without_script(browser: Browser, index: Path) -> None:
    page = opened(browser, index, script=False)
    assert not page.locator("#filters").is_visible()
    assert page.locator("#stories button").count() == 0
    assert len(stories(page)) == 5
    assert len(findings(page)) == 3
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 900, 390])
def test_it_can_be_read_by_all_and_fits(browser: Browser, index: Path, width: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,  # for the script that looks at the page
    )
    page = context.new_page()
    page.goto(index.as_uri())
    page.add_style_tag(content="#stories tr { content-visibility: visible !important }")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []
    context.close()


@pytest.mark.parametrize("width", [1280, 900, 390])
def test_hostile_names_and_quotes_stay_text_and_fit(browser: Browser, tmp_path: Path, width: int) -> None:
    path = tmp_path / "index.html"
    entries = [
        index_entry(hostile_report(), "a/report.html"),
        IndexEntry(name=HOSTILE, problem=HOSTILE),
    ]
    path.write_text(render_index(entries), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    seen = Seen(page)
    page.goto(path.as_uri())
    page.fill("#filter-text", "<script>window.owned")
    settled(page, "2 of 2 stories, 2 findings listed")
    assert (seen.requests, seen.complaints) == ([path.as_uri()], [])
    assert page.evaluate("window.owned") is None
    assert page.locator("main :is(script, img, svg, iframe, style)").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_paper_has_every_story_and_no_controls(browser: Browser, index: Path) -> None:
    page = opened(browser, index)
    page.emulate_media(media="print")
    assert not page.locator("#filters").is_visible()
    assert all(row.is_visible() for row in page.locator("#stories tbody tr").all())
    page.close()
