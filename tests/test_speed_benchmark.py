"""benchmarks.speed measures what it says, goes on where it stopped, and its page is what its figures make."""

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import httpx2
import pytest

from benchmarks.speed.__main__ import main
from benchmarks.speed.answers import size, tokens_of
from benchmarks.speed.mock import Manner, Mock, mock
from benchmarks.speed.page import DOCS, render
from benchmarks.speed.pairwise import pairwise
from benchmarks.speed.parts import least_s
from benchmarks.speed.results import RESULT, Sample, SpeedResult, read_result
from benchmarks.speed.stories import write_story
from pipeline.config import DEFAULT_PROMPTS
from pipeline.prompts import load_prompt
from schemas.report import StageTime
from tests import sample_report as sample

FEW = "Ana counted 12 lanterns at Tarnholm after the regatta."


def test_a_tiny_run_is_measured_and_the_same_command_adds_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, docs = tmp_path / "speed.json", tmp_path / "docs"
    command = ["growth", "ideal", "--tiny", "--most", "3", "--rounds", "1", "--json", str(file)]
    command += ["--docs", str(docs)]
    assert main(command) == 0
    result = SpeedResult.model_validate_json(file.read_text(encoding="utf-8"))
    assert result.cases("growth") == ["2 articles", "3 articles"]
    [large] = result.rounds("growth", "3 articles")
    assert large["claims"] == 36  # one a sentence
    assert large["extract_calls"] == 6
    assert large["ground_calls"] > 0
    assert large["verify_calls"] > 0
    assert large["calls"] < large["pairwise_calls"]
    assert large["tokens"] < large["pairwise_tokens"]
    [ideal] = result.rounds("ideal", "one story of 3 articles")
    assert ideal["over_ideal"] == pytest.approx(ideal["seconds"] / ideal["least_seconds"], rel=1e-3)
    assert ideal["over_ideal"] > 1
    assert (docs / "speed.md").read_text(encoding="utf-8") == render(result)["speed.md"]
    assert "<polyline" in (docs / "speed" / "growth.svg").read_text(encoding="utf-8")
    before = file.read_bytes()
    capsys.readouterr()
    assert main(command) == 0
    assert file.read_bytes() == before
    assert capsys.readouterr().out == ""


def test_the_page_is_what_the_stored_figures_make() -> None:
    result = read_result(RESULT)
    assert result is not None
    for name, text in render(result).items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, "run: python -m benchmarks.speed --render"


def test_a_page_without_figures_says_so() -> None:
    files = render(SpeedResult(tool_version="1", cores=2))
    assert files.keys() == {"speed.md"}
    assert files["speed.md"].count("Not measured yet.") == 5
    assert " | yes |" not in files["speed.md"]


def test_an_aim_is_held_against_the_median() -> None:
    figures = ({"seconds": 0.2}, {"seconds": 0.4}, {"seconds": 0.25})
    samples = tuple(
        Sample(part="start", case="storycheck --help", round=i, figures=one) for i, one in enumerate(figures)
    )
    page = render(SpeedResult(tool_version="1", cores=2, samples=samples))["speed.md"]
    assert "| at most 0.3 s | 0.25 [0.2–0.4] | yes |" in page
    slower = [s.model_copy(update={"figures": {"seconds": s.figures["seconds"] + 0.1}}) for s in samples]
    page = render(SpeedResult(tool_version="1", cores=2, samples=tuple(slower)))["speed.md"]
    assert "| at most 0.3 s | 0.35 [0.3–0.5] | no |" in page


@pytest.mark.parametrize(
    ("asked", "least"),
    [({"extract": 1}, 0.2), ({"extract": 1, "verify": 1}, 0.4), ({"extract": 65}, 0.6), ({}, 0.0)],
)
def test_the_ideal_is_the_longer_of_the_waves_and_the_chain(asked: Mapping[str, int], least: float) -> None:
    assert least_s(asked, 0.2, 32) == pytest.approx(least)


def test_a_larger_story_begins_with_the_smaller(tmp_path: Path) -> None:
    write_story(tmp_path / "small", 2, seed=3)
    write_story(tmp_path / "large", 4, seed=3)
    names = [path.name for path in sorted((tmp_path / "small").iterdir())]
    assert len(names) == 2
    for name in names:
        assert (tmp_path / "small" / name).read_text() == (tmp_path / "large" / name).read_text()


def test_pairs_are_reckoned_as_by_counting_them() -> None:
    articles = [sample.article(f"a{i}", f"Outlet {i}", None, [f"Head {i}", FEW]) for i in range(3)]
    claims = [
        sample.claim(a, 2, f"{FEW} {i}", sample.unsupported(), id=f"c{i}") for i, a in enumerate(articles * 2)
    ]
    run = sample.run_info(claims).model_copy(
        update={"stages": (StageTime(stage="extract", seconds=1, calls=4, tokens_in=100, tokens_out=10),)}
    )
    report = sample.sample_report(
        articles=tuple(articles), claims=tuple(claims), contradictions=(), clusters=(), run=run
    )
    prompt = load_prompt("screen", DEFAULT_PROMPTS["screen"]).fill({"evidence": "", "claim": ""})
    pairs = [(a, b) for a, b in combinations(claims, 2) if a.article_id != b.article_id]
    tokens = sum(tokens_of(prompt) + size(a.text) + size(b.text) + 1 for a, b in pairs)
    assert pairwise(report) == (4 + len(pairs), 110 + tokens)


def _ask(server: Mock, **more: object) -> httpx2.Response:
    body = {"model": "m", "messages": [{"role": "user", "content": f"1: {FEW}"}], **more}
    return httpx2.post(f"{server.base_url}/chat/completions", json=body, trust_env=False, timeout=60)


def test_the_server_answers_and_counts() -> None:
    with mock(Manner()) as server:
        usage = _ask(server).json()["usage"]
        assert usage["prompt_tokens"] == tokens_of([{"content": f"1: {FEW}"}]) > 10
        screened = [{"role": "user", "content": f"Report: {FEW}\nStatement: {FEW.replace('12', '14')}"}]
        choice = _ask(server, logprobs=True, messages=screened).json()["choices"][0]
        assert choice["message"]["content"] == "C"
        seen = server.seen()
        assert (seen.requests, seen.answered, seen.refused) == (2, 2, 0)
        assert len(server.asked()) == 2


@pytest.mark.parametrize("manner", [Manner(requests_per_minute=1), Manner(tokens_per_minute=30)])
def test_beyond_its_limits_the_server_asks_to_wait(manner: Manner) -> None:
    with mock(manner) as server:
        assert _ask(server).status_code == 200
        refused = _ask(server)
        assert refused.status_code == 429
        assert 0 < float(refused.headers["retry-after"]) <= 60
        assert server.seen().refused == 1


def test_no_more_are_answered_at_once_than_it_takes() -> None:
    with mock(Manner(most_in_flight=0)) as server:
        assert _ask(server).status_code == 429


def test_faults_strike_the_share_that_is_asked_for() -> None:
    with mock(Manner(faults=1.0)) as server:
        ended = set()
        for _ in range(30):
            try:
                ended.add(_ask(server).status_code)
            except httpx2.HTTPError:
                ended.add(0)
        assert ended == {0, 429, 500}
        assert server.seen().answered == 0
