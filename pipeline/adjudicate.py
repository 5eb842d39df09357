"""Judges a pair of passages that may contradict each other: how they stand, what differs, and why.

The model sees the two sentences between their neighbours, with outlets, dates and claims. Two sentences that
many articles repeat are put to it once. Code has the last word: a growing count from an earlier day is an
update, and two named speakers who differ are that and no more.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipeline.errors import AnswerError
from pipeline.languages.table import reader_of
from pipeline.llm import Llm
from pipeline.logs import about
from pipeline.people import Credit, are_two
from pipeline.progress import Progress
from pipeline.prompts import Prompt
from pipeline.speakers import credit_of
from pipeline.values.differences import counts_two_things, has_conflicting_values
from pipeline.values.passage import Passage
from schemas.article import Article
from schemas.claim import Claim
from schemas.contradiction import ConflictKind, Relation, Side
from schemas.suspicion import Suspicion

STAGE = "adjudicate"
MAX_TOKENS = 160
NEIGHBOUR = 160  # characters of the sentence before, and after, that are shown
REACH = 60  # characters on either side of a number that may say what it counts

# Counts that only grow, or only shrink, as a story goes on.
_RUNNING = re.compile(
    r"\b(?:dead|died|deaths?|killed|drowned|perished|toll|fatalities|bod(?:y|ies)|injured|wounded|hurt"
    r"|missing|unaccounted|rescued|evacuated|evacuees|arrested|detained|(?:confirmed )?cases|infected|ill"
    r"|sick(?:ened)?|treated|hospitali[sz]ed|recovered|homeless|displaced|moved out|signatures"
    r"|(?:have|had) signed"
    r"|(?:taken|rushed|brought|sent|admitted|airlifted|flown) to (?:[\w’'-]+ ){0,4}hospitals?)\b",
    re.IGNORECASE,
)
# Words by which a later article says itself that a number has moved on.
_MOVED_ON = re.compile(
    r"\b(?:now|so far|to date|already|by now"
    r"|(?:has|have) (?:since )?(?:risen|grown|climbed|reached|passed|topped|fallen|dropped)"
    r"|(?:rose|rises|climbed|climbs|grew|jumped|fell) (?:further )?to)\b",
    re.IGNORECASE,
)
# The same, wherever in the sentence: "31 people …, eight more than at first reported".
_THAN_BEFORE = re.compile(
    r"\b(?:more|fewer|less|higher|lower) than (?:was |were )?(?:(?:at )?first|initially|originally"
    r"|previously|earlier) (?:reported|thought|said|stated|announced|believed|feared|known|counted)\b",
    re.IGNORECASE,
)


# Why a finding stands that a model alone saw. Its own sentence is never shown: it takes sides.
_DIFFERS: Mapping[ConflictKind, str] = MappingProxyType(
    {
        ConflictKind.date: "The dates or times differ",
        ConflictKind.quantity: "The numbers differ",
        ConflictKind.entity: "The names differ",
        ConflictKind.place: "The places differ",
        ConflictKind.polarity: "One says what the other denies",
        ConflictKind.event: "The two accounts differ",
        ConflictKind.attribution: "The quotation is told in two ways",
    }
)


class Ruling(BaseModel):
    """The model's ruling on two sentences."""

    model_config = ConfigDict(extra="forbid")

    reason: str
    relation: Literal["contradiction", "update", "speakers_differ", "compatible"]
    kind: Literal["date", "quantity", "entity", "place", "polarity", "event", "attribution"]


@dataclass(frozen=True)
class Context:
    """What a story's suspicions are about: its articles and claims, by their ids."""

    articles: Mapping[str, Article]
    claims: Mapping[str, Claim]


@dataclass(frozen=True)
class Adjudged:
    """The outcome for one suspicion; ``relation`` is None when the two passages are compatible after all.

    ``reason`` is made in code, never the model's sentence. ``agreed`` says whether the model saw a difference
    too; it is None when it did not answer.
    """

    suspicion: Suspicion
    relation: Relation | None
    kind: ConflictKind
    reason: str
    agreed: bool | None
    error: str | None = None


