"""A web site on loopback, page by page, that notes what it was asked and misbehaves as it is told."""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase

HTML = "text/html; charset=utf-8"
PAGE = "<!doctype html><html><body><article><p>{}</p></article></body></html>"


@dataclass(frozen=True)
class Sent:
    """What one path answers with; a ``flow`` writes the body itself, for as long as it likes."""

    body: bytes = b""
    status: int = 200
    type: str | None = HTML
    headers: Mapping[str, str] = field(default_factory=dict)
    flow: Callable[[BufferedIOBase], None] | None = None


def page(text: str) -> Sent:
    """Return a page with one paragraph."""
    return Sent(PAGE.format(text).encode())


def plain(text: str) -> Sent:
    """Return a text without any markup."""
    return Sent(text.encode(), type="text/plain; charset=utf-8")


def redirect(location: str, status: int = 302) -> Sent:
    """Return a redirect."""
    return Sent(status=status, headers={"Location": location})


@dataclass
class Site:
    """A running site: ``paths`` may be changed at any time; of a list the last is sent for ever.

    What is not in ``paths`` is a 404. ``asked`` holds the paths in order, ``heads`` the headers of each.
    """

    paths: dict[str, Sent | list[Sent]]
    port: int = 0
    asked: list[str] = field(default_factory=list)
    heads: list[Mapping[str, str]] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        """Return the URL of ``path``."""
        return f"{scheme}://{host}:{self.port}{path}"

    @property
    def pages(self) -> list[str]:
        """What was asked for but robots.txt."""
        return [path for path in self.asked if path != "/robots.txt"]

    def answer(self, path: str, headers: Mapping[str, str]) -> Sent:
        """Return what ``path`` answers with now."""
        with self._lock:
            self.asked.append(path)
            self.heads.append(headers)
            found = self.paths.get(path, Sent(status=404))
            if isinstance(found, list):
                return found.pop(0) if len(found) > 1 else found[0]
            return found

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count the requests that are under way."""
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            yield
        finally:
            with self._lock:
                self._now -= 1


@contextmanager
def serving(paths: Mapping[str, Sent | list[Sent]], tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Run a site while the block does."""
    site = Site(dict(paths))
    handler = type("Handler", (_Handler,), {"site": site})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        site.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        with self.site.counted():
            sent = self.site.answer(self.path, dict(self.headers.items()))
            self.send_response(sent.status)
            if sent.type is not None:
                self.send_header("Content-Type", sent.type)
            for name, value in sent.headers.items():
                self.send_header(name, value)
            if sent.flow is None and "Content-Length" not in sent.headers:
                self.send_header("Content-Length", str(len(sent.body)))
            self.end_headers()
            with suppress(OSError):  # whoever asked had enough
                if sent.flow is not None:
                    sent.flow(self.wfile)
                self.wfile.write(sent.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by http.server
        """Say nothing."""
