"""A second run over stored answers is quick: it sends nothing, and loads nothing that only sending takes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.store import read_report
from tests.commands import COMMAND, READY_S, Serve
from tests.fake_endpoint import Answer, Body, Reply, check_answer, refused
from tests.stored_runs import forget_how

CLIENTS = {"openai", "instructor", "httpx2", "tenacity"}
ENGINES = {"onnxruntime", "tokenizers", "xllamacpp"}  # of the models that come with the package


def loaded(story: Path, out: Path) -> set[str]:
    """Check ``story`` in a process of its own; return the packages and our modules that it loaded."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", COMMAND, "check", story, "-o", out, "--model", "m"],
        capture_output=True,
        text=True,
        timeout=READY_S,
        env=dict(os.environ),
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]
    names = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line]
    return {name if name.startswith("pipeline.") else name.partition(".")[0] for name in names}


def no_log_probabilities(body: Body) -> Reply:
    return refused(400, "logprobs is not supported") if "logprobs" in body else check_answer(body)


@pytest.mark.parametrize("answer", [check_answer, no_log_probabilities])
def test_a_second_run_loads_no_client_and_no_engine(
    serve: Serve, story: Path, tmp_path: Path, answer: Answer
) -> None:
    server = serve(answer)
    out = tmp_path / "out"
    first = loaded(story, out)
    assert first >= {"openai", "httpx2", "tenacity", "pipeline.batch"}
    assert "instructor" not in first  # everything fitted at once
    sent, found = len(server.requests), read_report(out)
    forget_how(out)
    second = loaded(story, out)
    assert "pipeline.batch" in second
    assert second & (CLIENTS | ENGINES) == set()
    again = read_report(out)
    assert len(server.requests) == sent
    assert (again.run.calls, again.run.cached_calls > 0) == (0, True)
    assert again.model_copy(update={"run": found.run}) == found
    assert loaded(story, out) & (CLIENTS | ENGINES) == set()  # nothing has changed: the report stays
    assert read_report(out) == again
