"""The endpoint that all contenders share: one that is given, or the embedded model, served once for all."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.config import DEFAULT_MODEL, read_environment
from pipeline.embedded.fetch import fetch_model
from pipeline.embedded.models import EmbeddedModel, resolve_model
from pipeline.embedded.server import available_cores, serve

SLOTS = 4  # questions answered at a time, as storycheck itself has it
CONTEXT = 4096  # tokens of one question with its answer; the longest questions here take some 2,600
WARM_UP_S = 600


@dataclass(frozen=True)
class Shared:
    """Where the proxies ask; ``name`` may be shown; ``slots`` is None where it is not ours to know."""

    base_url: str
    api_key: str = field(repr=False)
    model: str
    name: str
    slots: int | None = None


@contextmanager
def open_shared(base_url: str | None, model: str | None) -> Iterator[Shared]:
    """Give the endpoint at ``base_url``, with the key in OPENAI_API_KEY, or else serve an embedded model.

    The embedded model has answered once before anyone is timed. Raises InputError, ModelFileError, and
    ValueError where an address comes without a model.
    """
    environment = read_environment()
    if base_url is not None:
        if model is None:
            raise ValueError("--base-url needs --model")
        host = urlsplit(base_url).netloc.rpartition("@")[2]
        yield Shared(base_url, environment.api_key or "none", model, host)
        return
    wanted = resolve_model(model or DEFAULT_MODEL, environment.models_dir)
    path = fetch_model(wanted, environment.models_dir) if isinstance(wanted, EmbeddedModel) else Path(wanted)
    with serve(path, threads=available_cores(), slots=SLOTS, context=CONTEXT) as served:
        _warm_up(served.base_url, served.api_key, wanted.name)
        yield Shared(served.base_url, served.api_key, wanted.name, "embedded", SLOTS)


def _warm_up(base_url: str, api_key: str, model: str) -> None:
    address = urlsplit(base_url)
    question = {"model": model, "max_tokens": 1, "messages": [{"role": "user", "content": "Ready?"}]}
    connection = http.client.HTTPConnection(address.netloc, timeout=WARM_UP_S)
    try:
        headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
        connection.request("POST", f"{address.path}/chat/completions", json.dumps(question), headers)
        connection.getresponse().read()
    finally:
        connection.close()
