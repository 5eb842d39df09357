"""The embedded server: with a tiny random model always, with the real one where it has been fetched."""

import http.client
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs
import pytest

from pipeline.embedded.fetch import is_fetched
from pipeline.embedded.models import CATALOGUE
from pipeline.embedded.server import Endpoint, available_cores, serve
from pipeline.errors import ModelFileError
from tests.commands import READY_S
from tests.tiny_gguf import write_tiny_gguf

Answer = dict[str, Any]
LABELS = {"type": "object", "properties": {"label": {"enum": ["yes", "no"]}}, "required": ["label"]}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_gguf(tmp_path_factory.mktemp("model") / "tiny.gguf")


@pytest.fixture(scope="module")
def endpoint(tiny: Path) -> Iterator[Endpoint]:
    with serve(tiny, threads=1, slots=2, context=512) as served:
        yield served


def ask(endpoint: Endpoint, path: str, body: object = None, key: str | None = None) -> tuple[int, Answer]:
    """Send one request with ``key`` (by default the right one); return the status and the JSON answer."""
    address = urlsplit(endpoint.base_url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key or endpoint.api_key}"}
    try:
        connection.request("POST" if body else "GET", path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        connection.close()


def chat(endpoint: Endpoint, content: str, **more: object) -> Answer:
    """Return the answer to a chat completion."""
    body = {"messages": [{"role": "user", "content": content}], "temperature": 0, **more}
    status, answer = ask(endpoint, "/v1/chat/completions", body)
    assert status == 200, answer
    return answer


def test_address_is_on_loopback_and_the_key_is_not_shown(endpoint: Endpoint) -> None:
    assert endpoint.base_url.startswith("http://127.0.0.1:")
    assert endpoint.base_url.endswith("/v1")
    assert endpoint.api_key not in repr(endpoint)


def test_answers_a_chat_completion(endpoint: Endpoint) -> None:
    answer = chat(endpoint, "Did the ferry sail?", max_tokens=5)
    assert answer["usage"]["completion_tokens"] == 5
    assert answer["choices"][0]["finish_reason"] == "length"


def test_a_json_schema_is_enforced(endpoint: Endpoint) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "label", "schema": LABELS}}
    answer = chat(endpoint, "Did it?", max_tokens=60, response_format=form)
    assert json.loads(answer["choices"][0]["message"]["content"])["label"] in ("yes", "no")


def test_log_probabilities_are_served(endpoint: Endpoint) -> None:
    answer = chat(endpoint, "Did it?", max_tokens=1, logprobs=True, top_logprobs=5)
    (token,) = answer["choices"][0]["logprobs"]["content"]
    assert len(token["top_logprobs"]) == 5
    assert all(choice["logprob"] <= 0 for choice in token["top_logprobs"])


def test_a_shared_beginning_is_read_once(endpoint: Endpoint) -> None:
    shared = "The harbour council met on Tuesday. " * 6
    chat(endpoint, shared + "a", max_tokens=1)
    again = chat(endpoint, shared + "z", max_tokens=1)
    assert again["usage"]["prompt_tokens_details"]["cached_tokens"] > len(shared) // 2


def test_every_slot_has_the_whole_context(endpoint: Endpoint) -> None:
    fits, exceeds = "x" * 450, "x" * 600
    assert chat(endpoint, fits, max_tokens=1)["usage"]["prompt_tokens"] > 450
    status, answer = ask(
        endpoint, "/v1/chat/completions", {"messages": [{"role": "user", "content": exceeds}]}
    )
    assert status == 400
    assert "context" in answer["error"]["message"]


@pytest.mark.parametrize("path", ["/v1/models", "/props", "/slots", "/metrics", "/v1/chat/completions"])
def test_nobody_else_may_use_it(endpoint: Endpoint, path: str) -> None:
    body = {"messages": [{"role": "user", "content": "hi"}]} if "chat" in path else None
    assert ask(endpoint, path, body, key="guessed")[0] == 401


@pytest.mark.parametrize("path", ["/", "/index.html", "/slots"])
def test_shows_no_page_and_no_prompts_of_others(endpoint: Endpoint, path: str) -> None:
    assert ask(endpoint, path)[0] in (404, 501)


