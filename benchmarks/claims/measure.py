"""Measures the claims of a finished run.

How much of the articles they cover, whether they repeat each other, whether they can be read alone, and,
where there is gold, whether they name the right speaker. Whether a sentence bears its claim out is asked of
a judge: ``own_support``.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import PurePath
from typing import Final

from rapidfuzz.fuzz import ratio

from benchmarks.gold import Gold, GoldSpeaker
from pipeline.evaluation import Judge
from pipeline.evaluation.labels import decide, read_space
from pipeline.values.attribution import find_attribution
from pipeline.values.differences import differences
from pipeline.values.passage import Passage
from pipeline.values.polarity import negations
from pipeline.values.samename import same_name
from schemas.article import Role, Sentence
from schemas.evaluation import DecisionWeights, GoldLabel, LabelledRow, Scores
from schemas.record import Record, Span
from schemas.report import Report, ReportArticle, ReportClaim

NEAR_EQUAL: Final = 90.0  # rapidfuzz's ratio, 0 to 100, from which two claims may be one
_THREE_WAY: Final = read_space("supported/contradicted/unsupported")
# Whom or what they mean stands elsewhere. "There were 214 people" is no such case.
_POINTING: Final = re.compile(
    r"[“\"‘'(]*(?:he|she|it|they|we|i|you|his|her|hers|its|their|our|my|your|this|that|these|those|both|neither)"
    r"(?:[’'](?:s|d|re|ve|ll|m))?\b",
    re.IGNORECASE,
)
# A thing or a person that needs a name, without one: not "the captain of the Astrid", "the ferry Astrid".
_NAMELESS: Final = re.compile(
    r"[“\"‘'(]*[Tt]he (?:[a-z-]+ )?(?:company|firm|group|agency|ministry|department|government|union|board"
    r"|court|club|team|party|organi[sz]ation|official|spokes(?:man|woman|person)|minister|president|leader"
    r"|boss|chief|head|captain|driver|pilot|crew|passenger|victim|suspect|man|men|woman|women|boy|girl|child"
    r"|children|couple|ship|vessel|ferry|boat|plane|aircraft|train|bus|car|building|incident|accident|attack"
    r"|event|crash|fire|deal|agreement|plan|report|statement|decision)s?\b"
    r"(?! (?:of|for|that|which|who|whose|in|at|on|behind|from|with|between|against|to)\b)(?! [A-Z])"
)


class Share(Record):
    """A part of a whole, in numbers."""

    part: int
    whole: int

    def __str__(self) -> str:
        """Return it as ``3 of 4 (75 %)``."""
        percent = f" ({100 * self.part / self.whole:.0f} %)" if self.whole else ""
        return f"{self.part} of {self.whole}{percent}"


class SpeakerScore(Record):
    """Claims of sentences whose speaker is known: those that name the right one.

    ``named`` is of sentences somebody says, ``outlet`` of those the outlet itself states; ``without_claim``
    counts the sentences that no claim was drawn from.
    """

    named: Share
    outlet: Share
    without_claim: int


class ClaimQuality(Record):
    """What a run's claims are like."""

    readable: Share  # sentences that claims may be drawn from, and have one
    prose: Share  # the same of sentences of prose alone
    claims: int
    claims_per_sentence: float  # of those that may have one
    repeated: Share  # claims that say what an earlier one of their article says
    standalone: Share  # claims that can be read alone
    speakers: SpeakerScore | None = None


class Support(Record):
    """What a judge makes of claims against the sentences they were drawn from."""

    supported: Share  # of the claims that were judged
    mean_score: float | None
    not_judged: int


def measure_claims(report: Report, gold: Gold | None = None) -> ClaimQuality:
    """Return what the claims of ``report`` are like, their speakers by ``gold``."""
    readable = [_covered(report, article, _READABLE) for article in report.articles]
    sentences = _total(readable)
    return ClaimQuality(
        readable=sentences,
        prose=_total(_covered(report, article, {Role.prose}) for article in report.articles),
        claims=len(report.claims),
        claims_per_sentence=len(report.claims) / sentences.whole if sentences.whole else 0.0,
        repeated=_total(_repeated(report, article) for article in report.articles),
        standalone=Share(part=sum(is_standalone(c.text) for c in report.claims), whole=len(report.claims)),
        speakers=score_speakers(report, gold.speakers) if gold else None,
    )


