"""Finds, without a model, pairs of sentences of two articles whose values exclude each other.

A conflict is found here even where the extractor missed the claim. Each sentence is compared with those of
the other articles that share some of its words and hold values of the same kind. One quotation given to two
people is found too where the speaker is named in a sentence nearby.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from pipeline.languages.table import reader_of
from pipeline.nearby import Reading, near, read_sentence
from pipeline.people import Credit, are_two
from pipeline.quoting import flat
from pipeline.remembered import remembered
from pipeline.speakers import credit_of
from pipeline.values.differences import MIN_QUOTED, Difference, differences
from pipeline.values.passage import Passage, read_passage
from pipeline.values.quotations import compare_quotations
from pipeline.values.relations import Told, facts_apart, told_in
from pipeline.values.words import find_words
from pipeline.words import content_stems
from schemas.article import Article, Sentence
from schemas.contradiction import ConflictKind, Side
from schemas.record import Span
from schemas.suspicion import Suspicion

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


def compare(articles: Sequence[Article], sources: Sequence[Article] = ()) -> tuple[Suspicion, ...]:
    """Return every difference of values between sentences of two texts, in the texts' order.

    An article is set against every other one and every source, a source against no other source.

    A sentence that both articles have is left out: one copied it, whatever day its "Tuesday" was, and what
    an article itself puts side by side is no conflict between two.
    """
    return tuple(suspicion for part in comparing(articles, sources) for suspicion in part)


def comparing(articles: Sequence[Article], sources: Sequence[Article] = ()) -> Iterator[Sequence[Suspicion]]:
    """Yield what ``compare`` returns in parts that take some milliseconds at most, many of them empty."""
    texts = (*articles, *sources)
    around = max((article.published for article in texts if article.published), default=None)
    read: list[list[Reading]] = []
    for article in texts:
        read.append([])
        for s in article.sentences:
            if s.is_readable and not _is_correction(article, s):
                read[-1].append(read_sentence(article, s, around))
            yield ()
    told = [_told(sentences) for sentences in read]
    relations = [{one.fact.relation for one in facts} for facts in told]
    for i, others in enumerate(islice(near(read), len(articles))):
        for j in range(i + 1, len(texts)):
            if texts[i].read_as != texts[j].read_as:
                continue
            between = list(_between(others[j])) if j in others else []
            if not relations[i].isdisjoint(relations[j]):
                known = {_pair(suspicion) for suspicion in between}
                for x, y in facts_apart(told[i], told[j]):
                    suspicion = _of_facts(x, read[i][x.sentence], y, read[j][y.sentence])
                    if _pair(suspicion) not in known:
                        known.add(_pair(suspicion))
                        between.append(suspicion)
            yield between


def _is_correction(article: Article, sentence: Sentence) -> bool:
    return reader_of(article.language).has_all_rules and bool(_CORRECTION.search(flat(article, sentence)))


def _told(sentences: Sequence[Reading]) -> tuple[Told, ...]:
    """Return the facts of an article; a sentence that opens with a pronoun has the words before it too."""
    if sentences and not reader_of(sentences[0].article.language).has_all_rules:
        return ()
    given = []
    for i, read in enumerate(sentences):
        before = sentences[i - 1].content if i and _PRONOUN.match(read.passage.text) else frozenset()
        given.append((i, read_passage(read.passage), read.content | before))
    return told_in(given)


def _of_facts(x: Told, a: Reading, y: Told, b: Reading) -> Suspicion:
    said = x.fact.span.cut(a.passage.text), y.fact.span.cut(b.passage.text)
    sides = (_side(a, (x.fact.span,)), _side(b, (y.fact.span,)))
    return Suspicion(sides=sides, found_by="values", kind=x.fact.kind, what=f"{said[0]} against {said[1]}")


def _pair(suspicion: Suspicion) -> tuple[Span, ...]:
    return tuple(side.span for side in suspicion.sides)


def _between(pairs: Iterable[tuple[Reading, Reading]]) -> Iterator[Suspicion]:
    quotations: list[tuple[Reading, Reading]] = []
    credited: set[tuple[Span, ...]] = set()  # the speakers already set against each other
    for a, b in pairs:
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


def _may_differ(a: Reading, b: Reading) -> bool:
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


@remembered(most=65536)  # what many articles say alike is set against each other again and again
def _differences(a: Passage, b: Passage) -> tuple[Difference, ...]:
    return differences(a, b)


def _suspicions(a: Reading, b: Reading) -> Iterator[Suspicion]:
    for difference in _differences(a.passage, b.passage):
        said_a, said_b = difference.a_span.cut(a.passage.text), difference.b_span.cut(b.passage.text)
        if said_a.casefold() == said_b.casefold():
            continue  # "Tuesday" in two weeks' papers
        if difference.kind is ConflictKind.attribution and _is_of_two(
            a, difference.a_span, b, difference.b_span
        ):
            continue
        sides = (_side(a, (difference.a_span,)), _side(b, (difference.b_span,)))
        yield Suspicion(sides=sides, found_by="values", kind=difference.kind, what=difference.what)


def _is_of_two(a: Reading, within_a: Span, b: Reading, within_b: Span) -> bool:
    """Tell whether two wordings of a quotation are by two people: then each may have said his own."""
    said_by = []
    for read, within in ((a, within_a), (b, within_b)):
        at = read.sentence.span.start + within.start
        part = next((p for p in read.quoted if p.start <= at < p.end), None)
        said_by.append(credit_of(read.article, read.sentence, part) if part else None)
    one, other = said_by
    return one is not None and other is not None and are_two(a.article, one, b.article, other)


def _credited_twice(a: Reading, b: Reading) -> Iterator[tuple[tuple[Span, ...], Suspicion]]:
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


def _within(read: Reading, credit: Credit) -> Span | None:
    """Return where the speaker stands in the sentence, or None when he is named in another."""
    start, end = read.sentence.span.start, read.sentence.span.end
    if start <= credit.span.start and credit.span.end <= end:
        return Span(start=credit.span.start - start, end=credit.span.end - start)
    return None


def _side(read: Reading, within: Sequence[Span | None]) -> Side:
    start = read.sentence.span.start
    spans = (Span(start=start + span.start, end=start + span.end) for span in within if span)
    return Side(
        article_id=read.article.id,
        span=read.sentence.span,
        quote=read.article.quote(read.sentence.span),
        differs=tuple(spans),
    )
