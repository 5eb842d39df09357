"""A review that is served in a thread, and a plain HTTP client that sends whatever a test says."""

import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.review.address import listen
from pipeline.review.desk import open_desk
from pipeline.review.server import guarded, make_server


@dataclass(frozen=True)
class Answer:
    """What was answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 whatever it holds
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The one line of a refusal."""
        assert set(self.json) == {"error"}
        line = self.json["error"]
        assert isinstance(line, str)
        assert line
        assert "\n" not in line
        return line


@dataclass
class Client:
    """A browser of few wits: it keeps one cookie and sends the headers that one of ours would."""

    origin: str
    link: str
    cookie: str | None = None
    own: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """Name and port of the server."""
        return self.origin.removeprefix("http://")

    def enter(self) -> "Client":
        """Open the link."""
        answer = self.send("GET", self.link.removeprefix(self.origin))
        self.cookie = (answer.headers["set-cookie"] or "").partition(";")[0] or None
        return self

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str | None] | None = None,
        hosts: tuple[str, ...] | None = None,
    ) -> Answer:
        """Send one request; ``headers`` replace what is sent by default, or drop it where null.

        A body is sent as JSON, bytes as they are, and an iterator in chunks of no announced length.
        """
        sent: dict[str, str | None] = {"Cookie": self.cookie}
        if method not in ("GET", "HEAD"):
            sent |= {"Origin": self.origin, "Content-Type": "application/json"}
        sent |= headers or {}
        raw = body if isinstance(body, (bytes, Iterator)) or body is None else json.dumps(body).encode()
        name, _, port = self.host.rpartition(":")
        connection = http.client.HTTPConnection(name.strip("[]"), int(port), timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for host in (self.host,) if hosts is None else hosts:
                connection.putheader("Host", host)
            for header, value in sent.items():
                if value is not None:
                    connection.putheader(header, value)
            if isinstance(raw, bytes) and "Content-Length" not in sent:
                connection.putheader("Content-Length", str(len(raw)))
            if isinstance(raw, Iterator):
                connection.putheader("Transfer-Encoding", "chunked")
            connection.endheaders()
            self._send_body(connection, raw)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    @staticmethod
    def _send_body(connection: http.client.HTTPConnection, raw: bytes | Iterator[bytes] | None) -> None:
        try:
            if isinstance(raw, bytes):
                connection.send(raw)
            elif raw is not None:
                for chunk in raw:
                    connection.send(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                connection.send(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before it was all sent: the answer says so


@contextmanager
def reviewed(out: Path, host: str = "127.0.0.1") -> Iterator[Client]:
    """Serve the review of ``out`` while the context lasts; nobody has opened the link yet."""
    offered = open_desk(out)
    listening, address = listen(host, 0)
    site = guarded(offered, address)
    server = make_server(site)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        until = time.monotonic() + 30
        while not server.started:
            assert time.monotonic() < until
            time.sleep(0.01)
        yield Client(address.origin, site.link)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
