"""Small invented articles and a model's double, for testing the stages that follow the reading of files."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from pydantic import BaseModel

from pipeline.llm import Llm
from pipeline.prompts import Messages, Prompt
from pipeline.reading.sentences import split_sentences
from schemas.article import Article, Sentence
from schemas.claim import Claim, ClaimKind
from schemas.contradiction import Side
from schemas.record import Span
from schemas.verdict import Evidence, Stance

DAY = date(2025, 4, 9)


def article(text: str, name: str = "harbour-post", published: date | None = DAY) -> Article:
    """Return ``text`` read as an article: a paragraph a line."""
    return Article(
        id="a" + hashlib.sha256(f"{name}\0{text}".encode()).hexdigest()[:12],
        path=f"{name}.txt",
        name=name,
        published=published,
        text=text,
        sentences=split_sentences(text),
    )


def sentence(source: Article, words: str) -> Sentence:
    """Return the first sentence of ``source`` that has ``words``."""
    return next(s for s in source.sentences if words in source.quote(s.span))


def supporting(source: Article, words: str) -> Evidence:
    """Return the sentence of ``source`` that has ``words`` as evidence that supports a claim."""
    home = sentence(source, words)
    return Evidence(
        article_id=source.id,
        span=home.span,
        quote=source.quote(home.span),
        stance=Stance.supports,
        confidence=0.9,
    )


def claim(source: Article, words: str, text: str = "", speaker: str | None = None) -> Claim:
    """Return a claim drawn from the sentence that has ``words``; its text is the sentence's unless given."""
    home = sentence(source, words)
    quote = source.quote(home.span)
    digest = hashlib.sha256("\0".join([source.name, quote, text]).encode()).hexdigest()
    return Claim(
        id=f"c{digest[:12]}",
        article_id=source.id,
        sentence=home.number,
        span=home.span,
        quote=quote,
        text=text or quote,
        kind=ClaimKind.event,
        speaker=speaker,
    )


def side(source: Article, words: str, differs: str = "", claim_id: str | None = None) -> Side:
    """Return the sentence that has ``words`` as a side, with the part that differs."""
    home = sentence(source, words)
    spans: tuple[Span, ...] = ()
    if differs:
        start = source.text.index(differs, home.span.start)
        spans = (Span(start=start, end=start + len(differs)),)
    return Side(
        article_id=source.id,
        span=home.span,
        quote=source.quote(home.span),
        claim_id=claim_id,
        differs=spans,
    )


class Double:
    """Answers in place of a model, by the text of the user's last turn; an exception is raised."""

    def __init__(self, answer: Callable[[str], object]) -> None:
        self._answer = answer
        self.asked: list[str] = []

    async def structured(
        self, prompt: Messages, answer: type[BaseModel], *, stage: str, max_tokens: int, handled: object = ()
    ) -> BaseModel:
        """Return what was prepared, checked against the schema as the real one does."""
        return answer.model_validate(self._reply(prompt))

    async def odds(self, prompt: Messages, options: Sequence[str], *, stage: str) -> Mapping[str, float]:
        """Return the odds that were prepared."""
        return cast("Mapping[str, float]", self._reply(prompt))

    def _reply(self, prompt: Messages) -> Any:  # noqa: ANN401
        question = prompt[-1]["content"]
        self.asked.append(question)
        reply = self._answer(question)
        if isinstance(reply, Exception):
            raise reply
        return reply

    @property
    def llm(self) -> Llm:
        """This double, for what asks for a model."""
        return cast("Llm", self)


def prompt_of(*names: str) -> Prompt:
    """Return a prompt whose last turn is the values of ``names``, a line each."""
    return Prompt("any", "v1", (("system", "Rules."), ("user", "\n".join(f"${name}" for name in names))))
