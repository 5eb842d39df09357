"""Word documents: their text is read as it stands once changes are accepted; what is none is told."""

from pathlib import Path

import pytest

from pipeline.ingest import ingest
from schemas.article import Article
from tests.documents import bomb, with_parts, word
from tests.webpages import HEADLINE, PROSE, refused_beside_a_good_one


def read(folder: Path, data: bytes) -> Article:
    (folder / "mill.docx").write_bytes(data)
    [story] = ingest([folder / "mill.docx"])
    [article] = story.articles
    return article


def lines(article: Article) -> list[str]:
    return article.text.strip().split("\n\n")


def test_paragraphs_and_rows_are_lines_in_their_order(tmp_path: Path) -> None:
    article = read(tmp_path, word([HEADLINE, *PROSE], rows=[("Ward", "Hurt"), ("North", "9")]))
    assert lines(article) == [HEADLINE, *PROSE, "Ward | Hurt", "North | 9"]
    assert [article.quote(s.span) for s in article.sentences][:2] == [HEADLINE, PROSE[0]]
    assert article.title == HEADLINE
    assert (article.published, article.author, article.notes) == (None, None, ())


@pytest.mark.parametrize(("said", "known"), [("FIRE GUTS THE MARROW LANE MILL", True), ("A template", False)])
def test_a_title_is_believed_where_the_text_says_it(tmp_path: Path, said: str, known: bool) -> None:
    assert read(tmp_path, word([HEADLINE, *PROSE], title=said)).title == (said if known else HEADLINE)


def test_tracked_changes_are_read_as_accepted(tmp_path: Path) -> None:
    run = '<w:t xml:space="preserve"> at night</w:t>'
    changed = (
        "<w:t>The mill burned down</w:t></w:r>"
        f'<w:ins w:id="1" w:author="x"><w:r>{run}</w:r></w:ins>'
        '<w:del w:id="2" w:author="x"><w:r><w:delText> by day</w:delText></w:r></w:del>'
        '<w:moveFrom w:id="3" w:author="x"><w:r><w:t> twice</w:t></w:r></w:moveFrom>'
        "<w:r><w:tab/><w:t>in Tarnholm</w:t><w:noBreakHyphen/><w:t>West.</w:t>"
    )
    article = read(tmp_path, word(["X", "HERE"], xml=("<w:t>HERE</w:t>", changed)))
    assert lines(article) == ["X", "The mill burned down at night in Tarnholm-West."]
    assert article.notes == ("it has tracked changes, and is read as if all were accepted",)


def test_a_cell_in_a_cell_stays_in_its_row(tmp_path: Path) -> None:
    inner = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>inner</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/>"
    made = word(
        ["X"], rows=[("a", "b")], xml=("<w:t>b</w:t></w:r></w:p>", f"<w:t>b</w:t></w:r></w:p>{inner}")
    )
    assert lines(read(tmp_path, made)) == ["X", "a | b inner"]


def test_entities_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2")
    secret = (tmp_path / "secret").as_uri()
    types = f'<!DOCTYPE w:document [<!ENTITY x SYSTEM "{secret}"><!ENTITY y "boom">]>'
    made = word(["X", "HERE"], xml=("<w:document", f"{types}<w:document"))
    article = read(tmp_path, with_parts(made, ("HERE", "said &x; and &y; there")))
    assert "hunter2" not in article.text


BILLION = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))
GOOD = word([HEADLINE, *PROSE])
LAUGHS = word(
    ["X", "HERE"], xml=("<w:document", f'<!DOCTYPE w:document [<!ENTITY e0 "ha">{BILLION}]><w:document')
)
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty file"),
    "text": (b"The mill burned down.", "a damaged Word file, or none"),
    "cut off": (GOOD[: len(GOOD) // 2], "a damaged Word file, or none"),
    "an old one": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "an old or encrypted Word file"),
    "a package of something else": (bomb(1), "a damaged Word file, or none"),
    "a bomb": (bomb(101), "unpacks to more than 100 MB"),
    "no text": (word([]), "no text in the Word file"),
    "a billion laughs": (with_parts(LAUGHS, ("HERE", "&e9;")), "a damaged Word file, or none"),
    "no XML": (word(["X"], xml=("<w:body>", "<w:bo")), "a damaged Word file, or none"),
    "deep": (word(["X"], xml=("<w:body>", "<w:body>" + "<w:sdt>" * 100_000)), "a damaged Word file, or none"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_told_with_its_reason(tmp_path: Path, name: str) -> None:
    data, reason = REFUSED[name]
    assert reason in refused_beside_a_good_one(tmp_path, "bad.docx", data).reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [("a.doc", "save it as .docx"), ("a.rtf", "save it as .docx"), ("a.odt", "save it as .docx")],
)
def test_forms_that_are_not_read_say_what_to_do(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "mill.docx").write_bytes(GOOD)
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")
    [story] = ingest([tmp_path])
    assert reason in story.skipped[0].reason
    [named] = ingest([tmp_path / "mill.docx", tmp_path / name])
    assert named.skipped[0].is_lost