def in_same_words(suspicions: Iterable[Suspicion], context: Context) -> list[tuple[Suspicion, ...]]:
    """Return the suspicions by what they set against each other: two sentences, and what of them differs.

    The first of each is the one that the model is shown; it does not hang on the order of ``suspicions``.
    """
    groups: defaultdict[tuple[str, ...], list[Suspicion]] = defaultdict(list)
    for suspicion in suspicions:
        groups[tuple(sorted(_words(side, context) for side in suspicion.sides))].append(suspicion)
    return [tuple(sorted(same, key=lambda s: _shown_first(s, context))) for same in groups.values()]


def _words(side: Side, context: Context) -> str:
    """Return the sentence of a side with what differs in it, or with the claim where that is not known."""
    start, claim = side.span.start, context.claims.get(side.claim_id or "")
    parts = [side.quote[d.start - start : d.end - start] for d in side.differs]
    if not parts and claim is not None:
        parts = [claim.text]
    return "\0".join(" ".join(part.split()) for part in (side.quote, *parts))


def _shown_first(suspicion: Suspicion, context: Context) -> tuple[float, list[tuple[str, int, str]]]:
    names = [context.articles[side.article_id].name for side in suspicion.sides]
    sides = zip(names, suspicion.sides, strict=True)
    return -suspicion.odds, [(name, side.span.start, side.claim_id or "") for name, side in sides]


async def adjudicate(
    same: Sequence[Suspicion], context: Context, llm: Llm, prompt: Prompt, progress: Progress
) -> tuple[Adjudged, ...]:
    """Return how the two sides of each suspicion stand, in the ``context`` of their story.

    They are those of ``same`` words, and the model rules on the first of them. When it does not answer, what
    code found still stands, with the error.
    """
    articles = context.articles
    one, other = (_shown(side, context) for side in same[0].sides)
    try:
        with about(articles=" ".join(side.article_id for side in same[0].sides)):
            ruling = await llm.structured(
                prompt.fill({"one": one, "other": other}), Ruling, stage=STAGE, max_tokens=MAX_TOKENS
            )
    except AnswerError as error:
        return tuple(_unruled(suspicion, articles, str(error)) for suspicion in same)
    finally:
        progress.step(STAGE, len(same))
    return tuple(_ruled(suspicion, articles, ruling) for suspicion in same)


def by_rules(suspicions: Iterable[Suspicion], articles: Mapping[str, Article]) -> list[Adjudged]:
    """Return how the sides of each suspicion stand by code alone: what it found stands."""
    return [_unruled(suspicion, articles) for suspicion in suspicions]


def _unruled(suspicion: Suspicion, articles: Mapping[str, Article], error: str | None = None) -> Adjudged:
    relation = relation_of(suspicion, articles) if suspicion.found_by == "values" else None
    return Adjudged(suspicion, relation, suspicion.kind or ConflictKind.event, suspicion.what, None, error)


def _ruled(suspicion: Suspicion, articles: Mapping[str, Article], ruling: Ruling) -> Adjudged:
    agreed = ruling.relation != "compatible"
    if suspicion.found_by == "values":
        kind = suspicion.kind or ConflictKind(ruling.kind)
        return Adjudged(suspicion, relation_of(suspicion, articles), kind, suspicion.what, agreed)
    passages = [
        Passage(text=side.quote, published=article.published, language=article.language)
        for side in suspicion.sides
        for article in (articles[side.article_id],)
    ]
    kind = ConflictKind(ruling.kind)
    if not has_conflicting_values(kind, *passages):
        # A small model names kinds at random; that it saw a contradiction does not hang on it.
        kind = ConflictKind.event
    reason = suspicion.what or _DIFFERS[kind]
    if not agreed or (kind is ConflictKind.quantity and counts_two_things(*passages)):
        return Adjudged(suspicion, None, kind, reason, agreed)
    located = suspicion.model_copy(update={"kind": kind})
    return Adjudged(suspicion, relation_of(located, articles), kind, reason, agreed)


