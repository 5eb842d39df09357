"""PDF: lines become paragraphs, each sentence has the page it begins on, and what cannot be read is told."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from pipeline.ingest import ingest
from pipeline.reading.forms.lines import Line, joined, without_running
from pipeline.reading.forms.pdf import MOST_PAGES
from pipeline.store import read_report
from schemas.article import Article
from tests.browser import CHROMIUM, chromium
from tests.commands import Serve, run_command
from tests.documents import Placed, pdf
from tests.fake_endpoint import check_answer
from tests.webpages import HEADLINE, PROSE, page, refused_beside_a_good_one

FIRST: list[str | Placed] = [
    ("Fire guts the Marrow Lane", 22.0),
    ("mill", 22.0),
    "By Jo Lee",
    "The mill in Marrow Lane burned down on Monday night, fire chief Ada Quill",
    "said. Fourteen workers were treated for smoke, and two of them are still at the hos-",
    "pital of Tarnholm, where a well-known surgeon, Ivo Marr, took care of them all.",
    "Nobody knows yet.",
    "Two engines came from Wexley. The bridge there had been closed since Sun-",
]
SECOND: list[str | Placed] = [
    "day evening, so that they took the long way, past the mill at Ostrel, a well-",
    "known landmark.",
    "It will open again.",
]
HEADER = "The Tarnholm Gull, 6 May 2031, page {}"


def read(folder: Path, data: bytes) -> Article:
    (folder / "mill.pdf").write_bytes(data)
    [story] = ingest([folder / "mill.pdf"])
    [article] = story.articles
    return article


def quotes(article: Article) -> list[tuple[str, int | None]]:
    return [(article.quote(sentence.span), sentence.page) for sentence in article.sentences]


def test_lines_are_joined_and_a_sentence_has_the_page_it_begins_on(tmp_path: Path) -> None:
    article = read(tmp_path, pdf([[HEADER.format(1), *FIRST, "1"], [HEADER.format(2), *SECOND, "2"]]))
    assert quotes(article) == [
        ("Fire guts the Marrow Lane mill", 1),
        ("By Jo Lee", 1),
        ("The mill in Marrow Lane burned down on Monday night, fire chief Ada Quill said.", 1),
        ("Fourteen workers were treated for smoke, and two of them are still at the hospital of Tarnholm, "
         "where a well-known surgeon, Ivo Marr, took care of them all.", 1),
        ("Nobody knows yet.", 1),
        ("Two engines came from Wexley.", 1),
        ("The bridge there had been closed since Sunday evening, so that they took the long way, past the "
         "mill at Ostrel, a well-known landmark.", 1),
        ("It will open again.", 2),
    ]  # fmt: skip
    [note] = article.notes
    assert note == f"headers, footers and page numbers left out: {HEADER.format(1)} and 1 more"


@pytest.mark.parametrize(
    ("title", "known"),
    [
        ("Fire guts the Marrow Lane mill", "Fire guts the Marrow Lane mill"),
        ("Fire guts the Marrow Lane mill | The Gull", "Fire guts the Marrow Lane mill"),
        ("Microsoft Word - draft3.doc", "Fire guts the Marrow Lane mill"),
        ("", "Fire guts the Marrow Lane mill"),
    ],
)
def test_a_title_is_believed_where_the_page_says_it(tmp_path: Path, title: str, known: str) -> None:
    article = read(tmp_path, pdf([FIRST, SECOND], title=title))
    assert (article.title, article.published) == (known, None)


def test_a_page_without_text_is_noted(tmp_path: Path) -> None:
    article = read(tmp_path, pdf([FIRST, [], SECOND]))
    assert article.sentences[-1].page == 3
    assert article.notes == ("no text on page 2: a picture, maybe",)


def test_columns_and_short_lines_stay_apart(tmp_path: Path) -> None:
    table = ["Ward  Hurt", "North  9", "South  5"]
    article = read(tmp_path, pdf([[*FIRST[3:7], *table]]))
    assert article.text.split("\n\n")[1:] == ["Ward Hurt", "North 9", "South 5\n"]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_a_page_that_a_browser_printed_is_read(tmp_path: Path) -> None:
    towns = "Ostrel Wexley Pell Dunsey Marl Quill Stane Osprey Norwick Harrow Tarn Velm".split()
    lines = [f"In {town} it was told anew. {line}" for town in towns for line in PROSE]
    body = "".join(f"<p>{line}</p>" for line in lines)
    with chromium() as browser:
        printed = browser.new_page()
        printed.set_content(page(body, head="<style>body { hyphens: auto; font: 13pt serif }</style>"))
        data = printed.pdf(
            format="A4",
            display_header_footer=True,
            header_template='<p style="font-size: 9px"><b class="date"></b> <b class="title"></b></p>',
            footer_template='<div style="font-size: 9px">https://gull.example/mill <span class="pageNumber">'
            '</span>/<span class="totalPages"></span></div>',
            margin={"top": "60px", "bottom": "60px"},
        )
    article = read(tmp_path, data)
    found = [quote for quote, _ in quotes(article)]
    told = [sentence for line in lines for sentence in line.split(" ", 6)[-1:]]
    assert [quote for quote in found if quote in told] == told
    assert HEADLINE in found
    assert (article.title, article.url) == (HEADLINE, "https://gull.example/mill")
    assert {number for _, number in quotes(article)} == set(
        range(1, 1 + max(n or 0 for _, n in quotes(article)))
    )


def encrypted(data: bytes, password: str) -> bytes:
    writer = PdfWriter(PdfReader(io.BytesIO(data)))
    writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


GOOD = pdf([FIRST, SECOND])
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty file"),
    "no PDF": (b"The mill burned down.", "no PDF"),
    "cut off at once": (b"%PDF-1.4\n", "damaged"),
    "nothing but its end": (b"%PDF-1.4\nstartxref\n9\n%%EOF\n", "damaged"),
    "a scan": (pdf([[], []]), "without text"),
    "encrypted": (encrypted(GOOD, "secret"), "an encrypted PDF"),
    "too many pages": (pdf([["a"]] * (MOST_PAGES + 1)), f"more than {MOST_PAGES} pages"),
    "no letters": (pdf([["\x01\x02\x03\x04" * 40]]), "the letters of the PDF cannot be told"),
    "a page tree in a ring": (GOOD.replace(b"/Kids [5 0 R 7 0 R]", b"/Kids [2 0 R 2 0 R]"), ""),
    "a stream that is none": (pdf([["a"]], filters="/Filter /FlateDecode", content=b"nothing"), ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_told_with_its_reason(tmp_path: Path, name: str) -> None:
    data, reason = REFUSED[name]
    skipped = refused_beside_a_good_one(tmp_path, "bad.pdf", data)
    assert reason in skipped.reason
    assert len(skipped.reason) < 300


def test_a_file_that_is_locked_against_changes_alone_is_read(tmp_path: Path) -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(GOOD)))
    writer.encrypt("", "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert read(tmp_path, out.getvalue()).sentences[-1].page == 2


@pytest.mark.parametrize("at", range(200, len(GOOD), 211))
def test_a_file_cut_off_anywhere_is_read_or_told(tmp_path: Path, at: int) -> None:
    (tmp_path / "mill.pdf").write_bytes(GOOD[:at])
    (tmp_path / "good.txt").write_text("\n".join(PROSE))
    [story] = ingest([tmp_path])
    assert len(story.articles) + sum(skip.is_lost for skip in story.skipped) == 2


DRAWN = st.tuples(st.text("abcXY-.,1 •é", min_size=1, max_size=90), st.sampled_from([9.0, 11.0, 22.0]))


@settings(deadline=None)
@given(st.lists(st.lists(DRAWN, max_size=9), min_size=1, max_size=5))
def test_any_lines_are_all_in_the_text_and_pages_begin_in_order(pages: list[list[tuple[str, float]]]) -> None:
    lines = [
        [Line(" ".join(text.split()), size, number) for text, size in page if text.strip()]
        for number, page in enumerate(pages, 1)
    ]
    kept, left_out = without_running(lines)
    assert len(kept) + sum(len(page) for page in lines) >= len(left_out)
    text, starts = joined(kept, len(pages))
    letters = re.sub(r"[\s-]", "", "".join(line.text for line in kept))
    assert re.sub(r"[\s-]", "", text) == letters
    assert len(starts) == len(pages)
    assert list(starts) == sorted(starts)
    assert starts[0] == 0
    for number, (begin, end) in enumerate(zip(starts, (*starts[1:], len(text)), strict=True), 1):
        own = re.sub(r"[\s-]", "", "".join(line.text for line in kept if line.page == number))
        assert re.sub(r"[\s-]", "", text[begin:end]) == own


def test_pages_are_shown_where_a_quotation_is(tmp_path: Path, serve: Serve) -> None:
    serve(check_answer)
    (tmp_path / "story").mkdir()
    (tmp_path / "story" / "gull.pdf").write_bytes(pdf([FIRST, [*SECOND, *PROSE]]))
    (tmp_path / "story" / "echo.txt").write_text(PROSE[0].replace("Monday", "Tuesday"))
    ended = run_command("check", tmp_path / "story", "-o", tmp_path / "out", "--model", "m")
    assert ended.code == 0, ended.err
    report = read_report(tmp_path / "out")
    assert {sentence.page for sentence in report.articles[1].sentences} == {1, 2}
    assert {sentence.page for sentence in report.articles[0].sentences} == {None}
    assert report.contradictions
    for name in ("report.html", "report.md"):
        assert "p. 1" in (tmp_path / "out" / name).read_text()
    assert run_command("check", "--replay", tmp_path / "out").code == 0
