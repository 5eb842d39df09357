"""An OpenAI-compatible endpoint on loopback that answers by a script, to show what faults do.

A double at the HTTP border only: everything on our side of it, and openai and instructor, are the real ones.
What a real model answers is in the recorded tests.
"""

import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Body = dict[str, Any]
_NUMBERED = re.compile(r"^(\d+): (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Reply:
    """What is sent back, ``delay_s`` after the request; a ``status`` of 0 hangs up without a word.

    A body that is no dict goes out as it is; ``drip_s`` is the pause between its bytes. ``raw``, where there
    is one, does as it likes with the connection instead, which is closed when it is done.
    """

    body: Body | bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    drip_s: float = 0.0
    raw: Callable[[socket.socket], None] | None = None


Answer = Callable[[Body], Reply]


@dataclass
class FakeEndpoint:
    """What the endpoint was asked: bodies, headers, times (in seconds) and paths of requests, in order."""

    base_url: str = ""
    requests: list[Body] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0


@contextmanager
def fake_endpoint(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[FakeEndpoint]:
    """Serve on a free port of 127.0.0.1 while the block runs, answering each request by ``answer``.

    A request for another host, as a proxy gets it, is answered like any other.
    """
    seen = FakeEndpoint()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # headers and body leave together

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with lock:
                seen.requests.append(body)
                seen.headers.append({name.lower(): value for name, value in self.headers.items()})
                seen.times.append(time.monotonic())
                seen.paths.append(self.path)
                seen.in_flight += 1
                seen.most_in_flight = max(seen.most_in_flight, seen.in_flight)
            is_right_path = urlsplit(self.path).path.endswith("/v1/chat/completions")
            reply = answer(body) if is_right_path else refused(404, f"no {self.path}")
            time.sleep(reply.delay_s)
            with lock:
                seen.in_flight -= 1
            self._send(reply)

        def _send(self, reply: Reply) -> None:
            if reply.raw is not None:
                with suppress(OSError):  # the other side has had enough
                    reply.raw(self.connection)
            if reply.raw is not None or reply.status == 0:
                self.close_connection = True
                return
            data = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"content-type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            for i in range(0, len(data), 1 if reply.drip_s else max(len(data), 1)):
                self.wfile.write(data[i : i + 1] if reply.drip_s else data)
                self.wfile.flush()
                time.sleep(reply.drip_s)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            """Keep quiet about clients that hang up: some tests kill them."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    seen.base_url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}/v1"
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def in_turn(*replies: Reply | Answer) -> Answer:
    """Answer the first request with the first reply and so on; the last one answers all that follow."""
    left = list(replies)
    lock = threading.Lock()

    def answer(body: Body) -> Reply:
        with lock:
            reply = left.pop(0) if len(left) > 1 else left[0]
        return reply(body) if callable(reply) else reply

    return answer


def said(content: str | None, *, finish_reason: str = "stop", delay_s: float = 0.0, **message: str) -> Reply:
    """Return a completion with ``content``; 10 tokens in and 5 out."""
    choice = {
        "index": 0,
        "finish_reason": finish_reason,
        "message": {"role": "assistant", "content": content, **message},
    }
    return Reply(completion([choice]), delay_s=delay_s)


def completion(choices: Sequence[Body]) -> Body:
    """Return the body of a completion with ``choices``."""
    return {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": list(choices),
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }


def scored(odds: Mapping[str, float], *, delay_s: float = 0.0) -> Reply:
    """Return a one-token completion with the log-probability of each token in ``odds``."""
    tops = [{"token": token, "logprob": value, "bytes": None} for token, value in odds.items()]
    best = max(odds, key=lambda token: odds[token])
    choice = {
        "index": 0,
        "finish_reason": "length",
        "message": {"role": "assistant", "content": best},
        "logprobs": {
            "content": [{"token": best, "logprob": odds[best], "bytes": None, "top_logprobs": tops}]
        },
    }
    return Reply(completion([choice]), delay_s=delay_s)


def refused(status: int, message: str, *, code: str | None = None, **headers: str) -> Reply:
    """Return an error in OpenAI's form; ``_`` in a header's name stands for ``-``."""
    error = {"message": message, "type": "error", "param": None, "code": code}
    return Reply(
        {"error": error}, status=status, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


def check_answer(body: Body) -> Reply:
    """Answer as a model that knows its job would: each sentence is a claim, and other outlets contradict it.

    Without a ``response_format`` the same answers come as a Markdown code block.
    """
    asked = body["messages"][-1]["content"]
    if not isinstance(asked, str) or asked.startswith("Return the correct JSON"):
        asked = body["messages"][-2]["content"]
    if body.get("logprobs"):
        return scored({"C": -0.1, "N": -2.5, "S": -5.0})
    answer: Body
    if "Statement: " in asked:
        answer = {"answer": "C"}
    elif ">> " in asked:
        answer = {"reason": "They differ.", "relation": "contradiction", "kind": "event"}
    else:
        answer = {n: [sentence] for n, sentence in _NUMBERED.findall(asked)}
    text = json.dumps(answer)
    return said(text if "response_format" in body else f"```json\n{text}\n```")
