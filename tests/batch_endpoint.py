"""An endpoint with a Batch API on loopback: files and batches as OpenAI's, its answers made by a script.

A double at the HTTP border only, as ``fake_endpoint``: what it is sent comes from openai's own client.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fake_endpoint import Answer, Body

Json = dict[str, Any]
Ending = Callable[["BatchEndpoint", Json], None]


@dataclass
class BatchEndpoint:
    """What the endpoint holds. ``looks`` is how often a batch is looked at before it is over.

    ``end`` makes of a batch what becomes of it then, by default ``completed``. ``faults`` are the statuses,
    or the bodies, that the next requests meet, by method and first part of the path ("POST batches").
    """

    answer: Answer
    base_url: str = ""
    looks: int = 1
    end: Ending = field(default=lambda endpoint, batch: endpoint.complete(batch))
    files: dict[str, bytes] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    batches: dict[str, Json] = field(default_factory=dict)
    asked: list[Body] = field(default_factory=list)  # every question that was in a batch
    keys: list[str] = field(default_factory=list)  # of them
    faults: dict[str, list[int | bytes]] = field(default_factory=dict)
    chats: int = 0  # requests to be answered at once, of which there should be none
    looked: threading.Event = field(default_factory=threading.Event)  # once a batch was looked at

    def put_file(self, content: bytes) -> str:
        """Keep a file and return its id."""
        name = f"file-{len(self.files) + len(self.deleted) + 1}"
        self.files[name] = content
        return name

    def lines(self, batch: Json) -> list[Json]:
        """Return the questions of a batch as they were handed in."""
        return [json.loads(line) for line in self.files[batch["input_file_id"]].splitlines()]

    def complete(self, batch: Json, status: str = "completed", share: float = 1.0) -> None:
        """Answer the first ``share`` of the questions of a batch; the others expire."""
        lines = self.lines(batch)
        upto = round(share * len(lines))
        good: list[Json] = []
        bad: list[Json] = []
        for line in lines[:upto]:
            reply = self.answer(line["body"])
            response = {"status_code": reply.status, "request_id": "r", "body": reply.body}
            told = {"id": "x", "custom_id": line["custom_id"], "response": response, "error": None}
            (good if reply.status == 200 else bad).append(told)
        expired = {"code": "batch_expired", "message": "This request could not be executed in time."}
        bad += [
            {"id": "x", "custom_id": line["custom_id"], "response": None, "error": expired}
            for line in lines[upto:]
        ]
        batch["status"] = status
        batch["output_file_id"] = self._written(good)
        batch["error_file_id"] = self._written(bad)

    def _written(self, told: list[Json]) -> str | None:
        return self.put_file(b"".join(json.dumps(one).encode() + b"\n" for one in told)) if told else None


@contextmanager
def batch_endpoint(answer: Answer) -> Iterator[BatchEndpoint]:
    """Serve on a free port of 127.0.0.1 while the block runs, answering each question by ``answer``."""
    held = BatchEndpoint(answer)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers.get("content-length") or 0))
            with lock:
                if self._is_refused():
                    return
                self._send(*_posted(held, self._path(), data, self.headers.get("content-type", "")))

        def do_GET(self) -> None:
            with lock:
                self._send(*_got(held, self._path(), parse_qs(urlsplit(self.path).query)))

        def do_DELETE(self) -> None:
            with lock:
                name = self._path()[-1]
                held.files.pop(name, None)
                held.deleted.append(name)
                self._send(200, {"id": name, "object": "file", "deleted": True})

        def _path(self) -> list[str]:
            return urlsplit(self.path).path.removeprefix("/v1/").split("/")

        def _is_refused(self) -> bool:
            """Send a fault that comes before anything is done, where one is due."""
            faults = held.faults.get(f"{self.command} {self._path()[0]}", [])
            is_due = bool(faults) and isinstance(faults[0], int) and faults[0] < 500
            if is_due:
                self._send(200, b"")
            return is_due

        def _send(self, status: int, body: Json | bytes) -> None:
            faults = held.faults.get(f"{self.command} {self._path()[0]}", [])
            fault = faults.pop(0) if faults else b""
            if isinstance(fault, int):
                status, body = fault, {"error": {"message": f"a fault of {fault}"}}
            elif fault:
                body = fault
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    held.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()


def _posted(held: BatchEndpoint, path: list[str], data: bytes, content_type: str) -> tuple[int, Json]:
    if path == ["files"]:
        parts = BytesParser().parsebytes(b"content-type: " + content_type.encode() + b"\r\n\r\n" + data)
        fields = {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
            for part in parts.walk()
            if not part.is_multipart()
        }
        assert fields["purpose"] == b"batch"
        content = fields["file"]
        assert isinstance(content, bytes)
        return 200, {
            "id": held.put_file(content),
            "object": "file",
            "purpose": "batch",
            "bytes": len(content),
        }
    if path == ["batches"]:
        told = json.loads(data)
        assert (told["endpoint"], told["completion_window"]) == ("/v1/chat/completions", "24h")
        name = f"batch-{len(held.batches) + 1}"
        batch = {**told, "id": name, "object": "batch", "status": "validating", "created_at": 1, "looks": 0}
        held.batches[name] = batch
        lines = held.lines(batch)
        batch["count"] = len(lines)
        held.asked += [line["body"] for line in lines]
        held.keys += [line["custom_id"] for line in lines]
        return 200, batch
    held.chats += path == ["chat", "completions"]
    return 404, {"error": {"message": "not here"}}


def _got(held: BatchEndpoint, path: list[str], query: dict[str, list[str]]) -> tuple[int, Json | bytes]:
    if path == ["batches"]:
        found = list(reversed(held.batches.values()))
        after = query.get("after", [""])[0]
        begin = next((i + 1 for i, batch in enumerate(found) if batch["id"] == after), 0)
        page = found[begin : begin + int(query["limit"][0])]
        return 200, {"object": "list", "data": page, "has_more": begin + len(page) < len(found)}
    if path[0] == "batches" and path[1] in held.batches:
        batch = held.batches[path[1]]
        batch["looks"] += 1
        held.looked.set()
        if batch["status"] == "validating" and batch["looks"] >= held.looks:
            held.end(held, batch)
        return 200, batch
    if path[0] == "files" and path[-1] == "content" and path[1] in held.files:
        return 200, held.files[path[1]]
    return 404, {"error": {"message": f"no {'/'.join(path)}"}}
