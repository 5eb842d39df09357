"""A run made again from its stored answers: bit for bit, offline, and whatever has changed is told."""

import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline import llm, prompts
from pipeline.store import read_report, record_decision
from schemas.run import RunRecord
from tests.commands import Ended, run_command
from tests.fake_endpoint import Answer, Body, FakeEndpoint, Reply, check_answer, fake_endpoint, refused
from tests.faulty_endpoint import FAULTS, when
from tests.stored_runs import decision_on

ARTICLES = {
    "gull": "Ships were kept out of Tarnholm harbour on Monday. Eleven boats waited at the mole.",
    "crier": "Ships were kept out of Tarnholm harbour on Tuesday. Nine boats waited at the mole.",
}
FILES = ("report.json", "report.md", "report.html", "run.json")
SAME = "the same, bit for bit\n"


def write_story(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for outlet, text in ARTICLES.items():
        (folder / f"{outlet}.txt").write_text(text)
    return folder


def check(folder: Path, answer: Answer, *options: str, stories: int = 1) -> tuple[Ended, FakeEndpoint]:
    """Check the story, or stories, in ``folder`` into ``folder``/out."""
    for number in range(stories):
        write_story(folder / "in" / (f"harbour-{number}" if stories > 1 else ""))
    with fake_endpoint(answer) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", server.base_url)
        patch.setattr(llm, "_wait_s", lambda _state: 0.0)
        done = run_command("check", folder / "in", "-o", folder / "out", "--model", "m", *options)
    return done, server


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a story and its run, not to be changed."""
    folder = tmp_path_factory.mktemp("checked")
    done, _ = check(folder, check_answer)
    assert done.code == 0
    return folder


@pytest.fixture
def run(checked: Path, tmp_path: Path) -> Path:
    """A copy of the run, whose articles lie where they lay."""
    return Path(shutil.copytree(checked / "out", tmp_path / "out"))


def edit_record(run: Path, change: Callable[[dict[str, Any]], object]) -> None:
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    change(record)
    (run / "run.json").write_text(json.dumps(record), encoding="utf-8")


def edit_answers(run: Path, statement: str) -> None:
    store = sqlite3.connect(run / "answers.sqlite")
    with store:
        store.execute(statement)
    store.close()


# -- the same again --


def test_a_run_comes_out_the_same_bit_for_bit_and_asks_nobody(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_endpoint(check_answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        done = run_command("check", "--replay", run, "-o", tmp_path / "again")
    assert done == Ended(0, SAME, "")
    assert server.requests == []
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (run / name).read_bytes(), name


def test_without_a_folder_to_write_into_it_only_compares(run: Path) -> None:
    before = {path: path.read_bytes() for path in run.iterdir() if path.suffix != ".sqlite"}
    assert run_command("check", "--replay", run) == Ended(0, SAME, "")
    assert {path: path.read_bytes() for path in before} == before


def test_articles_that_are_gone_are_taken_from_the_report(tmp_path: Path) -> None:
    check(tmp_path, check_answer)
    shutil.rmtree(tmp_path / "in")
    assert run_command("check", "--replay", tmp_path / "out") == Ended(0, SAME, "")


def _fault_in(words: str, fault: str) -> Answer:
    return when(lambda body: words in body["messages"][-1]["content"], FAULTS[fault])


def _fault_after(calls: int, reply: Reply) -> Answer:
    seen: list[Body] = []

    def answer(body: Body) -> Reply:
        seen.append(body)
        return reply if len(seen) > calls else check_answer(body)

    return answer


@pytest.mark.parametrize(
    ("answer", "options"),
    [
        (_fault_in("Statement: ", "content filter, as an error"), ()),
        (_fault_in("Eleven boats", "refusal"), ()),
        (_fault_in(">> ", "ignores the schema"), ()),
        (FAULTS["context too long for two sentences"], ()),
        (FAULTS["no log-probabilities"], ()),
        (_fault_after(3, refused(401, "expired")), ()),
        (_fault_after(4, refused(500, "boom")), ("--concurrency", "1")),
        (check_answer, ("--max-calls", "5")),
    ],
)
def test_what_went_unanswered_goes_unanswered_again(
    answer: Answer, options: tuple[str, ...], tmp_path: Path
) -> None:
    check(tmp_path, answer, *options)
    again = run_command("check", "--replay", tmp_path / "out")
    assert again == Ended(0, SAME, "")


def test_an_interrupted_run_is_made_again_with_what_it_left(tmp_path: Path) -> None:
    def interrupted(body: Body) -> Reply:
        if body.get("logprobs"):
            os.kill(os.getpid(), signal.SIGTERM)
        return check_answer(body)

    done, _ = check(tmp_path, interrupted, "--concurrency", "1")
    assert done.code == 3
    assert not read_report(tmp_path / "out").run.complete
    assert run_command("check", "--replay", tmp_path / "out") == Ended(0, SAME, "")


@pytest.mark.parametrize("feature", ["logprobs", "response_format", "temperature", "max_tokens"])
def test_what_the_endpoint_lacked_it_lacks_again(feature: str, tmp_path: Path) -> None:
    said = "use max_completion_tokens" if feature == "max_tokens" else f"{feature} is not supported"
    check(tmp_path, when(lambda body: feature in body, lambda _body: refused(400, said)))
    assert read_report(tmp_path / "out").run.notes
    assert run_command("check", "--replay", tmp_path / "out") == Ended(0, SAME, "")


def test_a_second_check_is_replayed_as_itself(tmp_path: Path) -> None:
    check(tmp_path, check_answer)
    first = read_report(tmp_path / "out").run
    with (tmp_path / "out" / "report.json").open("a") as report:
        report.write("\n")  # so that it does not stay as it is
    assert run_again(tmp_path).code == 0
    second = read_report(tmp_path / "out").run
    assert (first.cached_calls, second.calls) == (0, 0)
    assert run_command("check", "--replay", tmp_path / "out") == Ended(0, SAME, "")


def run_again(folder: Path) -> Ended:
    with fake_endpoint(check_answer) as server, pytest.MonkeyPatch.context() as patch:
        name = RunRecord.model_validate_json((folder / "out" / "run.json").read_bytes()).run.endpoint
        patch.setenv("OPENAI_BASE_URL", f"http://{name}/v1")
        done = run_command("check", folder / "in", "-o", folder / "out", "--model", "m")
        assert server.requests == []
    return done


def test_a_shared_store_is_named_again(tmp_path: Path) -> None:
    check(tmp_path, check_answer, "--cache", str(tmp_path / "shared"))
    missing = run_command("check", "--replay", tmp_path / "out")
    assert (missing.code, "--cache" in missing.told) == (2, True)
    given = run_command("check", "--replay", tmp_path / "out", "--cache", tmp_path / "shared")
    assert given == Ended(0, SAME, "")


def test_a_batch_is_made_again_with_its_index(tmp_path: Path) -> None:
    check(tmp_path, check_answer, stories=2)
    done = run_command("check", "--replay", tmp_path / "out", "-o", tmp_path / "again")
    assert (done.code, done.err) == (0, "")
    names = ["harbour-0", "harbour-1", "index.html"]
    assert done.out.splitlines() == [f"{name}: {SAME.strip()}" for name in names]
    for path in ("index.html", *(f"{name}/{file}" for name in names[:2] for file in FILES)):
        assert (tmp_path / "again" / path).read_bytes() == (tmp_path / "out" / path).read_bytes(), path


def test_decisions_since_do_not_make_it_another_run(run: Path) -> None:
    report = read_report(run)
    record_decision(run, decision_on(report, report.contradictions[0].id, note="seen"))
    assert run_command("report", run).code == 0
    assert b"seen" in (run / "report.html").read_bytes()
    assert run_command("check", "--replay", run) == Ended(0, SAME, "")


# -- what has changed is told --


def test_an_article_that_was_edited_is_named_and_its_old_text_taken(tmp_path: Path) -> None:
    check(tmp_path, check_answer)
    (tmp_path / "in" / "gull.txt").write_text("Twelve boats waited at the mole.")
    (tmp_path / "in" / "story.toml").write_text('[articles."crier.txt"]\noutlet = "The Crier"\n')
    done = run_command("check", "--replay", tmp_path / "out")
    assert (done.code, done.out) == (0, SAME)
    edited, sidecar = done.err.splitlines()
    assert "gull.txt was edited" in edited
    assert "story.toml is new" in sidecar


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        (("made_by", "storycheck"), "0.0.1", "storycheck was 0.0.1, and is "),
        (("made_by", "code_sha256"), "0" * 64, "was changed"),
        (("made_by", "python"), "3.1.4", "Python was 3.1.4, and is "),
        (("made_by", "platform"), "Plan9 mips", "the platform was Plan9 mips, and is "),
        (("made_by", "packages", "numpy"), "1.0", "numpy was 1.0, and is "),
        (("made_by", "data", "embedder"), "0" * 64, "the embedder is another"),
        (("made_by", "data", "map of suspicions"), "0" * 64, "the map of suspicions is another"),
        (("made_by", "data", "map of odds"), "0" * 64, "--calibration"),
    ],
)
def test_what_made_the_run_and_is_another_now_is_named(
    run: Path, place: tuple[str, ...], value: str, line: str
) -> None:
    def change(record: dict[str, Any]) -> None:
        *path, last = place
        for name in path:
            record = record[name]
        record[last] = value

    edit_record(run, change)
    done = run_command("check", "--replay", run)
    assert (done.code, done.out) == (0, SAME)  # nothing was changed in truth
    assert line in done.told


def test_another_prompt_is_named_and_its_answers_are_missing(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(prompts.FOLDER, tmp_path / "prompts"))
    with (folder / "screen" / "v1.md").open("a", encoding="utf-8") as file:
        file.write("\nThink twice.\n")
    monkeypatch.setattr(prompts, "FOLDER", folder)
    done = run_command("check", "--replay", run)
    assert done.code == 3
    assert "not the same: report.json" in done.out
    prompt, missing = done.err.splitlines()
    assert "the screen prompt v1" in prompt
    assert "4 answers are not stored" in missing


def test_an_answer_that_is_gone_is_counted_and_not_asked_for(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit_answers(run, "DELETE FROM answer WHERE key = (SELECT min(key) FROM answer WHERE stage = 'verify')")
    with fake_endpoint(check_answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        done = run_command("check", "--replay", run)
    assert done.code == 3
    assert "1 answer is not stored" in done.told
    assert server.requests == []


def test_an_answer_that_is_another_is_told(run: Path) -> None:
    edit_answers(run, "UPDATE answer SET response = replace(response, 'They differ.', 'They disagree.')")
    done = run_command("check", "--replay", run)
    assert "stored answers are not what the run was given" in done.told


def test_a_report_that_was_edited_is_told(run: Path) -> None:
    path = run / "report.md"
    path.write_text(path.read_text(encoding="utf-8") + "One more word.\n", encoding="utf-8")
    done = run_command("check", "--replay", run)
    assert (done.code, done.out) == (0, SAME)
    assert "report.md is not as the run wrote it" in done.told


def test_a_text_that_was_changed_in_the_report_is_no_text_of_the_run(run: Path) -> None:
    path = run / "report.json"
    path.write_text(path.read_text(encoding="utf-8").replace("Eleven", "Twelve"), encoding="utf-8")
    done = run_command("check", "--replay", run)
    assert (done.code, done.out) == (2, "")
    assert "gull.txt" in done.told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "has no record of its run"),
        ("", "is damaged"),
        ('{"schema_version": 1}', "is damaged"),
        ('{"schema_version": 2}', "newer storycheck"),
    ],
)
def test_a_record_that_cannot_be_read_is_told_with_what_to_do(run: Path, text: str | None, told: str) -> None:
    (run / "run.json").unlink()
    if text is not None:
        (run / "run.json").write_text(text)
    done = run_command("check", "--replay", run)
    assert (done.code, done.out) == (2, "")
    assert told in done.told


def test_a_story_of_a_batch_that_cannot_be_replayed_leaves_the_others(tmp_path: Path) -> None:
    check(tmp_path, check_answer, stories=2)
    (tmp_path / "out" / "harbour-0" / "run.json").unlink()
    done = run_command("check", "--replay", tmp_path / "out")
    assert done.code == 1
    assert "harbour-0: not the same: report.json" in done.out
    assert f"harbour-1: {SAME}" in done.out
    assert "has no record of its run" in done.told


def test_a_replay_is_not_written_over_its_run_and_takes_no_articles(run: Path) -> None:
    onto = run_command("check", "--replay", run, "-o", run)
    assert (onto.code, "another folder" in onto.told) == (2, True)
    both = run_command("check", run, "--replay", run)
    assert (both.code, "name none" in both.err) == (2, True)
    nothing = run_command("check", "--replay", run.parent)
    assert (nothing.code, nothing.out) == (2, "")


# -- what run.json holds --


def test_the_record_names_all_that_made_the_run_and_holds_no_word_of_it(run: Path) -> None:
    text = (run / "run.json").read_text(encoding="utf-8")
    record, report = RunRecord.model_validate_json(text), read_report(run)
    assert record.run == report.run
    assert set(record.run.prompts) == {"extract", "screen", "adjudicate"}
    assert [read.sha256 for read in record.articles] == [article.sha256 for article in report.articles]
    assert len(record.answers) == record.run.calls > 0
    assert record.made_by.packages["numpy"].count(".") >= 1
    assert not any(words in text for article in ARTICLES.values() for words in article.split(". "))
