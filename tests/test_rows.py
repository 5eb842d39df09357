"""Files of many articles: each row is one, by whatever names a dump has for its fields; bad rows are told."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli.running import MANY
from pipeline.errors import InputError
from pipeline.ingest import ingest, open_stories
from pipeline.reading.forms.fields import LONGEST_FIELD
from pipeline.reading.forms.kept import Kept
from pipeline.reading.forms.tables import read_table
from pipeline.reading.forms.text import MAX_TEXT_BYTES
from pipeline.store import read_report, read_run
from schemas.article import Article, Story
from tests.commands import Serve, run_command
from tests.documents import pdf
from tests.fake_endpoint import check_answer
from tests.webpages import HEADLINE, PROSE, page

ROWS: list[dict[str, object]] = [
    {"id": 7, "outlet": "Gull", "title": "Mill burns", "published": "2031-05-06T07:00:00Z",
     "url": "https://gull.example/mill", "text": " ".join(PROSE[:2])},
    {"id": "b-2", "outlet": "Echo", "title": "Fire, \"all night\"", "published": "2031-05-07",
     "url": "javascript:alert(1)", "text": PROSE[0].replace("Monday", "Tuesday") + "\n\n" + PROSE[2]},
]  # fmt: skip
OURS = ("id", "outlet", "title", "published", "url", "text")


def lines(rows: Sequence[Mapping[str, object] | str]) -> str:
    return "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)


def table(rows: Sequence[Mapping[str, object]], delimiter: str = ",", names: Sequence[str] = OURS) -> str:
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=delimiter)
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in rows)
    return made.getvalue()


def read(path: Path, data: str | bytes, **fields: str) -> Story:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    [story] = ingest([path], fields)
    return story


def told(article: Article) -> tuple[object, ...]:
    return article.given_id, article.outlet, article.title, article.published, article.url, article.text


TOLD = [
    ("7", "Gull", "Mill burns", date(2031, 5, 6), "https://gull.example/mill", ROWS[0]["text"]),
    ("b-2", "Echo", 'Fire, "all night"', date(2031, 5, 7), None, ROWS[1]["text"]),
]


@pytest.mark.parametrize("name", ["dump.jsonl", "dump.ndjson"])
def test_each_line_is_an_article(tmp_path: Path, name: str) -> None:
    story = read(tmp_path / name, lines(ROWS))
    assert [told(article) for article in story.articles] == TOLD
    assert [Path(article.path).name for article in story.articles] == [f"{name}:1", f"{name}:2"]
    assert [article.name for article in story.articles] == ["dump-1", "dump-2"]
    assert len({article.file_sha256 for article in story.articles}) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(("delimiter", "note"), [
    (",", None), ("\t", None), (";", "columns parted by semicolons"), ("|", "columns parted by bars"),
])  # fmt: skip
def test_each_row_of_a_table_is_an_article(
    tmp_path: Path, delimiter: str, note: str | None, encoding: str
) -> None:
    rows = [{**row, "title": f"{row['title']} – “Élodie Brûlé à Żabia”"} for row in ROWS]
    if encoding == "cp1252":
        rows = [{**row, "title": f"{row['title']} à Élodie Brûlé, “élève”"} for row in ROWS]
    story = read(tmp_path / "dump.csv", table(rows, delimiter).encode(encoding))
    assert [article.title for article in story.articles] == [row["title"] for row in rows]
    assert [article.text for article in story.articles] == [row["text"] for row in ROWS]
    # The text of the second has two line ends in it.
    assert [Path(article.path).name for article in story.articles] == ["dump.csv:2", "dump.csv:3"]
    for article in story.articles:
        assert [one for one in article.notes if one.startswith("columns")] == ([note] if note else [])
        assert any(one.startswith("encoding guessed") for one in article.notes) == (encoding == "cp1252")


def test_a_first_line_that_says_what_parts_columns_is_none_of_names(tmp_path: Path) -> None:
    story = read(tmp_path / "dump.csv", "sep=;\r\n" + table(ROWS, ";"))
    assert [told(article) for article in story.articles] == TOLD
    assert [Path(article.path).name for article in story.articles] == ["dump.csv:3", "dump.csv:4"]


def test_a_formula_is_text(tmp_path: Path) -> None:
    row = {
        **ROWS[0],
        "title": '=HYPERLINK("https://x.example","y")',
        "outlet": "@SUM(1)",
        "text": "=1 is one.",
    }
    [article] = read(tmp_path / "dump.csv", table([row])).articles
    assert (article.title, article.outlet, article.text) == (row["title"], "@SUM(1)", "=1 is one.")


FIELDS = {"text": "body", "outlet": "source.name", "title": "Head line", "url": "link"}


def test_a_dump_may_have_names_of_its_own(tmp_path: Path) -> None:
    theirs = {"text": "body", "title": "Head line", "url": "link"}
    rows: list[dict[str, object]] = [
        {**{theirs.get(name, name): value for name, value in row.items()}, "source": {"name": row["outlet"]}}
        for row in ROWS
    ]
    story = read(tmp_path / "dump.jsonl", lines(rows), **FIELDS)
    assert [told(article) for article in story.articles] == TOLD
    flat = [{**row, "source.name": ROWS[i]["outlet"]} for i, row in enumerate(rows)]
    columns = ["id", "published", "body", "source.name", "Head line", "link"]
    story = read(tmp_path / "dump.csv", table(flat, names=columns), **FIELDS)
    assert [told(article) for article in story.articles] == TOLD


def test_names_of_columns_may_be_in_capitals(tmp_path: Path) -> None:
    story = read(
        tmp_path / "dump.csv", table(ROWS).replace("outlet,title", "Outlet,TITLE").replace(",text", ",Text")
    )
    assert [told(article) for article in story.articles] == TOLD


def test_a_date_that_is_none_is_noted_and_the_article_is_read(tmp_path: Path) -> None:
    [article] = read(tmp_path / "dump.jsonl", lines([{**ROWS[0], "published": "04/05/2031"}])).articles
    assert article.published is None
    assert article.notes == ("published '04/05/2031' is not one clear date and was not used",)


def test_the_sidecar_says_what_all_rows_have_in_common(tmp_path: Path) -> None:
    (tmp_path / "story.toml").write_text('[articles."dump.jsonl"]\noutlet = "The Archive"\n')
    story = read(tmp_path / "dump.jsonl", lines(ROWS))
    assert {article.outlet for article in story.articles} == {"The Archive"}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "not valid JSON"),
        ('{"title": "x"}', "no field 'text' (its fields: title): name the one with the text by --field"),
        ('{"text": "x", "url": 4}', "url must be text"),
        (json.dumps({"text": "a " * MAX_TEXT_BYTES}), "larger than 2 MB"),
        ('{"text": ' + '"' + "a" * LONGEST_FIELD + '"}', "a line of more than 6 MB"),
    ],
)
def test_a_bad_line_is_told_with_its_place_and_the_rest_goes_on(
    tmp_path: Path, bad: str, reason: str
) -> None:
    story = read(tmp_path / "dump.jsonl", lines([ROWS[0], "", bad, ROWS[1]]))
    assert [told(article) for article in story.articles] == TOLD
    [skipped] = story.skipped
    assert skipped.is_lost
    assert skipped.path.endswith("dump.jsonl:3")
    assert skipped.reason.startswith(reason)


def test_a_name_that_no_row_has_is_told_and_the_articles_are_read(tmp_path: Path) -> None:
    story = read(tmp_path / "dump.jsonl", lines(ROWS), published="dat", outlet="outlet", url="source.link")
    assert [told(article)[1] for article in story.articles] == ["Gull", "Echo"]
    [skipped] = story.skipped
    assert skipped.is_lost
    assert skipped.reason == (
        "no row has what --field published=dat, url=source.link names "
        "(the first has: id, outlet, title, published, url, text)"
    )


def test_a_name_that_some_row_has_without_a_value_is_none_that_is_missing(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"text": PROSE[0]}, {"text": PROSE[1], "source": {"link": None}}]
    assert not read(tmp_path / "dump.jsonl", lines(rows), url="source.link").skipped


def test_a_table_without_a_column_that_was_named_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"no row has what --field published=dat names \(the first has: id, "
    ):
        read(tmp_path / "dump.csv", table(ROWS), published="dat")


def test_an_object_where_text_belongs_is_told_with_the_name_to_give(tmp_path: Path) -> None:
    rows = [ROWS[0], {**ROWS[1], "outlet": {"name": "Echo", "city": "Kelmar"}}]
    [skipped] = read(tmp_path / "dump.jsonl", lines(rows)).skipped
    assert skipped.reason == "outlet holds name, city: name one of them, as in --field outlet=outlet.name"


@pytest.mark.parametrize(
    ("bad", "place", "reason"),
    [
        ("1,Gull,x,2031-05-06,,text,more,and more", "dump.csv:3", "8 cells for 6 columns"),
        ("1,Gull,x,2031-05-06,,", "dump.csv:3", "its text is empty"),
        ('1,Gull,"x"y,2031-05-06,,text', "dump.csv:3", "no row of a table"),
        ('1,Gull,x,2031-05-06,,"' + "a" * LONGEST_FIELD + '"', "dump.csv", "a line of more than 6 MB"),
    ],
)
def test_a_bad_row_is_told_with_its_place_and_the_rest_goes_on(
    tmp_path: Path, bad: str, place: str, reason: str
) -> None:
    first, *rest = table(ROWS).split("\r\n", 2)
    story = read(tmp_path / "dump.csv", "\r\n".join([first, rest[0], bad, *rest[1:]]))
    [skipped] = story.skipped
    assert skipped.is_lost
    assert skipped.path.endswith(place)
    assert skipped.reason.startswith(reason)
    assert [told(article) for article in story.articles] == (TOLD if place.endswith("3") else TOLD[:1])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "no names of columns"),
        ("\n\n", "no names of columns"),
        (
            "a,b\n1,2\n",
            "no column 'text' (its columns: a, b): name the one with the text by --field text=NAME",
        ),
        (b"\x00\x01" * 50, "binary"),
        ("text\n", "no article found"),
    ],
)
def test_a_table_that_is_none_is_one_clear_line(tmp_path: Path, data: str | bytes, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path / "dump.csv", data)
    assert reason in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from('\n\r",;\t|')
CELLS = st.tuples(st.text(CHARACTERS, max_size=40), st.text(CHARACTERS, max_size=40))


@settings(deadline=None)
@given(st.lists(CELLS, max_size=8), st.sampled_from(",;\t|"))
def test_whatever_stands_in_cells_is_read_as_it_is(cells: list[tuple[str, str]], delimiter: str) -> None:
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=delimiter)
    writer.writerows([["title", "text"], *([title, f"The mill burned.{text}"] for title, text in cells)])
    found = list(read_table(io.BufferedReader(io.BytesIO(made.getvalue().encode())), {}))
    texts = [row.found.text for row in found if isinstance(row.found, Kept)]
    assert texts == [f"The mill burned.{text}" for _, text in cells]
    places = [row.line or 0 for row in found]
    assert places == sorted(set(places))
    assert places[:1] in ([], [2])


def test_fields_are_named_on_the_command(tmp_path: Path, serve: Serve) -> None:
    serve(check_answer)
    path = tmp_path / "dump.jsonl"
    path.write_text(lines([{"body": row["text"], "source": row["outlet"]} for row in ROWS]))
    options = ("--field", "text=body", "--field", "outlet=source")
    ended = run_command("check", path, *options, "-o", tmp_path / "out", "--model", "m")
    assert ended.code == 0, ended.err
    report = read_report(tmp_path / "out")
    assert [article.outlet for article in report.articles] == ["Gull", "Echo"]
    assert [article.path for article in report.articles] == [f"{path}:1", f"{path}:2"]
    assert f"{path}:2" in (tmp_path / "out" / "report.json").read_text()
    ended = run_command("group", path, *options, "-o", tmp_path / "stories")
    assert "2 articles read" in ended.out
    assert (
        run_command("check", path, "-o", tmp_path / "none", "--model", "m").told.count("--field text=NAME")
        == 2
    )


def test_a_pile_as_one_story_is_told_of(tmp_path: Path, serve: Serve) -> None:
    serve(check_answer)
    path = tmp_path / "dump.jsonl"
    path.write_text(lines([{"text": f"The mill of {chr(97 + i % 26)}{i} burned."} for i in range(MANY + 1)]))
    ended = run_command("check", path, "-o", tmp_path / "out", "--model", "m", "--max-calls", "0")
    assert f"{MANY + 1} articles as one story take long to compare" in ended.err
    assert "storycheck group" in ended.err
    quiet = run_command("check", path, "-o", tmp_path / "out", "--model", "m", "--max-calls", "0", "-q")
    assert "storycheck group" not in quiet.err


@pytest.mark.parametrize(
    ("option", "reason"),
    [("outlet", "OURS=THEIRS"), ("name=x", "OURS=THEIRS"), ("outlet=", "OURS=THEIRS")],
)
def test_a_field_that_is_none_is_told(tmp_path: Path, option: str, reason: str) -> None:
    (tmp_path / "a.txt").write_text(PROSE[0])
    for command in ("check", "group"):
        ended = run_command(command, tmp_path / "a.txt", "--field", option, "-o", tmp_path / "out")
        assert ended.code == 2
        assert reason in ended.told
    ended = run_command("check", tmp_path / "a.txt", "--field", "url=a", "--field", "url=b")
    assert "gives url twice" in ended.told


def test_stories_that_are_read_when_their_turn_comes_are_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        rows = [{**row, "body": f"In {name}: {row['text']}"} for row in ROWS]
        (tmp_path / name / "dump.jsonl").write_text(lines(rows))
        (tmp_path / name / "gull.html").write_text(page(headline=f"{HEADLINE} in {name}"))
        (tmp_path / name / "crier.pdf").write_bytes(pdf([[name, *PROSE], PROSE]))
    held = ingest([tmp_path], {"text": "body"})
    read_later = list(open_stories([tmp_path], {"text": "body"}))
    assert read_later == held
    assert [len(story.articles) for story in held] == [4, 4]


def test_a_run_knows_when_its_dump_was_edited(tmp_path: Path, serve: Serve) -> None:
    serve(check_answer)
    path, out = tmp_path / "dump.jsonl", tmp_path / "out"
    path.write_text(lines(ROWS))
    assert run_command("check", path, "-o", out, "--model", "m").code == 0
    assert (
        {read.file_sha256 for read in read_run(out).articles}
        == {article.file_sha256 for article in read_report(out).articles}
        != {""}
    )
    again = run_command("check", path, "-o", out, "--model", "m")
    assert "nothing changed since that run" in again.out
    replayed = run_command("check", "--replay", out)
    assert replayed.code == 0
    assert "edited" not in replayed.out + replayed.err
    path.write_text(lines([ROWS[0], {**ROWS[1], "text": "Another text."}]))
    edited = run_command("check", "--replay", out)
    assert edited.err.count("was edited") == 1
    assert f"{path} was edited; the texts of its rows are taken from the report" in edited.err
