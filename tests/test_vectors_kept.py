"""A second run takes its vectors from their file, says the same to the letter, and does without it too."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.store import ANSWERS, read_report
from pipeline.store.vectors import VECTORS
from pipeline.verifier.embedder import shipped
from pipeline.verifier.onnx import Model
from tests.commands import Ended, Serve, run_command
from tests.fake_endpoint import check_answer
from tests.stored_runs import forget_how

ASKED_BEFORE = {"calls", "cached_calls", "tokens_in", "tokens_out", "stages", "started_at", "finished_at"}


def check(story: Path, *options: str | Path) -> Ended:
    done = run_command("check", story, "-o", story.parent / "out", "--model", "m", "-q", *options)
    assert (done.code, done.err) == (0, "")
    return done


def said(out: Path) -> dict[str, Any]:
    """Return the report in ``out`` but for what no second run has alike: times, and what was asked."""
    return read_report(out).model_dump(exclude={"run": ASKED_BEFORE})


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The weights that are loaded from now on; the embedder of a new process has loaded none."""
    shipped.cache_clear()
    found: list[Path] = []
    load = Model.__init__

    def noted(self: Model, weights: Path, output: str) -> None:
        found.append(weights)
        load(self, weights, output)

    monkeypatch.setattr(Model, "__init__", noted)
    return found


def damage(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


def remove(path: Path) -> None:
    path.unlink()


def replace(path: Path) -> None:
    path.unlink()
    path.mkdir()


def test_a_second_run_loads_no_embedder_and_says_the_same(
    serve: Serve, story: Path, loaded: list[Path]
) -> None:
    server, out = serve(check_answer), story.parent / "out"
    check(story)
    first, asked = said(out), len(server.requests)
    assert len(loaded) == 1
    shipped.cache_clear()
    forget_how(out)
    check(story)
    assert len(loaded) == 1
    assert len(server.requests) == asked
    assert said(out) == first


@pytest.mark.parametrize("lose", [remove, damage, replace])
def test_without_its_vectors_a_run_says_the_same(
    serve: Serve, story: Path, loaded: list[Path], lose: Callable[[Path], None]
) -> None:
    serve(check_answer)
    out = story.parent / "out"
    check(story)
    first = said(out)
    lose(out / VECTORS)
    forget_how(out)
    shipped.cache_clear()
    check(story)
    assert len(loaded) == 2
    assert said(out) == first


def test_vectors_are_kept_beside_the_answers_whichever_way_those_are_named(serve: Serve, story: Path) -> None:
    serve(check_answer)
    folder, file = story.parent / "shared", story.parent / "other" / "mine.db"
    check(story, "--cache", folder)
    check(story, "--cache", file)
    assert sorted(path.name for path in folder.iterdir()) == [ANSWERS, VECTORS]
    assert sorted(path.name for path in file.parent.iterdir()) == ["mine.db", VECTORS]
    assert not (story.parent / "out" / VECTORS).exists()


def test_doctor_counts_vectors_and_warns_where_they_are_damaged(serve: Serve, story: Path) -> None:
    serve(check_answer)
    out = story.parent / "out"
    check(story)
    assert f"{VECTORS}: sound, " in " ".join(run_command("doctor", out).out.split())
    damage(out / VECTORS)
    done = run_command("doctor", out)
    assert done.code == 0
    assert "remove it" in next(line for line in done.out.splitlines() if VECTORS in line)


def test_a_folder_with_nothing_but_vectors_is_taken_for_a_run(serve: Serve, story: Path) -> None:
    serve(check_answer)
    out = story.parent / "out"
    check(story)
    for path in out.iterdir():
        if path.name != VECTORS:
            path.unlink()
    check(story)
    (out / "notes.txt").write_text("mine")
    check(story)
