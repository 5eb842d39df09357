"""Answers and reports in an object store: whole or not at all, and nothing that was there is lost."""

import json
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.store.layout import Layout
from pipeline.store.objects import PARTS, prepare_place, story_at, write_whole

pytest.importorskip("fsspec", reason="the extra dask is not installed")


async def stored(url: str, *keys: str) -> None:
    with story_at(url) as (_, answers):
        for key in keys:
            await answers.put(key, "extract", f"answer to {key}")


def known(url: str, *keys: str) -> list[str | None]:
    with story_at(url) as (_, answers):
        return [answers.get(key) for key in keys]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"file://{tmp_path}/run"


def parts(tmp_path: Path, story: str = "harbour") -> list[Path]:
    return sorted((tmp_path / "run" / story / "answers").iterdir())


async def test_an_answer_is_there_once_it_is_stored(url: str, tmp_path: Path) -> None:
    with story_at(f"{url}/harbour") as (_, answers):
        await answers.put("k1", "extract", "one")
        assert known(f"{url}/harbour", "k1", "k2") == ["one", None]
        [part] = parts(tmp_path)
        before = part.read_bytes()
        await answers.put("k2", "extract", "two")
        assert part.read_bytes() == before  # written once
        assert answers.begun_by("k2") == "two"
    assert known(f"{url}/harbour", "k1", "k2") == ["one", "two"]


async def test_many_parts_become_one_that_holds_them_all(url: str, tmp_path: Path) -> None:
    keys = [f"k{n}" for n in range(PARTS)]
    await stored(f"{url}/harbour", *keys)
    assert len(parts(tmp_path)) == 1
    assert known(f"{url}/harbour", *keys) == [f"answer to {key}" for key in keys]


async def test_what_is_damaged_is_as_if_it_were_not_there(url: str, tmp_path: Path) -> None:
    await stored(f"{url}/harbour", "k1")
    await stored(f"{url}/harbour", "k2")
    one, other = parts(tmp_path)
    row = json.loads(one.read_text())
    one.write_text(json.dumps({**row, "row": [row["row"][0], "extract", "another", row["row"][3]]}) + "\n")
    assert known(f"{url}/harbour", "k1", "k2").count(None) == 1
    other.write_bytes(other.read_bytes()[:-20])
    assert known(f"{url}/harbour", "k1", "k2") == [None, None]


async def test_a_report_is_put_back_where_it_was_changed(url: str, tmp_path: Path) -> None:
    with story_at(f"{url}/harbour") as (folder, _):
        for name in ("report.json", "run.json"):
            (folder / name).write_text(name)
    there = tmp_path / "run" / "harbour"
    assert {path.name for path in there.iterdir()} == {"report.json", "run.json"}
    (there / "run.json").chmod(0o600)
    with story_at(f"{url}/harbour") as (folder, _):
        assert (folder / "run.json").read_text() == "run.json"
        (folder / "report.json").write_text("another")
    assert (there / "report.json").read_text() == "another"
    assert (there / "run.json").stat().st_mode & 0o777 == 0o600  # left as it was


def test_a_story_that_fails_leaves_what_was_there(url: str, tmp_path: Path) -> None:
    write_whole(f"{url}/harbour/report.json", "first")

    def fail() -> None:
        with story_at(f"{url}/harbour") as (folder, _):
            (folder / "report.json").write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (tmp_path / "run" / "harbour" / "report.json").read_text() == "first"


def test_a_place_with_something_else_is_left_alone(url: str, tmp_path: Path) -> None:
    prepare_place(url)
    write_whole(f"{url}/index.html", "a run")
    prepare_place(url)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="holds something that is no run"):
        prepare_place(f"file://{tmp_path}/other")
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["mine.txt"]


def test_a_scheme_that_nobody_knows_is_told_without_what_is_secret_in_it() -> None:
    with pytest.raises(InputError, match="nowhere://bucket/run") as told:
        prepare_place("nowhere://me:secret@bucket/run")
    assert "secret" not in str(told.value)


async def test_an_answer_that_cannot_be_kept_is_told(url: str, tmp_path: Path) -> None:
    with story_at(f"{url}/harbour") as (_, answers):
        (tmp_path / "run").write_text("in the way")
        with pytest.raises(InputError, match="Cannot write"):
            await answers.put("k1", "extract", "one")
        with pytest.raises(InputError):
            answers.refuse()
        (tmp_path / "run").unlink()


@pytest.mark.parametrize(
    ("out", "is_batch", "folder"),
    [
        ("out/", True, "out/harbour"),
        ("./out", False, "out"),
        ("s3://bucket/run/", True, "s3://bucket/run/harbour"),
        ("s3://bucket/run", False, "s3://bucket/run"),
    ],
)
def test_each_story_of_a_batch_has_a_folder(out: str, is_batch: bool, folder: str) -> None:
    assert Layout(out, is_batch).folder("harbour") == folder
