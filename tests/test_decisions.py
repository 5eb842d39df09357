"""What reviewers decide: it lasts, it can be taken back, and two reviewers lose nothing to each other."""

import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.decided import decided_sides, successor
from pipeline.errors import InputError
from pipeline.publish import write_files
from pipeline.store import (
    DECISIONS,
    answers_path,
    decisionfile,
    import_decisions,
    prepare_run_directory,
    read_decisions,
    read_report,
    record_decision,
    undo_change,
    why_read_only,
    write_report,
)
from schemas.contradiction import ConflictKind, Contradiction, Relation
from schemas.decision import DecidedSide, Decision, DismissalReason, Ruling
from schemas.report import Report
from tests.sample_report import sample_report
from tests.stored_answers import store_answers

START = datetime(2031, 3, 5, 12, tzinfo=UTC)


def decision(
    finding_id: str, ruling: Ruling | None = Ruling.accepted, note: str = "", minute: int = 0
) -> Decision:
    return Decision(
        finding_id=finding_id,
        ruling=ruling,
        reason=DismissalReason.update if ruling is Ruling.dismissed else None,
        note=note,
        decided_at=START + timedelta(minutes=minute),
        kind=ConflictKind.date,
        relation=Relation.contradiction,
        sides=(
            DecidedSide(article="gull", quote="On Monday."),
            DecidedSide(article="tern", quote="On Friday."),
        ),
    )


Said = tuple[Ruling | None, str]


def said(held: dict[str, Decision]) -> dict[str, Said]:
    """What is decided now, whenever it was said, without what was withdrawn."""
    return {name: (one.ruling, one.note) for name, one in held.items() if not one.is_withdrawn}


def by_id(folder: Path) -> dict[str, Decision]:
    return {one.finding_id: one for one in read_decisions(folder)}


def one_line(caught: pytest.ExceptionInfo[InputError], path: Path) -> str:
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


# -- what holds --


def test_nothing_is_decided_and_nothing_written_before_the_first_decision(tmp_path: Path) -> None:
    assert read_decisions(tmp_path) == ()
    assert undo_change(tmp_path) == ()
    assert why_read_only(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_decision_lies_in_one_file_of_its_own(tmp_path: Path) -> None:
    store_answers(answers_path(tmp_path, None), {"a": "1"})
    kept = record_decision(tmp_path, decision("f1", note="“twice”\0 \U0001f6a2"))
    (tmp_path / "answers.sqlite").unlink()
    assert [path.name for path in tmp_path.iterdir() if "decisions" in path.name] == [DECISIONS]
    assert read_decisions(tmp_path) == (kept,)
    prepare_run_directory(tmp_path)  # still known as ours


def test_a_later_word_replaces_an_earlier_one_even_if_a_clock_was_ahead(tmp_path: Path) -> None:
    first = record_decision(tmp_path, decision("f1", minute=9))
    second = record_decision(tmp_path, decision("f1", Ruling.dismissed, minute=3))
    assert second.decided_at > first.decided_at
    assert by_id(tmp_path)["f1"].ruling is Ruling.dismissed


def test_the_end_of_time_does_not_stop_a_decision(tmp_path: Path) -> None:
    last = decision("f1").model_copy(update={"decided_at": datetime.max.replace(tzinfo=UTC)})
    import_decisions(tmp_path, [last], {"f1"})
    record_decision(tmp_path, decision("f1", Ruling.dismissed))
    assert by_id(tmp_path)["f1"].ruling is Ruling.dismissed


def test_an_import_is_taken_back_whole(tmp_path: Path) -> None:
    mine = record_decision(tmp_path, decision("f1"))
    done = import_decisions(
        tmp_path, [decision("f1", None, "theirs", 5), decision("f2"), decision("gone")], {"f1", "f2"}
    )
    assert (done.taken, done.older, done.unknown) == (2, 0, 1)
    assert {name: one.note for name, one in by_id(tmp_path).items()} == {"f1": "theirs", "f2": "", "gone": ""}
    undone = {one.finding_id: one.decision for one in undo_change(tmp_path)}
    assert undone == {"f1": by_id(tmp_path)["f1"], "f2": None, "gone": None}
    assert said(by_id(tmp_path)) == said({"f1": mine})


def test_a_copy_of_what_was_taken_back_does_not_come_back(tmp_path: Path) -> None:
    record_decision(tmp_path, decision("f1"))
    copy = record_decision(tmp_path, decision("f1", Ruling.dismissed, minute=5))
    new = record_decision(tmp_path, decision("f2"))
    undo_change(tmp_path)
    undo_change(tmp_path)
    assert import_decisions(tmp_path, [copy, new], {"f1", "f2"}).older == 2
    assert said(by_id(tmp_path)) == {"f1": (Ruling.accepted, "")}


def test_the_newer_of_two_is_taken_whichever_way_they_meet(tmp_path: Path) -> None:
    old, new = decision("f1", minute=1), decision("f1", Ruling.dismissed, minute=2)
    for number, batch in enumerate(([old, new], [new, old])):
        folder = tmp_path / str(number)
        folder.mkdir()
        done = import_decisions(folder, batch, {"f1"})
        assert (done.taken + done.older + done.unknown, done.taken) == (2, 1)
        assert read_decisions(folder) == (new,)
    assert import_decisions(folder, [old, new], {"f1"}).older == 2  # nothing new in it


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("decide"),
            st.sampled_from(["f1", "f2", "f3"]),
            st.sampled_from([*Ruling, None]),
            st.integers(0, 6),
        ),
        st.tuples(st.just("undo")),
        st.tuples(
            st.just("import"),
            st.lists(
                st.tuples(st.sampled_from(["f1", "f2", "f9"]), st.sampled_from([*Ruling]), st.integers(0, 6)),
                max_size=3,
            ),
        ),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=40)
