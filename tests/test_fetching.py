"""Pages fetched from real servers on loopback: what comes, what is refused, and what is told of it."""

import asyncio
import gzip
import io
import shutil
import ssl
import subprocess
import threading
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from pipeline.errors import InputError
from pipeline.fetching.asking import MOST_BYTES, MOST_HOPS, TRIES, Manner
from pipeline.fetching.fetch import Wanted, fetch_pages
from pipeline.progress import Silent
from pipeline.reading.forms.table import FORMS
from pipeline.reading.sources import Files
from pipeline.store.pages import Pages
from schemas.page import Fetch
from tests.commands import READY_S
from tests.website import Sent, Site, page, plain, redirect, serving

QUICK = Manner(pause_s=0.0, again_s=0.0)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Start(Protocol):
    def __call__(self, paths: dict[str, Sent | list[Sent]], tls: ssl.SSLContext | None = None) -> Site: ...


@pytest.fixture
def start() -> Iterator[Start]:
    """Start sites."""
    with ExitStack() as stack:

        def run(paths: dict[str, Sent | list[Sent]], tls: ssl.SSLContext | None = None) -> Site:
            return stack.enter_context(serving(paths, tls))

        yield run


class Names:
    """Resolves names as a test says; of several answers the last stays."""

    def __init__(self, **names: Sequence[Sequence[str]]) -> None:
        self._names = {name.replace("_", "."): list(answers) for name, answers in names.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        answers = self._names[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]


LOCAL = {"page_example": [["127.0.0.1"]]}


def fetch(
    out: Path,
    *urls: str,
    manner: Manner = QUICK,
    names: Names | None = None,
    is_anew: bool = False,
    allow_private: bool = True,
) -> Files:
    wanted = Wanted(urls, is_anew=is_anew, allow_private=allow_private)
    pages = Pages(out)
    if names is None:
        return asyncio.run(fetch_pages(wanted, pages, manner, Silent()))
    return asyncio.run(fetch_pages(wanted, pages, manner, Silent(), names))


def reason(fetched: Files) -> str:
    """Return why the one page that was asked for did not come."""
    assert fetched.paths == ()
    [skipped] = fetched.unread
    assert skipped.is_lost
    assert "\n" not in skipped.reason
    return skipped.reason


def recorded(out: Path) -> list[Fetch]:
    lines = (out / "pages" / "pages.jsonl").read_text(encoding="utf-8").splitlines()
    return [Fetch.model_validate_json(line) for line in lines]


# -- what comes, and how it is kept --


def test_a_page_is_kept_as_it_came(start: Start, tmp_path: Path) -> None:
    site = start({"/a/x?y=1": page("Eleven boats waited.")})
    fetched = fetch(tmp_path, site.url("/a/x?y=1#part"))
    [path] = fetched.paths
    assert fetched.unread == ()
    assert path.parent == tmp_path / "pages"
    assert path.name.startswith("127.0.0.1-")
    assert path.suffix == ".html"
    assert path.read_bytes() == page("Eleven boats waited.").body
    [fetch_] = recorded(tmp_path)
    assert (fetch_.url, fetch_.status) == (site.url("/a/x?y=1"), 200)
    assert (fetch_.file, fetch_.size_bytes) == (path.name, path.stat().st_size)
    assert site.heads[-1]["User-Agent"].startswith("storycheck/")
    assert "Cookie" not in site.heads[-1]


def test_what_is_kept_is_not_fetched_again(start: Start, tmp_path: Path) -> None:
    with serving({"/x": page("Eleven boats waited.")}) as site:
        url = site.url("/x")
        first = fetch(tmp_path, url)
    assert fetch(tmp_path, url) == first  # with nobody there to ask
    assert len(recorded(tmp_path)) == 1


def test_fetching_anew_replaces_the_page(start: Start, tmp_path: Path) -> None:
    site = start({"/x": page("Eleven boats waited.")})
    fetch(tmp_path, site.url("/x"))
    site.paths["/x"] = plain("Nine boats waited.")
    [path] = fetch(tmp_path, site.url("/x"), is_anew=True).paths
    assert path.read_text() == "Nine boats waited."
    assert [p.suffix for p in path.parent.glob("127*")] == [".txt"]
    assert [fetch_.file == path.name for fetch_ in recorded(tmp_path)] == [False, True]


def test_the_old_page_stays_where_the_new_one_does_not_come(start: Start, tmp_path: Path) -> None:
    site = start({"/x": page("Eleven boats waited.")})
    before = fetch(tmp_path, site.url("/x"))
    site.paths["/x"] = Sent(status=404)
    after = fetch(tmp_path, site.url("/x"), is_anew=True)
    assert after.paths == before.paths
    [told] = after.unread
    assert not told.is_lost
    assert "not fetched anew: answered 404" in told.reason
    assert recorded(tmp_path)[-1].problem is not None


def test_urls_of_one_command_come_in_their_order_and_once(start: Start, tmp_path: Path) -> None:
    one, other = (start({f"/{n}": page(str(n)) for n in range(4)}) for _ in range(2))
    urls = [site.url(f"/{n}") for n in range(4) for site in (one, other)]
    fetched = fetch(tmp_path, *urls, urls[0] + "#again")
    assert [path.read_bytes() for path in fetched.paths] == [page(str(n // 2)).body for n in range(8)]
    [told] = fetched.unread
    assert (told.reason, told.is_lost) == ("given twice", False)


def test_a_host_is_asked_one_thing_at_a_time(start: Start, tmp_path: Path) -> None:
    site = start({f"/{n}": page(str(n)) for n in range(6)})
    fetch(tmp_path, *(site.url(f"/{n}") for n in range(6)))
    assert site.most_at_once == 1
    assert site.asked == ["/robots.txt", *(f"/{n}" for n in range(6))]


def test_two_pages_of_a_host_are_a_pause_apart(start: Start, tmp_path: Path) -> None:
    site = start({"/1": page("1"), "/2": page("2")})
    began = time.monotonic()
    fetch(tmp_path, site.url("/1"), site.url("/2"), manner=Manner(pause_s=0.3))
    assert time.monotonic() - began >= 0.3  # a slow machine only makes it longer


def test_the_address_of_a_page_is_written_beside_it(start: Start, tmp_path: Path) -> None:
    site = start({"/short": redirect("/the-article"), "/the-article": page("Eleven boats waited.")})
    [path] = fetch(tmp_path, site.url("/short")).paths
    sidecar = tmp_path / "pages" / "story.toml"
    assert sidecar.read_text() == f'[articles."{path.name}"]\nurl = "{site.url("/the-article")}"\n'
    assert recorded(tmp_path)[0].final_url == site.url("/the-article")


# -- forms --

PDF = b"%PDF-1.7\n..."
BY_TYPE: Mapping[str | None, str] = {"application/pdf": ".pdf", DOCX: ".docx"}
WORD = b"PK\x03\x04....word/document.xml...."


@pytest.mark.parametrize(
    ("sent", "suffix"),
    [
        (Sent(b"<p>Boats</p>", type="text/html"), ".html"),
        (Sent(b"<p>Boats</p>", type="TEXT/HTML;charset=x"), ".html"),
        (Sent(b"<html>Boats", type="application/xhtml+xml"), ".html"),
        (Sent(b"  <!DOCTYPE html><p>Boats", type=None), ".html"),
        (Sent(b"Boats", type="text/plain"), ".txt"),
        (Sent(PDF, type="application/pdf"), ".pdf"),
        (Sent(PDF, type="application/octet-stream"), ".pdf"),
        (Sent(PDF, type="text/html"), ".pdf"),
        (Sent(WORD, type=DOCX), ".docx"),
        (Sent(WORD, type=None), ".docx"),
        (Sent(b"<html>Please log in", type="application/pdf"), ".html"),
    ],
)
def test_a_form_is_told_by_header_and_bytes(start: Start, tmp_path: Path, sent: Sent, suffix: str) -> None:
    fetched = fetch(tmp_path, start({"/x.html": sent}).url("/x.html"))
    if suffix not in FORMS or BY_TYPE.get(sent.type, ".html") not in FORMS:
        assert "are read" in reason(fetched)  # what ingest does not read is not taken
        return
    [path] = fetched.paths
    assert path.suffix == suffix
    assert path.read_bytes() == sent.body


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (Sent(b"\x89PNG", type="image/png"), "is image/png"),
        (Sent(b"{}", type="application/json"), "is application/json"),
        (Sent(b"Boats", type="application/pdf"), "not what it is said to be"),
        (Sent(b"Boats", type=DOCX), "not what it is said to be"),
        (Sent(b"\x00\x01\x02", type="application/octet-stream"), "of no known form"),
        (Sent(b"Boats", type=None), "of no known form"),
        (Sent(b"  \n", type="text/html"), "answered with nothing"),
        (Sent(b"x", headers={"Content-Encoding": "br"}), "not asked for"),
        (Sent(b"x", headers={"Content-Encoding": "gzip, gzip"}), "not asked for"),
        (Sent(b"<html>no gzip", headers={"Content-Encoding": "gzip"}), "damaged"),
        (Sent(gzip.compress(b"Boats" * 99)[:-20], headers={"Content-Encoding": "gzip"}), "broke off"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_reason(
    start: Start, tmp_path: Path, sent: Sent, told: str
) -> None:
    expected = told if BY_TYPE.get(sent.type, ".html") in FORMS else "are read"
    assert expected in reason(fetch(tmp_path, start({"/x": sent}).url("/x")))
    assert [path.name for path in (tmp_path / "pages").iterdir()] == ["pages.jsonl"]


def test_a_packed_page_is_unpacked(start: Start, tmp_path: Path) -> None:
    packed = Sent(gzip.compress(page("Boats. " * 9_999).body), headers={"Content-Encoding": "gzip"})
    [path] = fetch(tmp_path, start({"/x": packed}).url("/x")).paths
    assert path.read_bytes() == page("Boats. " * 9_999).body


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("iso-8859-1", "cp1252"), ("Shift_JIS", "shift_jis"), ("utf-16", "utf-16-le"), ("koi8-r", "koi8-r")],
)
def test_an_encoding_that_the_header_alone_names_is_not_lost(
    start: Start, tmp_path: Path, charset: str, encoding: str
) -> None:
    text = {"cp1252": "Elf Schiffe – fünf Möwen", "shift_jis": "港に船が十一隻", "koi8-r": "Лодки ждали"}.get(
        encoding, "Eleven boats"
    )
    sent = Sent(text.encode(encoding), type=f'text/plain; charset="{charset}"')
    [path] = fetch(tmp_path, start({"/x": sent}).url("/x")).paths
    assert path.read_bytes() == b"\xef\xbb\xbf" + text.encode()


@pytest.mark.parametrize("charset", ["utf-8", "punycode", "unicode_escape", "nonsense", "shift_jis"])
def test_bytes_that_are_no_such_encoding_stay_as_they_came(
    start: Start, tmp_path: Path, charset: str
) -> None:
    sent = Sent(b"caf\xe9 \xff\xa0\x81 \\x41", type=f"text/plain; charset={charset}")
    [path] = fetch(tmp_path, start({"/x": sent}).url("/x")).paths
    assert path.read_bytes() == sent.body


# -- bounds --


def test_a_body_without_end_is_given_up(start: Start, tmp_path: Path) -> None:
    sent = threading.Event()

    def pour(out: io.BufferedIOBase) -> None:
        try:
            while True:
                out.write(b"Boats. " * 10_000)
        finally:
            sent.set()

    site = start({"/x": Sent(flow=pour)})
    assert "larger than 20 MB" in reason(fetch(tmp_path, site.url("/x")))
    assert sent.wait(READY_S)  # the connection was closed


def test_a_bomb_stops_at_the_size_of_a_page(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what unpacks to a thousand times its size, no more is unpacked than a page may have."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(100)) + packer.flush()
    unpacked: list[int] = []
    inflate = zlib.decompressobj

    class Counting:
        def __init__(self, wbits: int) -> None:
            self._inner = inflate(wbits)

        def __getattr__(self, name: str) -> object:
            return getattr(self._inner, name)

        def decompress(self, data: bytes, most: int) -> bytes:
            piece = self._inner.decompress(data, most)
            unpacked.append(len(piece))
            return piece

    monkeypatch.setattr(zlib, "decompressobj", Counting)
    site = start({"/x": Sent(bomb, headers={"Content-Encoding": "gzip"})})
    assert "larger than 20 MB" in reason(fetch(tmp_path, site.url("/x")))
    assert sum(unpacked) < MOST_BYTES + (1 << 17)
    assert max(unpacked) <= 1 << 16


def test_a_page_that_drips_is_given_up(start: Start, tmp_path: Path) -> None:
    over = threading.Event()

    def drip(out: io.BufferedIOBase) -> None:
        while not over.wait(0.05):
            out.write(b".")
            out.flush()

    site = start({"/x": Sent(flow=drip)})
    try:
        told = reason(fetch(tmp_path, site.url("/x"), manner=Manner(page_s=1.0)))
    finally:
        over.set()
    assert told == "not fetched: not there after 1 s: try again later"


def test_a_page_that_says_nothing_is_given_up(start: Start, tmp_path: Path) -> None:
    over = threading.Event()
    site = start({"/x": Sent(flow=lambda _out: void(over))})
    try:
        told = reason(fetch(tmp_path, site.url("/x"), manner=Manner(silence_s=0.2, again_s=0.0)))
    finally:
        over.set()
    assert "no answer in time" in told
    assert site.pages == ["/x"] * TRIES


def void(over: threading.Event) -> None:
    over.wait(READY_S)


def test_a_body_that_breaks_off_is_asked_for_again(start: Start, tmp_path: Path) -> None:
    cut = Sent(b"<html>Elev", headers={"Content-Length": "999"})
    site = start({"/x": [cut, cut, page("Eleven boats waited.")], "/y": cut})
    [path] = fetch(tmp_path, site.url("/x")).paths
    assert path.read_bytes() == page("Eleven boats waited.").body
    assert "broke off" in reason(fetch(tmp_path, site.url("/y")))


# -- what sites answer --


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "password"),
        (402, "payment"),
        (403, "open it in a browser, save the page, and give the file"),
        (404, "no such page"),
        (410, "web archive"),
        (451, "legal"),
        (418, "answered 418 and no page"),
        (204, "answered 204 and no page"),
        (500, "the site has a fault"),
        (502, "the site has a fault"),
    ],
)
def test_a_status_is_told_plainly(start: Start, tmp_path: Path, status: int, told: str) -> None:
    site = start({"/x": Sent(status=status)})
    why = reason(fetch(tmp_path, site.url("/x")))
    assert why.startswith(f"not fetched: answered {status}")
    assert told in why
    assert site.pages == ["/x"]
    assert why == f"not fetched: {recorded(tmp_path)[0].problem}"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wait", [{}, {"Retry-After": "0"}, {"Retry-After": "nonsense"}])
def test_a_busy_site_is_asked_again(start: Start, tmp_path: Path, status: int, wait: dict[str, str]) -> None:
    busy = Sent(status=status, headers=wait)
    site = start({"/x": [busy, busy, page("Eleven")], "/y": busy})
    assert len(fetch(tmp_path, site.url("/x")).paths) == 1
    assert f"answered {status}" in reason(fetch(tmp_path, site.url("/y")))
    assert site.pages == ["/x"] * TRIES + ["/y"] * TRIES


def test_a_wait_of_hours_is_not_waited(start: Start, tmp_path: Path) -> None:
    site = start({"/x": Sent(status=429, headers={"Retry-After": "7200"})})
    assert "asks to wait 120 min" in reason(fetch(tmp_path, site.url("/x")))
    assert site.pages == ["/x"]


def test_a_site_that_is_not_there_is_told_once_for_all_its_pages(tmp_path: Path) -> None:
    with serving({}) as site:
        gone = [site.url("/1"), site.url("/2")]
    fetched = fetch(tmp_path, *gone)
    assert [skipped.reason for skipped in fetched.unread] == [
        "not fetched: no connection: try again later"
    ] * 2
    proxied = fetch(tmp_path, gone[0], manner=Manner(again_s=0.0, has_proxy=True))
    assert "without the proxy" in reason(proxied)


def test_a_name_that_nobody_has_is_told(tmp_path: Path) -> None:
    assert "there is no host nowhere.invalid" in reason(fetch(tmp_path, "http://nowhere.invalid/x"))


# -- redirects --


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(start: Start, tmp_path: Path, status: int) -> None:
    other = start({"/z": page("Eleven boats waited.")})
    site = start({"/x": redirect("y?a=b", status), "/y?a=b": redirect(other.url("/z"), status)})
    [path] = fetch(tmp_path, site.url("/x")).paths
    assert path.read_bytes() == other.paths["/z"].body  # type: ignore[union-attr]
    assert other.asked == ["/robots.txt", "/z"]


def test_a_redirect_to_nowhere_is_told(start: Start, tmp_path: Path) -> None:
    site = start({"/x": Sent(status=302)})
    assert "does not say where to" in reason(fetch(tmp_path, site.url("/x")))


def test_redirects_end_somewhere(start: Start, tmp_path: Path) -> None:
    site = start({"/x": redirect("/y"), "/y": redirect("/x")})
    assert "redirects more than 5 times" in reason(fetch(tmp_path, site.url("/x")))
    assert len(site.pages) == MOST_HOPS + 1


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "javascript:alert(1)",
        "//user:word@127.0.0.1/",
        "http://[::1",
        "http://a.example:99999/",
        "http://127.0.0.1/" + "x" * 3000,
    ],
)
def test_a_redirect_to_what_is_no_page_is_not_followed(start: Start, tmp_path: Path, location: str) -> None:
    site = start({"/x": redirect(location)})
    assert "redirects to what is no page" in reason(fetch(tmp_path, site.url("/x")))


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:{port}/secret",  # only the hosts that were given may be private ones
        "http://127.0.0.2:{port}/secret",
        "http://2130706433:{port}/secret",
        "http://[::1]:{port}/secret",
        "http://[::ffff:127.0.0.1]:{port}/secret",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
    ],
)
def test_a_redirect_to_a_private_address_is_not_followed(start: Start, tmp_path: Path, location: str) -> None:
    site = start({"/secret": page("Keys")})
    site.paths["/x"] = redirect(location.format(port=site.port))
    assert "no public address" in reason(fetch(tmp_path, site.url("/x")))
    assert site.pages == ["/x"]


