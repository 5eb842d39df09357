"""Runs the command, in this process or one of its own, and tells how it ended."""

import io
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

from pipeline import cli
from tests.fake_endpoint import Answer, FakeEndpoint

COMMAND = Path(sys.executable).parent / "storycheck"  # for a process of its own
READY_S = 600  # in which a process of ours does anything at all: only one that hangs takes longer
Serve = Callable[[Answer], FakeEndpoint]  # the fixture `serve`


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """The one line that a failed command says."""
        [line] = self.err.splitlines()
        assert line.startswith("storycheck: ")
        return line


def run_command(*arguments: str | Path) -> Ended:
    """Run ``storycheck`` with ``arguments``."""
    out, err = io.StringIO(), io.StringIO()
    argv = mock.patch.object(sys, "argv", ["storycheck", *map(str, arguments)])
    with argv, redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        cli.main()
    code = ended.value.code
    assert code is None or isinstance(code, int)
    return Ended(code or 0, out.getvalue(), err.getvalue())


def until(is_so: Callable[[], bool]) -> None:
    """Return once something is so."""
    for _ in range(READY_S * 50):
        if is_so():
            return
        time.sleep(0.02)
    raise AssertionError("it never came to be")
