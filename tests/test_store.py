"""How a run is kept: what is refused, what survives, and what is never half written."""

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.store import (
    answers_path,
    open_answers,
    prepare_run_directory,
    read_report,
    write_report,
    write_text,
)
from tests.sample_report import sample_report
from tests.stored_answers import store_answers

NOT_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")


def one_line(caught: pytest.ExceptionInfo[InputError], *named: Path) -> None:
    message = str(caught.value)
    assert "\n" not in message
    assert all(str(path) in message for path in named)


# -- answers --


@settings(deadline=None, max_examples=15)
@given(st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=8))
def test_what_is_stored_is_found_again(
    tmp_path_factory: pytest.TempPathFactory, kept: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("store") / "answers.sqlite"
    with open_answers(path) as answers:
        assert all(answers.get(key) is None for key in kept)
    store_answers(path, kept)
    with open_answers(path) as answers:
        assert {key: answers.get(key) for key in kept} == kept


async def test_two_runs_may_share_a_store(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    with open_answers(path) as one, open_answers(path) as other:
        await one.put("a", "extract", "1")
        await other.put("b", "extract", "2")
        await other.put("a", "extract", "1")
        assert (one.get("b"), other.get("a")) == ("2", "1")


def test_another_tools_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE answer (key TEXT PRIMARY KEY)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(InputError) as caught, open_answers(path):
        pass
    one_line(caught, path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("garbage", [b"no database at all, but long" * 50, b"SQLite format 3\0junk"])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "answers.sqlite"
    path.write_bytes(garbage)
    with pytest.raises(InputError) as caught, open_answers(path):
        pass
    one_line(caught, path)
    assert path.read_bytes() == garbage


def test_a_folder_in_place_of_the_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught, open_answers(tmp_path):
        pass
    one_line(caught, tmp_path)


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    store_answers(path, {f"key {n}": "x" * 500 for n in range(200)})
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 100] = b"\xff" * 100
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        _read_all(path)
    one_line(caught, path)


def _read_all(path: Path) -> None:
    with open_answers(path) as answers:
        for n in range(200):
            answers.get(f"key {n}")


# -- the run directory --


def test_a_new_folder_is_made_and_taken_again(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    prepare_run_directory(out)
    prepare_run_directory(out)
    with open_answers(answers_path(out, None)):
        prepare_run_directory(out)


@pytest.mark.parametrize("name", ["notes.txt", "index.html", "report.json", "answers.sqlite", "report.html"])
def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"passed": 3, "note": "written by another tool, and long enough"}' * 3)
    with pytest.raises(InputError, match="no run of storycheck") as caught:
        prepare_run_directory(tmp_path)
    one_line(caught, tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_a_report_of_ours_marks_the_folder_even_without_its_store(tmp_path: Path) -> None:
    write_report(tmp_path, sample_report())
    (tmp_path / "notes.txt").write_text("mine")
    prepare_run_directory(tmp_path)


def test_an_index_of_ours_marks_the_folder(tmp_path: Path) -> None:
    from pipeline.report import render_index  # noqa: PLC0415 - jinja2, which only this test needs

    write_text(tmp_path / "index.html", render_index([]))
    prepare_run_directory(tmp_path)


def test_what_a_killed_run_left_half_written_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / ".report.json.k1ll3d").write_text("{")
    prepare_run_directory(tmp_path)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("mine")
    for path in (out, out / "deeper"):
        with pytest.raises(InputError) as caught:
            prepare_run_directory(path)
        one_line(caught, path)
    assert out.read_text() == "mine"


@NOT_ROOT
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    for path in (tmp_path, tmp_path / "new"):
        with pytest.raises(InputError) as caught:
            prepare_run_directory(path)
        one_line(caught, path)


def test_a_folder_on_a_read_only_file_system_is_refused() -> None:
    if not Path("/proc/self").is_dir():
        pytest.skip("no file system here that nobody can write to")
    with pytest.raises(InputError) as caught:
        prepare_run_directory(Path("/proc/self/storycheck"))
    one_line(caught, Path("/proc/self/storycheck"))


# -- the shared cache --


def test_the_store_is_in_out_unless_a_cache_is_named(tmp_path: Path) -> None:
    assert answers_path(tmp_path, None) == tmp_path / "answers.sqlite"
    assert answers_path(tmp_path, tmp_path / "shared") == tmp_path / "shared" / "answers.sqlite"
    assert answers_path(tmp_path, tmp_path / "deep" / "shared.sqlite") == tmp_path / "deep" / "shared.sqlite"
    assert (tmp_path / "deep").is_dir()


def test_a_cache_that_is_there_is_taken_for_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "shared.d").mkdir()
    (tmp_path / "plain").touch()
    assert answers_path(tmp_path, tmp_path / "shared.d") == tmp_path / "shared.d" / "answers.sqlite"
    assert answers_path(tmp_path, tmp_path / "plain") == tmp_path / "plain"


def test_a_cache_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError) as caught:
        answers_path(tmp_path, tmp_path / "file" / "cache")
    one_line(caught, tmp_path / "file")


# -- files --


def test_text_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.md"
    write_text(path, "“first”\n")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.store.folder.os.fsync", full)
    with pytest.raises(InputError, match="No space left") as caught:
        write_text(path, "second\n" * 1000)
    one_line(caught, path)
    assert path.read_text(encoding="utf-8") == "“first”\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.md"]


def test_text_that_is_no_unicode_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    write_text(path, "first\n")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "half a character: \ud83d")
    assert path.read_text(encoding="utf-8") == "first\n"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_in_a_files_place_is_told(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.mkdir()
    with pytest.raises(InputError) as caught:
        write_text(path, "text")
    one_line(caught, path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]


def test_a_written_report_is_read_as_it_was(tmp_path: Path) -> None:
    report = sample_report()
    path = write_report(tmp_path, report)
    assert read_report(tmp_path) == report
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_missing_report_is_told(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match="no run") as caught:
            read_report(folder)
        one_line(caught, folder)


@pytest.mark.parametrize(
    "damaged", ["", "{", "[]", '{"schema_version": 1}', "\x00\x01", '{"schema_version": 2}']
)
def test_a_damaged_report_is_told(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "report.json").write_text(damaged)
    with pytest.raises(InputError, match="damaged") as caught:
        read_report(tmp_path)
    one_line(caught, tmp_path / "report.json")


def test_a_report_that_is_no_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_bytes(b"\xff\xfe{}")
    with pytest.raises(InputError, match="damaged"):
        read_report(tmp_path)
