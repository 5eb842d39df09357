"""Who has a folder to itself: told while it lasts, gone with its holder, and no promise where locks fail."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.store.lock import LOCK, alone, holder

if sys.platform == "win32":
    pytest.skip("locks as POSIX has them", allow_module_level=True)

import fcntl

Flock = Callable[[int, int], None]


def refused(folder: Path) -> str:
    """Return the line that a second holder of ``folder`` is refused with."""
    with pytest.raises(InputError) as caught, alone(folder):
        pass
    message = str(caught.value)
    assert "\n" not in message
    assert str(folder) in message
    return message


def test_a_holder_is_named_with_its_time_and_the_second_is_told_what_to_do(tmp_path: Path) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    with alone(tmp_path):
        told = holder(tmp_path)
        assert told is not None
        process, _, since = told.partition(", since ")
        assert process == f"process {os.getpid()}"
        assert before <= datetime.fromisoformat(since) <= datetime.now(UTC)
        assert len(since) == len("2031-03-05T12:00:00+00:00")
        assert refused(tmp_path) == (
            f"{tmp_path} is being written by {told}: wait until that is done, "
            "or give another folder with -o; a --cache may be shared."
        )
        assert holder(tmp_path) == told  # being refused, or asking, takes nothing away
    assert holder(tmp_path) is None


def test_a_folder_is_free_again_however_the_block_ends(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), alone(tmp_path):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    with alone(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_somebody_took_away_is_no_failure_in_the_end(tmp_path: Path) -> None:
    with alone(tmp_path):
        (tmp_path / LOCK).unlink()
    assert list(tmp_path.iterdir()) == []


def test_a_holder_that_is_done_as_it_is_asked_for_is_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock: Flock = fcntl.flock
    held = [True]

    def held_once(handle: int, operation: int) -> None:
        if held:
            held.pop()
            raise BlockingIOError
        lock(handle, operation)

    def going(_handle: int, _operation: int) -> None:
        (tmp_path / LOCK).unlink()
        raise BlockingIOError

    monkeypatch.setattr(fcntl, "flock", held_once)
    assert f"{tmp_path} is being written by another process: wait" in refused(tmp_path)
    monkeypatch.setattr(fcntl, "flock", going)
    assert holder(tmp_path) == "another process"


def test_nothing_of_a_longer_line_is_left_before_the_holders_own(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("4711 " + "x" * 500)
    with alone(tmp_path):
        assert (tmp_path / LOCK).read_text().count("\n") == 1
        assert len((tmp_path / LOCK).read_text().split()) == 2
        assert f"process {os.getpid()}, since " in str(holder(tmp_path))


def test_others_may_read_who_holds_a_folder(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        with alone(tmp_path):
            assert (tmp_path / LOCK).stat().st_mode & 0o777 == 0o644
    finally:
        os.umask(mask)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "another process"),
        (b"4711", "another process"),
        (b"one two three", "another process"),
        (b"4711 \xff", "process 4711, since �"),
    ],
)
def test_a_holder_that_wrote_no_line_of_ours_is_still_told(tmp_path: Path, text: bytes, told: str) -> None:
    with alone(tmp_path):
        (tmp_path / LOCK).write_bytes(text)
        assert holder(tmp_path) == told
        assert told in refused(tmp_path)


def test_a_folder_that_is_not_there_is_told_and_has_no_holder(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert refused(gone) == (
        f"Cannot write to {gone} (No such file or directory): give a folder that can be written with -o."
    )
    assert holder(gone) is None
    assert not gone.exists()


def test_a_lock_on_a_file_that_its_last_holder_took_away_is_taken_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock: Flock = fcntl.flock
    ending = [tmp_path / LOCK]

    def lock_late(handle: int, operation: int) -> None:
        if ending:
            ending.pop().unlink()
        lock(handle, operation)

    monkeypatch.setattr(fcntl, "flock", lock_late)
    with alone(tmp_path):
        assert f"process {os.getpid()}" in refused(tmp_path)


def test_a_file_system_without_locks_goes_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(_handle: int, _operation: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with alone(tmp_path):
        assert (tmp_path / LOCK).read_text().startswith(f"{os.getpid()} ")
        assert holder(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_on_a_full_disk_the_lock_holds_without_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with alone(tmp_path):
            message = refused(tmp_path)
    assert "is being written by another process: " in message
