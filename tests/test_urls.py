"""A check of pages by their URLs, through the command: fetched, kept, read, and told of what did not come."""

import io
import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipeline import api
from schemas.report import Report
from tests.commands import COMMAND, READY_S, Ended, Serve, run_command
from tests.fake_endpoint import check_answer
from tests.harbour import HARBOUR
from tests.website import Sent, Site, page, plain, redirect, serving

GULL, CRIER = HARBOUR["gull"], HARBOUR["crier"]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "harbour"


def check(out: Path, *arguments: str | Path) -> Ended:
    return run_command("check", *arguments, "-o", out, "--model", "m", "--allow-private")


def read(out: Path) -> Report:
    return Report.model_validate_json((out / "report.json").read_text(encoding="utf-8"))


def both(site: Site) -> tuple[str, str]:
    """Return the URLs of two pages, at two hosts, so that neither waits for the other."""
    return site.url("/gull"), site.url("/crier", "localhost")


def pages_of_the_harbour() -> dict[str, Sent | list[Sent]]:
    return {"/gull": plain(GULL), "/crier": plain(CRIER)}


def test_pages_are_checked_against_each_other(serve: Serve, out: Path) -> None:
    serve(check_answer)
    with serving(pages_of_the_harbour()) as site:
        ended = check(out, *both(site))
    assert (ended.code, ended.err) == (0, "")
    report = read(out)
    assert report.story == "harbour"
    assert report.contradictions
    assert {article.text for article in report.articles} == {GULL, CRIER}
    assert {Path(article.path).parent for article in report.articles} == {out / "pages"}


WEB_PAGE = """<!doctype html><html lang="en"><head><title>Harbour shut | The Gull</title>
<meta property="og:site_name" content="The Gull"><meta property="og:title" content="Harbour shut">
<meta property="article:published_time" content="2031-05-06T08:00:00Z"></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article><h1>Harbour shut</h1>
<p>{}</p><p>The harbour master said that the storm had broken two cranes on the long mole, and that
nobody was to leave the town by sea before both were mended.</p></article>
<footer>All rights reserved</footer></body></html>"""


def test_of_a_web_page_its_article_is_read_with_what_it_says_of_itself(serve: Serve, out: Path) -> None:
    serve(check_answer)
    with serving({"/short": redirect("/gull"), "/gull": Sent(WEB_PAGE.format(GULL).encode())}) as site:
        assert check(out, site.url("/short")).code == 0
    [article] = read(out).articles
    assert (article.outlet, article.title, str(article.published)) == (
        "The Gull",
        "Harbour shut",
        "2031-05-06",
    )
    assert article.url == site.url("/gull")
    assert GULL.split(". ")[0] in article.text
    assert "Sport" not in article.text
    assert Path(article.path).suffix == ".html"


def test_a_page_without_an_article_is_told(serve: Serve, out: Path) -> None:
    serve(check_answer)
    empty = Sent(b"<!doctype html><html><body><div id='app'></div><script>load()</script></body></html>")
    with serving({"/gull": plain(GULL), "/app": empty}) as site:
        assert check(out, site.url("/gull"), site.url("/app", "localhost")).code == 3
    [skipped] = read(out).skipped
    assert skipped.is_lost
    assert site.url("/app", "localhost") in skipped.reason


def test_another_run_needs_no_network(serve: Serve, out: Path) -> None:
    server = serve(check_answer)
    with serving(pages_of_the_harbour()) as site:
        check(out, *both(site))
    before, asked = (out / "report.json").read_bytes(), len(server.requests)
    assert check(out, *both(site)).code == 0
    assert (out / "report.json").read_bytes() == before
    assert len(server.requests) == asked
    assert run_command("check", "--replay", out).code == 0


def test_the_folder_of_pages_is_a_story_by_itself(serve: Serve, tmp_path: Path, out: Path) -> None:
    serve(check_answer)
    with serving(pages_of_the_harbour()) as site:
        check(out, *both(site))
    assert run_command("check", out / "pages", "-o", tmp_path / "later", "--model", "m").code == 0
    later = read(tmp_path / "later")
    assert [article.text for article in later.articles] == [article.text for article in read(out).articles]
    assert later.skipped == ()


def test_pages_and_files_are_one_story(serve: Serve, tmp_path: Path, out: Path) -> None:
    serve(check_answer)
    (tmp_path / "crier.txt").write_text(CRIER)
    with serving(pages_of_the_harbour()) as site:
        assert check(out, tmp_path / "crier.txt", site.url("/gull")).code == 0
    assert {article.text for article in read(out).articles} == {GULL, CRIER}


def test_a_list_of_urls_comes_on_standard_input(
    serve: Serve, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(check_answer)
    with serving(pages_of_the_harbour()) as site:
        listed = "# the harbour\n\n" + "\n".join(both(site)) + "\n"
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(listed.encode())))
        assert check(out, "-").code == 0
    assert len(read(out).articles) == 2


def test_a_draft_is_checked_against_a_page(serve: Serve, tmp_path: Path, out: Path) -> None:
    serve(check_answer)
    (tmp_path / "draft.txt").write_text(CRIER)
    with serving(pages_of_the_harbour()) as site:
        assert check(out, tmp_path / "draft.txt", "--against", site.url("/gull")).code == 0
    assert {article.text for article in read(out).articles} == {GULL, CRIER}
    assert read(out).contradictions


def test_the_library_takes_urls_too(serve: Serve, out: Path) -> None:
    serve(check_answer)
    with serving(pages_of_the_harbour()) as site:
        run = api.check(both(site), api.Config(model="m", out=out, allow_private=True))
    assert run.is_complete
    assert {article.text for article in run.reports[0].articles} == {GULL, CRIER}


