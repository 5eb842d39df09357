"""How the command ends where what is around it fails: never with the code that says something was found."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import cli
from tests.commands import COMMAND, READY_S, Serve, run_command
from tests.fake_endpoint import check_answer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="speaks to a POSIX shell")


def in_shell(line: str, *arguments: str | Path) -> tuple[int, str]:
    """Run ``line`` with the command as $0; return its exit code, and what was written to standard error."""
    done = subprocess.run(
        ["bash", "-c", line, COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=READY_S,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("arguments", ["schema", "--help", "config"])
def test_a_reader_that_is_gone_is_a_code_of_its_own(arguments: str) -> None:
    code, errors = in_shell(f'exec 3> >(true); wait $!; "$0" {arguments} >&3')
    assert (code, errors) == (141, "")


def test_an_output_that_is_full_is_one_line() -> None:
    code, errors = in_shell('"$0" schema > /dev/full')
    assert code == 2
    assert errors == (
        "storycheck: standard output cannot be used (No space left on device): make room there, or name "
        "another place.\n"
    )


def test_a_check_goes_without_standard_input(serve: Serve, story: Path, tmp_path: Path) -> None:
    serve(check_answer)
    code, errors = in_shell('"$0" check "$1" -o "$2" --model m -q <&-', story, tmp_path / "out")
    assert (code, errors) == (0, "")


def test_a_defect_is_no_finding(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a slip of ours")

    monkeypatch.setattr(cli, "app", broken)
    ended = run_command("schema")
    assert ended.code == 70
    assert "ZeroDivisionError: a slip of ours" in ended.err


def test_no_library_leaves_anything_to_report_to_its_makers(tmp_path: Path) -> None:
    program = (
        "from pipeline.verifier.embedder import shipped\nassert shipped().vectors(['A ferry sank.']).size"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        env={"HOME": str(tmp_path), "PATH": ""},
        cwd=Path(__file__).parents[1],
        check=True,
        timeout=READY_S,
    )
    assert list(tmp_path.rglob("*")) == []
