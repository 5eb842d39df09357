"""What reviewers decided about a story: a log that only grows, in ``OUT/decisions.sqlite``.

The store of answers may be deleted, as it can be paid for again; decisions are somebody's work and lie apart.
Every change adds rows, taking one back, too; the last row on a finding holds.
"""

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.errors import InputError
from pipeline.store.decisionfile import DAMAGED_ADVICE, DECISIONS, is_made, reading, writing
from schemas.decision import Decision

_LATEST = """
SELECT decision FROM event WHERE number IN (SELECT max(number) FROM event GROUP BY finding_id) ORDER BY number
"""
_LAST_CHANGE = """
SELECT max(change) FROM event
WHERE act != 'undo' AND change NOT IN (SELECT undoes FROM event WHERE act = 'undo')
"""
_BEFORE = "SELECT decision FROM event WHERE finding_id = ? AND number < ? ORDER BY number DESC LIMIT 1"
_END = 2**63 - 1  # after every event


@dataclass(frozen=True)
class Undone:
    """One finding's decision after a change was taken back; null where none holds."""

    finding_id: str
    decision: Decision | None


@dataclass(frozen=True)
class Imported:
    """How many decisions of a file were taken, were no newer than ours, or are on findings we do not have.

    The last are kept, too, where they are newer.
    """

    taken: int
    older: int
    unknown: int


def read_decisions(folder: Path) -> tuple[Decision, ...]:
    """Return the latest decision on each finding of the run in ``folder``, those decided first leading.

    Empty where nothing was decided. A decision that was withdrawn is among them, with neither ruling nor
    note (``is_withdrawn``), so that an older copy of it elsewhere does not come back. Raises InputError when
    the store is damaged, locked, of a newer version, or none of ours.
    """
    path = folder / DECISIONS
    if not path.exists():
        return ()
    with reading(folder) as connection:
        return tuple(_current(connection, path).values())


def record_decision(folder: Path, decision: Decision) -> Decision:
    """Store ``decision`` and return it as it is on disk, newer than what it replaces.

    Raises InputError when it cannot be stored.
    """
    with writing(folder) as connection:
        previous = _before(connection, decision.finding_id, _END, folder / DECISIONS)
        kept = decision.model_copy(update={"decided_at": _after(decision.decided_at, previous)})
        _append(connection, "decide", [kept])
        return kept


def undo_change(folder: Path) -> tuple[Undone, ...]:
    """Take the last change back that was not taken back yet, and return what holds now of its findings.

    Empty when there is none. An import is one change. What was decided before holds as of now, so that a copy
    of what was taken back does not win over it. Raises InputError when it cannot be stored.
    """
    path = folder / DECISIONS
    if not path.exists():
        return ()
    with writing(folder) as connection:
        last = connection.execute(_LAST_CHANGE).fetchone()[0]
        if last is None:
            return ()
        rows = connection.execute("SELECT finding_id, decision, number FROM event WHERE change = ?", (last,))
        restored = []
        for finding_id, undone, number in rows.fetchall():
            before = _before(connection, finding_id, number, path)
            now = _before(connection, finding_id, _END, path)
            held = before or _stored(undone, path).withdrawn()
            restored.append(held.model_copy(update={"decided_at": _after(datetime.now(UTC), now)}))
        _append(connection, "undo", restored, undoes=last)
        return tuple(Undone(one.finding_id, None if one.is_withdrawn else one) for one in restored)


def import_decisions(folder: Path, decisions: Sequence[Decision], known: Collection[str]) -> Imported:
    """Store those of ``decisions`` that are newer than ours; ``known`` are the ids of the report's findings.

    Raises InputError when they cannot be stored; then none is.
    """
    with writing(folder) as connection:
        current = _current(connection, folder / DECISIONS)
        newer: dict[str, Decision] = {}
        for decision in decisions:
            ours = newer.get(decision.finding_id) or current.get(decision.finding_id)
            if ours is None or decision.decided_at > ours.decided_at:
                newer[decision.finding_id] = decision
        unknown = sum(finding_id not in known for finding_id in newer)
        _append(connection, "import", list(newer.values()))
        return Imported(len(newer) - unknown, len(decisions) - len(newer), unknown)


def _current(connection: sqlite3.Connection, path: Path) -> dict[str, Decision]:
    """Return the latest decision that was not taken back, by finding."""
    if not is_made(connection, path):
        return {}
    latest = [_stored(row, path) for (row,) in connection.execute(_LATEST)]
    return {decision.finding_id: decision for decision in latest}


def _before(connection: sqlite3.Connection, finding_id: str, number: int, path: Path) -> Decision | None:
    """Return what held of a finding before the event of that number."""
    row = connection.execute(_BEFORE, (finding_id, number)).fetchone()
    return None if row is None else _stored(row[0], path)


def _stored(row: str, path: Path) -> Decision:
    try:
        return Decision.model_validate_json(row)
    except ValueError as error:
        raise InputError(f"{path} is damaged: {DAMAGED_ADVICE}") from error


def _append(
    connection: sqlite3.Connection, act: str, decisions: Sequence[Decision], undoes: int | None = None
) -> None:
    """Add one event for each decision; together they are one change."""
    change = connection.execute("SELECT coalesce(max(change), 0) + 1 FROM event").fetchone()[0]
    at = datetime.now(UTC).isoformat()
    connection.executemany(
        "INSERT INTO event (change, act, at, finding_id, decision, undoes) VALUES (?, ?, ?, ?, ?, ?)",
        [(change, act, at, one.finding_id, one.model_dump_json(), undoes) for one in decisions],
    )


def _after(at: datetime, previous: Decision | None) -> datetime:
    """Return ``at``, or the moment after ``previous`` where a clock that was ahead made that one."""
    if previous is None or at > previous.decided_at:
        return at
    try:
        return previous.decided_at + timedelta(microseconds=1)
    except OverflowError:  # the end of time, from a file
        return previous.decided_at
