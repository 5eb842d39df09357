"""The picture of a story: its points by its outlets, who says what, and who says nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.report.points import Point, Voice, points
from pipeline.report.reader import anchor
from pipeline.report.text import clip
from schemas.contradiction import Contradiction, Relation
from schemas.report import Report, ReportArticle

ROWS = 40  # at most, that stand in the table; the others follow as a list
FEW_ROWS = 8  # that stand there whatever their width
CELLS = 1000  # more than these, and the table ends with the row
ALL_COLUMNS = 12  # up to as many stand in the table even where a text says nothing on any point
TEXT_LENGTH, WORDS_LENGTH = 160, 70  # characters


class State(StrEnum):
    """What one text has to do with a point; one without a cell is silent."""

    conflicts = "conflicts"
    update = "update"
    speakers_differ = "speakers differ"
    asserts = "says so"

    @property
    def sign(self) -> str:
        """What stands for it in a picture."""
        return _SIGNS[self]


_SIGNS = {State.conflicts: "≠", State.update: "→", State.speakers_differ: "“”", State.asserts: "●"}
SILENT = "·"

_STATE = {
    Relation.contradiction: State.conflicts,
    Relation.update: State.update,
    Relation.speakers_differ: State.speakers_differ,
}
_GRAVEST = tuple(_STATE)


@dataclass(frozen=True)
class Column:
    """One origin: an article, or several that are near-copies of one text."""

    number: int
    articles: tuple[ReportArticle, ...]
    is_draft: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Its outlets, each once."""
        return tuple(dict.fromkeys(article.label for article in self.articles))

    @property
    def published(self) -> date | None:
        """The first day that is known of its articles, null where none is."""
        return min((article.published for article in self.articles if article.published), default=None)


@dataclass(frozen=True)
class Position:
    """One of the things that are said on a disputed point, by the first who says so."""

    letter: str
    words: str


@dataclass(frozen=True)
class Cell:
    """What one column says on a point: which positions it takes, and where to read it.

    ``finding_id`` is the strongest finding that it is a side of, ``anchor`` the sentence in the reader.
    """

    state: State
    letters: tuple[str, ...]
    finding_id: str | None
    anchor: str | None


@dataclass(frozen=True)
class Row:
    """One point; ``cells`` is by the number of the column, without those that are silent.

    ``text`` is a sentence of one article, and ``worded`` the model's wording of it; each may be "".
    """

    text: str
    worded: str
    finding: Contradiction | None  # the strongest
    positions: tuple[Position, ...]
    cells: Mapping[int, Cell]
    origins: int
    speaker: str | None


@dataclass(frozen=True)
class Matrix:
    """Points by texts: ``rows`` and ``columns`` of the table, and the ``rest`` of the rows.

    ``silent`` are the columns that are left out of the table, as they say nothing on any of its rows.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    rest: tuple[Row, ...]
    silent: tuple[Column, ...]
    all_columns: tuple[Column, ...]


def matrix(report: Report) -> Matrix:
    """Return the points of a story: those in conflict first, strongest first, then by how many agree."""
    columns = _columns(report)
    number = {article.id: column.number for column in columns for article in column.articles}
    articles = {article.id: article for article in report.articles}
    place = {finding.id: i for i, finding in enumerate(report.contradictions)}
    rows = [_row(point, articles, number) for point in points(report)]
    rows = [row for row in rows if row.finding or len(row.cells) > 1]
    rows.sort(key=lambda row: _rank(row, place))
    shown = _shown(rows)
    speaking = {name for row in shown for name in row.cells}
    if len(columns) <= ALL_COLUMNS:
        speaking |= set(number.values())
    return Matrix(
        columns=tuple(column for column in columns if column.number in speaking),
        rows=shown,
        rest=tuple(rows[len(shown) :]),
        silent=tuple(column for column in columns if column.number not in speaking),
        all_columns=columns,
    )


def _shown(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the first rows: the wider the table they make, the fewer."""
    speaking: set[int] = set()
    for i, row in enumerate(rows[:ROWS]):
        speaking |= row.cells.keys()
        if i >= FEW_ROWS and len(speaking) * (i + 1) > CELLS:
            return tuple(rows[:i])
    return tuple(rows[:ROWS])


