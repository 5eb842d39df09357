"""The ways of real endpoints, through the command: docs/endpoints.md says where each is from.

Each row is how one engine or host differs on the wire, in its own words and shape, put over an endpoint that
answers well. llama.cpp's own server is asked for real, with a model of random weights.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from schemas.report import Report
from tests.commands import Serve, run_command
from tests.fake_endpoint import Answer, Body, Reply, check_answer, completion, fake_endpoint, said
from tests.harbour import write_story
from tests.tiny_gguf import write_tiny_gguf

pytestmark = pytest.mark.usefixtures("no_wait")

MAX_TOKENS = "max_completion_tokens"
COARSE = "log-probabilities"
SCHEMA = "json_schema"
TEMPERATURE = "temperature"


def error(status: int, **told: str) -> Reply:
    """Return an error in OpenAI's form."""
    return Reply({"error": {"type": "invalid_request_error", "param": None, "code": None, **told}}, status)


def refusing(*refusals: tuple[str, Reply], otherwise: Answer = check_answer) -> Answer:
    """Refuse a request that has one of the fields, in their order, with the reply for it."""

    def answer(body: Body) -> Reply:
        return next((reply for field, reply in refusals if field in body), None) or otherwise(body)

    return answer


def changing(change: Callable[[Body], object]) -> Answer:
    """Answer well, but for what ``change`` does to the completion."""

    def answer(body: Body) -> Reply:
        good = check_answer(body)
        assert isinstance(good.body, dict)
        change(good.body)
        return good

    return answer


def deaf(field: str) -> Answer:
    """Take no notice of ``field``, and say nothing of that."""

    def answer(body: Body) -> Reply:
        return check_answer({name: value for name, value in body.items() if name != field})

    return answer


def _letter_alone(body: Body) -> Reply:
    return said("C", finish_reason="length") if body.get("logprobs") else check_answer(body)


def _null_logprobs(body: Body) -> Reply:
    if not body.get("logprobs"):
        return check_answer(body)
    choice = {"index": 0, "finish_reason": "length", "logprobs": None, "message": {"content": "C"}}
    return Reply(completion([choice]))


def _thinks_first(body: Body) -> Reply:
    """Spend tokens on thoughts that come beside the answer, as the host's own parser takes them out."""
    if body["max_tokens"] < 2000:
        text = {"role": "assistant", "content": None, "reasoning_content": "Hm"}
        return Reply(completion([{"index": 0, "finish_reason": "length", "message": text}]))
    return check_answer(body)


def _thinks_aloud(body: Body) -> Reply:
    """Think aloud before the answer, and take no notice of a schema."""
    if body.get("logprobs"):
        return check_answer(body)
    good = check_answer(body)
    assert isinstance(good.body, dict)
    message = good.body["choices"][0]["message"]
    message["content"] = f"<think>\nLet me see.\n</think>\n\n```json\n{message['content']}\n```"
    return good


def _with_filters(body: Body) -> None:
    body["prompt_filter_results"] = [
        {"prompt_index": 0, "content_filter_results": {"hate": {"filtered": False}}}
    ]
    body["choices"][0]["content_filter_results"] = {"hate": {"filtered": False, "severity": "safe"}}
    body["usage"]["completion_tokens_details"] = {"reasoning_tokens": 0}


REASONING = (
    (
        "max_tokens",
        error(
            400,
            message="Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            param="max_tokens",
            code="unsupported_parameter",
        ),
    ),
    (
        "temperature",
        error(
            400,
            message="Unsupported value: 'temperature' does not support 0.0 with this model. "
            "Only the default (1) value is supported.",
            param="temperature",
            code="unsupported_value",
        ),
    ),
    ("logprobs", error(403, message="You are not allowed to request logprobs from this model")),
)


def _vllm(status: int, message: str) -> Reply:
    """Return an error as vLLM wrote them for long: not within ``error``, and with a number for a code."""
    kind = {"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": status}
    return Reply(kind, status)


