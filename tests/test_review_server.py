"""The review over real HTTP: what it keeps, whom it lets in, and what it refuses."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from pipeline.errors import InputError
from pipeline.review.address import Address, listen
from pipeline.review.desk import open_desk
from pipeline.store import DECISIONS, decisionfile, read_decisions, record_decision, write_report
from schemas.decision import Decision, Decisions, Ruling
from tests.review_client import Client, reviewed
from tests.sample_report import sample_report
from tests.test_decisions import decision

ACCEPTED = {"ruling": "accepted", "reason": None, "note": ""}
ROUTES = (
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/decisions"),
    ("GET", "/export"),
    ("PUT", "/decisions/c1"),
    ("POST", "/undo"),
    ("POST", "/import"),
    ("GET", "/nowhere"),
    ("OPTIONS", "/decisions/c1"),
)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    write_report(tmp_path, sample_report())
    return tmp_path


@pytest.fixture
def served(out: Path) -> Iterator[Client]:
    with reviewed(out) as client:
        yield client


@pytest.fixture
def client(served: Client) -> Client:
    return served.enter()


def rulings(out: Path) -> dict[str, str | None]:
    return {one.finding_id: one.ruling for one in read_decisions(out)}


# -- deciding --


def test_a_decision_is_answered_kept_and_shown(client: Client, out: Path) -> None:
    sent = {"ruling": "dismissed", "reason": "same_meaning", "note": "both say two"}
    answer = client.send("PUT", "/decisions/c1", sent)
    assert answer.status == 200
    kept = Decision.model_validate_json(answer.body)
    assert (kept.finding_id, kept.ruling, kept.note) == ("c1", Ruling.dismissed, "both say two")
    assert [side.article for side in kept.sides] == ["courier", "ledger"]
    assert read_decisions(out) == (kept,)
    stored = Decisions.model_validate_json(client.send("GET", "/decisions").body)
    assert (stored.story, stored.decisions) == ("The Veldrik crane", (kept,))
    page = client.send("GET", "/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert b"both say two" in page.body


def test_a_page_whose_decisions_can_only_be_read_says_why(
    client: Client, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.send("GET", "/").body.decode()
    assert "Decisions can only be read</h2>" not in page
    assert "All stories" not in page
    monkeypatch.setattr("pipeline.store.why_read_only", lambda folder: f"No room in {folder}.")
    page = client.send("GET", "/").body.decode()
    assert "Decisions can only be read</h2>" in page
    assert f"<p>No room in {out}.</p>" in page


def test_a_withdrawn_decision_is_still_known_as_one(client: Client, out: Path) -> None:
    client.send("PUT", "/decisions/c1", ACCEPTED)
    answer = client.send("PUT", "/decisions/c1", {"ruling": None, "reason": None, "note": ""})
    assert (answer.status, answer.json["ruling"]) == (200, None)
    assert [one.is_withdrawn for one in read_decisions(out)] == [True]


def test_changes_are_taken_back_one_after_the_other(client: Client, out: Path) -> None:
    client.send("PUT", "/decisions/c1", ACCEPTED)
    client.send("PUT", "/decisions/c2", ACCEPTED)
    client.send("PUT", "/decisions/c1", {"ruling": None, "note": "hm"})
    first = client.send("POST", "/undo").json
    assert (first["finding_id"], first["decision"]["ruling"]) == ("c1", "accepted")
    second = client.send("POST", "/undo").json
    assert (second["finding_id"], second["decision"]) == ("c2", None)
    assert rulings(out) == {"c1": "accepted", "c2": None}
    assert client.send("POST", "/undo").status == 200
    nothing = client.send("POST", "/undo")
    assert (nothing.status, "nothing to undo" in nothing.error) == (409, True)


def test_an_export_is_taken_by_another_review(
    client: Client, tmp_path_factory: pytest.TempPathFactory
) -> None:
    client.send("PUT", "/decisions/c1", ACCEPTED)
    client.send("PUT", "/decisions/c2", {"ruling": None, "note": "</script>“so”"})
    exported = client.send("GET", "/export")
    assert exported.headers["content-disposition"] == 'attachment; filename="decisions.json"'
    other = tmp_path_factory.mktemp("other")
    write_report(other, sample_report())
    with reviewed(other) as theirs:
        answer = theirs.enter().send("POST", "/import", exported.body)
        assert (answer.status, answer.json) == (200, {"taken": 2, "older": 0, "unknown": 0})
        assert theirs.send("GET", "/export").body == exported.body
        assert theirs.send("POST", "/import", exported.body).json["older"] == 2
        undone = theirs.send("POST", "/undo").json
        assert {one["finding_id"] for one in undone["changed"]} == {"c1", "c2"}
    assert rulings(other) == {"c1": None, "c2": None}


def file_of(*made: Decision, **more: object) -> dict[str, object]:
    whole = Decisions(story="The Veldrik crane", decisions=made)
    return whole.model_dump(mode="json") | more


def test_decisions_on_findings_that_are_not_here_are_kept(client: Client, out: Path) -> None:
    answer = client.send("POST", "/import", file_of(decision("c1"), decision("long-gone")))
    assert answer.json == {"taken": 1, "older": 0, "unknown": 1}
    assert set(rulings(out)) == {"c1", "long-gone"}
    assert "long-gone" in client.send("GET", "/export").body.decode()


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        (file_of(decision("c1"), story="The bridge"), 409, "another story"),
        (file_of(decision("c1"), schema_version=2), 422, "newer storycheck"),
        ({"schema_version": 1}, 422, "no file of decisions"),
        (b'{"schema_version": 1, "story": "The Vel', 422, "cut off"),
        (b"\xff\xfe\x00", 422, "no file of decisions"),
        (b"[" * 200_000, 422, "no file of decisions"),
        (b"", 422, "no file of decisions"),
        ([], 422, "no file of decisions"),
    ],
)
def test_a_file_that_is_no_file_of_decisions_changes_nothing(
    client: Client, out: Path, sent: object, status: int, told: str
) -> None:
    client.send("PUT", "/decisions/c2", ACCEPTED)
    answer = client.send("POST", "/import", sent)
    assert (answer.status, told in answer.error) == (status, True)
    assert rulings(out) == {"c2": "accepted"}


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{",
        b"null",
        b'{"ruling": "accepted", "note": "\\ud800"}',
        b'{"ruling": "accepted", "note": "\xff"}',
        b"[" * 100_000,
        {},
        {"note": "no ruling said"},
        {"ruling": "maybe"},
        {"ruling": "accepted", "reason": "update"},
        {"ruling": "dismissed", "reason": "dislike"},
        {"ruling": "accepted", "note": "x" * 4001},
        {"ruling": "accepted", "decided_at": "2031-01-01T00:00:00Z"},
        {"ruling": "accepted", "note": 4},
    ],
)
def test_what_is_no_decision_changes_nothing(client: Client, out: Path, sent: object) -> None:
    answer = client.send("PUT", "/decisions/c1", sent)
    assert (answer.status, "no decision" in answer.error) == (422, True)
    assert not (out / DECISIONS).exists()


# -- who may --


def test_the_link_opens_the_review_once(served: Client) -> None:
    path = served.link.removeprefix(served.origin)
    for wrong in ("/?token=", "/?token=%E2%80%9Cwrong", path[:-1], "/?token"):
        answer = served.send("GET", wrong, headers={"Accept": "text/html"})
        assert answer.status == 403
        assert answer.headers["set-cookie"] is None
    assert served.send("HEAD", path).status == 403  # a preview spends nothing
    answer = served.send("GET", path)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    attributes = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert attributes == {"httponly", "path=/", "samesite=strict"}
    again = served.send("GET", path, headers={"Accept": "text/html"})
    assert (again.status, again.headers["set-cookie"]) == (403, None)
    assert "printed in the terminal" in again.body.decode()
    served.cookie = answer.headers["set-cookie"].partition(";")[0]
    assert served.send("GET", path).headers["location"] == "/"  # who is in may load the link again
    assert served.send("GET", "/").status == 200


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nothing_is_answered_without_the_cookie(served: Client, out: Path, method: str, path: str) -> None:
    entered = Client(served.origin, served.link).enter()
    name, _, value = (entered.cookie or "").partition("=")
    for cookie in (None, f"{name}=", f"{name}={value[:-1]}", f"other={value}", f"{name}=“"):
        served.cookie = cookie and cookie.encode().decode("latin-1")
        answer = served.send(method, path, ACCEPTED if method == "PUT" else None)
        assert answer.status == 403
        assert b"Veldrik" not in answer.body
    assert not (out / DECISIONS).exists()


def test_a_name_that_leads_here_by_a_trick_is_refused(client: Client, out: Path) -> None:
    port = client.host.rpartition(":")[2]
    tricks = [
        (f"rebound.example:{port}",),
        (f"127.0.0.1.rebound.example:{port}",),
        (f"localhost.:{port}",),
        ("127.0.0.1",),
        ("127.0.0.1:1",),
        (f"192.0.2.7:{port}",),
        (f"user@127.0.0.1:{port}",),
        ("",),
        (client.host, "rebound.example"),
        ("rebound.example", client.host),
    ]
    for hosts in tricks:
        for method, path in ROUTES:
            answer = client.send(method, path, headers={"Origin": f"http://{hosts[0]}"}, hosts=hosts)
            assert answer.status in (400, 421), hosts
            assert b"Veldrik" not in answer.body
    assert not (out / DECISIONS).exists()
    for own in (f"LocalHost:{port}", f"[::1]:{port}", f"127.0.0.1:{port}"):
        assert client.send("GET", "/", hosts=(own,)).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://rebound.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": ""},
        {"Origin": None},
        {"Origin": None, "Sec-Fetch-Site": "same-site"},
        {"Origin": None, "Sec-Fetch-Site": "none"},
        {"Origin": "http://rebound.example", "Sec-Fetch-Site": "same-origin"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": None},
    ],
)
def test_a_page_of_another_site_changes_nothing(
    client: Client, out: Path, headers: dict[str, str | None]
) -> None:
    client.send("PUT", "/decisions/c2", ACCEPTED)
    for method, path, body in (
        ("PUT", "/decisions/c1", ACCEPTED),
        ("POST", "/undo", None),
        ("POST", "/import", file_of(decision("c1"))),
    ):
        answer = client.send(method, path, body, headers)
        assert answer.status in (403, 415)
        assert answer.error
        assert answer.headers["access-control-allow-origin"] is None
    assert rulings(out) == {"c2": "accepted"}


def test_our_own_page_may_change_it_by_any_of_its_names(client: Client, out: Path) -> None:
    port = client.host.rpartition(":")[2]
    named = {"Origin": f"http://localhost:{port}", "Content-Type": "Application/JSON; charset=utf-8"}
    hosts = (f"localhost:{port}",)
    assert client.send("PUT", "/decisions/c1", ACCEPTED, named, hosts).status == 200
    assert client.send("PUT", "/decisions/c2", ACCEPTED, named).status == 403  # of another name than it asks
    unsaid = {"Origin": None, "Sec-Fetch-Site": "same-origin"}
    assert client.send("PUT", "/decisions/c3", ACCEPTED, unsaid).status == 200
    assert set(rulings(out)) == {"c1", "c3"}


def test_every_answer_forbids_what_a_page_does_not_need(client: Client) -> None:
    stranger = Client(client.origin, client.link)
    for asking in (client, stranger):
        for method, path in ROUTES:
            headers = asking.send(method, path).headers
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert "default-src 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] == "no-store"
            assert headers["cross-origin-opener-policy"] == "same-origin"
            assert headers["cross-origin-resource-policy"] == "same-origin"
            assert headers["server"] is None


# -- what is not served --


@pytest.mark.parametrize(
    "path",
    [
        "/../decisions.sqlite",
        "/..%2fdecisions.sqlite",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/report.json",
        "/decisions.sqlite",
        "//etc/passwd",
        "/decisions/",
        "/decisions/..",
        "/static/",
        "/docs",
        "/openapi.json",
        "/story/1/",
        "/%00",
        "/export/../report.json",
        "/\u00ff".encode("latin-1").decode("latin-1"),
    ],
)
def test_no_path_leads_anywhere_else(client: Client, path: str) -> None:
    answer = client.send("GET", quote(path, safe="/%.:"))
    assert answer.status in (404, 405)
    assert answer.error


@pytest.mark.parametrize(
    "finding",
    ["nowhere", "c1%00", "..%2f..%2fetc", "%2e%2e", "c1/..", "c1%0d%0aX:y", "%F0%9F%9A%A2", "x" * 9000],
)
def test_a_finding_that_is_none_is_told(client: Client, out: Path, finding: str) -> None:
    answer = client.send("PUT", f"/decisions/{finding}", ACCEPTED)
    assert answer.status == 404
    assert answer.error
    assert sorted(path.name for path in out.iterdir()) == ["report.json"]


def test_a_body_that_is_too_large_is_given_up_whatever_it_announced(client: Client, out: Path) -> None:
    def endless() -> Iterator[bytes]:
        yield b'{"ruling": "accepted", "note": "'
        for _ in range(400):
            yield b"x" * 50_000

    for path, limit in (("/decisions/c1", "1,000,000"), ("/import", "16,000,000")):
        method = "POST" if path == "/import" else "PUT"
        answer = client.send(method, path, endless())
        assert (answer.status, limit in answer.error) == (413, True)
    assert client.send("PUT", "/decisions/c1", b"x" * 1_200_000).status == 413
    assert client.send("PUT", "/decisions/c1", ACCEPTED).status == 200  # and it still answers
    assert rulings(out) == {"c1": "accepted"}


def test_other_methods_are_refused_in_one_line(client: Client) -> None:
    for method, path in (
        ("DELETE", "/decisions/c1"),
        ("POST", "/decisions/c1"),
        ("PUT", "/"),
        ("GET", "/undo"),
    ):
        answer = client.send(method, path, ACCEPTED)
        assert answer.status == 405
        assert answer.error


# -- while it is open --


def test_a_story_that_was_checked_again_is_read_again(client: Client, out: Path) -> None:
    report = sample_report()
    assert b"c2" in client.send("GET", "/").body
    rest = [finding for finding in report.contradictions if finding.id != "c2"]
    rest.append(rest[0].model_copy(update={"id": "c7"}))
    write_report(out, report.model_copy(update={"story": "The crane, again", "contradictions": tuple(rest)}))
    assert client.send("GET", "/decisions").json["story"] == "The crane, again"
    # Who has the page before that open loses nothing of what is decided on it.
    assert client.send("PUT", "/decisions/c2", ACCEPTED).status == 200
    assert client.send("PUT", "/decisions/c7", ACCEPTED).status == 200
    assert rulings(out) == {"c2": "accepted", "c7": "accepted"}
    assert client.send("PUT", "/decisions/c9", ACCEPTED).status == 404


def test_a_report_that_is_damaged_meanwhile_is_told_until_it_is_mended(client: Client, out: Path) -> None:
    client.send("GET", "/")
    whole = (out / "report.json").read_bytes()
    (out / "report.json").write_bytes(whole[:5000])
    page = client.send("GET", "/")
    assert (page.status, "cut off" in page.body.decode()) == (503, True)
    assert page.headers["content-type"].startswith("text/html")
    asked = client.send("GET", "/export")
    assert (asked.status, "cut off" in asked.error) == (503, True)
    assert client.send("PUT", "/decisions/c1", ACCEPTED).status == 200  # what was shown can be decided
    (out / "report.json").write_bytes(whole)
    assert client.send("GET", "/").status == 200
    assert rulings(out) == {"c1": "accepted"}


def test_a_store_that_cannot_be_written_is_told_and_loses_nothing(
    client: Client, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.send("PUT", "/decisions/c1", ACCEPTED)
    monkeypatch.setattr(decisionfile, "WAIT_S", 0.1)
    holder = sqlite3.connect(out / DECISIONS, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    for method, path in (("PUT", "/decisions/c2"), ("POST", "/undo")):
        answer = client.send(method, path, ACCEPTED)
        assert (answer.status, "in use by another program" in answer.error) == (503, True)
    assert client.send("GET", "/").status == 200  # reading goes on
    holder.close()
    assert client.send("PUT", "/decisions/c2", ACCEPTED).status == 200
    assert rulings(out) == {"c1": "accepted", "c2": "accepted"}


# -- a batch --


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    for name in ("a bridge", "b # harbour", "c ruin"):
        (tmp_path / name).mkdir()
        write_report(tmp_path / name, sample_report(story=name))
    (tmp_path / "c ruin" / "report.json").write_text("{")
    (tmp_path / "notes").mkdir()
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    elsewhere.mkdir()
    write_report(elsewhere, sample_report(story="private"))
    (tmp_path / "d link").symlink_to(elsewhere, target_is_directory=True)
    return tmp_path


def test_each_story_of_a_batch_has_an_address_and_decisions_of_its_own(batch: Path) -> None:
    with reviewed(batch) as client:
        client.enter()
        index = client.send("GET", "/").body.decode()
        assert 'href="./story/1/' in index
        assert 'href="./story/2/' in index
        assert "c ruin" in index  # with its reason, and no link
        assert 'href="./story/3/' not in index
        assert "private" not in index
        assert client.send("PUT", "/story/2/decisions/c1", ACCEPTED).status == 200
        assert client.send("GET", "/story/2/export").json["story"] == "b # harbour"
        assert client.send("GET", "/story/1/decisions").json["decisions"] == []
        assert '<a href="../../">All stories</a>' in client.send("GET", "/story/1/").body.decode()
        assert client.send("GET", "/story/3/").status == 503
        for nowhere in ("0", "01", "4", "-1", "9" * 5000, "%32%00", "a%20bridge", "..%2f1"):
            assert client.send("GET", f"/story/{nowhere}/").status == 404
        assert client.send("GET", "/decisions").status == 404
    assert rulings(batch / "b # harbour") == {"c1": "accepted"}
    assert not (batch / "a bridge" / DECISIONS).exists()


def test_the_index_of_a_batch_follows_what_is_decided(batch: Path) -> None:
    with reviewed(batch) as client:
        client.enter()
        before = client.send("GET", "/").body
        assert client.send("GET", "/").body == before
        client.send("PUT", "/story/1/decisions/c1", {"ruling": "dismissed", "reason": "update"})
        assert client.send("GET", "/").body != before


# -- where it listens --


@pytest.mark.parametrize("ip", ["127.0.0.1", "::1"])
def test_it_listens_where_it_is_told_to(out: Path, ip: str) -> None:
    try:
        listening, address = listen(ip, 0)
    except InputError:
        pytest.skip(f"{ip} is no address of this machine")
    listening.close()
    assert address.is_loopback
    with reviewed(out, ip) as client:
        assert client.enter().send("GET", "/").status == 200


def test_all_addresses_are_served_by_number_and_by_the_machines_name_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Quayside")
    every = Address("0.0.0.0", "0.0.0.0", 8000)  # noqa: S104 nothing is bound
    served = ("192.0.2.7:8000", "quayside:8000", "127.0.0.1:8000", "[2001:db8::1]:8000", "localhost:8000")
    assert all(every.serves(host) for host in served)
    assert not any(every.serves(host) for host in ("rebound.example:8000", "192.0.2.7", "192.0.2.7:80"))
    assert not every.is_loopback
    assert every.origin == "http://127.0.0.1:8000"
    named = Address("quay.example", "192.0.2.7", 80)
    assert named.serves("quay.example")
    assert named.serves("Quay.Example:80")
    assert not named.serves("192.0.2.7.example")


def test_a_port_that_is_taken_is_told_in_one_line() -> None:
    held, address = listen("127.0.0.1", 0)
    with pytest.raises(InputError, match="is in use") as caught:
        listen("127.0.0.1", address.port)
    held.close()
    assert "\n" not in str(caught.value)
    assert str(address.port) in str(caught.value)


@pytest.mark.parametrize("host", ["192.0.2.7", "a..b", "x" * 300, ""])
def test_a_host_that_is_none_is_told_in_one_line(host: str) -> None:
    with pytest.raises(InputError, match="--host") as caught:
        listen(host, 0)[0].close()
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    unusable: list[Callable[[], object]] = [
        lambda: open_desk(tmp_path),
        lambda: open_desk(tmp_path / "nowhere"),
        lambda: open_desk(tmp_path / "file"),
    ]
    for attempt in unusable:
        with pytest.raises(InputError, match="no run") as caught:
            attempt()
        assert "\n" not in str(caught.value)


def test_decisions_that_cannot_be_read_are_told_before_it_opens(out: Path) -> None:
    record_decision(out, decision("c1"))
    (out / DECISIONS).write_bytes(b"x" * 4096)
    with pytest.raises(InputError, match="damaged"):
        open_desk(out)
