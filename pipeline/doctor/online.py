"""Whether an endpoint answers, and what it lacks, asked with a few tokens of a story of its own."""

from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import BaseModel

from pipeline.budget import Budget, Caps
from pipeline.config import Environment, Settings
from pipeline.doctor.finding import Check, State
from pipeline.errors import AnswerError, StorycheckError
from pipeline.llm import Endpoint, connect
from pipeline.prompts import Messages
from pipeline.session import open_endpoint

NAME: Final = "online"
MOST_CALLS: Final = 12  # each feature that is missing takes another; so does each failure
TIMEOUT_S: Final = 30.0
_QUESTION: Final[Messages] = [
    {"role": "user", "content": "Is ice cold? Answer with one letter: Y for yes, N for no."}
]


class _Said(BaseModel):
    answer: str


class _Forgetful:
    """Keeps no answer."""

    def get(self, key: str) -> str | None:
        """Return none."""

    async def put(self, key: str, stage: str, response: str) -> None:
        """Keep nothing."""


async def ask(environment: Environment, model: str | None) -> tuple[Check, ...]:
    """Return whether the endpoint that ``environment`` names answers for ``model``, and what it lacks.

    Sends a question for odds and one for JSON, some more where they are refused. Without an endpoint nothing
    is asked: the embedded model is not started for this.
    """
    if not (environment.api_key or environment.base_url):
        return (Check(State.ok, NAME, "there is no endpoint to ask"),)
    if model is None:
        return (Check(State.broken, NAME, "name the model to ask for with --model, or in storycheck.toml"),)
    try:
        settings = Settings(model=model, timeout_s=TIMEOUT_S)
        with open_endpoint(settings, environment, lambda _done, _all: None) as endpoint:
            return tuple(await _asked(endpoint))
    except (StorycheckError, AnswerError) as error:
        return (Check(State.broken, NAME, str(error)),)


async def _asked(endpoint: Endpoint) -> list[Check]:
    if endpoint.by_rules:
        return [Check(State.ok, NAME, f"--model {endpoint.model} asks no endpoint")]
    if endpoint.start is not None:
        return [Check(State.ok, NAME, "that is an embedded model, which is not started for this")]
    budget = Budget(Caps(calls=MOST_CALLS))
    async with connect(endpoint, _Forgetful(), budget) as llm:
        await llm.odds(_QUESTION, ("Y", "N"), stage="doctor")
        await llm.structured(_QUESTION, _Said, stage="doctor", max_tokens=30)
        told = f"{endpoint.name} answers for {endpoint.model}, {budget.calls} requests"
        return [Check(State.ok, NAME, told), *_notes(llm.notes)]


def _notes(notes: Sequence[str]) -> Iterator[Check]:
    if not notes:
        yield Check(State.ok, "features", "log-probabilities, json_schema, max_tokens, temperature, usage")
    for note in notes:
        yield Check(State.warning, "features", note)
