"""Whether a store is sound is told by reading it alone."""

import sqlite3
from pathlib import Path

import pytest

from pipeline.store import ANSWERS, DECISIONS, open_answers, record_decision
from pipeline.store.soundness import count_sound
from tests.stored_answers import store_answers
from tests.test_decisions import decision


def filled(folder: Path, count: int) -> Path:
    path = folder / ANSWERS
    store_answers(path, {f"key {n}": "x" * 500 for n in range(count)})
    return path


@pytest.mark.parametrize("name", ["plain", "what? #1 & 100 %41"])
def test_rows_are_counted_and_nothing_is_made_beside_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    path = filled(folder, 3)
    record_decision(folder, decision("f1"))
    record_decision(folder, decision("f1"))
    before = {file: file.read_bytes() for file in folder.iterdir()}
    assert set(before) == {path, folder / DECISIONS}
    assert count_sound(path, "answer") == 3
    assert count_sound(folder / DECISIONS, "event") == 2
    monkeypatch.chdir(folder)
    assert count_sound(Path(ANSWERS), "answer") == 3
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


async def test_what_a_running_check_has_stored_is_counted(tmp_path: Path) -> None:
    with open_answers(tmp_path / ANSWERS) as answers:
        await answers.put("a", "extract", "1")
        assert (tmp_path / f"{ANSWERS}-wal").exists()
        assert count_sound(tmp_path / ANSWERS, "answer") == 1


def test_a_store_of_a_run_that_was_killed_at_once_is_sound(tmp_path: Path) -> None:
    (tmp_path / ANSWERS).touch()
    assert count_sound(tmp_path / ANSWERS, "answer") == 0


def test_a_store_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unable to open"):
        count_sound(tmp_path / ANSWERS, "answer")
    assert list(tmp_path.iterdir()) == []


def test_one_store_is_not_taken_for_the_other(tmp_path: Path) -> None:
    record_decision(tmp_path, decision("f1"))
    with pytest.raises(ValueError, match=r"^it is no store of storycheck's$"):
        count_sound(tmp_path / DECISIONS, "answer")
    with pytest.raises(ValueError, match=r"^it is no store of storycheck's$"):
        count_sound(filled(tmp_path, 1), "event")


@pytest.mark.parametrize("garbage", [b"no database at all, but long" * 50, b"SQLite format 3\0junk"])
def test_what_is_no_database_is_told(tmp_path: Path, garbage: bytes) -> None:
    (tmp_path / ANSWERS).write_bytes(garbage)
    with pytest.raises(ValueError, match=r"not a database|malformed"):
        count_sound(tmp_path / ANSWERS, "answer")


def test_a_damaged_page_is_told_in_one_line(tmp_path: Path) -> None:
    path = filled(tmp_path, 60)
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 100] = b"\xff" * 100
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"^\S.*\S$") as caught:
        count_sound(path, "answer")
    assert "\n" not in str(caught.value)
    assert "Page" in str(caught.value)


def test_a_row_that_its_index_lacks_is_damage(tmp_path: Path) -> None:
    record_decision(tmp_path, decision("f1"))
    path = tmp_path / DECISIONS
    for statement in (
        "CREATE TABLE kept AS SELECT * FROM sqlite_schema WHERE name = 'by_finding'",
        "DELETE FROM sqlite_schema WHERE name = 'by_finding'",
        "DELETE FROM event",  # in a connection that knows no index
        "INSERT INTO sqlite_schema SELECT * FROM kept",
    ):
        broken = sqlite3.connect(path)
        with broken:
            broken.execute("PRAGMA writable_schema = ON")
            broken.execute(statement)
        broken.close()
    with pytest.raises(ValueError, match="index by_finding"):
        count_sound(path, "event")
