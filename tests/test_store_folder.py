"""What lies in a run directory: whose it is, which stories it holds, and what a killed run left in it."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.store import (
    ANSWERS,
    DECISIONS,
    make_folder,
    prepare_run_directory,
    refuse_way_out,
    story_folders,
    write_report,
    write_text,
)
from pipeline.store.folder import LONGEST_WRITE_S, WRITTEN, clear_half_written, half_written
from tests.sample_report import sample_report

FOREIGN = "holds something that is no run of storycheck's: give another folder with -o."


def told(caught: pytest.ExceptionInfo[InputError]) -> str:
    message = str(caught.value)
    assert "\n" not in message
    return message


# -- whose a folder is --


def test_an_empty_store_of_a_run_that_was_killed_at_once_marks_the_folder(tmp_path: Path) -> None:
    (tmp_path / ANSWERS).touch()
    (tmp_path / "notes.txt").write_text("mine")
    prepare_run_directory(tmp_path)


@pytest.mark.parametrize("name", ["index.html", "report.json"])
def test_what_quotes_a_report_further_down_is_none(tmp_path: Path, name: str) -> None:
    ours = write_report(tmp_path, sample_report()).read_text()
    (tmp_path / "report.json").unlink()
    sign = '<meta name="generator" content="storycheck">'
    (tmp_path / name).write_text("a page of another tool\n" * 200 + ours + sign)
    with pytest.raises(InputError) as caught:
        prepare_run_directory(tmp_path)
    assert told(caught) == f"{tmp_path} {FOREIGN}"


def test_another_tools_decisions_do_not_mark_a_folder(tmp_path: Path) -> None:
    (tmp_path / DECISIONS).write_bytes(b"x" * 200)
    with pytest.raises(InputError) as caught:
        prepare_run_directory(tmp_path)
    assert told(caught) == f"{tmp_path} {FOREIGN}"


def test_a_folder_that_is_there_and_cannot_be_written_is_told_as_such() -> None:
    folder = Path("/proc/self/fdinfo")
    if not folder.is_dir():
        pytest.skip("no file system here that nobody can write to")
    with pytest.raises(InputError, match=r"^Cannot write to /proc/self/fdinfo ") as caught:
        prepare_run_directory(folder)
    assert told(caught).endswith("): give a folder that can be written with -o.")


# -- made and written --


def test_a_folder_is_made_with_those_above_it_and_taken_as_it_is(tmp_path: Path) -> None:
    make_folder(tmp_path / "deep" / "deeper")
    (tmp_path / "deep" / "deeper" / "notes.txt").write_text("mine")
    make_folder(tmp_path / "deep" / "deeper")
    assert (tmp_path / "deep" / "deeper" / "notes.txt").read_text() == "mine"


def test_a_file_in_a_folders_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "story").write_text("mine")
    with pytest.raises(InputError) as caught:
        make_folder(tmp_path / "story")
    assert told(caught) == f"Cannot make {tmp_path / 'story'} (File exists): move away what is there."


def test_text_needs_no_folder_but_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    write_text(tmp_path / "report.md", "text\n")
    assert (tmp_path / "report.md").read_text() == "text\n"


def test_an_interruption_as_a_file_takes_its_place_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def interrupted(self: Path, target: Path) -> Path:
        replace(self, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_text(tmp_path / "report.md", "text\n")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("report.md", "text\n")]


# -- half written --

KILLED = """
import os, sys
from pathlib import Path
from pipeline.store import write_text
os.fsync = lambda _handle: os._exit(9)
write_text(Path(sys.argv[1]), "text")
"""


def make_old(path: Path) -> Path:
    """Return ``path``, made if need be, as if it had been written a while ago."""
    if not os.path.lexists(path):
        path.touch()
    before = time.time() - LONGEST_WRITE_S - 5
    os.utime(path, (before, before), follow_symlinks=False)
    return path


def test_what_a_killed_run_leaves_is_known_and_cleared_once_nobody_can_be_writing_it(tmp_path: Path) -> None:
    script = [sys.executable, "-c", KILLED, str(tmp_path / "report.html")]
    assert subprocess.run(script, check=False).returncode == 9
    [left] = tmp_path.iterdir()
    prepare_run_directory(tmp_path)
    assert half_written(tmp_path) == []  # it may be a running one's
    clear_half_written(tmp_path)
    assert left.exists()
    make_old(left)
    assert half_written(tmp_path) == [left]
    clear_half_written(tmp_path)
    write_text(tmp_path / "report.html", "whole")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_every_file_of_ours_that_was_cut_off_is_found_and_no_other(tmp_path: Path) -> None:
    for name in (".report.json", ".reports.json.x", "report.json.x", ".notes.txt.x", "report.json"):
        make_old(tmp_path / name)
    cut_off = sorted(tmp_path / f".{name}.k1ll3d" for name in WRITTEN)
    for path in reversed(cut_off):
        make_old(path)
    link = tmp_path / ".run.json.l1nk"
    link.symlink_to(tmp_path / "nowhere")
    make_old(link)
    assert half_written(tmp_path) == sorted([*cut_off, link])
    clear_half_written(tmp_path)
    assert len(list(tmp_path.iterdir())) == 5


def test_a_folder_that_is_gone_has_nothing_to_clear(tmp_path: Path) -> None:
    clear_half_written(tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []


# -- the stories of a batch --


def test_the_stories_of_a_batch_are_the_folders_with_a_report_by_name(tmp_path: Path) -> None:
    for name in ("b", "a", ".hidden"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").touch()
    (tmp_path / "dangling").mkdir()
    (tmp_path / "dangling" / "report.json").symlink_to(tmp_path / "nowhere")
    (tmp_path / "circle").symlink_to("circle")  # cannot be looked into
    assert story_folders(tmp_path) == [tmp_path / name for name in ("a", "b", "circle", "dangling")]


def test_one_run_is_no_batch_even_if_its_report_is_a_broken_link(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "report.json").touch()
    (tmp_path / "report.json").symlink_to(tmp_path / "nowhere")
    assert story_folders(tmp_path) == []


def test_stories_of_a_folder_that_is_gone_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        story_folders(tmp_path / "gone")
    assert (
        told(caught)
        == f"There is no run in {tmp_path / 'gone'} (No such file or directory): give the folder of one."
    )


def test_a_link_is_followed_within_the_batch_alone(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "outside"
    for folder in (out / "a", elsewhere):
        folder.mkdir(parents=True)
        (folder / "report.json").touch()
    (out / "again").symlink_to(out / "a")
    (out / "away").symlink_to(elsewhere)
    (out / "b").mkdir()
    (out / "b" / "report.json").symlink_to(elsewhere / "report.json")
    (tmp_path / "way").symlink_to(out)
    for folder in (out / "a", out / "again", tmp_path / "way" / "a"):
        refuse_way_out(folder, out)
    refuse_way_out(out / "a", tmp_path / "way")
    for folder in (out / "away", out / "b"):
        with pytest.raises(InputError) as caught:
            refuse_way_out(folder, out)
        assert told(caught) == (
            f"{folder} is reached by a link that leads out of {out}, which is not followed: "
            "give the folder it leads to, or copy it."
        )