# -- addresses --


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433"])
def test_an_address_of_this_machine_is_refused_unless_it_is_allowed(
    start: Start, tmp_path: Path, host: str
) -> None:
    site = start({"/x": page("Keys")})
    why = reason(fetch(tmp_path, site.url("/x", host), allow_private=False))
    assert "no public address" in why
    assert "--allow-private" in why
    assert site.asked == []


def test_one_bad_address_of_a_name_is_enough(start: Start, tmp_path: Path) -> None:
    site = start({"/x": page("Keys")})
    names = Names(page_example=[["127.0.0.1", "169.254.169.254"]])
    why = reason(fetch(tmp_path, site.url("/x", "page.example"), names=names))
    assert "page.example leads to 169.254.169.254" in why
    assert site.asked == []


def test_a_name_is_connected_to_at_the_address_that_was_looked_at(start: Start, tmp_path: Path) -> None:
    """No other way leads to page.example: the connection itself asks no name server."""
    site = start({"/x": page("Eleven")})
    assert len(fetch(tmp_path, site.url("/x", "page.example"), names=Names(**LOCAL)).paths) == 1
    assert site.heads[-1]["Host"] == f"page.example:{site.port}"


def test_a_name_that_leads_elsewhere_the_next_time_is_looked_at_again(start: Start, tmp_path: Path) -> None:
    site = start({"/x": page("Keys")})
    names = Names(page_example=[["127.0.0.1"], ["169.254.169.254"]])
    why = reason(fetch(tmp_path, site.url("/x", "page.example"), names=names))
    assert "no public address" in why
    assert names.asked == ["page.example"] * 2
    assert site.asked == ["/robots.txt"]


