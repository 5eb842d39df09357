"""Reads the sentences of a story to compare them, and finds those of two articles that share words enough."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.quoting import quoted_parts, told
from pipeline.sharing import Sharing, places
from pipeline.values.exclusive import outcomes
from pipeline.values.passage import Passage, read_passage
from schemas.article import Article, Sentence
from schemas.record import Span

LEAST_SHARED = 3  # content words two sentences must share to be compared at all
LEAST_SHARED_QUOTED = 2  # the same where both quote somebody: a quotation may be short


@dataclass(frozen=True)
class Reading:
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


def read_sentence(article: Article, sentence: Sentence, around: date | None) -> Reading:
    """Return a sentence as it is compared; ``around`` is a day near the story, for articles without one."""
    text = told(article, sentence)
    day = None if article.published else around
    passage = Passage(text=text, published=article.published, around=day, language=article.language)
    read = read_passage(passage)
    reader = read.reader
    quoted = quoted_parts(article, sentence)
    present = {
        "quantity": read.quantities,
        "date": read.dates,
        "time": read.times,
        "name": read.names,
        "quotation": quoted,
        "outcome": outcomes(text) if reader.has_all_rules else (),
    }
    return Reading(
        article=article,
        sentence=sentence,
        passage=passage,
        values=frozenset(kind for kind, values in present.items() if values),
        tokens=Counter(token.key for token in read.tokens),
        content=frozenset(word.key for word in reader.words(text) if word.is_content),
        plain=frozenset(token.key for token in read.tokens if token.is_content and not token.name),
        negations=len(reader.negations(text)),
        quoted=quoted,
    )


def near(read: Sequence[Sequence[Reading]]) -> Iterator[Mapping[int, list[tuple[Reading, Reading]]]]:
    """Yield, article by article, its sentences with those of each later one that share words enough.

    They are by the place of the other article. What both articles have is left out, on both sides.
    """
    every = [(i, one) for i, sentences in enumerate(read) for one in sentences]
    sharing = Sharing([one.content for _, one in every])
    quoting = sum(1 << place for place, (_, one) in enumerate(every) if one.quoted)
    having: defaultdict[str, int] = defaultdict(int)  # the sentences of a text, as bits
    beside: defaultdict[str, int] = defaultdict(int)  # all those of the articles that have it
    end = 0
    for sentences in read:
        begin, end = end, end + len(sentences)
        for place, one in enumerate(sentences, begin):
            having[_proper(one)] |= 1 << place
            beside[_proper(one)] |= (1 << end) - (1 << begin)
    end = 0
    for sentences in read:
        end += len(sentences)
        copied = 0
        for one in sentences:
            copied |= having[_proper(one)]
        found: defaultdict[int, list[tuple[Reading, Reading]]] = defaultdict(list)
        for one in sentences:
            shared = sharing.counts(one.content, LEAST_SHARED)
            bits = shared[LEAST_SHARED - 1] | (shared[LEAST_SHARED_QUOTED - 1] & quoting if one.quoted else 0)
            for place in places((bits & ~(copied | beside[_proper(one)])) >> end):
                j, other = every[place + end]
                found[j].append((one, other))
        yield found


def _proper(read: Reading) -> str:
    """Return the sentence without its dateline, by which two copies of it may differ."""
    return read.passage.text.lstrip()
