"""`storycheck group`: a mixed pile becomes stories that `check` takes, again and again, whatever is in it."""

import json
import os
import re
import sqlite3
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.grouping.events import Hardness
from benchmarks.grouping.events import pile as events
from pipeline.grouping.run import Asked, group
from pipeline.progress import Silent
from pipeline.reading.forms.fields import LONGEST_FIELD
from pipeline.reading.sources import NO_ARTICLE
from pipeline.store import read_report
from pipeline.store.lock import alone
from tests.commands import COMMAND, READY_S, Serve, run_command
from tests.fake_endpoint import check_answer

FIRE = (
    (
        "Gull",
        "Fire guts Marrow Lane mill",
        "The mill of Dunsey and Pell in Marrow Lane, Tarnholm, burned down on Monday. "
        "Fire chief Ada Quill said that 14 workers were treated for smoke.",
    ),
    (
        "Crier",
        "Tarnholm mill burns",
        "Nothing is left of the Dunsey and Pell mill in Tarnholm after a blaze on Monday. "
        "Ada Quill, the fire chief, counted 14 workers with burns in Marrow Lane.",
    ),
    (
        "Beacon",
        "Blaze at Dunsey and Pell",
        "A blaze took the Dunsey and Pell mill in Marrow Lane on Monday, said fire chief Ada Quill of "
        "Tarnholm. Some 14 workers breathed in smoke.",
    ),
)
FERRY = (
    (
        "Gull",
        "Ferry Osprey aground",
        "The ferry Osprey ran aground off Wexley Point on Tuesday with 88 passengers. "
        "Captain Rolf Stane blamed the fog.",
    ),
    (
        "Echo",
        "88 saved from Osprey",
        "All 88 passengers of the Osprey were brought ashore at Wexley Point on Tuesday. "
        "Rolf Stane, her captain, spoke of fog.",
    ),
)
LONE = (
    "Gull",
    "A bridge for Ostrel",
    "Ostrel gets a bridge. The council of Ostrel chose the plan of Ivo Marr.",
)


def line(article: Sequence[str], published: str | None = "2031-05-06", **more: object) -> dict[str, object]:
    outlet, title, text = article
    return {"outlet": outlet, "title": title, "text": text, "published": published, **more}


def write_lines(path: Path, lines: Iterable[Mapping[str, object] | str]) -> Path:
    path.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in lines))
    return path


def groups(out: Path) -> list[dict[str, Any]]:
    return [json.loads(one) for one in (out / "groups.jsonl").read_text().splitlines()]


def outlets(out: Path) -> list[list[str]]:
    return sorted(sorted(one["outlet"] for one in story["articles"]) for story in groups(out))


def tree(out: Path) -> dict[str, str]:
    return {str(p.relative_to(out)): p.read_text() for p in out.rglob("*") if p.suffix in (".txt", ".toml")}


@pytest.fixture
def pile(tmp_path: Path) -> Path:
    return write_lines(
        tmp_path / "pile.jsonl", map(line, (FIRE[0], FERRY[0], LONE, FIRE[1], FERRY[1], FIRE[2]))
    )


def test_a_pile_becomes_stories_and_what_nobody_else_tells_is_listed(tmp_path: Path, pile: Path) -> None:
    out = tmp_path / "out"
    ended = run_command("group", pile, "-o", out)
    assert ended.code == 0
    assert outlets(out) == [["Beacon", "Crier", "Gull"], ["Echo", "Gull"]]
    assert "6 articles read" in ended.out
    assert "2 stories (of 7 days at most): 5 articles" in ended.out
    [alone_one] = [json.loads(one) for one in (out / "alone.jsonl").read_text().splitlines()]
    assert (alone_one["title"], alone_one["from"]) == ("A bridge for Ostrel", f"{pile}:3")
    [fire] = [story for story in groups(out) if story["outlets"] == 3]
    texts = {(out / one["file"]).read_text() for one in fire["articles"]}
    assert texts == {text for _, _, text in FIRE}


