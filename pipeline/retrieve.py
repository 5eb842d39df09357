"""Finds, for each claim, the few sentences of the other articles that could bear on it.

BM25 proposes, the weighted share of the claim's words decides: a sentence without a fair part of what the
claim is about cannot settle it, whatever its rank.
"""

import math
import warnings
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.languages.reader import Reader
from pipeline.languages.table import reader_of
from schemas.article import READ_WITHOUT_LANGUAGE, Article, Sentence
from schemas.claim import Claim

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "IProgress not found")  # its bar, which is never shown, in a notebook
    import bm25s

PROPOSED = 30  # sentences that BM25 proposes per claim, over all other articles
LEAST_OVERLAP = 0.34  # the share of the claim's weight that a candidate must hold
PER_ARTICLE = 1
PER_CLAIM = 3


@dataclass(frozen=True)
class Candidate:
    """A sentence of another article that could bear on a claim; ``overlap`` is 0 to 1."""

    article: Article
    sentence: Sentence
    overlap: float

    @property
    def quote(self) -> str:
        """The sentence's text."""
        return self.article.quote(self.sentence.span)


def retrieve(
    claims: Sequence[Claim], articles: Sequence[Article], languages: Mapping[str, str] = MappingProxyType({})
) -> Mapping[str, tuple[Candidate, ...]]:
    """Return the candidates of each claim by its id, best first; none for a claim that nothing comes near.

    They are sentences of ``articles``, but none of the claim's own, nor of one in another language:
    ``languages`` are those of articles by their ids, English where it is not told. BM25 as in Lù, "BM25S"
    (2024), with that library's defaults.
    """
    by_language: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_language[languages.get(claim.article_id, READ_WITHOUT_LANGUAGE)].append(claim)
    found: dict[str, tuple[Candidate, ...]] = {}
    for language, own in by_language.items():
        near = [article for article in articles if article.read_as == language]
        found |= _retrieve(own, near, reader_of(language))
    return found


def _retrieve(
    claims: Sequence[Claim], articles: Sequence[Article], reader: Reader
) -> Mapping[str, tuple[Candidate, ...]]:
    """Return the candidates of the claims in articles of one language."""
    places = [(a, s) for a in articles for s in a.sentences if s.is_readable]
    stems = [reader.stems(article.quote(sentence.span)) for article, sentence in places]
    if not any(stems):
        return {claim.id: () for claim in claims}
    weights = _weights(stems)
    unknown = max(weights.values())  # a word that no sentence has weighs as much as the rarest one
    index = bm25s.BM25()
    index.index([list(s) or [""] for s in stems], show_progress=False)
    found: dict[str, tuple[Candidate, ...]] = {}
    for claim in claims:
        words = reader.stems(claim.text)
        if not words:
            found[claim.id] = ()
            continue
        ranked, _ = index.retrieve([list(words)], k=min(PROPOSED, len(places)), show_progress=False)
        nearby = [int(i) for i in ranked[0] if places[int(i)][0].id != claim.article_id]
        total = sum(weights.get(word, unknown) for word in sorted(set(words)))
        scored = [Candidate(*places[i], _shared(words, stems[i], weights) / total) for i in nearby]
        found[claim.id] = _best(scored)
    return found


def _weights(sentences: Sequence[Sequence[str]]) -> Mapping[str, float]:
    """Return the inverse document frequency of each stem, with one sentence as a document."""
    counts = Counter(stem for sentence in sentences for stem in set(sentence))
    return {stem: math.log(1 + len(sentences) / count) for stem, count in counts.items()}


def _shared(claim: Sequence[str], sentence: Sequence[str], weights: Mapping[str, float]) -> float:
    """Return the weight of the stems that claim and sentence share; summed in one order, for equal sums."""
    return sum(weights[stem] for stem in sorted(set(claim) & set(sentence)))


def _best(scored: Sequence[Candidate]) -> tuple[Candidate, ...]:
    kept: list[Candidate] = []
    per_article: Counter[str] = Counter()
    for candidate in sorted(scored, key=lambda c: (-c.overlap, c.article.id, c.sentence.number)):
        if candidate.overlap < LEAST_OVERLAP or len(kept) == PER_CLAIM:
            break
        if per_article[candidate.article.id] < PER_ARTICLE:
            per_article[candidate.article.id] += 1
            kept.append(candidate)
    return tuple(kept)
