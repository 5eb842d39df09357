"""A language model's odds are weighed with what code sees, by the map that was fitted for this model."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.errors import AnswerError, AnswerInvalid, EndpointDown, InputError
from pipeline.llm import Endpoint, connect
from pipeline.prompts import load_prompt
from pipeline.store import open_answers
from pipeline.verifier import judge as judging
from pipeline.verifier.judge import LETTERS, Judge, Pair, chosen_map, measure
from pipeline.verifier.stance import FEATURES, STANCES, StanceMap, log_odds
from tests.fake_endpoint import Reply, fake_endpoint, refused, said, scored
from tests.judging import odds_map
from tests.stories import Double, prompt_of

PROMPT = prompt_of("evidence", "claim")
PAIR = Pair("Divers found  31 bells\noff Kelmar.", "Divers found 12 bells off Kelmar.")
ODDS: Mapping[str, float] = {"S": 0.05, "C": 0.85, "N": 0.1}


def judge(double: Double, fitted: StanceMap | None) -> Judge:
    return Judge(double.llm, PROMPT, fitted)


async def test_a_pair_is_measured_by_code_and_by_the_models_odds() -> None:
    double = Double(lambda _: ODDS)
    row = dict(zip(FEATURES, await measure(PAIR, double.llm, PROMPT, stage="verify"), strict=True))
    assert row["numbers_missing"] == 1.0
    assert [row["odds_s"], row["odds_c"], row["odds_n"]] == [log_odds(ODDS[letter]) for letter in LETTERS]
    assert double.asked == [f"Divers found 31 bells off Kelmar.\n{PAIR.claim}"]


@pytest.mark.parametrize("has_map", [True, False])
@pytest.mark.parametrize("letter", LETTERS)
async def test_each_letter_speaks_for_its_own_stance(letter: str, *, has_map: bool) -> None:
    odds = {each: 0.9 if each == letter else 0.05 for each in reversed(LETTERS)}
    weighed = await judge(Double(lambda _: odds), odds_map() if has_map else None).weigh(PAIR, stage="verify")
    stance = dict(zip(LETTERS, STANCES, strict=True))[letter]
    assert getattr(weighed, stance) > 0.8


async def test_without_a_map_the_bare_odds_are_taken_as_they_are() -> None:
    weighed = await judge(Double(lambda _: ODDS), None).weigh(PAIR, stage="verify")
    assert (weighed.supported, weighed.contradicted, weighed.unsupported) == (0.05, 0.85, 0.1)


async def test_what_code_sees_counts_where_the_map_says_so() -> None:
    at = FEATURES.index("numbers_differ")
    rows = [
        [float(i == at and stance == "contradicted") * 3 for i in range(len(FEATURES))] for stance in STANCES
    ]
    by_code = StanceMap(model="m", features=FEATURES, weights=tuple(map(tuple, rows)), bias=(0.0, 0.0, 0.0))
    asking = judge(Double(lambda _: ODDS), by_code)
    differ = await asking.weigh(PAIR, stage="verify")
    same = await asking.weigh(Pair(PAIR.evidence, "Divers found 31 bells."), stage="verify")
    assert differ.contradicted > 0.8 > same.contradicted


@pytest.mark.parametrize("has_map", [True, False])
@pytest.mark.parametrize("error", [AnswerInvalid("no letter"), EndpointDown("gone")])
async def test_a_question_that_fails_is_told(error: Exception, *, has_map: bool) -> None:
    asking = judge(Double(lambda _: error), odds_map() if has_map else None)
    with pytest.raises(type(error)):
        await asking.weigh(PAIR, stage="verify")


async def test_over_the_wire_one_token_is_asked_for_with_the_real_prompt(tmp_path: Path) -> None:
    with fake_endpoint(lambda _: scored({"C": -0.1, "N": -2.5, "S": -5.0})) as server:
        endpoint = Endpoint(base_url=server.base_url, api_key="none", model="m", name="fake")
        with open_answers(tmp_path / "answers.sqlite") as answers:
            async with connect(endpoint, answers) as llm:
                asking = Judge(llm, load_prompt("screen", "v1"), odds_map("m"))
                weighed = [await asking.weigh(PAIR, stage="verify") for _ in range(2)]
    assert weighed[0] == weighed[1]
    assert weighed[0].contradicted > 0.8
    [body] = server.requests  # the second answer was stored
    assert (body["max_tokens"], body["logprobs"]) == (1, True)
    assert PAIR.claim in body["messages"][-1]["content"]
    assert "Divers found 31 bells off Kelmar." in body["messages"][-1]["content"]


@pytest.mark.parametrize("reply", [said("gibberish"), refused(400, "content filter")])
async def test_an_endpoint_that_gives_no_letter_is_an_error_of_this_answer_alone(
    tmp_path: Path, reply: Reply
) -> None:
    with fake_endpoint(lambda _: reply) as server:
        endpoint = Endpoint(base_url=server.base_url, api_key="none", model="m", name="fake")
        with open_answers(tmp_path / "answers.sqlite") as answers:
            async with connect(endpoint, answers) as llm:
                with pytest.raises(AnswerError):
                    await Judge(llm, PROMPT, odds_map("m")).weigh(PAIR, stage="verify")


# -- which map --


@pytest.fixture
def maps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An own folder of shipped maps, with one for each of two models."""
    folder = tmp_path / "maps"
    folder.mkdir()
    for model in ("small", "large"):
        (folder / f"odds-{model}.json").write_text(odds_map(model).model_dump_json())
    monkeypatch.setattr(judging, "MAPS", folder)


@pytest.mark.parametrize("model", ["small", "large"])
@pytest.mark.usefixtures("maps")
def test_a_model_is_weighed_by_the_map_that_ships_for_it(model: str) -> None:
    assert chosen_map(None, model) == odds_map(model)


@pytest.mark.usefixtures("maps")
def test_for_another_model_there_is_none() -> None:
    assert chosen_map(None, "unknown") is None


@pytest.mark.usefixtures("maps")
def test_the_users_map_goes_before_the_one_that_ships(tmp_path: Path) -> None:
    mine = odds_map("small", weight=0.5)
    (tmp_path / "mine.json").write_text(mine.model_dump_json())
    assert chosen_map(tmp_path / "mine.json", "small") == mine


@pytest.mark.parametrize("fitted_for", ["large", ""])
def test_a_map_of_another_model_is_refused(tmp_path: Path, fitted_for: str) -> None:
    path = tmp_path / "mine.json"
    path.write_text(odds_map(fitted_for).model_dump_json())
    with pytest.raises(InputError, match="small") as told:
        chosen_map(path, "small")
    assert str(path) in str(told.value)
    assert (fitted_for or "no model") in str(told.value)
