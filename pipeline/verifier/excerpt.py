"""Cuts a long text down to the sentences that a claim is about."""

from collections import Counter
from math import fsum, log

from pipeline.reading.sentences import split_sentences
from pipeline.words import content_stems

WORDS = 110  # a small model reads short texts best


def excerpt(text: str, claim: str, words: int = WORDS) -> str:
    """Return ``text`` if it is short, else its sentences that hold most of ``claim``, in their order.

    Sentences are taken greedily, by the weight of the claim's words that none before has held, and from the
    beginning where none holds any. The last one taken may exceed ``words``.
    """
    flat = " ".join(text.split())
    if len(flat.split()) <= words:
        return flat
    sentences = [" ".join(text[s.span.start : s.span.end].split()) for s in split_sentences(text)]
    stems = [set(content_stems(sentence)) for sentence in sentences]
    counts = Counter(stem for group in stems for stem in group)
    weights = {
        stem: log(1 + len(sentences) / counts[stem]) for stem in set(content_stems(claim)) & counts.keys()
    }
    left, kept, room = dict(weights), set[int](), words
    while room > 0:
        gain = {
            i: fsum(left.get(s, 0.2 * weights.get(s, 0.0)) for s in stems[i])  # in whatever order they come
            for i in range(len(stems))
            if i not in kept
        }
        best = max(gain, key=lambda i: (gain[i], -i), default=None)
        if best is None or (gain[best] <= 0.0 and weights):
            break
        kept.add(best)
        room -= len(sentences[best].split())
        for stem in stems[best]:
            left.pop(stem, None)
    return " ".join(sentences[i] for i in sorted(kept)) or " ".join(flat.split()[:words])
