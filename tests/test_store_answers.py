"""The store of answers in bad times: shared, moved, full, not writable, or held by another."""

import asyncio
import resource
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.store import ANSWERS, answers, answers_path, open_answers

PAGE = 4096  # bytes, of SQLite


def told(path: Path) -> str:
    """Return the line that opening ``path`` is refused with."""
    with pytest.raises(InputError) as caught, open_answers(path):
        pass
    message = str(caught.value)
    assert "\n" not in message
    return message


def asked(path: Path, question: str) -> str:
    connection = sqlite3.connect(path)
    try:
        return str(connection.execute(question).fetchone()[0])
    finally:
        connection.close()


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file of this process grow while the block runs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_an_answer_is_kept_with_its_stage_and_when_it_came_in_universal_time(tmp_path: Path) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    with open_answers(tmp_path / ANSWERS) as store:
        await store.put("a", "extract", "1")
        await store.put("a", "verify", "2")
    assert asked(tmp_path / ANSWERS, "SELECT count(*) FROM answer") == "1"
    assert asked(tmp_path / ANSWERS, "SELECT key || stage || response FROM answer") == "averify2"
    came = datetime.fromisoformat(asked(tmp_path / ANSWERS, "SELECT created_at FROM answer"))
    assert came.utcoffset() == timedelta(0)
    assert before <= came <= datetime.now(UTC)


async def test_a_store_that_lost_nothing_refuses_nothing(tmp_path: Path) -> None:
    with open_answers(tmp_path / ANSWERS) as store:
        store.refuse()
        await store.put("a", "extract", "1")
        store.refuse()
        assert store.get("a") == "1"


async def test_after_an_answer_was_lost_no_other_is_paid_for(tmp_path: Path) -> None:
    path = tmp_path / ANSWERS
    with open_answers(path) as store:
        await store.put("a", "extract", "1")
        with full_disk(), pytest.raises(InputError) as lost:
            await store.put("b", "extract", "2" * 100_000)
        message = str(lost.value)
        assert message.startswith(f"Cannot store an answer in {path} (")
        assert message.endswith(
            "): make room for it, then run the same command again; what was stored is kept."
        )
        with pytest.raises(InputError) as refused:
            store.refuse()
        assert str(refused.value) == message
        assert (store.get("a"), store.get("b")) == ("1", None)


async def test_all_that_come_at_once_are_kept_and_wait_for_the_disk_together(tmp_path: Path) -> None:
    path = tmp_path / ANSWERS
    with open_answers(path) as store:
        await asyncio.gather(*(store.put(f"key {n}", "extract", str(n)) for n in range(200)))
        with closing(sqlite3.connect(path)) as other:  # as another process sees it
            assert other.execute("SELECT count(*) FROM answer").fetchone() == (200,)
        commits = (tmp_path / f"{ANSWERS}-wal").read_bytes()
    # The frame that ends a transaction has the size of the database, after which it is on disk.
    frames = range(32, len(commits), 24 + PAGE)
    ends = sum(commits[at + 4 : at + 8] != bytes(4) for at in frames)
    assert ends < 20


