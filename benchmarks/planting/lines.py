"""The sentences of a story, read once, and the names to be found in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.planting.edits import COMPANY, Edit, Known
from benchmarks.planting.readings import Reading, read
from pipeline.people import are_two, person_of
from pipeline.quoting import flat
from pipeline.reading.metadata import read_front_matter, read_page
from pipeline.reading.sentences import split_sentences
from pipeline.speakers import credit_of
from pipeline.values.names import NameKind, same_name
from schemas.article import Article, Sentence


@dataclass(frozen=True)
class Line:
    """A sentence that claims may be drawn from, with its article and its values."""

    article: Article
    sentence: Sentence
    reading: Reading

    @property
    def quote(self) -> str:
        """The sentence exactly as it stands in the article."""
        return self.article.quote(self.sentence.span)


@dataclass(frozen=True)
class Rewrite:
    """A line and the edit that is made in it."""

    line: Line
    edit: Edit

    @property
    def edited(self) -> str:
        """The sentence as it stands in the article after the edit, its line breaks kept."""
        text = self.line.quote
        for start, end, after in reversed(self.edit.changes):
            text = text[:start] + after + text[end:]
        return text


def lines_of(articles: Sequence[Article]) -> list[Line]:
    """Return the readable sentences of all articles, in order."""
    return [
        Line(article, sentence, read(flat(article, sentence), article.published))
        for article in articles
        for sentence in article.sentences
        if sentence.is_readable
    ]


def known_names(lines: Sequence[Line]) -> Known:
    """Return the names of persons and countries in ``lines``, each once, in order of first mention.

    No towns: one of the story's may lie in another, and then the two do not exclude each other.
    """
    found: dict[NameKind, dict[str, None]] = {kind: {} for kind in NameKind}
    for line in lines:
        for name in line.reading.names:
            found[name.kind][name.text] = None
    full = [name for name in found[NameKind.person] if len(name.split()) > 1]
    surnames = [name for name in found[NameKind.person] if any(name in person.split() for person in full)]
    return Known(
        people=tuple(dict.fromkeys([*full, *surnames])),
        countries=tuple(found[NameKind.country]),
    )


def mentions(lines: Sequence[Line], name: str) -> int:
    """Return in how many of ``lines`` the name, or a form of it, occurs."""
    return sum(any(same_name(name, other.text) for other in line.reading.names) for line in lines)


def is_said_by_two(one: Line, other: Line) -> bool:
    """Tell whether two lines are surely credited to two speakers: then they differ, and nothing conflicts."""
    credit = credit_of(one.article, one.sentence)
    its = credit_of(other.article, other.sentence)
    return credit is not None and its is not None and are_two(one.article, credit, other.article, its)


def speakers_of(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the full names of the persons that ``lines`` are credited to, each once, in order."""
    found: dict[str, None] = {}
    for line in lines:
        credit = credit_of(line.article, line.sentence)
        name = person_of(line.article, credit) if credit and credit.is_sure else None
        if (
            name
            and len(name.split()) > 1
            and not COMPANY.search(name)
            and not any(same_name(name, known) for known in found)
        ):
            found[name] = None
    return tuple(found)


def rewritten(article: Article, rewrites: Sequence[Rewrite]) -> str:
    """Return the article's text with its lines rewritten."""
    text = article.text
    for rewrite in sorted(rewrites, key=lambda r: -r.line.sentence.span.start):
        span = rewrite.line.sentence.span
        text = text[: span.start] + rewrite.edited + text[span.end :]
    return text


def reads_alike(article: Article, rewrites: Sequence[Rewrite]) -> bool:
    """Tell whether the rewritten article splits into the same sentences, and says the same of itself."""
    text = rewritten(article, rewrites)
    sentences = split_sentences(text, read_front_matter(text)[1])
    roles = [(s.role, s.paragraph) for s in article.sentences]
    if [(s.role, s.paragraph) for s in sentences] != roles:
        return False
    if read_page(text, sentences).published != read_page(article.text, article.sentences).published:
        return False
    quotes = {sentences[r.line.sentence.number - 1].span.cut(text) for r in rewrites}
    return quotes == {rewrite.edited for rewrite in rewrites}
