"""What ``benchmarks.chaos`` starts: the command in processes to be killed, and an endpoint that fails.

``commands`` loads everything once and forks a process for each command, so that a kill strikes the work and
not the loading of libraries. ``endpoint`` serves in a process of its own. Both read one JSON object a line,
and answer each with one; they end when their input does.
"""

import json
import os
import random
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from pipeline import batch, cli, llm, reasking, sending, session  # noqa: F401 - loaded before a fork
from pipeline.client import open_client
from pipeline.report import render_html, render_index
from tests.fake_endpoint import Body, Reply, check_answer, fake_endpoint, scored
from tests.faulty_endpoint import FAULTS, now_and_then
from tests.sample_report import sample_report

# What ends a command at once, by design, and what is remembered of an endpoint for all that follows.
LEFT_OUT: Final = (
    "401",
    "403 with a page",
    "404",
    "429, quota used up",
    "redirect elsewhere",
    "no log-probabilities",
)


def commands() -> None:
    """Run each command that is read, and tell first its process id, then how it ended."""
    _ = open_client(None, "none", 1.0).chat  # loaded when it is asked for
    render_html(sample_report(), ())
    render_index([])
    for order in _orders():
        pid = os.fork()
        if not pid:
            _run(order)
        _tell({"pid": pid})
        _, status = os.waitpid(pid, 0)
        _tell({"code": os.waitstatus_to_exitcode(status)})


def _run(order: dict[str, Any]) -> None:
    """Be the command, and never come back."""
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.environ.update(order["environment"])
    if order["no_wait"]:
        llm._wait_s = lambda state: 0.0
    sys.argv = ["storycheck", *order["arguments"]]
    code: Any = 70
    try:
        cli.main()
    except SystemExit as ended:
        code = ended.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def endpoint() -> None:
    """Serve; an order sets the share of requests that meet a fault, and is told what was asked before it."""
    seen = Seen()
    with fake_endpoint(seen.answer) as server:
        for order in _orders():
            told = seen.told()
            seen.begin(order["share"], order["seed"])
            _tell({"base_url": server.base_url, **told})


class Seen:
    """What was asked, and which requests were answered as they should be, by the hash of the request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.begin(0.0, 0)

    def begin(self, share: float, seed: int) -> None:
        """Forget everything, and meet ``share`` of the requests with a fault from now on."""
        faults = [fault for name, fault in FAULTS.items() if name not in LEFT_OUT]
        self._asked: Counter[str] = Counter()
        self._well: Counter[str] = Counter()
        self._answer = now_and_then(faults, share=share, seed=seed, healthy=self._healthy)

    def answer(self, body: Body) -> Reply:
        """Answer as is due, and count."""
        with self._lock:
            self._asked[_key(body)] += 1
        return self._answer(body)

    def told(self) -> dict[str, Any]:
        """Return how often each request came, and how often it was answered well."""
        with self._lock:
            return {"asked": dict(self._asked), "well": dict(self._well)}

    def _healthy(self, body: Body) -> Reply:
        with self._lock:
            self._well[_key(body)] += 1
        if not body.get("logprobs"):
            return check_answer(body)
        letters = random.Random(json.dumps(body)).sample("SCN", 3)  # claims of every kind
        return scored(dict(zip(letters, (-0.1, -2.5, -5.0), strict=True)))


def _key(body: Body) -> str:
    return str(hash(json.dumps(body, sort_keys=True)))  # of one process only


def _orders() -> Iterator[dict[str, Any]]:
    for line in sys.stdin:
        yield json.loads(line)


def _tell(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    {"commands": commands, "endpoint": endpoint}[sys.argv[1]]()