# How it differs, and what the report notes of it: nothing, where it does not matter.
WAYS: dict[str, tuple[Answer, tuple[str, ...]]] = {
    "OpenAI, a reasoning model": (refusing(*REASONING), (MAX_TOKENS, TEMPERATURE, COARSE)),
    "Azure OpenAI, results of its filters": (changing(_with_filters), ()),
    "vLLM, fewer log-probabilities": (
        refusing(("logprobs", _vllm(400, "Cannot request more than 5 logprobs."))),
        (COARSE,),
    ),
    "vLLM, a schema its grammars do not know": (
        refusing(
            (
                "response_format",
                _vllm(400, "The provided JSON schema contains features not supported by xgrammar."),
            )
        ),
        (SCHEMA,),
    ),
    "Ollama, models in its cloud": (_letter_alone, (COARSE,)),
    "LM Studio, no log-probabilities": (_null_logprobs, (COARSE,)),
    "LM Studio, an error that is a word": (
        refusing(("response_format", Reply({"error": "'response_format.type' must be 'text'"}, 400))),
        (SCHEMA,),
    ),
    "llama.cpp, a grammar that it cannot read": (
        refusing(
            ("response_format", error(400, message="Failed to initialize samplers: failed to parse grammar"))
        ),
        (SCHEMA,),
    ),
    "OpenRouter, a host without log-probabilities": (deaf("logprobs"), (COARSE,)),
    "OpenRouter, a host that takes no notice of the schema": (deaf("response_format"), ()),
    "any, no usage": (changing(lambda body: body.pop("usage")), ()),
    "any, usage that is null": (changing(lambda body: body.update(usage=None)), ()),
    "any, thoughts beside the answer": (_thinks_first, (COARSE, "thinks")),
    "any, thoughts aloud": (_thinks_aloud, ()),
}


@dataclass(frozen=True)
class Found:
    """What a check found."""

    verdicts: list[tuple[str, str]]
    notes: tuple[str, ...]
    is_complete: bool