def test_the_next_address_is_tried_where_the_first_does_not_answer(start: Start, tmp_path: Path) -> None:
    site = start({"/x": page("Eleven")})
    names = Names(page_example=[["::1", "127.0.0.1"]])
    assert len(fetch(tmp_path, site.url("/x", "page.example"), names=names).paths) == 1


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ftp://a.example/x", "only such pages"),
        ("file:///etc/passwd", "only such pages"),
        ("http://user:word@a.example/", "a name or a password"),
        ("http://user@a.example/", "a name or a password"),
        ("http:///x", "not a valid URL"),
        ("http://a.example:0/", "not a valid URL"),
        ("http://a b.example/", "not a valid URL"),
        ("http://a.example/\x1b[31m", "not a valid URL"),
        ("http://a.example/" + "x" * 2000, "more than 2,000"),
    ],
)
def test_what_is_no_address_of_a_page_is_refused(tmp_path: Path, url: str, told: str) -> None:
    fetched = fetch(tmp_path, url, allow_private=False)
    assert told in reason(fetched)
    assert "word" not in fetched.unread[0].path
    assert fetched.unread[0].path.isprintable()
    assert not tmp_path.joinpath("pages").exists()


# -- TLS --


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate made out to page.example, and the file by which it can be trusted."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    made = "-newkey rsa:2048 -nodes -days 2 -subj /CN=page.example -addext subjectAltName=DNS:page.example"
    command = [openssl, "req", "-x509", *made.split(), "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=READY_S)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


def test_a_certificate_is_held_against_the_name_and_not_the_address(
    start: Start, tmp_path: Path, authority: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[0]))
    site = start({"/x": page("Eleven")}, authority[1])
    names = Names(**LOCAL, other_example=[["127.0.0.1"]])
    assert len(fetch(tmp_path, site.url("/x", "page.example", "https"), names=names).paths) == 1
    for host in ("other.example", "127.0.0.1"):
        fetched = fetch(tmp_path, site.url("/x", host, "https"), names=names if "other" in host else None)
        assert "certificate cannot be trusted" in reason(fetched)
    assert site.asked == ["/robots.txt", "/x"]


