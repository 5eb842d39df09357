"""A story that was checked before, and is as it was, keeps its report; any change has it checked again."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.store import ANSWERS, read_report, read_run, record_decision
from tests.commands import Ended, Serve, run_command
from tests.fake_endpoint import Body, FakeEndpoint, Reply, check_answer, refused
from tests.stored_runs import decision_on

FILES = ("report.json", "report.md", "report.html", "run.json")


@pytest.fixture
def out(story: Path) -> Path:
    return story.parent / "out"


@pytest.fixture
def server(serve: Serve) -> FakeEndpoint:
    return serve(check_answer)


def check(story: Path, *options: str | Path) -> Ended:
    done = run_command("check", story, "-o", story.parent / "out", "--model", "m", *options)
    assert (done.code, done.err) == (0, "")
    return done


def written(out: Path) -> dict[str, tuple[bytes, int]]:
    """Return what each file holds, with the number that another file in its place would not have."""
    return {name: ((out / name).read_bytes(), (out / name).stat().st_ino) for name in FILES}


def is_kept(story: Path, *options: str | Path) -> bool:
    """Check ``story`` once more, and tell whether its report stayed."""
    before = read_run(story.parent / "out")
    told = "nothing changed since that run" in check(story, *options).out
    assert told == (read_run(story.parent / "out") == before)
    return told


def test_nothing_changed_and_nothing_is_written(story: Path, out: Path, server: FakeEndpoint) -> None:
    first = check(story).out
    assert "nothing changed" not in first
    before, asked = written(out), len(server.requests)
    again = check(story).out
    assert "nothing changed since that run" in again
    assert set(first.splitlines()) <= set(again.splitlines())
    assert written(out) == before
    assert len(server.requests) == asked


def an_article_is_edited(story: Path) -> None:
    path = sorted(story.iterdir())[0]
    path.write_text(path.read_text(encoding="utf-8") + "\nNobody was hurt.\n", encoding="utf-8")


def an_article_is_new(story: Path) -> None:
    (story / "zeta.txt").write_text("Seven ships waited for the tide on Monday.\n", encoding="utf-8")


def an_article_is_gone(story: Path) -> None:
    sorted(story.iterdir())[0].unlink()


def an_article_has_another_name(story: Path) -> None:
    path = sorted(story.iterdir())[0]
    path.rename(path.with_name("a-new-name.txt"))


def an_article_has_a_date(story: Path) -> None:
    named = {sorted(story.iterdir())[0].name: {"published": "2031-03-07"}}
    lines = [f'["{name}"]\npublished = {fields["published"]}\n' for name, fields in named.items()]
    (story / "story.toml").write_text("[articles]\n" + "".join(lines).replace("[", "[articles.", 1))


def a_file_cannot_be_read(story: Path) -> None:
    (story / "notes.txt").write_bytes(b"\x00\x01\x02" * 50)


def the_report_is_edited(story: Path) -> None:
    path = story.parent / "out" / "report.json"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def the_report_is_gone(story: Path) -> None:
    (story.parent / "out" / "report.json").unlink()


def the_record_is_gone(story: Path) -> None:
    (story.parent / "out" / "run.json").unlink()


def the_record_is_damaged(story: Path) -> None:
    (story.parent / "out" / "run.json").write_text("{")


def _record(change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    def changed(story: Path) -> None:
        path = story.parent / "out" / "run.json"
        held = json.loads(path.read_text(encoding="utf-8"))
        change(held)
        path.write_text(json.dumps(held), encoding="utf-8")

    return changed


def the_answers_are_gone(story: Path) -> None:
    for path in (story.parent / "out").glob("answers.sqlite*"):
        path.unlink()


def an_answer_is_another(story: Path) -> None:
    with closing(sqlite3.connect(story.parent / "out" / ANSWERS)) as store, store:
        key, said = store.execute("SELECT key, response FROM answer WHERE stage = 'extract'").fetchone()
        store.execute("UPDATE answer SET response = ? WHERE key = ?", (said + " ", key))


the_code_was_other = _record(lambda held: held["made_by"].update(code_sha256="0" * 64))  # type: ignore[attr-defined]
a_library_was_other = _record(lambda held: held["made_by"]["packages"].update(pydantic="1"))  # type: ignore[index]
the_run_was_cut_short = _record(lambda held: held["run"].update(complete=False))  # type: ignore[attr-defined]
a_prompt_was_other = _record(lambda held: held["run"]["prompts"]["extract"].update(sha256="0" * 64))  # type: ignore[index]
the_endpoint_was_other = _record(lambda held: held["run"].update(endpoint="another"))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "change",
    [
        an_article_is_edited,
        an_article_is_new,
        an_article_is_gone,
        an_article_has_another_name,
        an_article_has_a_date,
        a_file_cannot_be_read,
        the_report_is_edited,
        the_report_is_gone,
        the_record_is_gone,
        the_answers_are_gone,
        an_answer_is_another,
        the_record_is_damaged,
        the_code_was_other,
        a_library_was_other,
        the_run_was_cut_short,
        a_prompt_was_other,
        the_endpoint_was_other,
    ],
)
def test_any_change_makes_it_be_checked_again(
    story: Path, out: Path, server: FakeEndpoint, change: Callable[[Path], None]
) -> None:
    check(story)
    assert is_kept(story)
    change(story)
    done = run_command("check", story, "-o", out, "--model", "m")
    assert done.code in (0, 3), done.err
    assert "nothing changed" not in done.out
    assert read_report(out).claims


def test_another_model_makes_it_be_checked_again(story: Path, server: FakeEndpoint) -> None:
    check(story)
    assert not is_kept(story, "--model", "another")
    assert is_kept(story, "--model", "another")


@pytest.mark.parametrize("options", [("--concurrency", "3"), ("--max-calls", "500"), ("--timeout", "90")])
def test_what_bounds_a_run_changes_no_report_that_is_whole(
    story: Path, server: FakeEndpoint, options: tuple[str, ...]
) -> None:
    check(story)
    assert is_kept(story, *options)


def test_what_lacks_an_answer_is_asked_for(story: Path, out: Path, serve: Serve) -> None:
    def failing(body: Body) -> Reply:
        return refused(400, "no") if "logprobs" in body else check_answer(body)

    server = serve(failing)
    options = ("check", story, "-o", out, "--model", "m", "--max-calls", "3")
    run_command(*options)
    asked = len(server.requests)
    run_command(*options)
    assert len(server.requests) > asked


def test_pages_that_are_gone_or_decided_on_are_written_anew(
    story: Path, out: Path, server: FakeEndpoint
) -> None:
    check(story)
    page = (out / "report.html").read_bytes()
    (out / "report.html").unlink()
    assert is_kept(story)
    assert (out / "report.html").read_bytes() == page
    (out / "report.md").write_text("mine")
    assert is_kept(story)
    assert (out / "report.md").read_text() != "mine"
    report = read_report(out)
    record_decision(out, decision_on(report, report.contradictions[0].id, note="seen at the quay"))
    assert is_kept(story)
    assert "seen at the quay" in (out / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def stories(story: Path, tmp_path: Path) -> Path:
    """A folder of two stories that are alike."""
    for name in ("one", "two"):
        shutil.copytree(story, tmp_path / "many" / name)
    return tmp_path / "many"


def test_of_a_batch_the_changed_stories_alone_are_checked(
    stories: Path, server: FakeEndpoint, tmp_path: Path
) -> None:
    out = tmp_path / "many-out"
    line = ("check", stories, "-o", out, "--model", "m")
    assert run_command(*line).code == 0
    index = (out / "index.html").read_bytes()
    again = run_command(*line)
    assert again.out.count("nothing changed since that run") == 2
    assert (out / "index.html").read_bytes() == index
    (stories / "two" / "zeta.txt").write_text("Seven ships waited for the tide.\n", encoding="utf-8")
    assert run_command(*line).out.count("nothing changed since that run") == 1


def test_a_page_leads_to_the_index_of_the_batch_that_it_is_part_of(
    stories: Path, server: FakeEndpoint, tmp_path: Path
) -> None:
    out = tmp_path / "many-out"
    alone = ("check", stories / "one", "-o", out / "one", "--model", "m", "--cache", tmp_path / "kept")
    batch = ("check", stories, "-o", out, "--model", "m", "--cache", tmp_path / "kept")
    page = out / "one" / "report.html"
    for line, is_led in ((batch, True), (alone, False), (batch, True), (alone, False)):
        assert run_command(*line).code == 0
        assert ("../index.html" in page.read_text(encoding="utf-8")) == is_led
