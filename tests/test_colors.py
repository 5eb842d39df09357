"""Colours and widths as the environment and a real terminal have them."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from tests.commands import COMMAND, READY_S, Serve, run_command
from tests.fake_endpoint import check_answer

STYLE = re.compile(r"\x1b\[[0-9;]*m")
PLAIN = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"}


@pytest.fixture
def checked(serve: Serve, story: Path, tmp_path: Path) -> list[str | Path]:
    """A command whose report is there already, so that it only tells of it."""
    server = serve(check_answer)
    command: list[str | Path] = ["check", story, "-o", tmp_path / "out", "--model", "m"]
    assert run_command(*command).code == 0
    return [*command, "--base-url", server.base_url]


def in_terminal(command: list[str | Path], columns: int, **environment: str) -> str:
    """Run the command in a terminal of so many columns, and return all that it shows there."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [COMMAND, *command], stdin=theirs, stdout=theirs, stderr=theirs, env={**PLAIN, **environment}
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            read = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not read:
            break
        shown += read
    os.close(ours)
    assert process.wait(READY_S) == 0
    return shown.decode("utf-8", "replace")


def in_pipe(command: list[str | Path], **environment: str) -> str:
    done = subprocess.run(
        [COMMAND, *command], capture_output=True, env={**PLAIN, **environment}, timeout=READY_S, check=True
    )
    assert done.stderr == b""
    return done.stdout.decode("utf-8")


@pytest.mark.parametrize(
    ("environment", "is_colored"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"CLICOLOR": "0"}, False),
        ({"CLICOLOR": "0", "CLICOLOR_FORCE": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_a_terminal_is_coloured_unless_somebody_minds(
    checked: list[str | Path], environment: dict[str, str], *, is_colored: bool
) -> None:
    shown = in_terminal(checked, 80, **environment)
    assert "report.html" in shown
    assert bool(STYLE.search(shown)) == is_colored
    if environment.get("TERM") == "dumb":
        assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("environment", "is_colored"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"CLICOLOR_FORCE": "1"}, True), ({"CLICOLOR": "1"}, False)],
)
def test_a_pipe_is_coloured_only_where_that_is_forced(
    checked: list[str | Path], environment: dict[str, str], *, is_colored: bool
) -> None:
    shown = in_pipe(checked, **environment)
    assert bool(STYLE.search(shown)) == is_colored
    assert "\x1b" not in STYLE.sub("", shown)  # no bars, and nothing that moves


def test_a_narrow_terminal_is_kept_to_but_for_paths(checked: list[str | Path]) -> None:
    shown = STYLE.sub("", in_terminal(checked, 40, NO_COLOR="1"))
    lines = [line for line in shown.replace("\r", "").splitlines() if "report." not in line]
    assert len(lines) > 10
    assert max(len(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line)) for line in lines) <= 40


def test_help_fits_a_terminal_of_80_columns() -> None:
    for command in ([], ["check"], ["export"]):
        shown = in_terminal([*command, "--help"], 80)
        assert max(map(len, shown.replace("\r", "").splitlines())) <= 80
        assert "\x1b" not in shown
