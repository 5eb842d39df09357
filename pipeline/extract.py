"""Pulls typed claims out of one article: the model words them, code places, types and checks them.

The article goes to the model as numbered sentences, a few at a time; it answers with the claims of each, and
the spans are cut here. What a claim says must stand in the sentence it is credited to, or it is dropped.
"""

import asyncio
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model
from rapidfuzz import fuzz

from pipeline.chunks import Cut, by_count
from pipeline.errors import AnswerError, AnswerTruncated, ContextTooLong
from pipeline.kinds import claim_kind
from pipeline.languages.reader import Reader
from pipeline.languages.table import reader_of
from pipeline.llm import Llm
from pipeline.logs import about
from pipeline.placing import place
from pipeline.progress import Progress
from pipeline.prompts import Prompt
from pipeline.speakers import speaker_of
from pipeline.values.dates import to_when
from pipeline.values.samename import same_name
from pipeline.verbatim import verbatim
from schemas.article import Article, Sentence
from schemas.claim import Claim, Dropped
from schemas.report import Failure

STAGE = "extract"
BEFORE_SENTENCES = 2
BEFORE_CHARACTERS = 300
TOKENS_A_SENTENCE = 160
CLAIMS_A_SENTENCE = 3  # at most; a small model can repeat itself without end
SAME_CLAIM = 92.0  # rapidfuzz token_sort_ratio from which two claims of one article are one


@dataclass(frozen=True)
class Extraction:
    """What was found in one article; ``read`` are the numbers of the sentences that were answered for."""

    claims: tuple[Claim, ...]
    dropped: tuple[Dropped, ...]
    failures: tuple[Failure, ...]
    read: frozenset[int]


@cache
def answer_schema(sentences: int) -> type[BaseModel]:
    """Return the schema of an answer about sentences 1 to ``sentences``: the claims of each, by its number.

    Each number has to be there, so that no sentence is passed over.
    """
    of_each: Any = {
        f"sentence_{n}": (list[str], Field(alias=str(n), max_length=CLAIMS_A_SENTENCE))
        for n in range(1, sentences + 1)
    }
    return create_model("Claims", __config__=ConfigDict(extra="forbid"), **of_each)


async def extract(
    article: Article, llm: Llm, prompt: Prompt, progress: Progress, cut: Cut = by_count
) -> Extraction:
    """Return the claims of ``article``, in the order of their sentences, repeats merged.

    It is asked about in the chunks that ``cut`` makes of it. A chunk that fails is recorded as a failure and
    the others go on.
    """
    with about(article=article.id):
        answers = await asyncio.gather(*(_ask(article, c, llm, prompt, progress) for c in cut(article)))
    found = _joined(answers)
    in_order = sorted(found.claims, key=lambda claim: claim.sentence)
    return replace(found, claims=tuple(_merged(in_order, reader_of(article.language))))


async def _ask(
    article: Article, chunk: Sequence[Sentence], llm: Llm, prompt: Prompt, progress: Progress
) -> Extraction:
    too_long = (AnswerTruncated, ContextTooLong) if len(chunk) > 1 else ()  # a shorter question may do
    numbered = "\n".join(f"{n}: {_flat(article, s)}" for n, s in enumerate(chunk, 1))
    values = {"before": _before(article, chunk[0]) or "-", "sentences": numbered}
    try:
        answer = await llm.structured(
            prompt.fill(values),
            answer_schema(len(chunk)),
            stage=STAGE,
            max_tokens=TOKENS_A_SENTENCE * (len(chunk) + 1),
            handled=too_long,
        )
    except too_long:
        half = len(chunk) // 2
        parts = [await _ask(article, part, llm, prompt, progress) for part in (chunk[:half], chunk[half:])]
        return _joined(parts)
    except AnswerError as error:
        return _failed(article, chunk, error, progress)
    progress.step(STAGE, len(chunk))
    return _placed(article, chunk, tuple(answer.model_dump().values()))


def _failed(
    article: Article, chunk: Sequence[Sentence], error: AnswerError, progress: Progress
) -> Extraction:
    first, last = chunk[0].number, chunk[-1].number
    where = f"{article.label}, sentence {first}" + (f" to {last}" if last > first else "")
    progress.step(STAGE, len(chunk))
    numbers = tuple(sentence.number for sentence in chunk)
    failure = Failure(
        stage="extract", article_id=article.id, where=where, reason=str(error), sentences=numbers
    )
    return Extraction((), (), (failure,), frozenset())


def _joined(parts: Sequence[Extraction]) -> Extraction:
    return Extraction(
        tuple(claim for part in parts for claim in part.claims),
        tuple(dropped for part in parts for dropped in part.dropped),
        tuple(failure for part in parts for failure in part.failures),
        frozenset(number for part in parts for number in part.read),
    )