def near_equal(one: str, other: str, published: date | None = None) -> bool:
    """Tell whether two claims of one article say the same: in nearly the same words, no value differs."""
    if ratio(_plain(one), _plain(other)) < NEAR_EQUAL or len(negations(one)) != len(negations(other)):
        return False
    return not differences(Passage(text=one, published=published), Passage(text=other, published=published))


def is_standalone(text: str) -> bool:
    """Tell whether a claim can be read alone, by its beginning: no pronoun, and no thing without its name.

    Rough: "It rained" fails, "Its owner" does, and so does "The ferry struck the reef", but not a pronoun in
    the middle of a claim.
    """
    return not (_POINTING.match(text) or _NAMELESS.match(text))


def score_speakers(report: Report, speakers: Sequence[GoldSpeaker]) -> SpeakerScore:
    """Compare the speaker of every claim of the sentences in ``speakers`` with theirs.

    A claim that somebody said something ("The ministry said ...") may rightly be the outlet's own.
    """
    right, whole, without_claim = [0, 0], [0, 0], 0
    for gold in speakers:
        claims = claims_of(report, gold.article, gold.quote)
        without_claim += not claims
        whole[gold.speaker is None] += len(claims)
        right[gold.speaker is None] += sum(_is_right(claim, gold.speaker) for claim in claims)
    named, outlet = (Share(part=part, whole=all_of) for part, all_of in zip(right, whole, strict=True))
    return SpeakerScore(named=named, outlet=outlet, without_claim=without_claim)


def claims_of(report: Report, file_name: str, quote: str) -> list[ReportClaim]:
    """Return the claims drawn from a quote of the article in the file of that name."""
    found = []
    for article in report.articles:
        start = article.text.find(quote)
        if PurePath(article.path).name != file_name or start < 0:
            continue
        end = start + len(quote)
        found += [c for c in report.claims if c.article_id == article.id and _meets(c, start, end)]
    return found


async def own_support(report: Report, judge: Judge, context: int = 0) -> Support:
    """Ask ``judge`` whether the sentence of each claim, and ``context`` ones before it, bears it out."""
    articles = {article.id: article for article in report.articles}
    rows = [
        LabelledRow(
            id=claim.id,
            claim=claim.text,
            evidence=_with_context(articles[claim.article_id], claim, context),
            label=GoldLabel.supported,
            group=claim.article_id,
        )
        for claim in report.claims
    ]
    answers = [answer for answer in await judge(rows) if isinstance(answer, Scores)]
    decided = decide(answers, _THREE_WAY, DecisionWeights())
    mean = sum(answer.supported for answer in answers) / len(answers) if answers else None
    supported = Share(part=int((decided == 0).sum()), whole=len(answers))
    return Support(supported=supported, mean_score=mean, not_judged=len(rows) - len(answers))


_NOWHERE = Span(start=0, end=0)
_READABLE: Final = {
    role for role in Role if Sentence(number=1, span=_NOWHERE, role=role, paragraph=1).is_readable
}


def _covered(report: Report, article: ReportArticle, roles: Iterable[Role]) -> Share:
    claims = [claim for claim in report.claims if claim.article_id == article.id]
    spans = {span for claim in claims for span in (claim.span, *claim.repeats)}
    sentences = [sentence for sentence in article.sentences if sentence.role in roles]
    return Share(part=sum(s.span in spans for s in sentences), whole=len(sentences))


def _repeated(report: Report, article: ReportArticle) -> Share:
    texts = [claim.text for claim in report.claims if claim.article_id == article.id]
    repeated = sum(
        any(near_equal(text, earlier, article.published) for earlier in texts[:place])
        for place, text in enumerate(texts)
    )
    return Share(part=repeated, whole=len(texts))


def _total(shares: Iterable[Share]) -> Share:
    listed = list(shares)
    return Share(part=sum(s.part for s in listed), whole=sum(s.whole for s in listed))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _is_right(claim: ReportClaim, speaker: str | None) -> bool:
    if claim.speaker is not None:
        return speaker is not None and same_name(claim.speaker, speaker)
    said = find_attribution(claim.text)
    return speaker is None or (said is not None and same_name(said.speaker, speaker))


def _meets(claim: ReportClaim, start: int, end: int) -> bool:
    return any(span.start < end and start < span.end for span in (claim.span, *claim.repeats))


def _with_context(article: ReportArticle, claim: ReportClaim, context: int) -> str:
    starts = [s.span.start for s in article.sentences if s.span.start < claim.span.start]
    first = starts[max(0, len(starts) - context)] if context and starts else claim.span.start
    return article.text[first : claim.span.end]
