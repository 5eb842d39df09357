"""Runs the stages over one story, in their order, and keeps what was done when something stops it."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.adjudicate import Context, Ruling, adjudicate, by_rules, in_same_words
from pipeline.align import Vectors, align, embedding
from pipeline.chunks import by_content, by_count
from pipeline.compare import comparing
from pipeline.errors import EndpointError
from pipeline.extract import answer_schema, extract
from pipeline.ground import ground
from pipeline.interruption import StoppableBudget
from pipeline.llm import Llm, Usage
from pipeline.meanwhile import meanwhile
from pipeline.progress import Progress
from pipeline.prompts import Prompt, load_prompt
from pipeline.retrieve import Candidate, retrieve
from pipeline.suspect import suspect, worth_aligning
from pipeline.verifier.embedder import shipped as shipped_embedder
from pipeline.verifier.judge import Judge
from pipeline.verify import verify
from pipeline.work import Work, report_on
from schemas.article import Article, Story
from schemas.report import Failure, PromptUsed, Report, StageTime
from schemas.suspicion import Suspicion

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


async def check_story(
    story: Story, llm: Llm, judge: Judge, prompts: Prompts, progress: Progress, settings: Mapping[str, str]
) -> tuple[Report, EndpointError | None]:
    """Return the report on one story, and the error by which the endpoint was lost, if it was.

    ``llm`` was asked nothing before, and is the one that ``judge`` asks. What it leaves unanswered is told in
    the report, which holds what stored answers and code alone come to. Raises the EndpointError instead when
    there is no answer at all.
    """
    work = Work(story)
    articles = {article.id: article for article in story.texts}
    vectors = shipped_embedder().vectors
    with meanwhile() as ahead:
        compared = ahead.begin(comparing(story.articles, story.sources))
        if llm.endpoint.by_rules:
            likely = _suspicions(work, articles, await compared.result(), vectors)
            work.adjudged.extend(by_rules(likely, articles))
            return report_on(work, llm, prompts.used(), settings), None
        sentences = ahead.begin(embedding((), story.texts, vectors), on_thread=True)
        await _timed(work, llm, "extract", lambda: _extract_all(work, llm, prompts, progress))
        if llm.lost is not None and not work.claims:
            raise llm.lost
        if not llm.is_waiting:
            await _timed(work, llm, "ground", lambda: _ground_all(work, articles, llm, judge, progress))
        if not llm.is_waiting:
            claims = ahead.begin(embedding(work.claims, story.articles, vectors), on_thread=True)
            languages = {article.id: article.read_as for article in story.texts}
            candidates = retrieve(work.claims, story.sources or story.articles, languages)
            await _timed(
                work, llm, "verify", lambda: _verify_all(work, candidates, articles, judge, progress)
            )
        if not llm.is_waiting:
            await sentences.result()
            await claims.result()
            likely = _suspicions(work, articles, await compared.result(), vectors)
            await _timed(
                work,
                llm,
                "adjudicate",
                lambda: _adjudicate_all(work, likely, articles, llm, prompts, progress),
            )
    return report_on(work, llm, prompts.used(), settings), llm.lost


async def _extract_all(work: Work, llm: Llm, prompts: Prompts, progress: Progress) -> None:
    articles = work.story.articles
    cut = by_content if work.story.sources else by_count
    progress.start("extract", sum(s.is_readable for a in articles for s in a.sentences))
    results = await asyncio.gather(*(extract(a, llm, prompts.extract, progress, cut) for a in articles))
    for article, result in zip(articles, results, strict=True):
        work.claims.extend(result.claims)
        work.dropped.extend(result.dropped)
        work.failures.extend(result.failures)
        work.read[article.id] = result.read
    progress.finish("extract")


async def _ground_all(
    work: Work, articles: Mapping[str, Article], llm: Llm, judge: Judge, progress: Progress
) -> None:
    grounded = await ground(work.claims, articles, judge, progress)
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
    results = await asyncio.gather(
        *(verify(c, candidates[c.id], articles[c.article_id].published, judge, progress) for c in work.claims)
    )
    work.judged = {result.claim_id: result for result in results}
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
    results = await asyncio.gather(
        *(adjudicate(same, context, llm, prompts.adjudicate, progress) for same in groups)
    )
    for adjudged in (outcome for group in results for outcome in group):
        if adjudged.error:
            where = " and ".join(articles[side.article_id].label for side in adjudged.suspicion.sides)
            work.failures.append(Failure(stage="adjudicate", where=where, reason=adjudged.error))
        work.adjudged.append(adjudged)
    progress.finish("adjudicate")


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