def _shown(side: Side, context: Context) -> str:
    """Return the sentence of a side, marked, between its neighbours, with its outlet, date and claim."""
    article = context.articles[side.article_id]
    day = article.published.isoformat() if article.published else "no date"
    readable = [s for s in article.sentences if s.is_readable or s.span == side.span]
    at = next(i for i, s in enumerate(readable) if s.span == side.span)
    before, after = (
        "".join(_plain(article.quote(s.span)) for s in near)
        for near in (readable[max(0, at - 1) : at], readable[at + 1 : at + 2])
    )
    if len(before) > NEIGHBOUR:
        before = "… " + before[-NEIGHBOUR:].partition(" ")[2]
    if len(after) > NEIGHBOUR:
        after = after[:NEIGHBOUR].rpartition(" ")[0] + " …"
    line = f"{article.label}, {day}: {before} >> {_plain(side.quote)} << {after}"
    claim = context.claims.get(side.claim_id or "")
    return " ".join(line.split()) + (f"\nClaim: {_plain(claim.text)}" if claim else "")


def _plain(text: str) -> str:
    return " ".join(text.replace("<<", "«").replace(">>", "»").split())


def relation_of(suspicion: Suspicion, articles: Mapping[str, Article]) -> Relation:
    """Return what a real difference amounts to: an update, two speakers who differ, or a contradiction."""
    one, other = suspicion.sides
    days = {articles[side.article_id].published for side in suspicion.sides}
    if None not in days and len(days) == 2 and changes_by_day(suspicion, articles):
        return Relation.update
    if suspicion.kind is not ConflictKind.attribution:
        article_a, article_b = articles[one.article_id], articles[other.article_id]
        a, b = _credit(article_a, one), _credit(article_b, other)
        if a and b and are_two(article_a, a, article_b, b):
            return Relation.speakers_differ
    return Relation.contradiction


def changes_by_day(suspicion: Suspicion, articles: Mapping[str, Article]) -> bool:
    """Tell whether what differs changes as a story goes on: the two articles may tell of two days."""
    return _is_running(suspicion, articles) or _moved_on(suspicion, articles)


def _is_running(suspicion: Suspicion, articles: Mapping[str, Article]) -> bool:
    """Tell whether both sides give a state that changes from day to day, as counts of the dead do.

    Kept narrow: any difference between two days could be called an update, and most conflicts would be.
    """
    if suspicion.kind not in (ConflictKind.quantity, ConflictKind.polarity, ConflictKind.event):
        return False
    return all(
        any(_RUNNING.search(words) or reader.is_running(words) for words in _around_differences(side))
        for side in suspicion.sides
        for reader in (reader_of(articles[side.article_id].language),)
    )


def _moved_on(suspicion: Suspicion, articles: Mapping[str, Article]) -> bool:
    """Tell whether an article that may be the later one says that its number has changed: "climbed to 40"."""
    if suspicion.kind is not ConflictKind.quantity:
        return False
    days = [articles[side.article_id].published for side in suspicion.sides]
    last = max(filter(None, days), default=None)
    later = [side for side, day in zip(suspicion.sides, days, strict=True) if day in (None, last)]
    return any(
        _THAN_BEFORE.search(side.quote) or any(map(_MOVED_ON.search, _around_differences(side)))
        for side in later
    )


def _around_differences(side: Side) -> list[str]:
    """Return the words around what differs, or the whole quote where that is not known."""
    places = [(d.start - side.span.start, d.end - side.span.start) for d in side.differs]
    return [side.quote[max(0, a - REACH) : b + REACH] for a, b in places] or [side.quote]


def _credit(article: Article, side: Side) -> Credit | None:
    """Return who surely says what ``side`` quotes, or None when the article does, or nobody knows."""
    sentence = next(s for s in article.sentences if s.span == side.span)
    credit = credit_of(article, sentence)
    return credit if credit and credit.is_sure else None
