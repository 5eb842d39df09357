"""The store of decisions in bad times: what is damaged or cannot be written is told, the rest is kept."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.store import (
    DECISIONS,
    decisionfile,
    import_decisions,
    read_decisions,
    record_decision,
    undo_change,
    why_read_only,
)
from schemas.decision import Ruling
from tests.test_decisions import decision

ADVICE = "put a copy of it back, or move it away and import decisions that were exported."
NOT_WRITABLE = "make room for it, and make it and its folder writable."


def told(attempt: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        attempt()
    message = str(caught.value)
    assert "\n" not in message
    return message


def alter(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / DECISIONS)
    with connection:
        connection.execute(statement)
    connection.close()


def damage(folder: Path, number: int) -> None:
    alter(folder, f"UPDATE event SET decision = '{{}}' WHERE number = {number}")  # noqa: S608 - ours


# -- the log --


def test_a_word_of_the_same_moment_is_the_newer_one(tmp_path: Path) -> None:
    first = record_decision(tmp_path, decision("f1"))
    second = record_decision(tmp_path, decision("f1", Ruling.dismissed))
    assert first.decided_at < second.decided_at < first.decided_at + timedelta(seconds=1)
    [kept] = read_decisions(tmp_path)
    assert kept == second


def test_every_event_says_when_it_was_in_universal_time(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    record_decision(tmp_path, decision("f1"))
    undo_change(tmp_path)
    log = sqlite3.connect(tmp_path / DECISIONS)
    times = [datetime.fromisoformat(at) for (at,) in log.execute("SELECT at FROM event ORDER BY number")]
    log.close()
    assert [time.utcoffset() for time in times] == [timedelta(0)] * 2
    assert before <= times[0] <= times[1] <= datetime.now(UTC)


# -- damage --


def test_a_damaged_record_is_told_by_whatever_meets_it(tmp_path: Path) -> None:
    record_decision(tmp_path, decision("f1"))
    damage(tmp_path, 1)
    line = f"{tmp_path / DECISIONS} is damaged: {ADVICE}"
    assert told(lambda: read_decisions(tmp_path)) == line
    assert told(lambda: record_decision(tmp_path, decision("f1"))) == line
    assert told(lambda: import_decisions(tmp_path, [decision("f2")], {"f2"})) == line
    assert told(lambda: undo_change(tmp_path)) == line
    alter(tmp_path, "UPDATE event SET decision = CAST(X'FF' AS TEXT)")
    assert told(lambda: read_decisions(tmp_path)).startswith(f"{tmp_path / DECISIONS} is damaged (")
    assert told(lambda: undo_change(tmp_path)).endswith(f"): {ADVICE}")


def test_a_damaged_record_of_the_past_is_told_by_an_undo_that_needs_it(tmp_path: Path) -> None:
    line = f"{tmp_path / DECISIONS} is damaged: {ADVICE}"
    record_decision(tmp_path, decision("f1"))
    record_decision(tmp_path, decision("f1", Ruling.dismissed))
    before = read_decisions(tmp_path)
    damage(tmp_path, 1)
    assert told(lambda: undo_change(tmp_path)) == line
    assert read_decisions(tmp_path) == before  # nothing was changed by the attempt


def test_a_damaged_record_that_is_to_be_taken_back_is_told(tmp_path: Path) -> None:
    record_decision(tmp_path, decision("f1"))
    record_decision(tmp_path, decision("f1", Ruling.dismissed))
    undo_change(tmp_path)
    damage(tmp_path, 1)
    assert told(lambda: undo_change(tmp_path)) == f"{tmp_path / DECISIONS} is damaged: {ADVICE}"


def test_a_store_of_a_later_format_is_told_with_both(tmp_path: Path) -> None:
    record_decision(tmp_path, decision("f1"))
    alter(tmp_path, "PRAGMA user_version = 2")
    assert told(lambda: record_decision(tmp_path, decision("f2"))) == (
        f"{tmp_path / DECISIONS} was written by a newer storycheck (format 2, this one knows 1): "
        "update storycheck."
    )


# -- what cannot be written --


def test_a_store_that_can_be_written_is_no_read_only_one_and_stays_as_it_is(tmp_path: Path) -> None:
    record_decision(tmp_path, decision("f1"))
    before = (tmp_path / DECISIONS).read_bytes()
    assert why_read_only(tmp_path) is None
    assert (tmp_path / DECISIONS).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [DECISIONS]
    record_decision(tmp_path, decision("f2"))
    assert [one.finding_id for one in read_decisions(tmp_path)] == ["f1", "f2"]


def test_a_folder_that_is_gone_is_told_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "gone" / DECISIONS
    assert told(lambda: record_decision(tmp_path / "gone", decision("f1"))) == (
        f"Nothing can be stored in {path} (unable to open database file): {NOT_WRITABLE}"
    )
    assert why_read_only(tmp_path / "gone") == (
        f"Nothing can be stored in {path} (No such file or directory): {NOT_WRITABLE}"
    )


def test_a_damaged_store_is_one_in_which_nothing_can_be_stored(tmp_path: Path) -> None:
    (tmp_path / DECISIONS).write_bytes(b"no database at all, but long" * 50)
    line = f"{tmp_path / DECISIONS} is damaged (file is not a database): {ADVICE}"
    assert why_read_only(tmp_path) == line
    assert told(lambda: record_decision(tmp_path, decision("f1"))) == line


def test_whether_a_store_can_be_written_is_told_while_another_program_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_decision(tmp_path, decision("f1"))
    monkeypatch.setattr(decisionfile, "WAIT_S", 3600.0)
    holder = sqlite3.connect(tmp_path / DECISIONS, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as other:
        asked = other.submit(why_read_only, tmp_path)
        try:
            assert asked.result(timeout=60) is None  # before the holder is done
        finally:
            holder.close()


def test_a_decision_waits_for_another_program_and_is_stored(tmp_path: Path) -> None:
    record_decision(tmp_path, decision("f1"))
    holder = sqlite3.connect(tmp_path / DECISIONS, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.3, holder.close)
    done.start()
    record_decision(tmp_path, decision("f2"))
    done.join()
    assert [one.finding_id for one in read_decisions(tmp_path)] == ["f1", "f2"]


def test_of_a_change_that_fails_nothing_is_stored(tmp_path: Path) -> None:
    record_decision(tmp_path, decision("f1"))
    alter(
        tmp_path,
        "CREATE TRIGGER full BEFORE INSERT ON event WHEN NEW.finding_id = 'f3' "
        "BEGIN SELECT RAISE(FAIL, 'disk'); END",
    )
    with pytest.raises(InputError):
        import_decisions(tmp_path, [decision("f2"), decision("f3")], {"f2", "f3"})
    assert [one.finding_id for one in read_decisions(tmp_path)] == ["f1"]
    assert why_read_only(tmp_path) is None
