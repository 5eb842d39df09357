"""The articles in full on the page: nothing of them is lost, each claim stands beside its sentence."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect

from pipeline.report import render_html
from pipeline.report.reader import Reading, anchor, reading
from pipeline.report.text import visible
from schemas.article import Role, Sentence
from schemas.record import Span
from schemas.report import Report, ReportArticle
from tests import sample_report as sample

VOID = ("meta", "link", "input", "br", "hr", "img")


class Texts(HTMLParser):
    """Collects the text of each article of the page, that of its paragraphs alone, and what is marked."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.marks: list[str] = []
        self.article = ""
        self.within: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("id") or ""
        if tag == "details" and name.startswith("article-"):
            self.article = name.removeprefix("article-")
            self.texts[self.article] = ""
        if tag == "mark" and self.article:
            self.marks.append("")
        if tag not in VOID:
            self.within.append("passage" if (dict(attrs).get("class") or "").startswith("passage") else tag)

    def handle_endtag(self, tag: str) -> None:
        closed = self.within.pop()
        if closed == "details":
            self.article = ""

    def handle_data(self, data: str) -> None:
        if self.article and "p" in self.within and "passage" in self.within:
            self.texts[self.article] += data
            if self.within[-1] == "mark":
                self.marks[-1] += data


def joined(read: Reading) -> str:
    return "".join(
        part.text for paragraph in read.paragraphs for piece in paragraph.pieces for part in piece.parts
    )


def only(article: ReportArticle) -> Report:
    return sample.sample_report(articles=(article,), claims=(), contradictions=())


@st.composite
def articles(draw: st.DrawFn) -> ReportArticle:
    """Draw an article with any text, sentences anywhere in it and anything between them."""
    text = draw(st.text(max_size=120))
    ends = st.lists(st.integers(0, len(text)), max_size=8, unique=True).map(sorted)
    bounds = draw(ends)
    sentences, paragraph = [], 1
    for number, (start, end) in enumerate(zip(bounds[::2], bounds[1::2], strict=False), start=1):
        paragraph += draw(st.integers(0, 1))
        sentences.append(
            Sentence(
                number=number,
                span=Span(start=start, end=end),
                role=draw(st.sampled_from(Role)),
                paragraph=paragraph,
            )
        )
    made = sample.article("any", "Any", None, ())
    return made.model_copy(update={"text": text, "sentences": tuple(sentences)})


@given(articles())
def test_nothing_of_an_article_is_lost(article: ReportArticle) -> None:
    (read,) = reading(only(article))
    assert joined(read) == article.text
    anchors = [p.anchor for paragraph in read.paragraphs for p in paragraph.pieces if p.anchor]
    assert anchors == [anchor(article, sentence.span) for sentence in article.sentences]
    assert len(set(anchors)) == len(anchors)


@settings(max_examples=15, deadline=None)
@given(articles())
def test_the_page_shows_an_article_to_the_letter(article: ReportArticle) -> None:
    shown = Texts(render_html(only(article))).texts["any"]
    assert shown == "".join(
        visible(part.text)
        for paragraph in reading(only(article))[0].paragraphs
        for piece in paragraph.pieces
        for part in piece.parts
    )


def test_the_sample_articles_are_shown_whole_with_what_differs_marked() -> None:
    report = sample.sample_report()
    found = Texts(render_html(report))
    assert found.texts == {article.id: article.text for article in report.articles}
    assert found.marks == [
        "on Tuesday",
        "two dockers",
        "before Friday",
        "Three dockers",
        "had not been inspected",
        "on Wednesday",
        "had passed",
        "until Monday",
    ]


def test_each_claim_stands_beside_its_sentence_with_its_findings() -> None:
    report = sample.sample_report()
    courier, _, wire, morning = reading(report)
    assert (courier.claims, courier.findings, morning.findings) == (5, 3, 0)
    notes = {note.number: note for paragraph in courier.paragraphs for note in paragraph.notes}
    assert [(n.anchor, n.claim.text if n.claim else None) for n in notes.values()] == [
        ("s-courier-3", "The crane killed two dockers."),
        ("s-courier-3", None),  # the day, which no claim is about
        ("s-courier-4", "At least 12 people were taken to hospital."),
        ("s-courier-5", "The crane passed its inspection in March."),
        ("s-courier-6", "Work will not begin again before Friday."),
        ("s-courier-6", None),
        ("s-courier-7", "The Hallstad yard built the crane in 1987."),
    ]
    assert [(a.finding.id, a.other) for n in notes.values() for a in n.against] == [
        ("c1", "ledger"),
        ("c2", "wire"),
        ("c3", "wire"),
    ]
    assert [(source.article_id, source.anchor) for source in notes[4].backing] == [
        ("wire", "s-wire-3"),
        ("morning", "s-morning-3"),
    ]
    numbered = [piece.numbers for paragraph in wire.paragraphs for piece in paragraph.pieces if piece.numbers]
    assert numbered == [(1,), (2, 3), (4,), (5,)]


def test_bylines_stand_apart() -> None:
    (courier, *_) = reading(sample.sample_report())
    apart = [
        piece.parts[0].text
        for paragraph in courier.paragraphs
        for piece in paragraph.pieces
        if piece.anchor and piece.is_apart
    ]
    assert apart == ["By Imre Sandoval"]


