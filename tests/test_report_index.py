"""index.html over a batch: the gravest first, and links that stay where they are."""

from pipeline.report import IndexEntry, index_entry, render_index
from schemas.contradiction import Severity
from tests import sample_report as sample
from tests.hostile_report import TakenApart


def test_the_index_puts_the_gravest_first_and_links_safely() -> None:
    troubled = sample.troubled_report(story="Calm")
    html = render_index(
        [
            index_entry(troubled, "calm/report.html"),
            index_entry(sample.sample_report(), "javascript:alert(1)/100% #?/report.html"),
            IndexEntry(name="empty <b>folder</b>", problem="No articles were found in it."),
        ]
    )
    page = TakenApart(html)
    links = [value for name, value in page.attributes if name == "href" and value.startswith(".")]
    assert links == ["./javascript%3Aalert%281%29/100%25%20%23%3F/report.html", "./calm/report.html"]
    assert (
        page.text.index("empty <b>folder</b>")
        < page.text.index("The Veldrik crane")
        < page.text.index("Calm")
    )
    assert "No articles were found in it." in page.text
    assert "2 stories are incomplete" in page.text


def test_an_index_entry_counts_what_its_report_holds() -> None:
    entry = index_entry(sample.sample_report(), "x/report.html")
    assert entry.severities == {Severity.high: 1, Severity.medium: 1, Severity.low: 0}
    assert (entry.contradicted, entry.unsupported, entry.errors, entry.is_complete) == (2, 7, 0, True)
    assert index_entry(sample.troubled_report(), "x").errors == 4
    assert not index_entry(sample.troubled_report(), "x").is_complete


def test_an_index_of_nothing_is_a_page() -> None:
    assert "0 stories" in TakenApart(render_index([])).text