def _flat(article: Article, sentence: Sentence) -> str:
    """Return the sentence on one line, so that text cannot pass for the numbering around it."""
    return " ".join(article.quote(sentence.span).split())


def _earlier(article: Article, first: Sentence) -> list[Sentence]:
    """Return the readable sentences just before ``first``, which the model sees for their names."""
    return [s for s in article.sentences if s.is_readable and s.number < first.number][-BEFORE_SENTENCES:]


def _before(article: Article, first: Sentence) -> str:
    text = " ".join(_flat(article, s) for s in _earlier(article, first))
    return text if len(text) <= BEFORE_CHARACTERS else "… " + text[-BEFORE_CHARACTERS:].partition(" ")[2]


def _placed(article: Article, chunk: Sequence[Sentence], drafts: Sequence[Sequence[str]]) -> Extraction:
    claims: list[Claim] = []
    dropped: list[Dropped] = []
    before = _earlier(article, chunk[0])
    for named, draft in ((n, draft) for n, drafted in enumerate(drafts, len(before)) for draft in drafted):
        text = " ".join(draft.split())
        sentence, reason = place(article, [*before, *chunk], named, text)
        if reason:
            lost = Dropped(article_id=article.id, text=text, reason=reason, sentence=sentence.number)
            dropped.append(lost)
        else:
            claims.append(_claim(article, sentence, text))
    claims += _left_out(article, chunk, claims)
    return Extraction(tuple(claims), tuple(dropped), (), frozenset(s.number for s in chunk))


def _left_out(article: Article, chunk: Sequence[Sentence], claims: Sequence[Claim]) -> Iterator[Claim]:
    """Yield a claim in the sentence's own words for each sentence that the model found none in."""
    covered = {claim.sentence for claim in claims}
    for sentence in chunk:
        text = None if sentence.number in covered else verbatim(article, sentence)
        if text is not None:
            yield _claim(article, sentence, text).model_copy(update={"is_verbatim": True})


def _claim(article: Article, sentence: Sentence, text: str) -> Claim:
    quote = article.quote(sentence.span)
    start = sentence.span.start
    reader = reader_of(article.language)
    dates = [d for d in reader.dates(quote, article.published, start) if _has(text, d.text)]
    values = {q.value for q in reader.quantities(text)}  # "12 people" may stand for "twelve people"
    quantities = tuple(q for q in reader.quantities(quote, start) if q.value in values or _has(text, q.text))
    kind = claim_kind(
        text if reader.has_all_rules else "", has_quantity=bool(quantities), has_date=bool(dates)
    )
    digest = hashlib.sha256("\0".join([article.name, quote, text]).encode("utf-8", "replace")).hexdigest()
    return Claim(
        id=f"c{digest[:12]}",
        article_id=article.id,
        sentence=sentence.number,
        span=sentence.span,
        quote=quote,
        text=text,
        kind=kind,
        speaker=speaker_of(article, sentence, text),
        when=to_when(dates[0]) if dates else None,
        quantities=quantities,
    )


def _merged(claims: Sequence[Claim], reader: Reader) -> Iterator[Claim]:
    """Yield each claim once, with the spans of the sentences that say the same again."""
    kept: list[Claim] = []
    for claim in claims:
        for i, earlier in enumerate(kept):
            if _is_repeat(earlier, claim, reader):
                if claim.span not in (earlier.span, *earlier.repeats):
                    kept[i] = earlier.model_copy(update={"repeats": (*earlier.repeats, claim.span)})
                break
        else:
            kept.append(claim)
    yield from kept


def _has(text: str, part: str) -> bool:
    """Tell whether ``part`` stands in ``text`` as whole words; a Korean particle may follow them at once."""
    return re.search(rf"(?<!\w){re.escape(part)}(?![^\W가-힣])", text, re.IGNORECASE) is not None


def _is_repeat(a: Claim, b: Claim, reader: Reader) -> bool:
    """Tell whether two claims are one: nearly the same words, none in another's place, by one speaker."""
    numbers_a, numbers_b = ([q.value for q in reader.quantities(c.text)] for c in (a, b))
    if numbers_a != numbers_b or len(reader.negations(a.text)) != len(reader.negations(b.text)):
        return False
    if a.speaker and b.speaker and not same_name(a.speaker, b.speaker):
        return False
    stems_a, stems_b = set(reader.stems(a.text)), set(reader.stems(b.text))
    is_part = stems_a <= stems_b or stems_b <= stems_a
    return is_part and fuzz.token_sort_ratio(a.text.lower(), b.text.lower()) >= SAME_CLAIM
