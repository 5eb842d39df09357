"""A newsroom's story on disk, and what is done with it: checked, edited, reviewed, exported."""

import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.commands import COMMAND, READY_S, Ended, run_command

_WHO = ("--author", "The Desk", "--author-url", "https://desk.example", "--rating", "Disputed")
REVIEWER = (
    *_WHO,
    "--url-template",
    "https://desk.example/{id}/{side}",
)  # who publishes


class Newsroom:
    """A story on disk, and the commands that are run on it."""

    def __init__(self, folder: Path, texts: Mapping[str, str]) -> None:
        self.story, self.out, self.other = folder / "marlow", folder / "out", folder / "other"
        self.story.mkdir(parents=True)
        for name, text in texts.items():
            (self.story / name).write_text(text, encoding="utf-8")

    def check(self, out: Path | None = None) -> str:
        """Run the command in a process of its own, and return what it prints."""
        arguments = ("check", self.story, "-o", out or self.out, "--model", "m")
        done = subprocess.run([COMMAND, *arguments], capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout.decode()

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace the one place of an article that reads ``old``."""
        path = self.story / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")


@contextmanager
def review(out: Path) -> Iterator[str]:
    """Run the command in a process of its own until Ctrl-C; yield the address that it prints."""
    process = subprocess.Popen(
        [COMMAND, "review", out, "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        printed = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", process.stdout.readline())
        assert printed is not None
        yield printed[0]
        process.send_signal(signal.SIGINT)
        told, errors = process.communicate(timeout=READY_S)
        assert (process.returncode, errors) == (0, "")
        assert "what was decided is kept" in told
    finally:
        process.kill()
        process.communicate()


def export(out: Path, *options: str) -> Ended:
    """Export a run in this process, which says nothing of it."""
    done = run_command("export", out, *options)
    assert (done.code, done.err) == (0, "")
    return done
