"""A Dask cluster whose scheduler and workers are processes of their own, as somebody else starts them."""

import json
import os
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import distributed

from tests.commands import COMMAND, READY_S, until
from tests.fake_endpoint import Body, FakeEndpoint, Reply, check_answer

_DASK = COMMAND.parent / "dask"


class Started:
    """A scheduler at ``address``, and its ``workers``, with the environment that the test has then."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.workers: list[subprocess.Popen[bytes]] = []
        self._folder = folder
        told = folder / "scheduler.json"
        self.scheduler = self._begin("scheduler", "--port", "0", "--scheduler-file", str(told))
        until(lambda: told.is_file() and told.read_text().rstrip().endswith("}"))  # all of it
        self.address: str = json.loads(told.read_text())["address"]

    def add_workers(
        self, count: int, threads: int = 1, env: Mapping[str, str | None] = MappingProxyType({})
    ) -> None:
        """Start workers, and return once they are there; killed, they stay dead."""
        for _ in range(count):
            options = ("--no-nanny", "--nthreads", str(threads), "--local-directory", str(self._folder))
            self.workers.append(self._begin("worker", self.address, *options, env=env))
        with distributed.Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(len(self.workers), timeout=READY_S)

    def callbacks(self) -> set[str]:
        """Return what the workers do again and again, by name."""

        def names(dask_worker: distributed.Worker) -> list[str]:
            return list(dask_worker.periodic_callbacks)

        with distributed.Client(self.address, set_as_default=False) as client:
            return {name for found in client.run(names).values() for name in found}

    def end(self) -> None:
        """Kill all that is left."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _begin(
        self, what: str, *options: str, env: Mapping[str, str | None] = MappingProxyType({})
    ) -> "subprocess.Popen[bytes]":
        changed = {name: value for name, value in {**os.environ, **env}.items() if value is not None}
        command = [str(_DASK), what, *options, "--no-dashboard", "--host", "127.0.0.1"]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, env=changed, cwd=self._folder, stdout=quiet, stderr=quiet)


@contextmanager
def started(folder: Path, workers: int = 2, threads: int = 1) -> Iterator[Started]:
    """Give a cluster of so many workers, which lasts as long as the block."""
    cluster = Started(folder)
    try:
        if workers:
            cluster.add_workers(workers, threads)
        yield cluster
    finally:
        cluster.end()


class Gate:
    """Answers ``free`` requests, and holds all others, which it has in ``held``, until it is opened."""

    def __init__(self, free: int) -> None:
        self.opened = threading.Event()
        self.held: list[str] = []
        self._free = free
        self._lock = threading.Lock()

    def __call__(self, body: Body) -> Reply:
        """Answer a request."""
        with self._lock:
            self._free -= 1
            is_free = self._free >= 0
            if not is_free:
                self.held.append(json.dumps(body["messages"]))
        if not is_free:
            assert self.opened.wait(READY_S)
        return check_answer(body)


def repeated(server: FakeEndpoint) -> int:
    """Return how many requests asked what was asked before."""
    asked = Counter(json.dumps(body["messages"]) for body in server.requests)
    return sum(asked.values()) - len(asked)