@given(STEPS)
def test_the_fold_over_the_log_is_what_a_list_of_states_would_hold(steps: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        states: list[dict[str, Said]] = [{}]
        for step in steps:
            before = by_id(folder)
            state = dict(states[-1])
            match step:
                case ("decide", str(finding), (Ruling() | None) as ruling, int(minute)):
                    record_decision(folder, decision(finding, ruling, minute=minute))
                    states.append(state | {finding: (ruling, "")})
                case ("import", list(rows)):
                    brought = [decision(finding, ruling, minute=minute) for finding, ruling, minute in rows]
                    newer = import_newer(brought, before)
                    import_decisions(folder, brought, {"f1", "f2"})
                    states += [state | newer] if newer else []
                case _:
                    assert bool(undo_change(folder)) == (len(states) > 1)
                    states = states[:-1] or states
            after = by_id(folder)
            assert said(after) == {name: one for name, one in states[-1].items() if one != (None, "")}
            assert all(after[name].decided_at >= one.decided_at for name, one in before.items())
            assert len(changed(before, after)) == 1 or step[0] != "decide"


def import_newer(brought: list[Decision], held: dict[str, Decision]) -> dict[str, Said]:
    newest = dict(held)
    for one in brought:
        if one.finding_id not in newest or one.decided_at > newest[one.finding_id].decided_at:
            newest[one.finding_id] = one
    return {name: (newest[name].ruling, newest[name].note) for name in changed(held, newest)}


def changed(before: dict[str, Decision], after: dict[str, Decision]) -> set[str]:
    return {name for name, one in after.items() if before.get(name) is not one and before.get(name) != one}


def test_nothing_is_ever_taken_out_of_the_log(tmp_path: Path) -> None:
    record_decision(tmp_path, decision("f1", note="first"))
    record_decision(tmp_path, decision("f1", None))
    undo_change(tmp_path)
    undo_change(tmp_path)
    log = sqlite3.connect(tmp_path / DECISIONS)
    acts = log.execute("SELECT act, undoes FROM event ORDER BY number").fetchall()
    log.close()
    assert acts == [("decide", None), ("decide", None), ("undo", 2), ("undo", 1)]


# -- what can go wrong --


DECIDE = """
import sys
from pathlib import Path
from pipeline.store import record_decision
from tests.test_decisions import decision
for n in range(int(sys.argv[3])):
    record_decision(Path(sys.argv[1]), decision(f"{sys.argv[2]}{n}"))
    print(n, flush=True)
"""


def deciding(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", DECIDE, str(folder), name, str(count)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def test_two_processes_decide_at_once_and_lose_nothing(tmp_path: Path) -> None:
    both = [deciding(tmp_path, name, 15) for name in "ab"]
    for process in both:
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert set(by_id(tmp_path)) == {f"{name}{n}" for name in "ab" for n in range(15)}


def test_what_was_answered_is_on_disk_when_the_process_is_killed(tmp_path: Path) -> None:
    process = deciding(tmp_path, "f", 10_000)
    assert process.stdout is not None
    for _ in range(5):
        process.stdout.readline()
    process.kill()
    rest = process.communicate()[0]
    answered = 5 + len([line for line in rest.splitlines() if line.strip().isdigit()])
    kept = by_id(tmp_path)
    assert {f"f{n}" for n in range(answered)} <= set(kept)
    assert len(kept) <= answered + 1
    record_decision(tmp_path, decision("later"))


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    record_decision(tmp_path, decision("f1"))
    monkeypatch.setattr(decisionfile, "WAIT_S", 0.1)
    return tmp_path


def test_a_store_that_another_program_holds_is_told_and_not_taken_for_read_only(locked: Path) -> None:
    holder = sqlite3.connect(locked / DECISIONS, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    for attempt in (lambda: read_decisions(locked), lambda: record_decision(locked, decision("f2"))):
        with pytest.raises(InputError, match="in use by another program") as caught:
            attempt()
        one_line(caught, locked / DECISIONS)
    assert why_read_only(locked) is None
    holder.close()
    record_decision(locked, decision("f2"))
    assert set(by_id(locked)) == {"f1", "f2"}


def test_another_tools_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / DECISIONS
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE event (number INTEGER)")
    other.close()
    before = path.read_bytes()
    for attempt in (lambda: read_decisions(tmp_path), lambda: record_decision(tmp_path, decision("f1"))):
        with pytest.raises(InputError, match="no store of storycheck") as caught:
            attempt()
        one_line(caught, path)
    assert path.read_bytes() == before


def test_a_newer_storycheck_s_store_is_told(tmp_path: Path) -> None:
    record_decision(tmp_path, decision("f1"))
    newer = sqlite3.connect(tmp_path / DECISIONS)
    newer.execute("PRAGMA user_version = 7")
    newer.close()
    with pytest.raises(InputError, match="newer storycheck") as caught:
        read_decisions(tmp_path)
    one_line(caught, tmp_path / DECISIONS)


@pytest.mark.parametrize("garbage", [b"no database at all, but long" * 50, b"SQLite format 3\0junk"])
def test_a_damaged_store_is_told_and_left_as_it_is(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / DECISIONS
    path.write_bytes(garbage)
    for attempt in (lambda: read_decisions(tmp_path), lambda: record_decision(tmp_path, decision("f1"))):
        with pytest.raises(InputError, match="damaged") as caught:
            attempt()
        one_line(caught, path)
    assert path.read_bytes() == garbage


def test_an_empty_store_of_a_run_that_was_killed_at_once_is_used(tmp_path: Path) -> None:
    (tmp_path / DECISIONS).touch()
    assert read_decisions(tmp_path) == ()
    record_decision(tmp_path, decision("f1"))
    assert set(by_id(tmp_path)) == {"f1"}


def test_a_record_in_the_store_that_is_none_is_told(tmp_path: Path) -> None:
    record_decision(tmp_path, decision("f1"))
    broken = sqlite3.connect(tmp_path / DECISIONS)
    with broken:
        broken.execute("UPDATE event SET decision = '{}'")
    broken.close()
    with pytest.raises(InputError, match="damaged"):
        read_decisions(tmp_path)


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Nothing can be stored") as caught:
        record_decision(tmp_path / "gone", decision("f1"))
    one_line(caught, tmp_path / "gone")
    assert str(tmp_path / "gone") in (why_read_only(tmp_path / "gone") or "")


def test_a_check_tells_unreadable_decisions_before_it_begins(tmp_path: Path) -> None:
    write_report(tmp_path, sample_report())
    (tmp_path / "story").mkdir()
    (tmp_path / "story" / DECISIONS).write_bytes(b"x" * 5000)
    with pytest.raises(InputError, match="damaged") as caught:
        prepare_run_directory(tmp_path)
    one_line(caught, tmp_path / "story" / DECISIONS)


# -- in the report --


def test_a_report_is_written_with_what_is_decided(tmp_path: Path) -> None:
    report = sample_report()
    plain = Path(write_files(tmp_path, report)["report.html"]).read_text(encoding="utf-8")
    record_decision(tmp_path, decision("c1", note="seen at the quay"))
    decided = Path(write_files(tmp_path, report)["report.html"]).read_text(encoding="utf-8")
    assert "seen at the quay" in decided
    assert "seen at the quay" not in plain


def test_a_report_is_written_all_the_same_when_decisions_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / DECISIONS).write_bytes(b"x" * 5000)
    with pytest.raises(InputError, match="damaged"):
        write_files(tmp_path, sample_report())
    assert read_report(tmp_path) == sample_report()
    assert (tmp_path / "report.html").is_file()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"schema_version": 2, "anything": 1}', "newer storycheck"),
        ("", "cut off"),
        ('{"schema_version": 1, "story": "x', "cut off"),
        ("no JSON", "no JSON"),
        ('{"schema_version": 1, "run": {"id": 4}}', "at run.id"),
        ("[]", "no record"),
    ],
)
def test_a_report_that_cannot_be_read_is_told_with_what_to_do(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(InputError) as caught:
        read_report(tmp_path)
    message = one_line(caught, tmp_path / "report.json").replace(str(tmp_path), "")
    assert told in message
    assert "update storycheck" in message or "put a copy of it back" in message


def test_a_report_cut_off_anywhere_is_told(tmp_path: Path) -> None:
    whole = write_report(tmp_path, sample_report()).read_bytes()
    for length in range(0, len(whole) - 2, 997):
        (tmp_path / "report.json").write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"cut off|UTF-8"):
            read_report(tmp_path)


