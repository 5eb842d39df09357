"""Ingest: which files make which story, how their bytes become text, and what is said of those left out."""

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.ingest import ingest
from pipeline.reading.articles import MAX_SENTENCES
from pipeline.reading.decode import Decoded, NotText, decode
from pipeline.reading.forms.text import MAX_TEXT_BYTES
from pipeline.reading.sources import NO_ARTICLE
from schemas.article import Story

MILL = "The old mill at Norwick burned down on Monday night, the county said.\n"
BRIDGE = "The new bridge at Norwick was closed on Monday night, the county said.\n"


def _write(folder: Path, **files: str) -> Path:
    """Write ``name=text`` as folder/name.txt (byte for byte as given, in UTF-8)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.txt").write_bytes(text.encode())
    return folder


def _one(*paths: Path) -> Story:
    (story,) = ingest(paths)
    return story


def _skips(story: Story) -> dict[str, str]:
    return {Path(skip.path).name: skip.reason for skip in story.skipped}


def test_a_folder_of_articles_is_one_story_in_the_order_of_paths(tmp_path: Path) -> None:
    folder = _write(tmp_path / "mill fire", courier=MILL, argus=BRIDGE)
    (folder / "zeitung.MD").write_text("# Title\n\n" + MILL + "More.")
    story = _one(folder)
    assert story.name == "mill-fire"
    assert [article.name for article in story.articles] == ["argus", "courier", "zeitung"]
    assert story.articles[0].path == f"{folder}/argus.txt"
    assert story.articles[1].id == "a" + hashlib.sha256(MILL.encode()).hexdigest()[:12]
    assert story.articles[1].text == MILL
    assert story.articles[1].quote(story.articles[1].sentences[0].span) == MILL.strip()
    assert story.skipped == ()


def test_a_relative_path_stays_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path / "fire", courier=MILL)
    monkeypatch.chdir(tmp_path)
    assert _one(Path("fire")).articles[0].path == "fire/courier.txt"
    monkeypatch.chdir(tmp_path / "fire")
    story = _one(Path("courier.txt"))
    assert (story.name, story.articles[0].path) == ("fire", "courier.txt")
    assert _one(Path()).name == "fire"


def test_a_folder_of_folders_is_a_batch(tmp_path: Path) -> None:
    _write(tmp_path / "batch" / "fire", courier=MILL)
    _write(tmp_path / "batch" / "flood 1", argus=BRIDGE)
    _write(tmp_path / "batch" / "flood-1", argus=BRIDGE)
    (tmp_path / "batch" / "empty").mkdir()
    (tmp_path / "batch" / "notes.rtf").write_bytes(b"{")
    (tmp_path / "batch" / ".git").mkdir()
    stories = ingest([tmp_path / "batch"])
    assert [story.name for story in stories] == ["fire", "flood-1", "flood-1-2"]
    assert _skips(stories[0]) == {
        "notes.rtf": "an RTF file: save it as .docx",
        "empty": "a folder without articles",
    }


def test_a_story_of_a_batch_without_a_readable_article_does_not_end_the_batch(tmp_path: Path) -> None:
    _write(tmp_path / "batch" / "a", blank=" \n")
    _write(tmp_path / "batch" / "b", courier=MILL)
    story = _one(tmp_path / "batch")
    assert story.name == "b"
    assert _skips(story) == {"blank.txt": "empty file"}


@settings(deadline=None, max_examples=40)
@given(name=st.text(st.characters(exclude_characters="/\x00"), min_size=1, max_size=40))
def test_story_names_are_safe_folder_names(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("root")
    try:
        folder = root / os.fsdecode(name.encode("utf-8", "surrogatepass"))
        folder.mkdir()
    except OSError:
        return  # the file system has no such name
    _write(folder, courier=MILL)
    story = ingest([folder])[0].name
    assert story.strip(". -/\\\n") == story
    assert story.isprintable()
    assert 0 < len(story.encode()) < 250


def test_several_files_are_one_story_and_glob_patterns_expand(tmp_path: Path) -> None:
    folder = _write(tmp_path / "fire", courier=MILL, argus=BRIDGE, extra=MILL + BRIDGE)
    assert len(_one(folder / "courier.txt", folder / "argus.txt").articles) == 2
    assert [article.name for article in _one(tmp_path / "f*" / "[ac]*.txt").articles] == ["argus", "courier"]
    assert _one(tmp_path / "fi??").name == "fire"
    (tmp_path / "odd[1].txt").write_text(MILL)
    assert _one(tmp_path / "odd[1].txt").articles[0].name == "odd[1]"


def test_what_is_no_article_is_listed_unless_it_is_known(tmp_path: Path) -> None:
    folder = _write(tmp_path / "fire", courier=MILL, README="About.", **{".draft": MILL})
    for name in ("gold.json", "story.toml", ".DS_Store"):
        (folder / name).write_text("")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8")
    _write(folder / "older", argus=BRIDGE)
    story = _one(folder)
    assert len(story.articles) == 1
    assert _skips(story) == {
        "photo.jpg": NO_ARTICLE,
        "README.txt": "about the folder, not an article",
        ".draft.txt": "a hidden file",
        "older": "a folder inside a story's folder: give it by itself",
    }
    assert _one(folder / "README.txt").articles[0].name == "README"


def test_a_file_given_twice_is_taken_once(tmp_path: Path) -> None:
    folder = _write(tmp_path / "fire", courier=MILL)
    (folder / "link.txt").symlink_to(folder / "courier.txt")
    story = _one(folder, folder / "courier.txt", folder / ".." / "fire")
    assert len(story.articles) == 1
    assert sorted(skip.reason for skip in story.skipped) == ["given twice"] * 3


def test_copies_are_kept_only_where_two_outlets_print_them(tmp_path: Path) -> None:
    folder = _write(tmp_path / "wire", a=MILL, b=MILL, c=MILL, d=MILL)
    (folder / "story.toml").write_text(
        '[articles."a.txt"]\noutlet = "Argus"\n[articles."b.txt"]\noutlet = "Courier"\n'
        '[articles."c.txt"]\noutlet = "Argus"\n'
    )
    story = _one(folder)
    first, second = story.articles
    assert (first.outlet, second.outlet) == ("Argus", "Courier")
    assert second.id == first.id + "-2"
    assert _skips(story) == {"c.txt": f"same text as {first.path}", "d.txt": f"same text as {first.path}"}


def test_articles_of_one_name_are_told_apart(tmp_path: Path) -> None:
    folder = _write(tmp_path / "fire", courier=MILL)
    (folder / "courier.md").write_text(BRIDGE)
    assert [article.name for article in _one(folder).articles] == ["courier", "courier-2"]


def test_unreadable_content_is_skipped_with_its_reason(tmp_path: Path) -> None:
    folder = _write(tmp_path / "fire", good=MILL, empty="", blank=" \r\n\n", front="---\ntitle: x\n---\n")
    (folder / "nul.txt").write_bytes(b"The mill\x00burned")
    (folder / "noise.txt").write_bytes(bytes(range(1, 32)) * 40)
    (folder / "huge.txt").write_bytes(b"a" * (MAX_TEXT_BYTES + 1))
    (folder / "page.txt").write_text("<!DOCTYPE html><html><p>The mill burned.</p></html>")
    (folder / "paper.txt").write_bytes(b"%PDF-1.7 The mill burned")
    story = _one(folder)
    assert [article.name for article in story.articles] == ["good"]
    assert _skips(story) == {
        "empty.txt": "empty file",
        "blank.txt": "empty file",
        "front.txt": "front matter only, no article",
        "nul.txt": "a binary file, not text",
        "noise.txt": "a binary file, not text",
        "huge.txt": "larger than 2 MB, which no article is",
        "page.txt": "an HTML page, not text: give it a name that ends in .html",
        "paper.txt": "a PDF file, not text: give it a name that ends in .pdf",
    }


def test_the_largest_allowed_file_is_read(tmp_path: Path) -> None:
    sentence = "The mill burned, " * 25 + "and nobody was hurt. "
    folder = _write(tmp_path / "long", a=(sentence * 5000)[: MAX_TEXT_BYTES - 2] + "d.")
    assert len(_one(folder).articles[0].text) == MAX_TEXT_BYTES


@pytest.mark.parametrize(("count", "is_read"), [(MAX_SENTENCES, True), (MAX_SENTENCES + 1, False)])
def test_a_text_of_more_sentences_than_any_article_is_refused(
    tmp_path: Path, *, count: int, is_read: bool
) -> None:
    folder = _write(tmp_path / "long", good=MILL, many="It burned. " * count)
    story = _one(folder)
    assert [article.name for article in story.articles] == ["good"] + ["many"] * is_read
    reason = "more than 5,000 sentences, which no article has: split it into its articles"
    assert _skips(story) == ({} if is_read else {"many.txt": reason})


def test_an_article_without_running_text_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Share\nTweet\nMost read\n")
    (article,) = _one(tmp_path).articles
    assert article.notes == ("no running text found: nothing in it but bylines, page furniture or signs",)


def test_pipes_loops_and_broken_links_are_never_opened(tmp_path: Path) -> None:
    folder = _write(tmp_path / "fire", good=MILL)
    os.mkfifo(folder / "pipe.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    (folder / "zero.txt").symlink_to("/dev/zero")
    (folder / "self").symlink_to(folder)
    story = _one(folder)
    assert [article.name for article in story.articles] == ["good"]
    reasons = _skips(story)
    assert reasons["pipe.txt"] == reasons["zero.txt"] == "not a regular file"
    assert reasons["loop.txt"].startswith("cannot be read: ")
    assert reasons["gone.txt"] == "cannot be read: No such file or directory"


def _lock(path: Path, mode: int) -> None:
    path.chmod(mode)
    if os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0)):
        pytest.skip("this user may read everything")


def test_a_file_that_may_not_be_read_is_skipped(tmp_path: Path) -> None:
    folder = _write(tmp_path / "fire", good=MILL, secret=BRIDGE)
    _lock(folder / "secret.txt", 0)
    assert _skips(_one(folder)) == {"secret.txt": "cannot be read: Permission denied"}


@pytest.mark.parametrize("mode", [0, 0o400])
def test_a_folder_that_may_not_be_read_is_said(tmp_path: Path, mode: int) -> None:
    folder = _write(tmp_path / "fire", good=MILL)
    try:
        _lock(folder, mode)
        with pytest.raises(InputError, match=r"fire cannot be read: Permission denied"):
            ingest([folder])
    finally:
        folder.chmod(0o700)


def test_a_folder_that_cannot_be_listed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    folder = _write(tmp_path / "fire", good=MILL)
    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(InputError, match=r"fire cannot be read: Permission denied"):
        ingest([folder])


@pytest.mark.parametrize(
    "raw", [b"new\nline.txt", b"bad\xff\xfe.txt", b"esc\x1b[31m.txt", b"rtl\xe2\x80\xae.txt"]
)
def test_odd_file_names_can_be_shown_and_stored(tmp_path: Path, raw: bytes) -> None:
    folder = _write(tmp_path / "fire", good=MILL)
    (folder / os.fsdecode(raw)).write_text(BRIDGE)
    story = _one(folder)
    assert len(story.articles) == 2
    for article in story.articles:
        assert article.name.isprintable()
        assert article.path.isprintable()
    assert Story.model_validate_json(story.model_dump_json()) == story


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda root: [], "nothing to check"),
        (lambda root: [root / "nowhere"], r"nowhere does not exist"),
        (lambda root: [root / "no*.txt"], r"nothing matches .*no\*\.txt"),
        (lambda root: [Path("nul\x00")], r"nul\\x00 does not exist"),
        (lambda root: [root / ("x" * 5000)], r"does not exist"),
        (lambda root: [_write(root / "bare")], r"no article found in .*bare: give articles \(\.txt, "),
        (lambda root: [_write(root / "blank", a="")], r"no article found in .*a\.txt: empty file\): give"),
        (lambda root: [_write(root / "x" / "y" / "z", a=MILL).parents[1]], r"no article found in"),
    ],
)
def test_nothing_to_read_is_one_clear_line(tmp_path: Path, make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(InputError, match=message) as caught:
        ingest(make(tmp_path))
    assert "\n" not in str(caught.value)


def test_a_file_of_another_kind_is_no_article_even_when_named(tmp_path: Path) -> None:
    (tmp_path / "notes.rtf").write_bytes(b"{")
    with pytest.raises(InputError, match=r"notes\.rtf: an RTF file: save it as \.docx"):
        ingest([tmp_path / "notes.rtf"])


def test_the_sidecar_wins_over_front_matter_and_front_matter_over_the_page(tmp_path: Path) -> None:
    page = "Mill burns\nPublished 4 August 2031\nNORWICK (Samplewire) — " + MILL
    folder = _write(tmp_path / "fire", a=f"---\nsource: Argus\ndate: 2031-08-05\n---\n{page}", b=page)
    (folder / "story.toml").write_text(
        '[articles."a.txt"]\ntitle = "Fire"\npublished = 2031-08-06T10:00:00Z\n'
        '[articles."gone.txt"]\noutlet = "X"\n'
    )
    story = _one(folder)
    a, b = story.articles
    assert (a.title, a.outlet, a.published, a.notes) == ("Fire", "Argus", date(2031, 8, 6), ())
    assert (b.title, b.outlet, b.published) == ("Mill burns", "Samplewire", date(2031, 8, 4))
    assert b.notes == ("outlet taken from the dateline: Samplewire",)
    assert _skips(story) == {"gone.txt": "named in story.toml, but not there"}
    assert a.sentences[0].span.cut(a.text) == "Mill burns"


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('[articles."a.txt"]\noutlet = ', r"story\.toml is not valid TOML: .*line 2"),
        ('[articles."a.txt"]\n\noutlet = 3', r"story\.toml, line 3: outlet must be text in quotes"),
        ('[articles."a.txt"]\noutlet = " "', r"story\.toml, line 2: outlet must be text"),
        ('[articles."a.txt"]\npublished = "last week"', r"story\.toml, line 2: published must be a date"),
        (
            '[articles."a.txt"]\npublishd = 2031-08-04',
            r"story\.toml, line 2: unknown key 'publishd' \(known: ",
        ),
        ('name = "x"', r"story\.toml, line 1: unknown key 'name'"),
        ("\narticles = 3", r"story\.toml, line 2: articles must be tables"),
        ('[articles]\n"a.txt" = "Argus"', r"story\.toml, line 2: .*must be a table"),
        ('[articles.a.txt]\noutlet = "Argus"', r"unknown key 'txt' .*quote the file name"),
        ("a = " + "[" * 5000, r"story\.toml is not valid TOML"),
        ("\udcff", r"story\.toml is not valid TOML"),
        ("title = 3", r"story\.toml, line 1: title must be text in quotes"),
        ('[articles."a.txt"]\nid = true', r"story\.toml, line 2: id must be text in quotes, or a number"),
        ('[articles."a.csv"]\nid = "7"', r"line 2: an id is that of one article; the rows of 'a\.csv' have"),
    ],
)
def test_a_bad_sidecar_is_an_error_with_its_line(tmp_path: Path, toml: str, message: str) -> None:
    folder = _write(tmp_path / "fire", a=MILL)
    (folder / "story.toml").write_bytes(toml.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=message) as caught:
        ingest([folder])
    assert "\n" not in str(caught.value)


def test_the_sidecar_is_found_beside_a_single_file_and_may_date_as_text(tmp_path: Path) -> None:
    folder = _write(tmp_path / "fire", a=MILL, b=BRIDGE)
    (folder / "story.toml").write_text(
        '[articles."a.txt"]\npublished = "4 August 2031"\n[articles."b.txt"]\n'
    )
    story = _one(folder / "a.txt")
    assert story.articles[0].published == date(2031, 8, 4)
    assert story.skipped == ()


FRENCH = "Le maire a déclaré que le pont était fermé après l’inondation, a dit Élodie à Norwick.\r\n"


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-32", "utf-32")],
)
def test_unicode_is_read_without_its_mark_and_with_its_line_ends(encoding: str, said: str) -> None:
    assert decode(FRENCH.encode(encoding)) == Decoded(FRENCH, said)


def test_a_guessed_encoding_is_said(tmp_path: Path) -> None:
    (tmp_path / "fr.txt").write_bytes(FRENCH.encode("cp1252"))
    (tmp_path / "ru.txt").write_bytes(
        ("Мэр города заявил, что мост закрыт после наводнения. " * 3).encode("cp1251")
    )
    french, russian = _one(tmp_path).articles
    assert (french.text, french.encoding, french.notes) == (FRENCH, "cp1252", ("encoding guessed: cp1252",))
    assert russian.text.startswith("Мэр города")
    assert russian.notes == ("encoding guessed: cp1251",)


def test_a_damaged_character_does_not_cost_the_article() -> None:
    found = decode(("“Élodie,” she said. “Où?” " * 4).encode() + b"\xe2\x80")
    assert found.encoding == "utf-8"
    assert found.text.endswith("\ufffd")
    assert "damaged" in found.notes[0]


@pytest.mark.parametrize("data", [b"\xff\xfea", b"\xef\xbb\xbf\xff", b"\x81\x00", b"\xef\xbb\xbf", b"a\x00b"])
def test_bytes_that_are_no_text_say_why(data: bytes) -> None:
    with pytest.raises(NotText) as caught:
        decode(data)
    assert str(caught.value)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400))
def test_any_bytes_are_text_without_surrogates_or_a_reason(data: bytes) -> None:
    try:
        found = decode(data)
    except NotText:
        return
    assert found.text.encode()
    assert "\x00" not in found.text


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
        lambda text: bool(text.strip())
    )
)
def test_utf8_text_comes_back_as_it_is(text: str) -> None:
    text = text.replace("\ufeff", "") + "\r\nThe mill burned.\r"
    assert decode(text.encode()) == Decoded(text, "utf-8")
