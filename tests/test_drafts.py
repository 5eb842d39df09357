"""A draft checked against sources: from its side alone, with what an editor, a hook and a second run see."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from pipeline.store import read_report
from schemas.report import Report, ReportArticle
from schemas.verdict import Label
from tests.batch_endpoint import batch_endpoint
from tests.commands import Ended, Serve, run_command
from tests.fake_endpoint import Body, FakeEndpoint, Reply, check_answer, scored

DRAFT: Final = (
    "Eleven boats waited at the mole of Tarnholm. The mayor, Ida Brandt, baked a cake for the sailors. "
    "Nobody was hurt, the harbour master said."
)
AGREEING: Final = "Nobody was hurt, the harbour master said."
# The sources agree with the draft on nobody hurt, and part from each other over the pier.
SOURCES: Final = {
    "gull": "Nine boats waited at the mole of Tarnholm. The old pier of Tarnholm lost 40 planks in a storm.",
    "crier": "The old pier of Tarnholm lost 70 planks in a storm. Nobody was hurt, the harbour master said.",
}


def neutral(body: Body) -> Reply:
    """Answer as a model that leaves to code what contradicts what."""
    return scored({"N": -0.1, "C": -4.0, "S": -4.0}) if body.get("logprobs") else check_answer(body)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with draft.md, and the folder ``sources`` beside it."""
    (tmp_path / "sources").mkdir()
    for name, text in SOURCES.items():
        (tmp_path / "sources" / f"{name}.txt").write_text(text, encoding="utf-8")
    write(tmp_path, DRAFT)
    return tmp_path


@pytest.fixture
def server(serve: Serve) -> FakeEndpoint:
    return serve(neutral)


def write(desk: Path, text: str) -> Path:
    path = desk / "draft.md"
    path.write_text(text, encoding="utf-8")
    return path


def run(desk: Path, *options: str | Path) -> Ended:
    """Check the draft against the sources."""
    given = ("check", desk / "draft.md", "--against", desk / "sources", "-o", desk / "out", "--model", "m")
    return run_command(*given, *options)


def check(desk: Path, *options: str | Path) -> Ended:
    """Check the draft against the sources, and expect no word on standard error."""
    done = run(desk, *options)
    assert done.err == ""
    return done


def report_of(desk: Path) -> Report:
    return read_report(desk / "out")


def asked(server: FakeEndpoint) -> list[str]:
    return [body["messages"][-1]["content"] for body in server.requests]


def draft_of(report: Report) -> ReportArticle:
    assert report.draft is not None
    return report.draft


def test_the_report_is_from_the_draft_s_side_alone(desk: Path, server: FakeEndpoint) -> None:
    mutual = run_command("check", desk / "sources", desk / "draft.md", "-o", desk / "mutual", "--model", "m")
    assert mutual.code == 0
    alone = run_command("check", desk / "sources", "-o", desk / "alone", "--model", "m")
    assert (alone.code, len(read_report(desk / "alone").contradictions)) == (0, 1)  # the planks
    assert check(desk).code == 0
    report = report_of(desk)
    draft = draft_of(report)
    assert (draft.name, [a.is_source for a in report.articles]) == ("draft", [False, True, True])
    assert {claim.article_id for claim in report.claims} == {draft.id}
    assert {claim.quote: claim.verdict.label for claim in report.claims} == {
        "Eleven boats waited at the mole of Tarnholm.": Label.contradicted,
        "The mayor, Ida Brandt, baked a cake for the sailors.": Label.unsupported,
        AGREEING: Label.supported,
    }
    [finding] = report.contradictions
    assert [side.quote for side in finding.sides] == [
        "Eleven boats waited at the mole of Tarnholm.",
        "Nine boats waited at the mole of Tarnholm.",
    ]
    coverage = report.run.coverage
    assert (report.run.complete, coverage.sentences, coverage.sentences_read) == (True, 3, 3)


