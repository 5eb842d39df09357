"""Serves recorded answers on loopback to a command in a process of its own, as a model's endpoint would.

``python tests/replay.py --wheel path/to/storycheck`` checks the example with an installed command: CI runs it
from another folder, with the command of the built wheel.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.cassette import FOLDER, answers, canonical  # noqa: E402 - found through the line above


@contextmanager
def replay(cassette: Path) -> Iterator[str]:
    """Answer requests from ``cassette`` while the block runs, and refuse any other; yield the base URL."""
    recorded = answers(cassette)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            known = recorded.get(canonical(body))
            text = known or json.dumps({"error": {"message": "there is no recording of this request"}})
            data = text.encode()
            self.send_response(200 if known else 422)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> int:
    """Run the installed command on the example and see that it did the whole job."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--wheel", required=True, help="path of the installed storycheck command")
    command = parser.parse_args().wheel
    with tempfile.TemporaryDirectory() as out, replay(FOLDER / "ellen-marrick.yaml") as base_url:
        arguments = ["check", str(ROOT / "examples" / "ellen-marrick"), "-o", out]
        done = subprocess.run(
            [command, *arguments, "--model", "qwen2.5-coder-1.5b", "--concurrency", "4"],
            env={"OPENAI_BASE_URL": base_url, "PATH": "", "HOME": out},
            check=False,
        )
        report = json.loads((Path(out) / "report.json").read_text(encoding="utf-8"))
        page = (Path(out) / "report.html").read_text(encoding="utf-8")
    found = len(report["contradictions"])
    claims = len(report["claims"])
    print(f"exit {done.returncode}, {claims} claims, {found} conflicts, {len(page)} bytes of HTML")
    is_whole = done.returncode == 0 and report["run"]["complete"] and found > 0
    print("1 passed, 0 failed" if is_whole else "0 passed, 1 failed")
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
