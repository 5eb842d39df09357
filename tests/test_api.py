"""The library does what the command does, by the same way, and leaves the process it is used in alone."""

import asyncio
import json
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pipeline.api import Config, Run, acheck, check
from pipeline.errors import AuthenticationFailed, InputError
from pipeline.store import read_report
from schemas.contradiction import ConflictKind
from tests.commands import Serve, run_command
from tests.fake_endpoint import Body, FakeEndpoint, Reply, check_answer, refused
from tests.harbour import HARBOUR, write_story

# What two runs over one story differ in.
MADE = {"started_at", "finished_at", "stages", "calls", "cached_calls", "endpoint"}


@pytest.fixture
def server(serve: Serve) -> FakeEndpoint:
    return serve(check_answer)


def said(run: Run) -> list[dict[str, Any]]:
    return [report.model_dump(mode="json", exclude={"run": MADE}) for report in run.reports]


def test_it_finds_what_the_command_finds(story: Path, tmp_path: Path, server: FakeEndpoint) -> None:
    assert run_command("check", story, "-o", tmp_path / "out", "--model", "m").code == 0
    run = check(story, Config(model="m"))
    assert said(run) == said(Run((read_report(tmp_path / "out"),)))
    assert (run.is_complete, run.lacks, run.folder) == (True, None, None)
    assert run.report is run.reports[0]
    assert {found.kind for found in run.contradictions} >= {ConflictKind.quantity}
    assert {claim.article_id for claim in run.claims} == {article.id for article in run.report.articles}


def test_without_a_folder_nothing_stays_on_disk(
    story: Path, tmp_path: Path, server: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    run = check(str(story), Config(model="m"))
    assert sorted(tmp_path.rglob("*")) == before
    assert "<title>harbour" in run.html()
    assert check([story], Config(model="m")).report.run.calls == run.report.run.calls  # all is asked anew


def test_a_folder_keeps_reports_and_answers(story: Path, tmp_path: Path, server: FakeEndpoint) -> None:
    config = Config(model="m", out=tmp_path / "out")
    run = check(story, config)
    asked = len(server.requests)
    assert run.folder == tmp_path / "out"
    assert read_report(tmp_path / "out") == run.report
    assert check(story, config).report == run.report
    assert len(server.requests) == asked
    assert "nothing changed" in run_command("check", story, "-o", tmp_path / "out", "--model", "m").out


def test_drafts_are_checked_against_sources(story: Path, tmp_path: Path, server: FakeEndpoint) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text("Seven boats waited at the mole.", encoding="utf-8")
    run = check(draft, Config(model="m", against=(story,)))
    assert run.report.draft is not None
    assert {claim.article_id for claim in run.claims} == {run.report.draft.id}
    assert "Your draft says" in run._repr_html_()


async def test_an_event_loop_that_runs_is_no_hindrance(story: Path, server: FakeEndpoint) -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0)

    beating = asyncio.ensure_future(beat())
    one, other = await asyncio.gather(acheck(story, Config(model="m")), acheck(story, Config(model="m")))
    assert beats > 10
    beating.cancel()
    assert said(one) == said(other) == said(check(story, Config(model="m")))


async def test_a_check_that_is_cancelled_keeps_what_was_answered(
    serve: Serve, story: Path, tmp_path: Path
) -> None:
    asked, free = threading.Event(), threading.Event()

    def held(body: Body) -> Reply:
        asked.set()
        free.wait()
        return check_answer(body)

    server = serve(held)
    work = asyncio.ensure_future(acheck(story, Config(model="m", out=tmp_path / "out", concurrency=1)))
    await asyncio.to_thread(asked.wait)
    work.cancel()
    await asyncio.sleep(0)
    free.set()
    with pytest.raises(asyncio.CancelledError):
        await work
    before = len(server.requests)
    run = await acheck(story, Config(model="m", out=tmp_path / "out"))
    assert run.is_complete
    assert run.report.run.cached_calls >= before - 1 > -1
    everything = check(story, Config(model="m")).report.run.calls
    assert before < everything


def test_signals_stay_as_they_are_and_nothing_is_printed(
    story: Path, server: FakeEndpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    check(story, Config(model="m"))
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    assert capsys.readouterr() == ("", "")


def test_any_thread_may_ask(story: Path, server: FakeEndpoint) -> None:
    with ThreadPoolExecutor(2) as threads:
        runs = list(threads.map(lambda _: check(story, Config(model="m")), range(2)))
    assert said(runs[0]) == said(runs[1])


def test_errors_are_raised_as_ours(tmp_path: Path, story: Path, serve: Serve) -> None:
    serve(lambda _body: refused(401, "no such key"))
    with pytest.raises(AuthenticationFailed):
        check(story, Config(model="m"))
    with pytest.raises(InputError, match="does not exist"):
        check(tmp_path / "nowhere", Config(model="m"))
    with pytest.raises(InputError, match="no model is named"):
        check(story)


def test_a_cap_leaves_a_report_that_says_so(story: Path, server: FakeEndpoint) -> None:
    run = check(story, Config(model="m", max_calls=2))
    assert not run.is_complete
    assert "max-calls" in (run.lacks or "")
    assert run.report.run.calls == 2


def test_key_and_address_come_from_arguments_first(
    story: Path, server: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    config = Config(model="m", base_url=server.base_url, api_key="sk-of-the-argument")
    run = check(story, config)
    assert run.is_complete
    assert {headers["authorization"] for headers in server.headers} == {"Bearer sk-of-the-argument"}
    assert "sk-of-the-argument" not in repr(config) + str(config) + run.report.model_dump_json() + run.html()


def test_several_stories_are_told_and_saved_as_a_batch(tmp_path: Path, server: FakeEndpoint) -> None:
    for name in ("harbour", "mole"):
        write_story(tmp_path / "stories" / name, HARBOUR)
    run = check(tmp_path / "stories", Config(model="m"))
    assert [report.story for report in run.reports] == ["harbour", "mole"]
    assert len(run.contradictions) == sum(len(report.contradictions) for report in run.reports) > 1
    with pytest.raises(InputError, match="2 reports"):
        run.html()
    with pytest.raises(InputError, match="no story"):
        run.html("pier")
    assert "<title>mole" in run.html("mole")
    out = run.save(tmp_path / "saved")
    assert read_report(out / "mole") == run.reports[1]
    assert 'href="./mole/report.html"' in (out / "index.html").read_text(encoding="utf-8")
    assert run_command("export", out, "--format", "json").code == 0
    assert repr(run).count("\n") == 1


def test_rows_are_those_of_an_export(story: Path, tmp_path: Path, server: FakeEndpoint) -> None:
    run = check(story, Config(model="m", out=tmp_path / "out"))
    for what in ("findings", "claims"):
        exported = run_command("export", tmp_path / "out", "--format", "json", "--what", what).out
        assert run.to_rows(what) == json.loads(exported)[what]