def test_a_draft_that_was_not_checked_is_no_draft_that_its_sources_settle(
    desk: Path, server: FakeEndpoint
) -> None:
    given = ("check", desk / "draft.md", "--against", desk / "sources", "-o", desk / "out", "--model", "m")
    assert run_command(*given, "--max-calls", "0").code == 3
    for page in ("report.html", "report.md"):
        told = (desk / "out" / page).read_text(encoding="utf-8")
        assert "None so far, but not everything was checked." in told
        assert "Some source settles each claim." not in told


def test_nothing_is_asked_about_a_claim_of_a_source(desk: Path, server: FakeEndpoint) -> None:
    check(desk)
    questions = asked(server)
    assert questions
    assert not any("planks" in question.partition(" << ")[0] for question in questions)
    extracted = [question for question in questions if question.startswith("Before: ")]
    assert all(line.partition(": ")[2] in DRAFT for q in extracted for line in q.splitlines()[1:])
    verified = [question.partition("Statement: ")[2] for question in questions if "Statement: " in question]
    assert all(statement in DRAFT for statement in verified)
    assert len(questions) == report_of(desk).run.calls


def test_the_cost_grows_with_the_draft_not_with_the_sources(desk: Path, server: FakeEndpoint) -> None:
    check(desk)
    before = len(server.requests)
    for number in range(40):
        text = f"Paper {number} has its own news. A fair of {number + 60} stalls opened in Velmark {number}."
        (desk / "sources" / f"paper-{number}.txt").write_text(text, encoding="utf-8")
    check(desk, "-o", desk / "more")
    report = read_report(desk / "more")
    assert len(report.articles) == 43
    assert report.run.calls == before
    assert {side.article_id for f in report.contradictions for side in f.sides[:1]} == {draft_of(report).id}


@pytest.mark.parametrize(
    ("draft", "labels", "code"),
    [
        (DRAFT, ["contradicted"], 1),
        (DRAFT, ["unsupported"], 1),
        (DRAFT, ["error"], 0),
        (AGREEING, ["contradicted", "unsupported", "error"], 0),  # whatever the sources say of each other
        ("The mayor, Ida Brandt, baked a cake.", ["contradicted", "error"], 0),
        ("The mayor, Ida Brandt, baked a cake.", ["unsupported"], 1),
    ],
)
def test_a_hook_goes_by_what_the_draft_says(
    desk: Path, server: FakeEndpoint, draft: str, labels: Sequence[str], code: int
) -> None:
    write(desk, draft)
    done = run(desk, *(f"--fail-on={label}" for label in labels))
    assert done.code == code
    assert ("--fail-on" in done.told) if code else (done.err == "")


def test_a_draft_among_its_sources_is_left_out_and_told(desk: Path, server: FakeEndpoint) -> None:
    inside = desk / "sources" / "draft.md"
    (desk / "draft.md").rename(inside)
    done = run_command("check", inside, "--against", desk / "sources", "-o", desk / "out", "--model", "m")
    assert (done.code, done.err) == (0, "")
    report = report_of(desk)
    assert [article.name for article in report.articles] == ["draft", "crier", "gull"]
    [skip] = report.skipped
    assert (skip.path, skip.is_lost, report.run.complete) == (str(inside), False, True)
    assert "the draft itself" in skip.reason
    assert "the draft itself" in done.out


def test_there_must_be_a_draft_and_a_source(desk: Path, server: FakeEndpoint) -> None:
    only = ("check", desk / "draft.md", "-o", desk / "out", "--model", "m")
    for given in (
        (*only, "--against", desk / "draft.md"),
        (*only, "--against", desk / "nowhere"),
        ("check", "--against", desk / "sources", "-o", desk / "out", "--model", "m"),
        ("check", desk / "none.md", "--against", desk / "sources", "-o", desk / "out", "--model", "m"),
    ):
        done = run_command(*given)
        assert (done.code, done.out) == (2, "")
        assert "Traceback" not in done.err
    assert "no source to check" in run_command(*only, "--against", desk / "draft.md").told
    assert not (desk / "out").exists()
    assert server.requests == []


def test_a_source_that_cannot_be_read_makes_the_check_incomplete(desk: Path, server: FakeEndpoint) -> None:
    (desk / "sources" / "torn.txt").write_bytes(b"\x00\x01\x02" * 50)
    assert check(desk).code == 3
    assert [skip.path for skip in report_of(desk).skipped if skip.is_lost] == [
        str(desk / "sources" / "torn.txt")
    ]


