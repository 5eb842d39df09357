"""A batch of stories against a scripted endpoint: what is written, and what stops it."""

import json
import re
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.batch import IN_FLIGHT_A_STORY, Outcome, check_stories
from pipeline.config import Settings
from pipeline.errors import AuthenticationFailed, EndpointDown, InputError
from pipeline.ingest import ingest
from pipeline.llm import Endpoint
from pipeline.progress import Silent
from pipeline.store import prepare_run_directory, read_report
from schemas.verdict import Label
from tests.commands import Serve
from tests.fake_endpoint import Body, FakeEndpoint, Reply, check_answer, refused, said
from tests.stored_runs import forget_how

HARBOUR = {
    "gull": "Ships were kept out of Tarnholm harbour on Monday. Eleven boats waited at the mole.",
    "crier": "Ships were kept out of Tarnholm harbour on Tuesday. Nine boats waited at the mole.",
    "beacon": "Tarnholm harbour was shut to ships on Monday. Eleven boats lay at the mole.",
}
BRIDGE = {
    "echo": "The toll bridge at Wexley opened in June. It cost four million crowns.",
    "post": "The toll bridge at Wexley opened in July. It cost six million crowns.",
}
pytestmark = pytest.mark.usefixtures("no_wait")


@pytest.fixture
def stories(tmp_path: Path) -> Path:
    for name, articles in (("a-bridge", BRIDGE), ("b-harbour", HARBOUR)):
        (tmp_path / "stories" / name).mkdir(parents=True)
        for outlet, text in articles.items():
            (tmp_path / "stories" / name / f"{outlet}.txt").write_text(text)
    return tmp_path / "stories"


async def check(
    server: FakeEndpoint,
    paths: list[Path],
    out: Path,
    settings: Settings | None = None,
    concurrency: int = IN_FLIGHT_A_STORY,
) -> Outcome:
    """Check into ``out``, one story after the other unless there is room for more requests."""
    endpoint = Endpoint(
        base_url=server.base_url,
        api_key="none",
        model="m",
        name="fake",
        timeout_s=5.0,
        concurrency=concurrency,
    )
    prepare_run_directory(out)
    return await check_stories(ingest(paths), out, settings or Settings(), endpoint, Silent())


def about(body: Body, place: str) -> bool:
    return place in json.dumps(body["messages"][-1])


