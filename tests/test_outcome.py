"""What check prints of a run that is over: no password of an address, what -v leaves out, all in a line."""

from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from pipeline.batch import Outcome
from pipeline.checking import Checked
from pipeline.cli.outcome import MOST_SHOWN, FailOn, Heard, tell
from pipeline.report import IndexEntry, index_entry
from schemas.verdict import Label
from tests.commands import run_command
from tests.harbour import write_story
from tests.sample_report import sample_report

PLACE = "s3://anna:heron-in-the-reeds@bucket/out"


def checked(where: str, surest: float | None = None, *labels: Label) -> Checked:
    return Checked(
        where=where,
        entry=index_entry(sample_report(), "report.html", ()),
        labels=frozenset(labels),
        contradicted=surest,
        calls=0,
        is_complete=True,
        has_failures=False,
    )


def test_a_password_in_the_place_of_a_report_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    done = Outcome((checked(f"{PLACE}/one"), checked(f"{PLACE}/two")), f"{PLACE}/index.html", None)
    for heard in (Heard(quiet=True), Heard()):
        assert tell(done, heard, by_batch=False) == 0
        out, err = capsys.readouterr()
        assert "s3://bucket/out/index.html" in out
        assert "heron" not in out + err
    assert tell(done, Heard(quiet=True), by_batch=False) == 0
    assert capsys.readouterr().out.splitlines()[0] == "s3://bucket/out/one/report.html"


@pytest.mark.parametrize(("stories", "where"), [(MOST_SHOWN + 1, "out"), (1, PLACE)])
def test_verbose_says_where_it_tells_nothing(
    stories: int, where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    done = Outcome(tuple(checked(f"{where}/{n}") for n in range(stories)), None, None)
    assert tell(done, Heard(verbose=True), by_batch=False) == 0
    assert "-v tells of at most 20 stories" in capsys.readouterr().err
    assert tell(done, Heard(), by_batch=False) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("surest", "least", "code"),
    [(None, 0.0, 0), (0.0, 0.0, 1), (0.3, 0.0, 1), (0.89, 0.9, 0), (0.9, 0.9, 1), (1.0, 1.0, 1)],
)
def test_a_contradiction_counts_from_the_confidence_on_that_is_asked_for(
    surest: float | None, least: float, code: int
) -> None:
    done = Outcome((checked("out", surest, Label.contradicted, Label.error),), None, None)
    heard = Heard(frozenset({FailOn.contradicted}), fail_confidence=least, quiet=True)
    assert tell(done, heard, by_batch=False) == code


def test_one_line_says_what_was_met_and_where(capsys: pytest.CaptureFixture[str]) -> None:
    stories = (
        checked("out/calm", None, Label.supported),
        checked("out/one", 0.9),
        checked("out/two", None, Label.unsupported),
    )
    heard = Heard(frozenset({FailOn.contradicted, FailOn.unsupported, FailOn.error}), quiet=True)
    assert tell(Outcome(stories, None, None), heard, by_batch=False) == 1
    said = capsys.readouterr().err
    assert "--fail-on contradicted and unsupported is met: see out/one/report.html and 1 more report." in said
    assert len(said.splitlines()) == 1
    assert tell(Outcome(stories[:1], None, None), heard, by_batch=False) == 0
    assert capsys.readouterr().err == ""
    cut_short = Outcome(stories, None, None, interrupted="It was cut short.")
    assert tell(cut_short, heard, by_batch=False) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("storycheck: --fail-on error is met")


def test_a_batch_ends_with_a_line_over_all_stories(capsys: pytest.CaptureFixture[str]) -> None:
    stories = (checked("out/a"), replace(checked("out/b"), is_unchanged=True))
    calm = replace(stories[0].entry, severities={}, updates=0)
    never = IndexEntry(name="c", problem="The endpoint gave out.")
    entries = (stories[0].entry, calm, never)
    done = Outcome(stories, "out/index.html", None, entries=entries)
    found = "3 stories: 2 contradictions in 1 story, 1 update, 1 not complete; 1 unchanged"
    line = f"{found}; report: out/index.html"
    with mock.patch.object(Checked, "report", sample_report()):
        tell(done, Heard(), by_batch=False)
    assert capsys.readouterr().out.splitlines()[-1] == line
    tell(done, Heard(quiet=True), by_batch=False)
    assert line not in capsys.readouterr().out


def test_a_report_that_takes_the_place_of_another_storys_says_so(tmp_path: Path) -> None:
    for name in ("harbour", "bridge"):
        write_story(tmp_path / name, {"gull": "Ships were kept out on Monday.", "crier": "None came."})
    out = tmp_path / "out"
    line = ("-o", out, "--model", "rules", "-q")
    assert run_command("check", tmp_path / "harbour", *line).err == ""
    assert run_command("check", tmp_path / "harbour", *line).err == ""
    told = run_command("check", tmp_path / "bridge", *line).told
    assert "held the report on harbour: this one has taken its place" in told
    (tmp_path / "bridge" / "gull.txt").write_text("Ships were kept out on Friday.")
    assert run_command("check", tmp_path / "bridge", *line).err == ""
