"""What check prints of a run that is over: no password of an address, what -v leaves out, all in a line."""

from dataclasses import replace
from unittest import mock

import pytest

from pipeline.batch import Outcome
from pipeline.checking import Checked
from pipeline.cli.outcome import MOST_SHOWN, Heard, tell
from pipeline.report import IndexEntry, index_entry
from tests.sample_report import sample_report

PLACE = "s3://anna:heron-in-the-reeds@bucket/out"


def checked(where: str) -> Checked:
    return Checked(
        where=where,
        entry=index_entry(sample_report(), "report.html", ()),
        labels=frozenset(),
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