def test_each_of_several_drafts_is_a_story(desk: Path, server: FakeEndpoint) -> None:
    (desk / "drafts" / "late").mkdir(parents=True)
    (desk / "drafts" / "draft.md").write_text(DRAFT, encoding="utf-8")
    (desk / "drafts" / "late" / "Draft.md").write_text(AGREEING, encoding="utf-8")
    given = (desk / "drafts", desk / "drafts" / "late", "--against", desk / "sources", desk / "sources")
    done = run_command("check", given[0], given[1], *given[2:4], "-o", desk / "out", "--model", "m", "-q")
    assert done.code == 0
    assert (desk / "out" / "index.html").is_file()
    folders = sorted(path.parent.name for path in (desk / "out").glob("*/report.json"))
    assert folders == ["Draft-2", "draft"]
    for folder, claims in zip(folders, (1, 3), strict=True):
        report = read_report(desk / "out" / folder)
        assert (len(report.claims), len(report.articles)) == (claims, 3)


def test_a_draft_is_planned_replayed_kept_and_compared(desk: Path, server: FakeEndpoint) -> None:
    plan = check(desk, "--dry-run")
    assert (plan.code, server.requests) == (0, [])
    assert "in all      0 calls" not in plan.out
    check(desk)
    calls = report_of(desk).run.calls
    assert "in all      0 calls (0 to 0)" in check(desk, "--dry-run").out
    assert "nothing changed" in check(desk).out
    replayed = run_command("check", "--replay", desk / "out")
    assert (replayed.code, replayed.out) == (0, "the same, bit for bit\n")
    write(desk, DRAFT.replace("Eleven", "Nine"))
    assert check(desk, "-o", desk / "later", "--cache", desk / "out").code == 0
    told = run_command("diff", desk / "out", desk / "later")
    assert "Findings that are gone (1)" in told.out
    assert "Articles edited (1): draft (text)" in told.out
    assert len(server.requests) < 2 * calls


def test_a_replay_takes_its_sources_from_the_run(desk: Path) -> None:
    done = run_command("check", "--replay", desk / "out", "--against", desk / "sources")
    assert done.code == 2
    assert "--replay takes the sources from the run" in done.err


def test_a_draft_is_checked_by_batches(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with batch_endpoint(neutral) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-a-test")
        given = (
            "check",
            desk / "draft.md",
            "--against",
            desk / "sources",
            "-o",
            desk / "out",
            "--model",
            "m",
        )
        for _ in range(6):
            done = run_command(*given, "--batch")
            if done.code != 3:
                break
    assert done.code == 0
    assert len(report_of(desk).contradictions) == 1


def test_workers_of_a_cluster_check_drafts(desk: Path, server: FakeEndpoint) -> None:
    (desk / "drafts").mkdir()
    for name, text in {"one": DRAFT, "two": AGREEING}.items():
        (desk / "drafts" / f"{name}.md").write_text(text, encoding="utf-8")
    given = ("check", desk / "drafts", "--against", desk / "sources", "--model", "m", "-q")
    assert run_command(*given, "-o", desk / "here").code == 0
    done = run_command(*given, "-o", desk / "there", "--engine", "dask", "--workers", "1")
    assert (done.code, done.err) == (0, "")
    for name in ("one", "two"):
        here, there = (read_report(desk / out / name) for out in ("here", "there"))
        assert there.model_copy(update={"run": here.run}) == here
        assert there.draft is not None


def test_reviews_of_a_draft_are_not_published(desk: Path, server: FakeEndpoint) -> None:
    check(desk)
    who = ("--author", "The Desk", "--author-url", "https://desk.example", "--rating", "Disputed")
    done = run_command("export", desk / "out", "--format", "claimreview", *who)
    assert (done.code, done.out) == (2, "")
    assert "draft" in done.told
    rows = run_command("export", desk / "out", "--format", "csv").out.splitlines()
    assert len(rows) == 2
    assert rows[1].index("Eleven boats") < rows[1].index("Nine boats")
