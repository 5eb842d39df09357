"""`storycheck report`: the pages of a run, or of a whole batch, made again from what is stored."""

import os
import shutil
from pathlib import Path

import pytest

from pipeline.report import IndexEntry, index_entry, render_index
from pipeline.store import DECISIONS
from schemas.decision import Ruling
from tests import sample_report as sample
from tests.commands import run_command
from tests.stored_runs import decision_on, write_run

PAGES = ("report.html", "report.md")


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """Write a batch of two stories, their pages and index missing."""
    out = tmp_path / "out"
    for name in ("b-crane", "a-calm"):
        write_run(out / name, sample.sample_report(story=name))
    return out


def index_of(out: Path) -> str:
    return (out / "index.html").read_text(encoding="utf-8")


def test_every_story_of_a_batch_and_the_index_are_made_again(batch: Path) -> None:
    done = run_command("report", batch)
    assert (done.code, done.err) == (0, "")
    written = [batch / "a-calm" / "report.html", batch / "b-crane" / "report.html", batch / "index.html"]
    assert done.out.splitlines() == [str(path) for path in written]
    assert all((batch / name / page).is_file() for name in ("a-calm", "b-crane") for page in PAGES)
    assert 'href="./a-calm/report.html"' in index_of(batch)
    assert 'href="../index.html"' in (batch / "a-calm" / "report.html").read_text(encoding="utf-8")
    assert 'href="./b-crane/report.html#finding-c1"' in index_of(batch)
    before = {path: path.read_bytes() for path in batch.rglob("*.*")}
    run_command("report", batch)
    assert {path: path.read_bytes() for path in batch.rglob("*.*")} == before


def test_a_batch_that_was_copied_elsewhere_gives_the_same_index(batch: Path, tmp_path: Path) -> None:
    run_command("report", batch)
    shutil.copytree(batch, tmp_path / "copy")
    (tmp_path / "copy" / "index.html").unlink()
    run_command("report", tmp_path / "copy")
    assert index_of(tmp_path / "copy") == index_of(batch)


def test_the_report_that_the_pages_are_made_from_stays_as_it_is(tmp_path: Path) -> None:
    write_run(tmp_path, sample.sample_report())
    report = tmp_path / "report.json"
    older = report.read_text(encoding="utf-8").replace('"dropped"', '"dropped" ', 1)
    report.write_text(older, encoding="utf-8")
    assert run_command("report", tmp_path).code == 0
    assert report.read_text(encoding="utf-8") == older


def test_one_story_writes_no_index(tmp_path: Path) -> None:
    write_run(tmp_path, sample.sample_report())
    write_run(tmp_path / "older", sample.sample_report())
    done = run_command("report", tmp_path)
    assert (done.code, done.out) == (0, f"{tmp_path / 'report.html'}\n")
    assert not (tmp_path / "index.html").exists()
    assert "index.html" not in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not (tmp_path / "older" / "report.html").exists()


def test_a_damaged_story_is_told_and_the_others_go_on(batch: Path) -> None:
    run_command("report", batch)
    whole = (batch / "a-calm" / "report.json").read_bytes()
    (batch / "a-calm" / "report.json").write_bytes(whole[:500])
    (batch / "b-crane" / "report.html").unlink()
    done = run_command("report", batch)
    assert done.code == 3
    assert str(batch / "a-calm" / "report.json") in done.told
    assert done.out.splitlines() == [str(batch / "b-crane" / "report.html"), str(batch / "index.html")]
    assert done.told.removeprefix("storycheck: ") in index_of(batch)
    assert 'href="./a-calm' not in index_of(batch)
    (batch / "a-calm" / "report.json").write_bytes(whole)
    assert run_command("report", batch).code == 0
    assert "No report." not in index_of(batch)


def test_each_damaged_story_has_one_line(batch: Path) -> None:
    (batch / "a-calm" / "report.json").write_text("{}")
    newer = (batch / "b-crane" / "report.json").read_text(encoding="utf-8")
    newer = newer.replace('"schema_version": 1', '"schema_version": 9')
    (batch / "b-crane" / "report.json").write_text(newer, encoding="utf-8")
    done = run_command("report", batch)
    assert done.code == 3
    assert [line.startswith("storycheck: ") for line in done.err.splitlines()] == [True, True]
    assert done.out.splitlines() == [str(batch / "index.html")]


