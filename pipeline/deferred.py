"""Questions that are not sent at once, but noted to be handed in together.

A run with such questions stops each story at the first stage that lacks an answer: what comes after would be
asked on half of what is to be known, and paid for twice.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from pipeline import errors
from pipeline.completion import Spent
from schemas.run import Unanswered

TRIES: Final = 3  # of a question whose failure may be over at the next one
_PASSING: Final = (errors.CallFailed.__name__, errors.AnswerInvalid.__name__)


@dataclass(frozen=True)
class Question:
    """A request as it is to be sent, and the stage that asks it."""

    stage: str
    request: Mapping[str, Any]


@dataclass
class Deferred:
    """The questions of a run by their keys.

    ``waiting`` are those handed in before, ``failed`` those that an endpoint could not answer, and ``came``
    what those took whose answers this command fetched.
    """

    waiting: Collection[str] = ()
    failed: Mapping[str, Unanswered] = field(default_factory=dict)
    came: Mapping[str, Spent | None] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)

    def refuse(self, key: str) -> None:
        """Raise what a question met for good, or AnswerAwaited where it is handed in or noted."""
        failed = self.failed.get(key)
        if failed is not None and (failed.error not in _PASSING or failed.times >= TRIES):
            raise errors.stored_error(failed.error, failed.said)
        if key in self.waiting or key in self.questions:
            _await()

    def note(self, key: str, question: Question) -> NoReturn:
        """Note a question to be handed in, and raise AnswerAwaited."""
        self.questions[key] = question
        _await()


def _await() -> NoReturn:
    raise errors.AnswerAwaited("handed in with a batch, and not answered yet")