def test_a_report_without_texts_says_so() -> None:
    bare = sample.sample_articles()[0].model_copy(update={"text": "", "sentences": ()})
    assert "This report does not hold the text of the article." in render_html(only(bare))


def test_every_link_of_the_reader_has_its_target() -> None:
    page = render_html(sample.sample_report())
    section = page.partition('<section id="reader"')[2]
    links = {part.partition('"')[0] for part in section.split('href="#')[1:]}
    assert {"finding-c1", "s-wire-3"} <= links
    assert all(f'id="{link}"' in page for link in links)


def opened(browser: Browser, folder: Path, report: Report, width: int = 1280, *, at: str = "") -> Page:
    path = folder / "report.html"
    path.write_text(render_html(report), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(path.as_uri() + at)
    return page


@pytest.mark.browser
class TestInChromium:
    """What the reader does in a real browser."""

    def test_a_link_opens_the_article_and_shows_the_sentence(self, browser: Browser, tmp_path: Path) -> None:
        page = opened(browser, tmp_path, sample.sample_report())
        fold, sentence = page.locator("#article-ledger"), page.locator("#s-ledger-3")
        assert fold.get_attribute("open") is None
        page.locator("#matrix a[href='#s-ledger-3']").click()
        expect(sentence).to_be_in_viewport()
        expect(sentence).to_be_focused()
        other = page.locator("#s-ledger-2")
        colours = [one.evaluate("e => getComputedStyle(e).backgroundColor") for one in (sentence, other)]
        assert colours[0] != colours[1]
        assert sentence.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
        page.close()

    def test_the_way_back_leads_to_where_one_was(self, browser: Browser, tmp_path: Path) -> None:
        page = opened(browser, tmp_path, sample.sample_report())
        link = page.locator("#matrix a[href='#s-ledger-3']")
        link.click()
        page.locator("#reader-back").click()
        expect(link).to_be_focused()
        expect(link).to_be_in_viewport()
        expect(page.locator("#reader-back")).to_be_hidden()
        link.click()  # the same address again leads there again
        expect(page.locator("#s-ledger-3")).to_be_in_viewport()
        page.locator("#article-ledger a[href='#finding-c1']").click()
        expect(page.locator("#finding-c1")).to_be_in_viewport()
        expect(page.locator("#reader-back")).to_be_hidden()
        page.close()

    def test_an_address_with_a_sentence_opens_at_it(self, browser: Browser, tmp_path: Path) -> None:
        page = opened(browser, tmp_path, sample.sample_report(), at="#s-wire-4")
        expect(page.locator("#s-wire-4")).to_be_in_viewport()
        expect(page.locator("#reader-back")).to_be_hidden()
        page.close()

    def test_hostile_text_stays_in_its_place(self, browser: Browser, tmp_path: Path) -> None:
        line = "</p></details><script>window.owned=1</script>\u202eevil\x00 " + "x" * 100_000
        article = sample.article("any", "W" * 300, None, ("Crane", line))
        full = sample.sample_report()
        shown = full.model_copy(update={"articles": (*full.articles, article)})
        page = opened(browser, tmp_path, shown, 390, at="#s-any-2")
        assert page.evaluate("window.owned") is None
        assert page.locator("#s-any-2").inner_text() == visible(line)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.close()

    def test_a_wide_table_scrolls_in_its_own_region(self, browser: Browser, tmp_path: Path) -> None:
        page = opened(browser, tmp_path, sample.sample_report(), 390)
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        grid = page.locator("#matrix [role=region]")
        assert grid.evaluate("e => e.scrollWidth > e.clientWidth")
        head = grid.locator("tbody th").first
        before = head.bounding_box()
        assert grid.get_attribute("tabindex") == "0"
        assert grid.evaluate("e => { e.scrollLeft = 60; return e.scrollLeft; }") > 0
        after = head.bounding_box()
        assert before is not None
        assert after is not None
        assert after["x"] == before["x"]  # the point stays in sight
        page.close()

    def test_paper_shows_the_articles_that_were_open(self, browser: Browser, tmp_path: Path) -> None:
        page = opened(browser, tmp_path, sample.sample_report())
        page.locator("#article-wire summary").click()
        page.emulate_media(media="print")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert page.locator("#article-wire").is_visible()
        assert not page.locator("#article-ledger").is_visible()
        assert page.locator("#confirmed .claim").first.is_visible()  # what is folded elsewhere
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        page.emulate_media(media="screen")
        assert page.locator("#article-ledger").is_visible()
        assert page.locator("#article-wire").get_attribute("open") is not None
        assert page.locator("#article-ledger").get_attribute("open") is None
        page.close()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [1280, 390])
    def test_nothing_bars_a_reader(self, browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
        path = tmp_path / "report.html"
        path.write_text(render_html(sample.sample_report()), encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
            bypass_csp=True,
        )
        page = context.new_page()
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        for section in ("#matrix", "#timeline", "#reader"):
            found = Axe().run(page, context=section)
            assert found.response["passes"]
            assert [one["id"] for one in found.response["violations"]] == [], found.generate_report()
        context.close()
