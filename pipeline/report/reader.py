"""The articles in full, with the claims that were drawn from them in the margin."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.report.passage import Part, parts
from schemas.article import Role, Sentence
from schemas.contradiction import Contradiction, Side
from schemas.record import Span
from schemas.report import Report, ReportArticle, ReportClaim
from schemas.verdict import Label, Stance


@dataclass(frozen=True)
class Piece:
    """A stretch of an article: a sentence with its ``anchor``, or what stands between two, with none.

    ``numbers`` are those of the notes on it; ``is_apart`` says that no claim is drawn from it.
    """

    parts: tuple[Part, ...]
    anchor: str | None = None
    numbers: tuple[int, ...] = ()
    is_apart: bool = False


@dataclass(frozen=True)
class Against:
    """A finding that a sentence is a side of, with the article on its other side."""

    finding: Contradiction
    other: str  # its id


@dataclass(frozen=True)
class Backing:
    """A sentence that supports a claim; ``anchor`` is null where the report does not hold it."""

    article_id: str
    anchor: str | None


@dataclass(frozen=True)
class Note:
    """What the margin says on one sentence: a claim (null where there is none), and findings about it.

    ``backing`` are the sentences of other articles that support the claim, the first of each article.
    """

    number: int
    anchor: str
    claim: ReportClaim | None
    against: tuple[Against, ...]
    backing: tuple[Backing, ...] = ()

    @property
    def is_worded_anew(self) -> bool:
        """Tell whether the claim reads otherwise than its sentence, which stands beside it."""
        return self.claim is not None and self.claim.text.rstrip(".") not in self.claim.quote


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of an article; the parts of all pieces of all paragraphs join to the article's text."""

    role: Role
    pieces: tuple[Piece, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Reading:
    """One article in full."""

    article: ReportArticle
    paragraphs: tuple[Paragraph, ...]
    claims: int
    findings: int


def reading(report: Report) -> tuple[Reading, ...]:
    """Return the articles of a report with their claims, in time linear in their text but for sorting."""
    claims: dict[str, list[ReportClaim]] = defaultdict(list)
    for claim in report.claims:
        claims[claim.article_id].append(claim)
    sides: dict[str, list[tuple[Side, Against]]] = defaultdict(list)
    for finding in report.contradictions:
        for side, other in (finding.sides, finding.sides[::-1]):
            sides[side.article_id].append((side, Against(finding, other.article_id)))
    articles = {article.id: article for article in report.articles}
    return tuple(
        _reading(article, _notes(article, claims[article.id], sides[article.id], articles), sides[article.id])
        for article in report.articles
    )


def anchor(article: ReportArticle, span: Span) -> str | None:
    """Return the id of the element that holds the sentence at ``span``, or None where no sentence does."""
    place = _place(article.sentences, span)
    return None if place is None else _anchor(article, article.sentences[place])


def _anchor(article: ReportArticle, sentence: Sentence) -> str:
    return f"s-{article.id}-{sentence.number}"


def _place(sentences: Sequence[Sentence], span: Span) -> int | None:
    """Return the index of the sentence in which ``span`` begins."""
    place = bisect_right(sentences, span.start, key=lambda sentence: sentence.span.start) - 1
    return None if place < 0 or span.start >= sentences[place].span.end else place


def _reading(
    article: ReportArticle, notes: Mapping[int, Sequence[Note]], sides: Sequence[tuple[Side, Against]]
) -> Reading:
    differs = _joined([span for side, _ in sides for span in side.differs])
    return Reading(
        article=article,
        paragraphs=tuple(_paragraphs(article, notes, differs)),
        claims=sum(note.claim is not None for own in notes.values() for note in own),
        findings=len({against.finding.id for _, against in sides}),
    )


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Return the spans in order, those that overlap as one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if found and span.start <= found[-1].end:
            found[-1] = Span(start=found[-1].start, end=max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _notes(
    article: ReportArticle,
    claims: Sequence[ReportClaim],
    sides: Sequence[tuple[Side, Against]],
    articles: Mapping[str, ReportArticle],
) -> Mapping[int, Sequence[Note]]:
    """Return the notes by the index of their sentence; a finding stands with its claim if that is there."""
    against: dict[tuple[int, str | None], list[Against]] = defaultdict(list)
    for side, one in sides:
        if (place := _place(article.sentences, side.span)) is not None:
            against[place, side.claim_id].append(one)
    found: dict[int, list[tuple[ReportClaim | None, Sequence[Against]]]] = defaultdict(list)
    for claim in claims:
        if (place := _place(article.sentences, claim.span)) is not None:
            found[place].append((claim, against.pop((place, claim.id), ())))
    for (place, _), rest in against.items():
        found[place].append((None, rest))
    notes: dict[int, list[Note]] = defaultdict(list)
    number = 0
    for place in sorted(found):
        name = _anchor(article, article.sentences[place])
        for said, findings in found[place]:
            number += 1
            notes[place].append(Note(number, name, said, tuple(findings), _backing(said, articles)))
    return notes


def _backing(claim: ReportClaim | None, articles: Mapping[str, ReportArticle]) -> tuple[Backing, ...]:
    """Return where a claim's support stands, unless it is contradicted: that is what counts then."""
    if claim is None or claim.verdict.label is not Label.supported:
        return ()
    found: dict[str, Backing] = {}
    for evidence in claim.verdict.evidence:
        source = articles.get(evidence.article_id)
        if source and source.id not in found and evidence.stance is Stance.supports:
            found[source.id] = Backing(source.id, anchor(source, evidence.span))
    return tuple(found.values())


def _paragraphs(
    article: ReportArticle, notes: Mapping[int, Sequence[Note]], differs: Sequence[Span]
) -> Sequence[Paragraph]:
    """Return the paragraphs; what stands between two sentences goes with the first of them."""
    found: list[Paragraph] = []
    done = 0
    pieces: list[Piece] = []
    own: list[Note] = []
    sentences = article.sentences
    for place, sentence in enumerate(sentences):
        start, end = max(sentence.span.start, done), max(sentence.span.end, done)
        if start > done:
            pieces.append(_between(article, done, start))
        if place and sentence.paragraph != sentences[place - 1].paragraph:
            found.append(Paragraph(sentences[place - 1].role, tuple(pieces), tuple(own)))
            pieces, own = [], []
        here = notes.get(place, ())
        pieces.append(
            Piece(
                parts=_parts(article, start, end, differs),
                anchor=_anchor(article, sentence),
                numbers=tuple(note.number for note in here),
                is_apart=sentence.role in (Role.byline, Role.furniture),
            )
        )
        own += here
        done = end
    if done < len(article.text):
        pieces.append(_between(article, done, len(article.text)))
    if pieces:
        role = sentences[-1].role if sentences else Role.prose
        found.append(Paragraph(role, tuple(pieces), tuple(own)))
    return found


def _between(article: ReportArticle, start: int, end: int) -> Piece:
    return Piece((Part(article.text[start:end], differs=False),), is_apart=True)


def _parts(article: ReportArticle, start: int, end: int, differs: Sequence[Span]) -> tuple[Part, ...]:
    first = bisect_right(differs, start, key=lambda span: span.end)
    last = bisect_left(differs, end, key=lambda span: span.start)
    return parts(article.text[start:end], start, differs[first:last])
