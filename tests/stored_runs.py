"""Runs on disk, with decisions, as a check and a review leave them."""

from datetime import UTC, datetime
from pathlib import Path

from pipeline.decided import decided_sides
from pipeline.store import make_folder, record_decision, write_report
from schemas.decision import Decision, DismissalReason, Ruling
from schemas.report import Report

DECIDED_AT = datetime(2031, 3, 8, 10, 30, tzinfo=UTC)


def decision_on(
    report: Report,
    finding_id: str,
    ruling: Ruling | None = Ruling.accepted,
    note: str = "",
    reason: DismissalReason | None = None,
) -> Decision:
    """Return a decision on a finding of ``report``."""
    [finding] = [finding for finding in report.contradictions if finding.id == finding_id]
    return Decision(
        finding_id=finding_id,
        ruling=ruling,
        reason=reason,
        note=note,
        decided_at=DECIDED_AT,
        kind=finding.kind,
        relation=finding.relation,
        sides=decided_sides(finding, report),
    )


def forget_how(out: Path) -> None:
    """Remove what says how the run, or each of the batch, in ``out`` was made: its report cannot stay."""
    for path in [*out.glob("run.json"), *out.glob("*/run.json")]:
        path.unlink()


def write_run(folder: Path, report: Report, *decisions: Decision) -> Path:
    """Write a run into ``folder`` and return it."""
    make_folder(folder)
    write_report(folder, report)
    for decision in decisions:
        record_decision(folder, decision)
    return folder
