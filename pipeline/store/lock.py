"""Of two commands that write into one folder, the second is refused while the first runs.

The lock is the system's, on an open file, so that it ends with its process however that ends: what a killed
run leaves is an empty promise of a file, which hinders nobody. File systems that have no locks go without.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pipeline.errors import InputError

LOCK: Final = ".storycheck.lock"
_LONGEST: Final = 200  # bytes of what a holder writes about itself

if sys.platform == "win32":
    import msvcrt

    _BEYOND: Final = 1 << 20  # what is locked cannot be read by others, so that is none of the text

    def _take(handle: int) -> None:
        os.lseek(handle, _BEYOND, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    _HELD: Final[tuple[type[OSError], ...]] = (PermissionError,)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    _HELD: Final[tuple[type[OSError], ...]] = (BlockingIOError, PermissionError)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep ``folder`` to this process while the block runs.

    Raises InputError where another process has it, naming that process.
    """
    path = folder / LOCK
    try:
        handle = _locked(path)
    except OSError as error:
        raise InputError(
            f"Cannot write to {folder} ({error.strerror}): give a folder that can be written with -o."
        ) from error
    if handle is None:
        raise InputError(
            f"{folder} is being written by {holder(folder) or 'another process'}: wait until that is done, "
            "or give another folder with -o; a --cache may be shared."
        )
    try:
        yield
    finally:
        if sys.platform != "win32":  # there, a file that is open cannot go
            path.unlink(missing_ok=True)
        os.close(handle)


def holder(folder: Path) -> str | None:
    """Return which process has ``folder`` to itself, as words for a message, or None where none has.

    Where the folder cannot be written, nobody here can have it: None.
    """
    path = folder / LOCK
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        _take(handle)
    except _HELD:
        with suppress(OSError):
            told = path.read_bytes()[:_LONGEST].decode("ascii", "replace").split()
            if len(told) == 2:
                return f"process {told[0]}, since {told[1]}"
        return "another process"
    except OSError:
        return None
    finally:
        os.close(handle)
    return None


def _locked(path: Path) -> int | None:
    """Return the open and locked file, or None where another process has it."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _take(handle)
        except _HELD:
            os.close(handle)
            return None
        except OSError:  # no locks on this file system
            pass
        if _is_there(handle, path):
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            with suppress(OSError):  # a full disk: the lock holds without words
                os.write(
                    handle, f"{os.getpid()} {datetime.now(UTC).isoformat(timespec='seconds')}\n".encode()
                )
            return handle
        os.close(handle)  # its holder took the file away between our opening and our locking it


def _is_there(handle: int, path: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(handle), path.stat())
    return False
