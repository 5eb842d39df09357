"""The library does what the command does, by the same way, and leaves the process it is used in alone."""

import asyncio
import json
import re
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.api import Config, Run, Text, acheck, check
from pipeline.cli.settings import known_settings
from pipeline.errors import AuthenticationFailed, InputError
from pipeline.setting import Setting
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


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"concurrency": 0}, "concurrency takes a whole number from 1 to 256."),
        ({"max_calls": 1.5}, "max_calls takes a whole number of at least 0."),
        ({"requests_per_minute": 0}, "requests_per_minute takes a number of at least 0.1."),
        ({"batch": "perhaps"}, "batch takes true or false."),
        ({"out": 3}, "out takes a path."),
        ({"against": "sources"}, "against takes a list of paths, URLs and texts."),
        ({"max_cost": 1}, "there is no setting 'max_cost': did you mean max_cost_usd?"),
        ({"fields": {"outlt": "source"}}, "one of text, title, outlet"),
        ({"threads": 0, "model": 1}, "model takes text.\nthreads takes a whole number of at least 1."),
    ],
)
def test_a_wrong_setting_is_told_as_the_command_tells_it(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as caught:
        Config(**wrong)
    assert told in str(caught.value)
    assert "pydantic" not in str(caught.value)


def field_of(setting: Setting) -> str | None:
    """Return the field of a Config that says what ``setting`` says, if one does."""
    names = {"rpm": "requests_per_minute", "max_cost": "max_cost_usd"}
    found = [names.get(setting.name, setting.name), f"{setting.name}_s"]
    return next((name for name in found if not setting.table and name in Config.model_fields), None)


BOUNDED = [one for one in known_settings() if one.least is not None and field_of(one)]


def test_all_that_is_bounded_is_looked_at() -> None:
    assert len(BOUNDED) == 10


@pytest.mark.parametrize("setting", BOUNDED, ids=lambda setting: setting.key)
def test_the_bounds_are_those_of_the_command(setting: Setting) -> None:
    name = str(field_of(setting))
    least = setting.kind(setting.least or 0)
    assert getattr(Config(**{name: least}), name) == least
    with pytest.raises(InputError, match=re.escape(f"{name} takes {setting.allowed(is_file=False)}.")):
        Config(**{name: least - 1})


def test_texts_are_read_as_files_are(story: Path, server: FakeEndpoint) -> None:
    texts = [Text(path.read_text(encoding="utf-8"), name=path.stem) for path in sorted(story.glob("*.txt"))]
    run, of_files = check(texts, Config(model="m")), check(story, Config(model="m"))
    assert [found.sides for found in run.contradictions] == [found.sides for found in of_files.contradictions]
    assert run.report.story == "texts"
    assert [article.name for article in run.report.articles] == [one.name for one in of_files.report.articles]


def test_what_is_said_of_a_text_goes_before_its_own_lines(server: FakeEndpoint) -> None:
    told = Text(
        "---\noutlet: Crier\n---\nNine boats waited at the mole.",
        outlet="Gull",
        published=date(2031, 3, 4),
        title="At the mole",
        author="Ann Teller",
        url="https://gull.example/mole",
        language="en",
    )
    [article, other] = check(
        [told, Text("It rained.", published="5 March 2031")], Config(model="m")
    ).report.articles
    assert (article.outlet, article.published, article.title) == ("Gull", date(2031, 3, 4), "At the mole")
    assert (article.author, article.url) == ("Ann Teller", "https://gull.example/mole")
    assert (other.name, other.published) == ("text-2", date(2031, 3, 5))


def test_a_draft_and_its_sources_may_be_texts_and_files(
    story: Path, tmp_path: Path, server: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    draft = Text("Seven boats waited at the mole.", name="draft")
    against = (Text("Nine boats waited at the mole."), story)
    run = check(draft, Config(model="m", against=against))
    assert run.report.draft is not None
    assert (run.report.draft.name, run.report.draft.text) == ("draft", draft.text)
    assert {article.name for article in run.report.articles if article.is_source} >= {"text-1", "gull"}
    assert sorted(tmp_path.rglob("*")) == before


def test_texts_beside_files_are_a_story_of_their_own(story: Path, server: FakeEndpoint) -> None:
    run = check([story, Text("Nine boats waited at the mole.")], Config(model="m"))
    assert [report.story for report in run.reports] == ["harbour", "texts"]


def test_a_text_that_cannot_be_read_is_told_of(server: FakeEndpoint) -> None:
    with pytest.raises(InputError, match=r"no article among the texts given .*text-1: its text is empty"):
        check(Text("  "), Config(model="m"))
    run = check([Text("It rained at the mole."), Text("half \ud800"), Text("")], Config(model="m"))
    assert [(skip.path, skip.is_lost) for skip in run.report.skipped] == [
        ("(text)/text-2", True),
        ("(text)/text-3", True),
    ]
    assert not run.is_complete


def test_texts_that_stay_keep_their_report(tmp_path: Path, server: FakeEndpoint) -> None:
    config = Config(model="m", out=tmp_path / "out")
    texts = [Text("Nine boats waited at the mole."), Text("Seven boats waited at the mole.")]
    run = check(texts, config)
    asked = len(server.requests)
    assert check(texts, config).report == run.report
    assert len(server.requests) == asked
