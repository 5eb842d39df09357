"""Talks with a process of ``benchmarks.chaos_worker``: an order out, an answer in, one line each."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any


class Worker:
    """A process of ``chaos_worker``, told one thing at a time."""

    def __init__(self, orders: IO[str], answers: IO[str]) -> None:
        self._orders, self._answers = orders, answers

    def tell(self, **order: Any) -> None:  # noqa: ANN401
        """Give an order."""
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()

    def hear(self) -> dict[str, Any]:
        """Return what it says next."""
        line = self._answers.readline()
        if not line:
            raise SystemExit("chaos: the worker has died")
        said: dict[str, Any] = json.loads(line)
        return said


@contextmanager
def worker(part: str) -> Iterator[Worker]:
    """Start a part of ``chaos_worker``, and end it with the block."""
    command = [sys.executable, "-m", "benchmarks.chaos_worker", part]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        orders, answers = process.stdin, process.stdout
        if orders is not None and answers is not None:  # they are pipes
            yield Worker(orders, answers)
            orders.close()
