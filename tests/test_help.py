"""What the command says of itself: help, examples, wrong usage, exit codes and completion."""

import os
import re
import shlex
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest
import typer

from pipeline import cli
from pipeline.cli.help import examples
from pipeline.cli.options import settings_of
from tests.commands import COMMAND, READY_S, Serve, run_command
from tests.fake_endpoint import Body, Reply, check_answer, refused, said
from tests.harbour import write_story

COMMANDS: Final[dict[str, Any]] = dict(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]
EXAMPLES: Final = [line for command in COMMANDS.values() for line in examples(command)]
LINES: Final = {"check": 70, "export": 32, "eval": 28, "calibrate": 28}  # of the help of those that need more


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_fits_a_screen_and_ends_with_examples(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = run_command(name, "--help")
    lines = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    assert len(lines) <= LINES.get(name, 24)
    assert max(map(len, lines)) <= 80
    assert len(list(examples(COMMANDS[name]))) >= 2
    assert "Examples:" in lines


@pytest.mark.parametrize("line", EXAMPLES)
def test_each_example_parses(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name, *arguments = shlex.split(line.partition(" > ")[0])[1:]
    with suppress(typer.Exit):
        COMMANDS[name].make_context(name, arguments)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does_and_what_it_takes(name: str) -> None:
    for parameter in COMMANDS[name].params:
        assert parameter.help, parameter.name
        assert parameter.metavar or parameter.is_flag, parameter.name


def test_the_list_of_commands_cuts_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    page = run_command("--help").out
    assert "..." not in page.partition("Stories:")[2]
    for name in COMMANDS:
        assert re.search(rf"^  {name} +[A-Z].*\.$", page, re.MULTILINE), name


# -- wrong usage --


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["chek"], "No such command 'chek'. Did you mean 'check', 'schema'? See 'storycheck --help'."),
        (["check", "x", "--bogus"], "No such option: --bogus"),
        (["check", "x", "--max-cots", "1"], "--max-cost"),
        (["check", "x", "--rpm", "fast"], "--rpm takes a number of at least 0.1."),
        (["check", "x", "--concurrency", "0"], "--concurrency takes a whole number from 1 to 256."),
        (["check", "x", "--engine", "ray"], "--engine takes inline or dask."),
        (["check", "x", "--fail-on", "y"], "--fail-on takes contradicted or unsupported or error or none."),
        (["check", "x", "--fail-on", "none", "--fail-on", "error"], "--fail-on none takes back the others"),
        (["check", "x", "--fail-confidence", "0.9"], "--fail-confidence goes with --fail-on contradicted"),
        (["check", "x", "--fail-confidence", "90"], "--fail-confidence takes a number from 0 to 1."),
        (["check", "x", "-o"], "Option '-o' requires an argument."),
        (["check"], "Nothing to check is named: give articles, or a folder of them."),
        (["report"], "Missing argument 'OUT'. See 'storycheck report --help'."),
        (["group", "x"], "Missing option '-o' / '--out'. See 'storycheck group --help'."),
        (["report", "a", "b"], "See 'storycheck report --help'."),
        (["review", "out", "--port", "70000"], "--port takes a whole number from 0 to 65,535."),
    ],
)
def test_wrong_usage_is_one_line_like_every_error(arguments: list[str], told: str) -> None:
    done = run_command(*arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.told


def test_nothing_at_all_shows_the_help() -> None:
    done = run_command()
    assert done.code == 2
    assert done.err.startswith("Usage: storycheck")


# -- exit codes --


def gibberish(body: Body) -> Reply:
    return said("gibberish") if "response_format" in body else check_answer(body)


@pytest.mark.parametrize(
    ("answer", "options", "code"),
    [
        (check_answer, [], 0),
        (check_answer, ["--fail-on", "unsupported"], 0),
        (check_answer, ["--fail-on", "contradicted"], 1),
        (check_answer, ["--fail-on", "unsupported", "--fail-on", "contradicted"], 1),
        (check_answer, ["--dry-run"], 0),
        (check_answer, ["--nonsense"], 2),
        (check_answer, ["--max-cost", "1"], 2),  # no price is known
        (check_answer, ["--config", "nowhere.toml"], 2),
        (check_answer, ["--max-calls", "1"], 3),
        (check_answer, ["--max-calls", "1", "--fail-on", "error"], 1),
        (gibberish, [], 3),
        (gibberish, ["--fail-on", "error"], 1),
        (lambda _body: refused(401, "no"), [], 3),
    ],
)
def test_a_check_ends_with_the_code_that_is_documented(
    serve: Serve, tmp_path: Path, answer: Callable[[Body], Reply], options: list[str], code: int
) -> None:
    serve(answer)
    story = write_story(tmp_path / "harbour")
    assert run_command("check", story, "-o", tmp_path / "out", "--model", "m", *options).code == code


def test_other_commands_end_with_the_same_codes(serve: Serve, tmp_path: Path) -> None:
    serve(check_answer)
    story, out = write_story(tmp_path / "harbour"), tmp_path / "out"
    assert run_command("check", story, "-o", out, "--model", "m").code == 0
    done = {
        ("report", out): 0,
        ("export", out, "--format", "md"): 0,
        ("check", "--replay", out): 0,
        ("diff", out, out, "--fail-on", "new"): 0,
        ("models",): 0,
        ("schema",): 0,
        ("config",): 0,
        ("report", story): 2,
        ("diff", out, story): 2,
        ("review", story): 2,
        ("group", tmp_path / "none", "-o", tmp_path / "stories"): 2,
    }
    assert {command: run_command(*map(str, command)).code for command in done} == done
    (out / "report.json").write_text("{")
    assert run_command("doctor", out).code == 1
    assert run_command("report", out).code == 2


def test_the_help_of_check_tells_the_codes() -> None:
    page = run_command("check", "--help").out.partition("Exit codes:")[2]
    assert re.findall(r"(?:^|  )(\d)  \w", page, re.MULTILINE) == ["0", "2", "1", "3"]


# -- completion --


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("storycheck ch", {"check"}),
        ("storycheck check --max-", {"--max-cost", "--max-tokens", "--max-calls", "--max-time"}),
        ("storycheck check --engine ", {"inline", "dask"}),
    ],
)
def test_a_shell_can_complete_it(words: str, found: set[str]) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "_STORYCHECK_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    done = subprocess.run(
        [COMMAND], env=environment, capture_output=True, text=True, check=False, timeout=READY_S
    )
    assert set(done.stdout.split()) == found


def test_settings_are_found_for_every_command_that_has_them() -> None:
    assert {one.table for one in settings_of(cli.app)} == {None, "group", "review", "export"}
