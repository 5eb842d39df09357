"""Says what each candidate sentence does to a claim: supports it, contradicts it, or neither.

The language model is asked for one letter; its odds become probabilities by a fitted map. A candidate that
holds the claim word for word needs no model.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.errors import AnswerError
from pipeline.languages.reader import Reader
from pipeline.languages.table import reader_of
from pipeline.logs import about
from pipeline.progress import Progress
from pipeline.retrieve import Candidate
from pipeline.values.comparison import Comparison
from pipeline.values.quantities import compare_quantities
from pipeline.verifier.judge import Judge, Pair
from schemas.claim import Claim
from schemas.verdict import Evidence, Stance

STAGE = "verify"
# A flag that a reviewer dismisses costs more than one that is missed.
LEAST_CONTRADICTS = 0.6
LEAST_SUPPORTS = 0.5
LEAST_WORDS = 5  # a shorter claim is found word for word in too many places
VERBATIM_CONFIDENCE = 0.97

# Words that leave open, or take back, what stands beside them.
_TAKEN_BACK = re.compile(
    r"\b(?:reject|dismiss|disput|den(?:y|ies|ied|ial)|refut|doubt|rumou?r|alleg|false|untrue|wrong|unconfirmed"
    r"|whether|if|unless|would|could|might|claims? that|claimed)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Judged:
    """What the candidates say about one claim; ``error`` is set when a question went unanswered."""

    claim_id: str
    evidence: tuple[Evidence, ...]
    error: str | None = None


async def verify(
    claim: Claim, candidates: Sequence[Candidate], published: date | None, judge: Judge, progress: Progress
) -> Judged:
    """Return the stance of each candidate towards ``claim``, in order; ``published`` is the claim's day.

    A question that fails leaves the others standing.
    """
    with about(claim=claim.id):
        results = await asyncio.gather(
            *(_stance(claim, candidate, published, judge) for candidate in candidates),
            return_exceptions=True,
        )
    progress.step(STAGE)
    evidence: list[Evidence] = []
    error: str | None = None
    for result in results:
        if isinstance(result, AnswerError):
            error = str(result)
        elif isinstance(result, BaseException):
            raise result
        else:
            evidence.append(result)
    return Judged(claim.id, tuple(evidence), error)


async def _stance(claim: Claim, candidate: Candidate, published: date | None, judge: Judge) -> Evidence:
    language = candidate.article.language
    reader = reader_of(language)
    if _holds_word_for_word(candidate.quote, claim.text, reader):
        return _evidence(candidate, Stance.supports, VERBATIM_CONFIDENCE)
    days = candidate.article.published, published
    pair = Pair(" ".join(candidate.quote.split()), claim.text, days, language)
    scores = await judge.weigh(pair, stage=STAGE)
    if scores.contradicted >= LEAST_CONTRADICTS:
        return _evidence(candidate, Stance.contradicts, scores.contradicted)
    if scores.supported >= LEAST_SUPPORTS and _has_its_numbers(candidate.quote, claim.text, reader):
        return _evidence(candidate, Stance.supports, scores.supported)
    return _evidence(candidate, Stance.neutral, 1.0 - max(scores.supported, scores.contradicted))


def _evidence(candidate: Candidate, stance: Stance, confidence: float) -> Evidence:
    return Evidence(
        article_id=candidate.article.id,
        span=candidate.sentence.span,
        quote=candidate.quote,
        stance=stance,
        confidence=round(confidence, 3),
    )


def _has_its_numbers(sentence: str, claim: str, reader: Reader) -> bool:
    """Tell whether every number of the claim stands in the sentence, as such or in other units or words."""
    there = reader.quantities(sentence)
    return all(
        any(q.value == t.value or compare_quantities(q, t) is Comparison.same for t in there)
        for q in reader.quantities(claim)
    )


def _holds_word_for_word(sentence: str, claim: str, reader: Reader) -> bool:
    """Tell whether ``sentence`` says ``claim`` in the same words in a row, and takes none of it back.

    Spellings and inflections of a word are the same; one word more or less is for the model to judge. Where
    it is not known what takes back, it has to be the whole sentence.
    """
    wanted, found = ([word.key for word in reader.words(text)] for text in (claim, sentence))
    if len(wanted) < LEAST_WORDS or len(reader.negations(claim)) != len(reader.negations(sentence)):
        return False
    if not reader.has_all_rules:
        return wanted == found
    if len(_TAKEN_BACK.findall(claim)) != len(_TAKEN_BACK.findall(sentence)):
        return False
    size = len(wanted)
    return any(found[i : i + size] == wanted for i in range(len(found) - size + 1))
