"""storycheck export: what of a stored run comes out, in which form, and what cannot."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.export import FORMATS, Asked, Stored, What
from pipeline.export.jsonlines import json_text
from pipeline.report import render_markdown
from pipeline.report.text import visible
from schemas.decision import DismissalReason, Ruling
from schemas.exported import Exported
from schemas.report import Report
from tests.commands import run_command
from tests.hostile_report import anything, with_text
from tests.sample_report import sample_report
from tests.stored_runs import DECIDED_AT, decision_on, write_run

REPORT = sample_report()
FINDINGS, CLAIMS = Asked(What.findings), Asked(What.claims)


def exported(report: Report, asked: Asked = FINDINGS, **stored: object) -> Exported:
    return Exported.model_validate_json(FORMATS["json"]([Stored(report, **stored)], asked))  # type: ignore[arg-type]


# -- rows --


def test_every_finding_is_a_row_that_points_into_its_articles() -> None:
    found = exported(REPORT).findings
    assert found is not None
    assert [row.id for row in found] == [finding.id for finding in REPORT.contradictions]
    texts = {article.name: article.text for article in REPORT.articles}
    for row in found:
        assert texts[row.article_1][row.start_1 : row.end_1] == row.quote_1
        assert texts[row.article_2][row.start_2 : row.end_2] == row.quote_2
        assert all(words in row.quote_1 for words in row.differs_1)
    assert (found[0].outlet_1, found[0].differs_1, found[0].differs_2) == (
        "Veldrik Courier",
        ("two dockers",),
        ("Three dockers",),
    )
    assert found[0].claim_2 == "The crane killed three dockers."


def test_every_claim_is_a_row_with_its_verdict() -> None:
    document = exported(REPORT, CLAIMS)
    assert document.findings is None
    found = document.claims
    assert found is not None
    assert [row.id for row in found] == [claim.id for claim in REPORT.claims]
    dead, taken = found[0], found[1]
    assert (dead.label, dead.contradicted_by, dead.findings) == ("contradicted", ("ledger",), ("c1",))
    assert (taken.speaker, taken.supported_by) == ("the port authority", ("ledger",))
    assert (dead.when, str(dead.when_start)) == ("on Tuesday", "2031-03-04")


def test_a_row_says_what_was_decided() -> None:
    decisions = (
        decision_on(REPORT, "c1", note="Called both."),
        decision_on(REPORT, "c2", Ruling.dismissed, reason=DismissalReason.same_meaning),
        decision_on(REPORT, "c4", None),  # withdrawn
    )
    found = exported(REPORT, decisions=decisions).findings
    assert found is not None
    one, two, three, four = found
    assert (one.ruling, one.note, one.decided_at) == (Ruling.accepted, "Called both.", DECIDED_AT)
    assert (two.ruling, two.dismissal_reason) == (Ruling.dismissed, DismissalReason.same_meaning)
    assert [row.decided_at for row in (three, four)] == [None, None]


def test_a_finding_that_was_reworded_is_open_and_says_what_it_was() -> None:
    first = REPORT.contradictions[0]
    [dead, there] = first.sides
    earlier = first.model_copy(
        update={"id": "c0", "sides": (dead, there.model_copy(update={"quote": "Was."}))}
    )
    decided = decision_on(REPORT.model_copy(update={"contradictions": (earlier,)}), "c0", Ruling.dismissed)
    found = exported(REPORT, decisions=(decided,)).findings
    assert found is not None
    assert (found[0].ruling, found[0].earlier_ruling) == (None, Ruling.dismissed)
    assert not any(row.earlier_ruling for row in found[1:])


# -- JSON --


def test_json_lines_are_the_rows_of_the_json(tmp_path: Path) -> None:
    run = write_run(tmp_path, REPORT)
    for what in What:
        whole = json.loads(run_command("export", run, "--format", "json", "--what", what).out)
        lines = run_command("export", run, "--format", "jsonl", "--what", what).out.splitlines()
        assert [json.loads(line) for line in lines] == whole[what]


@given(st.text(st.characters()) | anything)
def test_json_is_exact_and_holds_no_hidden_character(text: str) -> None:
    written = json_text({"text": text})
    assert json.loads(written) == {"text": text}
    assert written.isprintable()


@settings(deadline=None, max_examples=50)
@given(anything)
def test_no_text_form_lets_a_hidden_character_through(hostile: str) -> None:
    stories = [Stored(with_text(hostile))]
    for name in ("csv", "md"):
        text = FORMATS[name](stories, FINDINGS).removeprefix("\ufeff").replace("\r\n", "\n")
        assert text == visible(text)
        assert not set("\x1b\r\v\f") & set(text)


# -- Markdown --


def test_markdown_is_the_report_with_the_decisions_at_its_end() -> None:
    decisions = (decision_on(REPORT, "c1", note="See [x](http://a.example) <b>"),)
    text = FORMATS["md"]([Stored(REPORT, decisions)], FINDINGS)
    assert text.startswith(render_markdown(REPORT))
    section = text.partition("## Decisions")[2]
    assert "accepted" in section
    assert "8 March 2031" in section
    inline = [child.type for token in MarkdownIt().parse(section) for child in token.children or ()]
    assert not {"link_open", "html_inline"} & set(inline)
    assert FORMATS["md"]([Stored(REPORT)], FINDINGS) == render_markdown(REPORT)


# -- the command --


@pytest.mark.parametrize("name", ["json", "jsonl", "csv", "md"])
def test_a_file_gets_the_same_bytes_as_the_screen(tmp_path: Path, name: str) -> None:
    run = write_run(tmp_path / "out", REPORT)
    file = tmp_path / "export"
    done = run_command("export", run, "--format", name, "-o", file)
    assert (done.code, done.out.strip(), done.err) == (0, str(file), "")
    assert file.read_bytes() == run_command("export", run, "--format", name).out.encode()


def test_a_batch_gives_the_rows_of_all_its_stories(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write_run(tmp_path / "out" / name, REPORT.model_copy(update={"story": name}))
    (tmp_path / "out" / "empty").mkdir()
    document = Exported.model_validate_json(run_command("export", tmp_path / "out", "-f", "json").out)
    assert document.stories == ("a", "b")
    assert document.findings is not None
    assert [row.story for row in document.findings] == ["a"] * 4 + ["b"] * 4
    assert run_command("export", tmp_path / "out", "-f", "csv").out.count("story,id,") == 1


def test_a_damaged_story_of_a_batch_is_told_and_the_others_come(tmp_path: Path) -> None:
    write_run(tmp_path / "a", REPORT)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "report.json").write_text("{")
    done = run_command("export", tmp_path, "-f", "jsonl")
    assert (done.code, len(done.out.splitlines())) == (3, 4)
    assert str(tmp_path / "b") in done.told


def test_a_story_behind_a_link_out_of_the_batch_is_told_not_read(tmp_path: Path) -> None:
    write_run(tmp_path / "elsewhere", REPORT)
    write_run(tmp_path / "out" / "a", REPORT)
    (tmp_path / "out" / "b").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    done = run_command("export", tmp_path / "out", "-f", "jsonl")
    assert (done.code, len(done.out.splitlines())) == (3, 4)
    assert "link" in done.told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-f", "md", "--what", "claims"], "--what"),
        (["-f", "csv", "--rating", "Disputed"], "--rating"),
        (["-f", "json", "-o", "report.json"], "a file of a run"),
        (["-f", "json", "-o", "nowhere/findings.json"], "no folder nowhere"),
    ],
)
def test_options_that_cannot_be_followed_are_told(tmp_path: Path, arguments: list[str], told: str) -> None:
    done = run_command("export", write_run(tmp_path, REPORT), *arguments)
    assert done.code == 2
    assert told in done.told


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    for out in (tmp_path, tmp_path / "nowhere"):
        done = run_command("export", out, "-f", "json")
        assert (done.code, done.out) == (2, "")
        assert str(out) in done.told