def test_writes_nothing_to_the_terminal(tiny: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with serve(tiny, threads=1) as served:
        chat(served, "hello", max_tokens=2)
    assert capfd.readouterr() == ("", "")


def test_can_be_stopped_at_once_and_started_again(tiny: Path) -> None:
    addresses = set()
    for _ in range(3):
        with serve(tiny, threads=1) as served:
            addresses.add(served.base_url)
    for address in map(urlsplit, addresses):
        with pytest.raises(OSError):  # noqa: PT011 - refused, in whatever words
            http.client.HTTPConnection(str(address.hostname), address.port, timeout=5).connect()


def test_stops_although_requests_are_running_and_connections_idle(tiny: Path) -> None:
    outcomes: list[str] = []

    def read_on(served: Endpoint) -> None:
        try:
            chat(served, "go on", max_tokens=100_000, ignore_eos=True)
            outcomes.append("answered")
        except (OSError, http.client.HTTPException):
            outcomes.append("cut off")

    with serve(tiny, threads=1, slots=2, context=60_000) as served:
        address = urlsplit(served.base_url)
        idle = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
        idle.request("GET", "/health")
        idle.getresponse().read()
        readers = [threading.Thread(target=read_on, args=(served,)) for _ in range(3)]
        for reader in readers:
            reader.start()
        time.sleep(0.3)
        started = time.monotonic()
    assert time.monotonic() - started < 20
    for reader in readers:
        reader.join(20)
    idle.close()
    assert outcomes == ["cut off"] * 3


LEFT = """
import http.client, json, sys, time
from pathlib import Path
from urllib.parse import urlsplit
from pipeline import cli
from pipeline.embedded.server import serve

def read_on(served):
    address = urlsplit(served.base_url)
    body = {"messages": [{"role": "user", "content": "go on"}], "max_tokens": 100_000, "ignore_eos": True}
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {served.api_key}"}
    connection = http.client.HTTPConnection(address.hostname, address.port)
    connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)

def app(**_options):
    with serve(Path(sys.argv[1]), threads=1, context=60_000, is_last=True) as served:
        read_on(served)
        time.sleep(0.3)
    print("told")
    return 3

cli.app = app
cli.main()
"""


def test_a_command_ends_without_stopping_it(tiny: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEFT, tiny], capture_output=True, text=True, timeout=READY_S, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "told\n", "")


def test_an_interrupt_still_reaches_python(tiny: Path) -> None:
    with serve(tiny, threads=1), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("kept", [8, 200, 12_000, 100_000])
def test_a_cut_off_file_is_an_error_with_advice(tiny: Path, tmp_path: Path, kept: int) -> None:
    short = tmp_path / "short.gguf"
    short.write_bytes(tiny.read_bytes()[:kept])
    with pytest.raises(ModelFileError, match=r"short\.gguf.*--model"), serve(short, threads=1):
        pass


def test_a_file_of_an_unknown_kind_is_an_error(tiny: Path, tmp_path: Path) -> None:
    odd = tmp_path / "odd.gguf"
    odd.write_bytes(tiny.read_bytes().replace(b"llama", b"camel"))
    with pytest.raises(ModelFileError, match="cannot be loaded"), serve(odd, threads=1):
        pass


def test_a_file_that_is_no_model_is_told_apart(tmp_path: Path) -> None:
    page = tmp_path / "page.gguf"
    page.write_text("<html>not found</html>")
    with pytest.raises(ModelFileError, match="not a GGUF"), serve(page):
        pass


def test_at_least_one_core_is_available() -> None:
    assert available_cores() >= 1


@pytest.mark.model
def test_the_real_model_answers() -> None:
    models_dir = platformdirs.user_cache_path("storycheck") / "models"
    found = [model for model in CATALOGUE.values() if is_fetched(model, models_dir)]
    if not found:
        pytest.skip(f"no embedded model is in {models_dir}: storycheck models fetches one")
    with serve(models_dir / found[-1].file, context=512) as served:
        form = {"type": "json_schema", "json_schema": {"name": "label", "schema": LABELS}}
        answer = chat(served, "Is Paris in France? Answer in JSON.", max_tokens=20, response_format=form)
        assert json.loads(answer["choices"][0]["message"]["content"]) == {"label": "yes"}
        scored = chat(served, "Is Paris in France? Yes or No.", max_tokens=1, logprobs=True, top_logprobs=3)
        assert scored["choices"][0]["logprobs"]["content"][0]["token"] == "Yes"