def test_a_certificate_that_nobody_vouches_for_is_told(
    start: Start, tmp_path: Path, authority: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    site = start({"/x": page("Eleven")}, authority[1])
    fetched = fetch(tmp_path, site.url("/x", "page.example", "https"), names=Names(**LOCAL))
    assert "certificate cannot be trusted" in reason(fetched)
    assert site.asked == []


def test_a_redirect_from_https_to_http_is_not_followed(
    start: Start, tmp_path: Path, authority: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[0]))
    bare = start({"/x": page("Nine")})
    site = start({"/x": redirect(bare.url("/x", "page.example"))}, authority[1])
    fetched = fetch(tmp_path, site.url("/x", "page.example", "https"), names=Names(**LOCAL))
    assert "from https to http" in reason(fetched)
    assert bare.asked == []


def test_a_site_without_tls_is_told(start: Start, tmp_path: Path) -> None:
    site = start({"/x": page("Eleven")})
    assert "no connection" in reason(fetch(tmp_path, site.url("/x", scheme="https")))


def test_proxies_of_the_environment_have_no_part_in_it(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = start({})
    site = start({"/x": page("Eleven")})
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url(""))
    monkeypatch.setenv("no_proxy", "")
    assert len(fetch(tmp_path, site.url("/x", "page.example"), names=Names(**LOCAL)).paths) == 1
    assert proxy.asked == []


