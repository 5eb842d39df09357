"""Says what a check would ask, before anything is asked: calls, tokens, cost and time, with their range.

The stages run as ever, over what is stored, and a made-up model answers the rest, three times: as tersely as
the stages allow, as a model usually does, and as wordily. The range is from the first to the last. Repeats,
after faults and after answers that do not fit, come on top of it.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, NoReturn

from pipeline.adjudicate import STAGE as ADJUDICATE
from pipeline.batch import Stories
from pipeline.budget import Budget, most_tokens
from pipeline.channel import Asking, Channel
from pipeline.config import Settings
from pipeline.errors import InputError
from pipeline.extract import STAGE as EXTRACT
from pipeline.foretell import Plan, Range, ends
from pipeline.ground import STAGE as GROUND
from pipeline.llm import AnswerStore, Endpoint, Llm, Usage, read_answer
from pipeline.progress import Silent
from pipeline.run import Prompts, check_story
from pipeline.store import answers_path, open_answers, read_report
from pipeline.verifier.judge import Judge, chosen_map
from pipeline.verify import STAGE as VERIFY
from schemas.article import Skipped
from schemas.report import RunInfo

STAGES: Final = (EXTRACT, GROUND, VERIFY, ADJUDICATE)
_NUMBERED: Final = re.compile(r"^(\d+): (.*)$", re.MULTILINE)
# Seconds a call of the embedded model on two cores, by benchmarks/results/timing.json.
_EMBEDDED_S: Final = {EXTRACT: 8.9, GROUND: 2.0, VERIFY: 1.2, ADJUDICATE: 11.6}


@dataclass(frozen=True)
class _Model:
    """A made-up model: how it answers, and what a question and its answer take.

    ``parts`` are the claims that a sentence gives, ``doubtful`` the share of them that are held against their
    own sentence. ``bytes_a_token`` and ``tokens_out`` (by stage) of the usual one were measured on the
    example story and on one of real outlets, with the embedded model. Some endpoints read the
    schema as a part of the question.
    """

    letter: str
    parts: int
    doubtful: float
    bytes_a_token: float
    tokens_out: Mapping[str, int]
    reads_schema: bool = False


_TERSE: Final = _Model("N", 0, 0.0, 5.0, {EXTRACT: 1, GROUND: 1, VERIFY: 1, ADJUDICATE: 1})
_USUAL: Final = _Model("N", 1, 0.2, 3.5, {EXTRACT: 120, GROUND: 1, VERIFY: 1, ADJUDICATE: 30})
_WORDY: Final = _Model("C", 3, 1.0, 2.0, {}, reads_schema=True)  # an answer as long as it may be
_MODELS: Final = (_TERSE, _USUAL, _WORDY)


class _Planner(Llm):
    """Answers from the store, and else as ``model`` would; counts what would have been sent."""

    def __init__(self, channel: Channel, model: _Model, *, again: bool) -> None:
        super().__init__(channel, again=again)
        self.claims = 0  # made up
        self._model = model
        self._said_before: dict[str, dict[str, Any]] = {}

    async def _send(self, stage: str, request: dict[str, Any], asking: Asking) -> dict[str, Any]:
        usage = self.usage.setdefault(stage, Usage())
        key = self._channel.key(request)
        stored = self._channel.stored(key, asking)
        if stored is not None:
            usage.cached_calls += 1
            return read_answer(stored)
        asking.was_sent = True
        if key not in self._said_before:  # the same question twice is sent once
            self._count(usage, stage, request)
            answer = self._said(stage, request)
            self._said_before[key] = _completion(answer, with_odds="logprobs" in request)
        return self._said_before[key]

    def _count(self, usage: Usage, stage: str, request: Mapping[str, Any]) -> None:
        _, most_out = most_tokens(request)
        read = [message["content"] for message in request["messages"]]
        read += [str(request.get("response_format") or "")] if self._model.reads_schema else []
        size = len("".join(read).encode("utf-8", "replace"))
        usage.calls += 1
        usage.tokens_in += math.ceil(size / self._model.bytes_a_token)
        usage.tokens_out += min(self._model.tokens_out.get(stage, most_out), most_out)

    def _said(self, stage: str, request: Mapping[str, Any]) -> str:
        if "logprobs" in request:
            return self._model.letter
        if stage == EXTRACT:
            found = _NUMBERED.findall(str(request["messages"][-1]["content"]))
            claims = {n: _parts(sentence, self._model.parts) for n, sentence in found}
            self.claims += sum(map(len, claims.values()))
            return json.dumps(claims)
        if stage == ADJUDICATE:
            return json.dumps({"reason": "-", "relation": "contradiction", "kind": "event"})
        return json.dumps({"answer": self._model.letter})


def _never(_: object = None) -> NoReturn:
    raise AssertionError("a dry run sends nothing")


def _parts(sentence: str, parts: int) -> list[str]:
    """Return a sentence as ``parts`` claims: itself, and then its halves."""
    words = sentence.split()
    half = len(words) // 2
    return [sentence, " ".join(words[:half]), " ".join(words[half:])][:parts]


def _completion(content: str, *, with_odds: bool) -> dict[str, Any]:
    choice: dict[str, Any] = {"finish_reason": "stop", "message": {"role": "assistant", "content": content}}
    if with_odds:
        token = {"token": content, "logprob": 0.0}
        choice["logprobs"] = {"content": [{**token, "top_logprobs": [token]}]}
    return {"choices": [choice]}


class _Nothing:
    """A store with nothing in it, where there is none yet."""

    def get(self, key: str) -> str | None:
        """Return None."""

    async def put(self, key: str, stage: str, response: str) -> None:
        """Keep nothing."""


async def plan(stories: Stories, out: Path, settings: Settings, endpoint: Endpoint) -> Plan:
    """Return what checking ``stories`` into ``out`` would ask; nothing is sent, and nothing written.

    Raises InputError where a prompt, a map or the store of answers cannot be read.
    """
    with ExitStack() as stack:
        path = (
            answers_path(out, settings.cache) if settings.cache is None or settings.cache.exists() else None
        )
        is_there = path is not None and path.is_file()
        answers = stack.enter_context(open_answers(path)) if path is not None and is_there else _Nothing()
        asked = [await _asked(stories, settings, endpoint, answers, model) for model in _MODELS]
    return _planned(asked, stories, endpoint, _last_runs(out, stories, endpoint))


async def _asked(
    stories: Stories, settings: Settings, endpoint: Endpoint, answers: AnswerStore, model: _Model
) -> dict[str, Usage]:
    """Return what would be sent, by stage, if the endpoint's model were ``model``."""
    channel = Channel(_never, endpoint, answers, Budget(price=endpoint.price), _never)
    llm = _Planner(channel, model, again=settings.again)
    prompts = Prompts.load(settings.prompts)
    judge = Judge(llm, prompts.screen, chosen_map(settings.calibration, endpoint.model))
    for story in stories:
        await check_story(story, llm, judge, prompts, Silent(), {})
    _add_doubted(llm.usage, round(llm.claims * model.doubtful))
    return llm.usage


