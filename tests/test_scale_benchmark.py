"""benchmarks.scale measures what it says, goes on where it stopped, and its page is what its figures make."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.scale.__main__ import main
from benchmarks.scale.page import DOCS, render
from benchmarks.scale.results import RESULT, USUAL, Batch, Killed, Look, Row, ScaleResult, read_result
from benchmarks.scale.rows import inline, measured
from benchmarks.scale.running import DRIVER, Run
from benchmarks.scale.storing import stored
from benchmarks.scale.watching import Watch
from benchmarks.speed.mock import Manner, mock
from benchmarks.speed.stories import Mix, write_stories
from pipeline.ingest import ingest
from pipeline.store import read_report

FEW = Batch(stories=6, articles=2, sentences=3, latency_s=0.02, in_flight=8, workers=2)


def _command(folder: Path, *more: str) -> list[str]:
    batch = ["--stories", "6", "--sentences", "3", "--latency", "0.02", "--in-flight", "8"]
    places = ["--json", f"{folder}/scale.json", "--docs", f"{folder}/docs", "--work", f"{folder}/work"]
    return [*more, *batch, *places]


def test_a_tiny_batch_is_measured_and_the_same_command_adds_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_command(tmp_path, "inline")) == 0
    result = read_result(tmp_path / "scale.json")
    assert result is not None
    assert result.batch == FEW
    [row] = result.rows
    assert (row.figures["claims"], row.figures["missing"], row.figures["incomplete"]) == (36, 0, 0)
    assert row.figures["asked_twice"] == 0
    assert row.figures["calls"] >= 12  # one an article to read it
    assert row.figures["over_ideal"] > 1
    assert row.figures["report_bytes"] > row.figures["answers_bytes"] > 0
    assert row.looks[-1].stories == 6
    assert row.looks[-1].requests == row.figures["calls"]
    assert row.peak_mib[DRIVER] >= max(look.memory_mib.get(DRIVER, 0) for look in row.looks) > 0
    page = (tmp_path / "docs" / "scale.md").read_text(encoding="utf-8")
    assert page == render(result)["scale.md"]
    assert "## 6 stories on one machine" in page
    assert "6 stories" in (tmp_path / "work" / "progress.txt").read_text(encoding="utf-8")
    before = (tmp_path / "scale.json").read_bytes()
    capsys.readouterr()
    assert main(_command(tmp_path, "inline")) == 0
    assert (tmp_path / "scale.json").read_bytes() == before
    assert capsys.readouterr().out == ""


def test_what_is_stored_of_more_stories_is_not_lost_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    larger = ScaleResult(tool_version="0", cores=2, batch=USUAL).model_dump_json()
    (tmp_path / "scale.json").write_text(larger)
    assert main(_command(tmp_path, "inline")) == 2
    assert "of 10,000 stories" in capsys.readouterr().err
    assert (tmp_path / "scale.json").read_text() == larger


def test_the_page_is_what_the_stored_figures_make() -> None:
    for name, text in render(read_result(RESULT)).items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, "run: python -m benchmarks.scale --render"


def test_a_page_without_figures_says_so() -> None:
    files = render(None)
    assert files.keys() == {"scale.md"}
    assert files["scale.md"].count("Not measured yet.") == 6


def test_a_driver_that_is_killed_midway_leaves_no_story_behind(tmp_path: Path) -> None:
    # Three times as many as are under way at once, so that some are left however late the half is seen.
    write_stories(tmp_path / "in", 24, 2, seed=1, mix=Mix(core=4, shared=3, own=1))
    batch = FEW.model_copy(update={"stories": 24, "sentences": 4, "latency_s": 0.4})
    with mock(Manner(latency_s=0.4, keeps_bodies=False)) as endpoint:
        watch = Watch(tmp_path / "out", lambda: endpoint.seen().requests, lambda _: None)
        run = Run(batch, tmp_path, endpoint, watch)
        run.half()
        [killed] = watch.killed
        assert killed.process == DRIVER
        assert 12 <= killed.stories < 24
        inline(run)
        seen = endpoint.seen()
    assert watch.looks[-1].stories == 24
    assert all(read_report(tmp_path / "out" / f"story-{n:04}").run.complete for n in range(24))
    assert seen.repeated <= batch.in_flight


def test_a_driver_of_a_cluster_is_killed_and_goes_on(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    batch = FEW.model_copy(update={"stories": 8, "latency_s": 0.1})
    row = measured("dask, the driver killed", batch, tmp_path, lambda _: None)
    assert (row.figures["missing"], row.figures["incomplete"], row.figures["claims"]) == (0, 0, 48)
    assert row.figures["asked_twice"] <= batch.in_flight
    assert [killed.process for killed in row.killed] == [DRIVER]
    assert row.peak_mib.keys() == {DRIVER, "scheduler", "worker 1", "worker 2"}
    assert row.looks[-1].stories == 8


def test_a_command_that_fails_is_no_row(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="the command ended with 2: "):
        measured("inline", FEW.model_copy(update={"in_flight": 1000}), tmp_path, lambda _: None)


def test_a_command_that_does_nothing_is_given_up(tmp_path: Path) -> None:
    watch = Watch(tmp_path, lambda: 0, lambda _: None, stalled_s=0)
    watch.begin()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        with pytest.raises(RuntimeError, match="nothing was asked and no story done for 0 s"):
            watch.follow(process)
        process.kill()


def test_each_answer_is_stored_by_every_process(tmp_path: Path) -> None:
    found = stored(tmp_path, processes=2, each=20, rounds=1)
    assert found["answers_per_s"] > 0
    assert (tmp_path / "round-0" / "answers.sqlite").stat().st_size > 40 * found["bytes"]


def test_stories_have_the_sentences_they_are_to_have(tmp_path: Path) -> None:
    write_stories(tmp_path, 2, 3, seed=5, mix=Mix(core=3, shared=2, own=1))
    stories = ingest([tmp_path])
    assert [len(article.sentences) for story in stories for article in story.articles] == [3] * 6


def test_the_diagrams_show_each_row_and_where_it_was_struck() -> None:
    looks = tuple(
        Look(at_s=n, stories=10 * n, requests=n, memory_mib={DRIVER: 100.0 + n, "worker 1": 50.0})
        for n in range(9)
    )
    figures = dict.fromkeys(
        "stories_per_s seconds ideal_s over_ideal calls most_in_flight asked_twice missing incomplete"
        " claims load".split(),
        8.0,
    )
    row = Row(
        name="dask",
        figures=figures,
        peak_mib={DRIVER: 108.0, "worker 1": 50.0},
        processor_s={DRIVER: 1.0},
        looks=looks,
        killed=(Killed(at_s=4.0, stories=40, process="worker 1"),),
    )
    result = ScaleResult(tool_version="1", cores=2, batch=USUAL, rows=(row,))
    files = render(result)
    assert files["scale/progress.svg"].count("<polyline") == 1
    assert files["scale/progress.svg"].count("<circle") == 1
    assert files["scale/memory.svg"].count("<polyline") == 2
    assert "dask: worker 1" in files["scale/memory.svg"]
    assert "by 100 MiB for each 1,000 stories, dask." in files["scale.md"]