def test_check_takes_the_stories_as_a_batch(tmp_path: Path, pile: Path, serve: Serve) -> None:
    serve(check_answer)
    out, reports = tmp_path / "out", tmp_path / "reports"
    assert run_command("group", pile, "-o", out, "-q").out.splitlines() == [str(out)]
    ended = run_command("check", out, "-o", reports, "--model", "m", "-q")
    assert ended.code == 0, ended.err
    found = sorted(
        sorted((a.outlet, str(a.published), a.title) for a in read_report(reports / story["story"]).articles)
        for story in groups(out)
    )
    assert found == sorted(
        sorted((outlet, "2031-05-06", title) for outlet, title, _ in story) for story in (FIRE, FERRY)
    )


def test_more_articles_join_the_stories_that_are_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = write_lines(tmp_path / "1.jsonl", map(line, (FIRE[0], FIRE[1], FERRY[0])))
    second = write_lines(tmp_path / "2.jsonl", map(line, (FERRY[1], FIRE[2], FIRE[0])))
    run_command("group", first, "-o", out)
    before = tree(out)
    assert outlets(out) == [["Crier", "Gull"]]
    [sidecar] = out.glob("*/story.toml")
    sidecar.write_text(sidecar.read_text().replace('"Crier"', '"The Crier"') + "# by hand\n")
    ended = run_command("group", second, "-o", out)
    assert "3 articles read, 1 of them known: there before, or given twice" in ended.out
    assert outlets(out) == [["Beacon", "Crier", "Gull"], ["Echo", "Gull"]]
    assert '"The Crier"' in sidecar.read_text()
    assert sidecar.read_text().count("[articles.") == 3
    after = tree(out)
    assert {name: after.get(name) for name in before if name.endswith(".txt")} == {
        name: text for name, text in before.items() if name.endswith(".txt")
    }
    run_command("group", first, second, "-o", out)
    assert tree(out) == after


