"""The server in a process of its own: an OpenAI-compatible endpoint with a latency, limits and faults.

``python -m benchmarks.speed.mock MANNER`` serves on a free port of 127.0.0.1, prints its address, and ends
with its input. aiohttp's server costs less for each request than any client here.
"""

import asyncio
import hashlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import httpx2
from aiohttp import web

from benchmarks.speed.answers import answer, tokens_of

ROOT: Final = Path(__file__).parents[2]
FAULTS: Final = ("busy", "broken", "gone")


@dataclass(frozen=True)
class Manner:
    """How the server answers: times in seconds, rates a minute; None is no limit.

    ``jitter`` is the share of the latency by which an answer comes sooner or later, ``faults`` the share of
    requests that meet one: 429, 500, or a connection that is closed. ``keeps_bodies``: what was answered can
    be read again with ``Mock.asked``.
    """

    latency_s: float = 0.0
    jitter: float = 0.0
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    most_in_flight: int | None = None
    faults: float = 0.0
    seed: int = 1
    keeps_bodies: bool = True


@dataclass
class Seen:
    """What the server was asked, refusals included; the tokens are those of what it answered.

    ``repeated`` are the requests, refused ones left out, whose very body had been received before.
    """

    requests: int = 0
    answered: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    refused: int = 0
    most_in_flight: int = 0
    repeated: int = 0


@dataclass(frozen=True)
class Mock:
    """A server under way."""

    base_url: str

    def seen(self) -> Seen:
        """Return what it was asked so far."""
        return Seen(**self._get("seen").json())

    def asked(self) -> list[bytes]:
        """Return the bodies of the requests it answered, in their order."""
        return self._get("asked").content.splitlines()

    def _get(self, what: str) -> httpx2.Response:
        return httpx2.get(f"{self.base_url}/{what}", trust_env=False, timeout=60).raise_for_status()


@contextmanager
def mock(manner: Manner) -> Iterator[Mock]:
    """Serve in the given manner while the block runs."""
    command = [sys.executable, "-m", "benchmarks.speed.mock", json.dumps(asdict(manner))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a pipe was asked for")
        base_url = process.stdout.readline().strip()
        if not base_url:
            raise RuntimeError("the invented endpoint did not start")
        try:
            yield Mock(base_url)
        finally:
            process.stdin.close()


class Bucket:
    """A token bucket of a minute's worth, full at first."""

    def __init__(self, per_minute: float | None) -> None:
        self._per_minute = per_minute
        self._left = per_minute or 0.0
        self._at = time.monotonic()

    def wait_s(self, amount: float) -> float:
        """Take ``amount`` and return 0, or return how long it would be before there is so much."""
        if self._per_minute is None:
            return 0.0
        now = time.monotonic()
        self._left = min(self._per_minute, self._left + (now - self._at) * self._per_minute / 60)
        self._at = now
        if self._left < amount:
            return (amount - self._left) * 60 / self._per_minute
        self._left -= amount
        return 0.0


class Endpoint:
    """The server itself."""

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._seen = Seen()
        self._bodies: list[bytes] = []
        self._received: set[bytes] = set()  # the digests of bodies
        self._in_flight = 0
        self._draw = random.Random(manner.seed)
        self._requests = Bucket(manner.requests_per_minute)
        self._tokens = Bucket(manner.tokens_per_minute)

    def application(self) -> web.Application:
        """Return what answers below /v1."""
        application = web.Application(client_max_size=2**24)
        application.router.add_post("/v1/chat/completions", self._complete)
        application.router.add_get("/v1/seen", self._tell)
        application.router.add_get("/v1/asked", self._repeat)
        return application

    async def _complete(self, request: web.Request) -> web.Response:
        raw = await request.read()
        body = json.loads(raw)
        self._in_flight += 1
        self._seen.requests += 1
        self._seen.most_in_flight = max(self._seen.most_in_flight, self._in_flight)
        try:
            refusal = self._refusal(tokens_of(body["messages"]), request)
            if refusal is not None:
                self._seen.refused += 1
                return refusal
            self._note(raw)
            latency_s = self._manner.latency_s * (1 + self._manner.jitter * self._draw.uniform(-1, 1))
            if latency_s:
                await asyncio.sleep(latency_s)
            said = answer(body)
        finally:
            self._in_flight -= 1
        if self._manner.keeps_bodies:
            self._bodies.append(raw)
        self._seen.answered += 1
        self._seen.tokens_in += said["usage"]["prompt_tokens"]
        self._seen.tokens_out += said["usage"]["completion_tokens"]
        return web.json_response(said)

    def _note(self, raw: bytes) -> None:
        digest = hashlib.sha256(raw).digest()
        self._seen.repeated += digest in self._received
        self._received.add(digest)

    def _refusal(self, tokens: int, request: web.Request) -> web.Response | None:
        """Return what is sent in place of an answer, if anything is."""
        most = self._manner.most_in_flight
        if most is not None and self._in_flight > most:
            return _refused(429, 0.05)
        wait_s = self._requests.wait_s(1) or self._tokens.wait_s(tokens)
        if wait_s:
            return _refused(429, wait_s)
        if self._draw.random() >= self._manner.faults:
            return None
        fault = self._draw.choice(FAULTS)
        if fault == "gone" and request.transport is not None:
            request.transport.abort()
        return _refused(500) if fault == "broken" else _refused(429, 0.01)

    async def _tell(self, _: web.Request) -> web.Response:
        return web.json_response(asdict(self._seen))

    async def _repeat(self, _: web.Request) -> web.Response:
        return web.Response(body=b"\n".join(self._bodies))


def _refused(status: int, wait_s: float | None = None) -> web.Response:
    headers = {} if wait_s is None else {"retry-after": f"{wait_s:.3f}"}
    error = {"message": "not now", "type": "error", "param": None, "code": None}
    return web.json_response({"error": error}, status=status, headers=headers)


async def serve(manner: Manner) -> None:
    """Serve until the input ends."""
    runner = web.AppRunner(Endpoint(manner).application(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}/v1", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(Manner(**json.loads(sys.argv[1]))))
