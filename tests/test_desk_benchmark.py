"""benchmarks.desk runs on a small report, and says what misses its aim."""

import shutil
from pathlib import Path

import pytest

from benchmarks.desk import DeskResult, Measure, lines, main
from benchmarks.desk_steps import STEPS


@pytest.mark.browser
def test_every_step_is_measured_and_stored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "speed" / "desk.json"
    assert main(["--claims", "60", "--findings", "9", "--rounds", "1", "--json", str(file)]) == 0
    result = DeskResult.model_validate_json(file.read_text(encoding="utf-8"))
    assert (result.claims, result.findings, result.rounds) == (60, 9, 1)
    assert result.megabytes > 0.05
    by_name = {one.what: one for one in result.measures}
    assert {what for what, _, _ in STEPS} < by_name.keys()
    for one in result.measures:
        assert 0 < one.least_ms <= one.median_ms <= one.most_ms
    assert by_name["first contentful paint"].aim_ms == 1000
    assert by_name["search: a word"].aim_ms == 100
    assert (by_name["accept (a)"].busy_ms or 0) > 0
    printed = capsys.readouterr().out
    assert all(what in printed for what in by_name)


def test_what_misses_its_aim_is_said() -> None:
    slow = Measure(what="search", median_ms=100, least_ms=1, most_ms=200, aim_ms=100)
    quick = slow.model_copy(update={"what": "kind", "median_ms": 99.0})
    result = DeskResult(
        tool_version="1",
        browser="b",
        cores=1,
        claims=1,
        findings=1,
        articles=1,
        rounds=1,
        megabytes=1,
        measures=(slow, quick),
    )
    _, _, first, second = lines(result)
    assert first.endswith("< 100 ms: missed")
    assert second.endswith("< 100 ms")


def test_without_chromium_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert main(["--json", str(tmp_path / "desk.json")]) == 2
    assert "Chromium is not installed" in capsys.readouterr().err
    assert not (tmp_path / "desk.json").exists()
