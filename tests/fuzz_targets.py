"""What the fuzzer drives: each target takes bytes, and raises where what must always hold does not."""

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import jsonschema
from pydantic import BaseModel, ValidationError

from pipeline.budget import Budget
from pipeline.channel import Channel
from pipeline.compare import compare
from pipeline.config import Settings
from pipeline.errors import AnswerInvalid, InputError
from pipeline.ingest import ingest
from pipeline.llm import Endpoint, Llm
from pipeline.progress import Silent
from pipeline.prompts import Messages
from pipeline.reading.sentences import split_sentences
from pipeline.reading.sources import printable
from pipeline.run import Prompts, check_story
from pipeline.verifier.judge import Judge
from schemas.article import Article, Story
from schemas.report import Report, ReportArticle

GOOD: Final = (
    "Four sheds at Norwick burned on Monday, 3 May 2031, the county said.\n"
    "“Nobody was hurt in the fire at the old mill,” Ann Roe told reporters.\n"
)
BETWEEN: Final = b"\0\0"  # parts of one input
_LONGEST: Final = 4000  # bytes of an article that a model answers about: more only takes time
_Answer = TypeVar("_Answer", bound=BaseModel)


def files(data: bytes) -> None:
    """Read ``data`` as one or two articles beside a good one, and compare them all, without a model."""
    parts = data.split(BETWEEN, 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "good.txt").write_text(GOOD)
        for i, part in enumerate(parts):
            (folder / f"odd-{i}.txt").write_bytes(part)
        (story,) = ingest([folder])
    assert Story.model_validate_json(story.model_dump_json()) == story
    assert len(story.articles) + len(story.skipped) == 1 + len(parts)
    for article in story.articles:
        _check_sentences(article)
        copy = article.model_copy(update={"id": article.id + "-2", "name": "copy"})
        assert compare([article, copy]) == ()
    forwards, backwards = compare(story.articles), compare(story.articles[::-1])
    assert len(forwards) == len(backwards)


def sidecar(data: bytes) -> None:
    """Read ``data`` as the ``story.toml`` beside two articles: it is used, or refused in one line."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a.txt").write_text(GOOD)
        (folder / "b.txt").write_text(GOOD.replace("Four", "Nine"))
        (folder / "story.toml").write_bytes(data)
        try:
            (story,) = ingest([folder])
        except InputError as error:
            refused = str(error)
        else:
            refused = ""
            compare(story.articles)
    assert refused == printable(refused)


def answers(data: bytes) -> None:
    """Check a story of an odd article and a good one with a model that answers ``data``, part by part."""
    report(data)


def report(data: bytes) -> Report:
    """Return the report on a story of two articles, the first of them and all answers taken from ``data``."""
    text, *said = data.split(BETWEEN)
    odd = text[:_LONGEST].decode("utf-8", "ignore").replace("\0", " ") or "."
    story = Story(name="odd", articles=(_article("odd", odd), _article("good", GOOD)))
    prompts = Prompts.load(Settings().prompts)
    llm = _Scripted(said)
    found, stopped = asyncio.run(
        check_story(story, llm, Judge(llm, prompts.screen, None), prompts, Silent(), {})
    )
    assert stopped is None
    written = found.model_dump_json()
    assert Report.model_validate_json(written) == found
    _validator().validate(json.loads(written))
    _check_quotes(found)
    return found


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "files": files,
    "sidecar": sidecar,
    "answers": answers,
}


class _Nothing:
    """A store that keeps no answer."""

    def get(self, _key: str) -> str | None:
        """Return nothing."""
        return None

    def put(self, *_row: object) -> None:
        """Keep nothing."""


class _Scripted(Llm):
    """A model that answers each question with the next of the given texts, and repeats the last."""

    def __init__(self, said: Sequence[bytes]) -> None:
        endpoint = Endpoint(base_url=None, api_key="none", model="m", name="fuzz")
        unused = cast("Any", None)
        super().__init__(Channel(unused, endpoint, cast("Any", _Nothing()), Budget(), unused))
        self._left: Iterator[bytes] = iter(said)
        self._last = b"{}"

    def _next(self) -> bytes:
        self._last = next(self._left, self._last)
        return self._last

    async def structured(
        self, prompt: Messages, answer: type[_Answer], *, stage: str, max_tokens: int, handled: object = ()
    ) -> _Answer:
        try:
            return answer.model_validate_json(self._next())
        except ValidationError as error:
            raise AnswerInvalid("no such answer") from error

    async def odds(self, prompt: Messages, options: Sequence[str], *, stage: str) -> Mapping[str, float]:
        weights = [1 + byte for byte in self._next()[: len(options)].ljust(len(options), b"\0")]
        return {option: weight / sum(weights) for option, weight in zip(options, weights, strict=True)}


def _article(name: str, text: str) -> Article:
    return Article(
        id=f"a{name}", path=f"{name}.txt", name=name, text=text, sentences=split_sentences(text, most=200)
    )


def _check_sentences(article: Article) -> None:
    reached = 0
    for sentence in article.sentences:
        assert reached <= sentence.span.start < sentence.span.end <= len(article.text)
        assert article.text[reached : sentence.span.start].strip() == "" or reached == 0
        reached = sentence.span.end


def _check_quotes(found: Report) -> None:
    by_id: dict[str, ReportArticle] = {article.id: article for article in found.articles}
    for claim in found.claims:
        assert claim.quote == claim.span.cut(by_id[claim.article_id].text)
        for row in claim.verdict.evidence:
            assert row.article_id != claim.article_id
            assert row.quote == row.span.cut(by_id[row.article_id].text)
    for finding in found.contradictions:
        for side in finding.sides:
            assert side.quote == side.span.cut(by_id[side.article_id].text)
            assert all(side.span.start <= d.start < d.end <= side.span.end for d in side.differs)


@cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(Report.model_json_schema())
