"""Asks for a record through instructor, which tells the model what does not fit and asks again.

Loaded when the first answer does not fit, or when the endpoint takes no schema: instructor loads openai, and
a run whose answers are all stored is over in less time than that takes.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

import instructor
from instructor.core.exceptions import InstructorRetryException
from openai.types.chat import ChatCompletion
from pydantic import BaseModel

from pipeline import errors

logging.getLogger("instructor").addHandler(logging.NullHandler())
logging.getLogger("instructor").propagate = False

Answer = TypeVar("Answer", bound=BaseModel)
Body = Mapping[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[Body]]

REPEATS = 2


async def ask_until_it_fits(
    send: Send, request: Body, answer: type[Answer], first: Body | None = None
) -> Answer:
    """Return the model's answer to ``request`` as a record; asked again twice when it does not fit.

    ``first`` is what came when it was asked with the schema; without it, the schema is put into the prompt.
    Raises AnswerInvalid when nothing fits, and what ``send`` raises.
    """
    came = first

    async def create(**asked: Any) -> ChatCompletion:  # noqa: ANN401
        nonlocal came
        body, came = came, None
        # Not validated: many endpoints are almost like OpenAI's, and their shape is checked.
        return ChatCompletion.model_construct(**(await send(asked) if body is None else body))

    mode = instructor.Mode.MD_JSON if first is None else instructor.Mode.JSON_SCHEMA
    ask = cast("Any", instructor.patch(create=cast("Any", create), mode=mode))
    try:
        return cast("Answer", await ask(response_model=_prepared(answer), max_retries=REPEATS, **request))
    except InstructorRetryException as error:
        cause = error.__cause__
        if isinstance(cause, ValueError):  # pydantic's and json's errors are both ValueErrors
            raise errors.AnswerInvalid("the answer never fitted its schema, asked three times") from error
        raise (cause or error) from None


@cache
def _prepared(answer: type[BaseModel]) -> type[BaseModel]:
    """Return ``answer`` as instructor prepares it, with its JSON Schema, once instead of for each call."""
    prepared = instructor.response_schema(answer)
    prepared.model_json_schema = cache(prepared.model_json_schema)  # type: ignore[assignment]
    return prepared
