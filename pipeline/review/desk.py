"""What a run directory offers to a reviewer: one story, or the stories of a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from pydantic import Field, model_validator

from pipeline import store
from pipeline.decided import decided_sides
from pipeline.errors import InputError
from pipeline.report import IndexEntry, index_entry, render_html, render_index
from pipeline.report.index import unreported
from schemas.contradiction import ConflictKind, Relation
from schemas.decision import MAX_NOTE, DecidedSide, Decision, Decisions, DismissalReason, Ruling
from schemas.record import Record
from schemas.report import Report

_Stamp = tuple[int, ...] | None  # of a file; another one says that it was written anew


class Ruled(Record):
    """What a reviewer says of a finding; neither ruling nor note withdraws what was said before."""

    ruling: Ruling | None
    reason: DismissalReason | None = None
    note: str = Field(default="", max_length=MAX_NOTE)

    @model_validator(mode="after")
    def _reason_of_a_dismissal(self) -> "Ruled":
        if self.reason is not None and self.ruling is not Ruling.dismissed:
            raise ValueError("only what is dismissed has a reason")
        return self


@dataclass(frozen=True)
class _Finding:
    """What a decision keeps of its finding."""

    kind: ConflictKind
    relation: Relation
    sides: tuple[DecidedSide, DecidedSide]


class Desk:
    """One story, read anew when its report.json changes. Every method may be called from any thread.

    ``index_href`` leads from its page to the index of its batch. Each raises InputError when the report or
    the store of decisions cannot be used.
    """

    def __init__(self, folder: Path, index_href: str | None = None) -> None:
        self.folder = folder
        self._index_href = index_href
        self._stamp: _Stamp = None
        # Of every report that was shown: who sees a finding may decide on it, even if the story was checked
        # again meanwhile and the finding is gone.
        self._shown: Mapping[str, _Finding] = {}

    def report(self) -> Report:
        """Return the report as it is on disk."""
        stamp = _stamp(self.folder / "report.json")
        report = _read(self.folder, stamp)
        if stamp != self._stamp:
            found = {
                finding.id: _Finding(finding.kind, finding.relation, decided_sides(finding, report))
                for finding in report.contradictions
            }
            self._shown, self._stamp = {**self._shown, **found}, stamp
        return report

    def page(self) -> str:
        """Return the page of the story, with what is decided, or why nothing can be."""
        return render_html(
            self.report(),
            store.read_decisions(self.folder),
            is_served=True,
            locked=store.why_read_only(self.folder),
            index_href=self._index_href,
        )

    def decisions(self) -> Decisions:
        """Return what is decided."""
        return Decisions(story=self.report().story, decisions=store.read_decisions(self.folder))

    def decide(self, finding_id: str, ruled: Ruled) -> Decision | None:
        """Store a decision and return it, or None where no such finding was ever shown."""
        try:
            self.report()
        except InputError:
            if finding_id not in self._shown:
                raise
        finding = self._shown.get(finding_id)
        if finding is None:
            return None
        decision = Decision(
            finding_id=finding_id, decided_at=datetime.now(UTC), **dict(ruled), **vars(finding)
        )
        return store.record_decision(self.folder, decision)

    def undo(self) -> Sequence[store.Undone]:
        """Take the last change back and return what holds now of its findings; empty when there is none."""
        return store.undo_change(self.folder)

    def take_in(self, decisions: Decisions) -> store.Imported | None:
        """Store those that are newer than ours; None where they are of another story."""
        report = self.report()
        if decisions.story != report.story:
            return None
        known = {finding.id for finding in report.contradictions}
        return store.import_decisions(self.folder, decisions.decisions, known)

    def entry(self, path: str) -> IndexEntry:
        """Return the story's line in an index that it lies at ``path`` from; a broken one says why."""
        try:
            stamps = _stamp(self.folder / "report.json"), _stamp(self.folder / store.DECISIONS)
            return _entry(self.folder, path, stamps)
        except InputError as error:
            return IndexEntry(name=self.folder.name, problem=str(error))


class Batch:
    """The stories of a batch by the number they are served under, which stays while it is served."""

    def __init__(self, out: Path, folders: Sequence[Path]) -> None:
        self._out = out
        self.desks: dict[str, Desk] = {}
        self._refused: list[IndexEntry] = []
        for folder in folders:
            try:
                store.refuse_way_out(folder, out)
            except InputError as error:
                self._refused.append(IndexEntry(name=folder.name, problem=str(error)))
            else:
                self.desks[str(len(self.desks) + 1)] = Desk(folder, "../../")

    def page(self) -> str:
        """Return the index over the stories, those without a report among them."""
        entries = [desk.entry(f"story/{number}/") for number, desk in self.desks.items()]
        entries += self._refused
        known = {desk.folder.name for desk in self.desks.values()} | {entry.name for entry in entries}
        try:
            last = (self._out / "index.html").read_text(encoding="utf-8", errors="replace")
        except OSError:
            last = ""
        return render_index([*entries, *(entry for entry in unreported(last) if entry.name not in known)])


def open_desk(out: Path) -> Desk | Batch:
    """Return the story, or the batch of stories, in ``out``.

    Raises InputError when it is neither, or the one story or its decisions cannot be read.
    """
    folders = store.story_folders(out)
    if folders:
        return Batch(out, folders)
    desk = Desk(out)
    desk.decisions()
    return desk


@lru_cache(maxsize=4)  # a report can take tens of megabytes
def _read(folder: Path, stamp: _Stamp) -> Report:
    del stamp  # only says that what was read before is still true
    return store.read_report(folder)


@lru_cache(maxsize=4096)
def _entry(folder: Path, path: str, stamps: tuple[_Stamp, _Stamp]) -> IndexEntry:
    return index_entry(_read(folder, stamps[0]), path, store.read_decisions(folder))


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
