"""benchmarks.speed.embedded checks a story with each engine from nothing, and stores what each stage took."""

import shlex
from pathlib import Path

import pytest

from benchmarks.speed import embedded
from benchmarks.speed.command import STORYCHECK
from benchmarks.speed.embedded import LIMITS, WHOLE, limits, main, measured
from benchmarks.speed.mock import Manner, mock
from benchmarks.speed.page import render
from benchmarks.speed.results import LOAD, SpeedResult, read_result
from benchmarks.speed.stories import write_story
from schemas.report import StageTime


def wrapped(path: Path, base_url: str) -> str:
    """Return a command at ``path`` that is storycheck with an endpoint in place of the embedded model."""
    line = (
        f'OPENAI_BASE_URL={shlex.quote(base_url)} exec {shlex.quote(str(STORYCHECK))} "$@" --model invented'
    )
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_each_engine_is_measured_stage_by_stage_and_stored(tmp_path: Path) -> None:
    write_story(tmp_path / "story", 2, 1)
    file = tmp_path / "embedded.json"
    with mock(Manner()) as endpoint:
        command = wrapped(tmp_path / "command", endpoint.base_url)
        result = measured(tmp_path / "story", [("one", command), ("two", command)], 1, [], file)
    assert read_result(file) == result
    for engine in ("one", "two"):
        assert {"extract", "verify", WHOLE} <= set(result.cases(engine))
        stages = [s.figures for s in result.samples if s.part == engine and s.case != WHOLE]
        [whole] = result.rounds(engine, WHOLE)
        for name in ("calls", "read", "written"):
            assert whole[name] == sum(stage[name] for stage in stages)
        assert whole[LOAD] >= 0
    # Each was asked everything: nothing is left from the other.
    assert result.spread("one", WHOLE, "calls") == result.spread("two", WHOLE, "calls")


def test_what_a_stage_read_before_is_not_counted_as_read() -> None:
    stage = StageTime(stage="verify", seconds=2.0, calls=4, tokens_in=100, cached_tokens_in=75, tokens_out=5)
    found = embedded.figures(stage)
    assert (found["read"], found["cached_percent"], found["written"]) == (25, 75.0, 5)
    assert found["tokens_per_s"] == 15.0


def test_a_stage_too_quick_for_its_report_has_no_speed() -> None:
    found = embedded.figures(StageTime(stage="verify", seconds=0.0, calls=1, tokens_in=9, tokens_out=1))
    assert (found["seconds"], found["tokens_per_s"]) == (0.0, 0.0)


def test_the_machine_has_some_limits() -> None:
    assert all(value > 0 for value in limits(1).values())


def test_a_command_that_fails_ends_it_with_what_it_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "no-such-story"
    assert main(["--story", str(missing), "--json", str(tmp_path / "x.json")]) == 2
    assert "no-such-story" in capsys.readouterr().err
    assert not (tmp_path / "x.json").exists()


def test_the_page_shows_what_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_story(tmp_path / "story", 2, 1)
    file = tmp_path / "embedded.json"
    monkeypatch.setattr("benchmarks.speed.page.EMBEDDED", file)
    nothing = SpeedResult(tool_version="1", cores=2)
    assert "No run of it is stored." in render(nothing)["speed.md"]
    with mock(Manner()) as endpoint:
        command = wrapped(tmp_path / "command", endpoint.base_url)
        result = measured(tmp_path / "story", [("wrapped", command)], 1, [], file)
    page = render(nothing)["speed.md"]
    assert "Engine: wrapped." in page
    assert f"Engine: {LIMITS}." not in page
    read = result.spread("wrapped", "verify", "read")
    assert read is not None
    assert f"| {read.median:,.0f} |" in page
