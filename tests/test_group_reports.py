"""What a desk finds again after `group` and `check`: titles, ids of rows, and what never became a story."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.grouping.stories import story_title
from pipeline.ingest import ingest, open_stories
from pipeline.reading.leftout import read_skipped, skipped_line
from pipeline.report.text import one_line
from pipeline.store import read_report, story_folders
from schemas.article import Skipped
from tests.commands import Serve, run_command
from tests.fake_endpoint import check_answer
from tests.hostile_report import TakenApart
from tests.test_group import FERRY, FIRE, LONE, line, write_lines


@pytest.fixture
def out(tmp_path: Path, serve: Serve) -> Path:
    """A batch of two stories that `group` made of rows with ids."""
    rows = [line(article, id=f"{article[0]}-{i}") for i, article in enumerate((*FIRE, *FERRY))]
    write_lines(tmp_path / "pile.jsonl", rows)
    assert run_command("group", tmp_path / "pile.jsonl", "-o", tmp_path / "stories", "-q").code == 0
    serve(check_answer)
    done = run_command("check", tmp_path / "stories", "-o", tmp_path / "out", "--model", "m", "-q")
    assert done.code == 0, done.err
    return tmp_path / "out"


# -- titles --


@pytest.mark.parametrize(
    ("headlines", "title"),
    [
        (["‘We were left’", "Ferry strikes reef", "Six dead in ferry disaster"], "Ferry strikes reef"),
        (["Left alone", "Left alone", "Mill burns", "Tarnholm mill is gone"], "Mill burns"),
        (["One", "Two"], "One"),
        ([], None),
    ],
)
def test_a_title_is_the_headline_that_is_most_like_the_others(
    headlines: list[str], title: str | None
) -> None:
    assert story_title(headlines) == title


def test_a_story_has_the_headline_of_an_article_as_its_title(out: Path) -> None:
    fire, ferry = FIRE[0][1], FERRY[0][1]
    reports = {read_report(folder).title: folder for folder in story_folders(out)}
    assert reports.keys() == {fire, ferry}
    page = TakenApart((reports[fire] / "report.html").read_text(encoding="utf-8"))
    assert f"{fire} · storycheck" in page.text
    assert reports[fire].name in page.by_id["run"]
    assert (reports[fire] / "report.md").read_text(encoding="utf-8").startswith(f"# {fire}\n")
    index = TakenApart((out / "index.html").read_text(encoding="utf-8")).by_id["stories"]
    for title, folder in reports.items():
        assert str(title) in index
        assert folder.name in index


def test_a_title_of_ones_own_stays_and_the_folder_is_still_the_key(tmp_path: Path, out: Path) -> None:
    [sidecar] = (tmp_path / "stories").glob("fire-*/story.toml")
    text = sidecar.read_text(encoding="utf-8")
    sidecar.write_text(text.replace(f'"{FIRE[0][1]}"  #', '"The fire"  #'), encoding="utf-8")
    more = write_lines(tmp_path / "more.jsonl", [line(("Post", *FIRE[1][1:]))])
    assert run_command("group", more, "-o", tmp_path / "stories", "-q").code == 0
    [fire] = [story for story in ingest([tmp_path / "stories"]) if story.name.startswith("fire")]
    assert (fire.title, len(fire.articles)) == ("The fire", 4)
    assert run_command("check", tmp_path / "stories", "-o", out, "--model", "m", "-q").code == 0
    report = read_report(out / fire.name)
    assert (report.story, report.title) == (fire.name, "The fire")


def test_a_folder_that_nobody_gave_a_title_goes_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "mill").mkdir()
    (tmp_path / "mill" / "gull.txt").write_text(f"# {FIRE[0][1]}\n\n{FIRE[0][2]}\n", encoding="utf-8")
    [story] = ingest([tmp_path / "mill"])
    assert (story.name, story.title) == ("mill", None)


def test_a_title_is_that_of_one_folder(tmp_path: Path) -> None:
    for name, (_, title, text) in {"a": FIRE[0], "b": FIRE[1]}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "gull.txt").write_text(text, encoding="utf-8")
        (tmp_path / name / "story.toml").write_text(f'title = "{title}"\n', encoding="utf-8")
    [one] = ingest([tmp_path / "a" / "gull.txt"])
    [both] = ingest([tmp_path / "a" / "gull.txt", tmp_path / "b" / "gull.txt"])
    assert (one.title, both.title) == (FIRE[0][1], None)


# -- ids --


def test_findings_and_claims_are_joined_back_to_the_rows_they_come_from(tmp_path: Path, out: Path) -> None:
    rows = {row["id"]: row for row in map(json.loads, (tmp_path / "pile.jsonl").read_text().splitlines())}
    claims = [
        json.loads(one)
        for one in run_command("export", out, "--format", "jsonl", "--what", "claims").out.splitlines()
    ]
    assert {claim["given_id"] for claim in claims} == rows.keys()
    for claim in claims:
        assert claim["quote"] in rows[claim["given_id"]]["text"]
        assert claim["story_title"] in (FIRE[0][1], FERRY[0][1])
    text = run_command("export", out, "--format", "csv").out.removeprefix("\ufeff")
    found = list(csv.DictReader(io.StringIO(text)))
    assert found
    for finding in found:
        for side in "12":
            row = rows[finding[f"given_id_{side}"]]
            assert row["outlet"] == finding[f"outlet_{side}"]
            assert finding[f"quote_{side}"] in one_line(row["text"])


def test_the_id_of_a_sidecar_is_that_of_one_article(tmp_path: Path) -> None:
    (tmp_path / "mill").mkdir()
    (tmp_path / "mill" / "gull.txt").write_text(FIRE[0][2], encoding="utf-8")
    (tmp_path / "mill" / "story.toml").write_text('[articles."gull.txt"]\nid = 17\n', encoding="utf-8")
    [story] = ingest([tmp_path / "mill"])
    assert story.articles[0].given_id == "17"


# -- what is in no story --


def test_what_group_left_out_is_in_the_index_and_the_export(tmp_path: Path, serve: Serve) -> None:
    serve(check_answer)
    pile, stories, out = tmp_path / "pile.jsonl", tmp_path / "stories", tmp_path / "out"
    told = [line(article) for article in (*FIRE, *FERRY, LONE)]
    write_lines(pile, [*told, told[0], '{"outlet": "<b>"}'])
    assert run_command("group", pile, "-o", stories, "-q").code == 3
    done = run_command("check", stories, "-o", out, "--model", "m", "-q")
    assert (done.code, done.err) == (0, "")  # all that was put into stories was checked
    index = (out / "index.html").read_text(encoding="utf-8")
    page = TakenApart(index)
    assert "3 inputs were left out when the stories were made" in page.text
    listed = " ".join(page.by_id["left-out"].split())
    assert f"{stories / 'alone.jsonl'} 1 article that too few outlets tell of" in listed
    assert f"{pile}:7 the same article as {pile}:1" in listed
    assert f"{pile}:8 no field 'text' (its fields: outlet)" in listed
    assert run_command("report", out).code == 0
    assert (out / "index.html").read_text(encoding="utf-8") == index
    exported = json.loads(run_command("export", out, "--format", "json").out)
    places = [str(stories / "alone.jsonl"), f"{pile}:8", f"{pile}:7"]
    assert [one["path"] for one in exported["skipped"]] == places
    assert not any(f"{pile}:8" in (folder / "report.html").read_text() for folder in story_folders(out))


def test_the_only_story_tells_itself_what_was_left_out(tmp_path: Path) -> None:
    stories = tmp_path / "stories"
    pile = write_lines(tmp_path / "pile.jsonl", [*map(line, FIRE), '{"outlet": "Bell"}'])
    assert run_command("group", pile, "-o", stories, "-q").code == 3
    [story] = ingest([stories])
    [skipped] = story.skipped
    assert (skipped.path, skipped.is_lost, story.left_out) == (f"{pile}:4", False, ())


def test_what_is_read_one_by_one_leaves_out_the_same(tmp_path: Path) -> None:
    pile = write_lines(tmp_path / "pile.jsonl", [*map(line, (*FIRE, *FERRY)), '{"outlet": "Bell"}'])
    assert run_command("group", pile, "-o", tmp_path / "stories", "-q").code == 3
    first, second = ingest([tmp_path / "stories"])
    assert [one.path for one in first.left_out] == [f"{pile}:6"]
    assert second.left_out == ()
    assert list(open_stories([tmp_path / "stories"])) == [first, second]


def test_a_later_run_forgets_what_it_found_mended_and_nothing_else(tmp_path: Path) -> None:
    one = write_lines(tmp_path / "one.jsonl", [*map(line, FIRE), '{"outlet": "Bell"}'])
    two = write_lines(tmp_path / "two.jsonl", [*map(line, FERRY), '{"outlet": "Echo"}'])
    out = tmp_path / "stories"
    for pile in (one, two):
        assert run_command("group", pile, "-o", out, "-q").code == 3
    assert [skipped.path for skipped in read_skipped(out)] == [f"{one}:4", f"{two}:3"]
    write_lines(one, map(line, FIRE))
    assert run_command("group", one, "-o", out, "-q").code == 0
    assert [skipped.path for skipped in read_skipped(out)] == [f"{two}:3"]
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "empty.txt").write_text("")
    assert run_command("group", tmp_path / "deep", one, "-o", out, "-q").code == 3
    assert len(list(read_skipped(out))) == 2
    (tmp_path / "deep" / "empty.txt").write_text(LONE[2])
    assert run_command("group", tmp_path / "deep", "-o", out, "-q").code == 0
    assert [skipped.path for skipped in read_skipped(out)] == [f"{two}:3"]


@pytest.mark.parametrize("damaged", ["{", "[]", '{"from": 3, "reason": "x"}', "[" * 100_000, "\udcff"])
def test_a_damaged_list_of_what_was_left_out_says_so(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "skipped.jsonl").write_bytes(f"{damaged}\n".encode("utf-8", "surrogateescape"))
    [told] = read_skipped(tmp_path)
    assert told.path == f"{tmp_path / 'skipped.jsonl'}:1"


@given(st.text(), st.text())
def test_a_line_on_what_was_left_out_is_one_line_whatever_it_says(path: str, reason: str) -> None:
    assert skipped_line(Skipped(path=path, reason=reason)).count("\n") == 1