def test_folders_are_walked_and_their_sidecars_read(tmp_path: Path, example: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for path in [*example.glob("*.txt"), example / "story.toml"]:
        (tmp_path / "in" / "deep" / path.name).write_bytes(path.read_bytes())
    write_lines(tmp_path / "in" / "pile.jsonl", map(line, FIRE))
    (tmp_path / "in" / "photo.png").write_bytes(b"\x89PNG")
    ended = run_command("group", tmp_path / "in", "-o", tmp_path / "in" / "out")
    assert ended.code == 0
    assert f"{NO_ARTICLE}: 1" in ended.out
    assert outlets(tmp_path / "in" / "out")[0] == ["Beacon", "Crier", "Gull"]
    ferry = next(s for s in groups(tmp_path / "in" / "out") if "ferr" in json.dumps(s).lower())
    assert {one["outlet"] for one in ferry["articles"]} > {"The Velmark Tribune", "Radio Velmark"}
    again = run_command("group", tmp_path / "in", "-o", tmp_path / "in" / "out")
    assert "8 articles read, 8 of them known: there before, or given twice" in again.out


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "not valid JSON"),
        ("[1]", "not an object such as"),
        ('{"title": "x"}', "no field 'text' (its fields: title): name the one with the text by --field"),
        ('{"text": 7}', "its text is no text"),
        ('{"text": " "}', "its text is empty"),
        ('{"text": "\\u0000\\u0000"}', "a binary file, not text"),
        ('{"text": "\\ud800 said"}', "not valid UTF-8"),
        ('{"text": "A dog barked.", "outlet": 3}', "outlet must be text"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_a_bad_line_is_told_and_the_rest_goes_on(tmp_path: Path, bad: str, reason: str) -> None:
    pile = write_lines(tmp_path / "pile.jsonl", [line(FIRE[0]), bad, "", line(FIRE[1])])
    ended = run_command("group", pile, "-o", tmp_path / "out")
    assert ended.code == 3
    assert ended.err.startswith(f"storycheck: not read: {pile}:2: {reason}")
    assert outlets(tmp_path / "out") == [["Crier", "Gull"]]
    [skipped] = (tmp_path / "out" / "skipped.jsonl").read_text().splitlines()
    assert json.loads(skipped)["from"] == f"{pile}:2"


def test_articles_of_which_nothing_can_be_known_stay_alone(tmp_path: Path) -> None:
    empty: list[dict[str, object]] = [
        {"text": text, "outlet": outlet} for outlet in "ab" for text in ("He said.", "\N{FIRE}", "2031")
    ]
    pile = write_lines(tmp_path / "pile.jsonl", [*map(line, FIRE), *empty])
    for _ in range(2):
        done = run_command("group", pile, "-o", tmp_path / "out")
        assert done.code == 0
    assert outlets(tmp_path / "out") == [["Beacon", "Crier", "Gull"]]
    assert len((tmp_path / "out" / "alone.jsonl").read_text().splitlines()) == len(empty)


# One event, in two languages: the same names, number and day.
BRIDGE = (
    (
        "Bote",
        "Brücke von Brenn gesperrt",
        "Die Brücke von Brenn wurde am Montag gesperrt. 14 Lastwagen stehen am "
        "Ufer, sagte Ada Lind vom Amt in Brenn.",
    ),
    (
        "Zeitung",
        "Brenn ohne Brücke",
        "Am Montag wurde die Brücke von Brenn gesperrt, 14 Lastwagen warten am Ufer. "
        "Ada Lind vom Amt nannte keinen Grund.",
    ),
    (
        "Herald",
        "Brenn bridge is closed",
        "The bridge of Brenn was closed on Monday. Ada Lind of the county "
        "said that 14 lorries were waiting on the bank.",
    ),
    (
        "Globe",
        "No bridge in Brenn",
        "On Monday the bridge of Brenn was closed, and 14 lorries are waiting on the "
        "bank. Ada Lind of the county gave no reason.",
    ),
)


def test_articles_in_two_languages_are_never_one_story(tmp_path: Path) -> None:
    write_lines(tmp_path / "pile.jsonl", [line(article) for article in BRIDGE])
    assert run_command("group", tmp_path / "pile.jsonl", "-o", tmp_path / "out").code == 0
    assert outlets(tmp_path / "out") == [["Bote", "Zeitung"], ["Globe", "Herald"]]


def test_a_copy_of_another_year_is_another_story(tmp_path: Path) -> None:
    pile = write_lines(tmp_path / "pile.jsonl", [line(FIRE[0]), line(("Echo", *FIRE[0][1:]), "2032-05-06")])
    assert run_command("group", pile, "-o", tmp_path / "out").code == 0
    assert outlets(tmp_path / "out") == []


def test_what_group_made_is_no_article_of_another_pile(tmp_path: Path, pile: Path) -> None:
    assert run_command("group", pile, "-o", tmp_path / "one").code == 0
    done = run_command("group", tmp_path / "one", "-o", tmp_path / "two")
    assert (done.code, done.err) == (0, "")
    assert outlets(tmp_path / "two") == outlets(tmp_path / "one")


def test_a_line_without_end_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    pile = tmp_path / "pile.jsonl"
    lines = [json.dumps(line(one)).encode() for one in FIRE[:2]]
    pile.write_bytes(b'{"text": "' + b"a" * LONGEST_FIELD + b'"}\n' + b"\n".join(lines))
    ended = run_command("group", pile, "-o", tmp_path / "out")
    assert ended.code == 3
    assert ended.err == f"storycheck: not read: {pile}:1: a line of more than 6 MB.\n"
    assert outlets(tmp_path / "out") == [["Crier", "Gull"]]


def test_what_is_no_article_is_told_and_links_in_a_ring_end(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "ring").symlink_to(folder)
    (folder / "binary.txt").write_bytes(b"\x00\x01" * 40)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "story.toml").write_text("outlet = 1")
    (folder / "gull.txt").write_text(FIRE[0][2])
    os.mkfifo(folder / "pipe.txt")
    ended = run_command("group", folder, "-o", tmp_path / "out")
    assert ended.code == 3
    skipped = [json.loads(one) for one in (tmp_path / "out" / "skipped.jsonl").read_text().splitlines()]
    reasons = {Path(one["from"]).name: one["reason"] for one in skipped}
    assert reasons.pop("story.toml").startswith(f"{folder / 'story.toml'}, line 1: unknown key")
    assert reasons == {
        "binary.txt": "a binary file, not text",
        "empty.txt": "empty file",
        "pipe.txt": "not a regular file",
        "ring": "given twice, or written by this command",
    }
    assert "1 article read" in ended.out