def test_a_story_that_the_batch_never_got_to_stays_in_the_index(batch: Path) -> None:
    never = IndexEntry(name="c-never", problem="No answer from the endpoint.")
    entry = index_entry(sample.sample_report(story="a-calm"), "a-calm/report.html")
    (batch / "index.html").write_text(render_index([entry, never]), encoding="utf-8")
    for _ in range(2):
        assert run_command("report", batch).code == 0
        assert "c-never" in index_of(batch)
        assert "No answer from the endpoint." in index_of(batch)
    write_run(batch / "c-never", sample.sample_report(story="c-never"))
    run_command("report", batch)
    assert "No answer" not in index_of(batch)


def test_decisions_are_in_the_index(batch: Path) -> None:
    report = sample.sample_report(story="a-calm")
    write_run(batch / "a-calm", report, decision_on(report, "c1", Ruling.dismissed))
    assert run_command("report", batch).code == 0
    assert "./a-calm/report.html#finding-c1" not in index_of(batch)
    assert "./b-crane/report.html#finding-c1" in index_of(batch)
    assert "1 dismissed" in index_of(batch)


def test_decisions_that_cannot_be_read_are_told_and_the_report_is_still_linked(batch: Path) -> None:
    (batch / "a-calm" / DECISIONS).write_bytes(b"no database" * 200)
    done = run_command("report", batch)
    assert done.code == 3
    assert DECISIONS in done.told
    assert 'href="./a-calm/report.html"' in index_of(batch)
    assert DECISIONS in index_of(batch)


def test_a_link_out_of_the_batch_is_told_and_not_followed(batch: Path, tmp_path: Path) -> None:
    elsewhere = write_run(tmp_path / "elsewhere", sample.sample_report(story="Secret story"))
    (batch / "c-link").symlink_to(elsewhere, target_is_directory=True)
    (batch / "d-file").mkdir()
    (batch / "d-file" / "report.json").symlink_to(elsewhere / "report.json")
    done = run_command("report", batch)
    assert done.code == 3
    assert len(done.err.splitlines()) == 2
    assert all("not followed" in line for line in done.err.splitlines())
    assert {path.name for path in elsewhere.iterdir()} == {"report.json"}
    assert "Secret story" not in index_of(batch)
    assert "c-link" in index_of(batch)
    assert "d-file" in index_of(batch)


def test_a_link_in_the_place_of_a_page_is_replaced_not_written_through(batch: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.html").write_text("mine")
    (batch / "a-calm" / "report.html").symlink_to(tmp_path / "mine.html")
    (batch / "index.html").symlink_to(tmp_path / "mine.html")
    assert run_command("report", batch).code == 0
    assert (tmp_path / "mine.html").read_text() == "mine"
    assert "storycheck" in index_of(batch)


def test_what_is_no_story_is_left_alone(batch: Path) -> None:
    (batch / "notes").mkdir()
    (batch / "notes" / "mine.txt").write_text("mine")
    (batch / ".hidden").mkdir()
    write_run(batch / ".hidden", sample.sample_report(story="Hidden story"))
    (batch / "a file").write_text("mine")
    assert run_command("report", batch).code == 0
    assert {path.name for path in (batch / "notes").iterdir()} == {"mine.txt"}
    assert "Hidden story" not in index_of(batch)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look into every folder")
def test_a_folder_that_cannot_be_looked_into_is_told(batch: Path) -> None:
    (batch / "a-calm").chmod(0)
    try:
        done = run_command("report", batch)
    finally:
        (batch / "a-calm").chmod(0o755)
    assert done.code == 3
    assert "a-calm" in done.told


def test_a_story_that_cannot_be_written_is_told_and_the_others_go_on(batch: Path) -> None:
    (batch / "a-calm" / "report.md").mkdir()
    done = run_command("report", batch)
    assert done.code == 3
    assert "report.md" in done.told
    assert (batch / "b-crane" / "report.html").is_file()
    assert "report.md" in index_of(batch)


def test_a_name_with_a_line_break_makes_no_second_line(batch: Path) -> None:
    (batch / "c\nstorycheck: all is well").mkdir()
    (batch / "c\nstorycheck: all is well" / "report.json").write_text("{}")
    assert run_command("report", batch).told.startswith("storycheck: ")


@pytest.mark.parametrize("content", [(), ("index.html",), ("sub/mine.txt",)])
def test_a_folder_without_any_run_is_2(tmp_path: Path, content: tuple[str, ...]) -> None:
    for name in content:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine")
    done = run_command("report", tmp_path)
    assert done.code == 2
    assert "There is no run in" in done.told
    assert not content or (tmp_path / content[0]).read_text() == "mine"