# -- robots.txt --


def robots(text: str) -> Sent:
    return Sent(text.encode(), type="text/plain")


def test_what_a_site_asks_programs_not_to_fetch_is_not_fetched(start: Start, tmp_path: Path) -> None:
    site = start({"/robots.txt": robots("User-agent: *\nDisallow: /x"), "/x": page("1"), "/y": page("2")})
    fetched = fetch(tmp_path, site.url("/x"), site.url("/y"))
    assert len(fetched.paths) == 1
    assert "robots.txt asks programs not to fetch it" in fetched.unread[0].reason
    assert site.asked == ["/robots.txt", "/y"]


def test_a_redirect_to_what_is_not_to_be_fetched_ends_there(start: Start, tmp_path: Path) -> None:
    other = start({"/robots.txt": robots("User-agent: storycheck\nDisallow: /"), "/y": page("2")})
    site = start({"/x": redirect(other.url("/y"))})
    assert "robots.txt" in reason(fetch(tmp_path, site.url("/x")))
    assert other.asked == ["/robots.txt"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_site_without_robots_txt_allows_everything(start: Start, tmp_path: Path, status: int) -> None:
    site = start({"/robots.txt": Sent(status=status), "/x": page("1")})
    assert len(fetch(tmp_path, site.url("/x")).paths) == 1


def test_a_site_whose_robots_txt_is_broken_allows_nothing(start: Start, tmp_path: Path) -> None:
    site = start({"/robots.txt": Sent(status=500), "/x": page("1"), "/y": page("1")})
    fetched = fetch(tmp_path, site.url("/x"), site.url("/y"))
    assert [skipped.reason for skipped in fetched.unread] == [
        "not fetched: its robots.txt answered 500, so nothing is fetched: try again later"
    ] * 2
    assert site.asked == ["/robots.txt"]


def test_robots_txt_may_be_elsewhere_or_without_end(start: Start, tmp_path: Path) -> None:
    def pour(out: io.BufferedIOBase) -> None:
        out.write(b"User-agent: *\nDisallow: /x\n")
        while True:
            out.write(b"# Boats.\n" * 10_000)

    other = start({"/rules": Sent(flow=pour, type="text/plain")})
    site = start({"/robots.txt": redirect(other.url("/rules")), "/x": page("1")})
    assert "robots.txt" in reason(fetch(tmp_path, site.url("/x")))
    round_about = start({"/robots.txt": redirect("/robots.txt"), "/x": page("1")})
    assert len(fetch(tmp_path, round_about.url("/x")).paths) == 1


# -- what lies in the folder --


def test_what_somebody_wrote_beside_the_pages_stays(start: Start, tmp_path: Path) -> None:
    site = start({"/x": page("1"), "/y": page("2")})
    [path] = fetch(tmp_path, site.url("/x")).paths
    sidecar = tmp_path / "pages" / "story.toml"
    edited = f'# mine\n[articles."{path.name}"]\noutlet = "The Gull"\n'
    sidecar.write_text(edited)
    [other] = fetch(tmp_path, site.url("/y")).paths
    assert sidecar.read_text() == f'{edited}\n[articles."{other.name}"]\nurl = "{site.url("/y")}"\n'


def test_a_record_that_was_cut_off_is_gone_on_with(start: Start, tmp_path: Path) -> None:
    site = start({"/x": page("1"), "/y": page("2")})
    fetch(tmp_path, site.url("/x"))
    record = tmp_path / "pages" / "pages.jsonl"
    record.write_bytes(record.read_bytes() + b'{"schema_version":1,"url":"ht')
    (tmp_path / "pages" / "story.toml").unlink()
    fetched = fetch(tmp_path, site.url("/x"), site.url("/y"))
    assert len(record.read_text().splitlines()) == 3
    assert all(path.name in (tmp_path / "pages" / "story.toml").read_text() for path in fetched.paths)


def test_a_record_that_somebody_sent_names_nothing_else(start: Start, tmp_path: Path) -> None:
    site = start({"/x": page("1")})
    fetch(tmp_path, site.url("/x"))
    folder = tmp_path / "pages"
    (folder / "story.toml").unlink()
    (folder / "notes.html").write_text("mine")
    line = (folder / "pages.jsonl").read_text()
    hostile = (
        line.replace(recorded(tmp_path)[0].file or "", "../../notes.html"),
        line.replace(recorded(tmp_path)[0].file or "", "notes.html"),
    )
    (folder / "pages.jsonl").write_text("".join(hostile))
    fetch(tmp_path, site.url("/x"))
    assert not (folder / "story.toml").exists()


def test_a_link_in_place_of_a_page_is_no_page(start: Start, tmp_path: Path) -> None:
    site = start({"/x": page("1")})
    [path] = fetch(tmp_path, site.url("/x")).paths
    secret = tmp_path / "secret"
    secret.write_text("Keys")
    path.unlink()
    path.symlink_to(secret)
    [again] = fetch(tmp_path, site.url("/x")).paths
    assert (again, again.is_symlink()) == (path, False)
    assert secret.read_text() == "Keys"


def test_a_folder_that_cannot_be_written_is_told(start: Start, tmp_path: Path) -> None:
    (tmp_path / "pages").write_text("in the way")
    with pytest.raises(InputError, match="pages"):
        fetch(tmp_path, start({"/x": page("1")}).url("/x"))
