"""Reads files in a process of its own: what takes for ever, eats memory or crashes there costs one file.

What parses pages and documents is large, in C for a part, and not made for input that means harm; nothing
else can stop it midway. The process gets the bytes and the suffix of a file, and answers with a line of JSON.
"""

import json
import subprocess
import sys
import threading
from types import TracebackType
from typing import Final, Self

from pipeline.reading.decode import NotText
from pipeline.reading.forms.kept import Kept

LONGEST_S: Final = 60.0  # for one file; what newsrooms send takes well below a second
_READER: Final = (sys.executable, "-P", "-m", "pipeline.reading.forms.reader")


class Apart:
    """A process that reads, begun for the first file and ended with the block."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Begin nothing yet."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End the process, if there is one."""
        self._end()

    def read(self, suffix: str, data: bytes) -> Kept:
        """Return the article that ``data`` is, by the form of ``suffix``; raises NotText."""
        process = self._process = self._process or _begun()
        is_late = threading.Event()

        def stop() -> None:
            is_late.set()
            process.kill()

        timer = threading.Timer(self._longest_s, stop)
        timer.daemon = True
        timer.start()
        try:
            answer = _asked(process, suffix, data)
        finally:
            timer.cancel()
        if answer is None:
            self._end()
            raise NotText(
                f"cannot be read within {self._longest_s:g} s: save its text, and give that"
                if is_late.is_set()
                else "cannot be read: what reads this form broke down over it; save its text, and give that"
            )
        if "reason" in answer:
            raise NotText(str(answer["reason"]))
        return Kept.model_validate(answer["kept"])

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.wait()


def _begun() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter, and a name from above
        _READER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _asked(process: subprocess.Popen[bytes], suffix: str, data: bytes) -> dict[str, object] | None:
    """Return what the process says of a file; None where it is gone."""
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - both are pipes
    try:
        process.stdin.write(json.dumps({"suffix": suffix, "size": len(data)}).encode() + b"\n")
        process.stdin.write(data)
        process.stdin.flush()
        line = process.stdout.readline()
    except OSError:
        return None
    found: dict[str, object] | None = json.loads(line) if line.endswith(b"\n") else None
    return found
