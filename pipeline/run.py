"""Runs the stages over one story, in their order, and keeps what was done when something stops it."""

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from pipeline import __version__
from pipeline.adjudicate import Adjudged, Context, Ruling, adjudicate, in_same_words
from pipeline.align import Vectors, align, embedding
from pipeline.apart import language_notes, not_compared
from pipeline.budget import NO_CAPS
from pipeline.chunks import by_content, by_count
from pipeline.cluster import cluster
from pipeline.compare import comparing
from pipeline.errors import EndpointError
from pipeline.extract import Extraction, answer_schema, extract
from pipeline.ground import ground
from pipeline.interruption import StoppableBudget
from pipeline.llm import Llm, Usage
from pipeline.meanwhile import meanwhile
from pipeline.origins import find_origins
from pipeline.progress import Progress
from pipeline.prompts import Prompt, load_prompt
from pipeline.reconcile import reconcile
from pipeline.retrieve import Candidate, retrieve
from pipeline.suspect import suspect, worth_aligning
from pipeline.verifier.embedder import shipped as shipped_embedder
from pipeline.verifier.judge import Judge
from pipeline.verify import Judged, verify
from schemas.article import Article, Story
from schemas.claim import Claim, Dropped
from schemas.report import (
    Budget,
    Coverage,
    Failure,
    PromptUsed,
    Report,
    ReportArticle,
    ReportClaim,
    ReportSentence,
    RunInfo,
    StageTime,
)
from schemas.suspicion import Suspicion
from schemas.verdict import Label

Result = TypeVar("Result")
LEAST_LIKELY = 0.5  # how likely a reviewer must be to agree before a suspicion becomes a finding


@dataclass(frozen=True)
class Prompts:
    """The prompts of one run."""

    extract: Prompt
    screen: Prompt
    adjudicate: Prompt

    @classmethod
    def load(cls, versions: Mapping[str, str]) -> "Prompts":
        """Read the prompts of the given versions by stage."""
        return cls(*(load_prompt(stage, versions[stage]) for stage in ("extract", "screen", "adjudicate")))

    def used(self) -> dict[str, PromptUsed]:
        """Return the version and hash of each stage's prompt, with the schema of its answers."""
        return {
            "extract": self.extract.used(answer_schema(1)),
            "screen": self.screen.used(),
            "adjudicate": self.adjudicate.used(Ruling),
        }


@dataclass
class Work:
    """What a run over one story has done so far."""

    story: Story
    claims: list[Claim] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    read: dict[str, frozenset[int]] = field(default_factory=dict)
    judged: dict[str, Judged] = field(default_factory=dict)
    adjudged: list[Adjudged] = field(default_factory=list)
    stages: list[StageTime] = field(default_factory=list)
    stopped: EndpointError | None = None


async def check_story(
    story: Story, llm: Llm, judge: Judge, prompts: Prompts, progress: Progress, settings: Mapping[str, str]
) -> tuple[Report, EndpointError | None]:
    """Return the report on one story, and the error that cut the run short, if one did.

    ``llm`` was asked nothing before, and is the one that ``judge`` asks. Raises that EndpointError instead
    when nothing at all was answered.
    """
    started = datetime.now(UTC)
    work = Work(story)
    articles = {article.id: article for article in story.texts}
    vectors = shipped_embedder().vectors
    with meanwhile() as ahead:
        compared = ahead.begin(comparing(story.articles, story.sources))
        sentences = ahead.begin(embedding((), story.texts, vectors), on_thread=True)
        await _timed(work, llm, "extract", lambda: _extract_all(work, llm, prompts, progress))
        if work.stopped is None and not llm.is_waiting:
            await _timed(work, llm, "ground", lambda: _ground_all(work, articles, llm, judge, progress))
        if work.stopped is None and not llm.is_waiting:
            claims = ahead.begin(embedding(work.claims, story.articles, vectors), on_thread=True)
            languages = {article.id: article.read_as for article in story.texts}
            candidates = retrieve(work.claims, story.sources or story.articles, languages)
            await _timed(
                work, llm, "verify", lambda: _verify_all(work, candidates, articles, judge, progress)
            )
        if work.stopped is None and not llm.is_waiting:
            await sentences.result()
            await claims.result()
            likely = _suspicions(work, articles, await compared.result(), vectors)
            await _timed(
                work,
                llm,
                "adjudicate",
                lambda: _adjudicate_all(work, likely, articles, llm, prompts, progress),
            )
    if work.stopped is not None and not work.claims:
        raise work.stopped
    return _report(work, llm, prompts, started, settings), work.stopped


