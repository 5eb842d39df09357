"""What is kept of a model between runs, what the disk does, and two processes at once."""

import errno
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.embedded import fetch
from pipeline.embedded.download import Progress, Source, SourceFailed
from pipeline.embedded.fetch import fetch_model, is_fetched
from pipeline.embedded.models import EmbeddedModel
from pipeline.errors import ModelFileError
from tests.small_model import CONTENT, MODEL, PART, PIECES, damaged


def deliver(content: bytes = CONTENT, calls: list[int] | None = None) -> Source:
    """Return a source that completes the partial file at once, and counts what it had to write."""

    def source(_model: EmbeddedModel, path: Path, progress: Progress) -> None:
        have = path.stat().st_size if path.exists() else 0
        with path.open("ab") as out:
            out.write(content[have:])
        if calls is not None:
            calls.append(len(content) - have)
        progress(len(content), len(content))

    return source


def test_a_file_put_there_by_hand_is_verified_and_used(tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").write_bytes(CONTENT)
    assert not is_fetched(MODEL, tmp_path)
    assert fetch_model(MODEL, tmp_path, None, {}) == tmp_path / "tiny.gguf"
    assert is_fetched(MODEL, tmp_path)


def test_a_verified_file_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch_model(MODEL, tmp_path, None, {"a": deliver()})
    monkeypatch.setattr(fetch, "sha256_of", None)
    assert fetch_model(MODEL, tmp_path, None, {}) == tmp_path / "tiny.gguf"


@pytest.mark.parametrize(
    ("spoil", "sound"),
    [
        (lambda content: damaged(content, PART + 5), PART),
        (lambda content: content[: 2 * PART + 17], 2 * PART),
        (lambda content: content + b"more", len(CONTENT)),
        (lambda content: b"", 0),
    ],
    ids=["damaged", "short", "long", "empty"],
)
def test_a_file_damaged_later_is_found_and_mended(
    tmp_path: Path, spoil: Callable[[bytes], bytes], sound: int
) -> None:
    path = fetch_model(MODEL, tmp_path, None, {"a": deliver()})
    path.write_bytes(spoil(CONTENT))
    assert not is_fetched(MODEL, tmp_path)
    calls: list[int] = []
    assert fetch_model(MODEL, tmp_path, None, {"a": deliver(calls=calls)}).read_bytes() == CONTENT
    assert calls == [len(CONTENT) - sound]


def test_every_source_that_failed_is_named(tmp_path: Path) -> None:
    def away(_model: EmbeddedModel, _path: Path, _progress: Progress) -> None:
        raise SourceFailed("closed on Sundays")

    sources = {"first": away, "second": deliver(damaged(CONTENT, 3)), "third": away}
    with pytest.raises(ModelFileError) as caught:
        fetch_model(MODEL, tmp_path, None, sources)
    assert "(first: closed on Sundays; second: what came is damaged" in str(caught.value)
    assert "third: closed" in str(caught.value)


def test_too_little_room_is_said_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10**9, 10**9 - 9, 9))
    calls: list[int] = []
    with pytest.raises(ModelFileError, match=r"needs 0\.00 GB free in .*STORYCHECK_MODELS"):
        fetch_model(MODEL, tmp_path, None, {"a": deliver(calls=calls)})
    assert calls == []


def test_a_disk_that_fills_up_is_said_and_what_came_is_kept(tmp_path: Path) -> None:
    def full(_model: EmbeddedModel, path: Path, _progress: Progress) -> None:
        path.write_bytes(PIECES[0])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(ModelFileError, match="the disk is full"):
        fetch_model(MODEL, tmp_path, None, {"a": full})
    calls: list[int] = []
    fetch_model(MODEL, tmp_path, None, {"a": deliver(calls=calls)})
    assert calls == [len(CONTENT) - PART]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelFileError, match="Cannot write to"):
        fetch_model(MODEL, tmp_path / "file" / "models", None, {"a": deliver()})


def test_two_at_once_fetch_it_once(tmp_path: Path) -> None:
    calls: list[int] = []
    inner = deliver(calls=calls)

    def slow(model: EmbeddedModel, path: Path, progress: Progress) -> None:
        time.sleep(0.5)
        inner(model, path, progress)

    threads = [
        threading.Thread(target=fetch_model, args=(MODEL, tmp_path, None, {"a": slow})) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert calls == [len(CONTENT)]
    assert is_fetched(MODEL, tmp_path)


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "STALE_S", 0.5)
    (tmp_path / "tiny.gguf.lock").touch()
    assert fetch_model(MODEL, tmp_path, None, {"a": deliver()}).read_bytes() == CONTENT
    assert not (tmp_path / "tiny.gguf.lock").exists()