def found(out: Path) -> Found:
    report = Report.model_validate_json((out / "report.json").read_text(encoding="utf-8"))
    verdicts = sorted((claim.text, claim.verdict.label.value) for claim in report.claims)
    return Found(verdicts, report.run.notes, report.run.complete)


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What a check finds where an endpoint has everything."""
    folder = tmp_path_factory.mktemp("healthy")
    write_story(folder / "harbour")
    with fake_endpoint(check_answer) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", server.base_url)
        assert run_command("check", folder / "harbour", "-o", folder / "out", "--model", "m").code == 0
    return found(folder / "out")


@pytest.mark.parametrize("way", WAYS)
def test_a_way_is_gone_along_with_and_noted_once(serve: Serve, story: Path, healthy: Found, way: str) -> None:
    answer, notes = WAYS[way]
    server = serve(answer)
    out = story.parent / "out"
    ended = run_command("check", story, "-o", out, "--model", "m", "--concurrency", "1")
    assert ended.code == 0, ended.err
    assert found(out).is_complete
    assert found(out).verdicts == healthy.verdicts
    told = [note for note in found(out).notes if "letter" not in note]
    assert len(told) == len(notes)
    assert all(any(word in note for note in told) for word in notes)
    # What is missing is asked for once, and not again by a second run.
    assert sum(answer(body).status >= 400 for body in server.requests) <= len(notes)
    asked = len(server.requests)
    run_command("check", story, "-o", out, "--model", "m")
    assert len(server.requests) == asked


# What ends the command at once, in one line, and what that says to look at.
FATAL: dict[str, tuple[Reply, str]] = {
    "Azure OpenAI, no such deployment": (
        error(404, code="DeploymentNotFound", message="The API deployment for this resource does not exist."),
        "--model",
    ),
    "Azure OpenAI, a key of another resource": (
        error(
            401, code="401", message="Access denied due to invalid subscription key or wrong API endpoint."
        ),
        "OPENAI_API_KEY",
    ),
    "vLLM, no such model": (_vllm(404, "The model `m` does not exist."), "--model"),
    "Ollama, a model that was not pulled": (
        error(404, message='model "m" not found, try pulling it first', type="api_error"),
        "--model",
    ),
    "LM Studio, no such model": (
        error(400, message="Invalid model identifier", param="model", code="model_not_found"),
        "--model",
    ),
    "llama.cpp, a wrong key": (
        Reply({"error": {"code": 401, "message": "Invalid API Key", "type": "authentication_error"}}, 401),
        "OPENAI_API_KEY",
    ),
    "OpenRouter, no credit": (
        Reply({"error": {"code": 402, "message": "This request requires more credits."}}, 402),
        "account",
    ),
    "OpenAI, no quota": (
        error(429, message="You exceeded your current quota", code="insufficient_quota"),
        "account",
    ),
    "OpenAI, a model that the key may not use": (
        error(403, message="Project does not have access to model m", code="model_not_found"),
        "--model",
    ),
}


@pytest.mark.parametrize("way", FATAL)
def test_what_makes_going_on_pointless_is_said_after_one_request(serve: Serve, story: Path, way: str) -> None:
    reply, told = FATAL[way]
    server = serve(lambda _body: reply)
    ended = run_command("check", story, "-o", story.parent / "out", "--model", "m", "--concurrency", "1")
    assert ended.code == 3
    assert told in ended.told
    assert len(server.requests) == 1


# What is final for the question it meets, and why it is said to have no answer.
REFUSED: dict[str, tuple[Reply, str]] = {
    "OpenRouter, moderation": (
        Reply(
            {
                "error": {
                    "code": 403,
                    "message": "openai/m requires moderation on OpenAI. Your input was flagged for violence.",
                    "metadata": {"reasons": ["violence"], "flagged_input": "..."},
                }
            },
            403,
        ),
        "filter",
    ),
    "Azure OpenAI, its filter": (
        error(
            400, code="content_filter", message="The response was filtered due to the prompt triggering ..."
        ),
        "filter",
    ),
    "vLLM, too long": (
        _vllm(
            400,
            "This model's maximum context length is 512 tokens. However, you requested 700 tokens in the "
            "messages. Please reduce the length of the messages.",
        ),
        "context",
    ),
    "LM Studio, too long": (
        Reply(
            {
                "error": "Trying to keep the first 700 tokens when context the overflows. However, the model "
                "is loaded with context length of only 512 tokens, which is not enough."
            },
            400,
        ),
        "context",
    ),
}


@pytest.mark.parametrize("way", REFUSED)
def test_what_is_refused_of_one_question_is_its_own_error(serve: Serve, story: Path, way: str) -> None:
    reply, told = REFUSED[way]
    serve(lambda body: reply if "logprobs" in body else check_answer(body))
    out = story.parent / "out"
    assert run_command("check", story, "-o", out, "--model", "m").code == 3
    report = Report.model_validate_json((out / "report.json").read_text(encoding="utf-8"))
    assert report.run.failures
    assert all(told in failure.reason for failure in report.run.failures)
    assert report.run.notes == ()


# What passes: it is asked again, and nothing remains of it.
PASSING: dict[str, Reply] = {
    "llama.cpp, still loading": Reply(
        {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, 503
    ),
    "OpenRouter, its host gave up": Reply(
        completion(
            [
                {
                    "index": 0,
                    "finish_reason": "error",
                    "error": {"code": 502, "message": "Provider returned error"},
                    "message": {"role": "assistant", "content": ""},
                }
            ]
        )
    ),
    "OpenRouter, an error in place of an answer": Reply(
        {"error": {"code": 429, "message": "Provider returned error"}}
    ),
    "Azure OpenAI, too much": replace(
        error(429, message="Requests have exceeded the call rate limit"), headers={"retry-after-ms": "5"}
    ),
}


@pytest.mark.parametrize("way", PASSING)
def test_what_passes_leaves_no_trace(serve: Serve, story: Path, healthy: Found, way: str) -> None:
    met: set[str] = set()

    def answer(body: Body) -> Reply:
        kind = "odds" if "logprobs" in body else "text"
        is_first = kind not in met
        met.add(kind)
        return PASSING[way] if is_first else check_answer(body)

    serve(answer)
    out = story.parent / "out"
    assert run_command("check", story, "-o", out, "--model", "m", "--concurrency", "1").code == 0
    assert found(out) == healthy
    assert met == {"odds", "text"}


# -- addresses --


@pytest.mark.parametrize("tail", ["?api-version=2024-10-21", "#v1"])
def test_an_address_with_a_query_is_told_with_what_to_use(
    story: Path, monkeypatch: pytest.MonkeyPatch, tail: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-a-long-enough-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", f"https://res.openai.azure.com/openai/deployments/d{tail}")
    ended = run_command("check", story, "-o", story.parent / "out", "--model", "m")
    assert ended.code == 2
    assert "/openai/v1/" in ended.told
    assert "2024" not in ended.told


@pytest.mark.parametrize("path", ["/openai/v1", "/openai/v1/", "/api/v1", "/v1/"])
def test_the_path_of_an_address_is_kept(
    serve: Serve, story: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    server = serve(check_answer)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-a-long-enough-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url.removesuffix("/v1") + path)
    assert run_command("check", story, "-o", story.parent / "out", "--model", "m").code == 0
    assert {sent["authorization"] for sent in server.headers} == {"Bearer sk-a-long-enough-secret"}
    assert set(server.paths) == {f"{path.rstrip('/')}/chat/completions"}


def test_doctor_tells_what_an_endpoint_lacks(serve: Serve) -> None:
    serve(refusing(*REASONING, otherwise=lambda _body: said('{"answer": "Y"}')))
    ended = run_command("doctor", "--online", "--model", "m")
    told = [line for line in ended.out.splitlines() if "features" in line]
    assert len(told) == 3
    assert all(any(word in line for line in told) for word in (MAX_TOKENS, TEMPERATURE, COARSE))


# -- llama.cpp's own server --

_SERVER = """
import sys
from pathlib import Path
from pipeline.embedded.server import serve
with serve(Path(sys.argv[1]), threads=1, slots=2, context=int(sys.argv[2])) as served:
    print(served.base_url, served.api_key, flush=True)
    sys.stdin.read()
