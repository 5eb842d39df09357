"""Finds the sentence that states a claim, and says when none does.

A small model counts badly, mixes up neighbouring sentences and puts one name in another's place. These checks
are of words alone: whether a sentence really bears a claim out is for a reader, or a model, to say.
"""

from collections.abc import Sequence

from pipeline.languages.reader import Reader
from pipeline.languages.table import reader_of
from pipeline.values.samename import same_name
from pipeline.words import containment
from schemas.article import Article, Sentence

IN_SENTENCE = 0.5  # the share of a claim's words that its own sentence must hold
NEARBY = 0.65  # the share that its sentence and those around it must hold; names come from there
CLEARLY_ELSEWHERE = 0.25  # how much better another sentence must fit before a claim is moved to it


def place(
    article: Article, sentences: Sequence[Sentence], named: int, text: str
) -> tuple[Sentence, str | None]:
    """Return the sentence that states ``text``, and why the claim must be dropped, if it must.

    ``sentences`` are those the model saw, in order; ``named`` is the index of the one it credits.
    """
    reader = reader_of(article.language)
    fits = [containment(text, article.quote(s.span), reader.stems) for s in sentences]
    best = max(range(len(sentences)), key=lambda i: (fits[i], -abs(i - named)))
    found = best if fits[best] >= fits[named] + CLEARLY_ELSEWHERE else named
    sentence = sentences[found]
    nearby = " ".join(article.quote(s.span) for s in sentences)
    if fits[found] < IN_SENTENCE or containment(text, nearby, reader.stems) < NEARBY:
        return sentence, "its words are not in its sentence"
    if not _numbers(text, reader) <= _numbers(nearby, reader):
        return sentence, "it gives a number that its sentence does not have"
    if _swaps_a_name(text, article.quote(sentence.span), reader):
        return sentence, "it puts another name in the place of its sentence's"
    return sentence, None


def _numbers(text: str, reader: Reader) -> set[float]:
    return {quantity.value for quantity in reader.quantities(text)}


def _swaps_a_name(text: str, quote: str, reader: Reader) -> bool:
    """Tell whether the claim brings a name from elsewhere and leaves out the first that its sentence has.

    "He sailed to Dorrin" may become "Jan Kovar sailed to Dorrin"; "Norvia sold it" not "Jan Kovar sold it".
    """
    here = [name.text for name in reader.names(quote)]
    there = [name.text for name in reader.names(text)]
    brings = any(not any(same_name(x, y) for y in here) and containment(x, quote) < 1.0 for x in there)
    return brings and bool(here) and not any(same_name(here[0], y) for y in there)
