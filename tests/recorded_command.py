"""``storycheck`` as documents show it: what the embedded model says comes from an endpoint, ``RECORDED_AT``.

Everything else is the command itself: ``python -m tests.recorded_command check ...``.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from pipeline import cli
from pipeline.embedded.models import EmbeddedModel
from pipeline.embedded.server import Endpoint
from tests.cassette import FOLDER, answers, canonical
from tests.fake_endpoint import Body, FakeEndpoint, Reply, check_answer, fake_endpoint, said

ADDRESS = "RECORDED_AT"


@contextmanager
def recorded_endpoint() -> Iterator[FakeEndpoint]:
    """Answer as recorded of the example story while the block runs, and else as the double does."""
    recorded = answers(FOLDER / "ellen-marrick.yaml")

    def answer(body: Body) -> Reply:
        known = recorded.get(canonical(body))
        if "Is ice cold?" in body["messages"][-1]["content"]:  # what doctor asks
            return said('{"answer": "Y"}')
        return Reply(known.encode()) if known else check_answer(body)

    with fake_endpoint(answer) as server:
        yield server


@contextmanager
def _recorded(path: Path, *, threads: int, slots: int, context: int, is_last: bool) -> Iterator[Endpoint]:
    del path, threads, slots, context
    yield Endpoint(os.environ[ADDRESS], "none")


def _there(model: EmbeddedModel, models_dir: Path, on_fetch: object) -> Path:
    del on_fetch
    return models_dir / model.file


if __name__ == "__main__":
    with (
        mock.patch("pipeline.session.serve", _recorded),
        mock.patch("pipeline.session.fetch_model", _there),
    ):
        cli.main()
