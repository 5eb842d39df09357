"""Measures what limits cost: requests a minute, tokens a minute, and a cap on requests at once.

``python -m benchmarks.speed.limits`` asks a local server that has real limits, tells of the first two in its
headers and refuses what goes over them. Each figure is a time over the ideal one: that of a client that knows
the limits beforehand and is never refused. Run it on a quiet machine: seconds are what is measured.
"""

import argparse
import asyncio
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Final

from pydantic import BaseModel

from benchmarks.speed.limited import RESULT
from pipeline.llm import Endpoint, connect
from pipeline.store import open_answers
from tests.fake_endpoint import fake_endpoint
from tests.limited_endpoint import (
    Headers,
    Limited,
    Limits,
    anthropic_headers,
    azure_headers,
    charge,
    no_headers,
    openai_headers,
)

MAX_TOKENS: Final = 120
RATE: Final = 900  # requests a minute
AT_START: Final = 18  # requests that are let through at once at the start
WAVES: Final = 16  # of as many requests as a cap lets through at once
ARTICLE: Final = "The ferry to Kelmar sank off the northern quay on Monday, the harbour master said. " * 20


class _Answer(BaseModel):
    count: int


@dataclass(frozen=True)
class Case:
    """A server's limits, how it tells of them, and the seconds that so many questions take at best."""

    name: str
    limits: Limits
    headers: Headers
    asked: int
    ideal_s: float


@dataclass(frozen=True)
class Attempt:
    """One run: seconds over the ideal ones, requests refused, and the most that were worked on at once."""

    ratio: float
    seconds: float
    refused: int
    most_at_once: int


def question(number: int) -> list[dict[str, str]]:
    """Return one question; no two are the same, all take as many tokens."""
    return [
        {"role": "system", "content": "Count the ferries."},
        {"role": "user", "content": f"{number:06} {ARTICLE}"},
    ]


def cases() -> list[Case]:
    """Return what is measured: each takes 12 s or more at best."""
    each = sum(charge({"messages": question(0), "max_tokens": MAX_TOKENS}))
    requests = Limits(requests_per_minute=RATE, left=AT_START / RATE, latency_s=0.2)
    tokens = Limits(tokens_per_minute=RATE * each, left=AT_START / RATE, latency_s=0.2)
    told = [("OpenAI", openai_headers), ("Anthropic", anthropic_headers), ("Azure", azure_headers)]
    asked, ideal_s = 200, (200 - AT_START) * 60.0 / RATE
    return [
        *(Case(f"{RATE} requests/min, as {n} tells", requests, h, asked, ideal_s) for n, h in told),
        Case(f"{RATE} requests/min, untold", requests, no_headers, asked, ideal_s),
        *(Case(f"tokens/min for {RATE}, as {n} tells", tokens, h, asked, ideal_s) for n, h in told[:2]),
        *(_capped(cap, is_patient) for is_patient in (False, True) for cap in (3, 12, 32)),
    ]


def _capped(cap: int, is_patient: bool) -> Case:
    limits = Limits(most_at_once=cap, is_patient=is_patient, latency_s=1.0)
    name = f"{cap} at once, the rest {'waits' if is_patient else 'refused'}"
    return Case(name, limits, no_headers, asked=WAVES * cap, ideal_s=WAVES * limits.latency_s)


async def ask(base_url: str, asked: int, concurrency: int, store: Path) -> None:
    """Ask all questions, as the stages do: all at once, and the client decides."""
    endpoint = Endpoint(base_url, "k", "m", "bench", concurrency=concurrency)
    with open_answers(store) as answers:
        async with connect(endpoint, answers) as model:
            questions = (
                model.structured(question(n), _Answer, stage="extract", max_tokens=MAX_TOKENS)
                for n in range(asked)
            )
            await asyncio.gather(*questions)


def attempt(case: Case, concurrency: int) -> Attempt:
    """Run ``case`` once."""
    with tempfile.TemporaryDirectory() as folder, serving(case) as server:
        base_url = server.recv()
        begun = time.monotonic()
        asyncio.run(ask(base_url, case.asked, concurrency, Path(folder) / "answers.sqlite"))
        seconds = time.monotonic() - begun
        server.send(None)
        refused, most_at_once = server.recv()
    return Attempt(round(seconds / case.ideal_s, 3), round(seconds, 2), refused, most_at_once)


@contextmanager
def serving(case: Case) -> Iterator[Connection]:
    """Serve in a process of its own: it sends its address, and what it did once it is sent anything."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(case.limits, case.headers, theirs), daemon=True)
    process.start()
    try:
        yield ours
    finally:
        process.terminate()
        process.join()


def _serve(limits: Limits, headers: Headers, pipe: Connection) -> None:
    limited = Limited(limits, headers)
    with fake_endpoint(limited) as server:
        pipe.send(server.base_url)
        pipe.recv()
        pipe.send((limited.refused, limited.most_at_once))


def row(case: Case, attempts: Sequence[Attempt]) -> dict[str, object]:
    """Return what is stored of a case."""
    ratios = sorted(one.ratio for one in attempts)
    return {
        "case": case.name,
        "asked": case.asked,
        "ideal_s": case.ideal_s,
        "ratio": {"median": median(ratios), "least": ratios[0], "most": ratios[-1]},
        "refused": {"median": median(one.refused for one in attempts)},
        "attempts": [asdict(one) for one in attempts],
    }


def main() -> int:
    """Measure, print and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--concurrency", type=int, default=32, help="requests in flight, at most")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("-o", "--output", type=Path, default=RESULT)
    options = parser.parse_args()
    attempt(Case("what is done but once", Limits(), no_headers, 32, 1.0), options.concurrency)
    rows = []
    for case in (case for case in cases() if options.only in case.name):
        attempts = [attempt(case, options.concurrency) for _ in range(options.runs)]
        rows.append(row(case, attempts))
        told = " ".join(f"{one.ratio:.2f}({one.refused})" for one in attempts)
        print(f"{case.name:<40} {told}", flush=True)
    found = {"concurrency": options.concurrency, "cases": rows}
    options.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