def _rank(row: Row, place: Mapping[str, int]) -> tuple[int, int, int, int]:
    if row.finding is None:
        return 2, 0, -row.origins, -len(row.cells)
    return int(row.finding.relation is not Relation.contradiction), place[row.finding.id], 0, 0


def _columns(report: Report) -> tuple[Column, ...]:
    """Return one column an origin, in the order of publication, those without a date last; a draft leads."""
    draft = report.draft
    by_origin: dict[str, list[ReportArticle]] = defaultdict(list)
    for article in sorted(report.articles, key=lambda article: article.published or date.max):
        if article is not draft:
            by_origin[article.origin].append(article)
    alone = [Column(0, (draft,), is_draft=True)] if draft is not None else []
    return (*alone, *(Column(i, tuple(same)) for i, same in enumerate(by_origin.values(), len(alone))))


def _row(point: Point, articles: Mapping[str, ReportArticle], number: Mapping[str, int]) -> Row:
    voices = [voice for voice in point.voices if voice.article_id in number]
    voices.sort(key=lambda voice: (number[voice.article_id], voice.span.start if voice.span else 0))
    groups = _positions(voices)
    groups = groups if len(groups) > 1 else []
    letters = {id(voice): _letter(i) for i, group in enumerate(groups) for voice in group}
    said: dict[int, list[Voice]] = defaultdict(list)
    for voice in voices:
        said[number[voice.article_id]].append(voice)
    return Row(
        text=clip(" ".join(point.text.split()), TEXT_LENGTH),
        worded=clip(" ".join(point.worded.split()), TEXT_LENGTH),
        finding=point.findings[0] if point.findings else None,
        positions=tuple(Position(_letter(i), _wording(group)) for i, group in enumerate(groups)),
        cells={column: _cell(own, letters, articles) for column, own in said.items()},
        origins=point.origins,
        speaker=point.speaker,
    )


def _cell(said: Sequence[Voice], letters: Mapping[int, str], articles: Mapping[str, ReportArticle]) -> Cell:
    findings = [voice.finding for voice in said if voice.finding]
    strongest = min(findings, key=lambda f: (_GRAVEST.index(f.relation), -f.confidence), default=None)
    anchors = (anchor(articles[voice.article_id], voice.span) for voice in said if voice.span)
    own = {letters[id(voice)] for voice in said if id(voice) in letters}
    return Cell(
        state=_STATE[strongest.relation] if strongest else State.asserts,
        letters=tuple(sorted(own, key=lambda letter: (len(letter), letter))),
        finding_id=strongest.id if strongest else None,
        anchor=next(filter(None, anchors), None),
    )


@dataclass
class _Party:
    """Voices that agree, and the ids of the findings that they are sides of."""

    voices: list[Voice]
    findings: set[str]


def _positions(voices: Iterable[Voice]) -> list[list[Voice]]:
    """Return the voices that take a side by what they agree on, in the order of the first of each.

    Two sides of one finding never come together, whatever else they have in common.
    """
    groups = [
        _Party([voice], {voice.finding.id} if voice.finding else set()) for voice in voices if voice.alike
    ]
    for sort in ("sentence", "words", "cluster"):
        joined: list[_Party] = []
        homes: dict[str, list[_Party]] = defaultdict(list)
        for group in groups:
            keys = dict.fromkeys(key for voice in group.voices for key in voice.alike if key.startswith(sort))
            rivals = (known for key in keys for known in homes[key])
            home = next((known for known in rivals if known.findings.isdisjoint(group.findings)), None)
            if home is None:
                joined.append(home := group)
            else:
                home.voices += group.voices
                home.findings |= group.findings
            for key in keys:
                if not any(known is home for known in homes[key]):
                    homes[key].append(home)
        groups = joined
    return [group.voices for group in groups]


def _wording(group: Sequence[Voice]) -> str:
    """Return the differing words of the first voice that has some, else what the first says."""
    voice = next((voice for voice in group if voice.differs), group[0])
    return clip(" ".join(voice.words.split()), WORDS_LENGTH)


def _letter(place: int) -> str:
    return chr(ord("A") + place) if place < 26 else f"A{place - 25}"
