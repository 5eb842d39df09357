"""The sentences of a draft in order, each with a mark: what its sources make of it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from pipeline.report.passage import Part
from pipeline.report.reader import Note, Piece, anchor, reading
from schemas.article import Role, Sentence
from schemas.contradiction import Relation
from schemas.report import Report, ReportArticle
from schemas.verdict import Label, UnsupportedReason


class Mark(StrEnum):
    """What the sources make of a sentence; of several claims in it, what comes first here holds for it."""

    contradicted = "contradicted"
    not_checked = "not checked"
    in_no_source = "said by no source"
    supported = "supported"
    nothing = "nothing to check"


MARK_EXPLAINED: Final[Mapping[Mark, str]] = MappingProxyType(
    {
        Mark.contradicted: "a source says otherwise",
        Mark.not_checked: "it could not be read, judged or compared",
        Mark.in_no_source: "no source settles it, which makes it neither false nor true",
        Mark.supported: "at least one source states it too",
        Mark.nothing: "no claim was found in it",
    }
)
_OF_LABEL: Final[Mapping[Label, Mark]] = MappingProxyType(
    {
        Label.contradicted: Mark.contradicted,
        Label.error: Mark.not_checked,
        Label.unsupported: Mark.in_no_source,
        Label.supported: Mark.supported,
    }
)
_NOT_COMPARED: Final = (UnsupportedReason.nothing_to_compare.value, UnsupportedReason.other_languages.value)
_UNREAD: Final = "it was not read for claims"
_UNKNOWN: Final = "no claim was found in it, and the report does not tell whether it was read"
_BY_RULES: Final = "rules alone found nothing that differs, and no model was asked"
_APART: Final[Mapping[Role, str]] = MappingProxyType(
    {Role.byline: "a byline or dateline", Role.furniture: "page furniture"}
)


@dataclass(frozen=True)
class Remark:
    """What there is to say on one claim of a sentence, or on findings about it without one.

    ``mark`` is null where the findings are no contradiction.
    """

    mark: Mark | None
    note: Note


@dataclass(frozen=True)
class MarkedSentence:
    """A sentence of the draft.

    ``is_in_part`` says that the mark does not hold for all of its claims; ``why`` gives the reason for a mark
    that rests on no claim.
    """

    number: int
    role: Role
    is_first: bool  # of its paragraph
    parts: tuple[Part, ...]
    mark: Mark
    is_in_part: bool
    remarks: tuple[Remark, ...]
    why: str

    @property
    def told(self) -> str:
        """The mark in words."""
        return f"{self.mark.value}, in part" if self.is_in_part else self.mark.value


@dataclass(frozen=True)
class MarkedDraft:
    """A draft, sentence by sentence; ``counts`` has every mark."""

    article: ReportArticle
    sentences: tuple[MarkedSentence, ...]
    counts: Mapping[Mark, int]


def marked(report: Report) -> MarkedDraft | None:
    """Return the sentences of a report's draft with their marks; None where it has none, or not its text."""
    draft = report.draft
    if draft is None or not draft.sentences:
        return None
    [entry] = (entry for entry in reading(report) if entry.article is draft)
    pieces = [piece for paragraph in entry.paragraphs for piece in paragraph.pieces if piece.anchor]
    notes: dict[str | None, list[Note]] = defaultdict(list)
    for note in (note for paragraph in entry.paragraphs for note in paragraph.notes):
        notes[note.anchor].append(note)
        for span in note.claim.repeats if note.claim else ():
            notes[anchor(draft, span)].append(note)
    unchecked = _unchecked(report, draft)
    paragraphs = [None, *(sentence.paragraph for sentence in draft.sentences[:-1])]
    sentences = tuple(
        _marked(sentence, piece, notes[piece.anchor], unchecked, is_first=sentence.paragraph != before)
        for sentence, piece, before in zip(draft.sentences, pieces, paragraphs, strict=True)
        if any(letter.isalnum() for part in piece.parts for letter in part.text)  # not a heading's mark
    )
    counted = Counter(sentence.mark for sentence in sentences)
    return MarkedDraft(draft, sentences, {mark: counted[mark] for mark in Mark})


def _marked(
    sentence: Sentence,
    piece: Piece,
    notes: Sequence[Note],
    unchecked: Mapping[int, str],
    *,
    is_first: bool,
) -> MarkedSentence:
    remarks = tuple(Remark(_mark(note), note) for note in notes)
    marks = [remark.mark for remark in remarks if remark.mark]
    why = ""
    if marks:
        mark = min(marks, key=list(Mark).index)
    elif sentence.role in _APART:
        mark, why = Mark.nothing, _APART[sentence.role]
    elif sentence.number in unchecked:
        mark, why = Mark.not_checked, unchecked[sentence.number]
    elif remarks:  # found by code, which compares what no claim was drawn from, too
        mark = Mark.not_checked
    else:
        mark = Mark.nothing
    return MarkedSentence(
        number=sentence.number,
        role=sentence.role,
        is_first=is_first,
        parts=piece.parts,
        mark=mark,
        is_in_part=len(set(marks)) > 1,
        remarks=remarks,
        why=why,
    )


def _mark(note: Note) -> Mark | None:
    if any(against.finding.relation is Relation.contradiction for against in note.against):
        return Mark.contradicted
    if note.claim is None:
        return None
    verdict = note.claim.verdict
    if verdict.label is Label.unsupported and verdict.reason in _NOT_COMPARED:
        return Mark.not_checked
    return _OF_LABEL[verdict.label]


def _unchecked(report: Report, draft: ReportArticle) -> dict[int, str]:
    """Return why sentences were not checked, by number, of those that no claim is drawn from.

    Older reports tell how many could not be read, or what was left out, and not of which sentence: there none
    is said to hold nothing.
    """
    readable = [sentence.number for sentence in draft.sentences if sentence.role not in _APART]
    if report.run.by_rules:
        return dict.fromkeys(readable, _BY_RULES)
    failures = [failure for failure in report.run.failures if failure.article_id == draft.id]
    unread = {number for failure in failures for number in failure.sentences}
    dropped = [dropped for dropped in report.dropped if dropped.article_id == draft.id]
    is_known = len(readable) - len(unread) == report.run.coverage.sentences_read
    if not is_known or any(dropped.sentence is None for dropped in dropped):
        return dict.fromkeys(readable, _UNKNOWN)
    left_out = {one.sentence: f"what was drawn from it was left out: {one.reason}" for one in dropped}
    return {n: why for n, why in left_out.items() if n is not None} | dict.fromkeys(unread, _UNREAD)