async def test_all_is_written_by_one_thread_with_a_name_which_ends_with_the_store(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with open_answers(tmp_path / ANSWERS) as store:
        with closing(sqlite3.connect(tmp_path / ANSWERS, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")  # as long as it writes, the thread is held up
            putting = []
            for n in range(20):
                putting.append(asyncio.ensure_future(store.put(f"key {n}", "extract", str(n))))
                await asyncio.sleep(0.001)  # the thread takes what there is; what comes later waits for it
        await asyncio.gather(*putting)
        [thread] = set(threading.enumerate()) - before
        assert thread.name == "answers_0"
    assert not thread.is_alive()


async def test_an_answer_is_written_while_another_is_awaited(tmp_path: Path) -> None:
    path = tmp_path / ANSWERS
    with open_answers(path) as store:
        await store.put("a", "extract", "1")
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")  # as long as it writes, nothing of ours is stored
            putting = [asyncio.ensure_future(store.put(key, "extract", "2")) for key in "bcd"]
            await asyncio.sleep(0)
            assert (store.get("a"), store.get("b")) == ("1", None)  # and reading goes on
            assert not any(one.done() for one in putting)
            writer.execute("COMMIT")
            await asyncio.gather(*putting)
            assert [store.get(key) for key in "bcd"] == ["2"] * 3


async def test_what_nobody_waits_for_any_more_is_stored_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / ANSWERS
    with open_answers(path) as store:
        putting = [asyncio.ensure_future(store.put(key, "extract", "1")) for key in "ab"]
        await asyncio.sleep(0)
        putting[0].cancel()
        with pytest.raises(asyncio.CancelledError):
            await putting[0]
        await putting[1]
        left = asyncio.ensure_future(store.put("c", "extract", "1"))
        await asyncio.sleep(0)
        left.cancel()
    with open_answers(path) as store:
        assert [store.get(key) for key in "abc"] == ["1"] * 3


async def test_each_whose_answer_was_lost_is_told(tmp_path: Path) -> None:
    path = tmp_path / ANSWERS
    with open_answers(path) as store:
        with full_disk():
            putting = [store.put(f"key {n}", "extract", "2" * 100_000) for n in range(5)]
            told = await asyncio.gather(*putting, return_exceptions=True)
        assert all(isinstance(error, InputError) for error in told)
        assert {str(error).partition(" (")[0] for error in told} == {f"Cannot store an answer in {path}"}
        assert [store.get(f"key {n}") for n in range(5)] == [None] * 5
        with pytest.raises(InputError, match="make room for it"):
            store.refuse()


def test_a_store_is_made_for_several_processes_and_marked_as_ours(tmp_path: Path) -> None:
    with open_answers(tmp_path / ANSWERS):
        pass
    assert asked(tmp_path / ANSWERS, "PRAGMA journal_mode") == "wal"
    assert (tmp_path / ANSWERS).read_bytes()[68:72] == b"StoC"


async def test_a_store_that_came_without_its_log_can_be_shared_again(tmp_path: Path) -> None:
    with open_answers(tmp_path / ANSWERS) as store:
        await store.put("a", "extract", "1")
    assert asked(tmp_path / ANSWERS, "PRAGMA journal_mode = DELETE") == "delete"
    with open_answers(tmp_path / ANSWERS) as store:
        assert asked(tmp_path / ANSWERS, "PRAGMA journal_mode") == "wal"
        assert store.get("a") == "1"


async def test_answers_are_read_while_another_process_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ANSWERS
    with open_answers(path) as store:
        await store.put("a", "extract", "1")
    monkeypatch.setattr(answers, "BUSY_S", 0.1)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with open_answers(path) as store:
        assert store.get("a") == "1"
    writer.close()


class Contended(sqlite3.Connection):
    """A connection beside which another process writes just when the log is to be switched on."""

    in_the_way: list[Path] = []  # a path for each time

    def execute(self, statement: str, values: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401
        """Run ``statement``; SQLite does not wait for a writer where it would switch the log on."""
        if statement.lower() != "pragma journal_mode = wal" or not self.in_the_way:
            return super().execute(statement, values)
        other = sqlite3.connect(self.in_the_way.pop())
        other.execute("BEGIN IMMEDIATE")
        try:
            return super().execute(statement, values)
        finally:
            other.close()


@pytest.fixture
def store_in_demand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new store that another process writes to just when it is set up."""
    connect = sqlite3.connect

    def contended(path: Path, **options: Any) -> sqlite3.Connection:  # noqa: ANN401
        monkeypatch.undo()  # this once
        return connect(path, **options, factory=Contended)

    monkeypatch.setattr(sqlite3, "connect", contended)
    Contended.in_the_way = [tmp_path / ANSWERS]
    return tmp_path / ANSWERS


async def test_a_new_store_waits_for_another_process_that_sets_it_up(store_in_demand: Path) -> None:
    with open_answers(store_in_demand) as store:
        await store.put("a", "extract", "1")
    assert Contended.in_the_way == []
    assert asked(store_in_demand, "PRAGMA journal_mode") == "wal"


def test_a_store_that_stays_in_demand_is_told(store_in_demand: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Contended.in_the_way *= 50
    with monkeypatch.context() as patched:
        patched.setattr(answers, "BUSY_S", 0.1)
        assert told(store_in_demand) == (
            f"{store_in_demand} cannot be used (database is locked): "
            "end the program that holds it, or wait for it, then run the same command again."
        )


def test_each_failure_is_told_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / ANSWERS
    path.write_bytes(b"no database at all, but long" * 50)
    assert told(path) == (
        f"{path} cannot be used (file is not a database): give another folder with -o, or remove that file."
    )
    path.unlink()
    (tmp_path / f"{ANSWERS}-journal").mkdir()
    assert told(path) == (
        f"{path} cannot be used (unable to open database file): "
        "make it and its folder writable, or give another folder with -o."
    )
    (tmp_path / f"{ANSWERS}-journal").rmdir()
    with full_disk():
        message = told(path)
    assert (
        message
        == f"{path} cannot be used (disk I/O error): make room for it, then run the same command again."
    )
    gone = tmp_path / "gone" / ANSWERS
    assert told(gone) == (
        f"Cannot open {gone} (unable to open database file): give a folder that can be written with -o."
    )


def test_another_tools_store_is_told_with_both_ways_out(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / ANSWERS)
    other.execute("CREATE TABLE answer (key TEXT PRIMARY KEY)")
    other.close()
    assert told(tmp_path / ANSWERS) == (
        f"{tmp_path / ANSWERS} is no store of storycheck's: give another folder with -o or --cache."
    )


def test_a_damaged_store_is_told_where_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / ANSWERS
    with open_answers(path) as store:
        other = sqlite3.connect(path)
        with other:
            other.execute("DROP TABLE answer")
        other.close()
        with pytest.raises(InputError) as caught:
            store.get("a")
    assert str(caught.value) == (
        f"Cannot read {path} (no such table: answer): remove it, or give another --cache, and run again."
    )


def test_a_cache_is_made_with_the_folders_above_it(tmp_path: Path) -> None:
    for cache in (tmp_path / "a" / "b" / "c", tmp_path / "d" / "e" / "shared.sqlite"):
        path = answers_path(tmp_path, cache)
        with open_answers(path):
            assert path.is_file()
        assert answers_path(tmp_path, cache) == path
