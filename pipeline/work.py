"""What a run over one story has done so far, and the report that it comes to."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline import __version__
from pipeline.adjudicate import Adjudged
from pipeline.budget import NO_CAPS
from pipeline.cluster import cluster
from pipeline.llm import Llm, Usage
from pipeline.notcompared import language_notes, not_compared
from pipeline.origins import find_origins
from pipeline.reconcile import reconcile
from pipeline.verify import Judged
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
    RunInfo,
    StageTime,
)
from schemas.verdict import Label


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
    started: datetime = field(default_factory=lambda: datetime.now(UTC))


def report_on(work: Work, llm: Llm, prompts: Mapping[str, PromptUsed], settings: Mapping[str, str]) -> Report:
    """Return the report that ``work`` comes to; ``prompts`` are those used by stage."""
    story = work.story
    origins = find_origins(story.texts)
    outcome = reconcile(story.articles, origins, work.claims, work.judged, work.adjudged, story.sources)
    failures = [*work.failures, *_unjudged(work, outcome.claims)]
    spent = _spent(llm.usage.values())
    info = RunInfo(
        id=_run_id(story, llm, prompts),
        tool_version=__version__,
        model=llm.endpoint.model,
        prompts=dict(prompts),
        started_at=work.started,
        finished_at=datetime.now(UTC),
        calls=spent.calls,
        cached_calls=spent.cached_calls,
        tokens_in=spent.tokens_in,
        tokens_out=spent.tokens_out,
        cost_usd=None if llm.endpoint.price is None else round(spent.cost_usd, 6),
        complete=not failures and llm.lost is None and not any(s.is_lost for s in story.skipped),
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
        by_rules=llm.endpoint.by_rules,
    )
    return Report(
        story=story.name,
        title=story.title,
        run=info,
        articles=report_articles(story, origins),
        claims=outcome.claims,
        contradictions=outcome.contradictions,
        skipped=story.skipped,
        left_out=story.left_out,
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


def _run_id(story: Story, llm: Llm, prompts: Mapping[str, PromptUsed]) -> str:
    """Return an id that comes from what was checked, with what: the same run has the same id."""
    used = [prompt.sha256 for prompt in prompts.values()]
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
        sentences=article.sentences,
        is_source=is_source,
        language=article.language,
    )
