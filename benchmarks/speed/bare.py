"""The fastest that the same requests can be sent at all: a loop around a client that does nothing else.

``python -m benchmarks.speed.bare BASE_URL FILE CLIENT CONCURRENCY`` sends each line of FILE as a request and
prints the seconds it took from the first to the last answer, once the client is loaded.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final

import httpx2
import openai

ROOT: Final = Path(__file__).parents[2]
CLIENTS: Final = ("httpx2", "openai", "openai on aiohttp")

_Send = Callable[[bytes], Awaitable[object]]


def calls_a_second(bodies: Sequence[bytes], base_url: str, client: str, concurrency: int) -> float:
    """Return how many of ``bodies`` a second ``client``, one of ``CLIENTS``, gets answered."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requests.jsonl"
        path.write_bytes(b"\n".join(bodies))
        command = [
            sys.executable,
            "-m",
            "benchmarks.speed.bare",
            base_url,
            str(path),
            client,
            str(concurrency),
        ]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True)
    return len(bodies) / float(done.stdout)


async def _loop(base_url: str, bodies: Sequence[bytes], client: str, concurrency: int) -> float:
    async with _opened(client, base_url) as opened:
        send = _by_httpx2(opened, base_url) if isinstance(opened, httpx2.AsyncClient) else _by_openai(opened)
        await send(bodies[0])  # what is loaded at the first request
        left = iter(bodies)

        async def work() -> None:
            for body in left:
                await send(body)

        begun = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(concurrency)))
        return time.perf_counter() - begun


def _opened(client: str, base_url: str) -> Any:  # noqa: ANN401
    if client == "httpx2":
        return httpx2.AsyncClient(trust_env=False, timeout=600)
    kind = openai.DefaultAsyncHttpxClient if client == "openai" else openai.DefaultAioHttpClient
    return openai.AsyncOpenAI(
        base_url=base_url, api_key="none", max_retries=0, timeout=600, http_client=kind(trust_env=False)
    )


def _by_httpx2(client: httpx2.AsyncClient, base_url: str) -> _Send:
    async def send(body: bytes) -> object:
        headers = {"content-type": "application/json"}
        response = await client.post(f"{base_url}/chat/completions", content=body, headers=headers)
        return response.raise_for_status().json()

    return send


def _by_openai(client: openai.AsyncOpenAI) -> _Send:
    async def send(body: bytes) -> object:
        return await client.chat.completions.create(**json.loads(body))

    return send


if __name__ == "__main__":
    address, requests, which, at_once = sys.argv[1:]
    lines = Path(requests).read_bytes().splitlines()
    print(asyncio.run(_loop(address, lines, which, int(at_once))))