def test_a_page_that_did_not_come_is_in_the_report(serve: Serve, out: Path) -> None:
    serve(check_answer)
    with serving(pages_of_the_harbour() | {"/paid": Sent(status=403)}) as site:
        ended = check(out, *both(site), site.url("/paid"))
    assert ended.code == 3
    [skipped] = read(out).skipped
    assert (skipped.path, skipped.is_lost) == (site.url("/paid"), True)
    assert "answered 403" in skipped.reason
    for shown in (ended.out, (out / "report.md").read_text(), (out / "report.html").read_text()):
        assert "answered 403" in shown.replace("\n", " ")


def test_where_no_page_comes_there_is_nothing_to_check(serve: Serve, out: Path) -> None:
    server = serve(check_answer)
    with serving({}) as site:
        ended = check(out, *both(site))
        assert ended.code == 2
        assert "no page could be fetched" in ended.told
        assert "answered 404" in ended.told
        site.paths |= pages_of_the_harbour()
        assert not server.requests
        assert check(out, *both(site)).code == 0  # the folder is known as our own


def test_a_page_that_does_not_come_anew_is_told_and_the_old_one_read(serve: Serve, out: Path) -> None:
    serve(check_answer)
    with serving(pages_of_the_harbour()) as site:
        check(out, *both(site))
        site.paths["/gull"] = Sent(status=410)
        assert check(out, *both(site), "--refetch").code == 0
    [skipped] = read(out).skipped
    assert "not fetched anew: answered 410" in skipped.reason
    assert len(read(out).articles) == 2


def test_a_dry_run_fetches_the_pages_and_asks_nothing(serve: Serve, out: Path) -> None:
    server = serve(check_answer)
    with serving(pages_of_the_harbour()) as site:
        ended = check(out, *both(site), "--dry-run")
        assert (ended.code, server.requests) == (0, [])
        assert "extract     2 calls" in ended.out
        assert not (out / "report.json").exists()
        asked = len(site.asked)
        assert check(out, *both(site)).code == 0
        assert len(site.asked) == asked


def test_pages_of_the_own_network_are_left_alone_unless_allowed(out: Path) -> None:
    with serving(pages_of_the_harbour()) as site:
        ended = run_command("check", site.url("/gull"), "-o", out, "--model", "m")
    assert ended.code == 2
    assert "no public address" in ended.told
    assert site.asked == []


def test_a_name_and_password_are_shown_nowhere(serve: Serve, out: Path) -> None:
    serve(check_answer)
    with serving(pages_of_the_harbour()) as site:
        ended = check(out, *both(site), site.url("/x").replace("//", "//ida:s3cret@"))
    assert ended.code == 3
    written = [path.read_bytes() for path in out.rglob("*") if path.is_file()]
    assert b"s3cret" not in b"".join([*written, ended.out.encode(), ended.err.encode()])


def test_an_object_store_is_no_place_for_pages() -> None:
    ended = run_command("check", "https://a.example/x", "-o", "memory://runs", "--engine", "dask")
    assert ended.code == 2
    assert "give a folder for -o" in ended.err


def test_a_batch_keeps_pages_and_stories_apart(serve: Serve, tmp_path: Path, out: Path) -> None:
    serve(check_answer)
    for name in ("pages", "mole"):
        (tmp_path / "stories" / name).mkdir(parents=True)
        (tmp_path / "stories" / name / "gull.txt").write_text(GULL)
        (tmp_path / "stories" / name / "crier.txt").write_text(CRIER)
    with serving(pages_of_the_harbour()) as site:
        assert check(out, tmp_path / "stories", *both(site)).code == 0
    assert sorted(path.parent.name for path in out.glob("*/report.json")) == ["harbour", "mole", "pages-2"]


def test_what_came_before_an_interruption_is_kept(out: Path) -> None:
    asked, over = threading.Event(), threading.Event()

    def hang(_out: io.BufferedIOBase) -> None:
        asked.set()
        over.wait(READY_S)

    with serving({"/gull": plain(GULL), "/crier": Sent(flow=hang)}) as site:
        urls = [site.url("/gull"), site.url("/crier")]
        command: list[str] = [str(COMMAND), "check", *urls, "-o", str(out), "--model", "m", "--allow-private"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
        assert asked.wait(READY_S)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=READY_S)
        over.set()
    assert process.returncode == 3
    assert errors.startswith("storycheck: interrupted")
    [kept] = (out / "pages").glob("127.0.0.1-*")
    assert kept.read_text() == GULL
    assert kept.name in (out / "pages" / "story.toml").read_text()


def test_what_a_site_says_of_itself_is_data(serve: Serve, out: Path) -> None:
    serve(check_answer)
    hostile = {"Content-Type": "text/plain\x1b[31m; charset=../../etc"}
    with serving(
        {
            "/gull": plain(GULL),
            "/x": redirect("/../../../etc/passwd\x1b]0;owned\x07?<script>alert(1)</script>"),
            "/../../../etc/passwd": page("x"),
            "/y": Sent(b"x", type=None, headers=hostile),
        }
    ) as site:
        ended = check(out, site.url("/gull"), site.url("/x", "localhost"), site.url("/y", "localhost"))
    assert ended.code == 3
    assert "\x1b" not in ended.out + ended.err
    names = {path.name for path in out.rglob("*")}
    assert not any("passwd" in name for name in names)
    report = json.loads((out / "report.json").read_text())
    assert "\x1b" not in json.dumps(report, ensure_ascii=False)
    assert "<script>alert(1)" not in (out / "report.html").read_text()
