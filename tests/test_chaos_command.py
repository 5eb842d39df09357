"""The benchmark of kills and faults runs, accounts for everything, and notices what is lost."""

import json
import sys
from collections import Counter
from pathlib import Path
from unittest import mock

import pytest

from benchmarks import chaos, chaos_faults, chaos_kills
from benchmarks.chaos_kills import Asked, Found
from pipeline.store import open_answers, write_report
from tests.sample_report import sample_report

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX has them")


def run(tmp_path: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    file = tmp_path / "chaos.json"
    argv = mock.patch.object(sys, "argv", ["chaos", *arguments, "--json", str(file)])
    with argv, pytest.raises(SystemExit) as ended:
        chaos.main()
    return int(ended.value.code or 0), json.loads(file.read_text())


def test_a_batch_under_faults_is_accounted_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = run(tmp_path, "--stories", "4", "--faults", "0.3", "--seed", "2")
    assert (code, told["lost"]) == (0, [])
    runs = told["runs"]
    assert isinstance(runs, dict)
    faulty, healthy = runs["with faults"], runs["without"]
    assert faulty["stories"] == healthy["stories"] == 4
    assert faulty["requests"] > faulty["questions"]
    assert faulty["claims_judged"] + faulty["claims_with_an_error"] == faulty["claims"] > 0
    assert all(sample["mib"] > 0 for sample in faulty["memory"]["samples"])
    assert healthy["requests"] == healthy["answers_stored"] < faulty["requests"]
    assert json.loads(capsys.readouterr().out) == told


@pytest.mark.parametrize("arguments", [[], ["--kills", "1", "--stories", "1"]])
def test_one_thing_is_measured_at_a_time(arguments: list[str]) -> None:
    with mock.patch.object(sys, "argv", ["chaos", *arguments]), pytest.raises(SystemExit) as ended:
        chaos.main()
    assert ended.value.code == 2


@pytest.mark.parametrize("name", ["report.json", "report.html", "report.md"])
def test_half_a_file_is_noticed(tmp_path: Path, name: str) -> None:
    whole = {"report.json": "{}\n", "report.html": "<p>A</p></html>", "report.md": "# A\n"}
    found = Found()
    (tmp_path / name).write_text(whole[name])
    chaos_kills._look(tmp_path, found)
    assert (found.files_looked_at, found.lost) == (1, [])
    (tmp_path / name).write_text(whole[name][:-3])
    chaos_kills._look(tmp_path, found)
    assert found.lost == [f"{name} was half written"]


def test_what_was_paid_for_twice_is_noticed(tmp_path: Path) -> None:
    with open_answers(tmp_path / "answers.sqlite"):
        pass
    asked = Asked(requests={1: Counter("abcde"), 2: Counter("abcdef")})
    found = Found()
    chaos_kills._compare(tmp_path, {}, asked, found)
    assert found.lost == ["5 questions were asked again after a kill"]
    assert found.most_asked_again_after_a_kill == 5
    twice = Found()
    chaos_kills._compare(tmp_path, {}, Asked(requests={1: Counter("aa")}), twice)
    assert twice.lost


def test_a_report_that_is_unlike_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    with open_answers(tmp_path / "answers.sqlite"):
        pass
    report = sample_report()
    write_report(tmp_path / "one", report)
    expected = chaos_kills._reports(tmp_path)
    later = report.run.model_copy(update={"calls": 7, "finished_at": report.run.started_at})
    for changed, is_like in (({"run": later}, True), ({"claims": ()}, False)):
        write_report(tmp_path / "one", report.model_copy(update=changed))
        found = Found()
        chaos_kills._compare(tmp_path, expected, Asked(), found)
        assert (not found.lost) is is_like


def test_claims_that_are_unaccounted_for_are_noticed(tmp_path: Path) -> None:
    report = sample_report()
    coverage = report.run.coverage.model_copy(update={"claims_judged": 0})
    run = report.run.model_copy(update={"coverage": coverage})
    (tmp_path / "story-0000").mkdir()
    write_report(tmp_path / "story-0000", report.model_copy(update={"run": run}))
    lost: list[str] = []
    sums = chaos_faults._account(tmp_path, 2, "now", lost)
    assert any("neither judged nor errors" in line for line in lost)
    assert sums["stories_without_a_report"] == 1