async def _extract_all(work: Work, llm: Llm, prompts: Prompts, progress: Progress) -> None:
    articles = work.story.articles
    cut = by_content if work.story.sources else by_count
    progress.start("extract", sum(s.is_readable for a in articles for s in a.sentences))
    results = await _gather(work, (extract(a, llm, prompts.extract, progress, cut) for a in articles))
    for article, result in zip(articles, results, strict=True):
        if isinstance(result, Extraction):
            work.claims.extend(result.claims)
            work.dropped.extend(result.dropped)
            work.failures.extend(result.failures)
            work.read[article.id] = result.read
            work.stopped = work.stopped or result.stopped
    progress.finish("extract")


async def _ground_all(
    work: Work, articles: Mapping[str, Article], llm: Llm, judge: Judge, progress: Progress
) -> None:
    (grounded,) = await _gather(work, [ground(work.claims, articles, judge, progress)])
    if grounded is not None:
        work.claims = list(grounded.claims)
        work.dropped.extend(grounded.dropped)
    for reason, count in Counter(llm.unanswered["ground"]).items():
        where = f"{count} {'claim' if count == 1 else 'claims'}, kept without being held against the sentence"
        work.failures.append(Failure(stage="ground", where=where, reason=reason))


async def _verify_all(
    work: Work,
    candidates: Mapping[str, tuple[Candidate, ...]],
    articles: Mapping[str, Article],
    judge: Judge,
    progress: Progress,
) -> None:
    progress.start("verify", len(work.claims))
    results = await _gather(
        work,
        (verify(c, candidates[c.id], articles[c.article_id].published, judge, progress) for c in work.claims),
    )
    work.judged = {r.claim_id: r for r in results if r is not None}
    progress.finish("verify")


def _suspicions(
    work: Work, articles: Mapping[str, Article], compared: Sequence[Suspicion], vectors: Vectors
) -> Sequence[Suspicion]:
    """Return what is likely enough to be a conflict to be judged once more."""
    doubted = [(c, e) for c in work.claims if c.id in work.judged for e in work.judged[c.id].evidence]
    wanted = worth_aligning(compared, doubted, LEAST_LIKELY)
    aligned = align(work.claims, work.story.articles, vectors, wanted, work.story.sources)
    return suspect(compared, aligned, doubted, articles, LEAST_LIKELY)


async def _adjudicate_all(
    work: Work,
    suspicions: Sequence[Suspicion],
    articles: Mapping[str, Article],
    llm: Llm,
    prompts: Prompts,
    progress: Progress,
) -> None:
    progress.start("adjudicate", len(suspicions))
    context = Context(articles, {claim.id: claim for claim in work.claims})
    groups = in_same_words(suspicions, context)
    results = await _gather(
        work, (adjudicate(same, context, llm, prompts.adjudicate, progress) for same in groups)
    )
    for same, adjudged in zip(groups, results, strict=True):
        for suspicion, outcome in zip(same, adjudged or [None] * len(same), strict=True):
            if outcome is None or outcome.error:
                where = " and ".join(articles[side.article_id].label for side in suspicion.sides)
                reason = outcome.error if outcome and outcome.error else str(work.stopped)
                work.failures.append(Failure(stage="adjudicate", where=where, reason=reason))
            if outcome is not None:
                work.adjudged.append(outcome)
    progress.finish("adjudicate")


async def _gather(work: Work, jobs: Iterable[Awaitable[Result]]) -> list[Result | None]:
    """Run the jobs side by side; one ended by the endpoint gives None, and marks the run as stopped."""
    results = await asyncio.gather(*jobs, return_exceptions=True)
    kept: list[Result | None] = []
    for result in results:
        if isinstance(result, EndpointError):
            work.stopped = result
            kept.append(None)
        elif isinstance(result, BaseException):
            raise result
        else:
            kept.append(result)
    return kept


