"""What is the same in every request of a stage comes first, so that endpoints find it in their caches."""

from collections import defaultdict
from pathlib import Path

import pytest

from pipeline.prompts import FOLDER, load_prompt
from tests.commands import Serve, run_command
from tests.fake_endpoint import Answer, Body, Reply, check_answer, refused

VERSIONS = sorted((path.parent.name, path.stem) for path in FOLDER.glob("*/v*.md"))


@pytest.mark.parametrize(("stage", "version"), VERSIONS)
def test_each_prompt_begins_with_all_that_never_changes(stage: str, version: str) -> None:
    prompt = load_prompt(stage, version)
    names = ("before", "sentences", "evidence", "claim", "one", "other")
    filled = [prompt.fill({name: f"{letter}{name}" for name in names}) for letter in "XY"]
    head, _, _ = prompt.turns[-1][1].partition("$")
    *static, last = filled[0]
    assert static == filled[1][:-1]
    assert [message["content"] for message in static] == [text for _, text in prompt.turns[:-1]]
    assert all(messages[-1]["content"].startswith(head) for messages in filled)
    assert last["role"] == "user"


def _plain(body: Body) -> Reply:
    """Answer as an endpoint that has neither log-probabilities nor JSON Schema."""
    lacking = [feature for feature in ("logprobs", "response_format") if feature in body]
    return refused(400, f"no {lacking[0]}") if lacking else check_answer(body)


@pytest.mark.parametrize("answer", [check_answer, _plain])
def test_requests_of_one_stage_share_all_but_their_last_question(
    serve: Serve, story: Path, answer: Answer
) -> None:
    server = serve(answer)
    done = run_command("check", story, "-o", story.parent / "out", "--model", "m", "--concurrency", "1")
    assert done.code == 0
    stages: defaultdict[tuple[str, bool], list[Body]] = defaultdict(list)
    for body in server.requests:
        if answer is _plain and ("logprobs" in body or "response_format" in body):
            continue  # refused
        task = body["messages"][0]["content"].splitlines()[0]
        stages[task, "logprobs" in body].append(body)
    assert len(stages) >= 3
    for bodies in stages.values():
        assert len({body["messages"][-1]["content"] for body in bodies}) > 1
        statics = [[body["messages"][:-1], body.get("response_format")] for body in bodies]
        assert all(static == statics[0] for static in statics)
        roles = [message["role"] for message in bodies[0]["messages"]]
        assert roles[:2] == ["system", "user"]
        assert roles[-1] == "user"
