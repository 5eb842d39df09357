"""What all tests share: recordings are replayed, the network is blocked, and the environment is empty."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from vcr import VCR
from vcr.cassette import Cassette

from pipeline.config import DEFAULT_MODEL, Settings, read_environment
from pipeline.llm import Endpoint
from pipeline.session import open_endpoint
from tests import cassette as cassettes


def pytest_recording_configure(config: pytest.Config, vcr: VCR) -> None:
    """Teach vcrpy our way of writing a cassette."""
    vcr.register_serializer("yaml", cassettes)


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts its background jobs
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_endpoint(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test sees a key, an address or a table of prices of whoever runs it."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "STORYCHECK_MODELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STORYCHECK_PRICES", str(tmp_path_factory.getbasetemp() / "no-prices.toml"))


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


@pytest.fixture(scope="session")
def example() -> Path:
    """The folder of the example story."""
    return Path(__file__).parent.parent / "examples" / "ellen-marrick"
