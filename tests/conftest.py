"""What tests share: recordings, an empty environment, a story, an endpoint that answers it, and a browser."""

import os
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext
from vcr import VCR
from vcr.cassette import Cassette

from pipeline import llm
from pipeline.config import DEFAULT_MODEL, Settings, read_environment
from pipeline.llm import Endpoint
from pipeline.session import open_endpoint
from pipeline.store import Answers, open_answers
from pipeline.verifier.onnx import Floats, Model
from tests import cassette as cassettes
from tests.browser import CHROMIUM, DESKTOP, chromium
from tests.commands import Serve
from tests.fake_endpoint import Answer, FakeEndpoint, fake_endpoint
from tests.harbour import write_story


def pytest_recording_configure(config: pytest.Config, vcr: VCR) -> None:
    """Teach vcrpy our way of writing a cassette."""
    vcr.register_serializer("yaml", cassettes)


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts its background jobs
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test sees a key, an address, a table of prices or another setting of whoever runs it."""
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "STORYCHECK_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "no-settings"))


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    """Say how recordings are kept and matched."""
    return {
        **cassettes.CONFIG,
        "before_record_request": cassettes.without_host,
        "before_record_response": cassettes.without_noise,
    }


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    """Say where recordings are kept."""
    return str(cassettes.FOLDER)


@pytest.fixture
def all_played(vcr: Cassette) -> Iterator[None]:
    """Fail a test that leaves a recording unplayed: it no longer asks what it used to."""
    yield
    if vcr.record_mode.value == "none":
        assert vcr.all_played, f"{len(vcr) - vcr.play_count} recordings were not played"


@pytest.fixture(scope="session")
def recorded_endpoint(record_mode: str) -> Iterator[Endpoint]:
    """Give the embedded model while recording, and an address where nobody listens while replaying."""
    if record_mode != "none":
        settings = Settings(model=DEFAULT_MODEL)
        with open_endpoint(settings, read_environment(), lambda _done, _all: None) as live:
            yield live
        return
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield Endpoint(
            base_url=f"http://127.0.0.1:{unused.getsockname()[1]}/v1",
            api_key="none",
            model=DEFAULT_MODEL,
            name="embedded",
            concurrency=4,
            odds_concurrency=1,
        )


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Start endpoints that answer by a script; the environment leads to the last of them."""
    with ExitStack() as stack:

        def start(answer: Answer) -> FakeEndpoint:
            server = stack.enter_context(fake_endpoint(answer))
            monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
            return server

        yield start


@pytest.fixture
def answers(tmp_path: Path) -> Iterator[Answers]:
    """A store of answers of its own."""
    with open_answers(tmp_path / "answers.sqlite") as store:
        yield store


@pytest.fixture
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send a question again at once, whatever pause there should be."""
    monkeypatch.setattr(llm, "_wait_s", lambda _state: 0.0)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """The folder of a story of two articles."""
    return write_story(tmp_path / "harbour")


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the model is run on, as they come."""
    texts: list[str] = []
    run = Model.run

    def noted(self: Model, new: Sequence[str], width: int) -> Floats:
        texts.extend(new)
        return run(self, new, width)

    monkeypatch.setattr(Model, "run", noted)
    return texts


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a browser where there is none, before anything is set up for it."""
    if CHROMIUM is None and item.get_closest_marker("browser"):
        pytest.skip("Chromium is not installed (apt-get install chromium)")


@pytest.fixture(scope="module")  # synchronous Playwright holds an event loop, and async tests want their own
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    with chromium() as launched:
        yield launched


@pytest.fixture
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile of the browser, whose pages are as wide as a desktop."""
    with browser.new_context(viewport=DESKTOP) as context:
        yield context


@pytest.fixture(scope="session")
def example() -> Path:
    """The folder of the example story."""
    return Path(__file__).parent.parent / "examples" / "ellen-marrick"
