"""The main job on the example story, with the recorded answers of a real model.

Recorded with `make record` from the embedded model. The facts asserted here are pinned in this file: what
the recordings hold is not taken for right.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from vcr.errors import CannotOverwriteExistingCassetteException

from pipeline.batch import check_stories
from pipeline.config import DEFAULT_PROMPTS, Settings
from pipeline.ingest import ingest
from pipeline.llm import Endpoint, connect
from pipeline.progress import Silent
from pipeline.prompts import Prompt
from pipeline.run import Prompts, check_story
from pipeline.store import open_answers, prepare_run_directory
from pipeline.verifier.judge import Judge, chosen_map
from schemas.article import Story
from schemas.claim import Claim
from schemas.contradiction import Side
from schemas.report import Report
from schemas.verdict import Label
from tests.cassette import FOLDER

CASSETTE = "ellen-marrick"
TRACES = ("127.0.0.1", "localhost", "authorization", "bearer", "api_key", "/home/", "/root", "/tmp/")  # noqa: S108


@pytest.mark.default_cassette(CASSETTE)
@pytest.mark.vcr
@pytest.mark.usefixtures("all_played")
async def test_the_example_story_end_to_end(
    example: Path, tmp_path: Path, recorded_endpoint: Endpoint
) -> None:
    stories = ingest([example])
    prepare_run_directory(tmp_path)
    outcome = await check_stories(stories, tmp_path, Settings(), recorded_endpoint, Silent())
    report = outcome.checked[0].report

    assert report.run.complete
    assert report.run.coverage.sentences_read == report.run.coverage.sentences_readable
    assert report.run.coverage.claims_judged == len(report.claims) > 80
    assert {claim.verdict.label for claim in report.claims} == {
        Label.supported,
        Label.contradicted,
        Label.unsupported,
    }
    sides: list[Claim | Side] = [side for c in report.contradictions for side in c.sides]
    for part in [*report.claims, *sides]:
        article = next(a for a in report.articles if a.id == part.article_id)
        assert part.quote == part.span.cut(article.text)
    assert Report.model_validate_json((tmp_path / "report.json").read_text(encoding="utf-8")) == report
    assert (tmp_path / "report.html").stat().st_size > 10_000
    assert (tmp_path / "report.md").stat().st_size > 1_000


@pytest.mark.default_cassette(CASSETTE)
@pytest.mark.vcr
async def test_all_planted_conflicts_are_found_and_no_lookalike_is_flagged(
    example: Path, tmp_path: Path, recorded_endpoint: Endpoint
) -> None:
    story = ingest([example])[0]
    report = await _checked(story, tmp_path, recorded_endpoint)
    gold = json.loads((example / "gold.json").read_text(encoding="utf-8"))
    flagged = [
        _quotes(report, i) for i, c in enumerate(report.contradictions) if c.relation == "contradiction"
    ]

    found = {entry["id"] for entry in gold["conflicts"] if _is_flagged(entry, flagged)}
    planted = {entry["id"] for entry in gold["conflicts"]}
    assert found == planted
    assert len(flagged) == len(found)  # and nothing else is flagged
    assert [entry["id"] for entry in gold["hard_negatives"] if _is_flagged(entry, flagged)] == []


@pytest.mark.default_cassette(CASSETTE)
@pytest.mark.vcr
async def test_a_second_run_asks_nothing(example: Path, tmp_path: Path, recorded_endpoint: Endpoint) -> None:
    story = ingest([example])[0]
    first = await _checked(story, tmp_path, recorded_endpoint)
    second = await _checked(story, tmp_path, recorded_endpoint)
    assert first.run.calls > 0
    assert second.run.calls == 0
    assert second.run.cached_calls == first.run.calls + first.run.cached_calls
    assert second.claims == first.claims
    assert second.contradictions == first.contradictions


@pytest.mark.default_cassette(CASSETTE)
@pytest.mark.vcr
@pytest.mark.parametrize("stage", sorted(DEFAULT_PROMPTS))
async def test_a_changed_prompt_has_no_recording_and_fails(
    stage: str, example: Path, tmp_path: Path, recorded_endpoint: Endpoint, record_mode: str
) -> None:
    if record_mode != "none":
        pytest.skip("while recording, every prompt has an answer")
    prompts = Prompts.load(DEFAULT_PROMPTS)
    changed: Prompt = getattr(prompts, "screen" if stage == "screen" else stage)
    (role, system), *rest = changed.turns
    edited = replace(prompts, **{stage: replace(changed, turns=((role, system + " Be brief."), *rest))})
    story = ingest([example])[0]
    with pytest.raises(CannotOverwriteExistingCassetteException):
        await _checked(story, tmp_path, recorded_endpoint, edited)


def test_cassettes_hold_no_host_no_key_and_no_path() -> None:
    for path in FOLDER.glob("*.yaml"):
        text = path.read_text(encoding="utf-8").lower()
        for trace in TRACES:
            assert trace not in text, f"{path.name} holds {trace}"


async def _checked(story: Story, folder: Path, endpoint: Endpoint, prompts: Prompts | None = None) -> Report:
    with open_answers(folder / "answers.sqlite") as answers:
        async with connect(endpoint, answers) as llm:
            used = prompts or Prompts.load(DEFAULT_PROMPTS)
            judge = Judge(llm, used.screen, chosen_map(None, endpoint.model))
            report, stopped = await check_story(story, llm, judge, used, Silent(), {})
    assert stopped is None
    return report


def _quotes(report: Report, number: int) -> frozenset[str]:
    return frozenset(side.quote for side in report.contradictions[number].sides)


def _is_flagged(entry: Mapping[str, list[dict[str, str]]], flagged: list[frozenset[str]]) -> bool:
    quotes = {side["quote"] for side in entry["sides"]}
    return any(pair <= quotes for pair in flagged)
