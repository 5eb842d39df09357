"""The benchmark of mutants reads what mutmut says, keeps its hands off the checkout, and counts honestly."""

import importlib.util
import json
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from benchmarks import mutation
from benchmarks.mutants import Place, Verdict, change_of, findings, read_results, read_verdicts
from benchmarks.undecorate import undecorated

LISTED = """
    pipeline.store.lock.x_alone__mutmut_1: killed
    pipeline.store.lock.x_alone__mutmut_2: survived
    pipeline.store.lock.x__locked__mutmut_12: timeout
    pipeline.store.answers.xǁAnswersǁget__mutmut_3: no tests
    pipeline.store.answers.xǁAnswersǁ__init____mutmut_1: suspicious
"""
DIFF = """--- pipeline/store/lock.py
+++ pipeline/store/lock.py
@@ -{line},3 +{line},3 @@
     try:
-        handle = _locked(path)
+        handle = None
     except OSError as error:
"""
CHANGE = "- handle = _locked(path)\n+ handle = None"
ALONE, GET = "pipeline.store.lock.alone", "pipeline.store.answers.Answers.get"


def verdict(kind: str, where: str, change: str = CHANGE) -> Verdict:
    return Verdict.model_validate(
        {"verdict": kind, "why": "so", "mutants": [Place(where=where, change=change)]}
    )


def measured(verdicts: Sequence[Verdict]) -> dict[str, object]:
    made_with = {"tool": "t 1", "python": "3", "tests": ("tests/test_x.py",)}
    found = findings(read_results(LISTED), lambda _mutant: DIFF.format(line=7), verdicts, made_with)
    return json.loads(found.model_dump_json())  # type: ignore[no-any-return]


def test_what_mutmut_lists_is_read_with_the_function_it_is_in() -> None:
    assert [(mutant.where, mutant.status) for mutant in read_results(LISTED)] == [
        (ALONE, "killed"),
        (ALONE, "survived"),
        ("pipeline.store.lock._locked", "timeout"),
        (GET, "no tests"),
        ("pipeline.store.answers.Answers.__init__", "suspicious"),
    ]


def test_every_mutant_is_counted_once_and_one_without_tests_lives() -> None:
    found = measured([])
    assert found["all"] == {
        "module": "all",
        "mutants": 5,
        "killed": 2,
        "timed_out": 1,
        "survived": 1,
        "no_tests": 1,
    }
    modules = found["modules"]
    assert isinstance(modules, list)
    assert [(one["module"], one["mutants"]) for one in modules] == [
        ("pipeline.store.answers", 2),
        ("pipeline.store.lock", 3),
    ]
    assert (found["killed_share"], found["killed_of_different"]) == (0.6, 0.6)
    assert (found["equivalent"], found["untested"], found["unread"]) == (0, 0, 2)


def test_a_verdict_holds_while_lines_move_and_an_equivalent_mutant_is_not_asked_of_the_tests() -> None:
    assert change_of(DIFF.format(line=7)) == change_of(DIFF.format(line=4000)) == CHANGE
    found = measured([verdict("equivalent", ALONE), verdict("untested", GET)])
    assert (found["killed_share"], found["killed_of_different"]) == (0.6, 0.75)
    assert (found["equivalent"], found["untested"], found["unread"], found["stale"]) == (1, 1, 0, [])
    survivors = found["survivors"]
    assert isinstance(survivors, list)
    assert [(s["where"], s["verdict"], s["why"]) for s in survivors] == [
        (ALONE, "equivalent", "so"),
        (GET, "untested", "so"),
    ]


def test_a_verdict_on_what_does_not_live_is_stale() -> None:
    found = measured(
        [verdict("equivalent", "pipeline.store.lock.holder"), verdict("untested", GET, "- a\n+ b")]
    )
    assert found["unread"] == 2
    assert found["stale"] == [
        {"where": "pipeline.store.lock.holder", "change": CHANGE},
        {"where": GET, "change": "- a\n+ b"},
    ]


def test_decorators_are_applied_below_their_functions_in_their_order() -> None:
    source = "\n".join(
        [
            "def twice(f):",
            "    return lambda x: f(f(x))",
            "def add(n):",
            "    return lambda f: lambda x: f(x) + n",
            "@twice",
            "@add(",
            "    10",
            ")",
            "def double(x):",
            "    return 2 * x",
            "@add(1)",
            "def same(x):",
            "    return x",
            "plain = double(1), same(1)",
        ]
    )
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    exec(source, before)  # noqa: S102 - written above
    exec(undecorated(source), after)  # noqa: S102
    assert before["plain"] == after["plain"] == (34, 2)
    assert "@" not in undecorated(source)


