"""A reverse proxy on loopback that counts what one contender asks of the endpoint behind it.

It changes nothing but the key: the contender gets one that is good here alone, so the endpoint's own key
stays with us and nobody else's requests are counted. Answers are passed on whole.
"""

import hmac
import http.client
import json
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

PATH = "/v1"
PATIENCE_S = 1800.0  # longer than any client here waits
_HOP = frozenset(
    "host authorization connection keep-alive transfer-encoding content-length accept-encoding te".split()
)


@dataclass
class Counts:
    """What was asked: ``calls`` are requests sent to be answered (POST), whatever came of them.

    Those ``answered`` have a status below 400; the others were refused, or cut off. ``unmetered`` are answers
    without a ``usage``, whose tokens are missing from the sums; ``models`` are the names that were asked for.
    """

    calls: int = 0
    answered: int = 0
    unmetered: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    models: set[str] = field(default_factory=set)


@dataclass
class Proxy:
    """Where a contender asks, and what it has asked so far."""

    base_url: str
    api_key: str = field(repr=False)
    counts: Counts


class _Upstream:
    """The endpoint behind the proxy, and the connections that are open to it."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self._address = urlsplit(base_url)
        self._key = api_key
        self._open: set[http.client.HTTPConnection] = set()
        self._lock = threading.Lock()

    def ask(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Return status, headers and body of the answer to a request; raises OSError and HTTPException."""
        is_tls = self._address.scheme == "https"
        kind = http.client.HTTPSConnection if is_tls else http.client.HTTPConnection
        connection = kind(self._address.hostname or "", self._address.port, timeout=PATIENCE_S)
        with self._lock:
            self._open.add(connection)
        try:
            sent = {**headers, "Authorization": f"Bearer {self._key}", "Accept-Encoding": "identity"}
            connection.request(method, self._address.path.rstrip("/") + path, body=body, headers=sent)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def hang_up(self) -> None:
        """End what is still being answered, so that the endpoint is free for the next contender."""
        with self._lock:
            for connection in self._open:
                if connection.sock is not None:
                    with suppress(OSError):
                        connection.sock.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, upstream: _Upstream, api_key: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.api_key = api_key
        self.counts = Counts()
        self.lock = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about clients that hang up: one that is stopped does."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together
    server: _Server

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        key = self.headers.get("authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(key, f"Bearer {self.server.api_key}".encode()):
            self._send(401, [], b'{"error": {"message": "not the key of this proxy"}}')
            return
        is_call = self.command == "POST"
        if is_call:
            self._count_question(body)
        path = self.path.removeprefix(PATH)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
        try:
            status, given, answer = self.server.upstream.ask(self.command, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            status, given, answer = 502, [], json.dumps({"error": {"message": str(error)}}).encode()
        if is_call:
            self._count_answer(status, answer)
        self._send(status, given, answer)

    def _count_question(self, body: bytes) -> None:
        with self.server.lock:
            self.server.counts.calls += 1
            with suppress(ValueError, AttributeError):
                self.server.counts.models.add(str(json.loads(body).get("model")))

    def _count_answer(self, status: int, answer: bytes) -> None:
        if status >= 400:
            return
        counts = self.server.counts
        with self.server.lock:
            counts.answered += 1
            try:
                usage = json.loads(answer)["usage"]
                tokens_in, tokens_out = int(usage["prompt_tokens"]), int(usage["completion_tokens"])
            except (ValueError, TypeError, KeyError):
                counts.unmetered += 1
                return
            counts.tokens_in += tokens_in
            counts.tokens_out += tokens_out

    def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
        """Keep quiet."""


@contextmanager
def counting_proxy(base_url: str, api_key: str) -> Iterator[Proxy]:
    """Serve a proxy for the endpoint at ``base_url`` while the block runs; its counts start at 0.

    At the end every question still unanswered is cut off; it stays counted as a call.
    """
    upstream = _Upstream(base_url, api_key)
    server = _Server(upstream, secrets.token_urlsafe(24))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Proxy(f"http://127.0.0.1:{server.server_port}{PATH}", server.api_key, server.counts)
    finally:
        server.shutdown()
        upstream.hang_up()
        server.server_close()
        thread.join()
