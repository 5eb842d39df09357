"""Saved web pages: the article in one is read as a text file is, and what is no article is told."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.ingest import ingest
from pipeline.reading.decode import NotText
from pipeline.reading.forms.apart import Apart
from pipeline.reading.forms.page import MAX_ELEMENTS, read_page
from pipeline.store import read_report
from schemas.article import Article, Role
from schemas.report import ReportArticle
from tests.commands import Serve, run_command
from tests.fake_endpoint import check_answer
from tests.webpages import HEADLINE, PROSE, archive, page, refused_beside_a_good_one


def read(folder: Path, data: bytes | str, name: str = "mill.html") -> Article:
    """Return the one article that a folder with one file holds."""
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    [story] = ingest([folder / name])
    [article] = story.articles
    return article


def quotes(article: Article) -> list[str]:
    return [article.quote(sentence.span) for sentence in article.sentences]


def test_the_article_of_a_page_is_read_with_what_the_page_says_of_it(tmp_path: Path) -> None:
    article = read(tmp_path, page())
    assert quotes(article) == [HEADLINE, *PROSE]
    assert article.sentences[0].role is Role.headline
    assert (article.title, article.outlet, article.author) == (HEADLINE, "The Tarnholm Gull", "Jo Lee")
    assert (article.published, article.url) == (date(2031, 5, 6), "https://gull.example/2031/mill")
    assert article.name == "mill"
    assert article.path.endswith("mill.html")


def test_what_readers_comment_and_the_frame_of_the_page_are_left_out(tmp_path: Path) -> None:
    text = read(tmp_path, page()).text
    for left_out in ("in particular", "Sport", "Copyright"):
        assert left_out not in text


def test_headings_items_and_rows_are_lines_of_their_own(tmp_path: Path) -> None:
    body = (
        f"<p>{PROSE[0]}</p><h2>What is known</h2><ul><li>{PROSE[1]}</li><li><b>Two</b> came.</li></ul>"
        f"<table><tr><th>Ward</th><th>Hurt</th></tr><tr><td>North</td><td>9</td></tr></table><p>{PROSE[2]}</p>"
    )
    lines = read(tmp_path, page(body)).text.split("\n\n")
    assert lines[1:] == [
        PROSE[0], "What is known", PROSE[1], "Two came.", "Ward | Hurt", "North | 9", f"{PROSE[2]}\n",
    ]  # fmt: skip


@pytest.mark.parametrize("where", ["in the head alone", "above the article", "in the article"])
def test_a_headline_is_read_once_wherever_the_page_has_it(tmp_path: Path, where: str) -> None:
    markup = page()
    if where != "in the article":
        markup = markup.replace(f"<h1>{HEADLINE}</h1>", "")
    if where == "above the article":
        markup = markup.replace("<article>", f"<header><h1>{HEADLINE}</h1></header><article>")
    assert quotes(read(tmp_path, markup)) == [HEADLINE, *PROSE]


def test_a_page_of_two_lines_is_read_without_its_frame(tmp_path: Path) -> None:
    brief = "<p>The bridge is closed.</p><p>It opens on Friday.</p>"
    assert quotes(read(tmp_path, page(brief))) == [HEADLINE, "The bridge is closed.", "It opens on Friday."]


def test_the_sidecar_wins_over_the_page(tmp_path: Path) -> None:
    (tmp_path / "story.toml").write_text(
        '[articles."mill.html"]\noutlet = "Gull"\npublished = 2031-05-07\nurl = "https://gull.example/x"\n'
    )
    article = read(tmp_path, page())
    assert (article.outlet, article.published, article.title) == ("Gull", date(2031, 5, 7), HEADLINE)
    assert article.url == "https://gull.example/x"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://gull.example/", "gull.example", "https:// x"])
def test_a_sidecar_takes_no_address_that_is_none(tmp_path: Path, url: str) -> None:
    (tmp_path / "story.toml").write_text(f'[articles."mill.html"]\nurl = "{url}"\n')
    with pytest.raises(InputError, match=r"story\.toml, line 2: url must be an address"):
        read(tmp_path, page())


def test_a_page_says_what_it_is_encoded_in(tmp_path: Path) -> None:
    line = "The café in Żabia Wólka burned down on Monday night, chief Łucja Brzęk said to the Gull."
    markup = page(f"<p>{line}</p>" + "".join(f"<p>{other}</p>" for other in PROSE))
    for charset in ("iso-8859-2", "windows-1250"):
        article = read(tmp_path, markup.replace("utf-8", charset).encode(charset))
        assert line in article.text
    assert line in read(tmp_path, markup.encode("utf-16")).text


def test_what_a_page_declares_wrongly_is_found_out(tmp_path: Path) -> None:
    line = "The café burned down on Monday night, chief Élodie Brûlé said to the Gull."
    markup = page(f"<p>{line}</p>" + "".join(f"<p>{other}</p>" for other in PROSE))
    article = read(tmp_path, markup.encode("cp1252"))
    assert any(note.startswith("encoding guessed") for note in article.notes)
    assert quotes(article)[-1] == PROSE[-1]


@pytest.mark.parametrize(
    "comment",
    ["<!-- saved from url=(0027)https://gull.example/saved -->",
     "<!--\n Page saved with Something \n url: https://gull.example/saved \n saved date: today\n-->"],
)  # fmt: skip
def test_the_address_that_a_browser_noted_is_known(tmp_path: Path, comment: str) -> None:
    markup = page().replace('<link rel="canonical" href="https://gull.example/2031/mill">', comment)
    assert read(tmp_path, markup).url == "https://gull.example/saved"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "//"])
def test_a_page_gives_no_address_that_could_harm(tmp_path: Path, address: str) -> None:
    assert read(tmp_path, page().replace("https://gull.example/2031/mill", address)).url is None


def test_a_web_archive_is_read_with_the_address_it_was_saved_from(tmp_path: Path) -> None:
    markup = page().replace('<link rel="canonical" href="https://gull.example/2031/mill">', "")
    article = read(tmp_path, archive(markup), "mill.mhtml")
    assert quotes(article) == [HEADLINE, *PROSE]
    assert article.url == "https://gull.example/2031/mill"


WALL = (
    "<p>We and our 842 partners store and access information on your device.</p>"
    "<p>Accept all cookies, or manage your choices in our privacy settings.</p>"
)
REFUSED: dict[str, tuple[str | bytes, str]] = {
    "an empty file": ("", "empty file"),
    "no markup": ("The mill burned down.", "no HTML in it"),
    "only a frame": (page("").replace(HEADLINE, ""), "no running text in the page"),
    "a cookie wall": (page(WALL, headline="Before you go on"), "a notice"),
    "a page for robots": (
        "<html><body><p>Please enable JavaScript to verify you are human.</p></body></html>", "a notice",
    ),
    "nothing but nesting": ("<html><body>" + "<div>" * 100_000 + "x", "no running text in the page"),
    "too many elements": (page("<p>a" * MAX_ELEMENTS), "elements in the page"),
    "a report of ours": (page(head='<meta name="generator" content="storycheck">'), "storycheck wrote"),
    "bytes": (bytes(range(256)) * 40, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_page_without_an_article_is_told_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    data, reason = REFUSED[name]
    (tmp_path / "bad.html").write_bytes(data.encode() if isinstance(data, str) else data)
    (tmp_path / "good.txt").write_text("\n".join(PROSE))
    (tmp_path / "mill.htm").write_text(page())
    [story] = ingest([tmp_path])
    assert [Path(article.path).name for article in story.articles] == ["good.txt", "mill.htm"]
    [skipped] = story.skipped
    assert skipped.is_lost
    assert skipped.path.endswith("bad.html")
    assert reason in skipped.reason


@pytest.mark.parametrize(("name", "reason"), [("bad.mhtml", "no web page in the archive")])
def test_an_archive_without_a_page_is_told(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / name).write_bytes(b"From: nobody\n\nThe mill burned down.\n")
    with pytest.raises(InputError, match=reason):
        ingest([tmp_path / name])


def test_what_takes_for_ever_is_ended_and_the_next_is_read() -> None:
    attributes = " ".join(f"a{i}=x" for i in range(60_000))  # its parser takes time by the square of them
    with Apart(longest_s=2) as apart, pytest.raises(NotText, match="within 2 s"):
        apart.read(".html", page(f"<p {attributes}>").encode())
    with Apart() as apart:
        assert PROSE[0] in apart.read(".html", page().encode()).text


def test_what_breaks_its_reader_costs_one_file() -> None:
    with Apart() as apart:
        assert PROSE[0] in apart.read(".html", page().encode()).text
        with pytest.raises(NotText, match="broke down over it"):
            apart.read(".of no form that it knows", b"")
        assert PROSE[0] in apart.read(".html", page().encode()).text


@settings(deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=60), max_size=8))
def test_every_sentence_of_any_page_cuts_its_own_text(lines: list[str]) -> None:
    markup = page("".join(f"<p>{line}</p>" for line in (*PROSE, *lines)))
    try:
        kept = read_page(markup.encode("utf-8", "replace"))
    except NotText:
        return
    assert kept.text.encode()
    assert all(line == " ".join(line.split()) for line in kept.text.splitlines())


def _folder_of_a_page(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "frame.html").write_text(page())
    (folder / name / "a.js").write_text("")


@pytest.mark.parametrize("name", ["mill_files", "mill-Dateien", "mill_fichiers", "mill.files"])
def test_the_folder_that_a_browser_makes_is_no_story_and_no_warning(tmp_path: Path, name: str) -> None:
    (tmp_path / "mill.html").write_text(page())
    (tmp_path / "other.txt").write_text("\n".join(PROSE[1:]))
    _folder_of_a_page(tmp_path, name)
    for given_paths in ([tmp_path], [tmp_path / "*"]):
        [story] = ingest(given_paths)
        assert len(story.articles) == 2
        assert story.skipped == ()
    assert run_command("group", tmp_path, "-o", tmp_path / "out").out.startswith("2 articles read")


def test_a_run_beside_the_stories_is_none_of_them(tmp_path: Path, serve: Serve) -> None:
    serve(check_answer)
    (tmp_path / "fire").mkdir()
    (tmp_path / "fire" / "mill.html").write_text(page())
    assert run_command("check", tmp_path / "fire", "-o", tmp_path / "out", "--model", "m").code == 0
    [story] = ingest([tmp_path])
    assert story.name == "fire"


def test_a_folder_of_another_name_is_still_told(tmp_path: Path) -> None:
    (tmp_path / "mill.html").write_text(page())
    _folder_of_a_page(tmp_path, "fire_files")
    [story] = ingest([tmp_path])
    assert [skip.reason for skip in story.skipped] == ["a folder inside a story's folder: give it by itself"]


def test_pages_are_checked_like_any_article(tmp_path: Path, serve: Serve) -> None:
    serve(check_answer)
    (tmp_path / "story").mkdir()
    (tmp_path / "story" / "gull.html").write_text(page())
    other = page(f"<p>{PROSE[0].replace('Monday', 'Tuesday')}</p><p>{PROSE[3]}</p>", outlet="Echo")
    (tmp_path / "story" / "echo.mhtml").write_bytes(archive(other))
    ended = run_command("check", tmp_path / "story", "-o", tmp_path / "out", "--model", "m")
    assert ended.code == 0, ended.err
    report = read_report(tmp_path / "out")
    assert [article.outlet for article in report.articles] == ["Echo", "The Tarnholm Gull"]
    for article in report.articles:
        assert article.url == "https://gull.example/2031/mill"
    assert report.contradictions
    assert "<article" not in (tmp_path / "out" / "report.json").read_text()
    shown = (tmp_path / "out" / "report.html").read_text()
    assert 'href="https://gull.example/2031/mill" rel="noopener noreferrer"' in shown
    assert "by <bdi>Jo Lee</bdi>" in shown
    assert "<https://gull.example/2031/mill>" in (tmp_path / "out" / "report.md").read_text()
    again = run_command("check", tmp_path / "story", "-o", tmp_path / "out", "--model", "m")
    assert "nothing changed since that run" in again.out
    assert run_command("check", "--replay", tmp_path / "out").code == 0


@pytest.mark.parametrize("url", ["javascript:alert(1)", " https://x", "data:text/html,x", "", None])
def test_a_report_that_somebody_wrote_links_to_the_web_alone(url: str | None) -> None:
    article = ReportArticle(id="a", path="", title=None, outlet=None, published=None, origin="a", url=url)
    assert article.link is None


HEAVY = ("trafilatura", "lxml", "pypdf", "docx", "htmldate")


@pytest.mark.parametrize(
    "code",
    [
        "from pipeline.ingest import ingest; ingest([Path(sys.argv[1])])",
        "import pipeline.cli.check, pipeline.checking, pipeline.grouping.run",
    ],
)
def test_reading_plain_text_loads_nothing_that_reads_other_forms(tmp_path: Path, code: str) -> None:
    (tmp_path / "a.txt").write_text("\n".join(PROSE))
    told = f"import sys; from pathlib import Path\n{code}\nprint([n for n in {HEAVY} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", told, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_is_not_installed_is_told_of_the_installation_and_not_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "libraries").mkdir()
    (tmp_path / "libraries" / "trafilatura.py").write_text("import lxml_that_nobody_has")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "libraries"))
    (tmp_path / "pages").mkdir()
    skipped = refused_beside_a_good_one(tmp_path / "pages", "good.html", page().encode())
    assert skipped.reason == "what reads it is not there (lxml_that_nobody_has): see storycheck doctor"
