"""The terminal summary fits a screen and cannot be styled from outside; progress is heard or silent."""

import os
import re
import sys
from contextlib import suppress
from io import StringIO

import pytest
from rich.console import Console
from rich.progress import Progress as Bars

from pipeline.progress import Silent
from pipeline.terminal import (
    SHOWN_FINDINGS,
    SharedTrouble,
    StageProgress,
    open_console,
    print_summary,
    show_progress,
)
from schemas.report import Report
from tests import sample_report as sample

PATHS = {"report.html": "/a long folder/" + "x" * 120 + "/report.html", "report.json": "/out/report.json"}


def printed(report: Report, *, is_terminal: bool = False) -> str:
    out = StringIO()
    print_summary(Console(file=out, width=80, force_terminal=is_terminal), report, PATHS)
    return out.getvalue()


def test_the_summary_ends_with_the_report_on_one_line() -> None:
    lines = printed(sample.sample_report()).splitlines()
    assert lines[-1].endswith(PATHS["report.html"])
    assert len(lines) < 40


def test_the_summary_shows_both_sides_and_the_counts() -> None:
    text = " ".join(printed(sample.sample_report()).split())
    assert "Veldrik Courier: A loading crane toppled" in text
    assert "The Harbour Ledger: Three dockers died" in text
    assert "Numbers differ high severity, very likely, 93 %" in text
    assert "5 supported, 2 contradicted, 7 unsupported, 0 error" in text
    assert "212 calls, 14 cached, 48,210 tokens in" in text


def test_trouble_is_said_in_red() -> None:
    text = printed(sample.troubled_report(), is_terminal=True)
    assert "\x1b[31mThe run is not complete" in text
    assert "The answer was cut off at the length limit." in text
    assert "No contradictions found" not in text
    assert "\x1b[31m" not in printed(_without_findings(), is_terminal=True)


def test_the_cursor_stays_for_whoever_is_killed() -> None:
    out = StringIO()
    with show_progress(Console(file=out, force_terminal=True, _environ={"TERM": "xterm"})) as progress:
        progress.start("extract", 2)
        shown = out.getvalue()
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")


def test_what_several_stories_lack_is_told_once() -> None:
    report = sample.troubled_report()
    out = StringIO()
    console = Console(file=out, width=200)
    shared = SharedTrouble([report, report, sample.sample_report()])
    shared.print(console)
    alike = out.getvalue()
    assert "in 2 stories: The run is not complete" in alike
    assert re.search(r"in 2 stories: \w+, \d+ times: The answer was cut off at the length limit", alike)
    print_summary(console, report, PATHS, told=shared)
    own = out.getvalue().removeprefix(alike)
    assert not {line for line in alike.splitlines() if line} & set(own.splitlines())
    assert "The run is not complete" not in own
    assert "cut off at the length limit" not in own


def test_that_articles_of_several_stories_have_no_date_is_told_once() -> None:
    full = sample.sample_report()
    undated = tuple(article.model_copy(update={"published": None}) for article in full.articles)
    report = full.model_copy(update={"articles": undated})
    out = StringIO()
    console = Console(file=out, width=300)
    shared = SharedTrouble([report, report])
    shared.print(console)
    print_summary(console, report, PATHS, told=shared)
    assert f"in 2 stories: {2 * len(undated)} articles have no date: what changed" in out.getvalue()
    assert out.getvalue().count("no date") == 1


def test_what_one_story_lacks_is_told_with_it() -> None:
    report = sample.troubled_report()
    out = StringIO()
    shared = SharedTrouble([report])
    shared.print(Console(file=out))
    assert out.getvalue() == ""
    print_summary(Console(file=out, width=200), report, PATHS, told=shared)
    assert "The run is not complete" in out.getvalue()


def test_articles_without_a_date_are_pointed_out_in_one_line() -> None:
    text = " ".join(printed(sample.sample_report()).split())
    assert text.count("1 of 4 articles has no date (morning): what changed over time cannot be told") == 1


def _without_findings() -> Report:
    return sample.sample_report(claims=(), contradictions=()).model_copy(
        update={"claims": sample.sample_report().claims[1:5]}
    )


def test_many_findings_still_fit_a_screen() -> None:
    full = sample.sample_report()
    many = tuple(full.contradictions[0].model_copy(update={"id": str(number)}) for number in range(60))
    text = printed(full.model_copy(update={"contradictions": many}))
    assert text.count("Numbers differ") == SHOWN_FINDINGS
    assert "55 more contradictions" in text


def test_foreign_text_cannot_touch_the_terminal() -> None:
    hostile = "[bold red]x[/] :smile: \x1b[2J\x1b]8;;http://x.example\x07 \u202etxt\u202c\r\nnext\ud800"
    report = sample.sample_report()
    side = report.contradictions[0].sides[0].model_copy(update={"quote": hostile})
    finding = report.contradictions[0].model_copy(
        update={"sides": (side, report.contradictions[0].sides[1]), "reason": hostile}
    )
    named = report.articles[0].model_copy(update={"outlet": hostile})
    text = printed(
        report.model_copy(
            update={
                "story": hostile,
                "contradictions": (finding,),
                "articles": (named, *report.articles[1:]),
                "run": report.run.model_copy(update={"model": hostile}),
            }
        )
    )
    assert not set(text) & set("\x1b\x07\u202e\u202c\r\ud800")
    assert "[bold red]x[/] :smile: ␛[2J" in " ".join(text.split())
    text.encode()


def test_progress_is_silent_off_a_terminal_and_when_quiet() -> None:
    for console, quiet in (
        (Console(file=StringIO()), False),
        (Console(file=StringIO(), force_terminal=True), True),
    ):
        with show_progress(console, quiet=quiet) as progress:
            assert isinstance(progress, Silent)
            progress.start("extract", 3)
            progress.step("extract")
            progress.finish("extract")
        assert isinstance(console.file, StringIO)
        assert console.file.getvalue() == ""


def test_progress_shows_stage_and_counts() -> None:
    out = StringIO()
    with show_progress(Console(file=out, force_terminal=True, width=100)) as progress:
        progress.start("extract", 3)
        progress.step("extract", 2)
    assert "extract" in out.getvalue()
    assert "2/3" in out.getvalue()


def test_stories_side_by_side_share_a_bar() -> None:
    bars = Bars(disable=True)
    progress = StageProgress(bars)
    progress.step("verify")  # before any start: nothing to move
    progress.start("verify", 4)
    progress.start("verify", 6)
    progress.step("verify", 5)
    progress.finish("verify")
    (task,) = bars.tasks
    assert (task.completed, task.total, task.stop_time) == (5, 10, None)
    progress.finish("verify")
    assert task.stop_time is not None
    assert task.completed == 5


@pytest.mark.skipif(sys.platform == "win32", reason="it has no pseudo-terminals")
def test_a_terminal_that_is_gone_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    stream = os.fdopen(theirs, "w")
    monkeypatch.setattr(sys, "stderr", stream)
    console = open_console(stderr=True)
    console.print("seen")
    os.close(ours)
    with show_progress(console) as progress:
        progress.start("extract", 2)
        progress.step("extract")
    with pytest.raises(OSError, match="Input/output error"):
        os.write(theirs, b"it is gone")
    with suppress(OSError):
        stream.close()
