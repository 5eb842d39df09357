"""storycheck diff over two batches: what is new, gone or changed in each story, and how much in all."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.diffbatch import Pair, diff_batches
from pipeline.report.difference import render_batch_difference
from pipeline.report.text import visible
from schemas.difference import BatchDifference
from schemas.report import Report
from tests.commands import run_command
from tests.hostile_report import anything, with_text
from tests.stored_runs import write_run
from tests.test_diff import REPORT, REPORTS, with_findings

FIRST, SECOND, *_ = REPORT.contradictions
OTHERS = REPORT.model_copy(
    update={"articles": tuple(a.model_copy(update={"name": f"{a.name}-2"}) for a in REPORT.articles)}
)
BATCHES = st.dictionaries(st.sampled_from("abcd"), REPORTS, max_size=3)


def pairs(before: Mapping[str, Report], after: Mapping[str, Report]) -> list[Pair]:
    return [Pair(name, before.get(name), after.get(name)) for name in sorted({*before, *after})]


def write_batch(out: Path, stories: Mapping[str, Report]) -> Path:
    for name, report in stories.items():
        write_run(out / name, report.model_copy(update={"story": name, "title": f"All about {name}"}))
    return out


@settings(deadline=None, max_examples=50)
@given(BATCHES, BATCHES)
def test_every_finding_is_in_the_total_or_in_both(
    before: Mapping[str, Report], after: Mapping[str, Report]
) -> None:
    found = diff_batches(pairs(before, after))
    olds, news = (sum(len(r.contradictions) for r in batch.values()) for batch in (before, after))
    kept = news - found.total.findings_new
    assert kept == olds - found.total.findings_gone
    assert 0 <= found.total.findings_changed <= kept
    named = [story.story for story in (*found.stories_new, *found.stories_gone)]
    assert len(named) + len(found.stories_changed) + len(found.stories_same) == len({*before, *after})


@settings(deadline=None, max_examples=50)
@given(BATCHES, BATCHES)
def test_turned_round_what_is_new_is_gone(before: Mapping[str, Report], after: Mapping[str, Report]) -> None:
    there, back = diff_batches(pairs(before, after)), diff_batches(pairs(after, before))
    assert (there.total.findings_new, there.total.findings_gone) == (
        back.total.findings_gone,
        back.total.findings_new,
    )
    assert (there.stories_new, there.stories_gone) == (back.stories_gone, back.stories_new)
    assert there.stories_same == back.stories_same


def test_one_name_over_other_articles_is_another_story() -> None:
    found = diff_batches([Pair("a", REPORT, OTHERS)])
    assert ([s.story for s in found.stories_new], [s.story for s in found.stories_gone]) == (["a"], ["a"])
    assert found.total.findings_new == found.total.findings_gone == len(REPORT.contradictions)


@settings(deadline=None, max_examples=30)
@given(anything)
def test_no_text_moves_the_terminal_or_breaks_a_line(hostile: str) -> None:
    def lines(text: str) -> list[str]:
        full = with_text(text)
        bare = full.model_copy(update={"contradictions": (), "claims": ()})
        given = [Pair("a", bare, full), Pair(text, after=full), Pair(f"{text}b", before=full)]
        return render_batch_difference(diff_batches(given)).split("\n")

    found = lines(hostile)
    assert len(found) == len(lines("benign"))
    assert all(line == visible(line) for line in found)
    assert not set("\x1b\r\t\v\f") & set("".join(found))


@pytest.fixture
def batches(tmp_path: Path) -> tuple[Path, Path]:
    before = {"calm": REPORT, "crane": with_findings(FIRST), "over": with_findings(SECOND)}
    after = {"calm": REPORT, "crane": with_findings(SECOND), "fresh": with_findings(FIRST, SECOND)}
    return write_batch(tmp_path / "1", before), write_batch(tmp_path / "2", after)


def test_the_command_tells_the_total_and_then_each_story_that_differs(batches: tuple[Path, Path]) -> None:
    done = run_command("diff", *batches)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[:2] == [
        "findings: 3 new, 2 gone, 0 changed",
        "stories: 1 new, 1 gone, 1 changed, 1 the same",
    ]
    told = [line for line in lines[2:] if line and not line.startswith(" ")]
    assert told == [
        "All about fresh (fresh): new",
        "All about crane (crane): changed",
        "All about over (over): gone",
    ]
    assert SECOND.sides[0].quote[:60] in done.out
    assert run_command("diff", *batches, "--fail-on", "new").code == 1
    assert run_command("diff", batches[0], batches[0], "--fail-on", "new").code == 0


def test_the_json_is_the_whole_of_it(batches: tuple[Path, Path]) -> None:
    told = BatchDifference.model_validate(json.loads(run_command("diff", *batches, "--format", "json").out))
    assert told.stories_same == ("calm",)
    [changed] = told.stories_changed
    assert [found.id for found in changed.findings_new] == [SECOND.id]
    assert [found.id for found in changed.findings_gone] == [FIRST.id]
    [fresh], [over] = told.stories_new, told.stories_gone
    assert [found.id for found in fresh.findings] == [FIRST.id, SECOND.id]
    assert (over.story, over.title) == ("over", "All about over")


def test_a_damaged_story_is_told_and_the_others_are_compared(batches: tuple[Path, Path]) -> None:
    (batches[1] / "calm" / "report.json").write_text("{")
    done = run_command("diff", *batches, "--fail-on", "new")
    assert done.code == 3
    assert "calm" in done.told
    assert "1 changed, 0 the same, 1 not compared" in done.out
    told = json.loads(run_command("diff", *batches, "--format", "json").out)
    assert [one["story"] for one in told["stories_unread"]] == ["calm"]


def test_a_story_that_lies_elsewhere_is_not_followed(batches: tuple[Path, Path], tmp_path: Path) -> None:
    write_run(tmp_path / "elsewhere", REPORT)
    (batches[1] / "link").symlink_to(tmp_path / "elsewhere")
    done = run_command("diff", *batches)
    assert done.code == 3
    assert "by a link" in done.told
