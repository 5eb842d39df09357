"""The hook of docs/drafts.md, as git runs it: a draft that its sources contradict is not committed."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.commands import COMMAND, Serve
from tests.fake_endpoint import check_answer, refused

DOCUMENT = Path(__file__).parents[1] / "docs" / "drafts.md"

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def hook() -> str:
    tokens = MarkdownIt("commonmark").parse(DOCUMENT.read_text(encoding="utf-8"))
    [script] = [token.content for token in tokens if token.type == "fence" and token.content.startswith("#!")]
    return script


class Desk:
    """A repository with sources, and the hook in place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "sources").mkdir(parents=True)
        (folder / "drafts").mkdir()
        (folder / "sources" / "gull.txt").write_text("Nine boats waited at the mole of Tarnholm. It rained.")
        assert self.git("init", "--quiet").returncode == 0
        path = folder / ".git" / "hooks" / "pre-commit"
        path.parent.mkdir(exist_ok=True)
        path.write_text(hook())
        path.chmod(0o755)

    def git(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        own = {
            "PATH": f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}",
            "STORYCHECK_MODEL": "m",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            **{
                f"GIT_{who}_{what}": "desk@example.org"
                for who in ("AUTHOR", "COMMITTER")
                for what in ("NAME", "EMAIL")
            },
        }
        return subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=os.environ | own,
            capture_output=True,
            text=True,
            check=False,
        )

    def commit(self, name: str, text: str) -> "subprocess.CompletedProcess[str]":
        (self.folder / "drafts" / name).write_text(text)
        assert self.git("add", "drafts").returncode == 0
        return self.git("commit", "--quiet", "-m", "A draft")

    def committed(self) -> Sequence[str]:
        return self.git("ls-tree", "-r", "--name-only", "HEAD").stdout.splitlines()


def test_a_draft_is_held_back_until_its_sources_agree(tmp_path: Path, serve: Serve) -> None:
    serve(check_answer)
    desk = Desk(tmp_path / "desk")
    wrong = desk.commit("of the mole.md", "Eleven boats waited at the mole of Tarnholm.")
    assert wrong.returncode == 1
    assert "out/drafts/of the mole.md/report.html" in wrong.stdout + wrong.stderr
    assert desk.committed() == []
    right = desk.commit("of the mole.md", "Nine boats waited at the mole of Tarnholm.")
    assert (right.returncode, right.stdout.count("report.html") + right.stderr.count("report.html")) == (0, 1)
    assert desk.git("commit", "--quiet", "--allow-empty", "-m", "No draft").returncode == 0
    assert len(desk.git("log", "--format=%s").stdout.splitlines()) == 2


def test_a_check_that_cannot_be_made_holds_it_back_too(tmp_path: Path, serve: Serve) -> None:
    serve(lambda _body: refused(401, "no such key"))
    desk = Desk(tmp_path / "desk")
    assert (
        desk.commit("mole.md", "Nine boats waited at the mole of Tarnholm, the mayor said.").returncode == 1
    )
    assert desk.committed() == []
