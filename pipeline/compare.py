"""Finds, without a model, pairs of sentences of two articles whose values exclude each other.

A conflict is found here even where the extractor missed the claim. Each sentence is compared with those of
the other articles that share some of its words and hold values of the same kind. One quotation given to two
people is found too where the speaker is named in a sentence nearby.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from pipeline.people import Credit, are_two
from pipeline.quoting import flat, quoted_parts
from pipeline.speakers import credit_of
from pipeline.values.differences import MIN_QUOTED, differences
from pipeline.values.exclusive import outcomes
from pipeline.values.passage import Passage, read_passage
from pipeline.values.polarity import negations
from pipeline.values.quotations import compare_quotations
from pipeline.values.relations import Told, facts_apart, told_in
from pipeline.values.words import find_words
from pipeline.words import content_stems
from schemas.article import Article, Sentence
from schemas.contradiction import ConflictKind, Side
from schemas.record import Span
from schemas.suspicion import Suspicion

LEAST_SHARED = 3  # content words two sentences must share to be compared at all
LEAST_SHARED_QUOTED = 2  # the same where both quote somebody: a quotation may be short
LEAST_OPPOSED = 3  # content words that a clause shares with the one it denies
LEAST_QUOTED_STEMS = 5  # content words in a quotation that hardly two people say by chance
LEAST_QUOTED_WORDS = 8  # the same where two quotations are equal to the word
LEAST_ALIKE = 0.6  # the share of words without which names are in no common place: less than differences asks
_PRONOUN = re.compile(r"[\"“]?(?:It|Its|He|His|She|Her|They|Their|This|That)\b")
# An article that names what it got wrong before does not say it.
_CORRECTION = re.compile(
    r"^Corrections?\b|\bearlier version of (?:this|the) (?:article|story|report)"
    r"|\b(?:earlier|last|previous|day[’']s) (?:edition|issue) we\b|\bwe (?:wrongly|incorrectly|mistakenly) "
)
SAME_QUOTATION = 0.9  # the share of equal words from which two quotations are one


@dataclass(frozen=True)
class _Read:
    """A sentence with what decides whether comparing it with another can yield anything."""

    article: Article
    sentence: Sentence
    passage: Passage
    values: frozenset[str]  # which kinds of values it holds
    tokens: Counter[str]  # its words, names as one
    content: frozenset[str]  # its content words, negating ones included
    plain: frozenset[str]  # its content words outside names
    negations: int
    quoted: tuple[Span, ...]  # in the article's text


def compare(articles: Sequence[Article]) -> tuple[Suspicion, ...]:
    """Return every difference of values between sentences of two articles, in the articles' order.

    A sentence that both articles have is left out: one copied it, whatever day its "Tuesday" was, and what
    an article itself puts side by side is no conflict between two.
    """
    around = max((article.published for article in articles if article.published), default=None)
    read = [
        [
            _read(article, s, around)
            for s in article.sentences
            if s.is_readable and not _CORRECTION.search(flat(article, s))
        ]
        for article in articles
    ]
    told = [_told(sentences) for sentences in read]
    found: list[Suspicion] = []
    for i, j in combinations(range(len(articles)), 2):
        between = list(_between(read[i], read[j]))
        known = {_pair(suspicion) for suspicion in between}
        found += between
        for x, y in facts_apart(told[i], told[j]):
            suspicion = _of_facts(x, read[i][x.sentence], y, read[j][y.sentence])
            if _pair(suspicion) not in known:
                known.add(_pair(suspicion))
                found.append(suspicion)
    return tuple(found)


def _told(sentences: Sequence[_Read]) -> tuple[Told, ...]:
    """Return the facts of an article; a sentence that opens with a pronoun has the words before it too."""
    given = []
    for i, read in enumerate(sentences):
        before = sentences[i - 1].content if i and _PRONOUN.match(read.passage.text) else frozenset()
        given.append((i, read_passage(read.passage), read.content | before))
    return told_in(given)


def _of_facts(x: Told, a: _Read, y: Told, b: _Read) -> Suspicion:
    said = x.fact.span.cut(a.passage.text), y.fact.span.cut(b.passage.text)
    sides = (_side(a, (x.fact.span,)), _side(b, (y.fact.span,)))
    return Suspicion(sides=sides, found_by="values", kind=x.fact.kind, what=f"{said[0]} against {said[1]}")


def _pair(suspicion: Suspicion) -> tuple[Span, ...]:
    return tuple(side.span for side in suspicion.sides)


def _read(article: Article, sentence: Sentence, around: date | None) -> _Read:
    text = flat(article, sentence)
    passage = Passage(text=text, published=article.published, around=None if article.published else around)
    read = read_passage(passage)
    quoted = quoted_parts(article, sentence)
    present = {
        "quantity": read.quantities,
        "date": read.dates,
        "time": read.times,
        "name": read.names,
        "quotation": quoted,
        "outcome": outcomes(text),
    }
    return _Read(
        article=article,
        sentence=sentence,
        passage=passage,
        values=frozenset(kind for kind, values in present.items() if values),
        tokens=Counter(token.key for token in read.tokens),
        content=frozenset(word.key for word in find_words(text) if word.is_content),
        plain=frozenset(token.key for token in read.tokens if token.is_content and not token.name),
        negations=len(negations(text)),
        quoted=quoted,
    )


def _between(one: Sequence[_Read], other: Sequence[_Read]) -> Iterator[Suspicion]:
    quotations: list[tuple[_Read, _Read]] = []
    credited: set[tuple[Span, ...]] = set()  # the speakers already set against each other
    texts_one, texts_other = ({read.passage.text for read in side} for side in (one, other))
    for a in one:
        if a.passage.text in texts_other:
            continue
        for b in other:
            least = LEAST_SHARED_QUOTED if a.quoted and b.quoted else LEAST_SHARED
            if len(a.content & b.content) < least or b.passage.text in texts_one:
                continue
            if _may_differ(a, b):
                for suspicion in _suspicions(a, b):
                    credited.add(tuple(span for side in suspicion.sides for span in side.differs))
                    yield suspicion
            if a.quoted and b.quoted:
                quotations.append((a, b))
    for a, b in quotations:
        for spans, suspicion in _credited_twice(a, b):
            if spans not in credited:
                credited.add(spans)
                yield suspicion


def _may_differ(a: _Read, b: _Read) -> bool:
    """Tell whether ``differences`` can find anything between two sentences; it costs much more to ask."""
    shared = a.values & b.values
    if shared - {"name"}:
        return True
    if "name" in shared:
        equal = sum((a.tokens & b.tokens).values())
        least = LEAST_ALIKE * min(a.tokens.total(), b.tokens.total())
        if equal >= least or len(a.plain & b.plain) >= LEAST_ALIKE * min(len(a.plain), len(b.plain)):
            return True
    # A negation in one of them: the clause that denies has hardly a word that the other lacks.
    return bool(a.negations or b.negations) and len(a.content & b.content) >= LEAST_OPPOSED


def _suspicions(a: _Read, b: _Read) -> Iterator[Suspicion]:
    for difference in differences(a.passage, b.passage):
        said_a, said_b = difference.a_span.cut(a.passage.text), difference.b_span.cut(b.passage.text)
        if said_a.casefold() == said_b.casefold():
            continue  # "Tuesday" in two weeks' papers
        if difference.kind is ConflictKind.attribution and _is_of_two(
            a, difference.a_span, b, difference.b_span
        ):
            continue
        sides = (_side(a, (difference.a_span,)), _side(b, (difference.b_span,)))
        yield Suspicion(sides=sides, found_by="values", kind=difference.kind, what=difference.what)


def _is_of_two(a: _Read, within_a: Span, b: _Read, within_b: Span) -> bool:
    """Tell whether two wordings of a quotation are by two people: then each may have said his own."""
    said_by = []
    for read, within in ((a, within_a), (b, within_b)):
        at = read.sentence.span.start + within.start
        part = next((p for p in read.quoted if p.start <= at < p.end), None)
        said_by.append(credit_of(read.article, read.sentence, part) if part else None)
    one, other = said_by
    return one is not None and other is not None and are_two(a.article, one, b.article, other)


def _credited_twice(a: _Read, b: _Read) -> Iterator[tuple[tuple[Span, ...], Suspicion]]:
    """Yield the quotations in both sentences that are surely credited to two people."""
    for part_a in a.quoted:
        for part_b in b.quoted:
            if not _is_one_quotation(part_a.cut(a.article.text), part_b.cut(b.article.text)):
                continue
            one = credit_of(a.article, a.sentence, part_a)
            other = credit_of(b.article, b.sentence, part_b)
            if one is None or other is None or not (one.is_sure and other.is_sure):
                continue
            if are_two(a.article, one, b.article, other):
                sides = (_side(a, (_within(a, one),)), _side(b, (_within(b, other),)))
                what = f"{one.speaker} against {other.speaker}"
                yield (
                    (one.span, other.span),
                    Suspicion(sides=sides, found_by="values", kind=ConflictKind.attribution, what=what),
                )


def _is_one_quotation(a: str, b: str) -> bool:
    words = [[word.key for word in find_words(text)] for text in (a, b)]
    if words[0] == words[1]:
        return len(words[0]) >= LEAST_QUOTED_WORDS
    if len(set(content_stems(a)) & set(content_stems(b))) < LEAST_QUOTED_STEMS:
        return False
    wordings = compare_quotations(a, b)
    is_close = wordings.shared >= MIN_QUOTED and wordings.similarity >= SAME_QUOTATION
    return wordings.is_same and is_close and not wordings.differs


def _within(read: _Read, credit: Credit) -> Span | None:
    """Return where the speaker stands in the sentence, or None when he is named in another."""
    start, end = read.sentence.span.start, read.sentence.span.end
    if start <= credit.span.start and credit.span.end <= end:
        return Span(start=credit.span.start - start, end=credit.span.end - start)
    return None


def _side(read: _Read, within: Sequence[Span | None]) -> Side:
    start = read.sentence.span.start
    spans = (Span(start=start + span.start, end=start + span.end) for span in within if span)
    return Side(
        article_id=read.article.id,
        span=read.sentence.span,
        quote=read.article.quote(read.sentence.span),
        differs=tuple(spans),
    )