def test_hostile_words_make_no_path(tmp_path: Path) -> None:
    evil = (
        "../../x",
        "..\\..\\CON:\u202e\x1b[31m",
        '"\n[articles."y"]\noutlet = "z',
        "/etc/passwd",
        "\x7f💥",
    )
    lines = [
        line((f"{outlet}{i}", evil[i - 1], text), id=outlet, url=outlet)
        for outlet in evil
        for i, (_, _, text) in enumerate(FIRE)
    ]
    out = tmp_path / "in" / "out"
    (tmp_path / "in").mkdir()
    run_command("group", write_lines(tmp_path / "pile.jsonl", lines), "-o", out)
    assert list((tmp_path / "in").iterdir()) == [out]
    files = [path for path in out.rglob("*") if path.parent != out]
    assert len(files) > len(lines)
    for path in files:
        assert re.fullmatch(
            r"[a-z0-9-]+(?:\.txt)?/(?:[a-z0-9-]+\.txt|story\.toml)", str(path.relative_to(out))
        )


@pytest.mark.parametrize(("days", "stories"), [(0, 0), (2, 1)])
def test_a_story_takes_no_more_days_than_asked(tmp_path: Path, days: int, stories: int) -> None:
    lines = [line(FIRE[0], "2031-05-06"), line(FIRE[1], "2031-05-08")]
    run_command(
        "group", write_lines(tmp_path / "p.jsonl", lines), "-o", tmp_path / "out", "--days", str(days)
    )
    assert len(groups(tmp_path / "out")) == stories


def test_articles_without_a_date_are_told_and_find_their_story(tmp_path: Path) -> None:
    lines = [line(FIRE[0]), line(FIRE[1], None), line(FERRY[0], None), line(FERRY[1])]
    ended = run_command("group", write_lines(tmp_path / "p.jsonl", lines), "-o", tmp_path / "out")
    assert "2 without a date" in ended.out
    assert outlets(tmp_path / "out") == [["Crier", "Gull"], ["Echo", "Gull"]]