async def _timed(work: Work, llm: Llm, stage: str, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a stage, to an early end where the run is interrupted, and note what it took."""
    begun, budget = time.monotonic(), llm.budget
    await (budget.see_through(job) if isinstance(budget, StoppableBudget) else job())
    spent = llm.usage.get(stage, Usage())
    work.stages.append(
        StageTime(
            stage=stage,
            seconds=round(time.monotonic() - begun, 2),
            calls=spent.calls,
            tokens_in=spent.tokens_in,
            tokens_out=spent.tokens_out,
            cached_tokens_in=spent.cached_tokens_in,
        )
    )


def _report(
    work: Work,
    llm: Llm,
    prompts: Prompts,
    started: datetime,
    settings: Mapping[str, str],
) -> Report:
    story = work.story
    origins = find_origins(story.texts)
    outcome = reconcile(story.articles, origins, work.claims, work.judged, work.adjudged, story.sources)
    failures = [*work.failures, *_unjudged(work, outcome.claims)]
    spent = _spent(llm.usage.values())
    info = RunInfo(
        id=_run_id(story, llm, prompts),
        tool_version=__version__,
        model=llm.endpoint.model,
        prompts=prompts.used(),
        started_at=started,
        finished_at=datetime.now(UTC),
        calls=spent.calls,
        cached_calls=spent.cached_calls,
        tokens_in=spent.tokens_in,
        tokens_out=spent.tokens_out,
        cost_usd=None if llm.endpoint.price is None else round(spent.cost_usd, 6),
        complete=not failures and work.stopped is None and not any(s.is_lost for s in story.skipped),
        coverage=_coverage(work, outcome.claims, failures),
        endpoint=llm.endpoint.name,
        model_sha256=llm.endpoint.model_sha256,
        engine=llm.endpoint.engine,
        stages=tuple(work.stages),
        failures=tuple(failures),
        notes=(*llm.notes, *language_notes(story.texts)),
        settings=dict(settings),
        budget=_budget(llm),
        cached_tokens_in=spent.cached_tokens_in,
    )
    return Report(
        story=story.name,
        run=info,
        articles=report_articles(story, origins),
        claims=outcome.claims,
        contradictions=outcome.contradictions,
        skipped=story.skipped,
        dropped=tuple(work.dropped),
        clusters=cluster(story.articles, origins, outcome.claims, story.sources),
        not_compared=not_compared(story),
    )


def _budget(llm: Llm) -> Budget | None:
    caps = llm.budget.caps
    if caps == NO_CAPS:
        return None
    return Budget(
        max_cost_usd=caps.cost_usd,
        max_tokens=caps.tokens,
        max_calls=caps.calls,
        max_time_s=caps.time_s,
        reached=llm.budget.reached,
        unasked=llm.budget.unasked,
    )


def _unjudged(work: Work, claims: Sequence[ReportClaim]) -> list[Failure]:
    """Return what went unanswered about each claim, also where what was answered settles it."""
    labels = {article.id: article.label for article in work.story.articles}
    found = []
    for claim in claims:
        judged = work.judged.get(claim.id)
        reason = claim.verdict.error or (judged.error if judged else None)
        if reason is not None or claim.verdict.label is Label.error:
            failure = Failure(
                stage="verify",
                article_id=claim.article_id,
                claim_id=claim.id,
                where=f"{labels[claim.article_id]}, sentence {claim.sentence}",
                reason=reason or "it was not judged",
            )
            found.append(failure)
    return found


def _coverage(work: Work, claims: Sequence[ReportClaim], failures: Sequence[Failure]) -> Coverage:
    sentences = [s for article in work.story.articles for s in article.sentences]
    return Coverage(
        sentences=len(sentences),
        sentences_readable=sum(s.is_readable for s in sentences),
        sentences_read=sum(len(numbers) for numbers in work.read.values()),
        claims=len(claims),
        claims_judged=sum(claim.verdict.label is not Label.error for claim in claims),
        errors=len(failures),
    )


def _spent(usage: Iterable[Usage]) -> Usage:
    total = Usage()
    for stage in usage:
        total.calls += stage.calls
        total.cached_calls += stage.cached_calls
        total.tokens_in += stage.tokens_in
        total.tokens_out += stage.tokens_out
        total.cached_tokens_in += stage.cached_tokens_in
        total.cost_usd += stage.cost_usd
    return total


def _run_id(story: Story, llm: Llm, prompts: Prompts) -> str:
    """Return an id that comes from what was checked, with what: the same run has the same id."""
    used = [prompt.sha256 for prompt in prompts.used().values()]
    parts = [llm.endpoint.model, *used, *(article.id for article in story.articles)]
    if story.sources:
        parts += ["against", *(source.id for source in story.sources)]
    return "r" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def report_articles(story: Story, origins: Mapping[str, str]) -> tuple[ReportArticle, ...]:
    """Return the texts of ``story`` as a report holds them; ``origins`` is by their ids, those known."""
    return (
        *(_report_article(a, origins.get(a.id, ""), is_source=False) for a in story.articles),
        *(_report_article(a, origins.get(a.id, ""), is_source=True) for a in story.sources),
    )


def _report_article(article: Article, origin: str, *, is_source: bool) -> ReportArticle:
    return ReportArticle(
        id=article.id,
        path=article.path,
        title=article.title,
        outlet=article.outlet,
        published=article.published,
        author=article.author,
        url=article.url,
        given_id=article.given_id,
        origin=origin,
        name=article.name,
        encoding=article.encoding,
        sha256=hashlib.sha256(article.text.encode("utf-8", "surrogatepass")).hexdigest(),
        file_sha256=article.file_sha256,
        notes=article.notes,
        text=article.text,
        sentences=tuple(
            ReportSentence(number=s.number, span=s.span, role=s.role, paragraph=s.paragraph, page=s.page)
            for s in article.sentences
        ),
        is_source=is_source,
        language=article.language,
    )
