"""The site of documents: no warning, no link that leads nowhere, and nothing fetched from anybody."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from docs.making import outside
from docs.making.links import faults
from docs.making.reference import PAGES, commands
from pipeline import cli
from pipeline.cli.options import settings_of
from schemas.report import Report
from tests.browser import DESKTOP, Seen

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does."""
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    assert built.stderr == ""
    return folder


def test_each_link_leads_somewhere_and_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    assert list(faults(site)) == []


def test_each_list_and_table_is_one_to_the_reader(site: Path) -> None:
    """Unlike a forge's, this Markdown wants a blank line between a paragraph and the list that follows it."""
    left = re.compile(r"<p>(?:(?!</p>).)*?\n *(?:[-*] |\d+\. |\|.*\|)", re.DOTALL)
    for path in site.rglob("*.html"):
        found = left.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.relative_to(site)}: {found[0]}"


def test_pages_of_the_repository_come_along(site: Path) -> None:
    for path in ("examples/index.html", "CONTRIBUTING.html", "benchmarks/peers/brief/index.html"):
        assert (site / "repository" / path).is_file()
    assert (site / "repository/pyproject.toml").read_bytes() == (ROOT / "pyproject.toml").read_bytes()
    assert not (site / "making").exists()


def test_what_is_kept_apart_is_not_in_it(site: Path) -> None:
    assert [path for path in site.rglob("*") if "unseen" in path.parts] == []


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("<a href='gone.html'>x</a>", "no such file"),
        ("<a href='b.html#gone'>x</a>", "no such place"),
        ("<a href='http://example.org'>x</a>", "no https address"),
        ("<a href='/b.html'>x</a>", "no such file"),
        ("<script src='https://example.org/x.js'></script>", "loads"),
        ("<link rel='stylesheet' href='//example.org/x.css'>", "loads"),
        ("<img src='gone.png'>", "no such file"),
        ("<a href='b.html#here'>x</a><a href='https://example.org/a'>x</a>", None),
    ],
)
def test_a_fault_would_be_noticed(tmp_path: Path, page: str, told: str | None) -> None:
    (tmp_path / "a.html").write_text(page)
    (tmp_path / "b.html").write_text("<h1 id='here'>b</h1>")
    found = list(faults(tmp_path))
    assert (told is None) == (found == [])
    assert told is None or told in found[0]


def test_the_reference_names_every_command_option_setting_and_field() -> None:
    page = PAGES["reference/cli.md"]()
    for name, command in commands().items():
        assert f"## storycheck {name}\n" in page
        for parameter in command.params:
            assert all(option in page for option in parameter.opts if option.startswith("-"))
    told = PAGES["reference/settings.md"]()
    assert all(f"`{setting.variable}`" in told for setting in settings_of(cli.app))
    fields = PAGES["reference/report.md"]()
    assert all(f"| `{name}` |" in fields for name in Report.model_fields)


def test_a_link_out_of_docs_leads_to_its_page() -> None:
    text = "[a](../examples/README.md#gold) `[b](../x.md)` [c](models.md) [d](https://example.org/x)"
    assert outside.redirected("many.md", text) == text.replace("../examples", "repository/examples")
    back = outside.redirected("repository/examples/README.md", "[q](../docs/quality.md) [l](../LICENSE)")
    assert back == "[q](../../quality.md) [l](../LICENSE)"


def test_a_link_out_of_docs_that_leads_nowhere_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/page.md").write_text("[x](../gone.md)")
    with pytest.raises(FileNotFoundError, match=r"docs/page\.md links to gone\.md"):
        outside.gathered(["page.md"])


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_opened_from_disk_it_is_searched_and_asks_nobody(browser: Browser, site: Path, scheme: str) -> None:
    with browser.new_context(viewport=DESKTOP, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        seen = Seen(page)
        page.goto((site / "index.html").as_uri())
        dark = {"light": "default", "dark": "slate"}[scheme]
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", dark)
        page.locator("input[name=query]").click()  # only then the search begins to read its index
        expect(page.locator(".md-search-result__meta")).to_contain_text("Type to start searching")
        page.locator("input[name=query]").press_sequentially("claimreview")
        found = page.locator(".md-search-result__link").first
        expect(found).to_be_visible()
        with page.expect_navigation():
            found.click()
        expect(page.locator("article")).to_contain_text("claimreview", ignore_case=True)
        assert all(address.startswith(("file:", "data:")) for address in seen.requests)
        assert seen.complaints == []