def test_the_verdicts_that_are_kept_are_on_functions_that_are_there() -> None:
    verdicts = read_verdicts(mutation.VERDICTS)
    places = [place for one in verdicts for place in one.mutants]
    assert len({(place.where, place.change.strip()) for place in places}) == len(places)
    for place in places:
        *parts, function = place.where.split(".")
        file = mutation.ROOT / f"{'/'.join(part for part in parts if part.islower())}.py"  # without a class
        source = file.read_text(encoding="utf-8")
        assert f"def {function}(" in source
        gone = [line[2:] for line in place.change.strip().splitlines() if line.startswith("- ")]
        assert all(line.strip() in source for line in gone)


def test_all_that_is_mutated_and_asked_is_there() -> None:
    for pattern in (*mutation.MUTATED, *mutation.TESTS, *mutation.COPIED):
        assert list(mutation.ROOT.glob(pattern)), pattern


def test_a_copy_stays_as_long_as_code_and_tests_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, out = tmp_path / "root", tmp_path / "out"
    for name in ("pipeline/store", "tests"):
        (root / name).mkdir(parents=True)
    code = root / "pipeline" / "store" / "lock.py"
    code.write_text("@cache\ndef one():\n    return 1\n")
    (root / "tests" / "test_store.py").write_text("assert True\n")
    (root / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(mutation, "ROOT", root)
    monkeypatch.setattr(mutation, "COPIED", ("pipeline", "tests", "pyproject.toml"))
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    copy = mutation.prepare(out)
    assert (
        copy / "pipeline" / "store" / "lock.py"
    ).read_text() == "def one():\n    return 1\none = cache(one)\n"
    assert "[tool.mutmut]" in (copy / "pyproject.toml").read_text()
    (copy / "progress").touch()
    assert (mutation.prepare(out) / "progress").exists()
    code.write_text("@cache\ndef one():\n    return 2\n")
    assert not (mutation.prepare(out) / "progress").exists()
    (copy / "progress").touch()
    (root / "tests" / "test_store.py").write_text("assert 1\n")
    assert not (mutation.prepare(out) / "progress").exists()
    code.write_bytes(before[code])
    (root / "tests" / "test_store.py").write_bytes(before[root / "tests" / "test_store.py"])
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_without_mutmut_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(mutation, "version", missing)
    monkeypatch.setattr(mutation, "prepare", lambda out: out)
    assert mutation.main(["--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "mutation: mutmut is not installed: pip install mutmut==3.8.1.\n"


@pytest.mark.skipif(importlib.util.find_spec("mutmut") is None, reason="mutmut is not installed")
def test_a_small_tree_is_measured_and_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "root"
    for name in ("pipeline", "tests"):
        (root / name).mkdir(parents=True)
        (root / name / "__init__.py").touch()
    (root / "pipeline" / "reconcile.py").write_text(
        "def smaller(a, b):\n    return a < b\n\n\ndef unasked():\n    return 1\n"
    )
    (root / "tests" / "test_x.py").write_text(
        "from pipeline.reconcile import smaller\n\n\ndef test_x():\n    assert smaller(1, 2)\n"
    )
    (root / "pyproject.toml").write_text("[project]\nname = 'x'\nversion = '1'\n")
    configuration = "[tool.mutmut]\nsource_paths = ['pipeline']\nonly_mutate = ['pipeline/reconcile.py']\n"
    monkeypatch.setattr(mutation, "ROOT", root)
    monkeypatch.setattr(mutation, "COPIED", ("pipeline", "tests", "pyproject.toml"))
    monkeypatch.setattr(mutation, "TESTS", ("tests/test_x.py",))
    monkeypatch.setattr(mutation, "CONFIGURATION", configuration)
    for _ in range(2):
        assert mutation.main(["--out", str(tmp_path / "out"), "--json", str(tmp_path / "found.json")]) == 1
        found = json.loads((tmp_path / "found.json").read_text())
        assert found["tool"].startswith("mutmut ")
        assert (found["all"]["mutants"], found["all"]["survived"], found["all"]["no_tests"]) == (2, 1, 1)
        assert {(s["where"], s["change"], s["verdict"]) for s in found["survivors"]} == {
            ("pipeline.reconcile.smaller", "- return a < b\n+ return a <= b", "unread"),
            ("pipeline.reconcile.unasked", "- return 1\n+ return 2", "unread"),
        }
        assert "+ return a <= b" in capfd.readouterr().out