def test_a_report_with_a_field_of_a_later_day_is_told(tmp_path: Path) -> None:
    path = write_report(tmp_path, sample_report())
    path.write_text(path.read_text().replace('"story":', '"mood": "calm",\n  "story":', 1))
    with pytest.raises(InputError, match="update storycheck") as caught:
        read_report(tmp_path)
    one_line(caught, path)


# -- changed since --


def decided_on(finding: Contradiction, report: Report) -> Decision:
    return decision(finding.id).model_copy(
        update={"kind": finding.kind, "sides": decided_sides(finding, report)}
    )


def reworded(report: Report, number: int, side: int, quote: str, finding_id: str = "new") -> Report:
    """Return ``report`` with another quote on one side of one finding."""
    finding = report.contradictions[number]
    sides = list(finding.sides)
    sides[side] = sides[side].model_copy(update={"quote": quote})
    changed = finding.model_copy(update={"id": finding_id, "sides": tuple(sides)})
    rest = tuple(changed if one is finding else one for one in report.contradictions)
    return report.model_copy(update={"contradictions": rest})


def test_a_finding_is_followed_when_one_side_was_reworded() -> None:
    report = sample_report()
    for number, finding in enumerate(report.contradictions):
        made = decided_on(finding, report)
        assert successor(made, report) is None  # still there as it was
        for side in (0, 1):
            later = reworded(report, number, side, "Said in other words.")
            assert successor(made, later) == later.contradictions[number]
            assert successor(made, later, taken={"new"}) is None
            both = reworded(later, number, 1 - side, "And so is this.", "newer")
            assert successor(made, both) is None


def test_a_finding_of_another_kind_or_article_is_no_successor() -> None:
    report = sample_report()
    made = decided_on(report.contradictions[0], report)
    later = reworded(report, 0, 1, "Said in other words.")
    other_kind = later.contradictions[0].model_copy(update={"kind": ConflictKind.place})
    assert successor(made, later.model_copy(update={"contradictions": (other_kind,)})) is None
    renamed = tuple(a.model_copy(update={"name": f"{a.name}-2"}) for a in later.articles)
    assert successor(made, later.model_copy(update={"articles": renamed})) is None


def test_the_order_of_the_sides_does_not_matter_but_whose_quote_it_is_does() -> None:
    report = sample_report()
    made = decided_on(report.contradictions[0], report)
    later = reworded(report, 0, 1, "Said in other words.")
    swapped = made.model_copy(update={"sides": made.sides[::-1]})
    assert successor(swapped, later) == later.contradictions[0]
    one, other = made.sides
    crossed = made.model_copy(
        update={
            "sides": (
                one.model_copy(update={"quote": other.quote}),
                other.model_copy(update={"quote": one.quote}),
            )
        }
    )
    assert successor(crossed, later) is None
