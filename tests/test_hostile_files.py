"""Hostile files and folders: each is read, read with a note, or named with its reason; none hangs."""

import json
import os
import signal
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jsonschema
import pytest

from pipeline.compare import compare
from pipeline.errors import InputError
from pipeline.ingest import ingest
from pipeline.reading.forms.text import MAX_TEXT_BYTES
from pipeline.reading.sources import printable
from schemas.article import Article, Story
from schemas.report import Report
from tests.commands import run_command
from tests.fake_endpoint import check_answer, fake_endpoint
from tests.hostile_files import BAD_SIDECARS, GOOD, HOSTILE, MILL, Hostile, write_many

LONGEST_S = 30.0  # of this process's own time, for one input
HANG_S = 300  # of the clock: what waits for ever takes none of its own


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    def late(_signal: int, _frame: object) -> None:
        raise AssertionError(f"not done in {HANG_S} s")

    before, begun = signal.signal(signal.SIGALRM, late), time.process_time()
    signal.alarm(HANG_S)
    try:
        yield
        assert time.process_time() - begun < seconds
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _folder(root: Path) -> Path:
    folder = root / "story"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD)
    return folder


def _is_sound(article: Article) -> None:
    """Assert what every article that was read must hold."""
    assert article.text.encode()
    assert "\0" not in article.text
    reached = 0
    for number, sentence in enumerate(article.sentences, 1):
        quote = article.quote(sentence.span)
        assert sentence.number == number
        assert reached <= sentence.span.start < sentence.span.end <= len(article.text)
        assert quote == quote.strip()
        reached = sentence.span.end
    for shown in (article.path, article.name, article.title or "", article.outlet or "", *article.notes):
        assert printable(shown) == shown


def _is_told(story: Story) -> None:
    """Assert that what was skipped is named in lines that can be printed."""
    for skip in story.skipped:
        assert skip.reason
        assert printable(skip.path + skip.reason) == skip.path + skip.reason


def test_there_are_enough_of_them_and_no_name_twice() -> None:
    names = [hostile.name for hostile in HOSTILE]
    assert len(set(names)) == len(names) >= 80


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_each_is_read_or_named_with_its_reason(hostile: Hostile, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    hostile.make(folder)
    with _within(LONGEST_S):
        (story,) = ingest([folder])
        compare(story.articles)
    good, *others = sorted(story.articles, key=lambda article: article.text != GOOD)
    assert good.text == GOOD
    for article in others:
        _is_sound(article)
    _is_told(story)
    assert Story.model_validate_json(story.model_dump_json()) == story
    if hostile.skipped:
        assert others == []
        assert any(hostile.skipped in skip.reason for skip in story.skipped)
    else:
        assert others
        assert hostile.note == "" or any(hostile.note in note for note in others[0].notes)


@pytest.mark.parametrize("name", BAD_SIDECARS)
def test_a_bad_sidecar_is_one_line_that_names_it(name: str, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    BAD_SIDECARS[name](folder)
    with _within(LONGEST_S), pytest.raises(InputError, match=r"story\.toml") as caught:
        ingest([folder])
    assert printable(str(caught.value)) == str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("name", ["large", "front-matter-dots", "one-long-word"])
def test_memory_is_bounded_by_the_largest_article(name: str, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    next(hostile for hostile in HOSTILE if hostile.name == name).make(folder)
    tracemalloc.start()
    try:
        ingest([folder])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 200 * MAX_TEXT_BYTES


@contextmanager
def _as_nobody() -> Iterator[Path]:
    """Give a folder of root's, and the rights of nobody while the block runs."""
    if os.geteuid() != 0:
        pytest.skip("only root can give up rights, and take them again")
    with tempfile.TemporaryDirectory() as name:  # pytest's own folder may be root's alone
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        os.seteuid(0)


FORBIDDEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "file": (lambda folder: (folder / "secret.txt").write_text(MILL), "cannot be read: Permission denied"),
    "link": (
        lambda folder: (folder / "link.txt").symlink_to("/root/nothing.txt"),
        "cannot be read: Permission denied",
    ),
    "folder": (lambda folder: (folder / "locked").mkdir(), "a folder inside"),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_may_not_be_read_is_skipped(name: str) -> None:
    make, reason = FORBIDDEN[name]
    with _as_nobody() as root:
        folder = _folder(root)
        make(folder)
        for entry in folder.iterdir():
            if entry.name != "good.txt" and not entry.is_symlink():
                entry.chmod(0)
        os.seteuid(65534)
        (story,) = ingest([folder])
        assert [article.name for article in story.articles] == ["good"]
        assert [reason in skip.reason for skip in story.skipped] == [True]


def test_a_link_to_where_nobody_may_look_is_one_line_when_named_itself() -> None:
    with _as_nobody() as root:
        (root / "link.txt").symlink_to("/root/nothing.txt")
        os.seteuid(65534)
        with pytest.raises(InputError, match=r"link\.txt: cannot be read: Permission denied"):
            ingest([root / "link.txt"])


def test_a_named_path_that_leads_nowhere_it_can_be_followed_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "long.txt").symlink_to("n" * 3000)
    with pytest.raises(InputError, match=r"long\.txt: cannot be read: File name too long"):
        ingest([tmp_path / "long.txt"])


def test_the_same_article_twice_is_read_once(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "again.txt").write_text(GOOD)
    os.link(folder / "good.txt", folder / "hard.txt")
    (folder / "soft.txt").symlink_to("good.txt")
    (story,) = ingest([folder, folder / "good.txt", folder / "." / "good.txt"])
    assert len(story.articles) == 1
    assert len(story.skipped) == 5


def test_a_story_of_five_hundred_articles_is_read(tmp_path: Path) -> None:
    write_many(tmp_path, 500)
    with _within(LONGEST_S):
        (story,) = ingest([tmp_path])
        found = compare(story.articles[:40])
    assert len(story.articles) == 500
    assert story.skipped == ()
    assert found  # each gives another number of sheds


def _checked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Run the whole command over a folder, against an endpoint that contradicts everything."""
    out = folder.parent / "out"
    with fake_endpoint(check_answer) as server, _within(4 * LONGEST_S):
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        done = run_command("check", folder, "-o", out, "--model", "m")
    assert done.code in (0, 3), done.err
    assert "Traceback" not in done.err
    written = (out / "report.json").read_text(encoding="utf-8")
    jsonschema.validate(json.loads(written), Report.model_json_schema())
    return Report.model_validate_json(written)


@pytest.mark.parametrize("group", ["texts", "names"])
def test_the_whole_command_accounts_for_each_of_them(
    group: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _folder(tmp_path)
    for hostile in HOSTILE:
        is_of_name = hostile.name.startswith("name-")
        if hostile.is_quick and not hostile.name.startswith("sidecar") and is_of_name == (group == "names"):
            hostile.make(folder)
    entries = [entry for entry in folder.iterdir() if entry.name != "story.toml"]
    report = _checked(folder, monkeypatch)
    assert len(report.articles) + len(report.skipped) >= len(entries)
    told = {article.path for article in report.articles} | {skip.path for skip in report.skipped}
    told |= {path.rpartition(":")[0] for path in told}  # of a row, its file
    assert {f"{folder}/{printable(entry.name)}" for entry in entries} <= told
    texts = {article.id: article.text for article in report.articles}
    for claim in report.claims:
        assert claim.quote == claim.span.cut(texts[claim.article_id])
    for finding in report.contradictions:
        for side in finding.sides:
            assert side.quote == side.span.cut(texts[side.article_id])