"""


@contextmanager
def llama_server(model: Path, context: int) -> Iterator[tuple[str, str]]:
    """Run llama.cpp's server in a process of its own, as anybody would; give its address and its key."""
    command = [sys.executable, "-c", _SERVER, str(model), str(context)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address, key = process.stdout.readline().split()
        try:
            yield address, key
        finally:
            process.communicate()


@pytest.fixture(scope="module")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of random weights."""
    return write_tiny_gguf(tmp_path_factory.mktemp("model") / "tiny.gguf")


@pytest.mark.parametrize(
    ("context", "reason"),
    [(16_000, r"cannot read what its model answered|cut off"), (256, "does not fit the model's context")],
)
def test_the_server_of_llama_cpp_is_asked_as_it_is(
    story: Path, random_model: Path, monkeypatch: pytest.MonkeyPatch, context: int, reason: str
) -> None:
    out = story.parent / "out"
    with llama_server(random_model, context) as (address, key):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        monkeypatch.setenv("OPENAI_API_KEY", f"not-{key}")
        wrong = run_command("check", story, "-o", out, "--model", "tiny")
        monkeypatch.setenv("OPENAI_API_KEY", key)
        ended = run_command("check", story, "-o", out, "--model", "tiny")
    assert "OPENAI_API_KEY" in wrong.told
    assert ended.err == ""  # nothing that would end the run: what random weights say is of no use
    report = Report.model_validate_json((out / "report.json").read_text(encoding="utf-8"))
    assert report.run.notes == ()
    assert report.run.failures
    assert all(re.search(reason, failure.reason) for failure in report.run.failures)
