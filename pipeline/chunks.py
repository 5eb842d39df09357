"""Cuts an article into the chunks of sentences that claims are asked for in, a few sentences at a time."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from schemas.article import Article, Sentence

CHUNK_SENTENCES = 8
CHUNK_CHARACTERS = 2000
WINDOW: Final = 7  # sentences to either side among which the first of a chunk stands out

Chunk = tuple[Sentence, ...]
Cut = Callable[[Article], Iterator[Chunk]]


def by_count(article: Article) -> Iterator[Chunk]:
    """Yield the readable sentences a few at a time, never so many that a small model loses its place."""
    yield from _filled(article, [s for s in article.sentences if s.is_readable])


def by_content(article: Article) -> Iterator[Chunk]:
    """Yield them so that an edit moves no border but those near it: for a text that is asked about again.

    A chunk begins, too, at each sentence whose hash is the least among those of its neighbours, as in
    Bjørner, Blass and Gurevich, "Content-dependent chunking for differential compression" (2010).
    """
    sentences = [s for s in article.sentences if s.is_readable]
    hashes = [_hash(article, s) for s in sentences]
    borders = [i for i in range(1, len(sentences)) if _is_least(hashes, i)]
    for begin, end in zip([0, *borders], [*borders, len(sentences)], strict=True):
        yield from _filled(article, sentences[begin:end])


def _filled(article: Article, sentences: Sequence[Sentence]) -> Iterator[Chunk]:
    chunk: list[Sentence] = []
    size = 0
    for sentence in sentences:
        length = sentence.span.end - sentence.span.start
        if chunk and (len(chunk) == CHUNK_SENTENCES or size + length > CHUNK_CHARACTERS):
            yield tuple(chunk)
            chunk, size = [], 0
        chunk.append(sentence)
        size += length
    if chunk:
        yield tuple(chunk)


def _hash(article: Article, sentence: Sentence) -> bytes:
    words = " ".join(article.quote(sentence.span).split())
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest()


def _is_least(hashes: Sequence[bytes], place: int) -> bool:
    near = hashes[max(0, place - WINDOW) : place + WINDOW + 1]
    return hashes[place] == min(near) and near.count(hashes[place]) == 1