def test_what_too_few_outlets_tell_waits_for_more(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run_command("group", write_lines(tmp_path / "1.jsonl", map(line, FIRE[:2])), "-o", out, "--least", "3")
    assert groups(out) == []
    assert len((out / "alone.jsonl").read_text().splitlines()) == 2
    run_command("group", write_lines(tmp_path / "2.jsonl", [line(FIRE[2])]), "-o", out, "--least", "3")
    assert outlets(out) == [["Beacon", "Crier", "Gull"]]
    assert (out / "alone.jsonl").read_text() == ""


def test_stories_that_later_seem_one_stay_two_and_are_told(tmp_path: Path) -> None:
    text = "Ada Quill, fire chief of Tarnholm, told of 14 hurt in the Dunsey and Pell mill in Marrow Lane."
    days = ("2031-05-01", "2031-05-01", "2031-05-20", "2031-05-20")
    articles = (*FIRE, ("Post", "Dunsey and Pell", text))
    out = tmp_path / "out"
    first = write_lines(tmp_path / "1.jsonl", map(line, articles, days))
    run_command("group", first, "-o", out)
    before = {story["story"]: story["articles"] for story in groups(out)}
    assert len(before) == 2
    bridge = (
        "Bell",
        "Tarnholm fire",
        "Dunsey and Pell in Marrow Lane is lost, said Ada Quill. Tarnholm has 14 hurt.",
    )
    second = write_lines(tmp_path / "2.jsonl", [line(bridge, "2031-05-10")])
    ended = run_command("group", second, "-o", out, "--days", "30")
    one, other = groups(out)
    assert f"maybe one event, left apart: {one['story']} and {other['story']}" in ended.out
    assert (one["maybe_same"], other["maybe_same"]) == ([other["story"]], [one["story"]])
    assert {story["story"] for story in (one, other)} == before.keys()
    assert sum(len(story["articles"]) for story in (one, other)) == 5


class _Cut(Silent):
    """Interrupts a run at a step of a stage."""

    def __init__(self, stage: str, after: int) -> None:
        self._stage = stage
        self._left = after

    def step(self, stage: str, n: int = 1) -> None:
        if stage == self._stage:
            self._left -= 1
            if self._left < 0:
                raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("stage", "after"), [("reading", 0), ("comparing", 0), ("comparing", 1), ("writing", 0), ("writing", 1)]
)
def test_a_run_that_was_cut_off_goes_on_to_the_same(
    tmp_path: Path, pile: Path, stage: str, after: int
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for out in (whole, cut):
        out.mkdir()
    files = (pile, write_lines(tmp_path / "more.jsonl", [line(("Post", LONE[1], LONE[2]))]))
    group(Asked(files), whole, Silent())
    with pytest.raises(KeyboardInterrupt):
        group(Asked(files), cut, _Cut(stage, after))
    group(Asked(files), cut, Silent())
    assert tree(cut) == tree(whole)
    assert groups(cut) == groups(whole)


def test_a_run_that_was_killed_goes_on_to_the_same(tmp_path: Path) -> None:
    lines = [
        {
            "title": one.title,
            "outlet": one.outlet,
            "published": str(one.published) if one.published else None,
            "text": one.text,
        }
        for one in events("fit", 130, Hardness(days=20, towns=40, most_told=5), 8)
    ]
    file = write_lines(tmp_path / "pile.jsonl", lines)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    process = subprocess.Popen([COMMAND, "group", file, "-o", cut, "-q"])
    deadline_s = time.monotonic() + READY_S
    while process.poll() is None and stored(cut) < 200 and time.monotonic() < deadline_s:
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert stored(cut) >= 200
    assert run_command("group", file, "-o", cut, "-q").code == 0
    assert run_command("group", file, "-o", whole, "-q").code == 0
    assert tree(cut) == tree(whole)
    assert groups(cut) == groups(whole)
    assert (cut / "alone.jsonl").read_text() == (whole / "alone.jsonl").read_text()


def stored(out: Path) -> int:
    """Return how many articles the store in ``out`` holds, as another process sees it."""
    try:
        with closing(sqlite3.connect(f"{(out / 'grouping.sqlite').as_uri()}?mode=ro", uri=True)) as store:
            return int(store.execute("SELECT count(*) FROM article").fetchone()[0])
    except sqlite3.Error:  # not made yet
        return 0


@pytest.mark.parametrize("what", ["a file of somebody's", "no such path", "in use"])
def test_what_cannot_be_done_is_one_line(tmp_path: Path, pile: Path, what: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    if what == "a file of somebody's":
        (out / "diary.txt").write_text("Dear diary")
        assert "holds something else" in run_command("group", pile, "-o", out).told
        assert [path.name for path in out.iterdir()] == ["diary.txt"]
    elif what == "no such path":
        assert "does not exist" in run_command("group", tmp_path / "none", "-o", out).told
    else:
        with alone(out):
            assert "is being written" in run_command("group", pile, "-o", out).told


def test_a_damaged_store_is_told(tmp_path: Path, pile: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "grouping.sqlite").write_bytes(b"no store" * 1000)
    assert "grouping.sqlite cannot be used" in run_command("group", pile, "-o", out).told


def test_a_pile_without_any_article_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "pile").mkdir()
    (tmp_path / "pile" / "picture.png").write_bytes(b"\x89PNG")
    ended = run_command("group", tmp_path / "pile", "-o", tmp_path / "out")
    assert ended.code == 2
    assert "no article found in" in ended.told
    assert "picture.png" in ended.told