async def test_each_story_has_its_report_and_the_batch_an_index(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    server = serve(check_answer)
    out = tmp_path / "out"
    outcome = await check(server, [stories], out)
    assert outcome.stopped is None
    assert outcome.index == str(out / "index.html")
    assert [done.report.story for done in outcome.checked] == ["a-bridge", "b-harbour"]
    index = (out / "index.html").read_text(encoding="utf-8")
    for name in ("a-bridge", "b-harbour"):
        assert f'href="./{name}/report.html"' in index
        assert 'href="../index.html"' in (out / name / "report.html").read_text(encoding="utf-8")
        files = {file.name for file in (out / name).iterdir()}
        assert files == {"report.json", "report.md", "report.html", "run.json"}
        report = read_report(out / name)
        assert report.run.complete
        assert report.run.calls > 0
        assert {claim.verdict.label for claim in report.claims} >= {Label.contradicted}
    total = sum(read_report(out / name).run.calls for name in ("a-bridge", "b-harbour"))
    assert total == len(server.requests)  # each story counts its own


async def test_stories_side_by_side_have_the_reports_of_those_one_by_one(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    """The first story's answers are held back until the second one asks."""
    second = threading.Event()

    def answer(body: Body) -> Reply:
        if about(body, "Tarnholm"):
            second.set()
        elif not second.wait(20):
            return refused(401, "the second story waits for the first")
        return check_answer(body)

    side_by_side = await check(serve(answer), [stories], tmp_path / "one", concurrency=2 * IN_FLIGHT_A_STORY)
    one_by_one = await check(serve(check_answer), [stories], tmp_path / "other")
    for one, other in zip(side_by_side.checked, one_by_one.checked, strict=True):
        found, expected = one.report, other.report
        assert (found.story, found.claims, found.contradictions) == (
            expected.story,
            expected.claims,
            expected.contradictions,
        )
        assert (found.run.calls, found.run.tokens_in) == (expected.run.calls, expected.run.tokens_in)
    assert linked(side_by_side) == linked(one_by_one) == ["b-harbour", "a-bridge"]


def linked(outcome: Outcome) -> list[str]:
    """Return the names of the stories in the order in which the index first names them."""
    assert outcome.index is not None
    found = re.findall(r'href="\./([\w-]+)/report\.html"', Path(outcome.index).read_text(encoding="utf-8"))
    return list(dict.fromkeys(found))


async def test_a_story_that_cannot_be_written_costs_no_answer_of_another(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    await check(serve(check_answer), [stories], out)
    for name in ("a-bridge", "b-harbour"):
        shutil.rmtree(out / name)
    (out / "a-bridge").write_text("mine")
    with pytest.raises(InputError, match="a-bridge"):
        await check(serve(check_answer), [stories], out, concurrency=2 * IN_FLIGHT_A_STORY)
    assert read_report(out / "b-harbour").run.complete


async def test_a_second_batch_asks_nothing(serve: Serve, stories: Path, tmp_path: Path) -> None:
    server = serve(check_answer)
    first = await check(server, [stories], tmp_path / "out")
    sent = len(server.requests)
    forget_how(tmp_path / "out")
    again = await check(server, [stories], tmp_path / "out")
    assert len(server.requests) == sent
    for one, other in zip(first.checked, again.checked, strict=True):
        assert other.report.run.calls == 0
        assert other.report.run.cached_calls > 0
        assert (one.report.claims, one.report.contradictions) == (
            other.report.claims,
            other.report.contradictions,
        )
        assert one.report.run.id == other.report.run.id


async def test_a_second_run_asks_nothing_of_an_endpoint_that_lacks_most(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    def answer(body: Body) -> Reply:
        for field in ("logprobs", "response_format", "temperature"):
            if field in body:
                return refused(400, f"{field} is not supported")
        return check_answer(body)

    server = serve(answer)
    first = await check(server, [stories], tmp_path / "out")
    sent = len(server.requests)
    forget_how(tmp_path / "out")
    again = await check(server, [stories], tmp_path / "out")
    assert len(server.requests) == sent
    assert [done.report.claims for done in first.checked] == [done.report.claims for done in again.checked]
    assert all(len(done.report.run.notes) == 3 for done in (*first.checked[1:], *again.checked))


async def test_a_shared_cache_serves_another_folder(serve: Serve, stories: Path, tmp_path: Path) -> None:
    server = serve(check_answer)
    cached = Settings(cache=tmp_path / "cache")
    await check(server, [stories], tmp_path / "one", cached)
    sent = len(server.requests)
    outcome = await check(server, [stories], tmp_path / "two", cached)
    assert len(server.requests) == sent
    assert {done.report.run.calls for done in outcome.checked} == {0}
    assert not (tmp_path / "two" / "answers.sqlite").exists()
    await check(server, [stories], tmp_path / "two", cached)  # the folder is known as ours without a store


async def test_a_changed_story_is_continued(serve: Serve, stories: Path, tmp_path: Path) -> None:
    server = serve(check_answer)
    await check(server, [stories / "a-bridge"], tmp_path / "out")
    sent = len(server.requests)
    (stories / "a-bridge" / "echo.txt").write_text(BRIDGE["echo"] + " A brass band played.")
    outcome = await check(server, [stories / "a-bridge"], tmp_path / "out")
    asked_again = [body for body in server.requests[sent:] if about(body, "1: The toll bridge")]
    assert outcome.checked[0].report.run.cached_calls > 0
    assert all(about(body, "brass band") for body in asked_again)


async def test_one_stories_failures_leave_the_others_alone(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    def answer(body: Body) -> Reply:
        if about(body, "Wexley opened in June") and "response_format" in body:
            return said("nonsense")
        return check_answer(body)

    outcome = await check(serve(answer), [stories], tmp_path / "out")
    bridge, harbour = (done.report for done in outcome.checked)
    assert outcome.stopped is None
    assert not bridge.run.complete
    assert bridge.run.coverage.errors == len(bridge.run.failures) > 0
    assert any("never fitted" in failure.reason for failure in bridge.run.failures)
    assert bridge.claims  # the other article's are there
    assert harbour.run.complete


async def test_an_endpoint_that_dies_in_the_second_story_keeps_the_first(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    def answer(body: Body) -> Reply:
        return Reply(b"", status=0) if about(body, "Tarnholm") else check_answer(body)

    out = tmp_path / "out"
    outcome = await check(serve(answer), [stories], out)
    assert isinstance(outcome.stopped, EndpointDown)
    assert [done.report.story for done in outcome.checked] == ["a-bridge"]
    assert read_report(out / "a-bridge").run.complete
    index = (out / "index.html").read_text(encoding="utf-8")
    assert "b-harbour" in index
    assert "No answer from fake" in index
    assert 'href="./b-harbour' not in index


async def test_an_endpoint_that_dies_within_a_story_keeps_what_was_done(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    server = serve(lambda body: refused(401, "key expired") if "logprobs" in body else check_answer(body))
    out = tmp_path / "out"
    outcome = await check(server, [stories], out)
    assert isinstance(outcome.stopped, AuthenticationFailed)
    report = read_report(out / "a-bridge")
    assert report.claims
    assert not report.run.complete
    assert Label.supported not in {claim.verdict.label for claim in report.claims}
    assert report.contradictions  # by rules
    assert "b-harbour" in (out / "index.html").read_text(encoding="utf-8")
    assert not any(about(body, "Tarnholm") for body in server.requests)


async def test_an_endpoint_lost_on_a_second_run_leaves_what_stored_answers_and_code_come_to(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    before = await check(serve(check_answer), [stories], out)
    found = {done.report.story: len(done.report.contradictions) for done in before.checked}
    added = stories / "a-bridge" / "gull.txt"
    added.write_text("The toll bridge at Wexley opened in May. It cost four million crowns.")

    refusing = serve(lambda _body: refused(401, "key expired"))
    outcome = await check(refusing, [stories], out)
    assert isinstance(outcome.stopped, AuthenticationFailed)
    assert not outcome.is_complete
    bridge, harbour = (done.report for done in outcome.checked)
    assert len(bridge.contradictions) > found["a-bridge"] > 0  # the new article's, by rules
    assert {claim.article_id for claim in bridge.claims} == {
        article.id for article in bridge.articles if article.name != "gull"
    }
    assert not bridge.run.complete
    assert {failure.reason for failure in bridge.run.failures} == {str(outcome.stopped)}
    assert [done.is_unchanged for done in outcome.checked] == [False, True]
    assert harbour.run.complete
    index = (out / "index.html").read_text(encoding="utf-8")
    assert 'href="./b-harbour/report.html"' in index
    assert refusing.requests  # it was tried


async def test_nothing_at_all_answered_is_an_error(serve: Serve, stories: Path, tmp_path: Path) -> None:
    server = serve(lambda _body: refused(401, "no such key"))
    with pytest.raises(AuthenticationFailed):
        await check(server, [stories], tmp_path / "out")
    assert not list((tmp_path / "out").glob("**/report.json"))


async def test_a_file_in_the_place_of_a_storys_folder_is_told(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    server = serve(check_answer)
    out = tmp_path / "out"
    await check(server, [stories], out)
    for file in (out / "b-harbour").iterdir():
        file.unlink()
    (out / "b-harbour").rmdir()
    (out / "b-harbour").write_text("mine")
    with pytest.raises(InputError, match="b-harbour"):
        await check(server, [stories], out)
    assert (out / "b-harbour").read_text() == "mine"


async def test_half_a_character_from_the_model_spoils_nothing(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    def answer(body: Body) -> Reply:
        if "response_format" in body:
            return refused(400, "no response_format")
        reply = check_answer(body)
        assert isinstance(reply.body, dict)
        text = json.dumps(reply.body).replace("The toll bridge", "The \\\\ud83d toll bridge")
        return replace(reply, body=text.encode())

    out = tmp_path / "out"
    outcome = await check(serve(answer), [stories / "a-bridge"], out)
    assert read_report(out).claims == outcome.checked[0].report.claims


async def test_the_example_of_a_single_article_needs_no_second_question(
    serve: Serve, stories: Path, tmp_path: Path
) -> None:
    server = serve(check_answer)
    outcome = await check(server, [stories / "a-bridge" / "echo.txt"], tmp_path / "out")
    report = outcome.checked[0].report
    assert len(report.claims) == 2
    assert {(c.verdict.label, c.verdict.reason) for c in report.claims} == {
        (Label.unsupported, "nothing_to_compare")
    }
    assert len(server.requests) == 1
    assert report.run.complete
