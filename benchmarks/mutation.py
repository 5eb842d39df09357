"""Mutates the code that judges and keeps, and asks its tests: ``python -m benchmarks.mutation --json FILE``.

Needs mutmut (``pip install mutmut==3.8.1``) and a system that forks. Every mutant is asked the tests that
reach its function, in a copy under OUT: the checkout stays as it is. Stopped, it goes on where it was, as
long as the files it works on are the same. TMPDIR on a file system in memory makes it faster, as whatever a
test stores waits for the disk. Statements outside functions are not mutated, nor is text in triple quotes.
What a reader made of the mutants that lived is in ``reliability/survivors.toml``, by function and changed
lines.
"""

import argparse
import hashlib
import importlib
import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import chdir
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from benchmarks.mutants import Findings, Mutant, findings, read_results, read_verdicts
from benchmarks.undecorate import undecorated
from pipeline.errors import InputError
from pipeline.store import make_folder, write_text

ROOT: Final = Path(__file__).parent.parent
VERDICTS: Final = Path(__file__).parent / "reliability" / "survivors.toml"
MUTATED: Final = ("pipeline/reconcile.py", "pipeline/store/*.py")
TESTS: Final = (
    "tests/test_reconcile.py",
    "tests/test_reconcile_entries.py",
    "tests/test_store.py",
    "tests/test_store_answers.py",
    "tests/test_store_folder.py",
    "tests/test_store_lock.py",
    "tests/test_store_records.py",
    "tests/test_store_soundness.py",
    "tests/test_store_vectors.py",
    "tests/test_decisions.py",
    "tests/test_decisions_kept.py",
)
INTERRUPTED: Final = "check was interrupted by user"
COPIED: Final = ("pipeline", "schemas", "prompts", "tests", "examples", "pyproject.toml")
# Limits in time are generous: a busy machine must not kill a mutant.
CONFIGURATION: Final = f"""
[tool.mutmut]
source_paths = ["pipeline"]
only_mutate = {json.dumps(MUTATED)}
also_copy = ["schemas", "prompts", "examples"]
pytest_add_cli_args_test_selection = {json.dumps(TESTS)}
pytest_add_cli_args = ["--hypothesis-seed=0", "-p", "no:cacheprovider"]
use_git_change_detection = false
timeout_constant = 10.0
"""


def prepare(out: Path) -> Path:
    """Return the copy in ``out``, made anew where code or tests are no longer those it was made of."""
    copy, mark = out / "copy", out / "made-of"
    made_of = _digest()
    if mark.is_file() and mark.read_text(encoding="utf-8") == made_of:
        return copy
    mark.unlink(missing_ok=True)
    shutil.rmtree(copy, ignore_errors=True)
    make_folder(copy)
    for name in COPIED:
        if (ROOT / name).is_file():
            shutil.copy2(ROOT / name, copy)
        else:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (path for pattern in MUTATED for path in copy.glob(pattern)):
        path.write_text(undecorated(path.read_text(encoding="utf-8")), encoding="utf-8")
    with (copy / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(CONFIGURATION)
    write_text(mark, made_of)
    return copy


def _digest() -> str:
    """Return the hash of the files that are mutated, and of the tests that are asked."""
    paths = sorted(path for pattern in (*MUTATED, *TESTS) for path in ROOT.glob(pattern))
    parts = "".join(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
    return hashlib.sha256((CONFIGURATION + parts).encode()).hexdigest()


def measure(copy: Path) -> Findings:
    """Ask the tests of every mutant that was not asked yet, and return what came of all.

    Raises InputError where mutmut is missing, or ends before it is done.
    """
    try:
        tool = f"mutmut {version('mutmut')}"
    except PackageNotFoundError as error:
        raise InputError("mutmut is not installed: pip install mutmut==3.8.1.") from error
    _ask(copy)
    mutants = _results(copy)
    if interrupted := [mutant.name for mutant in mutants if mutant.status == INTERRUPTED]:
        _ask(copy, *interrupted)  # by its own doing, if it happens again
        mutants = _results(copy)
    left = sum(mutant.status == "not checked" for mutant in mutants)
    if left or not mutants:
        raise InputError(f"{left} mutants were not asked: give the same command again.")
    return findings(
        mutants,
        lambda mutant: _diff(copy, mutant),
        read_verdicts(VERDICTS),
        {"tool": tool, "python": platform.python_version(), "tests": TESTS},
    )


def _ask(copy: Path, *names: str) -> None:
    if _mutmut(copy, "run", "--max-children", "1", *names).returncode:
        raise InputError(f"mutmut did not end well: see above, and what it left in {copy}.")


def _results(copy: Path) -> list[Mutant]:
    return read_results(_mutmut(copy, "results", "--all", "true", is_read=True).stdout)


def _diff(copy: Path, mutant: Mutant) -> str:
    """Return the diff of ``mutant`` as ``mutmut show`` has it, which takes seconds to start for each."""
    shown = importlib.import_module("mutmut.mutation.diff_apply")
    with chdir(copy):
        return str(shown.get_diff_for_mutant(mutant.name, path=f"{mutant.module.replace('.', '/')}.py"))


def _mutmut(copy: Path, *arguments: str, is_read: bool = False) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("mutmut")), *arguments]
    return subprocess.run(
        command, cwd=copy, check=False, text=True, stdout=subprocess.PIPE if is_read else None
    )


def show(found: Findings) -> None:
    """Print what was measured, a line a module, and every mutant that nobody has read."""
    for one in (*found.modules, found.all):
        print(
            f"{one.module:<30} {one.mutants:5} mutants {one.killed:5} killed {one.timed_out:3} timed out "
            f"{one.survived:4} survived {one.no_tests:4} without tests"
        )
    print(
        f"killed: {found.killed_share:.1%} of all, {found.killed_of_different:.1%} of those that differ; "
        f"of the survivors {found.equivalent} equivalent, {found.untested} untested, {found.unread} unread; "
        f"{len(found.stale)} stale verdicts"
    )
    for survivor in found.survivors:
        if survivor.verdict == "unread":
            print(f"\n{survivor.where}: {survivor.status}\n{survivor.change}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 1 where a mutant lives that nobody has read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/mutation"), help="where copy and progress are")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the results go")
    given = parser.parse_args(arguments)
    try:
        found = measure(prepare(given.out))
        show(found)
        if given.json:
            make_folder(given.json.parent)
            write_text(given.json, found.model_dump_json(indent=1) + "\n")
    except InputError as error:
        print(f"mutation: {error}", file=sys.stderr)
        return error.exit_code
    return 1 if found.unread else 0


if __name__ == "__main__":
    sys.exit(main())