def _add_doubted(usage: dict[str, Usage], questions: int) -> None:
    """Add ``questions`` to the stage that holds claims against their own sentences.

    Made-up claims are their sentences' own words, about which nobody is asked; a real model's are not. Such a
    question is as long as one about a sentence of another article, with two sentences more.
    """
    verify, ground = (usage.setdefault(stage, Usage()) for stage in (VERIFY, GROUND))
    each = math.ceil(verify.tokens_in / verify.calls * 1.2) if verify.calls else 0
    ground.calls += questions
    ground.tokens_in += questions * each
    ground.tokens_out += questions


def _planned(
    asked: Sequence[Mapping[str, Usage]], stories: Stories, endpoint: Endpoint, runs: Sequence[RunInfo]
) -> Plan:
    def ranged(values: Sequence[float]) -> Range:
        least, expected, most = values
        return Range(min(least, expected), expected, max(expected, most))

    def summed(name: str) -> Range:
        return ranged([sum(getattr(u, name) for u in usage.values()) for usage in asked])

    calls = {stage: ranged([u.get(stage, Usage()).calls for u in asked]) for stage in STAGES}
    tokens_in, tokens_out = summed("tokens_in"), summed("tokens_out")
    price, cost = endpoint.price, None
    if price is not None:
        pairs = zip(ends(tokens_in), ends(tokens_out), strict=True)
        cost = ranged([price.cost_usd(int(i), int(o)) for i, o in pairs])
    each, speed = _speed(endpoint, runs)
    time = None
    if each is not None:
        seconds = [sum(ends(calls[stage])[i] * each[stage] for stage in STAGES) for i in range(3)]
        time = ranged(seconds)
    days, lost = dict[str, date | None](), dict[str, Skipped]()  # by path: drafts share their sources
    for story in stories:
        days |= {article.path: article.published for article in story.texts}
        lost |= {skipped.path: skipped for skipped in story.skipped if skipped.is_lost}
    return Plan(
        stages=calls,
        calls=summed("calls"),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cost_usd=cost,
        price=price,
        time_s=time,
        speed=speed,
        cached=sum(u.cached_calls for u in asked[1].values()),
        articles=len(days),
        undated=sum(day is None for day in days.values()),
        lost=tuple(lost.values()),
    )


def _last_runs(out: Path, stories: Stories, endpoint: Endpoint) -> list[RunInfo]:
    """Return the last runs in ``out`` with the same model at the same endpoint."""
    found: list[RunInfo] = []
    for folder in (out, *(out / story.name for story in stories)):
        with suppress(InputError):
            found.append(read_report(folder).run)
    return [run for run in found if (run.model, run.endpoint) == (endpoint.model, endpoint.name)]


def _speed(endpoint: Endpoint, runs: Sequence[RunInfo]) -> tuple[Mapping[str, float] | None, str]:
    """Return the seconds that a call takes by stage, where that is known, and whence."""
    least = 60.0 / endpoint.requests_per_minute if endpoint.requests_per_minute else 0.0
    share = _wall_share(runs)
    measured = {
        stage: share * sum(t.seconds for t in sent) / sum(t.calls for t in sent)
        for stage in STAGES
        if (sent := [t for run in runs for t in run.stages if t.stage == stage and t.calls])
    }
    if measured:
        slowest = max(measured.values())
        return {s: max(measured.get(s, slowest), least) for s in STAGES}, "as fast as the last run in OUT"
    if endpoint.name == "embedded":
        return {s: max(_EMBEDDED_S[s], least) for s in STAGES}, "as fast as on two cores"
    if least:
        return dict.fromkeys(STAGES, least), "by --rpm alone"
    return None, "no earlier run in OUT to go by"


def _wall_share(runs: Sequence[RunInfo]) -> float:
    """Return the wall time of stories that ran side by side over the sum of their own times, at most 1."""
    if not runs:
        return 1.0
    wall = max(run.finished_at for run in runs) - min(run.started_at for run in runs)
    summed = sum((run.finished_at - run.started_at for run in runs), timedelta())
    return min(1.0, wall / summed) if summed else 1.0
