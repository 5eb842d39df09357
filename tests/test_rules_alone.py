"""``--model rules``: what code alone finds, without a model, a key or a network."""

import json
from pathlib import Path

import pytest

from pipeline.report.summary import summarise
from pipeline.store import read_report
from schemas.contradiction import ConflictKind
from tests.commands import run_command

NOWHERE = "http://127.0.0.1:9/v1"
PARTING = {
    "echo": "The toll bridge at Wexley opened in June 2031. The bridge at Wexley cost 4 million crowns.",
    "post": "The toll bridge at Wexley opened in July 2031. The bridge at Wexley cost 6 million crowns.",
}
AGREEING = {
    "echo": "The toll bridge at Wexley opened in June 2031. The bridge at Wexley cost 4 million crowns.",
    "post": "In June 2031 the toll bridge at Wexley opened. The bridge at Wexley cost four million crowns.",
}


@pytest.fixture(autouse=True)
def _no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whatever would be sent fail, and be told."""
    monkeypatch.setenv("OPENAI_BASE_URL", NOWHERE)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def story(folder: Path, articles: dict[str, str]) -> Path:
    folder.mkdir(parents=True)
    for outlet, text in articles.items():
        (folder / f"{outlet}.txt").write_text(text)
    return folder


def test_what_code_finds_is_a_whole_report(tmp_path: Path) -> None:
    given = story(tmp_path / "bridge", PARTING)
    ended = run_command("check", given, "-o", tmp_path / "out", "--model", "rules")
    assert (ended.code, ended.err) == (0, "")
    told = " ".join(ended.out.split())
    assert "2 contradictions by rules alone; no model was asked, and no claim drawn" in told
    report = read_report(tmp_path / "out")
    assert {found.kind for found in report.contradictions} == {ConflictKind.date, ConflictKind.quantity}
    assert report.run.by_rules
    assert report.run.complete
    assert (report.run.calls, report.run.failures, report.claims) == (0, (), ())
    assert summarise(report).gaps == ()


def test_nothing_found_is_no_all_clear(tmp_path: Path) -> None:
    given = story(tmp_path / "bridge", AGREEING)
    ended = run_command("check", given, "-o", tmp_path / "out", "--model", "rules")
    assert ended.code == 0
    told = " ".join(ended.out.split())
    assert "No contradictions found by rules alone; no model was asked" in told


def test_a_finding_ends_the_command_where_that_is_asked_for(tmp_path: Path) -> None:
    given = story(tmp_path / "bridge", PARTING)
    line = ("check", given, "-o", tmp_path / "out", "--model", "rules", "--fail-on", "contradicted")
    assert run_command(*line).code == 1


def test_a_story_without_a_change_keeps_its_report(tmp_path: Path) -> None:
    given = story(tmp_path / "bridge", PARTING)
    line = ("check", given, "-o", tmp_path / "out", "--model", "rules")
    assert "nothing changed since" not in run_command(*line).out
    assert "nothing changed since" in run_command(*line).out
    (given / "gull.txt").write_text("The toll bridge at Wexley opened in May 2031.")
    assert "nothing changed since" not in run_command(*line).out


def test_a_batch_has_an_index_in_which_nothing_is_missing(tmp_path: Path) -> None:
    story(tmp_path / "all" / "bridge", PARTING)
    story(tmp_path / "all" / "other", AGREEING)
    ended = run_command("check", tmp_path / "all", "-o", tmp_path / "out", "--model", "rules", "-q")
    assert ended.code == 0
    index = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "not complete" not in index


def test_a_draft_is_held_against_its_sources(tmp_path: Path) -> None:
    sources = story(tmp_path / "sources", PARTING)
    draft = tmp_path / "draft.md"
    draft.write_text("The bridge is long. The bridge at Wexley cost 5 million crowns.")
    ended = run_command("check", draft, "--against", sources, "-o", tmp_path / "out", "--model", "rules")
    assert ended.code == 0
    report = read_report(tmp_path / "out")
    assert report.draft is not None
    assert len(report.contradictions) == 2
    assert all(report.draft.id in {side.article_id for side in c.sides} for c in report.contradictions)
    told = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "**not checked**: “The bridge is long.” *(rules alone found nothing that differs" in told
    assert "2 of 2 sources have no date (echo and post)" in told


def test_the_same_report_can_be_made_again(tmp_path: Path) -> None:
    given = story(tmp_path / "bridge", PARTING)
    run_command("check", given, "-o", tmp_path / "out", "--model", "rules", "-q")
    ended = run_command("check", "--replay", tmp_path / "out")
    assert ended.code == 0, ended.err


def test_a_dry_run_says_that_it_takes_nothing(tmp_path: Path) -> None:
    given = story(tmp_path / "bridge", PARTING)
    ended = run_command("check", given, "-o", tmp_path / "out", "--model", "rules", "--dry-run")
    assert ended.code == 0
    assert ended.out == "--model rules asks nothing: it takes no calls, no tokens and no key.\n"


def test_what_is_only_known_of_claims_is_not_spoken_of(tmp_path: Path) -> None:
    given = story(tmp_path / "bridge", PARTING)
    run_command("check", given, "-o", tmp_path / "out", "--model", "rules", "-q")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    told = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    for part in ("single", "confirmed", "matrix"):
        assert f'<section id="{part}"' not in page
        assert f'href="#{part}"' not in page
    assert "What only one outlet says" not in told
    assert "language model" not in page.partition("<footer>")[2].partition("</footer>")[0]


def test_claims_cannot_end_a_run_that_draws_none(tmp_path: Path) -> None:
    given = story(tmp_path / "bridge", PARTING)
    line = ("check", given, "-o", tmp_path / "out", "--model", "rules", "--fail-on", "unsupported")
    ended = run_command(*line)
    assert ended.code == 2
    assert "--fail-on unsupported is about claims" in ended.told


@pytest.mark.parametrize("command", ["eval", "calibrate"])
def test_what_needs_a_model_says_so(tmp_path: Path, command: str) -> None:
    rows = tmp_path / "rows.jsonl"
    labels = ("supported", "contradicted", "unsupported")
    found = [{"claim": "It is open.", "evidence": "It is shut.", "label": label} for label in labels * 30]
    rows.write_text("\n".join(map(json.dumps, found)))
    ended = run_command(command, rows, "-o", tmp_path / "out", "--model", "rules")
    assert ended.code == 2
    assert "rules" in ended.told
